package classifier

import (
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// canScan reports whether sums of bytes are quicker than sums of numbers on this machine.
func canScan() bool { return cpu.X86.HasAVX2 }

// canDot reports whether the machine sums products of bytes in one instruction.
func canDot() bool { return cpu.X86.HasAVX512VNNI && cpu.X86.HasAVX512F }

// canFuse reports whether the machine multiplies and adds in one instruction, as vek32.Dot and math.Exp do where they can.
func canFuse() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

// scan writes, for each of the first n queries, each row's sum of bytes times its scale into q.sums, and the greatest of each block
// into q.tops.
func scan(p *pruned, q *queryBatch, n int) {
	if p.dots {
		scanVNNI(&p.bytes[0], &p.scales[0], &q.numbers[0][0], p.quads, q.blocks, &q.bases[0], &q.sums[0], &q.tops[0])
		return
	}
	for i := range n {
		scanAVX2(&p.bytes[0], &p.scales[0], &q.numbers[i][0], p.quads, q.blocks, q.bases[i], &q.sumsOf(i)[0], &q.topsOf(i)[0])
	}
}

// scanAVX2 is scan for one query; blocks has the number of blocks, quads that of a row's quads.
//
//go:noescape
func scanAVX2(bytes *byte, scales *float32, query *int8, quads, blocks int, base int32, sums, tops *float32)

// scanVNNI is scan for queriesAtOnce queries, in use or not; the tops of one stand after those of the one before, filled up to a multiple of 32.
//
//go:noescape
func scanVNNI(bytes *byte, scales *float32, queries *int8, quads, blocks int, bases *int32, sums, tops *float32)

// reach has a bit for each of the first 32 numbers, the lowest for the first: whether it is not less than floor.
func reach(x []float32, floor float32) uint32 {
	if !canScan() {
		return reachInGo(x, floor)
	}
	return reachAVX2(&x[:blockRows][0], floor)
}

//go:noescape
func reachAVX2(x *float32, floor float32) uint32

// dotRows appends to dots the product of the query and of each row at a place: as vek32.Dot has it, bit for bit. (On
// macOS that knows no vector instructions.)
func dotRows(dots []float32, m *matrix, query []float32, places []int32) []float32 {
	if len(places) == 0 || m.dimension == 0 || !canFuse() || runtime.GOOS == "darwin" {
		return dotRowsInGo(dots, m, query, places)
	}
	n := len(dots)
	sendFor(m.rows, m.dimension, m.dimension, places[:min(len(places), 4*neighbors)])
	dots = slices.Grow(dots, len(places))[:n+len(places)]
	dotRowsFMA(&m.rows[0], &query[:m.dimension][0], m.dimension, &places[0], len(places), &dots[n])
	return dots
}

//go:noescape
func dotRowsFMA(rows, query *float32, dimension int, places *int32, n int, dots *float32)

// exps writes math.Exp(float64(z[i]-less)) into dst, bit for bit.
func exps(dst []float64, z []float32, less float32) {
	if !canFuse() {
		expsInGo(dst, z, less)
		return
	}
	for len(z) >= 4 {
		done := expsFMA(&dst[:len(z)][0], &z[0], less, len(z))
		if done == len(z) {
			return
		}
		odd := min(done+4, len(z))
		expsInGo(dst[done:], z[done:odd], less)
		dst, z = dst[odd:], z[odd:]
	}
	expsInGo(dst, z, less)
}

//go:noescape
func expsFMA(dst *float64, z *float32, less float32, n int) (done int)

// sendFor asks for the first columns of the rows at places all at once, so that whoever reads them next, row by row, need not wait for
// the memory of each.
func sendFor(weights []float32, stride, columns int, places []int32) {
	if len(weights) > 0 && len(places) > 0 {
		sendForSSE(&weights[0], stride, columns, &places[0], len(places))
	}
}

//go:noescape
func sendForSSE(weights *float32, stride, columns int, places *int32, n int)

// addRows adds to dst the row of weights at each place times its value, one after the other; the first rows where places is nil. The
// stride of the rows and the length of dst are multiples of four, dst is no longer than a row.
func addRows(dst, weights []float32, stride int, places []int32, values []float32) {
	if len(values) == 0 || len(dst) == 0 {
		return
	}
	if !canScan() {
		addRowsInGo(dst, weights, stride, places, values)
		return
	}
	addRowsAVX2(&dst[0], &weights[0], unsafe.SliceData(places), &values[0], len(values), stride, len(dst))
}

//go:noescape
func addRowsAVX2(dst, weights *float32, places *int32, values *float32, n, stride, columns int)

// stepRow makes row what is kept of it less move times the gradient; both have one length, a multiple of four.
func stepRow(row, gradient []float32, keep, move float32) {
	if len(row) == 0 || !canScan() {
		stepRowInGo(row, gradient, keep, move)
		return
	}
	stepAVX2(&row[0], &gradient[0], len(row), keep, move)
}

//go:noescape
func stepAVX2(row, gradient *float32, columns int, keep, move float32)
