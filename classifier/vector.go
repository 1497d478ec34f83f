package classifier

import (
	"math"

	"github.com/viterin/vek/vek32"
)

// addRowsInGo is addRows for machines without vector instructions that are known here.
func addRowsInGo(dst, weights []float32, stride int, places []int32, values []float32) {
	for i, v := range values {
		place := i
		if places != nil {
			place = int(places[i])
		}
		addScaled(dst, weights[place*stride:place*stride+len(dst)], v)
	}
}

// addScaled adds v times w to dst; both have the same length, a multiple of four.
func addScaled(dst, w []float32, v float32) {
	for len(dst) >= 4 && len(w) >= 4 {
		dst[0] += v * w[0]
		dst[1] += v * w[1]
		dst[2] += v * w[2]
		dst[3] += v * w[3]
		dst, w = dst[4:], w[4:]
	}
}

// stepRowInGo is stepRow likewise.
func stepRowInGo(row, gradient []float32, keep, move float32) {
	gradient = gradient[:len(row)]
	for c, g := range gradient {
		row[c] = row[c]*keep - move*g
	}
}

// reachInGo is reach likewise.
func reachInGo(x []float32, floor float32) (bits uint32) {
	for i, x := range x[:blockRows] {
		if !(x < floor) {
			bits |= 1 << i
		}
	}
	return bits
}

// dotRowsInGo is dotRows likewise.
func dotRowsInGo(dots []float32, m *matrix, query []float32, places []int32) []float32 {
	for _, i := range places {
		dots = append(dots, vek32.Dot(m.row(int(i)), query))
	}
	return dots
}

// expsAtOnce is how many exponentials are asked for at once: as many as most axes have classes.
const expsAtOnce = 32

// expsInGo is exps likewise.
func expsInGo(dst []float64, z []float32, less float32) {
	for i, x := range z {
		dst[i] = math.Exp(float64(x - less))
	}
}
