package title

import "strings"

// word is a token of a title in its canonical spelling, with what the steps of Normalize ask about it.
type word struct {
	text      string
	starting  []phrase // of the table of abbreviations, those that start with it
	separator Separator
	before    context // of what comes after it
	place     bool    // see placeWord
	work      bool    // see notPlace
	stable    bool    // it is read as itself again, but for decorations that begin with it
	inBracket bool    // see startsDecoration
	frau      bool    // see stable
}

// setWord makes a folded token a word.
func (t *phraseTable) setWord(w *word, token string) {
	text := canonicalWord(token)
	*w = word{text: text, starting: t.startingWith(text), separator: separatorOf(text), before: contextAfter(text), place: placeWord(text), work: notPlace(text)}
	w.stable = w.separator != None || text == "&" || runEnd(text, 0) == len(text) && (plainWord(text) || fold(text) == text) && canonicalWord(text) == text
	w.inBracket, w.frau = startsDecoration(text), strings.Contains(text, "frau")
}

// words makes folded tokens words.
func (t *phraseTable) words(dst []*word, tokens []string) []*word {
	room := make([]word, len(tokens))
	for i, token := range tokens {
		t.setWord(&room[i], token)
		dst = append(dst, &room[i])
	}
	return dst
}

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
