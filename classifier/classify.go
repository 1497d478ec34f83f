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
//	| the text is no title                         | ByNonsense       | 0, nothing to review                               |
//	| a correction of the title                    | ByCorrection     | 1                                                  |
//	| the first rule that matches                  | ByRule           | the share of labelled titles that bear it out      |
//	| heads and neighbours, sure enough            | ByNeighbors      | calibrated                                         |
//	| the same, and the answer is the fallback     | ByFallback       | calibrated                                         |
//	| nobody                                       | ByAbstaining     | calibrated, of the best answer, which is given too |
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

// scratch is the memory of one worker.
type scratch struct {
	memory   *memory
	vector   []float32 // the embedding
	inputs   []float32 // of the dense heads: the embedding, and what the teacher says
	lecture  lecture
	embedded bool         // vector is that of this title
	heard    bool         // the heads
	asked    bool         // the neighbours
	scores   [2][]float32 // of the heads over n-grams and over inputs
	nearest  nearest
	question question
	probe    nearest
	hits     []ruleHit
	sayings  map[saying]string
	text     []byte
	voices   [label.AxisCount]voices
	shares   [label.AxisCount][]float32
}

func (c *Classifier) newScratch() *scratch {
	s := &scratch{memory: c.newMemory(), sayings: map[saying]string{}, inputs: make([]float32, c.model.inputs())}
	if len(s.inputs) < c.model.dimension {
		s.inputs = make([]float32, c.model.dimension) // a model without classes has no inputs
	}
	s.vector = s.inputs[:c.model.dimension]
	s.scores = [2][]float32{make([]float32, c.model.sparse.stride), make([]float32, c.model.dense.stride)}
	for _, a := range label.Axes() {
		n := len(c.model.axes[a].values)
		room := make([]float32, 2*n)
		s.voices[a] = voices{sparse: c.model.sparse.part(s.scores[0], int(a)), dense: c.model.dense.part(s.scores[1], int(a)), near: room[:n:n]}
		s.shares[a] = room[n:]
	}
	return s
}

// newMemory remembers for the model and, where there is one, its teacher.
func (c *Classifier) newMemory() *memory {
	ears := []ear{{c.model.vocabulary, c.model.sparse}}
	if c.teacher != nil {
		ears = append(ears, ear{c.teacher.model.vocabulary, c.teacher.model.sparse})
	}
	if d, ok := c.embedder.(direct); ok {
		return newMemory(d, c.model.dimension, ears...)
	}
	return newMemory(nil, 0, ears...)
}

// direct is an embedder that embeds a normalised title at once and cannot fail, as the models in memory do.
type direct interface {
	EmbedInto(dst []float32, normalized string)
}

func (c *Classifier) classifyChunk(ctx context.Context, titles []string, out []label.Decision) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("classify titles: %w", err)
	}
	inputs := make([]input, len(titles))
	for i, t := range titles {
		inputs[i] = newInput(t)
	}
	vectors, err := c.embedInputs(ctx, inputs)
	if err != nil {
		return err
	}
	s := c.scratches.Get().(*scratch)
	defer c.scratches.Put(s)
	for i := range inputs {
		if s.embedded = vectors != nil; s.embedded {
			copy(s.vector, vectors[i])
		}
		out[i] = c.decide(&inputs[i], s)
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

// decide runs the cascade; s.vector is the title's embedding where s.embedded says so.
func (c *Classifier) decide(in *input, s *scratch) label.Decision {
	d := label.Decision{ModelID: c.id}
	if in.kind != title.Title {
		for _, a := range label.Axes() {
			d.Findings[a] = nonsense(in.kind)
		}
		return d
	}
	s.hits = c.rules.match(s.hits[:0], in)
	correction, corrected := c.exact[in.key]
	s.heard, s.asked = false, false
	for _, a := range label.Axes() {
		if corrected && correction.opinions[a].Given {
			d.Findings[a] = c.byCorrection(a, &correction)
			continue
		}
		if h, ok := c.rules.decide(s.hits, a, c.book.Taxonomies[a].Has); ok {
			d.Findings[a] = c.byRule(a, h, s)
			continue
		}
		d.Findings[a] = c.byExamples(a, in, s)
	}
	return d
}

// hear fills s with what the heads say on both axes, once for a title.
func (c *Classifier) hear(in *input, s *scratch) {
	if s.heard {
		return
	}
	s.heard = true
	s.memory.read(in.normalized)
	if !s.embedded {
		s.memory.embed(s.vector, in.normalized)
		s.embedded = true
	}
	known, pieces := s.memory.hear(s.scores[0], 0)
	if c.teacher != nil {
		c.teacher.listen(s.inputs[c.model.dimension:], in.normalized, s.memory, s.vector, &s.lecture)
	}
	c.model.dense.denseScores(s.scores[1], s.inputs[:c.model.inputs()])
	for _, a := range label.Axes() {
		s.voices[a].known, s.voices[a].pieces = known, pieces
	}
}

// ask fills s with what the neighbours say on both axes, once for a title.
func (c *Classifier) ask(s *scratch) {
	if s.asked {
		return
	}
	s.asked = true
	s.nearest.reset(neighbors)
	c.pruned.search(&c.vectors, &s.nearest, &s.question, s.vector)
	c.extra.vectors.searchFrom(int32(len(c.lessons)), &s.nearest, s.vector)
	for _, a := range label.Axes() {
		v := &s.voices[a]
		if len(v.near) == 0 {
			continue
		}
		v.votes = vote(v.near, s.nearest.list, c.class[a], c.weight)
		v.closest = 0
		if len(s.nearest.list) > 0 {
			v.closest = s.nearest.list[0].similarity
		}
	}
}

// taught reports whether a correction that the model has not seen is near the title, so that the neighbours must be asked.
func (c *Classifier) taught(m *axisModel, s *scratch) bool {
	if len(c.extra.lessons) == 0 {
		return false
	}
	s.probe.reset(1)
	c.extra.vectors.search(&s.probe, s.vector)
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
func (c *Classifier) heed(a label.Axis, m *axisModel, s *scratch) {
	shares := s.shares[a]
	var sum float32
	for _, n := range s.nearest.list {
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

// judge lets the heads answer and asks the neighbours where the heads are not sure.
func (c *Classifier) judge(a label.Axis, in *input, s *scratch) verdict {
	c.hear(in, s)
	m, shares := &c.model.axes[a], s.shares[a]
	m.mix.join(shares, &s.voices[a], false)
	var v verdict
	v.first, v.second = best(shares)
	var sure bool
	v.confidence, sure = m.headConfidence(m.observe(&s.voices[a], shares, &v))
	if (m.mix.deaf() || sure) && !c.taught(m, s) {
		return v
	}
	c.ask(s)
	v.asked = true
	m.mix.join(shares, &s.voices[a], true)
	c.heed(a, m, s)
	v.first, v.second = best(shares)
	v.confidence = m.confidence(m.observe(&s.voices[a], shares, &v))
	return v
}

func (m *axisModel) observe(voices *voices, shares []float32, v *verdict) signal {
	return observe(voices, shares, v.first, v.second, v.first == m.fallback, m.values[v.first] == "", v.asked)
}

// byExamples is the answer of heads and neighbours.
func (c *Classifier) byExamples(a label.Axis, in *input, s *scratch) label.Finding {
	m := &c.model.axes[a]
	if len(m.values) == 0 {
		return c.byNobody(a)
	}
	v := c.judge(a, in, s)
	first, second, confidence := v.first, v.second, v.confidence
	f := label.Finding{Value: m.values[first], Confidence: confidence, Accepted: confidence >= c.targets[a].threshold, Method: label.ByNeighbors}
	if first == m.fallback {
		f.Method = label.ByFallback
	}
	if !f.Accepted {
		f.Method = label.ByAbstaining
	}
	if second >= 0 {
		f.RunnerUp = m.values[second]
		f.RunnerUpConfidence = min(float64(s.shares[a][second]), 1-confidence)
	}
	f.Why = c.why(a, &f, &v, s)
	return f
}
