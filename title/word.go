package title

import "strings"

// canonicalWord gives one spelling to the spellings of a folded word: ae, oe, ue that stand for an umlaut, and the feminine
// of an occupation, which becomes the masculine because most tables and most people know that form.
func canonicalWord(w string) string {
	if len(w) < 4 {
		return w
	}
	return masculine(foldUmlauts(w))
}

type ending struct {
	from, to string
	min      int // bytes the word must have
}

// masculine applies the first ending that fits.
func masculine(w string) string {
	var endings []ending
	switch w[len(w)-1] { // most words end otherwise
	case 'n':
		endings = []ending{{"erin", "er", 8}, {"erinnen", "er", 9}, {"orin", "or", 8}, {"istin", "ist", 9}, {"entin", "ent", 9}, {"antin", "ant", 9},
			{"eurin", "eur", 8}, {"ogin", "oge", 8}}
	case 'e':
		endings = []ending{{"trice", "teur", 8}, {"euse", "eur", 7}, {"ienne", "ien", 9}}
	case 'a':
		endings = []ending{{"ora", "or", 7}}
	}
	for _, e := range endings {
		if len(w) >= e.min && strings.HasSuffix(w, e.from) {
			return w[:len(w)-len(e.from)] + e.to
		}
	}
	return w
}
