package reconcile

import (
	"context"
	"fmt"

	"rolecall/label"
	"rolecall/plan"
)

// Work takes the oldest open request and does it; ok is false when there is none. Every run goes this
// way, whoever asked: the sheet, the clock, the start, the command line. The error is of the State; what
// went wrong inside the request is in its result and in the report's Cause.
func (r *Reconciler) Work(ctx context.Context) (report plan.Report, ok bool, err error) {
	q, ok, err := r.State.TakeRequest(ctx, r.Now())
	if err != nil || !ok {
		return plan.Report{}, false, err
	}
	r.showRunning(ctx, q)
	report, result := r.do(ctx, q)
	r.Log.Info().Int64("request", q.ID).Str("action", string(q.Action)).Str("source", q.Source).Str("outcome", string(report.Outcome)).Msg("request done")
	return report, true, r.State.FinishRequest(context.WithoutCancel(ctx), q.ID, result, r.Now())
}

// do does one request and says in plain words what came of it.
func (r *Reconciler) do(ctx context.Context, q label.Request) (plan.Report, string) {
	var report plan.Report
	var err error
	said := ""
	switch q.Action {
	case label.ActionRun:
		if q.Scope == label.RunAll {
			_, err = r.Sweep(ctx)
		}
		if err == nil {
			report, err = r.RunScope(ctx, Apply, q.Scope)
		}
	case label.ActionPreview:
		report, err = r.RunScope(ctx, Preview, q.Scope)
	case label.ActionUndo:
		report, err = r.Undo(ctx, undoTarget(q))
	case label.ActionRetrain:
		said, err = r.Retrain(ctx)
	case label.ActionCheck:
		said, err = r.CheckSheet(ctx)
	case label.ActionAccept:
		if said, err = r.Approve(ctx); err == nil {
			_, _, err = r.State.Enqueue(ctx, label.Request{Action: label.ActionRun, Scope: q.Scope, Source: q.Source, RequestedAt: r.Now()})
		}
	case label.ActionSweep:
		var missed int
		missed, err = r.Sweep(ctx)
		said = fmt.Sprintf("Every contact was read again; %d had changed unnoticed.", missed)
	case label.ActionTidy:
		said, err = r.Tidy(ctx)
	default:
		err = fmt.Errorf("%q is no action that rolecall knows", q.Action)
	}
	report.Cause = err
	switch {
	case err != nil && ctx.Err() != nil:
		report.Outcome = plan.Failed
		return report, "Stopped before it was done; it goes on at the next start."
	case err != nil:
		report.Outcome = plan.Failed
		return report, notDone + err.Error()
	case said != "":
		report.Outcome, report.Message = plan.Done, said
		return report, said
	case report.Message == "" && report.Outcome == plan.Nothing:
		return report, nothingToDo
	}
	return report, report.Message
}

// undoTarget reads a request's scope: the command line names a run, the sheet means the last.
func undoTarget(q label.Request) string {
	if q.Source == sourceSheet {
		return ""
	}
	return q.Scope
}

// CheckSheet reads the sheet, writes all checks anew and sums them up.
func (r *Reconciler) CheckSheet(ctx context.Context) (string, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	run := &run{mode: Observe}
	if err := r.observeSheet(ctx, run); err != nil {
		return "", err
	}
	run.reading.writes.anew, r.unsaid = true, true
	if err := r.writeTabs(ctx, run); err != nil {
		return "", err
	}
	if err := r.flush(ctx, run.reading.writes); err != nil {
		return "", err
	}
	return r.healthText(ctx, run)
}
