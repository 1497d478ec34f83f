package evaluation

import (
	"testing"

	"rolecall/label"
)

// TestWhatCountsAsRight is the table above add.
func TestWhatCountsAsRight(t *testing.T) {
	taxonomy := label.Taxonomy{Axis: label.Role, Terms: []label.Term{{Name: "Apple", Value: "apple", Active: true}, {Name: "Pear", Value: "pear", Active: true}}}
	for _, test := range []struct {
		situation     string
		finding       label.Finding
		answers       []string
		right, called bool // as an answer; for the calibration
	}{
		{"the label, surely", label.Finding{Value: "apple", Accepted: true, Method: label.ByRule}, []string{"Apple"}, true, true},
		{"the label, as a suggestion", label.Finding{Value: "apple", Method: label.ByAbstaining}, []string{"Apple"}, true, true},
		{"either of two labels", label.Finding{Value: "pear", Method: label.ByAbstaining}, []string{"Apple", "Pear"}, true, true},
		{"another label", label.Finding{Value: "pear", Accepted: true, Method: label.ByRule}, []string{"Apple"}, false, false},
		{"abstaining where a label is right", label.Finding{Value: "pear", Method: label.ByAbstaining}, []string{"Apple"}, false, false},
		{"abstaining where nobody could say", label.Finding{Value: "pear", Method: label.ByAbstaining}, []string{"-"}, true, false},
		{"a label where nobody could say", label.Finding{Value: "pear", Accepted: true, Method: label.ByNeighbors}, []string{"-"}, false, false},
		{"no title where nobody could say", label.Finding{Method: label.ByNonsense}, []string{"-"}, true, true},
		{"none of these where none fits", label.Finding{Accepted: true, Method: label.ByNeighbors}, []string{"Other"}, true, true},
		{"abstaining where none fits", label.Finding{Value: "pear", Method: label.ByAbstaining}, []string{"Other"}, false, false},
		{"none of these as a suggestion where none fits", label.Finding{Method: label.ByAbstaining}, []string{"Other"}, true, true},
	} {
		t.Run(test.situation, func(t *testing.T) {
			var all tally
			all.begin()
			all.add(test.finding, taxonomy, test.answers, false)
			called := 0
			for _, b := range all.bins {
				called += b.right
			}
			if all.right == 1 != test.right || called == 1 != test.called {
				t.Errorf("right %v, right for the calibration %v; want %v and %v", all.right == 1, called == 1, test.right, test.called)
			}
		})
	}
}
