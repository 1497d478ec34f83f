package title

import "strings"

// Key says which titles are the same title: two raw titles with one Key differ only in case, accents, spacing, punctuation,
// gender marks, ad decorations or a known abbreviation. The empty Key belongs to text that holds no word at all.
type Key string

// KeyOf returns the key of a raw title.
func KeyOf(raw string) Key { return KeyOfNormalized(Normalize(raw)) }

// KeyOfNormalized returns the key of a title that Normalize has already been through.
func KeyOfNormalized(normalized string) Key {
	if !strings.ContainsAny(normalized, "|,/()") {
		return Key(normalized)
	}
	var b strings.Builder
	b.Grow(len(normalized))
	for token := range strings.SplitSeq(normalized, " ") {
		if s := separatorOf(token); s != None && s != At {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(token)
	}
	return Key(b.String())
}
