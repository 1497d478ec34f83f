package title

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold lower-cases cleaned text and takes the accents off Latin and Greek letters; marks of other scripts carry meaning and stay.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	latin := false
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			latin = 'a' <= r && r <= 'z'
			b.WriteByte(byte(r))
			continue
		}
		if unicode.Is(unicode.Mn, r) {
			if !latin {
				b.WriteRune(r)
			}
			continue
		}
		latin = foldRune(&b, unicode.ToLower(r))
	}
	return b.String()
}

// foldRune writes the folded form of one lower-case rune and reports whether it is of a script whose marks are dropped.
func foldRune(b *strings.Builder, r rune) bool {
	if plain := letterNames(r); plain != "" {
		b.WriteString(plain)
		return true
	}
	base := r
	if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
		base, _ = utf8.DecodeRune(d)
		for base >= utf8.RuneSelf {
			d = norm.NFD.PropertiesString(string(base)).Decomposition()
			if len(d) == 0 {
				break
			}
			base, _ = utf8.DecodeRune(d)
		}
	}
	if unicode.In(base, unicode.Latin, unicode.Greek) {
		if base != r {
			base = unicode.ToLower(base)
		}
		if base == 'ς' {
			base = 'σ'
		}
		b.WriteRune(base)
		return true
	}
	b.WriteRune(r)
	return false
}

// letterNames spells the letters that no decomposition takes apart.
func letterNames(r rune) string {
	switch r {
	case 'ß', 'ẞ':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	case 'ħ':
		return "h"
	case 'ё':
		return "е" // Cyrillic: Russian writes either
	case '’', '‘', '´', '`', 'ʼ', 'ʹ', '＇':
		return "'"
	case '–', '—', '―', '−':
		return " - "
	case '‐', '‑':
		return "-"
	}
	return ""
}
