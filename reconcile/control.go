package reconcile

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/workbook"
)

// What stands in the Status cells of Control, and the source of a request that was ticked there.
const (
	statusWaiting = "REQUESTED"
	statusRunning = "RUNNING"
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
		return statusRunning
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
		shown := w.last(workbook.Control, id, "status")
		pending := shown == statusWaiting || shown == statusRunning
		if q.Source != sourceSheet && !run.asked(id) && !pending && (q.FinishedAt.IsZero() || q.Result == nothingToDo) {
			continue // the clock's own runs are shown when something came of them: a quiet hour writes nothing
		}
		w.set(workbook.Control, workbook.Target{ID: id}, requestCells(q, zone))
	}
	if !run.reading.here[workbook.Control][workbook.HealthID] {
		return nil
	}
	text, err := r.healthText(ctx, run)
	w.set(workbook.Control, workbook.Target{ID: workbook.HealthID}, map[string]workbook.Cell{"status": r.healthStatus(run), "result": text})
	return err
}

// requestCells say where a request stands.
func requestCells(q label.Request, zone *time.Location) map[string]workbook.Cell {
	return map[string]workbook.Cell{"status": requestStatus(q), "requested_at": serial(q.RequestedAt, zone), "finished_at": serial(q.FinishedAt, zone), "result": q.Result}
}

func (r *Reconciler) healthStatus(run *run) string {
	_, away := absent(r.labeller)
	switch {
	case run.stopped() != "":
		return "HELD"
	case away || run.reading.Errors > 0 || len(run.reading.Problems) > 0:
		return "LOOK"
	}
	return "OK"
}

// settingWaiting keeps how many questions wait beyond the cap of Review.
const settingWaiting = "review_waiting"

// healthText is the health line. It holds no time of day, so that a quiet poll writes nothing.
func (r *Reconciler) healthText(ctx context.Context, run *run) (string, error) {
	if reason := run.stopped(); reason != "" {
		return reason, nil
	}
	text := fmt.Sprintf("Mode %s. %d rows with errors, %d with warnings, %d waiting for you.", run.book.Settings.Mode, run.reading.Errors, run.reading.Warnings, run.reading.Waiting)
	more, err := r.State.Setting(ctx, settingWaiting)
	if err != nil {
		return "", err
	}
	if n, _ := strconv.Atoi(more); n > 0 { // never set: none
		text += fmt.Sprintf(" Review is full: %s more questions are waiting.", thousands(n))
	}
	refused, err := r.State.Outbox(ctx, plan.OutboxRefused)
	if err != nil {
		return "", err
	}
	if n := len(refused); n > 0 {
		text += fmt.Sprintf(" HubSpot refused %s contacts; they are tried again.", thousands(n))
	}
	for _, p := range run.reading.Problems {
		text += " " + p + "."
	}
	if a, ok := absent(r.labeller); ok {
		said := a.sentence()
		text += " " + strings.ToUpper(said[:1]) + said[1:] + "."
	}
	return text, nil
}

// thousands is a number as people write it: 3,412.
func thousands(n int) string { return message.NewPrinter(language.English).Sprintf("%d", n) }
