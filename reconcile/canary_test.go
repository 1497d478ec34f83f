package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
	"rolecall/reconcile"
)

// counted is an embedder that notes what it was asked, and fails once it is away.
type counted struct {
	embedding.Hashed
	asked []string
	away  bool
}

func (c *counted) Embed(ctx context.Context, titles []string) ([]embedding.Vector, error) {
	if c.away {
		return nil, errors.New("away")
	}
	c.asked = append(c.asked, titles...)
	vecs, err := c.Hashed.Embed(ctx, titles)
	for _, v := range vecs {
		v[0]++ // not even a text of unknown words is all zero
	}
	return vecs, err
}

// Whether a service answers is one title's worth of money, at every look, and is seen even where nothing else has to be asked.
func TestAChosenEmbedderIsAskedForItsCanaryAlone(t *testing.T) {
	h, ctx := newHouse(t, nil), context.Background()
	var book label.Rulebook
	book.Taxonomies[label.Role] = label.Taxonomy{Axis: label.Role, Terms: []label.Term{{ID: "RO-001", Name: "Trade", Value: "trade", Active: true}, {ID: "RO-002", Name: "Craft", Value: "craft", Active: true}}}
	book.Settings = label.DefaultSettings()
	book.Settings.Embedder = "openai:tiny"
	for i := range 12 {
		word, value := "buyer of grain ", label.Value("trade")
		if i%2 == 1 {
			word, value = "maker of boats ", "craft"
		}
		e := label.Exemplar{ID: fmt.Sprintf("E-%04d", i), Title: word + string(rune('a'+i))}
		e.Labels[label.Role] = value
		book.Exemplars = append(book.Exemplars, e)
	}
	service := &counted{Hashed: embedding.NewHashed(64)}
	fitter := &reconcile.ClassifierFitter{BuiltIn: embedding.NewHashed(32), Options: classifier.Options{Seed: 1}, State: h.store, Now: h.clock.Now,
		Chosen: func(string) (embedding.Embedder, error) {
			return embedding.NewCached(service, embedding.NewByteCache(h.store)), nil
		}}
	asks := func() (beside []string, model string) {
		t.Helper()
		service.asked = nil
		l, err := fitter.Labeller(ctx, book, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range service.asked {
			if !slices.ContainsFunc(book.Exemplars, func(e label.Exemplar) bool { return e.Title == text }) {
				beside = append(beside, text)
			}
		}
		return beside, l.ModelID()
	}
	chosen, builtIn := embedding.NewHashed(64).ID(), embedding.NewHashed(32).ID()
	for _, when := range []string{"at the first fit", "with the fit at hand"} {
		if got, model := asks(); len(got) != 1 || !strings.Contains(model, chosen) {
			t.Errorf("%s %s was asked for %q beside the labelled titles, want one title", when, model, got)
		}
	}
	service.away = true
	if _, model := asks(); !strings.Contains(model, builtIn) {
		t.Errorf("%s answers while the chosen one is away", model)
	}
}
