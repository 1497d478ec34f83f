package classifier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"rolecall/embedding"
	"rolecall/label"
)

// staleShare is the share of the labelled titles that may be corrections which were not in force when a kept model was fitted, or
// that it knows and which are no longer. Until then they count for their own titles and as neighbours. A model of few titles, for
// which each counts, is fitted in no time.
const staleShare = 0.05

// Fit learns from a rulebook: its exemplars and its corrections in force. It is deterministic for a seed. Where the cache or the
// program itself holds a model for the same FitKey, and that has not missed too many corrections, it is taken instead, unless
// opts.Refit is set. Fit fails when ctx ends, when the embedder or the cache fails, or when a rule's pattern does not compile.
func Fit(ctx context.Context, book label.Rulebook, emb embedding.Embedder, opts Options) (*Classifier, error) {
	key, err := FitKey(book, emb.ID())
	if err != nil {
		return nil, err
	}
	corrections, err := inForce(book)
	if err != nil {
		return nil, err
	}
	var kept []*model
	var g errgroup.Group
	g.Go(func() (err error) {
		kept, err = keptModels(ctx, key, opts)
		return err
	})
	lessons := lessonsOf(book)
	vectors, err := embedLessons(ctx, emb, lessons, opts.workers())
	if err = errors.Join(err, g.Wait()); err != nil {
		return nil, err
	}
	m := freshEnough(kept, corrections, len(lessons))
	if m != nil {
		var t *teacher
		if m.hasTeacher {
			if t, err = newTeacher(emb); err != nil {
				return nil, err
			}
		}
		if m.hasTeacher == (t != nil) && m.fits(t) {
			return assemble(book, emb, opts, m, t, lessons, vectors)
		}
	}
	t, err := newTeacher(emb)
	if err != nil {
		return nil, err
	}
	if t != nil && !t.suits(lessons) {
		t = nil
	}
	if m, err = fitModel(ctx, book, lessons, vectors, emb, t, opts); err != nil {
		return nil, err
	}
	if m.inputs() == 0 {
		t, m.hasTeacher = nil, false // there are no classes
	}
	m.key, m.embedder, m.absorbed = key, emb.ID(), corrections
	if opts.Cache != nil {
		file, err := m.encode()
		if err != nil {
			return nil, err
		}
		if err := opts.Cache.StoreModel(ctx, key, file); err != nil {
			return nil, fmt.Errorf("keep the fitted classifier: %w", err)
		}
	}
	return assemble(book, emb, opts, m, t, lessons, vectors)
}

// keptModels are the models with that key in the cache and in the program.
func keptModels(ctx context.Context, key string, opts Options) ([]*model, error) {
	if opts.Refit {
		return nil, nil
	}
	files := [][]byte{prefitFile}
	if opts.Cache != nil {
		file, ok, err := opts.Cache.LoadModel(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("look for a fitted classifier: %w", err)
		}
		if ok {
			files = [][]byte{file, prefitFile}
		}
	}
	var kept []*model
	for _, file := range files {
		m, err := decode(file)
		if errors.Is(err, ErrModel) {
			continue // made by another version, or damaged: fit again
		}
		if err != nil {
			return nil, err
		}
		if m.key == key {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// freshEnough is the first of the models that has not missed too many of the corrections in force, or nil.
func freshEnough(kept []*model, corrections []string, lessons int) *model {
	for _, m := range kept {
		if missed(m.absorbed, corrections) <= int(staleShare*float64(lessons)) {
			return m
		}
	}
	return nil
}

// fits reports whether the teacher is the one that the model was fitted with.
func (m *model) fits(t *teacher) bool {
	want := m.dimension
	if t != nil {
		want += t.size()
	}
	return m.inputs() == 0 || m.inputs() == want
}

// inForce names the corrections that teach, by what they say, sorted.
func inForce(book label.Rulebook) ([]string, error) {
	var out []string
	exact, _ := exactAnswers(book, nil)
	for _, l := range exact {
		raw, err := json.Marshal([]any{l.key, l.opinions})
		if err != nil {
			return nil, fmt.Errorf("name the correction of %q: %w", l.title, err)
		}
		sum := sha256.Sum256(raw)
		out = append(out, hex.EncodeToString(sum[:6]))
	}
	slices.Sort(out)
	return out, nil
}

// missed counts what is in one of two sorted lists only.
func missed(a, b []string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case a[0] < b[0]:
			a, n = a[1:], n+1
		default:
			b, n = b[1:], n+1
		}
	}
	return n + len(a) + len(b)
}
