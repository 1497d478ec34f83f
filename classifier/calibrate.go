package classifier

import (
	"math"
)

// signalSize is the number of things that a confidence rests on.
const signalSize = 11

// signal is what can be seen of an answer without knowing whether it is right.
type signal [signalSize]float64

// observe sums an answer up.
//
//	0 constant                            6 n-gram head, 7 embedding head, 8 neighbours give the same answer
//	1 log odds of the answer              9 the answer is the fallback
//	2 log of its lead over the runner-up 10 the answer is "none of these"
//	3 cosine of the nearest example
//	4 share of known words
//	5 squared share of unknown words
func observe(v *voices, shares []float32, first, second int, fallback, none bool) signal {
	var s signal
	p := min(max(float64(shares[first]), 1e-4), 1-1e-4)
	s[0] = 1
	s[1] = math.Log(p / (1 - p))
	if second >= 0 {
		s[2] = min(math.Log(max(p, 1e-6)/max(float64(shares[second]), 1e-6)), 9)
	}
	s[3] = float64(v.closest)
	s[4] = float64(v.known)
	s[5] = float64((1 - v.known) * (1 - v.known))
	for i, z := range [...][]float32{v.sparse, v.dense, v.near} {
		if top, _ := best(z); top == first {
			s[6+i] = 1
		}
	}
	if fallback {
		s[9] = 1
	}
	if none {
		s[10] = 1
	}
	return s
}

// calibration turns a signal into a confidence by a logistic regression (Platt 1999, with more than one input) fitted on titles
// held out of the heads, and holds what those titles showed.
type calibration struct {
	Weights signal
	// Curve counts held-out answers by confidence, in curveBins bins from 0 to 1.
	Curve [curveBins]bin
	// Held is the number of held-out answers.
	Held     int
	Accuracy float64
	ECE      float64
}

const curveBins = 200

type bin struct {
	Count, Right int
	Sum          float64 // of confidences
}

func (c *calibration) confidence(s signal) float64 {
	var z float64
	for i, w := range c.Weights {
		z += w * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// calibrate fits a calibration. The curve, and with it every figure about precision, is taken crosswise: each half of the answers
// is judged by the weights fitted on the other half.
func calibrate(signals []signal, right []bool, real []bool) calibration {
	var c calibration
	half := make([]bool, len(signals))
	for i := range half {
		half[i] = i%2 == 0
	}
	even := fitLogistic(signals, right, func(i int) bool { return half[i] })
	odd := fitLogistic(signals, right, func(i int) bool { return !half[i] })
	correct := 0
	for i, s := range signals {
		if !real[i] {
			continue
		}
		judge := calibration{Weights: odd}
		if !half[i] {
			judge.Weights = even
		}
		p := judge.confidence(s)
		b := &c.Curve[min(int(p*curveBins), curveBins-1)]
		b.Count++
		b.Sum += p
		c.Held++
		if right[i] {
			b.Right++
			correct++
		}
	}
	c.Weights = fitLogistic(signals, right, func(int) bool { return true })
	if c.Held > 0 {
		c.Accuracy = float64(correct) / float64(c.Held)
	}
	c.ECE = c.expectedError()
	return c
}

// expectedError is the expected calibration error over ten bins of equal width (Naeini et al. 2015).
func (c *calibration) expectedError() float64 {
	var total float64
	for start := 0; start < curveBins; start += curveBins / 10 {
		var b bin
		for _, o := range c.Curve[start : start+curveBins/10] {
			b.Count, b.Right, b.Sum = b.Count+o.Count, b.Right+o.Right, b.Sum+o.Sum
		}
		total += math.Abs(b.Sum - float64(b.Right))
	}
	return total / max(1, float64(c.Held))
}

// threshold is the lowest confidence from which the held-out answers were right often enough, with the precision reached and the
// share of titles that got an answer. The precision counts with a margin of one standard error, so that luck does not buy coverage.
func (c *calibration) threshold(target float64) (at, precision, coverage float64) {
	at = 1
	var n, right int
	for i := curveBins - 1; i >= 0; i-- {
		n += c.Curve[i].Count
		right += c.Curve[i].Right
		if n < 20 {
			continue
		}
		p := float64(right) / float64(n)
		if p-math.Sqrt(p*(1-p)/float64(n)) >= target {
			at, precision, coverage = float64(i)/curveBins, p, float64(n)/float64(c.Held)
		}
	}
	return at, precision, coverage
}

// fitLogistic minimises the logistic loss over the chosen rows by Newton's method, with a ridge that pulls towards "the log odds
// are right as they are".
func fitLogistic(x []signal, y []bool, use func(int) bool) signal {
	var prior signal
	prior[1] = 1
	w := prior
	for range 12 {
		var g signal
		var h [signalSize][signalSize]float64
		for i := range w {
			g[i] = ridge * (w[i] - prior[i])
			h[i][i] = ridge
		}
		for r, s := range x {
			if !use(r) {
				continue
			}
			var z float64
			for i := range w {
				z += w[i] * s[i]
			}
			p := 1 / (1 + math.Exp(-z))
			d := p
			if y[r] {
				d--
			}
			k := max(p*(1-p), 1e-6)
			for i := range w {
				g[i] += d * s[i]
				for j := range w {
					h[i][j] += k * s[i] * s[j]
				}
			}
		}
		step := solve(h, g)
		size := 0.0
		for i := range w {
			w[i] -= min(max(step[i], -2), 2)
			size += math.Abs(step[i])
		}
		if size < 1e-6 {
			break
		}
	}
	return w
}

const ridge = 3

// solve returns h^-1 g by Gaussian elimination; h is positive definite.
func solve(h [signalSize][signalSize]float64, g signal) signal {
	for i := range g {
		for j := i + 1; j < signalSize; j++ {
			f := h[j][i] / h[i][i]
			for k := i; k < signalSize; k++ {
				h[j][k] -= f * h[i][k]
			}
			g[j] -= f * g[i]
		}
	}
	for i := signalSize - 1; i >= 0; i-- {
		for k := i + 1; k < signalSize; k++ {
			g[i] -= h[i][k] * g[k]
		}
		g[i] /= h[i][i]
	}
	return g
}

func logShare(p float32) float32 { return float32(math.Log(float64(max(p, 1e-6)))) }
