package main

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// typo gives one word of a title one typing error: a letter left out, doubled, or changed places with the next.
func typo(text string, rng *rand.Rand) string {
	words := strings.Split(text, " ")
	w := rng.IntN(len(words))
	letters := []rune(words[w])
	if len(letters) < 4 || !utf8.ValidString(words[w]) {
		return text
	}
	at := 1 + rng.IntN(len(letters)-2)
	switch rng.IntN(3) {
	case 0:
		letters = append(letters[:at], letters[at+1:]...)
	case 1:
		letters = append(letters[:at+1], letters[at:]...)
	default:
		letters[at], letters[at+1] = letters[at+1], letters[at]
	}
	words[w] = string(letters)
	return strings.Join(words, " ")
}

// inContext hangs one of the contexts on a title, after it more often than before.
func inContext(text string, contexts []string, rng *rand.Rand) string {
	context := contexts[rng.IntN(len(contexts))]
	switch rng.IntN(4) {
	case 0:
		return context + " " + text
	case 1:
		return text + " " + context
	}
	return text + " , " + context
}
