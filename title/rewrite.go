package title

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed abbreviations.txt
var abbreviationTable string

//go:embed gender.txt
var genderTable string

// phrase is one row of abbreviations.txt or gender.txt: a run of words and what is written instead.
type phrase struct {
	words   []string
	right   string
	instead []*word // right, as words
}

// phraseTable maps the first word of each phrase to the phrases that start with it, the longest first.
type phraseTable struct {
	at      *word // @
	byFirst map[string][]phrase
	shapes  [shapes / 64]uint64 // of the first words, to know most other words by
}

const shapes = 1 << 13

// shape is a number that differs for most words.
func shape(word string) uint {
	last := uint(word[len(word)-1])
	return (uint(word[0])*37 + uint(word[len(word)/2])*1021 + last*7 + uint(len(word))*131) % shapes
}

// startingWith returns the phrases that start with a word.
func (t *phraseTable) startingWith(word string) []phrase {
	if s := shape(word); t.shapes[s/64]>>(s%64)&1 == 0 {
		return nil
	}
	return t.byFirst[word]
}

var phrases = sync.OnceValue(func() *phraseTable {
	table := make(map[string][]phrase)
	for line := range strings.SplitSeq(abbreviationTable+"\n"+genderTable, "\n") {
		left, right, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for short := range strings.SplitSeq(left, ",") {
			p := phrase{words: canonicalWords(short), right: right}
			if len(p.words) == 0 {
				continue
			}
			list := table[p.words[0]]
			at := len(list)
			for at > 0 && len(list[at-1].words) < len(p.words) {
				at--
			}
			if !slices.ContainsFunc(list[:at], func(earlier phrase) bool { return slices.Equal(earlier.words, p.words) }) {
				table[p.words[0]] = slices.Insert(list, at, p)
			}
		}
	}
	for word, list := range table { // rows that canonicalWord leaves nothing to do for: managerin = manager
		last := list[len(list)-1]
		if len(last.words) == 1 && slices.Equal(last.words, canonicalWords(last.right)) {
			list = list[:len(list)-1]
		}
		if table[word] = list; len(list) == 0 {
			delete(table, word)
		}
	}
	t := &phraseTable{byFirst: table}
	for word := range table {
		s := shape(word)
		t.shapes[s/64] |= 1 << (s % 64)
	}
	t.at = t.words(nil, []string{"@"})[0]
	for _, list := range table { // now that words find the phrases that start with them
		for i := range list {
			list[i].instead = t.words(nil, strings.Fields(fold(list[i].right)))
		}
	}
	return t
})

func canonicalWords(s string) []string {
	words := strings.Fields(fold(s))
	for i, w := range words {
		words[i] = canonicalWord(w)
	}
	return words
}

// rewrite puts the table's long forms in the place of abbreviations, until nothing changes. Words of a phrase follow one another
// with no separator between. settled is false where it was left before nothing changed.
func (r *Reader) rewrite() (settled bool) {
	for range 4 {
		out, changed := r.spare[:0], false
		for i := 0; i < len(r.words); {
			w := r.words[i]
			if len(w.starting) > 0 {
				if p := longest(w.starting, r.words[i:]); p != nil {
					if !changed {
						out, changed = append(out, r.words[:i]...), true
					}
					out = append(out, p.instead...)
					i += len(p.words)
					continue
				}
			}
			if changed {
				out = append(out, w)
			}
			i++
		}
		if !changed {
			return true
		}
		r.words, r.spare = out, r.words
	}
	return false
}

func longest(list []phrase, words []*word) *phrase {
next:
	for n := range list {
		p := &list[n]
		if len(p.words) > len(words) {
			continue
		}
		for i, w := range p.words {
			if words[i].text != w {
				continue next
			}
		}
		return p
	}
	return nil
}
