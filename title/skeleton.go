package title

import (
	"strings"
	"unicode"
)

// MixedScript reports whether one word of the text mixes Latin with Cyrillic or Greek letters, as look-alikes do. It is a reason
// to ask a person, never a reason to relabel.
func MixedScript(raw string) bool {
	if !strings.ContainsFunc(raw, func(r rune) bool { return r >= 0x370 }) {
		return false
	}
	latin, other := false, false
	for _, r := range Clean(raw) {
		switch {
		case r < 0x80 && !unicode.IsLetter(r):
			latin, other = false, false
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek):
			other = true
		}
		if latin && other {
			return true
		}
	}
	return false
}

// Skeleton returns the cleaned text with Cyrillic and Greek letters that look like Latin ones replaced by them (a subset of
// Unicode Technical Standard 39). It is a text to read by, not one to show.
func Skeleton(raw string) string { return strings.Map(lookalike, Clean(raw)) }

func lookalike(r rune) rune {
	if r < 0x370 || r > 0x52f {
		return r
	}
	const from = "АВЕКМНОРСТУХасеорхуіјѕԁԛԝІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανιρυ"
	const to = "ABEKMHOPCTYXaceopxyijsdqwIJSABEZHIKMNOPTYXoavipu"
	at := 0
	for _, f := range from {
		if f == r {
			return rune(to[at])
		}
		at++
	}
	return r
}
