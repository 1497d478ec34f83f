// Package title turns the job titles that people type into text that can be compared.
//
// Clean makes a title safe to keep and to show; Normalize makes it fit to match: folded, without gender marks and ad decorations,
// abbreviations written out, one space between tokens. KeyOf says which titles are the same title, AppendSegments cuts "Founder & CEO |
// Speaker at Acme" into its parts, Quality tells a title from a telephone number; a Reader says all that of many titles, sooner. Everything is pure, bounded and never panics.
package title

// Version names the rules of Normalize. Whatever is stored under normalised text (a key, a vector) must be stored under this
// version too: it changes whenever Normalize gives another answer for some title.
const Version = "title-1"

// MaxRunes is the length in runes that no cleaned or normalised title exceeds, and MaxBytes how much of a raw title is read.
const (
	MaxRunes = 256
	MaxBytes = 8 << 10
)
