package classifier

import (
	"math"
	"testing"
)

// 500 held-out answers given 95 %, 97 % of them right; 100 given 75 %, 75 right; 100 given 60 %, 55 right.
// The threshold falls into the gap below what is let through: nothing was held out there.
func TestRulesCountInTheThresholdButCarryNoWeakAnswer(t *testing.T) {
	c := calibration{Held: 700}
	c.Curve[190], c.Curve[150], c.Curve[120] = bin{500, 485}, bin{100, 75}, bin{100, 55}
	for _, test := range []struct {
		name  string
		rules ruled
		want  float64
	}{
		{"no rules", ruled{}, 0.755},
		{"good rules carry what may be wrong at times", ruled{1000, 990}, 0.70},
		{"bad rules carry nothing, and spoil nothing", ruled{1000, 800}, 0.755},
		{"the best of rules carry no answer below the weakest allowed", ruled{100000, 100000}, 0.70},
	} {
		if at, _, _ := c.threshold(0.95, test.rules); math.Abs(at-test.want) > 0.006 {
			t.Errorf("%s: answers are given from %.2f, want %.2f", test.name, at, test.want)
		}
	}
}

func TestHarderExamplesLowerTheThreshold(t *testing.T) {
	c := calibration{Held: 700}
	c.Curve[190], c.Curve[170], c.Curve[150] = bin{500, 485}, bin{100, 79}, bin{100, 20} // of the first two 94.0 % are right, of all 83.4 %
	for ratio, want := range map[float64]float64{0: 0.855, 1: 0.855, 1.25: 0.755} {
		c.HeldOutErrorRatio = ratio
		if at, _, _ := c.threshold(0.94, ruled{}); math.Abs(at-want) > 0.001 {
			t.Errorf("wrong %.2f times as often as real titles: answers are given from %.3f, want %.3f", ratio, at, want)
		}
	}
}

func TestNoAnswerBelowTheWeakestIsGivenHoweverGoodTheOthersAre(t *testing.T) {
	c := calibration{Held: 1010}
	c.Curve[199], c.Curve[100] = bin{1000, 1000}, bin{10, 5}
	for target, want := range map[float64]float64{0.95: 0.70, 0.90: 0.40} {
		if at, _, _ := c.threshold(target, ruled{}); math.Abs(at-want) > 0.006 {
			t.Errorf("asked for %.2f: answers are given from %.3f, want %.3f", target, at, want)
		}
	}
}

func TestConfidencesOfExamplesAreThoseOfRealTitles(t *testing.T) {
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	for _, test := range []struct {
		name           string
		examples       float64
		fallback       bool
		held, adjusted float64
	}{
		{"examples, sure", 1, false, 0.95, math.Log(0.95) - 1.5*math.Log(0.05) - 0.5},
		{"examples, unsure", 1, false, 0.5, 0.5*math.Log(2) - 0.5},
		{"examples on an axis with a fallback", 1, true, 0.95, logit(0.95) - 0.1},
		{"corrections", 0, false, 0.95, logit(0.95)},
		{"corrections on an axis with a fallback", 0, true, 0.5, 0},
		{"half and half", 0.5, false, 0.5, (math.Sqrt(1.5)-1)*math.Log(2) - 0.25},
	} {
		c := calibrationFor(test.examples, test.fallback)
		if got := logit(c.adjusted(test.held)); math.Abs(got-test.adjusted) > 1e-6 {
			t.Errorf("%s: log odds of %.3f, want %.3f", test.name, got, test.adjusted)
		}
	}
}

func TestNoneOfTheseIsAsRareAsInLife(t *testing.T) {
	fit := func(correction bool, fallback int) (*axisFit, []int) {
		a := &axisFit{fitting: &fitting{}}
		a.values, a.fallback, a.mix = append(a.values, "sales", ""), fallback, mix{Sparse: 0.5}
		a.heads[0] = &head{classes: 2, bias: make([]float32, 2)}
		var rows []int
		for i := range 100 {
			rows = append(rows, i)
			a.class = append(a.class, i%2)
			a.lessons = append(a.lessons, lesson{weight: 1, correction: correction})
			a.heldSparse = append(a.heldSparse, make([]float32, 2))
		}
		return a, a.lowerNoneOdds(rows)
	}
	less := float32(-math.Log(noneOversampled) / 0.5)
	for _, test := range []struct {
		name       string
		correction bool
		fallback   int
		bias       float32
		rows       int
	}{
		{"examples list what fits nowhere at length", false, -1, less, 50 + int(math.Floor(50/noneOversampled))},
		{"corrections are from life", true, -1, 0, 100},
		{"an axis with a fallback", false, 0, 0, 100},
	} {
		a, rows := fit(test.correction, test.fallback)
		if got := a.heads[0].bias[1]; math.Abs(float64(got-test.bias)) > 1e-5 || a.heldSparse[7][1] != got || a.heads[0].bias[0] != 0 {
			t.Errorf("%s: the logit moves by %.3f, want %.3f, in the head and in what it told held-out titles", test.name, got, test.bias)
		}
		if len(rows) != test.rows {
			t.Errorf("%s: %d rows for the calibration, want %d", test.name, len(rows), test.rows)
		}
	}
}
