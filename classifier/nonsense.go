package classifier

import (
	"math/rand/v2"
	"strings"
)

// nonsenseShare is how many made-up titles the calibration sees for each labelled one.
const nonsenseShare = 0.08

// nonsense makes titles up that mean nothing and lets the heads answer them, so that the calibration learns how it looks when there
// is nothing to say. Half are the letters of a title shaken, half are the beginnings of words with the ends of others.
func (a *axisFit) nonsense(rows []int) []held {
	random := rand.New(rand.NewPCG(a.options.Seed, 0x6e6f6e73))
	var out []held
	var f features
	var s sparse
	var heard lecture
	classes := len(a.values)
	inputs := make([]float32, a.inputs())
	for n := range int(nonsenseShare * float64(len(rows))) {
		one := a.lessons[rows[random.IntN(len(rows))]].normalized
		text := shaken(random, one)
		if n%2 == 1 {
			text = crossed(random, one, a.lessons[rows[random.IntN(len(rows))]].normalized)
		}
		f.extract(text)
		a.model.vocabulary.look(&s, &f)
		clear(inputs)
		vector := inputs[:a.vectors.dimension]
		if a.embedder != nil {
			a.embedder.EmbedInto(vector, text)
		}
		if a.teacher != nil {
			a.teacher.hear(inputs[a.vectors.dimension:], text, &f, vector, &heard)
		}
		room := make([]float32, 3*classes)
		v := voices{sparse: room[:classes], dense: room[classes : 2*classes], near: room[2*classes:], known: s.known, pieces: s.pieces}
		a.heads[0].scores(v.sparse, &s)
		row := denseRow(inputs)
		a.heads[1].scores(v.dense, &row)
		var near nearest
		near.reset(neighbors)
		a.vectors.search(&near, vector)
		v.votes = vote(v.near, near.list, a.votes, a.weight)
		if len(near.list) > 0 {
			v.closest = near.list[0].similarity
		}
		h := held{nonsense: true}
		h.heads, _ = a.answer(rows[0], &v, false)
		h.joint, _ = a.answer(rows[0], &v, true)
		out = append(out, h)
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
