package classifier

import (
	"context"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// chunk is how many titles a worker takes at a time.
const chunk = 256

// Classify decides both axes of every title, in order, with all workers. Evidence stays empty: Explain fills it. It fails when ctx
// ends or the embedder fails.
//
// Per axis the first that applies decides:
//
//	| who                                          | Method           | Confidence                                         |
//	|----------------------------------------------|------------------|----------------------------------------------------|
//	| a correction of the title                    | ByCorrection     | 1                                                  |
//	| the text is no title                         | ByNonsense       | 0, nothing to review                               |
//	| the first rule that matches                  | ByRule           | the share of labelled titles that bear it out      |
//	| a team's own example of the title            | ByNeighbors      | that of a rule that none bears out yet             |
//	| heads and neighbours, sure enough            | ByNeighbors      | calibrated                                         |
//	| the same, and the answer is the fallback     | ByFallback       | calibrated                                         |
//	| nobody                                       | ByAbstaining     | calibrated, of the best answer, which is given too |
//
// Where a word mixes the letters of two alphabets, as look-alikes do, only a correction is given without a person.
func (c *Classifier) Classify(ctx context.Context, titles []string) ([]label.Decision, error) {
	out := make([]label.Decision, len(titles))
	if err := c.extra.prepare(ctx, c); err != nil {
		return nil, err
	}
	if len(titles) >= chunk {
		c.pruned.prepare(&c.vectors)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.options.workers())
	for start := 0; start < len(titles); start += chunk {
		end := min(start+chunk, len(titles))
		g.Go(func() error { return c.classifyChunk(ctx, titles[start:end], out[start:end]) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// direct is an embedder that embeds a normalised title at once and cannot fail, as the models in memory do.
type direct interface {
	EmbedInto(dst []float32, normalized string)
}

func (c *Classifier) classifyChunk(ctx context.Context, titles []string, out []label.Decision) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("classify titles: %w", err)
	}
	s := c.scratches.get()
	defer c.scratches.put(s)
	inputs := make([]input, len(titles))
	for i, t := range titles {
		inputs[i] = newInput(t, &s.reader)
	}
	vectors, err := c.embedInputs(ctx, inputs)
	if err != nil {
		return err
	}
	for len(inputs) > 0 {
		n := min(len(inputs), len(s.states))
		for i, in := range inputs[:n] {
			var vector embedding.Vector
			if vectors != nil {
				vector = vectors[i]
			}
			s.states[i].reset(in, vector, &out[i])
		}
		c.decide(s.states[:n], s)
		inputs, vectors, out = inputs[n:], vectors[min(n, len(vectors)):], out[n:]
	}
	return nil
}

// embedInputs embeds with an embedder that works in batches; nil for one that embeds directly.
func (c *Classifier) embedInputs(ctx context.Context, inputs []input) ([]embedding.Vector, error) {
	if _, ok := c.embedder.(direct); ok {
		return nil, nil
	}
	titles := make([]string, len(inputs))
	for i := range inputs {
		titles[i] = inputs[i].raw
	}
	vectors, err := c.embedder.Embed(ctx, titles)
	if err != nil {
		return nil, fmt.Errorf("embed %d titles with %s: %w", len(titles), c.embedder.ID(), err)
	}
	return vectors, nil
}

// decide runs the cascade for some titles: first all that need no neighbours, then those that do.
func (c *Classifier) decide(states []titleState, s *scratch) {
	s.waiting = s.waiting[:0]
	for i := range states {
		if st := &states[i]; !c.decideWithoutNeighbors(st, s) {
			s.waiting = append(s.waiting, st)
		}
	}
	c.findNeighbors(s.waiting, s)
	for _, st := range s.waiting {
		for _, a := range label.Axes() {
			if st.undecided[a] {
				st.decision.Findings[a] = c.byExamples(a, c.judgeWithNeighbors(a, st), st, s)
			}
		}
	}
	for i := range states {
		if st := &states[i]; st.mixed {
			st.decision.Findings = suggestionsOnly(st.decision.Findings)
		}
	}
}

// decideWithoutNeighbors decides what can be decided without the neighbours, and reports whether that is all.
func (c *Classifier) decideWithoutNeighbors(st *titleState, s *scratch) bool {
	*st.decision = label.Decision{ModelID: c.id}
	nothing := st.kind != title.Title
	st.hits = st.hits[:0]
	if !nothing {
		st.hits = c.rules.match(st.hits, &st.input)
	}
	correction, corrected := c.exact[st.key]
	own := c.own[st.key]
	done := true
	for _, a := range label.Axes() {
		f := &st.decision.Findings[a]
		if corrected && correction.opinions[a].Given {
			*f = c.byCorrection(a, &correction)
			continue
		}
		if nothing {
			*f = nonsense(st.kind)
			continue
		}
		if h, ok := c.rules.decide(st.hits, a, c.book.Taxonomies[a].Has); ok {
			*f = c.byRule(a, h, s)
			continue
		}
		if own != nil && own.opinions[a].Given {
			*f = c.byExample(a, own)
			continue
		}
		if len(c.model.axes[a].values) == 0 {
			*f = c.abstain(a)
			continue
		}
		v, sure := c.judgeByHeads(a, st, s)
		if !sure {
			st.undecided[a], done = true, false
			continue
		}
		*f = c.byExamples(a, v, st, s)
	}
	return done
}

// scoreHeads computes the scores of the heads on both axes, once for a title.
func (c *Classifier) scoreHeads(st *titleState, s *scratch) {
	if st.scored {
		return
	}
	st.scored = true
	s.words.read(st.normalized)
	if !st.embedded {
		s.words.embed(st.vector, st.normalized)
		st.embedded = true
	}
	known, pieces := s.words.score(st.headScores[0], 0)
	if c.teacher != nil {
		c.teacher.softLabelsFromCache(st.inputs[c.model.dimension:], &st.input, s.words, st.vector, &s.teacher)
	}
	c.model.dense.denseScores(st.headScores[1], st.inputs[:c.model.inputs()])
	for _, a := range label.Axes() {
		st.scores[a].known, st.scores[a].pieces = known, pieces
	}
}

// findNeighbors finds the nearest neighbours of some titles, once for a title.
func (c *Classifier) findNeighbors(states []*titleState, s *scratch) {
	var lists [queriesAtOnce]*nearest
	var queries [queriesAtOnce][]float32
	for len(states) > 0 {
		n := 0
		for len(states) > 0 && n < queriesAtOnce {
			st := states[0]
			states = states[1:]
			if st.searched {
				continue
			}
			st.searched = true
			st.nearest.reset(neighbors)
			lists[n], queries[n] = &st.nearest, st.vector
			n++
		}
		c.pruned.search(&c.vectors, lists[:n], &s.queries, queries[:n])
		for i, list := range lists[:n] {
			c.extra.vectors.searchFrom(int32(len(c.lessons)), list, queries[i])
		}
	}
}

// countVotes counts what the neighbours that were found vote for on an axis.
func (c *Classifier) countVotes(a label.Axis, st *titleState) {
	if scores := &st.scores[a]; len(scores.near) > 0 {
		vote(scores.near, st.nearest.list, c.class[a], c.weight)
	}
}

// nearNewCorrection reports whether a correction that the model has not seen is near the title, so that the neighbours are needed.
func (c *Classifier) nearNewCorrection(m *axisModel, st *titleState, s *scratch) bool {
	if len(c.extra.lessons) == 0 {
		return false
	}
	s.probe.reset(1)
	c.extra.vectors.search(&s.probe, st.vector)
	return len(s.probe.list) > 0 && s.probe.list[0].similarity >= m.mix.nearCosine()
}

// nearCosine is the cosine from which a correction is near; on an axis where neighbours have shown no use it must be nearly the
// same title.
func (m mix) nearCosine() float32 {
	if m.ignoresNeighbors() {
		return 0.9
	}
	return 0.7
}

// pullToCorrections raises the shares of corrections that the heads have not seen, the more the nearer they are: up to correctionPull in log odds for the
// same title in other words.
func (c *Classifier) pullToCorrections(a label.Axis, m *axisModel, st *titleState) {
	shares := st.shares[a]
	var sum float32
	for _, n := range st.nearest.list {
		class := c.class[a][n.row]
		if int(n.row) < len(c.lessons) || class < 0 || n.similarity < m.mix.nearCosine() {
			continue
		}
		shares[class] *= float32(math.Exp(float64(correctionPull * (n.similarity - m.mix.nearCosine()) / (1 - m.mix.nearCosine()))))
	}
	for _, x := range shares {
		sum += x
	}
	for i := range shares {
		shares[i] /= sum
	}
}

const correctionPull = 8

// verdict is the joint answer of heads and, where they are needed, neighbours on one axis.
type verdict struct {
	first, second int
	confidence    float64
	withNeighbors bool
}

// judgeByHeads is the answer of the heads; where they are not sure, the neighbours are needed.
func (c *Classifier) judgeByHeads(a label.Axis, st *titleState, s *scratch) (v verdict, sure bool) {
	c.scoreHeads(st, s)
	m, shares := &c.model.axes[a], st.shares[a]
	m.mix.join(shares, &st.scores[a], false)
	v.first, v.second = best(shares)
	v.confidence, sure = m.headConfidence(m.observe(&st.scores[a], shares, &v))
	m.preferLabel(&v, shares)
	return v, (m.mix.ignoresNeighbors() || sure) && !c.nearNewCorrection(m, st, s)
}

// judgeWithNeighbors is the joint answer of the heads and of the neighbours, which have been found.
func (c *Classifier) judgeWithNeighbors(a label.Axis, st *titleState) verdict {
	m, shares := &c.model.axes[a], st.shares[a]
	c.countVotes(a, st)
	m.mix.join(shares, &st.scores[a], true)
	c.pullToCorrections(a, m, st)
	v := verdict{withNeighbors: true}
	v.first, v.second = best(shares)
	v.confidence = m.confidence(m.observe(&st.scores[a], shares, &v))
	m.preferLabel(&v, shares)
	return v
}

// preferLabel puts the runner-up before the fallback and before "none of these" where it is likelier (decision 0033): the calibration
// knows how much less often than their shares say these two are right.
func (m *axisModel) preferLabel(v *verdict, shares []float32) {
	if v.first != m.fallback && m.values[v.first] != "" || v.second < 0 {
		return
	}
	if p := v.runnerUpConfidence(shares); p > v.confidence {
		v.first, v.second, v.confidence = v.second, v.first, p
	}
}

// runnerUpConfidence is the runner-up's part of what the confidence leaves to all the others.
func (v *verdict) runnerUpConfidence(shares []float32) float64 {
	return (1 - v.confidence) * float64(shares[v.second]) / max(1-float64(shares[v.first]), 1e-9)
}

func (m *axisModel) observe(scores *axisScores, shares []float32, v *verdict) signal {
	return observe(scores, shares, v.first, v.second, v.first == m.fallback, m.values[v.first] == "")
}

// byExamples puts the answer of heads and neighbours into words.
func (c *Classifier) byExamples(a label.Axis, v verdict, st *titleState, s *scratch) label.Finding {
	m := &c.model.axes[a]
	confidence := v.confidence * c.discount[a]
	f := label.Finding{Value: m.values[v.first], Confidence: confidence, Accepted: confidence >= c.targets[a].threshold, Method: label.ByNeighbors}
	if v.first == m.fallback {
		f.Method = label.ByFallback
	}
	if !f.Accepted {
		f.Method = label.ByAbstaining
	}
	if v.second >= 0 {
		f.RunnerUp = m.values[v.second]
		f.RunnerUpConfidence = v.runnerUpConfidence(st.shares[a]) * c.discount[a]
	}
	f.Why = c.why(a, &f, &v, st, s)
	return f
}
