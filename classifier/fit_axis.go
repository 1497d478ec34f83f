package classifier

import (
	"math"

	"rolecall/label"
)

// axisFit fits one axis.
type axisFit struct {
	*fitting
	axisModel
	heads [2]*head // over n-grams, over the embedding
	class []int    // by lesson; -1 for one that says nothing about the axis
	votes []int16  // the same, for voting
	// the scores of each held-out lesson, by heads that had not seen it
	heldSparse, heldDense, heldNear [][]float32
}

func newAxisFit(f *fitting, t label.Taxonomy) *axisFit {
	a := &axisFit{fitting: f}
	a.fallback = -1
	n := len(f.lessons)
	a.class, a.votes = make([]int, n), make([]int16, n)
	seen := map[label.Value]bool{}
	for _, l := range f.lessons {
		if o := l.opinions[t.Axis]; o.Given {
			seen[o.Value] = true
			a.examples++
		}
	}
	for _, term := range t.Active() {
		if seen[term.Value] {
			if term.Fallback {
				a.fallback = len(a.values)
			}
			a.values = append(a.values, term.Value)
		}
	}
	if seen[""] {
		a.values = append(a.values, "")
	}
	for i, l := range f.lessons {
		a.class[i] = -1
		if o := l.opinions[t.Axis]; o.Given {
			a.class[i] = a.classOf(o.Value)
		}
		a.votes[i] = int16(a.class[i])
	}
	a.heldSparse, a.heldDense, a.heldNear = make([][]float32, n), make([][]float32, n), make([][]float32, n)
	return a
}

// epochsFor gives few rows more passes, so that every fit takes about as many steps.
func epochsFor(rows, few, many int) int { return min(max(few, 60000/max(rows, 1)), many) }

// denseDecay is the L2 of the dense heads: a pupil has few titles and many inputs. Without a teacher it keeps the embedding from
// being believed more than it deserves on titles that nobody wrote as an example.
func (a *axisFit) denseDecay() float32 {
	if a.teacher != nil {
		return 0.005
	}
	return 0.0005
}

// smoothing is that of the head over n-grams. On an axis with a fallback most titles have no mark at all, and a head that is asked for
// certainty about them finds marks where there are none.
func (a *axisFit) smoothing() float32 {
	if a.fallback >= 0 {
		return 0.07
	}
	return 0
}

// fitFold fits the heads without fold k and lets them judge its lessons; k = folds fits the heads that stay.
func (a *axisFit) fitFold(k int) {
	classes := len(a.values)
	if classes == 0 {
		return
	}
	class := a.class
	if k < folds {
		class = make([]int, len(a.class))
		for i, c := range a.class {
			class[i] = c
			if a.fold[i] == k {
				class[i] = -1
			}
		}
	}
	seed := a.options.Seed*31 + uint64(k)
	sparseHead := fitHead(a.sparseRows, class, a.weight, a.model.vocabulary.size(), classes,
		schedule{epochs: epochsFor(a.examples, 15, 60), rate: 0.5, decay: 0.0003, smooth: a.smoothing(), seed: seed})
	denseHead := fitHead(a.denseRows, class, a.weight, a.inputs(), classes,
		schedule{epochs: epochsFor(a.examples, 10, 60), rate: 1, decay: a.denseDecay(), seed: seed + 7})
	if k == folds {
		a.heads = [2]*head{sparseHead, denseHead}
		return
	}
	for i, c := range a.class {
		if c < 0 || a.fold[i] != k {
			continue
		}
		room := make([]float32, 3*classes)
		a.heldSparse[i], a.heldDense[i], a.heldNear[i] = room[:classes], room[classes:2*classes], room[2*classes:]
		sparseHead.scores(a.heldSparse[i], &a.sparseRows[i])
		denseHead.scores(a.heldDense[i], &a.denseRows[i])
		vote(a.heldNear[i], a.near[i], a.votes, a.weight)
	}
}

func (a *axisFit) heldOutScores(i int) axisScores {
	return axisScores{sparse: a.heldSparse[i], dense: a.heldDense[i], near: a.heldNear[i], known: a.sparseRows[i].known, pieces: a.sparseRows[i].pieces}
}

// finish settles mix and calibration on the held-out answers.
func (a *axisFit) finish() {
	var rows []int
	for i, c := range a.class {
		if c >= 0 {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return
	}
	a.mix = a.chooseMix(rows)
	rows = a.lowerNoneOdds(rows)
	var answers []heldOut
	for _, i := range rows {
		scores := a.heldOutScores(i)
		var h heldOut
		h.heads, h.headsRight = a.answer(i, &scores, false)
		h.joint, h.jointRight = a.answer(i, &scores, true)
		answers = append(answers, h)
	}
	answers = append(answers, a.nonsense(rows)...)
	a.calibration = calibrate(calibrationFor(a.exampleShare(), a.fallback >= 0), answers, a.mix.ignoresNeighbors())
}

// noneOversampled is how much more often than a title of a CRM an example says "none of these": people who write examples list what fits
// nowhere at length (a tenth of the default workbook's), a CRM has a few in a hundred.
const noneOversampled = 3.2

// lowerNoneOdds lowers the odds of "none of these" to what they are in a CRM (Saerens et al. 2002: a change of the prior) and returns
// the rows for the calibration, with as many of that answer left out. Corrections are real titles and lower nothing. On an axis with
// a fallback the answer is left alone: there it stands for titles without a mark.
func (a *axisFit) lowerNoneOdds(rows []int) []int {
	none := a.classOf("")
	if none < 0 || a.fallback >= 0 {
		return rows
	}
	often := math.Pow(noneOversampled, a.exampleShare())
	less := float32(math.Log(often)) / a.mix.Sparse
	a.heads[0].bias[none] -= less
	kept, due := rows[:0], 0.0
	for _, i := range rows {
		a.heldSparse[i][none] -= less
		if a.class[i] == none {
			if due += 1 / often; due < 1 {
				continue
			}
			due--
		}
		kept = append(kept, i)
	}
	return kept
}

// answer is the signal of the answer to a held-out lesson, and whether that answer is right.
func (a *axisFit) answer(i int, scores *axisScores, withNeighbors bool) (signal, bool) {
	shares := make([]float32, len(a.values))
	a.mix.join(shares, scores, withNeighbors)
	first, second := best(shares)
	return observe(scores, shares, first, second, first == a.fallback, a.values[first] == ""), first == a.class[i]
}

// chooseMix minimises the held-out cross-entropy by coordinate search, held by a ridge on the proportions, and more so where titles
// are examples: those flatter the embedding, which was trained on texts of the same kind, and the neighbours.
func (a *axisFit) chooseMix(rows []int) mix {
	const most = 4000
	stride := max(1, len(rows)/most)
	prior := mix{1, 0.3, 0.25}
	if a.teacher != nil {
		prior.Dense = 2
	}
	ridge := mixRidge * (0.3 + 0.7*a.exampleShare())
	shares := make([]float32, len(a.values))
	loss := func(m mix) float64 {
		var sum float64
		n := 0
		for r := 0; r < len(rows); r += stride {
			scores := a.heldOutScores(rows[r])
			m.join(shares, &scores, true)
			sum -= math.Log(max(float64(shares[a.class[rows[r]]]), 1e-9))
			n++
		}
		return sum/float64(n) + ridge*(squaredLog(m.Dense/m.Sparse/prior.Dense)+squaredLog(m.Near/m.Sparse/prior.Near))
	}
	with, lowest := descend(prior, loss)
	prior.Near = 0
	if without, l := descend(prior, loss); l < lowest+ridge/2 {
		return without // neighbours cost time, and say what is known without them
	}
	return with
}

// descend searches the mix of least loss, one coordinate after the other.
func descend(current mix, loss func(mix) float64) (mix, float64) {
	lowest := loss(current)
	for _, step := range [...]float32{1.6, 1.25, 1.1} {
		for range 4 {
			better := false
			for coordinate := range 3 {
				for _, factor := range [...]float32{step, 1 / step} {
					next := current
					p := [...]*float32{&next.Sparse, &next.Dense, &next.Near}[coordinate]
					*p *= factor
					if *p == 0 {
						continue
					}
					if l := loss(next); l < lowest-1e-6 {
						current, lowest, better = next, l, true
						break
					}
				}
			}
			if !better {
				break
			}
		}
	}
	return current, lowest
}

// mixRidge is the ridge where all labelled titles are examples.
const mixRidge = 0.1

func squaredLog(x float32) float64 {
	if !(x > 0) || math.IsInf(float64(x), 0) {
		return 0
	}
	l := math.Log(float64(x))
	return l * l
}

// exampleShare is the share of the labelled titles' weight that examples have; the rest is corrections'.
func (a *axisFit) exampleShare() float64 {
	var examples, all float64
	for i, l := range a.lessons {
		if a.class[i] < 0 {
			continue
		}
		all += float64(l.weight)
		if !l.correction {
			examples += float64(l.weight)
		}
	}
	return examples / max(all, 1)
}
