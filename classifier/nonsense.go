package classifier

import (
	"math/rand/v2"
	"strings"
)

// nonsenseShare is how many made-up titles the calibration sees for each labelled one.
const nonsenseShare = 0.08

// nonsense makes titles up that mean nothing, so that the calibration learns how little of such a title is known. Half are the
// letters of a title shaken, half are the beginnings of words with the ends of others.
func (a *axisFit) nonsense(rows []int) []heldOut {
	random := rand.New(rand.NewPCG(a.options.Seed, 0x6e6f6e73))
	var out []heldOut
	var f features
	var s sparse
	for n := range int(nonsenseShare * float64(len(rows))) {
		one := a.lessons[rows[random.IntN(len(rows))]].normalized
		text := shaken(random, one)
		if n%2 == 1 {
			text = crossed(random, one, a.lessons[rows[random.IntN(len(rows))]].normalized)
		}
		f.extract(text)
		a.model.vocabulary.lookUp(&s, &f)
		out = append(out, heldOut{nonsense: true, heads: signal{3: float64(s.known), 4: float64(s.pieces)}})
	}
	return out
}

// shaken puts the letters of each word into another order, some of them replaced.
func shaken(random *rand.Rand, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		letters := []rune(w)
		random.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
		for j := range letters {
			if random.IntN(3) == 0 {
				letters[j] = rune('a' + random.IntN(26))
			}
		}
		words[i] = string(letters)
	}
	return strings.Join(words, " ")
}

// crossed gives the first half of each word of one text the second half of a word of another.
func crossed(random *rand.Rand, one, other string) string {
	words, ends := strings.Fields(one), strings.Fields(other)
	for i, w := range words {
		letters, end := []rune(w), []rune(ends[random.IntN(len(ends))])
		words[i] = string(letters[:(len(letters)+1)/2]) + string(end[len(end)/2:])
	}
	return strings.Join(words, " ")
}
