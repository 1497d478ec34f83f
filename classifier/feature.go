package classifier

import (
	"math/bits"
	"strings"
)

// Features of a title, in two groups whose weight is settled apart from one another: what its words say, and what pieces of its
// words say. Every feature is a hash.
//
//	| group | feature                                                     | why                                           |
//	|-------|-------------------------------------------------------------|-----------------------------------------------|
//	| words | each word; pairs; pairs with a word between                 | phrases: "account executive", "head of"       |
//	| words | first word, last word of the first part, last word of all   | where languages put the head noun             |
//	| words | words before the first preposition, words after it          | what belongs to somebody else: "to the CEO"   |
//	| words | words of the first part, words of later parts               | "Founder | Speaker"                           |
//	| chars | pieces of 2 to 5 letters of each word, ends marked          | inflection, compounds, typing errors          |
//	| chars | endings of 6 to 8 letters                                   | "-leiter", "-sachbearbeiter" in compounds     |
//
// What stands in later parts of a title, after a separator or an "and", counts laterWeight: the first part names the work, and what
// follows is most often a second function, a product or a place ("Finance & IT Manager", "Account Manager, HR software").
const featureVersion = "n-grams-2"

// laterWeight is a power of two, so that sums over parts are exact whichever is summed first.
const laterWeight = 0.5

const (
	maxFeatures  = 700 // of one title; a longer text costs no more
	maxWordRunes = 32
)

// Seeds, one for each kind of feature, so that the word "head" and the piece "head" are two features.
const (
	seedWord   = 0x9ae16a3b2f90404f
	seedPair   = 0xc3a5c85c97cb3127
	seedSkip   = 0x8f1bbcdc5a82e6ab
	seedFirst  = 0xd1b54a32d192ed03
	seedHead   = 0xabc98388fb8fac03
	seedLast   = 0x8cb92ba72f3d8dd7
	seedBefore = 0xaef17502108ef2d9
	seedAfter  = 0xe7037ed1a0b428db
	seedLater  = 0x589965cc75374cc3
	seedPiece  = 0x1d8e4e27c47d124f
	seedEnding = 0xeb44accab455d165
)

// features are the hashes of one title, by group, and how many of each group the first part of the title has.
type features struct {
	words, chars           []uint64
	firstWords, firstChars int
}

func (f *features) reset() { f.words, f.chars = f.words[:0], f.chars[:0] }

// extract fills f with the features of a normalised title. What "@" announces, a place of work, has none.
func (f *features) extract(normalized string) {
	f.reset()
	f.words = readWords(f.words, normalized, f)
}

// pieceReader takes the pieces of a title's words in, word by word.
type pieceReader interface {
	// word takes the pieces of a word in and returns its hash.
	word(token string) uint64
	// count is the number of pieces taken in.
	count() int
	// part says, once for a title, where its first part ends: after so many features of words, and after what has been taken in.
	part(words int)
}

func (f *features) count() int { return len(f.chars) }

func (f *features) part(words int) { f.firstWords, f.firstChars = words, len(f.chars) }

// readWords appends to dst the features that words are, and gives the words to pieces.
func readWords[P pieceReader](dst []uint64, normalized string, pieces P) []uint64 {
	w := wordFeatures{hashes: dst}
	parted := false
	for len(normalized) > 0 && len(w.hashes)+pieces.count() < maxFeatures {
		token := normalized
		if i := strings.IndexByte(normalized, ' '); i >= 0 {
			token, normalized = normalized[:i], normalized[i+1:]
		} else {
			normalized = ""
		}
		if !parted && w.any && startsPart(token) {
			parted = true
			pieces.part(len(w.hashes))
		}
		switch {
		case len(token) == 1 && strings.IndexByte("|,/()@", token[0]) >= 0:
			w.separate(token[0])
		case w.place:
		default:
			if isConnector(token) {
				w.connect()
			}
			w.add(pieces.word(token))
		}
	}
	if !parted {
		pieces.part(len(w.hashes) + 2) // with those that finish adds
	}
	return w.finish()
}

// wordFeatures collects the features that words are, word by word.
type wordFeatures struct {
	hashes           []uint64
	previous, before uint64 // the last word and the one before it; 0 where a separator stands between
	head, last       uint64 // the last word of the first part and of all; 0 as long as there is none
	any              bool   // there has been a word
	after            bool   // a preposition has come, in this part
	later            bool   // this is no longer the first part
	place            bool   // what comes is a place of work, which has no features
}

// separate begins another part of the title.
func (w *wordFeatures) separate(separator byte) {
	w.place = separator == '@'
	w.endHead()
	w.later, w.after = w.later || w.any, false
	w.previous, w.before = 0, 0
}

// connect notes that what follows is no longer the head noun.
func (w *wordFeatures) connect() {
	w.endHead()
	w.after = true
}

func (w *wordFeatures) endHead() {
	if w.head == 0 {
		w.head = w.last
	}
}

// add adds the features of a word.
func (w *wordFeatures) add(word uint64) {
	w.hashes = append(w.hashes, combine(seedWord, word))
	if w.previous != 0 {
		w.hashes = append(w.hashes, combine(combine(seedPair, w.previous), word))
	}
	if w.before != 0 {
		w.hashes = append(w.hashes, combine(combine(seedSkip, w.before), word))
	}
	if !w.any {
		w.hashes = append(w.hashes, combine(seedFirst, word))
		w.any = true
	}
	if w.after {
		w.hashes = append(w.hashes, combine(seedAfter, word))
	} else {
		w.hashes = append(w.hashes, combine(seedBefore, word))
	}
	if w.later {
		w.hashes = append(w.hashes, combine(seedLater, word))
	}
	w.before, w.previous, w.last = w.previous, word, word
}

// finish adds the features of head and last word, and returns all.
func (w *wordFeatures) finish() []uint64 {
	if w.last == 0 {
		return w.hashes
	}
	w.endHead()
	return append(w.hashes, combine(seedHead, w.head), combine(seedLast, w.last))
}

// word adds the pieces of one word and returns its hash.
func (f *features) word(token string) uint64 {
	var runes [maxWordRunes + 2]rune
	runes[0] = '<'
	n := 1
	for _, r := range token {
		if n > maxWordRunes {
			break
		}
		runes[n] = r
		n++
	}
	runes[n] = '>'
	n++
	word := uint64(seedWord)
	for _, r := range runes[1 : n-1] {
		word = step(word, r)
	}
	for i := 0; i+2 <= n; i++ {
		h := step(seedPiece, runes[i])
		for j := i + 1; j < n && j < i+5; j++ {
			h = step(h, runes[j])
			f.chars = append(f.chars, finish(h))
		}
	}
	for size := 7; size <= 9 && size < n; size++ {
		h := uint64(seedEnding)
		for _, r := range runes[n-size : n] {
			h = step(h, r)
		}
		f.chars = append(f.chars, finish(h))
	}
	return finish(word)
}

// isConnector reports whether a word says that what follows belongs to the work and is not its holder: prepositions of the
// languages that titles are written in, and the genitive.
func isConnector(token string) bool {
	switch token {
	case "of", "for", "to", "in", "on", "with", "de", "del", "des", "du", "d", "da", "do", "di", "della", "delle", "dei", "degli", "per",
		"para", "en", "fur", "im", "der", "von", "van", "voor", "bij", "av", "till", "pa", "til", "'s", "al", "aux", "au", "a", "la", "ds", "w", "za":
		return true
	}
	return false
}

// startsPart reports whether a token begins a later part of a title: a separator, or an "and" ("and", "und", "et", "y" and "och" are "&"
// by now).
func startsPart(token string) bool {
	switch token {
	case "|", ",", "/", "(", ")", "@", "&", "e", "i", "ja", "ve", "и":
		return true
	}
	return false
}

func step(h uint64, r rune) uint64 { return (bits.RotateLeft64(h, 5) ^ uint64(r)) * 0x517cc1b727220a95 }

func combine(h, x uint64) uint64 { return finish((bits.RotateLeft64(h, 5) ^ x) * 0x517cc1b727220a95) }

func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
