package reconcile

import (
	"context"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/workbook"
)

// progress tells how far a step is. In a long run it also looks at the sheet now and then, see glance.
func (r *Reconciler) progress(ctx context.Context, step string, done int) {
	r.told.Lock()
	defer r.told.Unlock()
	r.Progress(step, done)
	if r.GlanceEvery <= 0 {
		return
	}
	now := r.Now()
	if r.glanced.IsZero() {
		r.glanced = now
	}
	if now.Sub(r.glanced) < r.GlanceEvery || !r.glancing.TryLock() {
		return
	}
	r.glanced = now
	r.glances.Go(func() {
		defer r.glancing.Unlock()
		if err := r.glance(ctx, fmt.Sprintf("%s so far: %s", step, thousands(done))); err != nil && ctx.Err() == nil {
			r.Log.Warn().Err(err).Msg("look at the sheet during a run")
		}
	})
}

// glance is a look at the sheet while a run has its turn: people's edits are kept, ticks become requests, and Control
// says how far the run is. What was decided is taken in at the first poll after the run.
func (r *Reconciler) glance(ctx context.Context, far string) error {
	snap, err := r.Sheet.Read(ctx)
	if err != nil {
		return fmt.Errorf("read the sheet: %w", err)
	}
	good, err := r.State.Setting(ctx, settingLastGood)
	if err != nil {
		return err
	}
	read, err := r.understand(snap, good, false)
	if err != nil {
		return err
	}
	if _, err := r.State.SaveEdits(ctx, cellsOf(read.PeopleCells), r.Now()); err != nil {
		return err
	}
	read.writes = r.newSheetWrites(ctx)
	run := &run{reading: read}
	if err := r.takeRequests(ctx, run); err != nil {
		return err
	}
	if err := r.showRequests(ctx, run, far); err != nil {
		return err
	}
	return r.flush(ctx, read.writes)
}

// showRequests shows on Control which requests wait and which is under way, and how far that is.
func (r *Reconciler) showRequests(ctx context.Context, run *run, far string) error {
	last, err := r.State.LastRequests(ctx)
	if err != nil {
		return err
	}
	for action, q := range last {
		if !q.FinishedAt.IsZero() || !run.reading.here[workbook.Control][string(action)] {
			continue
		}
		if !q.StartedAt.IsZero() {
			q.Result = far
		}
		run.reading.writes.set(workbook.Control, workbook.Target{ID: string(action)}, requestCells(q, r.zone(run)))
	}
	return nil
}

// showRunning says on Control that a request of a person is under way. That it cannot be said is no reason not to do it.
func (r *Reconciler) showRunning(ctx context.Context, q label.Request) {
	if q.Source != sourceSheet {
		return // the clock's own are shown when they take long
	}
	zone := time.UTC
	if v, ok := r.View(); ok {
		if z, err := time.LoadLocation(v.Settings.TimeZone); err == nil {
			zone = z
		}
	}
	w := r.newSheetWrites(ctx)
	w.set(workbook.Control, workbook.Target{ID: string(q.Action)}, requestCells(q, zone))
	if err := r.flush(ctx, w); err != nil {
		r.Log.Warn().Err(err).Msg("show on Control that a request is under way")
	}
}
