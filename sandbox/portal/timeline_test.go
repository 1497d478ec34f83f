package portal

import (
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// The timeline against a plain sorted slice, through thousands of changes.
func TestTimelineAgainstSortedSlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var tl timeline
	var model []stamp
	for i := range int32(6000) {
		model = append(model, stamp{rng.Int64N(50), i})
	}
	tl.fill(slices.Clone(model))
	for step := range 30_000 {
		i := rng.IntN(len(model))
		if !tl.remove(model[i]) {
			t.Fatalf("step %d: a stamp is gone", step)
		}
		if tl.remove(model[i]) {
			t.Fatalf("step %d: a stamp was there twice", step)
		}
		model[i].at = rng.Int64N(50) + int64(step/500)
		tl.insert(model[i])
	}
	sort.Slice(model, func(a, b int) bool { return model[a].less(model[b]) })
	if tl.size != len(model) {
		t.Fatalf("size %d, want %d", tl.size, len(model))
	}
	for range 300 {
		from := rng.IntN(len(model))
		to := from + rng.IntN(len(model)-from)
		var got, want []int32
		backwards := rng.IntN(2) == 0
		tl.walk(from, to, backwards, func(i int32) bool { got = append(got, i); return true })
		for _, s := range model[from:to] {
			want = append(want, s.idx)
		}
		if backwards {
			slices.Reverse(want)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("walk %d..%d differs", from, to)
		}
		at := rng.Int64N(120)
		if n := sort.Search(len(model), func(i int) bool { return model[i].at >= at }); tl.rank(at) != n {
			t.Fatalf("rank(%d) = %d, want %d", at, tl.rank(at), n)
		}
	}
	for _, s := range model {
		tl.remove(s)
	}
	if tl.size != 0 || len(tl.blocks) != 0 {
		t.Error("an emptied timeline is not empty")
	}
}
