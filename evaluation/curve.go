package evaluation

import (
	"context"
	"fmt"

	"rolecall/classifier"
	"rolecall/label"
)

// curve takes the learning curve: half of the titles, drawn at random, teach step by step; the other half is what every point is
// measured on, so that the points can be compared.
func (m *measure) curve(ctx context.Context) error {
	if len(m.Curve) == 0 {
		return nil
	}
	order := shuffled(len(m.Labels.Rows), 0)
	var teach, test []Row
	for i, place := range order {
		if i%2 == 0 {
			teach = append(teach, m.Labels.Rows[place])
		} else {
			test = append(test, m.Labels.Rows[place])
		}
	}
	book := m.Book
	if m.Shots > 0 {
		book = m.anotherOfAll()
	}
	for _, n := range m.Curve {
		if n > len(teach) {
			break
		}
		next := book.WithCorrections(append(append([]label.Correction{}, book.Corrections...), m.corrections(book, teach[:n])...))
		c, err := m.Fit(ctx, next)
		if err != nil {
			return fmt.Errorf("evaluation: learning curve at %d corrections: %w", n, err)
		}
		if err := m.point(ctx, c, next, n, test); err != nil {
			return err
		}
	}
	return nil
}

func (m *measure) point(ctx context.Context, c *classifier.Classifier, book label.Rulebook, n int, test []Row) error {
	probe := &measure{Options: m.Options, columns: make([]tally, len(m.columns))}
	var all []int
	for column := range m.columns {
		all = append(all, column)
	}
	if err := probe.judge(ctx, c, book, test, all); err != nil {
		return err
	}
	for column := range m.columns {
		got := probe.columns[column].column("", book.Taxonomies[m.axis(column)], 0)
		m.points[column] = append(m.points[column], Point{Corrections: n, Accuracy: got.Accuracy, Precision: got.Precision, Coverage: got.Coverage})
	}
	return nil
}

// anotherOfAll is another for all columns at once.
func (m *measure) anotherOfAll() label.Rulebook {
	book := m.another(0)
	for column := 1; column < len(m.columns); column++ {
		a := m.axis(column)
		book.Taxonomies[a] = m.another(column).Taxonomies[a]
	}
	return book
}
