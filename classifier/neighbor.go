package classifier

import (
	"math"

	"github.com/viterin/vek/vek32"
)

// neighbors is how many of the nearest labelled titles vote.
const neighbors = 16

// matrix holds the vectors of labelled titles, row by row. Vectors have length 1, so a dot product is a cosine.
type matrix struct {
	dimension int
	rows      []float32
}

func (m *matrix) size() int {
	if m.dimension == 0 {
		return 0
	}
	return len(m.rows) / m.dimension
}

func (m *matrix) row(i int) []float32 { return m.rows[i*m.dimension : (i+1)*m.dimension] }

// near is one labelled title nearby.
type near struct {
	row        int32
	similarity float32
}

// nearest keeps the n best rows seen, best first; equal similarities in the order of rows, in whatever order they were offered.
type nearest struct {
	list []near
	room int
}

func (n *nearest) reset(room int) { n.list, n.room = n.list[:0], room }

// worst is the similarity below which a row has no chance.
func (n *nearest) worst() float32 {
	if len(n.list) < n.room {
		return float32(math.Inf(-1))
	}
	return n.list[len(n.list)-1].similarity
}

func (n *nearest) offer(row int32, similarity float32) {
	one := near{row, similarity}
	if len(n.list) < n.room {
		n.list = append(n.list, one)
	} else if !one.before(n.list[len(n.list)-1]) {
		return
	}
	i := len(n.list) - 1
	for i > 0 && one.before(n.list[i-1]) {
		n.list[i] = n.list[i-1]
		i--
	}
	n.list[i] = one
}

func (n near) before(other near) bool {
	return n.similarity > other.similarity || n.similarity == other.similarity && n.row < other.row
}

// search offers every row of m to n.
func (m *matrix) search(n *nearest, query []float32) { m.searchFrom(0, n, query) }

// searchFrom is search with rows counted from a first number.
func (m *matrix) searchFrom(first int32, n *nearest, query []float32) {
	floor := n.worst()
	for i, rows := first, m.rows; len(rows) >= m.dimension && m.dimension > 0; i++ {
		if similarity := vek32.Dot(rows[:m.dimension], query); similarity > floor {
			n.offer(i, similarity)
			floor = n.worst()
		}
		rows = rows[m.dimension:]
	}
}

// vote writes into dst the share of each class among the neighbours, weighted by exp((cosine-1)/width), with a vote of voteDoubt
// spread evenly: far neighbours count little. class gives a row's class, below 0 for a row that says nothing.
func vote(dst []float32, list []near, class []int16, weight []float32) {
	clear(dst)
	var total float32
	for _, n := range list {
		c := class[n.row]
		if c < 0 {
			continue
		}
		w := weight[n.row] * float32(math.Exp(float64((n.similarity-1)/voteWidth)))
		dst[c] += w
		total += w
	}
	rest := voteDoubt / float32(len(dst))
	for c := range dst {
		dst[c] = (dst[c] + rest) / (total + voteDoubt)
	}
}

const (
	voteWidth = 0.15
	voteDoubt = 0.05 // as much as one neighbour at cosine 0.55
)
