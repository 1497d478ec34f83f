package evaluation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"rolecall/classifier"
	"rolecall/label"
)

// Options say what to measure and how.
//
//	| Folds | Shots | what is fitted                                                       | what is measured           |
//	|-------|-------|----------------------------------------------------------------------|----------------------------|
//	| 0     | 0     | Book as it is                                                        | every labelled title       |
//	| n     | 0     | Book and the titles outside the fold, as corrections                 | the fold, n times          |
//	| 0     | k     | a taxonomy made of the labels, k titles of each as corrections, alone | the other titles, Seeds times |
//
// The taxonomy made of the labels has every text that stands in the file, in whatever script, as a label of its own; only case and spaces
// make no difference, and "-" is no label.
type Options struct {
	// Book is the workbook to measure.
	Book label.Rulebook
	// Labels are the titles to measure on.
	Labels Labels
	// Fit makes a classifier of a rulebook: classifier.Fit with an embedder.
	Fit func(context.Context, label.Rulebook) (*classifier.Classifier, error)
	// Folds, where over 1, cross-validates; Shots, where over 0, measures another taxonomy with so many titles a label.
	Folds, Shots int
	// Seeds is how many times Shots titles are drawn; 5 when 0.
	Seeds int
	// Curve are the numbers of corrections at which the learning curve is taken, ascending; none for no curve.
	Curve []int
	// Now is the clock that classification is timed by; nil measures no time.
	Now func() time.Time
}

// CurvePoints are the usual points of a learning curve.
func CurvePoints() []int { return []int{0, 25, 50, 100, 200, 400} }

// ErrOptions is wrapped by errors about what was asked.
var ErrOptions = errors.New("evaluation")

// Run measures. It fails when the options make no sense (ErrOptions), when a fit fails, or when ctx ends.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Fit == nil {
		return Report{}, fmt.Errorf("%w: no way to fit a classifier was given", ErrOptions)
	}
	if len(o.Labels.Rows) == 0 || len(o.Labels.Columns) == 0 || len(o.Labels.Columns) > label.AxisCount {
		return Report{}, fmt.Errorf("%w: no labelled titles to measure on", ErrOptions)
	}
	if o.Folds > 1 && o.Shots > 0 {
		return Report{}, fmt.Errorf("%w: folds and shots exclude one another; choose one", ErrOptions)
	}
	if o.Folds > mostFolds || o.Folds > len(o.Labels.Rows) {
		return Report{}, fmt.Errorf("%w: %d folds of %d titles; each fold is a fit of its own, %d at most", ErrOptions, o.Folds, len(o.Labels.Rows), min(mostFolds, len(o.Labels.Rows)))
	}
	m := &measure{Options: o, columns: make([]tally, len(o.Labels.Columns))}
	var err error
	switch {
	case o.Shots > 0:
		err = m.shots(ctx)
	case o.Folds > 1:
		err = m.folds(ctx)
	default:
		err = m.asItIs(ctx)
	}
	if err != nil {
		return Report{}, err
	}
	if err := m.curve(ctx); err != nil {
		return Report{}, err
	}
	return m.report(), nil
}

// report sums all up.
func (m *measure) report() Report {
	r := Report{Mode: m.mode, Titles: m.titles, Runs: m.runs, Model: m.model, Took: m.took}
	if m.took > 0 {
		r.TitlesASecond = float64(m.titles) / m.took.Seconds()
	}
	for column := range m.columns {
		a := m.axis(column)
		c := m.columns[column].column(m.Labels.Columns[column], m.taxonomy(column), m.Book.Settings.TargetPrecision[a])
		c.Curve, c.Strange = m.points[column], m.strange[column]
		r.Columns = append(r.Columns, c)
	}
	return r
}

// taxonomy is the one that a column was measured in.
func (m *measure) taxonomy(column int) label.Taxonomy {
	if m.Shots > 0 {
		return m.another(column).Taxonomies[m.axis(column)]
	}
	return m.Book.Taxonomies[m.axis(column)]
}

// mostFolds is more than anybody needs: the error of ten folds is hardly greater than that of a hundred.
const mostFolds = 100

// measure carries one Run.
type measure struct {
	Options
	mode    string
	runs    int
	titles  int
	model   string
	took    time.Duration
	columns []tally
	strange [label.AxisCount][]Strange
	points  [label.AxisCount][]Point
}

// axis is the axis that a column is measured on: the one that it is named after, else the one at its place.
func (m *measure) axis(column int) label.Axis {
	if a, err := label.ParseAxis(m.Labels.Columns[column]); err == nil {
		return a
	}
	return label.Axis(column)
}

// checkBook says whether the labels are of the book's taxonomy, as measuring against it needs.
func (m *measure) checkBook() error {
	for c, column := range m.Labels.Columns {
		t := m.Book.Taxonomies[m.axis(c)]
		found, strange := false, map[string]int{}
		for _, row := range m.Labels.Rows {
			for _, answer := range row.Answers[c] {
				if _, ok := t.Lookup(answer); ok {
					found = true
				} else if name(t, answer) != noTitle {
					strange[answer]++
				}
			}
		}
		for text, count := range strange {
			m.strange[c] = append(m.strange[c], Strange{text, count})
		}
		slices.SortFunc(m.strange[c], func(a, b Strange) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label)) })
		if !found {
			return fmt.Errorf("%w: none of the labels in column %s is in the workbook's taxonomy; to measure another taxonomy say how many titles a label may be learnt from (shots)", ErrOptions, column)
		}
	}
	return nil
}

func (m *measure) asItIs(ctx context.Context) error {
	if err := m.checkBook(); err != nil {
		return err
	}
	m.mode = fmt.Sprintf("the workbook as it is, measured on %d titles", len(m.Labels.Rows))
	return m.one(ctx, m.Book, m.Labels.Rows)
}

func (m *measure) folds(ctx context.Context) error {
	if err := m.checkBook(); err != nil {
		return err
	}
	m.mode = fmt.Sprintf("the workbook and %d parts in %d of %d titles as corrections, measured on the part left out", m.Folds-1, m.Folds, len(m.Labels.Rows))
	for k := range m.Folds {
		var train, test []Row
		for i, place := range shuffled(len(m.Labels.Rows), 0) {
			if i%m.Folds == k {
				test = append(test, m.Labels.Rows[place])
			} else {
				train = append(train, m.Labels.Rows[place])
			}
		}
		book := m.Book.WithCorrections(append(append([]label.Correction{}, m.Book.Corrections...), m.corrections(m.Book, train)...))
		if err := m.one(ctx, book, test); err != nil {
			return err
		}
	}
	return nil
}

// one fits and measures once.
func (m *measure) one(ctx context.Context, book label.Rulebook, test []Row) error {
	c, err := m.Fit(ctx, book)
	if err != nil {
		return fmt.Errorf("evaluation: %w", err)
	}
	var all []int
	for column := range m.columns {
		all = append(all, column)
	}
	return m.judge(ctx, c, book, test, all)
}

// judge lets a classifier answer and counts.
func (m *measure) judge(ctx context.Context, c *classifier.Classifier, book label.Rulebook, test []Row, columns []int) error {
	titles := make([]string, len(test))
	for i, row := range test {
		titles[i] = row.Title
	}
	var start time.Time
	if m.Now != nil {
		start = m.Now()
	}
	decisions, err := c.Classify(ctx, titles)
	if err != nil {
		return fmt.Errorf("evaluation: %w", err)
	}
	if m.Now != nil {
		m.took += m.Now().Sub(start)
	}
	m.model = c.ModelID()
	m.runs++
	m.titles += len(test)
	for _, column := range columns {
		a, into := m.axis(column), &m.columns[column]
		into.begin()
		for i, row := range test {
			if len(row.Answers[column]) > 0 {
				into.add(decisions[i].Findings[a], book.Taxonomies[a], row.Answers[column], row.Doubt)
			}
		}
	}
	return nil
}

// corrections are labelled titles as people's verdicts: the first answer of each column; Other and "-" are "none of these".
func (m *measure) corrections(book label.Rulebook, rows []Row) []label.Correction {
	out := make([]label.Correction, 0, len(rows))
	for i, row := range rows {
		c := label.Correction{ID: fmt.Sprintf("C-%06d", i+1), Revision: 1, Title: row.Title, Scope: label.ScopeTitle, Source: label.SourceSheet, By: "labels file", Active: true}
		for column, answers := range row.Answers {
			if len(answers) == 0 {
				continue
			}
			a := m.axis(column)
			if term, ok := book.Taxonomies[a].Lookup(answers[0]); ok {
				c.Labels[a] = label.Opinion{Given: true, Value: term.Value}
			} else if answers[0] == noneFits || answers[0] == noTitle {
				c.Labels[a] = label.Opinion{Given: true}
			}
		}
		out = append(out, c)
	}
	return out
}

// shots measures a taxonomy made of the labels themselves.
func (m *measure) shots(ctx context.Context) error {
	seeds := m.Seeds
	if seeds <= 0 {
		seeds = 5
	}
	m.mode = fmt.Sprintf("another taxonomy (%s): %d titles of each label as corrections and nothing else, measured on the rest, %d draws",
		strings.Join(m.Labels.Columns, ", "), m.Shots, seeds)
	for seed := range seeds {
		for column := range m.Labels.Columns {
			train, test := Draw(m.Labels, column, m.Shots, uint64(seed))
			if len(test) == 0 {
				return fmt.Errorf("%w: no label in column %s has more than %d titles, so none is left to measure; take fewer with --shots or give more labelled titles",
					ErrOptions, m.Labels.Columns[column], m.Shots)
			}
			book := m.another(column)
			book.Corrections = m.corrections(book, train)
			c, err := m.Fit(ctx, book)
			if err != nil {
				return fmt.Errorf("evaluation: %w", err)
			}
			if err := m.judge(ctx, c, book, test, []int{column}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Draw parts the rows that have a label in a column: at random, shots of each label into train and the others into test. Equal
// seeds give equal draws. A row with several right answers counts as its first; case and spaces make no other label.
func Draw(l Labels, column, shots int, seed uint64) (train, test []Row) {
	taken := map[string]int{}
	for _, i := range shuffled(len(l.Rows), seed) {
		row := l.Rows[i]
		if len(row.Answers[column]) == 0 {
			continue
		}
		if name := folded(row.Answers[column][0]); taken[name] < shots {
			taken[name]++
			train = append(train, row)
		} else {
			test = append(test, row)
		}
	}
	return train, test
}

// another is a rulebook whose one taxonomy is made of a column's labels, without rules or exemplars. Whatever a label's letters are,
// its value is its text, folded: no two labels share one, and none is another's name. A file's Other is a label of this taxonomy like the
// rest, as it is a class to other programs; "-" is none.
func (m *measure) another(column int) label.Rulebook {
	book := label.Rulebook{Settings: m.Book.Settings}
	for _, a := range label.Axes() {
		book.Taxonomies[a].Axis = a
	}
	t := &book.Taxonomies[m.axis(column)]
	seen := map[string]bool{noTitle: true}
	for _, row := range m.Labels.Rows {
		for _, name := range row.Answers[column] {
			text := folded(name)
			if seen[text] {
				continue
			}
			seen[text] = true
			t.Terms = append(t.Terms, label.Term{ID: text, Name: name, Value: label.Value(text), Active: true, Rank: len(t.Terms) + 1})
		}
	}
	return book
}

// folded is a label as label.Taxonomy.Lookup compares it: case and spaces make no other label.
func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func shuffled(n int, seed uint64) []int { return rand.New(rand.NewPCG(seed, 0x65766c)).Perm(n) }
