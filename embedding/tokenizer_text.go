package embedding

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// step is one normalizer or pre-tokenizer of a tokenizer.json, with the settings of all of the kinds known here.
type step struct {
	Type          string            `json:"type"`
	Normalizers   []json.RawMessage `json:"normalizers"`
	PreTokenizers []json.RawMessage `json:"pretokenizers"`
	Lowercase     *bool             `json:"lowercase"`
	StripAccents  *bool             `json:"strip_accents"`
	Chinese       *bool             `json:"handle_chinese_chars"`
	Content       string            `json:"content"`
	Prepend       string            `json:"prepend"`
	Pattern       struct {
		String *string `json:"String"`
		Regex  *string `json:"Regex"`
	} `json:"pattern"`
	Replacement    string `json:"replacement"`
	PrependScheme  string `json:"prepend_scheme"`
	AddPrefixSpace *bool  `json:"add_prefix_space"`
}

func absent(text json.RawMessage) bool { return len(text) == 0 || string(text) == "null" }

func isTrue(b *bool, otherwise bool) bool {
	if b == nil {
		return otherwise
	}
	return *b
}

// parseNormalizer reads the normalizer part. A "Precompiled" character map, which sentencepiece models carry, is NFKC in all but a few
// signs and is taken for it.
func parseNormalizer(text json.RawMessage) ([]func(string) string, error) {
	if absent(text) {
		return nil, nil
	}
	var s step
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("normalizer: %w", err)
	}
	one := func(f func(string) string) ([]func(string) string, error) { return []func(string) string{f}, nil }
	switch s.Type {
	case "Sequence":
		var all []func(string) string
		for _, part := range s.Normalizers {
			list, err := parseNormalizer(part)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
		return all, nil
	case "BertNormalizer":
		return one(s.bert)
	case "Lowercase":
		return one(strings.ToLower)
	case "NFC":
		return one(norm.NFC.String)
	case "NFD":
		return one(norm.NFD.String)
	case "NFKC", "Precompiled", "Nmt":
		return one(norm.NFKC.String)
	case "NFKD":
		return one(norm.NFKD.String)
	case "StripAccents":
		return one(stripAccents)
	case "Strip":
		return one(strings.TrimSpace)
	case "Prepend":
		return one(func(t string) string { return s.Prepend + t })
	case "Replace":
		return s.replace()
	}
	return nil, fmt.Errorf("normalizer: type %q is not known here", s.Type)
}

func (s step) replace() ([]func(string) string, error) {
	if s.Pattern.String != nil {
		return []func(string) string{func(t string) string { return strings.ReplaceAll(t, *s.Pattern.String, s.Content) }}, nil
	}
	if s.Pattern.Regex == nil {
		return nil, fmt.Errorf("normalizer: Replace without a pattern")
	}
	pattern, err := regexp.Compile(*s.Pattern.Regex)
	if err != nil {
		return nil, fmt.Errorf("normalizer: Replace: %w", err)
	}
	return []func(string) string{func(t string) string { return pattern.ReplaceAllLiteralString(t, s.Content) }}, nil
}

// bert does what BERT's basic tokenizer does before it cuts: spaces around Chinese signs, accents off, lower case. Control characters
// are gone already.
func (s step) bert(t string) string {
	lower := isTrue(s.Lowercase, true)
	if isTrue(s.Chinese, true) {
		var b strings.Builder
		for _, r := range t {
			if unicode.Is(unicode.Han, r) {
				b.WriteString(" " + string(r) + " ")
				continue
			}
			b.WriteRune(r)
		}
		t = b.String()
	}
	if isTrue(s.StripAccents, lower) {
		t = stripAccents(norm.NFD.String(t))
	}
	if lower {
		t = strings.ToLower(t)
	}
	return t
}

func stripAccents(t string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, t)
}

// splitter cuts a text into words; first says whether it is the beginning of the whole.
type splitter func(text string, first bool) []string

func parsePreTokenizer(text json.RawMessage) ([]splitter, error) {
	if absent(text) {
		return nil, nil
	}
	var s step
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("pre_tokenizer: %w", err)
	}
	one := func(f splitter) ([]splitter, error) { return []splitter{f}, nil }
	switch s.Type {
	case "Sequence":
		var all []splitter
		for _, part := range s.PreTokenizers {
			list, err := parsePreTokenizer(part)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
		return all, nil
	case "BertPreTokenizer":
		return one(func(t string, _ bool) []string { return cutAt(t, isPunctuation, true) })
	case "Whitespace":
		return one(func(t string, _ bool) []string { return cutAt(t, notWord, false) })
	case "WhitespaceSplit":
		return one(func(t string, _ bool) []string { return strings.Fields(t) })
	case "Punctuation":
		return one(func(t string, _ bool) []string { return cutAtKeepingSpace(t) })
	case "Metaspace":
		return one(s.metaspace)
	}
	return nil, fmt.Errorf("pre_tokenizer: type %q is not known here", s.Type)
}

// metaspace writes a mark for each space and starts a word at each mark, as sentencepiece does.
func (s step) metaspace(t string, first bool) []string {
	mark := s.Replacement
	if mark == "" {
		mark = "▁"
	}
	t = strings.ReplaceAll(t, " ", mark)
	prepend := s.PrependScheme == "always" || s.PrependScheme == "first" && first || s.PrependScheme == "" && isTrue(s.AddPrefixSpace, true)
	if prepend && !strings.HasPrefix(t, mark) {
		t = mark + t
	}
	var words []string
	for t != "" {
		skip := 0
		if strings.HasPrefix(t, mark) {
			skip = len(mark)
		}
		next := strings.Index(t[skip:], mark)
		if next < 0 {
			return append(words, t)
		}
		words, t = append(words, t[:skip+next]), t[skip+next:]
	}
	return words
}

// cutAt cuts at spaces, and around each rune that alone is true of, or around each run of them if not single.
func cutAt(t string, alone func(rune) bool, single bool) []string {
	var words []string
	start, inMarks := 0, false
	flush := func(end int) {
		if end > start {
			words = append(words, t[start:end])
		}
		start = end
	}
	for i, r := range t {
		switch {
		case unicode.IsSpace(r):
			flush(i)
			start = i + len(string(r))
			inMarks = false
		case alone(r):
			if single || !inMarks {
				flush(i)
			}
			inMarks = true
		default:
			if inMarks {
				flush(i)
			}
			inMarks = false
		}
	}
	flush(len(t))
	return words
}

func cutAtKeepingSpace(t string) []string {
	var words []string
	start := 0
	for i, r := range t {
		if isPunctuation(r) {
			if i > start {
				words = append(words, t[start:i])
			}
			start = i + len(string(r))
			words = append(words, t[i:start])
		}
	}
	if start < len(t) {
		words = append(words, t[start:])
	}
	return words
}

// isPunctuation is BERT's: all ASCII signs, and what Unicode calls punctuation.
func isPunctuation(r rune) bool {
	return r > ' ' && r < 0x7f && !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.IsPunct(r)
}

func notWord(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '_' }
