package plan

// The program makes its plans in parts and sums them up as it goes. Most tests have a whole plan at hand.

// totalsOf are the totals of a whole plan.
func totalsOf(p Plan, samples int) *Totals {
	t := NewTotals(samples)
	t.Add(p)
	return t
}

// Check is CheckTotals for a whole plan.
func (l Limits) Check(p Plan, portal Portal) error { return l.CheckTotals(totalsOf(p, 0), portal) }

// Fingerprint names the pushes of the plan, see Totals.
func (p Plan) Fingerprint() string { return totalsOf(p, 0).Fingerprint() }

// Groups sum the pushes up, see Totals, with up to samples changes of each.
func (p Plan) Groups(samples int) []Group { return totalsOf(p, samples).Groups() }
