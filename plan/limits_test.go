package plan_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

// pushes makes n role changes of the kind of c.
func pushes(n int, c plan.Change) []plan.Change {
	out := make([]plan.Change, n)
	c.Verb = plan.Push
	for i := range out {
		c.Key.ContactID = label.ContactID(strconv.Itoa(i + 1))
		out[i] = c
	}
	return out
}

func TestLimits(t *testing.T) {
	relabel := plan.Change{From: "red", To: "black"}
	first := plan.Change{To: "red"}
	// spread relabels n contacts between eight values in a ring: no value gains or loses.
	spread := func(n int) (out []plan.Change) {
		for i, c := range pushes(n, relabel) {
			c.From, c.To = label.Value("v"+strconv.Itoa(i%8)), label.Value("v"+strconv.Itoa((i+1)%8))
			out = append(out, c)
		}
		return out
	}
	portal := func(contacts, labelled int, approved bool) plan.Portal {
		p := plan.Portal{Contacts: contacts, BackfillApproved: approved}
		p.Labelled[label.Role] = map[label.Value]int{"red": labelled}
		return p
	}
	underWay := portal(100_000, 10_000, true)
	underWay.BackfillUnderWay = true
	settings := label.DefaultSettings()
	settings.RelabelLimit, settings.FirstLabelLimit = 0.01, 0.05
	tests := []struct {
		name    string
		changes []plan.Change
		portal  plan.Portal
		want    []string
	}{
		{"nothing", nil, portal(10, 10, false), nil},
		{"relabel at the floor", spread(100), portal(500, 500, true), nil},
		{"relabel above the floor", spread(101), portal(500, 500, true), []string{"it would change the role of 101 labelled contacts (limit 100)"}},
		{"relabel at the share", spread(500), portal(50_000, 50_000, true), nil},
		{"relabel above the share", spread(501), portal(50_000, 50_000, true), []string{"it would change the role of 501 labelled contacts (limit 500)"}},
		{"a person relabels any number", pushes(5000, plan.Change{From: "red", To: "black", Method: label.ByCorrection}), portal(9000, 9000, true), nil},
		{"first labels at the floor", pushes(1000, first), portal(3000, 100, true), nil},
		{"first labels above the floor", pushes(1001, first), portal(3000, 100, true), []string{"it would give 1001 contacts their first role (limit 1000)"}},
		{"first labels above the share", pushes(5001, first), portal(100_000, 100, true), []string{"it would give 5001 contacts their first role (limit 5000)"}},
		{"the first back-fill always asks", pushes(1, first), portal(5, 0, false), []string{"this is the first time: it would give 1 contacts a role; look at Preview, then accept"}},
		{"an accepted back-fill", pushes(90_000, first), portal(100_000, 0, true), nil},
		{"an accepted back-fill that was cut off goes on", pushes(90_000, first), underWay, nil},
		{"one value takes most", pushes(200, relabel), portal(1_000_000, 1_000_000, true), []string{"200 of 200 changes of role go to the one value black"}},
		{"one value takes most of few", pushes(100, relabel), portal(1_000_000, 1_000_000, true), nil},
		{"one rule makes most", func() []plan.Change {
			out := spread(200)
			for i := range out {
				out[i].RuleID = "R-1"
			}
			return out
		}(), portal(1_000_000, 1_000_000, true), []string{"200 of 200 changes of role come from the one rule R-1"}},
		{"the mix shifts", append(pushes(60, plan.Change{From: "red", To: "black"}), pushes(60, plan.Change{From: "red", To: "white"})...), portal(2000, 2000, true),
			[]string{"it would change the role of 120 labelled contacts (limit 100)", "the mix of role values would shift by 6 % (limit 5 %)"}},
		{"blanking by a machine", pushes(1, plan.Change{From: "red"}), portal(9, 9, true), []string{"it would empty the role of 1 contacts, which rolecall never does on its own"}},
		{"blanking by a person", pushes(5, plan.Change{From: "red", Method: label.ByContactCorrection}), portal(9, 9, true), nil},
		{"the other axis counts for itself", pushes(200, plan.Change{Key: plan.Key{Axis: label.Seniority}, From: "upper", To: "lower", RuleID: "R-1"}), portal(9, 9, true),
			[]string{"it would change the seniority of 200 labelled contacts (limit 100)", "200 of 200 changes of seniority go to the one value lower", "200 of 200 changes of seniority come from the one rule R-1"}},
		{"reviews and pulls are no writes", []plan.Change{{Verb: plan.Review, From: "red"}, {Verb: plan.Pull, From: "red"}}, portal(9, 9, false), nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			p := plan.Plan{Changes: tc.changes}
			err := plan.LimitsFrom(settings).Check(p, tc.portal)
			if tc.want == nil {
				if err != nil {
					t.Fatalf("Check = %v; want no hold", err)
				}
				return
			}
			var held *plan.HeldError
			if !errors.As(err, &held) || !slices.Equal(held.Reasons, tc.want) || held.Fingerprint != p.Fingerprint() {
				t.Fatalf("Check = %v; want %q", err, tc.want)
			}
		})
	}
}

// TestLimitsSayTheSameEachTime: what is held today is compared with what was held yesterday.
func TestLimitsSayTheSameEachTime(t *testing.T) {
	l := plan.Limits{OneShare: 0.1, RelabelFloor: 10, RelabelShare: 1, FirstLabelFloor: 10, Shift: 1}
	var changes []plan.Change
	for i, c := range pushes(70, plan.Change{From: "red"}) {
		c.To, c.RuleID = label.Value("v"+strconv.Itoa(i%7)), "R-"+strconv.Itoa(i%5)
		changes = append(changes, c)
	}
	portal := plan.Portal{Contacts: 100, BackfillApproved: true}
	portal.Labelled[label.Role] = map[label.Value]int{"red": 100}
	want := l.Check(plan.Plan{Changes: changes}, portal)
	if want == nil {
		t.Fatal("not held; the test proves nothing")
	}
	for range 50 {
		if got := l.Check(plan.Plan{Changes: changes}, portal); got.Error() != want.Error() {
			t.Fatalf("Check says %q, then %q", want, got)
		}
	}
}
