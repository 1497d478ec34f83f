package title

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns the title as text that is safe to store and to show: at most MaxBytes of raw are read; the result is valid UTF-8
// in NFKC of at most MaxRunes runes, without format characters (zero width, bidirectional), variation selectors, private-use or
// unassigned runes, and with every run of controls and spaces made one space. Letters keep their case and accents.
func Clean(raw string) string {
	if plain(raw) {
		return raw
	}
	if len(raw) > MaxBytes {
		raw = raw[:MaxBytes]
	}
	composed := norm.NFKC.String(strings.ToValidUTF8(raw, ""))
	text := squeeze(composed)
	if text != composed {
		// Dropping a character can put a mark next to its letter, so composition is asked for once more; it may not bring new spaces.
		text = squeeze(norm.NFKC.String(text))
	}
	return capRunes(text, MaxRunes)
}

// plain reports whether Clean would change nothing, for the common case of a short ASCII title.
func plain(s string) bool {
	if len(s) > MaxRunes {
		return false
	}
	space := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7f || (c == ' ' && space) {
			return false
		}
		space = c == ' '
	}
	return len(s) == 0 || !space
}

// squeeze drops what must not be seen and joins spaces.
func squeeze(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsControl(r) || unicode.IsSpace(r) || r == 0x2028 || r == 0x2029:
			space = b.Len() > 0
		case dropped(r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dropped reports whether a rune is none to be seen: format, private use, surrogate, unassigned, a variation selector or the sign that
// stands for broken text. Controls and spaces are dealt with before.
func dropped(r rune) bool {
	if r < 0xad {
		return false
	}
	return r == utf8.RuneError || unicode.Is(unicode.Variation_Selector, r) ||
		!unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// capRunes cuts s to n runes and leaves no space at its end.
func capRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	seen := 0
	for i := range s {
		if seen == n {
			return strings.TrimRight(s[:i], " ")
		}
		seen++
	}
	return s
}
