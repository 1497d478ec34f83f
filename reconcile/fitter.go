package reconcile

import (
	"context"
	"fmt"
	"reflect"
	"strconv"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
)

// settingGeneration counts refits, so that decisions of an earlier fit are made again.
const settingGeneration = "fit_generation"

// ClassifierFitter fits package classifier's Classifier and keeps it while only corrections change.
type ClassifierFitter struct {
	Embedder embedding.Embedder
	Options  classifier.Options
	// State counts the refits.
	State interface {
		Setting(ctx context.Context, name string) (string, error)
		SaveSetting(ctx context.Context, name, value string) error
	}
	kept *classifier.Classifier
	book label.Rulebook // what kept was fitted on, without corrections
}

var _ Fitter = (*ClassifierFitter)(nil)

// Labeller fits, or puts the corrections into what is kept.
func (f *ClassifierFitter) Labeller(ctx context.Context, book label.Rulebook, refit bool) (Labeller, error) {
	generation, err := f.generation(ctx)
	if err != nil {
		return nil, err
	}
	bare := book.WithCorrections(nil)
	bare.Settings = label.Settings{TargetPrecision: book.Settings.TargetPrecision}
	c := f.kept
	if refit || c == nil || !reflect.DeepEqual(bare, f.book) {
		options := f.Options
		options.Refit = refit
		if c, err = classifier.Fit(ctx, book, f.Embedder, options); err != nil {
			return nil, err
		}
		f.book = bare
		if refit {
			generation++
			if f.State != nil {
				if err := f.State.SaveSetting(ctx, settingGeneration, strconv.Itoa(generation)); err != nil {
					return nil, err
				}
			}
		}
	}
	if c, err = c.WithCorrections(book.Corrections); err != nil {
		return nil, fmt.Errorf("put %d corrections in force: %w", len(book.Corrections), err)
	}
	f.kept = c
	return labeller{c, generation}, nil
}

func (f *ClassifierFitter) generation(ctx context.Context) (int, error) {
	if f.State == nil {
		return 0, nil
	}
	text, err := f.State.Setting(ctx, settingGeneration)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", settingGeneration, err)
	}
	return n, nil
}

// labeller is a Classifier as a Labeller.
type labeller struct {
	*classifier.Classifier
	generation int
}

// ModelID names the fit and how often it was renewed.
func (l labeller) ModelID() string {
	if l.generation == 0 {
		return l.Classifier.ModelID()
	}
	return l.Classifier.ModelID() + "#" + strconv.Itoa(l.generation)
}

// Evidence is the decision with the closest labelled titles in its findings.
func (l labeller) Evidence(ctx context.Context, title string) (label.Decision, error) {
	e, err := l.Classifier.Explain(ctx, title)
	if err != nil {
		return label.Decision{}, err
	}
	for a := range e.Axes {
		e.Decision.Findings[a].Evidence = e.Axes[a].Neighbors
	}
	return e.Decision, nil
}
