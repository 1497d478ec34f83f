package title

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed abbreviations.txt
var abbreviationTable string

//go:embed gender.txt
var genderTable string

// phrase is one row of abbreviations.txt or gender.txt: a run of words and what is written instead.
type phrase struct {
	words, instead []string
}

// phraseTable maps the first word of each phrase to the phrases that start with it, the longest first.
type phraseTable struct {
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
			p := phrase{words: canonicalWords(short), instead: canonicalWords(right)}
			if len(p.words) == 0 {
				continue
			}
			list := table[p.words[0]]
			at := len(list)
			for at > 0 && len(list[at-1].words) < len(p.words) {
				at--
			}
			list = append(list, phrase{})
			copy(list[at+1:], list[at:])
			list[at] = p
			table[p.words[0]] = list
		}
	}
	t := &phraseTable{byFirst: table}
	for word := range table {
		s := shape(word)
		t.shapes[s/64] |= 1 << (s % 64)
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
func rewrite(tokens []string) (out []string, settled bool) {
	table := phrases()
	for range 4 {
		var out []string
		for i := 0; i < len(tokens); {
			p, ok := longest(table.startingWith(tokens[i]), tokens[i:])
			if !ok {
				if out != nil {
					out = append(out, tokens[i])
				}
				i++
				continue
			}
			if out == nil {
				out = append(make([]string, 0, len(tokens)+8), tokens[:i]...)
			}
			out = append(out, p.instead...)
			i += len(p.words)
		}
		if out == nil {
			return tokens, true
		}
		tokens = out
	}
	return tokens, false
}

func longest(list []phrase, tokens []string) (phrase, bool) {
next:
	for _, p := range list {
		if len(p.words) > len(tokens) {
			continue
		}
		for i, w := range p.words {
			if tokens[i] != w {
				continue next
			}
		}
		return p, true
	}
	return phrase{}, false
}
