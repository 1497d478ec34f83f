package reconcile

import (
	"context"
	"fmt"
	"strings"

	"rolecall/label"
	"rolecall/workbook"
)

// Poll is one look at the sheet between runs: it takes in answers and corrections, turns ticks into
// requests, labels what stands in Try, and says in the sheet what it made of it. It costs one read, and
// a write only when there is something to say. It asks for a run when something was decided.
func (r *Reconciler) Poll(ctx context.Context) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	run := &run{mode: Observe}
	if err := r.observeSheet(ctx, run); err != nil {
		return err
	}
	w := run.reading.writes
	if err := r.takeRequests(ctx, run); err != nil {
		return err
	}
	if len(run.reading.Holds) == 0 && run.stopped() == "" {
		if err := r.takeTries(ctx, run); err != nil {
			return err
		}
	}
	r.takeSuggestions(run)
	if run.changed {
		if _, _, err := r.State.Enqueue(ctx, label.Request{Action: label.ActionRun, Scope: "changed", Source: sourceSheet, RequestedAt: r.Now()}); err != nil {
			return err
		}
	}
	if err := r.writeTabs(ctx, run); err != nil {
		return err
	}
	if err := r.writeControl(ctx, run); err != nil {
		return err
	}
	return r.flush(ctx, w)
}

// takeRequests turns the ticks of Control into requests. The tick is cleared when the request stands in
// the State, not before.
func (r *Reconciler) takeRequests(ctx context.Context, run *run) error {
	for _, q := range run.reading.Requests {
		if _, _, err := r.State.Enqueue(ctx, label.Request{Action: label.Action(q.Action), Scope: q.Scope, Source: sourceSheet, RequestedAt: r.Now()}); err != nil {
			return err
		}
		run.reading.writes.ticks = append(run.reading.writes.ticks, q.ID)
	}
	return nil
}

// takeTries labels the titles of Try, and makes a correction of a label picked beside one.
func (r *Reconciler) takeTries(ctx context.Context, run *run) error {
	if len(run.reading.Tries) == 0 {
		return nil
	}
	for _, t := range run.reading.Tries {
		if t.Error != "" || (!t.Opinions[label.Role].Given && !t.Opinions[label.Seniority].Given) {
			continue
		}
		c := label.Correction{Title: t.Title, Labels: t.Opinions, Scope: label.ScopeTitle, Source: label.SourceTry, SourceID: t.ID, By: "Try", At: r.Now(), Active: true}
		if kept, err := r.keptAlready(ctx, c); err != nil || kept {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := r.State.SaveCorrection(ctx, c, keyOf(t.Title)); err != nil {
			return err
		}
		run.changed = true
	}
	if err := r.bookOf(ctx, run); err != nil {
		return err
	}
	return r.labelTries(ctx, run)
}

// keptAlready says whether the same verdict on the same title is in force.
func (r *Reconciler) keptAlready(ctx context.Context, c label.Correction) (bool, error) {
	kept, err := r.State.Corrections(ctx)
	if err != nil {
		return false, err
	}
	for _, k := range kept {
		if k.TitleKey != keyOf(c.Title) || k.Scope != label.ScopeTitle {
			continue
		}
		same := true
		for _, a := range label.Axes() {
			same = same && (!c.Labels[a].Given || k.Labels[a] == c.Labels[a])
		}
		if same {
			return true, nil
		}
	}
	return false, nil
}

// labelTries writes the answer beside each title.
func (r *Reconciler) labelTries(ctx context.Context, run *run) error {
	labeller, err := r.labellerFor(ctx, run.book)
	if err != nil {
		return err
	}
	texts := make([]string, len(run.reading.Tries))
	for i, t := range run.reading.Tries {
		texts[i] = t.Title
	}
	decisions, err := labeller.Classify(ctx, texts)
	if err != nil {
		return fmt.Errorf("label the titles of Try: %w", err)
	}
	for i, t := range run.reading.Tries {
		cells := tryCells(run.book, t, decisions[i])
		if t.Target.New != nil {
			cells["try_id"] = t.ID
		}
		run.reading.writes.set(workbook.Try, t.Target, cells)
	}
	return nil
}

func tryCells(book label.Rulebook, t workbook.TryRow, d label.Decision) map[string]workbook.Cell {
	cells := map[string]workbook.Cell{}
	why := ""
	for _, a := range label.Axes() {
		f := d.Findings[a]
		cells[a.String()], cells[a.String()+"_confidence"] = nil, nil
		switch {
		case f.Value != "" && !f.Accepted:
			cells[a.String()], cells[a.String()+"_confidence"] = "("+book.Taxonomies[a].Name(f.Value)+")", round2(f.Confidence)
		case f.Value != "":
			cells[a.String()], cells[a.String()+"_confidence"] = book.Taxonomies[a].Name(f.Value), round2(f.Confidence)
		case f.Accepted:
			cells[a.String()], cells[a.String()+"_confidence"] = "none of these", round2(f.Confidence)
		}
		if f.Why != "" && why != "" {
			why += " "
		}
		why += f.Why
	}
	cells["why"] = why
	switch {
	case t.Error != "":
		cells["status"] = t.Error
	case d.Findings[label.Role].Method.IsPerson() || d.Findings[label.Seniority].Method.IsPerson():
		cells["status"] = "OK: as corrected"
	case d.Findings[label.Role].Accepted && d.Findings[label.Seniority].Accepted:
		cells["status"] = "OK"
	default:
		cells["status"] = "Unsure: in HubSpot this would go to Review"
	}
	return cells
}

// What stands in the Status cells of Control, and the source of a request that was ticked there.
const (
	statusWaiting = "REQUESTED"
	sourceSheet   = "sheet"
)

// nothingToDo is the result of a run that found nothing to do.
const nothingToDo = "Nothing to do: nothing has changed since the last run."

// notDone begins the result of a request that failed.
const notDone = "Not done: "

// requestStatus is the word for a request's Status cell.
//
//	| request                     | status    |
//	|-----------------------------|-----------|
//	| waits                       | REQUESTED |
//	| under way                   | RUNNING   |
//	| done, waits for a yes       | HELD      |
//	| done, something went wrong  | ERROR     |
//	| done                        | DONE      |
func requestStatus(q label.Request) string {
	switch {
	case q.FinishedAt.IsZero() && q.StartedAt.IsZero():
		return statusWaiting
	case q.FinishedAt.IsZero():
		return "RUNNING"
	case strings.HasPrefix(strings.ToLower(q.Result), "held"):
		return "HELD"
	case strings.HasPrefix(q.Result, notDone):
		return "ERROR"
	}
	return "DONE"
}

// asked says whether a person has ticked the action in this reading.
func (run *run) asked(action string) bool {
	for _, q := range run.reading.Requests {
		if q.ID == action {
			return true
		}
	}
	return false
}

// writeControl shows where each request stands, and how rolecall is.
func (r *Reconciler) writeControl(ctx context.Context, run *run) error {
	last, err := r.State.LastRequests(ctx)
	if err != nil {
		return err
	}
	zone := r.zone(run)
	w := run.reading.writes
	for _, a := range workbook.Actions() {
		id := string(a.Action)
		q, ok := last[label.Action(id)]
		if !ok || !run.reading.here[workbook.Control][id] {
			continue
		}
		status := requestStatus(q)
		if q.Source != sourceSheet && !run.asked(id) && w.last(workbook.Control, id, "status") != statusWaiting && (status == statusWaiting || q.Result == nothingToDo) {
			continue // the clock's own runs are shown when something came of them: a quiet hour writes nothing
		}
		w.set(workbook.Control, workbook.Target{ID: id}, map[string]workbook.Cell{
			"status": status, "requested_at": serial(q.RequestedAt, zone), "finished_at": serial(q.FinishedAt, zone), "result": q.Result,
		})
	}
	if run.reading.here[workbook.Control][workbook.HealthID] {
		w.set(workbook.Control, workbook.Target{ID: workbook.HealthID}, map[string]workbook.Cell{"status": healthStatus(run), "result": healthText(run)})
	}
	return nil
}

func healthStatus(run *run) string {
	switch {
	case run.stopped() != "":
		return "HELD"
	case run.reading.Errors > 0 || len(run.reading.Problems) > 0:
		return "LOOK"
	}
	return "OK"
}

// healthText is the health line. It holds no time of day, so that a quiet poll writes nothing.
func healthText(run *run) string {
	if reason := run.stopped(); reason != "" {
		return reason
	}
	text := fmt.Sprintf("Mode %s. %d rows with errors, %d with warnings, %d waiting for you.", run.book.Settings.Mode, run.reading.Errors, run.reading.Warnings, run.reading.Waiting)
	for _, p := range run.reading.Problems {
		text += " " + p + "."
	}
	return text
}
