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
	// BuiltIn is the embedder in the program, which is always there.
	BuiltIn embedding.Embedder
	// Chosen makes the embedder that the Settings name, for other names than "built-in". nil: there are none.
	Chosen  func(name string) (embedding.Embedder, error)
	Options classifier.Options
	// State counts the refits.
	State interface {
		Setting(ctx context.Context, name string) (string, error)
		SaveSetting(ctx context.Context, name, value string) error
	}
	// Away is told when the chosen embedder does not answer and the built-in one takes its place. May be nil.
	Away func(name string, err error)

	kept *classifier.Classifier
	book label.Rulebook // what kept was fitted on, without corrections
	with string         // ID of the embedder of kept
}

var _ Fitter = (*ClassifierFitter)(nil)

// builtInName is the Settings' word for the embedder in the program.
const builtInName = "built-in"

// canaryTitle is embedded to see whether a chosen embedder answers.
const canaryTitle = "Senior Software Engineer"

// Labeller fits, or puts the corrections into what is kept.
func (f *ClassifierFitter) Labeller(ctx context.Context, book label.Rulebook, refit bool) (Labeller, error) {
	generation, err := f.generation(ctx)
	if err != nil {
		return nil, err
	}
	embedder, standsIn := f.embedder(ctx, book.Settings.Embedder)
	bare := book.WithCorrections(nil)
	bare.Settings = label.Settings{TargetPrecision: book.Settings.TargetPrecision}
	c := f.kept
	if refit || c == nil || f.with != embedder.ID() || !reflect.DeepEqual(bare, f.book) {
		options := f.Options
		options.Refit = refit
		if c, err = classifier.Fit(ctx, book, embedder, options); err != nil {
			return nil, err
		}
		f.book, f.with = bare, embedder.ID()
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
	return labeller{c, generation, standsIn}, nil
}

// embedder is the one that the Settings name, if it answers; else the built-in one, which then stands in for it.
func (f *ClassifierFitter) embedder(ctx context.Context, name string) (e embedding.Embedder, standsIn bool) {
	if name == "" || name == builtInName || f.Chosen == nil {
		return f.BuiltIn, false
	}
	chosen, err := f.Chosen(name)
	if err == nil {
		if _, err = chosen.Embed(ctx, []string{canaryTitle}); err == nil {
			return chosen, false
		}
	}
	if f.Away != nil {
		f.Away(name, err)
	}
	return f.BuiltIn, true
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
	standsIn   bool
}

// StandsIn says that the embedder which the Settings name did not answer.
func (l labeller) StandsIn() bool { return l.standsIn }

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
