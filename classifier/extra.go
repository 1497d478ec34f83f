package classifier

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"rolecall/label"
	"rolecall/title"
)

// extra are corrections that are no rows of the fitted matrix: further neighbours. They are embedded when the first title needs
// them, so that taking corrections up costs next to nothing.
type extra struct {
	mu      sync.Mutex
	ready   bool
	lessons []lesson
	vectors matrix
	before  *extra // where vectors of the same titles may be found
}

// prepare embeds what has no vector yet.
func (x *extra) prepare(ctx context.Context, c *Classifier) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ready {
		return nil
	}
	known := x.before.byKey()
	var fresh []lesson
	for _, l := range x.lessons {
		if known[l.key] == nil {
			fresh = append(fresh, l)
		}
	}
	vectors, err := embedLessons(ctx, c.embedder, fresh, c.options.workers())
	if err != nil {
		return fmt.Errorf("take corrections up: %w", err)
	}
	x.vectors = matrix{dimension: vectors.dimension, rows: make([]float32, 0, len(x.lessons)*vectors.dimension)}
	next := 0
	for _, l := range x.lessons {
		v := known[l.key]
		if v == nil {
			v = vectors.row(next)
			next++
		}
		x.vectors.rows = append(x.vectors.rows, v...)
	}
	x.ready, x.before = true, nil
	return nil
}

// byKey returns the vectors at hand by title key.
func (x *extra) byKey() map[title.Key][]float32 {
	known := map[title.Key][]float32{}
	if x == nil {
		return known
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ready {
		for i, l := range x.lessons {
			known[l.key] = x.vectors.row(i)
		}
	}
	return known
}

// WithCorrections returns a classifier in which exactly these corrections are in force, without a refit: as answers for their own
// titles, and as neighbours of others.
func (c *Classifier) WithCorrections(corrections []label.Correction) *Classifier {
	next := *c
	next.book = c.book.WithCorrections(corrections)
	next.exact, next.spelled = exactAnswers(next.book, c.spelled)
	for _, a := range label.Axes() {
		next.class[a] = slices.Clone(c.class[a][:len(c.lessons)])
	}
	next.weight = slices.Clone(c.weight[:len(c.lessons)])
	next.extra = &extra{before: c.extra}
	for i := range c.lessons {
		if l := &c.lessons[i]; l.correction {
			next.relabelRow(int32(i), lesson{}, true) // until it is found again among those in force
		}
	}
	var fresh []title.Key
	for key, l := range next.exact {
		if row, ok := c.rowOf[key]; ok {
			next.relabelRow(row, l, false)
			continue
		}
		fresh = append(fresh, key)
	}
	slices.Sort(fresh)
	for _, key := range fresh {
		l := next.exact[key]
		next.extra.lessons = append(next.extra.lessons, l)
		for _, a := range label.Axes() {
			next.class[a] = append(next.class[a], c.model.axes[a].classFor(l.opinions[a]))
		}
		next.weight = append(next.weight, l.weight)
	}
	return &next
}

// relabelRow gives a row of the matrix the labels of a correction; forget takes the row's labels away.
func (c *Classifier) relabelRow(row int32, l lesson, forget bool) {
	for _, a := range label.Axes() {
		switch {
		case forget:
			c.class[a][row] = -1
		case l.opinions[a].Given:
			c.class[a][row] = c.model.axes[a].classFor(l.opinions[a])
		}
	}
	if !forget {
		c.weight[row] = l.weight
	}
}

// classFor is the class that an opinion names; -1 for none.
func (m *axisModel) classFor(o label.Opinion) int16 {
	if !o.Given {
		return -1
	}
	return int16(m.classOf(o.Value))
}

// spelling is a title as it is matched.
type spelling struct {
	normalized string
	key        title.Key
}

// exactAnswers are the corrections in force by title key; of two for one title the later counts, axis by axis. Titles that were
// spelled out before need not be again; those of this time are returned.
func exactAnswers(book label.Rulebook, before map[string]spelling) (map[title.Key]lesson, map[string]spelling) {
	exact := make(map[title.Key]lesson, len(book.Corrections))
	spelled := make(map[string]spelling, len(book.Corrections))
	for _, correction := range book.Corrections {
		s, ok := before[correction.Title]
		if !ok {
			s.normalized = title.Normalize(correction.Title)
			s.key = title.KeyOfNormalized(s.normalized)
		}
		spelled[correction.Title] = s
		l, ok := correctionLesson(book, correction, s)
		if !ok || l.key == "" {
			continue
		}
		if before, ok := exact[l.key]; ok {
			for _, a := range label.Axes() {
				if !l.opinions[a].Given {
					l.opinions[a] = before.opinions[a]
				}
			}
		}
		exact[l.key] = l
	}
	return exact, spelled
}
