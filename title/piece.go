package title

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// piece is what stands between two spaces of a title, as the steps of Read see it. Nearly all that they do with it does not depend on
// its neighbours; what does is told apart by what stands before, or makes the piece odd.
type piece struct {
	words     []*word
	otherwise *[contexts][]*word // nil where the words are the same whatever stands before
	kind      Kind               // of the piece alone
	letters   int                // a to z
	odd       bool               // its title must be read in full
	opens     bool               // it ends with an opening bracket
	inBracket bool               // with a bracket before, it may begin a decoration
	slash     bool               // it holds a slash
	frau      bool               // it holds "frau", which a decoration looks for on the other side of a slash
	mixed     bool               // it mixes alphabets
	doubtful  bool               // see doubtful
}

// context is what stands before a piece. Marks need to know.
type context uint8

const (
	atStart        context = iota
	afterSeparator         // or after what is no token
	afterWord
	afterAnd // &
	contexts
)

// contextAfter returns what a token is to the piece after it.
func contextAfter(token string) context {
	switch {
	case token == "&":
		return afterAnd
	case separatorOf(token) != None:
		return afterSeparator
	}
	return afterWord
}

// maxPiece is the length in bytes of the longest piece that is not odd.
const maxPiece = 48

func newPiece(text string) *piece {
	p := &piece{odd: true}
	if len(text) > maxPiece || !norm.NFKC.PropertiesString(text).BoundaryBefore() || Clean(text) != text {
		return p
	}
	folded := fold(text)
	held := marksIn(folded)
	for _, d := range decorations() {
		if held&d.marks != 0 && d.may(folded) {
			return p
		}
	}
	end := strings.TrimRight(folded, " ")
	if end == "" || letterInBracket(folded+"/") { // the slash stands for what may follow
		return p
	}
	p.odd = false
	p.opens, p.inBracket = opens(end[len(end)-1]), startsDecoration(folded)
	p.slash, p.frau = held&slash != 0, strings.Contains(folded, "frau")
	p.mixed, p.letters, p.kind, p.doubtful = mixedScript(text), asciiLetters(text), quality(text), doubtful(text)
	tokens := scan(nil, folded)
	p.words = phrases().words(nil, tokens)
	if wordAt(folded, 0) {
		return p
	}
	for before, text := range [contexts]string{afterSeparator: ", ", afterWord: "x ", afterAnd: "x & "} {
		other := scan(nil, text+folded)[strings.Count(text, " "):]
		if slices.Equal(other, tokens) {
			continue
		}
		if p.otherwise == nil {
			p.otherwise = &[contexts][]*word{p.words, p.words, p.words, p.words}
		}
		p.otherwise[before] = phrases().words(nil, other)
	}
	return p
}
