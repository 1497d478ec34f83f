package classifier

import (
	"cmp"
	"math"
)

// signalSize is the number of things that a confidence rests on.
const signalSize = 7

// signal is what can be seen of an answer without knowing whether it is right.
type signal [signalSize]float64

// observe sums an answer up.
//
//	0 constant
//	1 log odds of the answer
//	2 log of its lead over the runner-up
//	3 share of known words
//	4 share of known pieces of words
//	5 the answer is the fallback
//	6 the answer is "none of these"
//
// How far heads and neighbours agree, and how near the nearest example is, say more about held-out examples than about
// the titles of a CRM (decision 0031), and have no place here.
func observe(scores *axisScores, shares []float32, first, second int, fallback, none bool) signal {
	p := min(max(float64(shares[first]), 1e-4), 1-1e-4)
	s := signal{1, math.Log(p / (1 - p)), 0, float64(scores.known), float64(scores.pieces)}
	if second >= 0 {
		s[2] = min(math.Log(max(p, 1e-6)/max(float64(shares[second]), 1e-6)), 9)
	}
	if fallback {
		s[5] = 1
	}
	if none {
		s[6] = 1
	}
	return s
}

// calibration turns a signal into a confidence by a logistic regression (Platt 1999, with more than one input) fitted on titles
// held out of the heads, and holds what those titles showed.
type calibration struct {
	Weights signal
	// HeadWeights are the weights for answers of the heads alone.
	HeadWeights signal
	// MeaningWeights tell titles from made-up ones that mean nothing.
	MeaningWeights signal
	// Curve counts held-out answers by confidence, in curveBins bins from 0 to 1.
	Curve [curveBins]bin
	// Stretch and Shift make the confidence of titles like the held-out ones that of real ones, see adjusted; a Stretch of 0 is one of 1.
	Stretch, Shift float64
	// HeldOutErrorRatio is how many times as often as answers to real titles held-out ones are wrong.
	HeldOutErrorRatio float64 `json:"Harder"` // the name in the files of fitted models
	// Held is the number of held-out answers.
	Held     int
	Accuracy float64
	ECE      float64
}

const curveBins = 200

type bin struct {
	Count, Right int
}

func (c *calibration) confidence(s signal) float64 {
	return c.adjusted(logistic(c.Weights, s)) * c.meaning(s)
}

// adjusted is the confidence on real titles where p holds for titles like the held-out ones: its log odds are log p - Stretch log(1-p) - Shift
// (beta calibration, Kull et al. 2017, with the first of its three numbers at 1).
func (c *calibration) adjusted(p float64) float64 {
	if p <= 0 || p >= 1 {
		return p
	}
	return 1 / (1 + math.Pow(1-p, cmp.Or(c.Stretch, 1))/p*math.Exp(c.Shift))
}

// How titles that people type into forms differ from examples, measured on real titles that two careful people had labelled
// (decision 0031). Examples are clearer: no two labels fit them equally well. And they are chosen for what they teach, which leaves
// out the many that nobody doubts. The latter does not hold for an axis with a fallback, whose labels an example bears in one word
// or not at all. Corrections are real titles.
const (
	// exampleShift is what is taken off the log odds of a held-out answer for a real title, exampleShiftWithFallback the same on an
	// axis with a fallback, and exampleStretch the power to which the chance of being wrong is raised.
	exampleShift, exampleShiftWithFallback = 0.5, 0.1
	exampleStretch                         = 1.5
	// heldOutErrorRatio is how many times as often as real titles held-out examples are answered wrongly, where answers are sure.
	heldOutErrorRatio = 1.75
)

// calibrationFor is a calibration that allows for what examples are like; examples is their share of the labelled titles, 0 to 1.
func calibrationFor(examples float64, fallback bool) calibration {
	if fallback {
		return calibration{Stretch: 1, Shift: exampleShiftWithFallback * examples, HeldOutErrorRatio: 1}
	}
	return calibration{Stretch: math.Pow(exampleStretch, examples), Shift: exampleShift * examples, HeldOutErrorRatio: math.Pow(heldOutErrorRatio, examples)}
}

// headConfidence is the confidence of an answer of the heads alone, and whether the neighbours are not needed.
func (c *calibration) headConfidence(s signal) (confidence float64, sure bool) {
	p, meaning := logistic(c.HeadWeights, s), c.meaning(s)
	return c.adjusted(p) * meaning, p*meaning >= headsSuffice
}

// headsSuffice is the confidence of the heads from which the neighbours are not needed.
const headsSuffice = 0.92

// logistic is the logistic function of the weighted signal.
func logistic(weights, s signal) float64 {
	var z float64
	for i, w := range weights {
		z += w * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// heldOut is one held-out answer: of the heads alone, and with the neighbours.
type heldOut struct {
	heads, joint           signal
	headsRight, jointRight bool
	nonsense               bool // made up: no answer to it is right, and it counts for no figure
}

// calibrate completes c by a fit; headsOnly says that the neighbours are not used at all. The curve, and with it every figure about
// precision, is taken crosswise: each half of the answers is judged by the weights fitted on the other half.
func calibrate(c calibration, answers []heldOut, headsOnly bool) calibration {
	parity := func(want int) func(int) bool { return func(i int) bool { return i%2 == want } }
	judges := [2]calibration{fitWeights(answers, headsOnly, parity(1)), fitWeights(answers, headsOnly, parity(0))}
	var gap [10]float64 // of the expected calibration error (Naeini et al. 2015)
	correct := 0
	for i, answer := range answers {
		if answer.nonsense {
			continue
		}
		judge := &judges[i%2]
		meaning := judge.meaning(answer.heads)
		p, right := logistic(judge.HeadWeights, answer.heads)*meaning, answer.headsRight
		if !headsOnly && p < headsSuffice {
			p, right = logistic(judge.Weights, answer.joint)*meaning, answer.jointRight
		}
		b := &c.Curve[min(int(p*curveBins), curveBins-1)]
		b.Count++
		gap[min(int(p*10), 9)] += p
		c.Held++
		if right {
			b.Right++
			gap[min(int(p*10), 9)]--
			correct++
		}
	}
	all := fitWeights(answers, headsOnly, func(int) bool { return true })
	c.Weights, c.HeadWeights, c.MeaningWeights = all.Weights, all.HeadWeights, all.MeaningWeights
	if c.Held > 0 {
		c.Accuracy = float64(correct) / float64(c.Held)
	}
	for _, g := range gap {
		c.ECE += math.Abs(g) / float64(max(c.Held, 1))
	}
	return c
}

// meaning is the probability that the title means something at all, by how much of its words and their pieces is known.
// The made-up titles are many more in the fit than in a CRM, where two texts in a hundred are taken to mean nothing.
func (c *calibration) meaning(s signal) float64 {
	p := logistic(c.MeaningWeights, familiarity(s))
	return 1 / (1 + (1-p)/max(p, 1e-9)*(0.02/nonsenseShare))
}

func familiarity(s signal) signal {
	known, pieces := s[3], s[4]
	return signal{0: 1, 2: known, 3: pieces, 4: pieces * pieces, 5: known * pieces, 6: known * known}
}

// fitWeights fits all weights on the chosen answers.
func fitWeights(answers []heldOut, headsOnly bool, use func(int) bool) calibration {
	var c calibration
	x, y := make([]signal, len(answers)), make([]bool, len(answers))
	for i, a := range answers {
		x[i], y[i] = familiarity(a.heads), !a.nonsense
	}
	c.MeaningWeights = fitLogistic(x, y, use)
	all := use
	use = func(i int) bool { return all(i) && !answers[i].nonsense }
	for i, a := range answers {
		x[i], y[i] = a.heads, a.headsRight
	}
	c.HeadWeights = fitLogistic(x, y, use)
	if headsOnly {
		return c
	}
	for i, a := range answers {
		x[i], y[i] = a.joint, a.jointRight
	}
	c.Weights = fitLogistic(x, y, use)
	return c
}

// ruled is how many labelled titles rules decide, and how many of them rightly by the rules' own confidence.
type ruled struct{ titles, right float64 }

// threshold is the lowest confidence from which the labels given without a person were right often enough, with the precision
// reached and the share of titles that got an answer. The precision counts with a margin, so that luck does not buy coverage.
//
// What rules decide is given without a person, too, so their titles count beside the held-out answers. They cannot be told from the
// others in the curve and stand in it as well, as the heads answer them, which errs on the careful side. However good the others
// are, no answer below what minConfidence allows is given.
func (c *calibration) threshold(target float64, rules ruled) (at, precision, coverage float64) {
	at = 1
	var n int
	var right float64
	for i := curveBins - 1; i >= 0; i-- {
		b := c.Curve[i]
		n += b.Count
		right += float64(b.Count) - float64(b.Count-b.Right)/max(c.HeldOutErrorRatio, 1)
		if n < 20 {
			continue
		}
		enough := func(right, n float64) bool {
			p := right / n
			return p-c.margin()*math.Sqrt(p*(1-p)/n) >= target
		}
		confidence := c.adjusted(float64(i) / curveBins)
		if confidence < minConfidence(target) {
			break
		}
		if enough(right, float64(n)) || enough(right+rules.right, float64(n)+rules.titles) {
			at, coverage = confidence, float64(n)/float64(c.Held)
			precision = (right + rules.right) / (float64(n) + rules.titles)
		}
	}
	return at, precision, coverage
}

// margin is what the precision counts with, in standard errors: half a one where thousands of answers were held out, three times that
// where they are few hundred, which are seldom labelled in the proportions of life.
func (c *calibration) margin() float64 {
	few := 500 / float64(max(c.Held, 1))
	return 0.5 + min(1, few*few)
}

// minConfidence is what every answer given without a person needs, however good the others are: an answer may be up to six times as
// likely to be wrong as the target allows on average.
func minConfidence(target float64) float64 { return 1 - 6*(1-target) }

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
		if math.IsNaN(size) {
			return prior // no fit is better than a broken one
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
