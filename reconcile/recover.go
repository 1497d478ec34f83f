package reconcile

import (
	"context"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// recover clears what a run that was cut off left in the outbox: rows that were never sent are planned
// anew, rows in flight are read back before anything is sent again.
func (r *Reconciler) recover(ctx context.Context, run *run) error {
	if run.mode == Preview {
		return nil
	}
	pending, err := r.State.Outbox(ctx, plan.OutboxPending)
	if err != nil {
		return err
	}
	if err := r.State.Drop(ctx, pending); err != nil {
		return err
	}
	inflight, err := r.State.Outbox(ctx, plan.OutboxInFlight)
	if err != nil {
		return err
	}
	return r.readBack(ctx, run, inflight)
}

// readBack settles rows of which nobody knows whether HubSpot took them, by reading the contacts.
//
//	| HubSpot shows         | then                                              |
//	|-----------------------|---------------------------------------------------|
//	| what was wanted       | done: journal and base as if it had answered      |
//	| (no label was wanted) | planned anew: whose a label is may be said twice  |
//	| what was there before | it never arrived: planned anew                    |
//	| something else        | somebody edited it meanwhile: the next plan merges |
//	| no such contact       | gone                                              |
func (r *Reconciler) readBack(ctx context.Context, run *run, rows []plan.OutboxRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]label.ContactID, len(rows))
	for i, row := range rows {
		ids[i] = row.ContactID
	}
	contacts, err := r.CRM.Read(ctx, ids, false)
	if err != nil {
		return fmt.Errorf("read back %d writes of unknown outcome: %w", len(rows), err)
	}
	now := map[label.ContactID]label.Contact{}
	for i := range contacts {
		contacts[i].TitleKey = keyOf(contacts[i].Title)
		now[contacts[i].ID] = contacts[i]
	}
	var done, again []plan.OutboxRow
	var at []time.Time
	var gone []label.ContactID
	for _, row := range rows {
		c, ok := now[row.ContactID]
		switch {
		case !ok || c.MergedInto != "":
			gone = append(gone, row.ContactID)
		case row.WantsLabel() && arrived(row, c):
			done, at = append(done, row), append(at, c.ModifiedAt)
		default:
			again = append(again, row)
		}
	}
	if err := r.State.Confirm(ctx, done, at); err != nil {
		return err
	}
	run.report.Written += len(done)
	if _, err := r.State.SaveContacts(ctx, contacts); err != nil {
		return err
	}
	if err := r.State.Drop(ctx, again); err != nil {
		return err
	}
	run.changed = true
	return r.State.MarkGone(ctx, gone)
}

// arrived says whether the contact shows all that the row wanted.
func arrived(row plan.OutboxRow, c label.Contact) bool {
	for _, a := range label.Axes() {
		if row.Want[a] != nil && c.Labels[a] != *row.Want[a] {
			return false
		}
	}
	return true
}
