package classifier

import (
	"context"
	"fmt"

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
	features features
	sparse   sparse
	vector   []float32 // the embedding
	inputs   []float32 // of the dense heads: the embedding, and what the teacher says
	heard    lecture
	scores   [2][]float32 // of the heads over n-grams and over inputs
	nearest  nearest
	hits     []ruleHit
	voices   [label.AxisCount]voices
	shares   [label.AxisCount][]float32
}

func (c *Classifier) newScratch() *scratch {
	s := &scratch{inputs: make([]float32, c.model.inputs())}
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
	s := c.newScratch()
	for i := range inputs {
		if vectors != nil {
			copy(s.vector, vectors[i])
		} else {
			c.embedder.(direct).EmbedInto(s.vector, inputs[i].normalized)
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

// decide runs the cascade; s.vector is the title's embedding.
func (c *Classifier) decide(in *input, s *scratch) label.Decision {
	d := label.Decision{ModelID: c.ModelID()}
	if in.kind != title.Title {
		for _, a := range label.Axes() {
			d.Findings[a] = nonsense(in.kind)
		}
		return d
	}
	s.hits = c.rules.match(s.hits[:0], in)
	correction, corrected := c.exact[in.key]
	listened := false
	for _, a := range label.Axes() {
		if corrected && correction.opinions[a].Given {
			d.Findings[a] = c.byCorrection(a, &correction)
			continue
		}
		if h, ok := c.rules.decide(s.hits, a, c.book.Taxonomies[a].Has); ok {
			d.Findings[a] = c.byRule(a, h)
			continue
		}
		if !listened {
			c.listen(in, s)
			listened = true
		}
		d.Findings[a] = c.byExamples(a, s)
	}
	return d
}

// listen fills s with what heads and neighbours say on both axes.
func (c *Classifier) listen(in *input, s *scratch) {
	s.features.extract(in.normalized)
	c.model.vocabulary.look(&s.sparse, &s.features)
	if c.teacher != nil {
		c.teacher.hear(s.inputs[c.model.dimension:], in.normalized, &s.features, s.vector, &s.heard)
	}
	c.model.sparse.scores(s.scores[0], &s.sparse)
	c.model.dense.denseScores(s.scores[1], s.inputs[:c.model.inputs()])
	s.nearest.reset(neighbors)
	c.vectors.search(&s.nearest, s.vector)
	c.extra.vectors.searchFrom(int32(len(c.lessons)), &s.nearest, s.vector)
	for _, a := range label.Axes() {
		m := &c.model.axes[a]
		if len(m.values) == 0 {
			continue
		}
		v := &s.voices[a]
		v.votes = vote(v.near, s.nearest.list, c.class[a], c.weight)
		v.known, v.closest = s.sparse.known, 0
		if len(s.nearest.list) > 0 {
			v.closest = s.nearest.list[0].similarity
		}
		m.mix.join(s.shares[a], v)
	}
}

// byExamples is the answer of heads and neighbours, which have been listened to.
func (c *Classifier) byExamples(a label.Axis, s *scratch) label.Finding {
	m := &c.model.axes[a]
	if len(m.values) == 0 {
		return c.byNobody(a)
	}
	first, second := best(s.shares[a])
	confidence := m.confidence(observe(&s.voices[a], s.shares[a], first, second, first == m.fallback, m.values[first] == ""))
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
	f.Why = c.why(a, &f, s)
	return f
}
