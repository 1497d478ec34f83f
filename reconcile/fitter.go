package reconcile

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"time"

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
	// Now is the clock; time.Now when nil.
	Now func() time.Time

	kept   *classifier.Classifier
	book   label.Rulebook // what kept was fitted on, without corrections
	with   string         // ID of the embedder of kept
	absent absence        // the last of the chosen embedder
}

var (
	_ Fitter = (*ClassifierFitter)(nil)
	_ relief = (*ClassifierFitter)(nil)
)

// builtInName is the Settings' word for the embedder in the program.
const builtInName = "built-in"

// Labeller fits, or puts the corrections into what is kept. Where the embedder that the Settings name cannot be had, or fails before
// all labelled titles are embedded, the built-in one stands in, and the other is left alone for awayPause.
func (f *ClassifierFitter) Labeller(ctx context.Context, book label.Rulebook, refit bool) (Labeller, error) {
	name := book.Settings.Embedder
	if name == "" || name == builtInName || f.Chosen == nil {
		return f.fit(ctx, book, f.BuiltIn, refit, absence{})
	}
	if !refit && f.absent.name == name && f.now().Before(f.absent.until) {
		return f.fit(ctx, book, f.BuiltIn, false, f.absent)
	}
	chosen, err := f.Chosen(name)
	if err == nil {
		_, err = chosen.Embed(ctx, nil) // an embedder that keeps what it was paid for asks for its canary first, and has its ID from then on
	}
	if err == nil {
		var l Labeller
		if l, err = f.fit(ctx, book, chosen, refit, absence{}); err == nil {
			f.absent = absence{}
			return l, nil
		}
	}
	if ctx.Err() != nil {
		return nil, err
	}
	f.miss(name, err)
	return f.fit(ctx, book, f.BuiltIn, refit, f.absent)
}

// StandIn is the built-in embedder's labeller in the place of one whose embedder has failed meanwhile.
func (f *ClassifierFitter) StandIn(ctx context.Context, book label.Rulebook, cause error) (Labeller, error) {
	f.miss(book.Settings.Embedder, cause)
	return f.fit(ctx, book, f.BuiltIn, false, f.absent)
}

// miss notes that the chosen embedder is away.
func (f *ClassifierFitter) miss(name string, err error) {
	f.absent = absence{name: name, cause: err, until: f.now().Add(awayPause)}
	if f.Away != nil {
		f.Away(name, err)
	}
}

func (f *ClassifierFitter) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// fit fits with one embedder, or takes what is kept of it.
func (f *ClassifierFitter) fit(ctx context.Context, book label.Rulebook, embedder embedding.Embedder, refit bool, absent absence) (Labeller, error) {
	generation, err := f.generation(ctx)
	if err != nil {
		return nil, err
	}
	bare := book.WithCorrections(nil)
	bare.Settings = label.Settings{TargetPrecision: book.Settings.TargetPrecision}
	c := f.kept
	if refit || c == nil || f.with != embedder.ID() || !reflect.DeepEqual(bare, f.book) {
		options := f.Options
		options.Refit = refit
		if c, err = classifier.Fit(ctx, book, embedder, options); err != nil {
			return nil, err
		}
		if refit {
			generation++
			if f.State != nil {
				if err := f.State.SaveSetting(ctx, settingGeneration, strconv.Itoa(generation)); err != nil {
					return nil, err
				}
			}
		}
	}
	c = c.WithCorrections(book.Corrections)
	f.kept, f.book, f.with = c, bare, embedder.ID()
	return labeller{c, generation, absent, ahead(embedder)}, nil
}

// ahead is an embedder that must be asked before titles are decided, for it may fail; nil for one in memory.
func ahead(e embedding.Embedder) embedding.Embedder {
	if _, ok := e.(interface {
		EmbedInto(dst []float32, normalized string)
	}); ok {
		return nil
	}
	return e
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
	absent     absence // of the embedder that it stands in for
	ahead      embedding.Embedder
}

// StandsIn says for which embedder the built-in one stands in, if it does.
func (l labeller) StandsIn() (absence, bool) { return l.absent, l.absent.name != "" }

// Prepares says that titles are to be handed to Prepare before they are decided.
func (l labeller) Prepares() bool { return l.ahead != nil }

// Prepare has titles embedded, so that deciding them finds their vectors at hand.
func (l labeller) Prepare(ctx context.Context, titles []string) error {
	_, err := l.ahead.Embed(ctx, titles)
	return err
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
	return e.Decision, err
}
