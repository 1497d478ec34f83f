package classifier

import (
	"fmt"
	"strings"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// Classifier labels titles. It is immutable: any number of goroutines may use it at once.
type Classifier struct {
	id        string // see ModelID
	book      label.Rulebook
	embedder  embedding.Embedder
	options   Options
	model     *model
	teacher   *teacher // nil where the model was fitted without one
	rules     *ruleSet
	trust     []ruleTrust // by rule
	lessons   []lesson    // rows of the matrix
	vectors   matrix
	pruned    *pruned // the same in bytes
	class     [label.AxisCount][]int16
	weight    []float32
	rowOf     map[title.Key]int32
	own       map[title.Key]*lesson // see ownExamples
	exact     map[title.Key]lesson  // corrections in force
	spelled   map[string]spelling   // their titles
	extra     *extra
	targets   [label.AxisCount]target
	discount  [label.AxisCount]float64 // see discountOf
	scratches *scratchPool             // they fit whatever corrections are in force
}

// target is what an axis' target precision comes to.
type target struct {
	threshold, precision, coverage float64
	wanted                         float64 // the target precision
	honest                         bool
	note                           string
}

// assemble puts a classifier together from its parts.
func assemble(book label.Rulebook, emb embedding.Embedder, opts Options, m *model, t *teacher, lessons []lesson, vectors matrix) (*Classifier, error) {
	rules, err := newRuleSet(book.Rules)
	if err != nil {
		return nil, err
	}
	c := &Classifier{book: book, embedder: emb, options: opts, model: m, teacher: t, rules: rules, lessons: lessons, vectors: vectors, pruned: &pruned{}}
	c.id = strings.Join([]string{method, emb.ID(), m.key, m.digest()}, "/")
	c.own = ownExamples(lessons)
	c.weight = make([]float32, len(lessons))
	c.rowOf = make(map[title.Key]int32, len(lessons))
	for i, l := range lessons {
		c.weight[i], c.rowOf[l.key] = l.weight, int32(i)
	}
	for _, a := range label.Axes() {
		c.class[a] = make([]int16, len(lessons))
		for i, l := range lessons {
			c.class[a][i] = m.axes[a].classFor(l.opinions[a])
		}
	}
	c.trust = trustRules(rules, lessons)
	for _, a := range label.Axes() {
		c.targets[a] = newTarget(&m.axes[a], book.Settings.TargetPrecision[a], ruledTitles(c.trust, a))
		untitled, active := labelsWithoutTitles(&m.axes[a], book.Taxonomies[a])
		if c.discount[a] = discountOf(untitled, active); untitled > 0 && m.axes[a].examples > 0 {
			c.targets[a].note = strings.TrimPrefix(c.targets[a].note+"; "+withoutTitlesNote(untitled, active), "; ")
		}
	}
	c.extra = &extra{}
	c.scratches = newScratchPool(opts.workers(), c.newScratch)
	return c.WithCorrections(book.Corrections), nil
}

// ModelID names embedder, features and calibration: two classifiers with one ModelID and one Revision of the rulebook decide alike.
func (c *Classifier) ModelID() string {
	return c.id
}

// Quality says how well each axis does on titles that were held out of the fit.
func (c *Classifier) Quality() [label.AxisCount]Quality {
	var out [label.AxisCount]Quality
	for _, a := range label.Axes() {
		m, t := &c.model.axes[a], c.targets[a]
		out[a] = Quality{Examples: m.examples, Accuracy: m.Accuracy, ECE: m.ECE, Threshold: t.threshold, Precision: t.precision,
			Coverage: t.coverage, Honest: t.honest, Note: t.note}
	}
	return out
}

// labelsWithoutTitles counts the active labels that have no labelled title, and all active ones.
func labelsWithoutTitles(m *axisModel, t label.Taxonomy) (untitled, active int) {
	for _, term := range t.Active() {
		active++
		if m.classOf(term.Value) < 0 {
			untitled++
		}
	}
	return untitled, active
}

// discountOf is the share of an answer's confidence that is left when some active labels have no labelled title: a title of such a label
// looks like one of another label, and no held-out answer shows how often. Beforehand every label is as likely as the next, and such a
// title is taken to look as sure as others half the time.
func discountOf(untitled, active int) float64 {
	if active == 0 {
		return 1
	}
	unseen := float64(untitled) / float64(active)
	return (1 - unseen) / (1 - unseen/2)
}

func withoutTitlesNote(untitled, active int) string {
	if untitled == 1 {
		return fmt.Sprintf("1 of %d labels has no labelled title yet, which makes every other answer less sure", active)
	}
	return fmt.Sprintf("%d of %d labels have no labelled title yet, which makes every other answer less sure", untitled, active)
}

// fewExamples is the number of labelled titles below which no estimate is called honest.
const fewExamples = 100

func newTarget(m *axisModel, precision float64, rules ruled) target {
	if precision <= 0 {
		precision = 0.95
	}
	t := target{wanted: precision}
	t.threshold, t.precision, t.coverage = m.threshold(precision, rules)
	t.honest = m.Held >= fewExamples && t.coverage > 0
	switch {
	case m.examples == 0:
		t.threshold, t.note = 1, "no labelled title speaks about this axis yet, so only corrections and rules decide"
	case m.Held < fewExamples:
		t.threshold = max(t.threshold, min(1, precision+(1-precision)/2))
		t.note = fmt.Sprintf("only %d labelled titles speak about this axis: too few to measure the confidence, so only very sure answers are given without a person", m.Held)
	case t.coverage == 0:
		t.note = fmt.Sprintf("no group of answers was right %.0f %% of the time on held-out titles, so only corrections and rules decide; more labelled titles will help", 100*precision)
	}
	return t
}
