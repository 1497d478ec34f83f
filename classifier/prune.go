package classifier

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/viterin/vek/vek32"
)

const (
	blockRows = 32 // rows that scan looks at together
	quad      = 4  // bytes of a row that are summed at once
	// queryTop bounds the query's numbers so that a pair of products stays within 16 bits: 2 x 255 x 63 < 32768.
	queryTop = 63
)

// pruned is a matrix a second time, a byte for each number, to leave out rows that cannot be among the nearest. With the row
// r = s b + e and the query q = t a + f, where a and b are whole numbers, the cosine is s t (a b) + t (a e) + f r, and by
// Cauchy-Schwarz the last two come to at most |t a| |e| + |f| |r|. Rows whose sum of bytes stays below the cosine to beat by
// more than this are passed over; the others are computed in full, so that the neighbours are those of a full search, bit by bit.
type pruned struct {
	once   sync.Once
	ready  atomic.Bool
	quads  int       // of a row, filled up with zeros
	bytes  []byte    // block by block; in a block by quad, then by row; a byte is 128 more than its number
	scales []float32 // s, by row; zero for the rows that fill up the last block
	lost   float64   // the greatest |e|
	length float64   // the greatest |r|
}

// prepare makes the bytes when the first title needs them.
func (p *pruned) prepare(m *matrix) {
	p.once.Do(func() {
		if !canScan() || m.size() < neighbors*blockRows || m.dimension > maxScanned-quad {
			return
		}
		blocks := (m.size() + blockRows - 1) / blockRows
		p.quads = (m.dimension + quad - 1) / quad
		p.scales = make([]float32, blocks*blockRows)
		p.bytes = make([]byte, blocks*blockRows*p.quads*quad)
		for i := range p.bytes {
			p.bytes[i] = 128
		}
		for i := range m.size() {
			p.add(i, m.row(i))
		}
		if !(p.lost+p.length < math.MaxFloat32) {
			return // a vector that is no vector
		}
		p.ready.Store(true)
	})
}

func (p *pruned) add(i int, row []float32) {
	scale := byteScale(row)
	block := p.bytes[i/blockRows*blockRows*p.quads*quad:]
	var lost, length float64
	for d, x := range row {
		b := toByte(x, scale)
		block[d/quad*quad*blockRows+i%blockRows*quad+d%quad] = byte(int(b) + 128)
		e := float64(x) - float64(b)*float64(scale)
		lost += e * e
		length += float64(x) * float64(x)
	}
	p.scales[i] = scale
	p.lost, p.length = max(p.lost, math.Sqrt(lost)), max(p.length, math.Sqrt(length))
}

// rounding is more than the sums of a cosine in 32 bits, in any order, can be off for vectors of length 1.
const rounding = 1e-4

// question is a query in bytes, with the memory to answer it.
type question struct {
	numbers [maxScanned]int8
	scale   float32
	base    int32   // takes off the 128 that each byte of a row has too much
	margin  float32 // how far the cosine can be from what the bytes say
	sums    []float32
	tops    []float32
	best    nearest
}

// maxScanned is the longest vector whose bytes are scanned; longer ones are compared in full.
const maxScanned = 1024

// ask puts a query into bytes; false for one that has none.
func (q *question) ask(p *pruned, query []float32) bool {
	var top float32
	for _, x := range query {
		top = max(top, x, -x)
	}
	if !(top > 1e-30 && top < math.MaxFloat32) {
		return false
	}
	if len(q.sums) != len(p.scales) {
		q.sums, q.tops = make([]float32, len(p.scales)), make([]float32, len(p.scales)/blockRows)
	}
	q.scale = top / queryTop
	clear(q.numbers[:p.quads*quad])
	var sum int32
	var kept, lost float64
	for d, x := range query {
		a := math.RoundToEven(float64(x / q.scale))
		q.numbers[d] = int8(a)
		sum += int32(a)
		a *= float64(q.scale)
		kept += a * a
		lost += (float64(x) - a) * (float64(x) - a)
	}
	q.base = -128 * sum
	q.margin = float32((math.Sqrt(kept)*p.lost + math.Sqrt(lost)*p.length) * (1 + rounding))
	q.margin += rounding * float32(1+math.Sqrt(kept)*p.length)
	return true
}

// search offers to n every row of m that can be among its nearest, as m.search does with all. n must be empty.
func (p *pruned) search(m *matrix, n *nearest, q *question, query []float32) {
	if !p.ready.Load() || !q.ask(p, query) {
		m.search(n, query)
		return
	}
	scan(p, q)
	// At least so many rows as n has room for, one of each block, have this cosine or more: what cannot reach it is out.
	least := q.nthTop(n.room)*q.scale - q.margin
	floor := q.below(least)
	for block, top := range q.tops {
		if top < floor {
			continue
		}
		for lane, sum := range q.sums[block*blockRows : (block+1)*blockRows] {
			i := block*blockRows + lane
			if sum < floor || i >= m.size() {
				continue
			}
			if similarity := vek32.Dot(m.row(i), query); similarity > n.worst() {
				n.offer(int32(i), similarity)
				floor = max(floor, q.below(n.worst()))
			}
		}
	}
}

// below is the sum of bytes of which it is certain that the cosine is less than the one given.
func (q *question) below(cosine float32) float32 { return (cosine - q.margin) / q.scale }

// nthTop is the nth greatest of the blocks' greatest sums; there are no less than room blocks.
func (q *question) nthTop(room int) float32 {
	q.best.reset(room)
	for i, top := range q.tops {
		q.best.offer(int32(i), top)
	}
	return q.best.worst()
}
