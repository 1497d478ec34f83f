package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rolecall/label"
)

// A service that embeds titles can go away at any moment, and one whose quota is used up answers a first title and no more. Then the
// built-in embedder takes over, for all titles: labels of two models never stand side by side. So nothing is decided with a chosen
// embedder before it has embedded all titles that are to be decided. What it did embed is kept, and the next attempt goes on from there.

// awayPause is how long the built-in embedder stands in before the chosen one is tried again.
const awayPause = 15 * time.Minute

// absence is an embedder that was chosen and cannot be had.
type absence struct {
	name  string
	cause error
	until time.Time // when it is tried again
}

// sentence tells people of it.
func (a absence) sentence() string {
	return fmt.Sprintf("the language model %s cannot be used now, so the built-in one answers (%v)", a.name, a.cause)
}

// standIn is a Labeller that may stand in for the one that the Settings name.
type standIn interface{ StandsIn() (absence, bool) }

// absent is whom the labeller at hand stands in for, if it does.
func absent(l Labeller) (absence, bool) {
	if s, ok := l.(standIn); ok {
		return s.StandsIn()
	}
	return absence{}, false
}

// takeNote is a sentence to put behind another where the labeller stands in for one, "" where it does not.
func takeNote(l Labeller) string {
	a, ok := absent(l)
	if !ok {
		return ""
	}
	return " Take note: " + a.sentence() + "."
}

// preparer is a Labeller that may have to be handed titles before they are decided.
type preparer interface {
	Prepares() bool
	Prepare(ctx context.Context, titles []string) error
}

// toPrepare is the labeller, if titles are to be handed to it before they are decided.
func toPrepare(l Labeller) (preparer, bool) {
	p, ok := l.(preparer)
	return p, ok && p.Prepares()
}

// relief is a Fitter that has a Labeller to take over when another fails.
type relief interface {
	StandIn(ctx context.Context, book label.Rulebook, cause error) (Labeller, error)
}

// labellerError is a failure of a labeller, as opposed to one of the state.
type labellerError struct {
	doing string
	err   error
}

func (e *labellerError) Error() string { return e.doing + ": " + e.err.Error() }
func (e *labellerError) Unwrap() error { return e.err }

// relieved lets another labeller take over after a failure of the one at hand and reports whether it did: what was being decided is then
// to be decided again, from the start. A labeller that asks nobody, or stands in already, has no relief.
func (r *Reconciler) relieved(ctx context.Context, book label.Rulebook, failure error) bool {
	var failed *labellerError
	fitter, ok := r.Fitter.(relief)
	if !ok || ctx.Err() != nil || !errors.As(failure, &failed) {
		return false
	}
	if _, ok := toPrepare(r.labeller); !ok {
		return false
	}
	other, err := fitter.StandIn(ctx, book, failed.err)
	if err != nil {
		r.Log.Error().Err(err).Msg("fit the built-in model in the place of the chosen one")
		return false
	}
	r.take(other, book)
	return true
}

// prepare hands all titles that are to be decided to a labeller that needs it.
func (r *Reconciler) prepare(ctx context.Context, labeller Labeller) error {
	p, ok := toPrepare(labeller)
	for after, done := int64(0), 0; ok; {
		titles, last, err := r.State.UndecidedTitles(ctx, r.revision, labeller.ModelID(), after, decideBatch)
		if err != nil {
			return err
		}
		if len(titles) == 0 {
			break
		}
		if err := p.Prepare(ctx, textsOf(titles)); err != nil {
			return &labellerError{fmt.Sprintf("embed %d titles", len(titles)), err}
		}
		done += len(titles)
		r.progress(ctx, "titles embedded", done)
		after = last
	}
	return nil
}

func textsOf(titles []label.TitleRow) []string {
	texts := make([]string, len(titles))
	for i, t := range titles {
		texts[i] = t.Title
	}
	return texts
}
