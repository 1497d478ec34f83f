package title

import (
	"strings"
	"unicode"
)

// mixedScript reports whether one word of a clean text mixes Latin with Cyrillic or Greek letters, as look-alikes do.
func mixedScript(clean string) bool {
	latin, other := false, false
	for _, r := range clean {
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

// beyondLatin reports whether a text may hold Greek or Cyrillic letters: in UTF-8 those begin with 0xcd at least, and accented Latin
// letters of most languages do not.
func beyondLatin(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0xcd {
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
