package embedding

import (
	"math/bits"
	"strings"
)

// MaxFeatures is how many features of one title count; a longer text cannot drag a vector or cost more than this.
const MaxFeatures = 512

const (
	maxWordRunes = 40 // the runes of one word that are cut into n-grams
	minGram      = 3
	maxGram      = 5
)

// Feature kinds, so that the word "head" and the 4-gram "head" are two features.
const (
	wordSeed   = 0x9ae16a3b2f90404f
	bigramSeed = 0xc3a5c85c97cb3127
	gramSeed   = 0xb492b66fbe98f273
)

// AppendFeatures appends the hashes of a normalised title's features to dst: its words, pairs of words that stand next to each
// other, and the 3- to 5-grams of each word with its ends marked. What "@" announces, a place of work, has none. Training and
// embedding share this function: a model fits only the features it was trained on.
func AppendFeatures(dst []uint64, normalized string) []uint64 {
	limit := len(dst) + MaxFeatures
	var previous uint64
	place := false
	for len(normalized) > 0 && len(dst) < limit {
		token := normalized
		if i := strings.IndexByte(normalized, ' '); i >= 0 {
			token, normalized = normalized[:i], normalized[i+1:]
		} else {
			normalized = ""
		}
		if len(token) <= 1 && isSeparator(token) {
			place = token == "@"
			continue
		}
		if place {
			continue
		}
		var word uint64
		dst, word = appendWord(dst, token, limit)
		if previous != 0 && len(dst) < limit {
			dst = append(dst, pairOf(previous, word))
		}
		previous = word
	}
	return dst
}

func pairOf(previous, word uint64) uint64 { return finish(mixIn(mixIn(bigramSeed, previous), word)) }

func isSeparator(token string) bool {
	if token == "" {
		return true
	}
	switch token[0] {
	case '|', ',', '/', '(', ')', '@':
		return true
	}
	return false
}

// appendWord appends the features of one word and returns the word's own hash.
func appendWord(dst []uint64, token string, limit int) ([]uint64, uint64) {
	var runes [maxWordRunes + 2]rune
	runes[0] = '<'
	n := 1
	word := uint64(wordSeed)
	for _, r := range token {
		word = mixIn(word, uint64(r))
		if n <= maxWordRunes {
			runes[n] = r
			n++
		}
	}
	runes[n] = '>'
	n++
	word = finish(word)
	dst = append(dst, word)
	if n < minGram+1 {
		return dst, word
	}
	for i := 0; i+minGram <= n; i++ {
		h := mixIn(mixIn(gramSeed, uint64(runes[i])), uint64(runes[i+1]))
		for j := i + 2; j < n && j < i+maxGram; j++ {
			h = mixIn(h, uint64(runes[j]))
			if j-i+1 == n { // the whole word is a feature already
				continue
			}
			if len(dst) == limit {
				return dst, word
			}
			dst = append(dst, finish(h))
		}
	}
	return dst, word
}

func mixIn(h, x uint64) uint64 { return (bits.RotateLeft64(h, 5) ^ x) * 0x517cc1b727220a95 }

func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
