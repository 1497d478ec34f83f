package classifier

import (
	"math"

	"rolecall/label"
)

// table holds the fitted heads of both axes side by side, so that a feature is looked up once: for each place the weights of the
// first axis' classes, then those of the second, then nothing up to a multiple of four.
type table struct {
	classes [label.AxisCount]int
	stride  int
	weights []float32 // places x stride
	bias    []float32 // stride
}

func strideOf(classes [label.AxisCount]int) int { return (classes[0] + classes[1] + 3) / 4 * 4 }

// newTable joins two heads; a head may be nil where its axis has no classes. Weights are rounded to what a byte for each and a
// scale for each place and axis can say, so that a model that was kept in a file answers exactly as the one that was fitted.
func newTable(heads [label.AxisCount]*head, places int) *table {
	t := &table{}
	for a, h := range heads {
		if h != nil {
			t.classes[a] = h.classes
		}
	}
	t.stride = strideOf(t.classes)
	t.weights, t.bias = make([]float32, places*t.stride), make([]float32, t.stride)
	for a, h := range heads {
		if h == nil {
			continue
		}
		at := t.offset(a)
		copy(t.bias[at:], h.bias[:h.classes])
		for p := range places {
			row := h.row(p)
			scale := byteScale(row)
			for c, w := range row {
				t.weights[p*t.stride+at+c] = float32(toByte(w, scale)) * scale
			}
		}
	}
	return t
}

func (t *table) offset(axis int) int { return axis * t.classes[0] }

// byteScale is what one step of a byte is worth so that the greatest of the numbers fits.
func byteScale(row []float32) float32 {
	var top float32
	for _, w := range row {
		top = max(top, w, -w)
	}
	return top / 127
}

func toByte(w, scale float32) int8 {
	if scale == 0 {
		return 0
	}
	return int8(math.RoundToEven(float64(w / scale)))
}

// scores writes the logits of both axes for a sparse row into dst, which has the table's stride.
func (t *table) scores(dst []float32, row *sparse) {
	copy(dst, t.bias)
	addRows(dst[:t.stride], t.weights, t.stride, row.places, row.values)
}

// denseScores is scores for a row in which every place has a value.
func (t *table) denseScores(dst, row []float32) {
	copy(dst, t.bias)
	addRows(dst[:t.stride], t.weights, t.stride, nil, row)
}

// part is the logits of one axis out of scores.
func (t *table) part(scores []float32, axis int) []float32 {
	at := t.offset(axis)
	return scores[at : at+t.classes[axis] : at+t.classes[axis]]
}
