package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"rolecall/label"
	"rolecall/plan"
)

// pushAll sends what next gives, until it says that there is no more. While one chunk is on its way to HubSpot the next
// is planned and posted, and what became of the one before is recorded: HubSpot's limits are the only thing that it
// waits for. stopped is true when HubSpot's side ended the sending (its answers looked wrong): the rest waits for the
// next run.
func (r *Reconciler) pushAll(ctx context.Context, run *run, next func(context.Context) (rows []plan.OutboxRow, more bool, err error)) (stopped bool, err error) {
	ahead, cancel := context.WithCancel(ctx)
	defer cancel()
	posted := make(chan []plan.OutboxRow)
	var poster errgroup.Group
	poster.Go(func() error { return r.postAll(ahead, next, posted) })

	before := func() (bool, error) { return false, nil } // waits for the recording of the chunk before
	for rows := range posted {
		results, sendErr := r.send(ctx, rows)
		stopped, err = before()
		// What HubSpot said is kept even when this run is being stopped.
		before = r.recording(context.WithoutCancel(ctx), run, rows, results)
		if err = errors.Join(err, sendErr); err != nil || stopped {
			break
		}
	}
	last, lastErr := before()
	cancel()
	for rows := range posted { // posted, and never sent
		err = errors.Join(err, r.State.Drop(context.WithoutCancel(ctx), rows))
	}
	if postErr := poster.Wait(); ctx.Err() != nil || !errors.Is(postErr, context.Canceled) {
		err = errors.Join(err, postErr)
	}
	return stopped || last, errors.Join(err, lastErr)
}

// postAll posts each chunk to the outbox, marks it as sent, and hands it on.
func (r *Reconciler) postAll(ctx context.Context, next func(context.Context) ([]plan.OutboxRow, bool, error), posted chan<- []plan.OutboxRow) error {
	defer close(posted)
	for {
		rows, more, err := next(ctx)
		if err != nil || !more {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		if rows, err = r.State.Post(ctx, rows, r.Now()); err != nil {
			return err
		}
		if err := r.State.MarkInFlight(ctx, rows); err != nil {
			return err
		}
		select {
		case posted <- rows:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), r.State.Drop(context.WithoutCancel(ctx), rows))
		}
	}
}

// send asks HubSpot for the writes of rows. results is nil when nothing can be said of any row: all stay in flight and
// are read back at the next start.
func (r *Reconciler) send(ctx context.Context, rows []plan.OutboxRow) (results []plan.Result, err error) {
	writes := make([]plan.Write, len(rows))
	for i, row := range rows {
		writes[i] = row.Write()
	}
	results, err = r.CRM.Write(ctx, writes)
	if len(results) != len(rows) {
		if err == nil {
			err = fmt.Errorf("HubSpot's adapter answered %d of %d writes", len(results), len(rows))
		}
		results = nil
	}
	if err != nil {
		return results, fmt.Errorf("write labels into HubSpot: %w", err)
	}
	return results, nil
}

// recording starts to keep what became of rows; the function that it returns waits for the end of it.
func (r *Reconciler) recording(ctx context.Context, run *run, rows []plan.OutboxRow, results []plan.Result) func() (stopped bool, err error) {
	var group errgroup.Group
	stopped := false
	group.Go(func() (err error) {
		stopped, err = r.recordFates(ctx, run, rows, results)
		return err
	})
	return func() (bool, error) {
		err := group.Wait()
		return stopped, err
	}
}

// recordFates keeps what became of each row.
func (r *Reconciler) recordFates(ctx context.Context, run *run, rows []plan.OutboxRow, results []plan.Result) (stopped bool, err error) {
	var taken, unknown, unsent []plan.OutboxRow
	var at []time.Time
	var gone []label.ContactID
	for i, res := range results {
		switch res.Fate {
		case plan.Taken:
			taken, at = append(taken, rows[i]), append(at, res.At)
		case plan.Unknown:
			unknown = append(unknown, rows[i])
		case plan.Gone:
			gone = append(gone, rows[i].ContactID)
		case plan.NotSent:
			unsent = append(unsent, rows[i])
		case plan.Refused:
			run.report.Refused++
			if err := r.State.Refuse(ctx, rows[i], res, r.Now().Add(retryAfter(rows[i].Attempts))); err != nil {
				return false, err
			}
		}
	}
	if len(taken) > 0 {
		if err := r.State.Confirm(ctx, taken, at); err != nil {
			return false, err
		}
		for _, row := range taken {
			if row.WantsLabel() {
				run.report.Written++
			} else {
				run.report.Attributed++
			}
		}
		r.progress(ctx, "contacts written", run.report.Written)
	}
	if err := r.State.MarkGone(ctx, gone); err != nil {
		return false, err
	}
	if err := r.State.Drop(ctx, unsent); err != nil {
		return false, err
	}
	return len(unsent) > 0, r.readBack(ctx, run, unknown)
}
