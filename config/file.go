package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// setting is one value of the file.
type setting struct {
	text string
	line int
}

// readFile flattens the JSON document into settings by dotted key. raw names the keys whose value may be a
// JSON object that is kept as it stands. The errors name the line.
func readFile(document []byte, raw func(key string) bool) (map[string]setting, error) {
	document = bytes.TrimPrefix(document, []byte("\ufeff")) // some editors begin a file with it
	if bytes.HasPrefix(document, []byte("\xff\xfe")) || bytes.HasPrefix(document, []byte("\xfe\xff")) {
		return nil, errors.New("line 1: the file is UTF-16: save it as UTF-8")
	}
	w := fileWalk{document: document, decoder: json.NewDecoder(bytes.NewReader(document)), raw: raw, out: map[string]setting{}}
	w.decoder.UseNumber()
	token, err := w.decoder.Token()
	if err != nil {
		return nil, w.fault(err)
	}
	if token != json.Delim('{') {
		return nil, errors.New("line 1: the file must hold one JSON object in braces { }; compare credentials.example.json")
	}
	if err := w.object(""); err != nil {
		return nil, err
	}
	if _, err := w.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: something follows the closing brace: take it out", w.line())
	}
	return w.out, nil
}

type fileWalk struct {
	document []byte
	decoder  *json.Decoder
	raw      func(string) bool
	out      map[string]setting
}

func (w *fileWalk) line() int {
	end := min(w.decoder.InputOffset(), int64(len(w.document)))
	return 1 + bytes.Count(w.document[:end], []byte("\n"))
}

func (w *fileWalk) fault(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("line %d: the file ends too early: is a closing brace } or a quotation mark missing?", w.line())
	}
	return fmt.Errorf("line %d: it is no JSON (%w): look for a missing comma, a comma too many before }, or a missing quotation mark", w.line(), err)
}

func (w *fileWalk) object(prefix string) error {
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return w.fault(err)
		}
		key := prefix + token.(string) // a decoder inside an object gives strings for keys
		if _, again := w.out[key]; again {
			return fmt.Errorf("line %d: %s stands there twice: keep one", w.line(), key)
		}
		if err := w.value(key); err != nil {
			return err
		}
	}
	if _, err := w.decoder.Token(); err != nil { // the closing brace
		return w.fault(err)
	}
	return nil
}

func (w *fileWalk) value(key string) error {
	if w.raw(key) {
		var raw json.RawMessage
		if err := w.decoder.Decode(&raw); err != nil {
			return w.fault(err)
		}
		w.out[key] = setting{unquote(raw), w.line()}
		return nil
	}
	token, err := w.decoder.Token()
	if err != nil {
		return w.fault(err)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return w.object(key + ".")
		}
		return w.array(key)
	case nil:
		w.out[key] = setting{"", w.line()}
	default:
		w.out[key] = setting{fmt.Sprint(v), w.line()}
	}
	return nil
}

// array reads a list of texts as one text parted by commas.
func (w *fileWalk) array(key string) error {
	var parts []string
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return w.fault(err)
		}
		text, ok := token.(string)
		if !ok {
			return fmt.Errorf("line %d: %s is a list of something other than texts: write [\"one\", \"two\"]", w.line(), key)
		}
		parts = append(parts, text)
	}
	if _, err := w.decoder.Token(); err != nil {
		return w.fault(err)
	}
	w.out[key] = setting{strings.Join(parts, ","), w.line()}
	return nil
}

// unquote gives a JSON string's text and any other JSON value as it stands.
func unquote(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
