package reconcile

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"rolecall/label"
	"rolecall/title"
)

// pagesAhead is the number of pages that may be read before they are kept; keepTogether how many contacts are kept in
// one transaction where more than one page waits.
const (
	pagesAhead   = 64
	keepTogether = 2000
)

// errEnough ends a reading that has seen as many contacts as it wants.
var errEnough = errors.New("enough")

// page is a page of contacts and the cursor that holds after it.
type page struct {
	contacts []label.Contact
	cursor   label.Cursor
}

// observeHubSpot reads what changed in HubSpot since the cursor into the mirror. While pages are on their way the
// classifier is fitted, and those before are kept and their titles decided, so that a first read takes no longer than
// HubSpot's limits demand.
func (r *Reconciler) observeHubSpot(ctx context.Context, run *run) error {
	since, err := r.State.Cursor(ctx, "contacts")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pages, kept := make(chan page, pagesAhead), make(chan int, 1)
	var group errgroup.Group
	next := since
	group.Go(func() (err error) {
		defer close(pages)
		next, err = r.readPages(ctx, run, since, pages)
		return err
	})
	group.Go(func() error {
		defer close(kept)
		return cancelled(cancel, r.keepPages(context.WithoutCancel(ctx), run, pages, kept))
	})
	group.Go(func() error {
		return cancelled(cancel, r.decideMeanwhile(ctx, run, kept))
	})
	if err := group.Wait(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return err
	}
	run.changed = run.changed || run.found > 0
	if next == since {
		return nil
	}
	return r.State.SaveCursor(ctx, "contacts", next)
}

// cancelled ends what goes on beside a step that failed.
func cancelled(cancel context.CancelCauseFunc, err error) error {
	if err != nil {
		cancel(err)
	}
	return err
}

// readPages hands every page on.
func (r *Reconciler) readPages(ctx context.Context, run *run, since label.Cursor, pages chan<- page) (label.Cursor, error) {
	read, cut := 0, since
	next, err := r.CRM.Changed(ctx, since, func(contacts []label.Contact, cursor label.Cursor) error {
		select {
		case pages <- page{contacts, cursor}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if read += len(contacts); run.scope == label.RunSample && read >= sampleSize {
			cut = cursor
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return cut, nil
	case err != nil:
		return next, fmt.Errorf("read contacts from HubSpot: %w", err)
	}
	return next, nil
}

// keepPages mirrors pages, several at a time where they come faster than they are kept.
func (r *Reconciler) keepPages(ctx context.Context, run *run, pages <-chan page, kept chan<- int) error {
	for p := range pages {
		for more := true; more && len(p.contacts) < keepTogether; {
			select {
			case next, ok := <-pages:
				if more = ok; ok {
					p = page{append(p.contacts, next.contacts...), next.cursor}
				}
			default:
				more = false
			}
		}
		if err := r.keepPage(ctx, run, p); err != nil {
			return err
		}
		select { // the decider looks when it has time
		case kept <- run.report.Read:
		default:
		}
	}
	return nil
}

// keepPage mirrors one page, then moves the cursor: a crash between the two reads the page again.
func (r *Reconciler) keepPage(ctx context.Context, run *run, p page) error {
	for i := range p.contacts {
		p.contacts[i].TitleKey = string(title.KeyOf(p.contacts[i].Title))
	}
	changed, err := r.State.SaveContacts(ctx, p.contacts)
	if err != nil {
		return err
	}
	run.report.Read += len(p.contacts)
	run.found += changed
	r.progress(ctx, "contacts read", run.report.Read)
	if changed == 0 && p.cursor.After == "" {
		return nil
	}
	return r.State.SaveCursor(ctx, "contacts", p.cursor)
}

// decideMeanwhile decides titles as their contacts come in; what is left over is decided when all are there. With a labeller that must
// be asked for all titles before the first is decided, that is all of them.
func (r *Reconciler) decideMeanwhile(ctx context.Context, run *run, kept <-chan int) error {
	if run.stopped() != "" {
		return nil
	}
	labeller, err := r.labellerFor(ctx, run.book)
	if err != nil {
		return err
	}
	if _, ok := toPrepare(labeller); ok {
		return nil
	}
	after, seen := int64(0), 0
	for read := range kept {
		if read-seen < decideBatch {
			continue
		}
		seen = read
		for n := decideBatch; n == decideBatch; {
			if after, n, err = r.decideSome(ctx, run, labeller, after); err != nil {
				return err
			}
		}
	}
	return nil
}
