package reconcile

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"rolecall/label"
	"rolecall/plan"
)

// Undo takes back what a run wrote into HubSpot: each label returns to what it was, where HubSpot still
// shows ours. The base returns too, and the cells are held while the rulebook stays the same, so that
// the next run neither learns the old value nor pushes ours again. name is "run-12", "12", or "" for the
// last run that wrote something.
func (r *Reconciler) Undo(ctx context.Context, name string) (plan.Report, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	target, err := r.runToUndo(ctx, name)
	if err != nil {
		return plan.Report{}, err
	}
	run, err := r.begin(ctx, "undo", Apply)
	if err != nil {
		return plan.Report{}, err
	}
	return r.end(ctx, run, r.undo(ctx, run, target))
}

func (r *Reconciler) runToUndo(ctx context.Context, name string) (int64, error) {
	if name == "" {
		id, err := r.State.LastUndoable(ctx)
		if err == nil && id == 0 {
			err = fmt.Errorf("no run has written anything that could be undone")
		}
		return id, err
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(name, "run-"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("%q is no run: name it as the Runs tab does, for example run-12", name)
	}
	return id, nil
}

func (r *Reconciler) undo(ctx context.Context, run *run, target int64) error {
	if err := r.observeSheet(ctx, run); err != nil {
		return err
	}
	run.mode = Apply // an undo is a person's order, whatever the mode
	if err := r.recover(ctx, run); err != nil {
		return err
	}
	done, err := r.State.Journal(ctx, target)
	if err != nil {
		return err
	}
	if len(done) == 0 {
		return fmt.Errorf("run-%d wrote nothing into HubSpot, so there is nothing to undo", target)
	}
	contacts, err := r.CRM.Read(ctx, idsOf(done), false)
	if err != nil {
		return fmt.Errorf("read what HubSpot shows now: %w", err)
	}
	now, keyByID := map[plan.Key]label.Value{}, map[label.ContactID]string{}
	for i := range contacts {
		c := &contacts[i]
		c.TitleKey = keyOf(c.Title)
		keyByID[c.ID] = c.TitleKey
		for _, a := range label.Axes() {
			now[plan.Key{ContactID: c.ID, Axis: a}] = c.Labels[a]
		}
	}
	if _, err := r.State.SaveContacts(ctx, contacts); err != nil {
		return err
	}
	inverse, kept := plan.Inverse(present(done, keyByID), now)
	if err := r.holdCells(ctx, run, inverse); err != nil {
		return err
	}
	rows := undoRows(run.id, inverse, keyByID)
	r.unsay(ctx, run, rows)
	stopped, err := r.pushAll(ctx, run, func(context.Context) ([]plan.OutboxRow, bool, error) {
		n := min(r.Chunk, len(rows))
		chunk := rows[:n]
		rows = rows[n:]
		return chunk, n > 0, nil
	})
	if err != nil || stopped {
		return err
	}
	run.report.Outcome = plan.Done
	run.report.Message = fmt.Sprintf("Undid run-%d: %d contacts restored, %d labels left alone because somebody has changed them since.", target, run.report.Written, kept)
	run.changed = true
	if err := r.State.MarkUndone(ctx, target); err != nil {
		return err
	}
	return r.record(ctx, run)
}

func idsOf(done []plan.Applied) []label.ContactID {
	var ids []label.ContactID
	for _, d := range done {
		if len(ids) == 0 || ids[len(ids)-1] != d.Key.ContactID {
			ids = append(ids, d.Key.ContactID)
		}
	}
	return ids
}

// present leaves out contacts that HubSpot no longer has.
func present(done []plan.Applied, here map[label.ContactID]string) []plan.Applied {
	var out []plan.Applied
	for _, d := range done {
		if _, ok := here[d.Key.ContactID]; ok {
			out = append(out, d)
		}
	}
	return out
}

// holdCells keeps the undone cells from being pushed again by the rulebook that pushed them.
func (r *Reconciler) holdCells(ctx context.Context, run *run, inverse plan.Plan) error {
	if _, err := r.labellerFor(ctx, run.book); err != nil {
		return err
	}
	keys := make([]plan.Key, len(inverse.Changes))
	for i, c := range inverse.Changes {
		keys[i] = c.Key
	}
	return r.State.Hold(ctx, keys, r.revision)
}

// unsay empties what HubSpot shows beside labels that are taken back: how sure rolecall was, and what had decided, is true of
// them no more. That it cannot be done is no reason not to take them back.
func (r *Reconciler) unsay(ctx context.Context, run *run, rows []plan.OutboxRow) {
	s := run.book.Settings
	if len(rows) == 0 || !s.WriteConfidence && !s.WriteSource {
		return
	}
	if err := r.ensureProperties(ctx, run); err != nil { // a setting may have been switched on since the run
		r.Log.Warn().Err(err).Msg("empty confidence and source of labels that are taken back")
		return
	}
	nothing, blank := "", math.NaN()
	for i := range rows {
		if s.WriteConfidence {
			rows[i].Confidence = &blank
		}
		if s.WriteSource {
			rows[i].Source = &nothing
		}
	}
}

// undoRows are the inverse's changes as one write a contact.
func undoRows(runID int64, inverse plan.Plan, keyByID map[label.ContactID]string) []plan.OutboxRow {
	var rows []plan.OutboxRow
	for _, c := range inverse.Changes {
		if len(rows) == 0 || rows[len(rows)-1].ContactID != c.Key.ContactID {
			rows = append(rows, plan.OutboxRow{RunID: runID, ContactID: c.Key.ContactID, TitleKey: keyByID[c.Key.ContactID], Reason: "undo", Undo: true})
		}
		row := &rows[len(rows)-1]
		to := c.To
		row.Want[c.Key.Axis], row.Before[c.Key.Axis], row.Base[c.Key.Axis] = &to, c.From, c.Base
	}
	return rows
}
