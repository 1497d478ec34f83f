package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"rolecall/label"
)

// Limits is the guard: what one run may change without a person's yes. Floors keep small portals unblocked.
//
//	| class, per axis, of what no person decided                | held when more than                                  |
//	|------------------------------------------------------------|------------------------------------------------------|
//	| relabel (a value to another)                               | max(RelabelFloor, RelabelShare of labelled contacts) |
//	| first label (empty to a value; a person's too)             | max(FirstLabelFloor, FirstLabelShare of all)         |
//	| the first back-fill, until a person has accepted it        | 0: always asks once                                  |
//	| one value's or one rule's share of the relabels            | OneShare, when there are more than RelabelFloor      |
//	| shift of the distribution of values (total variation)      | Shift, when more than RelabelFloor are relabelled    |
//	| blanking (value to empty)                                  | 0                                                    |
//
// First labels are not limited while an accepted back-fill is under way, nor while nothing is labelled yet.
type Limits struct {
	RelabelFloor, FirstLabelFloor int
	RelabelShare, FirstLabelShare float64
	OneShare                      float64
	Shift                         float64
}

// LimitsFrom takes the shares that the Settings tab can set; the rest stands as facts of the product.
func LimitsFrom(s label.Settings) Limits {
	return Limits{RelabelFloor: 100, FirstLabelFloor: 1000, RelabelShare: s.RelabelLimit, FirstLabelShare: s.FirstLabelLimit, OneShare: 0.8, Shift: 0.05}
}

// BackfillSetting is the name of the small value of the store that says how far the first back-fill is: "" until a person has
// accepted it, then BackfillAccepted, then BackfillDone.
const (
	BackfillSetting  = "backfill_approved"
	BackfillAccepted = "yes"
	BackfillDone     = "done"
)

// Portal is what the guard measures a plan against.
type Portal struct {
	// Contacts is the number of contacts known.
	Contacts int
	// Labelled counts contacts that carry each value, per axis, before the plan.
	Labelled [label.AxisCount]map[label.Value]int
	// BackfillApproved: a person has said yes to the first back-fill.
	BackfillApproved bool
	// BackfillUnderWay: approved, and not yet through: first labels are not limited.
	BackfillUnderWay bool
}

func (p Portal) labelled(a label.Axis) int {
	n := 0
	for _, c := range p.Labelled[a] {
		n += c
	}
	return n
}

// HeldError says that a plan is too large or too strange to apply without a person's yes.
type HeldError struct {
	// Reasons are sentences for a marketer, one a limit.
	Reasons []string
	// Fingerprint is the plan's; an approval names it.
	Fingerprint string
}

// Error joins the reasons.
func (e *HeldError) Error() string {
	return "held, nothing was written: " + strings.Join(e.Reasons, "; ")
}

// CheckTotals returns a *HeldError naming every limit that the plan whose totals these are breaks, or nil.
func (l Limits) CheckTotals(t *Totals, portal Portal) error {
	var reasons []string
	for _, a := range label.Axes() {
		reasons = append(reasons, l.checkAxis(t.axes[a], portal, a)...)
	}
	if len(reasons) == 0 {
		return nil
	}
	return &HeldError{Reasons: reasons, Fingerprint: t.Fingerprint()}
}

// axisCounts sums one axis of a plan's pushes up.
type axisCounts struct {
	relabel, first, blank int
	byValue               map[label.Value]int
	byRule                map[string]int
	delta                 map[label.Value]int
}

// add counts a push.
func (c *axisCounts) add(ch Change) {
	switch {
	case ch.From == "":
		c.first++
	case ch.To == "":
		if !ch.Method.IsPerson() {
			c.blank++
		}
	case !ch.Method.IsPerson():
		c.relabel++
		c.byValue[ch.To]++
		if ch.RuleID != "" {
			c.byRule[ch.RuleID]++
		}
	}
	if ch.From != "" {
		c.delta[ch.From]--
		c.delta[ch.To]++
	}
}

func (l Limits) checkAxis(c axisCounts, portal Portal, a label.Axis) []string {
	var out []string
	labelled := portal.labelled(a)
	if c.blank > 0 {
		out = append(out, fmt.Sprintf("it would empty the %s of %d contacts, which rolecall never does on its own", a, c.blank))
	}
	if limit := max(l.RelabelFloor, int(l.RelabelShare*float64(labelled))); c.relabel > limit {
		out = append(out, fmt.Sprintf("it would change the %s of %d labelled contacts (limit %d)", a, c.relabel, limit))
	}
	switch limit := max(l.FirstLabelFloor, int(l.FirstLabelShare*float64(portal.Contacts))); {
	case c.first > 0 && !portal.BackfillApproved:
		out = append(out, fmt.Sprintf("this is the first time: it would give %d contacts a %s; look at Preview, then accept", c.first, a))
	case c.first > limit && labelled > 0 && !portal.BackfillUnderWay:
		out = append(out, fmt.Sprintf("it would give %d contacts their first %s (limit %d)", c.first, a, limit))
	}
	if c.relabel > l.RelabelFloor {
		for _, v := range slices.Sorted(maps.Keys(c.byValue)) {
			if n := c.byValue[v]; float64(n) > l.OneShare*float64(c.relabel) {
				out = append(out, fmt.Sprintf("%d of %d changes of %s go to the one value %s", n, c.relabel, a, v))
			}
		}
		for _, r := range slices.Sorted(maps.Keys(c.byRule)) {
			if n := c.byRule[r]; float64(n) > l.OneShare*float64(c.relabel) {
				out = append(out, fmt.Sprintf("%d of %d changes of %s come from the one rule %s", n, c.relabel, a, r))
			}
		}
	}
	if shift := totalVariation(portal.Labelled[a], c.delta, labelled); labelled > l.RelabelFloor && c.relabel > l.RelabelFloor && shift > l.Shift {
		out = append(out, fmt.Sprintf("the mix of %s values would shift by %.0f %% (limit %.0f %%)", a, 100*shift, 100*l.Shift))
	}
	return out
}

// totalVariation is half the sum of the absolute differences of the shares of values before and after.
func totalVariation(before map[label.Value]int, delta map[label.Value]int, labelled int) float64 {
	if labelled == 0 {
		return 0
	}
	sum := 0
	for v, d := range delta {
		if d < 0 {
			d = -d
		}
		if v != "" {
			sum += d
		}
	}
	return math.Min(1, float64(sum)/2/float64(labelled))
}
