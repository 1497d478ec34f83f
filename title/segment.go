package title

import "strings"

// Segment is one part of a normalised title.
type Segment struct {
	Text      string    // normalised tokens, one space between them, without separators
	Separator Separator // what stood before the part; None before the first
	Tail      bool      // the part names a place of work ("at Acme", "bei Siemens", "Ltd"), not the work
}

// Separator is the mark that stood before a segment.
type Separator byte

// The separators that a normalised title may hold, each as a token of its own.
const (
	None  Separator = 0   // the start of the title
	Bar   Separator = '|' // | ; bullets, line ends, a dash between spaces
	Comma Separator = ',' // a comma
	Slash Separator = '/' // a slash between words
	Open  Separator = '(' // the start of a part in brackets
	Close Separator = ')' // what follows a part in brackets
	At    Separator = '@' // at, @, bei, chez, bij, hos, presso, before a company
)

func separatorOf(token string) Separator {
	if len(token) == 1 {
		switch c := Separator(token[0]); c {
		case Bar, Comma, Slash, Open, Close, At:
			return c
		}
	}
	return None
}

// Tokens returns the words of a normalised title in order, separators left out.
func Tokens(normalized string) []string { return AppendTokens(nil, normalized) }

// AppendTokens appends the words of a normalised title to dst; with room in dst it allocates nothing.
func AppendTokens(dst []string, normalized string) []string {
	for len(normalized) > 0 {
		token := normalized
		if i := strings.IndexByte(normalized, ' '); i >= 0 {
			token, normalized = normalized[:i], normalized[i+1:]
		} else {
			normalized = ""
		}
		if token != "" && separatorOf(token) == None {
			dst = append(dst, token)
		}
	}
	return dst
}

// AppendSegments cuts a normalised title at its separators and appends the segments to dst; with room in dst it allocates nothing.
// "&" is no separator: "Founder & CEO" is one segment.
func AppendSegments(dst []Segment, normalized string) []Segment {
	before, start := None, 0
	for i := 0; i <= len(normalized); {
		end := strings.IndexByte(normalized[i:], ' ')
		if end < 0 {
			end = len(normalized)
		} else {
			end += i
		}
		separator := separatorOf(normalized[i:end])
		if separator != None || end == len(normalized) {
			stop := i
			if separator == None {
				stop = end
			}
			if text := strings.TrimSpace(normalized[start:stop]); text != "" {
				dst = append(dst, Segment{Text: text, Separator: before, Tail: before == At || isCompanyForm(text)})
				before = None
			}
			if separator != None && (before == None || separator == At) {
				before = separator
			}
			start = min(end+1, len(normalized))
		}
		i = end + 1
	}
	return dst
}

// isCompanyForm reports whether a segment is only a company's legal form, as the comma in "Acme, Inc." leaves it.
func isCompanyForm(text string) bool {
	switch text {
	case "inc", "ltd", "llc", "llp", "gmbh", "ag", "plc", "corp", "sarl", "bv", "srl", "spa", "limited", "co":
		return true
	}
	return false
}
