package classifier

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	blockRows = 32 // rows that a scan looks at together
	quad      = 4  // bytes of a row that are summed at once
	// queriesAtOnce is how many queries are answered at once.
	queriesAtOnce = 8
	// maxScanned is the longest vector whose bytes are scanned; longer ones are compared in full.
	maxScanned = 1024
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
	scales []float32 // s, by row
	lost   float64   // the greatest |e|
	length float64   // the greatest |r|
	dots   bool      // scanned with canDot's instruction
}

// prepare makes the bytes when the first title needs them.
func (p *pruned) prepare(m *matrix) {
	p.once.Do(func() {
		if !canScan() || m.size() < neighbors*blockRows || m.dimension > maxScanned-quad {
			return
		}
		p.dots = canDot()
		blocks := (m.size() + blockRows - 1) / blockRows
		p.quads = (m.dimension + quad - 1) / quad
		p.scales = make([]float32, blocks*blockRows)
		p.bytes = make([]byte, blocks*blockRows*p.quads*quad)
		for i := range p.bytes {
			p.bytes[i] = 128
		}
		for i := range p.scales { // copies of the last row fill up its block, so that the greatest of a block is a row's
			p.add(i, m.row(min(i, m.size()-1)))
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

// queryTop is the greatest number of a query: where products are summed by twos in 16 bits, 2 x 255 x 63 < 32768.
func (p *pruned) queryTop() float32 {
	if p.dots {
		return 127
	}
	return 63
}

// rounding is more than the sums of a cosine in 32 bits, in any order, can be off for vectors of length 1.
const rounding = 1e-4

// queryBatch is up to queriesAtOnce queries in bytes, with the buffers to answer them.
type queryBatch struct {
	numbers    [queriesAtOnce][maxScanned]int8
	bases      [queriesAtOnce]int32 // takes off the 128 that each byte of a row has too much
	scales     [queriesAtOnce]float32
	margins    [queriesAtOnce]float32 // how far a cosine can be from that of the bytes
	limits     [queriesAtOnce]float32 // what no sum of bytes is much over
	blocks     int
	sums       []float32 // of each query by row
	tops       []float32 // of each query by block, then what is less than any, up to a multiple of blockRows
	candidates []int32   // rows to compare in full
	cosines    []float32
}

// prepare makes room for the answers.
func (q *queryBatch) prepare(p *pruned) {
	if len(q.sums) != queriesAtOnce*len(p.scales) {
		q.blocks = len(p.scales) / blockRows
		q.sums = make([]float32, queriesAtOnce*len(p.scales))
		q.tops = make([]float32, queriesAtOnce*((q.blocks+blockRows-1)/blockRows*blockRows))
		for i := range q.tops {
			q.tops[i] = float32(math.Inf(-1))
		}
	}
}

// sumsOf and topsOf are those of one query.
func (q *queryBatch) sumsOf(n int) []float32 {
	return q.sums[len(q.sums)/queriesAtOnce*n:][:len(q.sums)/queriesAtOnce]
}

func (q *queryBatch) topsOf(n int) []float32 {
	return q.tops[len(q.tops)/queriesAtOnce*n:][:len(q.tops)/queriesAtOnce]
}

// quantize puts a query into bytes as the nth of the batch; false for one that has none.
func (q *queryBatch) quantize(p *pruned, n int, query []float32) bool {
	var greatest uint32 // without their signs, numbers are in the order of their bits
	for _, x := range query {
		greatest = max(greatest, math.Float32bits(x)&^(1<<31))
	}
	top := math.Float32frombits(greatest)
	if !(top > 1e-30 && top < math.MaxFloat32) {
		return false
	}
	scale := top / p.queryTop()
	numbers := q.numbers[n][:p.quads*quad]
	clear(numbers[len(query):])
	var sum int32
	var kept, lost float64
	for d, x := range query {
		a := math.RoundToEven(float64(x / scale))
		numbers[d] = int8(a)
		sum += int32(a)
		a *= float64(scale)
		kept += a * a
		lost += (float64(x) - a) * (float64(x) - a)
	}
	q.bases[n], q.scales[n] = -128*sum, scale
	margin := float32((math.Sqrt(kept)*p.lost + math.Sqrt(lost)*p.length) * (1 + rounding))
	q.margins[n] = margin + rounding*float32(1+math.Sqrt(kept)*p.length)
	q.limits[n] = float32(math.Sqrt(kept)*p.length) / scale
	return true
}

// search offers to each of nearest every row of m that can be among the nearest to its query, as m.search does with all. It takes up to
// queriesAtOnce queries, and nearest must be empty.
func (p *pruned) search(m *matrix, list []*nearest, q *queryBatch, queries [][]float32) {
	quantized := 0
	var of [queriesAtOnce]int
	if p.ready.Load() {
		q.prepare(p)
	}
	for i, query := range queries {
		if !p.ready.Load() || list[i].room > q.blocks || !q.quantize(p, quantized, query) {
			m.search(list[i], query)
			continue
		}
		of[quantized] = i
		quantized++
	}
	if quantized == 0 {
		return
	}
	scan(p, q, quantized)
	for n, i := range of[:quantized] {
		q.offerRows(m, n, list[i], queries[i])
	}
}

// offerRows offers the rows that the nth query's sums leave over: first those that reach what the best blocks have, then those that
// can still be among the nearest.
func (q *queryBatch) offerRows(m *matrix, n int, list *nearest, query []float32) {
	high := q.high(n, list.room)
	q.collectRows(m, n, high, nil)
	q.compare(m, list, query)
	q.collectRows(m, n, q.below(n, list.worst()), &high)
	q.compare(m, list, query)
}

// high is a number that the tops of at least so many blocks reach as there is room for, and of hardly any more, where it can be had.
func (q *queryBatch) high(n, room int) float32 {
	tops := q.topsOf(n)
	found, low, over := float32(math.Inf(-1)), -q.limits[n], q.limits[n]
	for range 12 {
		middle := low + (over-low)/2
		reached := 0
		for at := 0; at < len(tops); at += blockRows {
			reached += bits.OnesCount32(reach(tops[at:], middle))
		}
		if reached < room {
			over = middle
			continue
		}
		found, low = middle, middle
		if reached < room+room/4 {
			break
		}
	}
	return found
}

// collectRows notes the rows whose sums are not less than floor, without those that are not less than done.
func (q *queryBatch) collectRows(m *matrix, n int, floor float32, done *float32) {
	q.candidates = q.candidates[:0]
	sums, tops := q.sumsOf(n), q.topsOf(n)
	for at := 0; at < len(tops); at += blockRows {
		for blocks := reach(tops[at:], floor); blocks != 0; blocks &= blocks - 1 {
			first := (at + bits.TrailingZeros32(blocks)) * blockRows
			if first >= m.size() { // no block
				break
			}
			rows := reach(sums[first:], floor)
			if done != nil {
				rows &^= reach(sums[first:], *done)
			}
			if left := m.size() - first; left < blockRows {
				rows &= 1<<left - 1
			}
			for ; rows != 0; rows &= rows - 1 {
				q.candidates = append(q.candidates, int32(first+bits.TrailingZeros32(rows)))
			}
		}
	}
}

// compare offers the rows that are left over. Their cosines are summed one after the other before any is looked at, so that the
// processor need not wait for the memory of each.
func (q *queryBatch) compare(m *matrix, list *nearest, query []float32) {
	q.cosines = dotRows(q.cosines[:0], m, query, q.candidates)
	for k, cosine := range q.cosines {
		list.offer(q.candidates[k], cosine)
	}
}

// below is the sum of bytes of which it is certain that the cosine is less than the one given.
func (q *queryBatch) below(n int, cosine float32) float32 {
	return (cosine - q.margins[n]) / q.scales[n]
}
