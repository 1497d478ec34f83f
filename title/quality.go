package title

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a text is that stands where a job title should.
type Kind byte

// The kinds that Quality tells apart. Only Title can be labelled.
const (
	Title       Kind = iota // can be a job title
	Empty                   // nothing visible
	Placeholder             // n/a, -, none, test, please select, a hand laid on the keyboard, markup
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
func Quality(raw string) Kind { return quality(Clean(raw)) }

func quality(clean string) Kind {
	if plainTitle(clean) {
		return Title
	}
	text := strings.ToLower(clean)
	if isMarkup(text) {
		return Placeholder
	}
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
	case isPhone(text, letters, digits):
		return Phone
	case letters == 0:
		return Number
	case isMash(text):
		return Placeholder
	}
	return Title
}

// plainTitle reports whether a text is a Title at a glance.
func plainTitle(text string) bool {
	letters, words := 0, 0
	for len(text) > 0 {
		word, rest, _ := strings.Cut(text, " ")
		if doubtful(word) {
			return false
		}
		if n := asciiLetters(word); n > 0 {
			letters += n
			words++
		}
		text = rest
	}
	return titleAtAGlance(letters, words)
}

// titleAtAGlance reports whether a text without doubtful words is a Title, as most are: more ASCII letters than any word for a telephone has.
// What else stands in it does not matter, for addresses are one word and telephone numbers have hardly a letter.
func titleAtAGlance(letters, words int) bool { return letters > longestPhoneWord && words > 1 }

// asciiLetters counts the ASCII letters.
func asciiLetters(text string) (n int) {
	for i := 0; i < len(text); i++ {
		if c := text[i] | 0x20; 'a' <= c && c <= 'z' && text[i] < utf8.RuneSelf {
			n++
		}
	}
	return n
}

// longestPhoneWord is no less than the letters of any word for a telephone.
const longestPhoneWord = len("notapplicable")

func isEmail(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && !strings.Contains(text, " ") && strings.Contains(text[at:], ".") && strings.Count(text, "@") == 1
}

// isURL knows an address by its scheme, or a lone word by the end of its host: "acme.com/jobs", but neither "asp.net" nor "node.js".
func isURL(text string) bool {
	if strings.Contains(text, " ") {
		return false
	}
	for _, scheme := range [...]string{"http:", "https:", "www."} {
		if strings.HasPrefix(text, scheme) {
			return true
		}
	}
	host, _, _ := strings.Cut(text, "/")
	for _, end := range [...]string{".com", ".org", ".io", ".de", ".fr", ".es", ".it", ".nl", ".eu", ".co.uk", ".info"} {
		if strings.HasSuffix(host, end) && len(host) > len(end) && !strings.ContainsAny(host, "@,&|") {
			return true
		}
	}
	return false
}

// isPhone reports whether nothing but a word for "telephone" stands beside 7 to 15 digits (the longest number of ITU-T E.164).
func isPhone(text string, letters, digits int) bool {
	if digits < 7 || digits > 15 {
		return false
	}
	if letters == 0 {
		return true
	}
	switch strings.TrimRight(strings.TrimRight(text, "0123456789 +-()/."), " .:") {
	case "t", "tel", "phone", "mobile", "mob", "cell", "fax", "telefon", "handy", "tél", "telefono", "teléfono":
		return true
	}
	return false
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
