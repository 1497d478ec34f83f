package classifier

import (
	"hash/fnv"
	"slices"
)

// Every embedding has its own idea of "close", so twins are told by rank: the share twinShare of all titles has at least one. So
// many twins of twins at most are kept together: beyond that a chain of small steps would join different work.
const (
	twinShare = 0.15
	mostTwins = 40
)

// assignFolds puts titles that are nearly the same, and through them others, into one fold, so that no held-out title has a twin
// among those that the heads were fitted on: the titles that people really have need not have one either. Without it the
// confidence measured on examples that people wrote in series is too high for the titles of a CRM.
func (f *fitting) assignFolds() {
	n := len(f.lessons)
	t := twins{root: make([]int, n), size: make([]int, n)}
	for i := range n {
		t.root[i], t.size[i] = i, 1
	}
	words := make(map[uint64]int, n)
	for i, l := range f.lessons {
		h := orderless(l.normalized)
		if j, ok := words[h]; ok {
			t.join(i, j)
		}
		words[h] = i
	}
	close := f.twinCosine()
	for i, list := range f.near {
		for _, o := range list {
			if int(o.row) != i && o.similarity >= close {
				t.join(i, int(o.row))
			}
		}
	}
	for i := range f.lessons {
		f.fold[i] = int(finish(uint64(t.find(i))*0x9e3779b97f4a7c15+f.options.Seed) % folds)
	}
}

// twinCosine is the cosine from which two titles are twins.
func (f *fitting) twinCosine() float32 {
	var tops []float32
	for i, list := range f.near {
		for _, o := range list {
			if int(o.row) != i {
				tops = append(tops, o.similarity)
				break
			}
		}
	}
	if len(tops) == 0 {
		return 2
	}
	slices.Sort(tops)
	return tops[int(float64(len(tops))*(1-twinShare))]
}

// twins is a union-find over lessons; the root of a set is its first lesson.
type twins struct{ root, size []int }

func (t *twins) find(i int) int {
	for t.root[i] != i {
		t.root[i] = t.root[t.root[i]]
		i = t.root[i]
	}
	return i
}

func (t *twins) join(i, j int) {
	i, j = t.find(i), t.find(j)
	if i == j || t.size[i]+t.size[j] > mostTwins {
		return
	}
	i, j = min(i, j), max(i, j)
	t.root[j] = i
	t.size[i] += t.size[j]
}

// orderless hashes a title so that the order of its words does not matter.
func orderless(normalized string) uint64 {
	var sum uint64
	for start, i := 0, 0; i <= len(normalized); i++ {
		if i < len(normalized) && normalized[i] != ' ' {
			continue
		}
		if i-start > 1 {
			h := fnv.New64a()
			h.Write([]byte(normalized[start:i])) //nolint:errcheck // a hash does not fail
			sum += finish(h.Sum64())
		}
		start = i + 1
	}
	return finish(sum)
}
