package classifier

import (
	"math"
	"testing"

	"rolecall/label"
)

// A label that is likelier than the fallback or "none of these", by what the confidence leaves to it, is the answer.
func TestALabelMayBeLikelierThanTheFallbackOrNone(t *testing.T) {
	m := &axisModel{values: []label.Value{"sales", "marketing", "", "other"}, fallback: 3}
	for _, test := range []struct {
		name              string
		first, second     int
		confidence        float64
		shares            []float32
		wantFirst         int
		wantSecond        int
		wantSure, wantDue float64 // the confidences of both
	}{
		{"none of these is likelier", 2, 0, 0.6, []float32{0.2, 0.1, 0.7, 0}, 2, 0, 0.6, 0.4 * 0.2 / 0.3},
		{"the label is likelier", 2, 0, 0.2, []float32{0.35, 0.25, 0.4, 0}, 0, 2, 0.8 * 0.35 / 0.6, -1},
		{"the label is likelier than the fallback", 3, 1, 0.25, []float32{0.2, 0.35, 0, 0.45}, 1, 3, 0.75 * 0.35 / 0.55, -1},
		{"a label is not put before a label", 0, 1, 0.2, []float32{0.5, 0.4, 0.1, 0}, 0, 1, 0.2, 0.8 * 0.4 / 0.5},
		{"nothing is left for the others", 2, 0, 0.9, []float32{0, 0, 1, 0}, 2, 0, 0.9, 0},
		{"there is no other answer", 2, -1, 0.1, []float32{0, 0, 1, 0}, 2, -1, 0.1, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := verdict{first: test.first, second: test.second, confidence: test.confidence}
			m.preferLabel(&v, test.shares)
			if v.first != test.wantFirst || v.second != test.wantSecond || math.Abs(v.confidence-test.wantSure) > 1e-6 {
				t.Errorf("got %+v, want %d before %d with %.3f", v, test.wantFirst, test.wantSecond, test.wantSure)
			}
			if test.wantDue >= 0 && math.Abs(v.runnerUpConfidence(test.shares)-test.wantDue) > 1e-6 {
				t.Errorf("the runner-up has %.3f, want %.3f", v.runnerUpConfidence(test.shares), test.wantDue)
			}
		})
	}
}
