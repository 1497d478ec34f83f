package classifier

import (
	"math"
	"testing"

	"rolecall/title"
)

func TestLaterPartsOfATitleCountHalf(t *testing.T) {
	// words: what a title's first part says, as a share of what all its words say, squared
	for _, test := range []struct {
		name, title string
		first       float64
	}{
		{"one part", "Orchard Manager", 1},
		{"a place of work has no features", "Orchard Manager at Acme", 1},
		{"a comma", "Manager, Orchards", 0.5},
		{"an and", "Manager & Orchards", 0.5},
		{"an and in Italian", "Mele e Pere", 0.5},
		{"a bracket", "Manager (Orchards)", 0.5},
		{"a slash at the start", "/ Manager", 1},
	} {
		var f features
		f.extract(title.Normalize(test.title))
		v := newVocabulary([]features{f})
		var s sparse
		v.lookUp(&s, &f)
		group := s.values[len(f.words):]
		var top, least float32 = 0, 2
		for _, x := range group {
			top, least = max(top, x), min(least, x)
		}
		if math.Abs(float64(least/top)-test.first) > 1e-5 {
			t.Errorf("%s: pieces of the last part count %.2f of those of the first, want %.2f", test.name, least/top, test.first)
		}
		if f.firstWords > len(f.words) || f.firstChars > len(f.chars) {
			t.Errorf("%s: the first part has %d of %d words, %d of %d pieces", test.name, f.firstWords, len(f.words), f.firstChars, len(f.chars))
		}
	}
}

func TestSmoothingKeepsAHeadFromCertainty(t *testing.T) {
	rows := make([]sparse, 40)
	class, weight := make([]int, 40), make([]float32, 40)
	for i := range rows {
		class[i], weight[i] = i%2, 1
		rows[i] = sparse{places: []int32{int32(i % 2)}, values: []float32{1}}
	}
	sure := func(smooth float32) float32 {
		h := fitHead(rows, class, weight, 2, 2, schedule{epochs: 200, rate: 0.5, smooth: smooth, seed: 1})
		z := make([]float32, 2)
		h.scores(z, &rows[0])
		softmax(z)
		return z[0]
	}
	if p := sure(0); p < 0.99 {
		t.Errorf("without smoothing the head is sure to %.3f of what it has seen forty times", p)
	}
	if p := sure(0.2); math.Abs(float64(p)-0.9) > 0.01 {
		t.Errorf("with a fifth spread over two classes the head is sure to %.3f, want 0.9", p)
	}
}
