package cli

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// form is how rows are written.
type form struct {
	json    bool
	comma   rune
	columns []string // of the table, then ours
}

func newForm(f classifyFlags, header []string) form {
	out := form{json: f.format == "json", comma: ',', columns: slices.Clone(header)}
	if strings.HasSuffix(f.out, ".tsv") {
		out.comma = '\t'
	}
	if out.json { // readers of an object keep one of two equal keys
		out.columns = distinctNames(header)
	}
	for _, name := range []string{"role", "role_confidence", "role_method", "seniority", "seniority_confidence", "seniority_method", "why", "review"} {
		for slices.Contains(out.columns, name) {
			name = "rolecall_" + name
		}
		out.columns = append(out.columns, name)
	}
	return out
}

func (f form) open(to io.Writer) error {
	if f.json {
		_, err := io.WriteString(to, "[")
		return err
	}
	w := csv.NewWriter(to)
	w.Comma = f.comma
	err := w.Write(f.columns)
	w.Flush()
	return errors.Join(err, w.Error())
}

func (f form) close(to io.Writer) error {
	if !f.json {
		return nil
	}
	_, err := io.WriteString(to, "\n]\n")
	return err
}

func (f form) render(dst []byte, rows [][]string, answers []*answer) ([]byte, error) {
	if f.json {
		return f.renderJSON(dst, rows, answers)
	}
	comma := byte(f.comma)
	for i, row := range rows {
		for _, cell := range row {
			dst = append(appendCell(dst, comma, cell, ""), comma)
		}
		a := answers[i]
		for at, cell := range a.cells {
			also := ""
			if at == whyColumn {
				also = a.also
			}
			dst = append(appendCell(dst, comma, cell, also), comma)
		}
		dst[len(dst)-1] = '\n'
	}
	return dst, nil
}

// appendCell writes a cell as encoding/csv does, several times as fast. The text also, where there is one, follows after a space.
func appendCell(dst []byte, comma byte, text, also string) []byte {
	quotes := mustQuote(text, comma) || mustQuote(also, comma) || text == `\.` && also == ""
	if first, _ := utf8.DecodeRuneInString(text); unicode.IsSpace(first) {
		quotes = true
	}
	if !quotes {
		dst = append(dst, text...)
		if also != "" {
			dst = append(append(dst, ' '), also...)
		}
		return dst
	}
	dst = appendQuoted(append(dst, '"'), text)
	if also != "" {
		dst = appendQuoted(append(dst, ' '), also)
	}
	return append(dst, '"')
}

func mustQuote(text string, comma byte) bool {
	return strings.IndexByte(text, '"') >= 0 || strings.IndexByte(text, comma) >= 0 || strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0
}

func appendQuoted(dst []byte, text string) []byte {
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i+1]...), '"')
		text = text[i+1:]
	}
}

// renderJSON writes one object a line; confidences are numbers and review is a truth value.
func (f form) renderJSON(dst []byte, rows [][]string, answers []*answer) ([]byte, error) {
	keys := make([][]byte, len(f.columns))
	for i, c := range f.columns {
		key, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		keys[i] = append(key, ':')
	}
	for n, row := range rows {
		dst = append(dst, ",\n{"...)
		a := answers[n]
		for i := range f.columns {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, keys[i]...)
			if i < len(row) {
				dst = appendJSONText(dst, row[i])
				continue
			}
			switch at := i - len(row); at {
			case 1, 4, 7:
				dst = append(dst, a.cells[at]...)
			case whyColumn:
				dst = appendJSONText(dst, a.why())
			default:
				dst = appendJSONText(dst, a.cells[at])
			}
		}
		dst = append(dst, '}')
	}
	return dst, nil
}

func appendJSONText(dst []byte, text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil {
		raw = []byte(`""`) // cannot happen: every string has a JSON form
	}
	return append(dst, raw...)
}
