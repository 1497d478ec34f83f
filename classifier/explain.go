package classifier

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// evidenceCount is how many labelled titles an explanation shows.
const evidenceCount = 5

// Explain decides one title as Classify does and shows everything that led there. Its decision carries the evidence.
func (c *Classifier) Explain(ctx context.Context, raw string) (Explanation, error) {
	if err := c.extra.prepare(ctx, c); err != nil {
		return Explanation{}, err
	}
	s := c.newScratch()
	in := newInput(raw, &s.reader)
	vectors, err := c.embedInputs(ctx, []input{in})
	if err != nil {
		return Explanation{}, err
	}
	var vector embedding.Vector
	if vectors != nil {
		vector = vectors[0]
	}
	states := s.states[:1]
	st := &states[0]
	e := Explanation{Title: raw, Normalized: in.normalized, Kind: in.kind.String()}
	st.reset(in, vector, &e.Decision)
	c.decide(states, s)
	var hits []ruleHit
	if in.kind == title.Title {
		c.scoreHeads(st, s)
		c.findNeighbors([]*titleState{st}, s)
		hits = c.rules.match(nil, &in)
	}
	for _, a := range label.Axes() {
		e.Axes[a] = c.explainAxis(a, st, s, hits)
		e.Decision.Findings[a].Evidence = e.Axes[a].Neighbors
	}
	return e, nil
}

func (c *Classifier) explainAxis(a label.Axis, st *titleState, s *scratch, hits []ruleHit) AxisExplanation {
	m := &c.model.axes[a]
	x := AxisExplanation{Axis: a, Threshold: c.targets[a].threshold, Calibration: c.calibrationNote(a)}
	deciding, decided := c.rules.decide(hits, a, c.book.Taxonomies[a].Has)
	for _, h := range hits {
		r := &c.rules.rules[h.rule]
		if r.Set[a] == "" {
			continue
		}
		x.Rules = append(x.Rules, RuleStep{RuleID: r.ID, Value: r.Set[a], Text: c.rules.written(h), Blocked: h.blocked,
			Decides: decided && h.rule == deciding.rule})
	}
	for _, n := range st.nearest.list {
		l := c.lesson(n.row)
		if o := l.opinions[a]; o.Given && len(x.Neighbors) < evidenceCount {
			x.Neighbors = append(x.Neighbors, label.Evidence{Title: l.title, Value: o.Value, Similarity: float64(n.similarity), Origin: l.origin})
		}
	}
	if len(m.values) == 0 || st.kind != title.Title {
		return x
	}
	_, sure := c.judgeByHeads(a, st, s)
	heads := slices.Clone(st.shares[a])
	c.countVotes(a, st)
	if !sure {
		c.judgeWithNeighbors(a, st)
	}
	x.HeadVotes, x.NeighborVotes, x.Votes = m.votes(heads), m.votes(st.scores[a].near), m.votes(st.shares[a])
	return x
}

// votes lists the five greatest shares.
func (m *axisModel) votes(shares []float32) []Vote {
	list := make([]Vote, len(shares))
	for i, s := range shares {
		list[i] = Vote{m.values[i], float64(s)}
	}
	slices.SortStableFunc(list, func(a, b Vote) int { return cmp.Compare(b.Share, a.Share) })
	return list[:min(len(list), evidenceCount)]
}

func (c *Classifier) calibrationNote(a label.Axis) string {
	m, t := &c.model.axes[a], c.targets[a]
	if t.note != "" && !t.honest {
		return t.note
	}
	note := fmt.Sprintf("measured on %d labelled titles held out of the fit: from a confidence of %.2f on, %.1f %% of the answers were right, and %.0f %% of the titles got one",
		m.Held, t.threshold, 100*t.precision, 100*t.coverage)
	if t.note != "" {
		note += "; " + t.note
	}
	return note
}
