package portal

import (
	"math"
	"sort"
)

// timeline keeps contacts ordered by the time of their last change: a list of
// sorted blocks, so that a change costs one block and a rank is a sum over the
// blocks. Contacts of one millisecond stand in an order that is NOT that of
// their ids: a client that relies on a second sort key should be seen to fail.
type timeline struct {
	blocks [][]stamp
	size   int
}

type stamp struct {
	at  int64
	idx int32
}

const blockMax = 1024

func scatter(i int32) uint32 { return uint32(i) * 2654435761 }

func (a stamp) less(b stamp) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return scatter(a.idx) < scatter(b.idx)
}

// fill replaces the content by stamps in any order.
func (t *timeline) fill(all []stamp) {
	sort.Slice(all, func(i, j int) bool { return all[i].less(all[j]) })
	t.blocks, t.size = nil, len(all)
	for len(all) > 0 {
		n := min(len(all), blockMax/2)
		block := make([]stamp, n, blockMax)
		copy(block, all[:n])
		t.blocks = append(t.blocks, block)
		all = all[n:]
	}
}

// place returns the block that holds or would hold x, and the position in it.
func (t *timeline) place(x stamp) (int, int) {
	b := sort.Search(len(t.blocks), func(i int) bool {
		last := t.blocks[i][len(t.blocks[i])-1]
		return !last.less(x)
	})
	if b == len(t.blocks) {
		return b, 0
	}
	block := t.blocks[b]
	return b, sort.Search(len(block), func(i int) bool { return !block[i].less(x) })
}

func (t *timeline) insert(x stamp) {
	t.size++
	b, i := t.place(x)
	if b == len(t.blocks) {
		if b == 0 || len(t.blocks[b-1]) >= blockMax {
			t.blocks = append(t.blocks, append(make([]stamp, 0, blockMax), x))
			return
		}
		t.blocks[b-1] = append(t.blocks[b-1], x)
		return
	}
	block := t.blocks[b]
	if len(block) >= blockMax {
		half := len(block) / 2
		right := append(make([]stamp, 0, blockMax), block[half:]...)
		t.blocks = append(t.blocks, nil)
		copy(t.blocks[b+2:], t.blocks[b+1:])
		t.blocks[b], t.blocks[b+1] = block[:half], right
		if i > half {
			b, i = b+1, i-half
		}
		block = t.blocks[b]
	}
	block = append(block, stamp{})
	copy(block[i+1:], block[i:])
	block[i] = x
	t.blocks[b] = block
}

func (t *timeline) remove(x stamp) bool {
	b, i := t.place(x)
	if b == len(t.blocks) || i == len(t.blocks[b]) || t.blocks[b][i] != x {
		return false
	}
	t.size--
	t.blocks[b] = append(t.blocks[b][:i], t.blocks[b][i+1:]...)
	if len(t.blocks[b]) == 0 {
		t.blocks = append(t.blocks[:b], t.blocks[b+1:]...)
	}
	return true
}

// rank counts the stamps earlier than at.
func (t *timeline) rank(at int64) int {
	if at == math.MinInt64 {
		return 0
	}
	b := sort.Search(len(t.blocks), func(i int) bool { return t.blocks[i][len(t.blocks[i])-1].at >= at })
	n := 0
	for _, block := range t.blocks[:b] {
		n += len(block)
	}
	if b < len(t.blocks) {
		block := t.blocks[b]
		n += sort.Search(len(block), func(i int) bool { return block[i].at >= at })
	}
	return n
}

// walk visits the stamps ranked from..to-1 in order, or backwards, until visit
// answers false.
func (t *timeline) walk(from, to int, backwards bool, visit func(idx int32) bool) {
	if from >= to {
		return
	}
	first := from
	if backwards {
		first = to - 1
	}
	b := 0
	for first >= len(t.blocks[b]) {
		first -= len(t.blocks[b])
		b++
	}
	for n := to - from; n > 0; n-- {
		if !visit(t.blocks[b][first].idx) {
			return
		}
		if backwards {
			if first--; first < 0 {
				if b--; b >= 0 {
					first = len(t.blocks[b]) - 1
				}
			}
		} else if first++; first == len(t.blocks[b]) {
			b, first = b+1, 0
		}
	}
}
