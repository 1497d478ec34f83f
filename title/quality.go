package title

import (
	"strings"
	"unicode"
)

// Kind says what a text is that stands where a job title should.
type Kind byte

// The kinds that Quality tells apart. Only Title can be labelled.
const (
	Title       Kind = iota // can be a job title
	Empty                   // nothing visible
	Placeholder             // n/a, -, none, test, or a hand laid on the keyboard
	Email                   // an e-mail address
	Phone                   // a telephone number
	URL                     // a web address
	Number                  // digits and no word
	Symbols                 // neither letters nor digits
)

// String returns the kind as a word for people.
func (k Kind) String() string {
	return [...]string{"title", "empty", "placeholder", "e-mail address", "telephone number", "web address", "number", "symbols"}[k&7]
}

// Quality says whether a raw text can be a job title at all. It is conservative: what it is not sure of is a Title.
func Quality(raw string) Kind {
	text := strings.ToLower(Clean(raw))
	letters, digits, others := 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case r != ' ':
			others++
		}
	}
	switch {
	case letters+digits+others == 0:
		return Empty
	case isPlaceholder(text):
		return Placeholder
	case letters+digits == 0:
		return Symbols
	case isEmail(text):
		return Email
	case isURL(text):
		return URL
	case letters == 0 && digits >= 7 && digits <= 15:
		return Phone
	case letters == 0:
		return Number
	case isMash(text):
		return Placeholder
	}
	return Title
}

func isPlaceholder(text string) bool {
	switch strings.Trim(text, " .!?()[]<>\"'*") {
	case "-", "--", "---", "_", "", "n/a", "na", "n.a", "n/d", "nd", "none", "null", "nil", "undefined", "unknown", "test", "tests", "testing",
		"tbd", "tba", "xxx", "xx", "x", "not applicable", "not available", "not provided", "no title", "job title", "title", "-none-",
		"keine", "keine angabe", "k.a", "k. a", "aucun", "aucune", "ninguno", "ninguna", "nessuno", "nan", "#n/a", "abc", "foo", "bar", "foobar":
		return strings.Trim(text, " .!?") != ""
	}
	return false
}

func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && !strings.Contains(text, " ") && strings.Contains(text[at:], ".") && strings.Count(text, "@") == 1
}

func isURL(text string) bool {
	if strings.Contains(text, " ") {
		return false
	}
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "www.")
}

// isMash reports whether one word of letters is a run along a row of the keyboard or one letter again and again.
func isMash(text string) bool {
	if len(text) < 4 || strings.Contains(text, " ") {
		return false
	}
	if strings.Count(text, text[:1]) == len(text) {
		return true
	}
	for _, row := range [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop"} {
		if strings.Contains(row, text) {
			return true
		}
	}
	return strings.HasPrefix(text, "asdf") && strings.Trim(text, "asdfghjkl") == ""
}
