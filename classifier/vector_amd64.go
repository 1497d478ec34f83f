package classifier

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// canScan reports whether sums of bytes are quicker than sums of numbers on this machine.
func canScan() bool { return cpu.X86.HasAVX2 }

// scan writes each row's sum of bytes times its scale into q.sums, and the greatest of each block into q.tops.
func scan(p *pruned, q *question) {
	scanAVX2(&p.bytes[0], &p.scales[0], &q.numbers[0], p.quads, len(q.tops), q.base, &q.sums[0], &q.tops[0])
}

// scanAVX2 is scan; blocks has the number of blocks, quads that of a row's quads.
//
//go:noescape
func scanAVX2(bytes *byte, scales *float32, query *int8, quads, blocks int, base int32, sums, tops *float32)

// addRows adds to dst the table's row at each place times its value, one after the other; the first rows where places is nil.
func (t *table) addRows(dst []float32, places []int32, values []float32) {
	if len(values) == 0 || len(dst) == 0 {
		return
	}
	if !canScan() {
		t.addRowsInGo(dst, places, values)
		return
	}
	addRowsAVX2(&dst[0], &t.weights[0], unsafe.SliceData(places), &values[0], len(values), t.stride, min(len(dst), t.stride))
}

//go:noescape
func addRowsAVX2(dst, weights *float32, places *int32, values *float32, n, stride, columns int)
