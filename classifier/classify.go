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
// Per axis the first that speaks decides:
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
	s := c.workers.take()
	defer c.workers.give(s)
	inputs := make([]input, len(titles))
	for i, t := range titles {
		inputs[i] = newInput(t, &s.reader)
	}
	vectors, err := c.embedInputs(ctx, inputs)
	if err != nil {
		return err
	}
	for len(inputs) > 0 {
		n := min(len(inputs), len(s.desks))
		for i, in := range inputs[:n] {
			var vector embedding.Vector
			if vectors != nil {
				vector = vectors[i]
			}
			s.desks[i].lay(in, vector, &out[i])
		}
		c.decide(s.desks[:n], s)
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

// decide runs the cascade for the titles on some desks: first all who need no neighbours, then the neighbours of all the others.
func (c *Classifier) decide(desks []desk, s *scratch) {
	s.waiting = s.waiting[:0]
	for i := range desks {
		if d := &desks[i]; !c.begin(d, s) {
			s.waiting = append(s.waiting, d)
		}
	}
	c.ask(s.waiting, s)
	for _, d := range s.waiting {
		for _, a := range label.Axes() {
			if d.open[a] {
				d.decision.Findings[a] = c.byExamples(a, c.judgeWithNeighbors(a, d), d, s)
			}
		}
	}
	for i := range desks {
		if d := &desks[i]; d.mixed {
			d.decision.Findings = doubted(d.decision.Findings)
		}
	}
}

// begin decides what can be decided without the neighbours, and reports whether that is all.
func (c *Classifier) begin(d *desk, s *scratch) bool {
	*d.decision = label.Decision{ModelID: c.id}
	nothing := d.kind != title.Title
	d.hits = d.hits[:0]
	if !nothing {
		d.hits = c.rules.match(d.hits, &d.input)
	}
	correction, corrected := c.exact[d.key]
	own := c.ownExample(d.key)
	done := true
	for _, a := range label.Axes() {
		f := &d.decision.Findings[a]
		if corrected && correction.opinions[a].Given {
			*f = c.byCorrection(a, &correction)
			continue
		}
		if nothing {
			*f = nonsense(d.kind)
			continue
		}
		if h, ok := c.rules.decide(d.hits, a, c.book.Taxonomies[a].Has); ok {
			*f = c.byRule(a, h, s)
			continue
		}
		if own != nil && own.opinions[a].Given {
			*f = c.byExample(a, own)
			continue
		}
		if len(c.model.axes[a].values) == 0 {
			*f = c.byNobody(a)
			continue
		}
		v, sure := c.judgeByHeads(a, d, s)
		if !sure {
			d.open[a], done = true, false
			continue
		}
		*f = c.byExamples(a, v, d, s)
	}
	return done
}

// hear lets the heads speak on both axes, once for a title.
func (c *Classifier) hear(d *desk, s *scratch) {
	if d.heard {
		return
	}
	d.heard = true
	s.memory.read(d.normalized)
	if !d.embedded {
		s.memory.embed(d.vector, d.normalized)
		d.embedded = true
	}
	known, pieces := s.memory.hear(d.scores[0], 0)
	if c.teacher != nil {
		c.teacher.listen(d.inputs[c.model.dimension:], &d.input, s.memory, d.vector, &s.lecture)
	}
	c.model.dense.denseScores(d.scores[1], d.inputs[:c.model.inputs()])
	for _, a := range label.Axes() {
		d.voices[a].known, d.voices[a].pieces = known, pieces
	}
}

// ask lets the neighbours of some titles speak on both axes, once for a title.
func (c *Classifier) ask(desks []*desk, s *scratch) {
	var lists [abreast]*nearest
	var queries [abreast][]float32
	for len(desks) > 0 {
		n := 0
		for len(desks) > 0 && n < abreast {
			d := desks[0]
			desks = desks[1:]
			if d.asked {
				continue
			}
			d.asked = true
			d.nearest.reset(neighbors)
			lists[n], queries[n] = &d.nearest, d.vector
			n++
		}
		c.pruned.search(&c.vectors, lists[:n], &s.questions, queries[:n])
		for i, list := range lists[:n] {
			c.extra.vectors.searchFrom(int32(len(c.lessons)), list, queries[i])
		}
	}
}

// weighNeighbors lets the neighbours that were found speak on an axis.
func (c *Classifier) weighNeighbors(a label.Axis, d *desk) {
	if v := &d.voices[a]; len(v.near) > 0 {
		vote(v.near, d.nearest.list, c.class[a], c.weight)
	}
}

// taught reports whether a correction that the model has not seen is near the title, so that the neighbours must be asked.
func (c *Classifier) taught(m *axisModel, d *desk, s *scratch) bool {
	if len(c.extra.lessons) == 0 {
		return false
	}
	s.probe.reset(1)
	c.extra.vectors.search(&s.probe, d.vector)
	return len(s.probe.list) > 0 && s.probe.list[0].similarity >= m.mix.nearCorrection()
}

// nearCorrection is the cosine from which a correction is near; on an axis where neighbours have shown no use it must be nearly the
// same title.
func (m mix) nearCorrection() float32 {
	if m.deaf() {
		return 0.9
	}
	return 0.7
}

// heed lets corrections that the heads have not seen count for more the nearer they are: up to correctionPull in log odds for the
// same title in other words.
func (c *Classifier) heed(a label.Axis, m *axisModel, d *desk) {
	shares := d.shares[a]
	var sum float32
	for _, n := range d.nearest.list {
		class := c.class[a][n.row]
		if int(n.row) < len(c.lessons) || class < 0 || n.similarity < m.mix.nearCorrection() {
			continue
		}
		shares[class] *= float32(math.Exp(float64(correctionPull * (n.similarity - m.mix.nearCorrection()) / (1 - m.mix.nearCorrection()))))
	}
	for _, x := range shares {
		sum += x
	}
	for i := range shares {
		shares[i] /= sum
	}
}

const correctionPull = 8

// verdict is the joint answer of heads and, where they were asked, neighbours on one axis.
type verdict struct {
	first, second int
	confidence    float64
	asked         bool
}

// judgeByHeads is the answer of the heads; where they are not sure, the neighbours must be asked.
func (c *Classifier) judgeByHeads(a label.Axis, d *desk, s *scratch) (v verdict, sure bool) {
	c.hear(d, s)
	m, shares := &c.model.axes[a], d.shares[a]
	m.mix.join(shares, &d.voices[a], false)
	v.first, v.second = best(shares)
	v.confidence, sure = m.headConfidence(m.observe(&d.voices[a], shares, &v))
	m.preferLabel(&v, shares)
	return v, (m.mix.deaf() || sure) && !c.taught(m, d, s)
}

// judgeWithNeighbors is the joint answer of the heads and of the neighbours, who have been asked.
func (c *Classifier) judgeWithNeighbors(a label.Axis, d *desk) verdict {
	m, shares := &c.model.axes[a], d.shares[a]
	c.weighNeighbors(a, d)
	m.mix.join(shares, &d.voices[a], true)
	c.heed(a, m, d)
	v := verdict{asked: true}
	v.first, v.second = best(shares)
	v.confidence = m.confidence(m.observe(&d.voices[a], shares, &v))
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

func (m *axisModel) observe(voices *voices, shares []float32, v *verdict) signal {
	return observe(voices, shares, v.first, v.second, v.first == m.fallback, m.values[v.first] == "")
}

// byExamples puts the answer of heads and neighbours into words.
func (c *Classifier) byExamples(a label.Axis, v verdict, d *desk, s *scratch) label.Finding {
	m := &c.model.axes[a]
	confidence := v.confidence * c.heard[a]
	f := label.Finding{Value: m.values[v.first], Confidence: confidence, Accepted: confidence >= c.targets[a].threshold, Method: label.ByNeighbors}
	if v.first == m.fallback {
		f.Method = label.ByFallback
	}
	if !f.Accepted {
		f.Method = label.ByAbstaining
	}
	if v.second >= 0 {
		f.RunnerUp = m.values[v.second]
		f.RunnerUpConfidence = v.runnerUpConfidence(d.shares[a]) * c.heard[a]
	}
	f.Why = c.why(a, &f, &v, d, s)
	return f
}
