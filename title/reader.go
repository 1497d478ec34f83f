package title

import "strings"

// Reader reads titles one after the other, and remembers the pieces between their spaces: titles are many, their pieces are few. What it
// says of a title does not depend on what it has read before. The zero Reader is ready for use, by one goroutine.
type Reader struct {
	pieces     map[string]*piece // nil until Read is called, for one title alone is sooner read in full
	words      []*word           // of the title
	separators int               // how many of the words are
	spare      []*word           // room for the same
	text       []byte            // the words, joined
	letters    int               // a to z, in the pieces read last
	lettered   int               // of those pieces, how many have such letters
	mixed      bool              // one of them mixes alphabets
	doubtful   bool              // one of them is, see doubtful
	only       *piece            // there was one piece
	normalized string
}

// Reading is what a raw title says.
type Reading struct {
	Normalized string // see Normalize
	Key        Key    // see KeyOf
	Kind       Kind   // see Quality
	// Mixed: a word mixes Latin with Cyrillic or Greek letters, as look-alikes do. It is a reason to ask a person, never a
	// reason to relabel.
	Mixed bool
}

// Read reads a title.
func (r *Reader) Read(raw string) Reading {
	if r.pieces == nil {
		r.pieces = make(map[string]*piece)
	}
	var out Reading
	if r.readPieces(raw) { // so raw is as Clean leaves it, but for more spaces
		out.Mixed = r.mixed && beyondLatin(raw)
		switch {
		case !r.doubtful && titleAtAGlance(r.letters, r.lettered):
		case r.only != nil:
			out.Kind = r.only.kind
		default:
			out.Kind = Quality(raw)
		}
		r.normalized = r.normalize(raw, true)
	} else {
		clean := Clean(raw)
		out.Mixed, out.Kind = beyondLatin(raw) && mixedScript(clean), quality(clean)
		r.normalized = r.normalize(clean, false)
	}
	out.Normalized, out.Key = r.normalized, r.key()
	return out
}

// whole reports whether the words are those of the normalised title, which had not to be cut.
func (r *Reader) whole() bool { return len(r.text) == len(r.normalized) }

// key is KeyOfNormalized of the title.
func (r *Reader) key() Key {
	switch {
	case !r.whole():
		return KeyOfNormalized(r.normalized)
	case r.separators == 0:
		return Key(r.normalized)
	}
	var room [MaxRunes]byte
	key := room[:0]
	for _, w := range r.words {
		if w.separator != None && w.separator != At {
			continue
		}
		if len(key) > 0 {
			key = append(key, ' ')
		}
		key = append(key, w.text...)
	}
	return Key(key)
}

// Words returns the words of the title read last, as Tokens does.
func (r *Reader) Words() []string {
	if !r.whole() {
		return Tokens(r.normalized)
	}
	words := make([]string, 0, len(r.words)-r.separators)
	for _, w := range r.words {
		if w.separator == None {
			words = append(words, w.text)
		}
	}
	return words
}

// maxPieces is how many pieces are remembered. When there are more all are forgotten, for the common ones soon come again.
const maxPieces = 1 << 14

// readPieces reads the words of a text piece by piece. It reports false where it cannot: where the text might hold a decoration or
// something that Clean takes out, and where it is long.
func (r *Reader) readPieces(text string) bool {
	if r.pieces == nil || len(text) > MaxRunes {
		return false
	}
	r.words, r.letters, r.lettered, r.mixed, r.doubtful = r.words[:0], 0, 0, false, false
	before, open, slash, frau, count := atStart, false, false, false, 0
	for len(text) > 0 {
		end := strings.IndexByte(text, ' ')
		if end < 0 {
			end = len(text)
		}
		name := text[:end]
		text = text[min(end+1, len(text)):]
		if name == "" {
			continue
		}
		count++
		p := r.pieces[name]
		if p == nil {
			p = r.learn(name)
		}
		if p.odd || open && p.inBracket {
			return false
		}
		words := p.words
		if p.otherwise != nil {
			words = p.otherwise[before]
		}
		r.words = append(r.words, words...)
		if len(words) > 0 {
			before = words[len(words)-1].before
		} else if before == atStart {
			before = afterSeparator
		}
		r.only = p
		if p.letters > 0 {
			r.letters += p.letters
			r.lettered++
		}
		open, slash, frau, r.mixed = p.opens, slash || p.slash, frau || p.frau, r.mixed || p.mixed
		r.doubtful = r.doubtful || p.doubtful
	}
	if count != 1 {
		r.only = nil
	}
	return !slash || !frau
}

func (r *Reader) learn(name string) *piece {
	p := newPiece(name)
	if len(name) <= maxPiece {
		if len(r.pieces) >= maxPieces {
			clear(r.pieces)
		}
		r.pieces[strings.Clone(name)] = p
	}
	return p
}
