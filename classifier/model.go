package classifier

import (
	"hash/fnv"
	"strconv"

	"rolecall/label"
)

// model is what a fit learns. It is immutable and decides without rules and corrections.
type model struct {
	key        string
	vocabulary *vocabulary
	axes       [label.AxisCount]axisModel
	dimension  int    // of the embedding
	hasTeacher bool   // the dense heads have the teacher's soft labels as inputs, too
	sparse     *table // over n-grams
	dense      *table // over the embedding
	// absorbed are the corrections that were training rows, by what they say, sorted.
	absorbed []string
	// embedder is the ID of the embedder it was fitted with, trained the titles it has seen, as sorted hashes of their keys.
	embedder string
	trained  []uint32
	// rules are those of the workbook, where the model is a teacher's.
	rules []label.Rule
}

// axisModel answers one axis.
type axisModel struct {
	values   []label.Value // by class; "" is "none of these"
	fallback int           // the class of the fallback term, -1 where there is none
	mix      mix
	calibration
	examples int
}

// digest names what was learnt beyond the key: the corrections that were training rows, and with them the calibration.
func (m *model) digest() string {
	sum := fnv.New32a()
	for _, a := range m.absorbed {
		sum.Write([]byte(a)) //nolint:errcheck // a hash does not fail
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 16)
}

// inputs is the number of inputs of the dense heads.
func (m *model) inputs() int {
	if m.dense.stride == 0 {
		return 0
	}
	return len(m.dense.weights) / m.dense.stride
}

// classOf returns the class of a value, or -1.
func (m *axisModel) classOf(v label.Value) int {
	for i, o := range m.values {
		if o == v {
			return i
		}
	}
	return -1
}

// has reports whether a value is one of the axis' classes.
func (m *axisModel) has(v label.Value) bool { return m.classOf(v) >= 0 }

// mix is how much each scorer counts: the logits are Sparse x the n-gram head's + Dense x the embedding head's + Near x the log of
// the neighbours' shares.
type mix struct {
	Sparse, Dense, Near float32
}

// ignoresNeighbors reports that the neighbours have shown no use on this axis and are left out.
func (m mix) ignoresNeighbors() bool { return m.Near == 0 }

// axisScores are the scores of one title on one axis, by class: of the two heads and of the neighbours.
type axisScores struct {
	sparse, dense []float32 // logits
	near          []float32 // shares
	pieces        float32   // share of the pieces of its words that are known
	known         float32   // share of the title's words that are known
}

// join writes the joint shares into dst; withNeighbors says whether the neighbours count.
func (m mix) join(dst []float32, scores *axisScores, withNeighbors bool) {
	if !withNeighbors || m.Near == 0 {
		for c := range dst {
			dst[c] = m.Sparse*scores.sparse[c] + m.Dense*scores.dense[c]
		}
		softmax(dst)
		return
	}
	share, log := float32(1), float32(0)
	for c, near := range scores.near[:len(dst)] {
		if near != share { // most classes have the share of those without a vote
			share, log = near, logShare(near)
		}
		dst[c] = m.Sparse*scores.sparse[c] + m.Dense*scores.dense[c] + m.Near*log
	}
	softmax(dst)
}

// best returns the classes with the greatest and the second greatest number; second is -1 when there is only one class.
func best(z []float32) (first, second int) {
	first, second = 0, -1
	for c := 1; c < len(z); c++ {
		switch {
		case z[c] > z[first]:
			first, second = c, first
		case second < 0 || z[c] > z[second]:
			second = c
		}
	}
	return first, second
}
