package sample

import (
	"slices"
	"strings"
)

// vary makes a title that somebody else might have typed for the same job.
//
//	share  change
//	 40 %  a field, region or team behind it, in one of several spellings
//	 14 %  a word before it (senior, deputy, interim)
//	 14 %  both
//	  8 %  the company ("at Acme", "| Acme", "- Acme")
//	  8 %  decoration: an emoji, (m/w/d), a second interest behind a bar
//	  8 %  letters: lower case, upper case, double or trailing spaces
//	  8 %  a slip of the fingers
//
// Nobody is a junior chief: a title of the top, or one with a level, gets no word
// before it. What is no proper title at all is only retyped.
func (g *generator) vary(l *language, title, company string) string {
	n := g.rng.IntN(100)
	if l.name == "messy" {
		n = 68 + n*32/100
	}
	if n >= 40 && n < 68 && g.isTop(title) {
		n = 0
	}
	switch {
	case n < 40:
		return g.behind(l, title)
	case n < 54:
		return pick(g.rng, l.before) + " " + title
	case n < 68:
		return g.behind(l, pick(g.rng, l.before)+" "+title)
	case n < 76:
		return title + pick(g.rng, []string{" at ", " @ ", " | ", " - ", ", ", " bei "}) + company
	case n < 84:
		return g.decorate(title)
	case n < 92:
		return g.recase(title)
	}
	return g.slip(title)
}

func (g *generator) isTop(title string) bool {
	low := strings.ToLower(title)
	return slices.ContainsFunc(g.top, func(mark string) bool { return strings.Contains(low, mark) })
}

func (g *generator) behind(l *language, title string) string {
	word := pick(g.rng, l.after)
	if g.rng.IntN(4) == 0 {
		if second := pick(g.rng, l.after); second != word {
			word += pick(g.rng, []string{" & ", " / ", ", "}) + second
		}
	}
	switch g.rng.IntN(5) {
	case 0:
		return title + ", " + word
	case 1:
		return title + " (" + word + ")"
	case 2:
		return title + " " + word
	case 3:
		return title + " - " + word
	}
	return title + " – " + word
}

func (g *generator) decorate(title string) string {
	switch g.rng.IntN(4) {
	case 0:
		return pick(g.rng, []string{"🚀 ", "⭐ ", "📈 ", "• ", "»", "✔ "}) + title
	case 1:
		return title + pick(g.rng, []string{" (m/w/d)", " (w/m/d)", " (H/F)", " (f/m/x)", " (all genders)", " (m/f/d)", " 🚀", " 💡", " ✨", " (MBA)", ", PhD", ", PMP"})
	case 2:
		return title + " | " + pick(g.rng, []string{"Speaker", "Coach", "Podcaster", "Author", "Mentor", "Investor", "Board Member", "Lecturer", "Blogger", "Dad of three"})
	}
	return `"` + title + `"`
}

func (g *generator) recase(title string) string {
	switch g.rng.IntN(5) {
	case 0:
		return strings.ToUpper(title)
	case 1:
		return strings.ToLower(title)
	case 2:
		return title + " "
	case 3:
		return " " + title
	}
	return strings.ReplaceAll(title, " ", "  ")
}

// slip drops, doubles or swaps a letter.
func (g *generator) slip(title string) string {
	r := []rune(title)
	if len(r) < 5 {
		return title
	}
	i := 1 + g.rng.IntN(len(r)-2)
	switch g.rng.IntN(3) {
	case 0:
		return string(r[:i]) + string(r[i+1:])
	case 1:
		return string(r[:i+1]) + string(r[i:])
	}
	r[i], r[i+1] = r[i+1], r[i]
	return string(r)
}
