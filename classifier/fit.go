package classifier

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"rolecall/embedding"
	"rolecall/label"
)

const folds = 5

// fitting carries one fit.
type fitting struct {
	options    Options
	lessons    []lesson
	vectors    matrix
	sparseRows []sparse
	denseRows  []sparse
	weight     []float32
	fold       []int
	model      *model
	teacher    *teacher // nil where there is none, or none of use
	near       [][]near // of each lesson among the others
}

// fitModel learns a model from lessons whose vectors are given.
func fitModel(ctx context.Context, book label.Rulebook, lessons []lesson, vectors matrix, emb embedding.Embedder, t *teacher, o Options) (*model, error) {
	f := &fitting{options: o, lessons: lessons, vectors: vectors, teacher: t, model: &model{dimension: vectors.dimension, hasTeacher: t != nil}}
	f.prepare()
	if err := f.neighborhoods(ctx); err != nil {
		return nil, err
	}
	var axes [label.AxisCount]*axisFit
	for _, a := range label.Axes() {
		axes[a] = newAxisFit(f, book.Taxonomies[a])
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.workers())
	for k := range folds + 1 {
		for _, a := range axes {
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return fmt.Errorf("fit the classifier: %w", err)
				}
				a.fitFold(k)
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, a := range axes {
		g.Go(func() error { a.finish(); return nil })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var words, dense [label.AxisCount]*head
	for i, a := range axes {
		f.model.axes[i] = a.axisModel
		words[i], dense[i] = a.heads[0], a.heads[1]
	}
	f.model.sparse = newTable(words, f.model.vocabulary.size())
	f.model.dense = newTable(dense, f.inputs())
	f.model.trained = trainedOn(lessons)
	return f.model, nil
}

// prepare makes features and weights.
func (f *fitting) prepare() {
	n := len(f.lessons)
	extracted := make([]features, n)
	for i, l := range f.lessons {
		extracted[i].extract(l.normalized)
	}
	f.model.vocabulary = newVocabulary(extracted)
	f.sparseRows, f.denseRows = make([]sparse, n), make([]sparse, n)
	var scratch teacherScratch
	f.weight, f.fold = make([]float32, n), make([]int, n)
	for i, l := range f.lessons {
		f.model.vocabulary.lookUp(&f.sparseRows[i], &extracted[i])
		row := make([]float32, f.inputs())
		copy(row, f.vectors.row(i))
		if f.teacher != nil {
			in := normalizedInput(l.title, l.normalized)
			f.teacher.softLabels(row[f.vectors.dimension:], &in, &extracted[i], f.vectors.row(i), &scratch)
		}
		f.denseRows[i] = denseRow(row)
		f.weight[i] = l.weight
	}
}

// inputs is how many inputs the dense heads have.
func (f *fitting) inputs() int {
	if f.teacher == nil {
		return f.vectors.dimension
	}
	return f.vectors.dimension + f.teacher.size()
}

func denseRow(v []float32) sparse {
	s := sparse{places: make([]int32, len(v)), values: v}
	for i := range v {
		s.places[i] = int32(i)
	}
	return s
}

// neighborhoods parts the lessons into folds and finds the nearest lessons of each, its own fold left out.
func (f *fitting) neighborhoods(ctx context.Context) error {
	f.near = make([][]near, len(f.lessons))
	var p pruned
	p.prepare(&f.vectors)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(f.options.workers())
	for start := 0; start < len(f.lessons); start += chunk {
		end := min(start+chunk, len(f.lessons))
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("fit the classifier: %w", err)
			}
			var q queryBatch
			var room [queriesAtOnce]nearest
			for i := start; i < end; i += queriesAtOnce {
				var lists []*nearest
				var queries [][]float32
				for n := range min(queriesAtOnce, end-i) {
					room[n].reset(3 * neighbors)
					lists, queries = append(lists, &room[n]), append(queries, f.vectors.row(i+n))
				}
				p.search(&f.vectors, lists, &q, queries)
				for n, list := range lists {
					f.near[i+n] = slices.Clone(list.list)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	f.assignFolds()
	for i, list := range f.near {
		kept := list[:0]
		for _, o := range list {
			if f.fold[o.row] != f.fold[i] && len(kept) < neighbors {
				kept = append(kept, o)
			}
		}
		f.near[i] = kept
	}
	return nil
}

// embedLessons embeds the lessons' titles.
func embedLessons(ctx context.Context, e embedding.Embedder, lessons []lesson, workers int) (matrix, error) {
	m := matrix{dimension: e.Dimension(), rows: make([]float32, len(lessons)*e.Dimension())}
	if d, ok := e.(direct); ok {
		var g errgroup.Group
		g.SetLimit(workers)
		for start := 0; start < len(lessons); start += chunk {
			g.Go(func() error {
				for i := start; i < min(start+chunk, len(lessons)); i++ {
					d.EmbedInto(m.row(i), lessons[i].normalized)
				}
				return ctx.Err()
			})
		}
		if err := g.Wait(); err != nil {
			return matrix{}, fmt.Errorf("embed %d labelled titles: %w", len(lessons), err)
		}
		return m, nil
	}
	titles := make([]string, len(lessons))
	for i, l := range lessons {
		titles[i] = l.title
	}
	vectors, err := e.Embed(ctx, titles)
	if err != nil {
		return matrix{}, fmt.Errorf("embed %d labelled titles with %s: %w", len(titles), e.ID(), err)
	}
	for i, v := range vectors {
		copy(m.row(i), v)
	}
	return m, nil
}
