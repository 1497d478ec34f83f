package reconcile

import (
	"context"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// applyChunk is the number of contacts posted to the outbox and sent at a time. A crash has at most
// this many to read back.
const applyChunk = 10_000

// settle remembers what needs no write, and turns pulled edits into what they teach.
func (r *Reconciler) settle(ctx context.Context, run *run) error {
	if len(run.rows) == 0 {
		return nil
	}
	teaching := map[plan.Key]bool{}
	for _, c := range run.plan.Only(plan.Pull) {
		if c.Teaches {
			teaching[c.Key] = true
		}
	}
	var lessons []label.Lesson
	for _, l := range run.lessons {
		if teaching[plan.Key{ContactID: l.ContactID, Axis: l.Axis}] {
			lessons = append(lessons, l)
		}
	}
	if err := r.State.Settle(ctx, run.plan, run.rows, lessons, r.Now()); err != nil {
		return err
	}
	return r.learn(ctx, run, lessons)
}

// learn makes each lesson hold for its contact at once, and for the title when the team's policy says so.
func (r *Reconciler) learn(ctx context.Context, run *run, lessons []label.Lesson) error {
	for _, l := range lessons {
		c := label.Correction{Title: l.Title, Scope: label.ScopeContact, ContactID: l.ContactID, Source: label.SourceHubSpot, SourceID: string(l.ContactID), By: l.By, At: l.At, Active: true}
		c.Labels[l.Axis] = label.Opinion{Given: true, Value: l.Value}
		if _, err := r.State.SaveCorrection(ctx, c, l.TitleKey); err != nil {
			return err
		}
	}
	enough := map[label.Lessons]int{label.LessonsTwo: 2, label.LessonsAlways: 1}[run.book.Settings.Lessons]
	if len(lessons) == 0 || enough == 0 {
		return nil
	}
	groups, err := r.State.LessonGroups(ctx)
	if err != nil {
		return err
	}
	values := map[lessonKey]int{}
	for _, g := range groups {
		values[lessonKey{g.TitleKey, g.Axis}]++
	}
	for _, g := range groups {
		if g.Contacts < enough || values[lessonKey{g.TitleKey, g.Axis}] > 1 {
			continue // too few, or they contradict each other: Review asks
		}
		c := label.Correction{Title: g.Title, Scope: label.ScopeTitle, Source: label.SourceHubSpot, By: g.By, At: r.Now(), Active: true,
			Note: fmt.Sprintf("%d contacts were edited to this in HubSpot", g.Contacts)}
		c.Labels[g.Axis] = label.Opinion{Given: true, Value: g.Value}
		if _, err := r.State.SaveCorrection(ctx, c, g.TitleKey); err != nil {
			return err
		}
		if err := r.State.ForgetLessons(ctx, g.TitleKey, g.Axis); err != nil {
			return err
		}
	}
	return nil
}

type lessonKey struct {
	title string
	axis  label.Axis
}

// apply writes the plan's pushes into HubSpot.
func (r *Reconciler) apply(ctx context.Context, run *run) error {
	rows, err := r.outboxRows(ctx, run)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := r.ensureProperties(ctx, run); err != nil {
		return err
	}
	for len(rows) > 0 {
		n := min(applyChunk, len(rows))
		stopped, err := r.push(ctx, run, rows[:n])
		if err != nil {
			return err
		}
		if stopped {
			run.report.Outcome = plan.Partial
			return nil
		}
		rows = rows[n:]
	}
	run.report.Outcome = plan.Done
	if run.report.Refused > 0 {
		run.report.Outcome = plan.Partial
	}
	return r.State.SaveSetting(ctx, settingBackfill, "done")
}

// outboxRows turns pushes into one write for each contact. A contact in quarantine waits for its next
// try, unless something else is wanted of it now.
func (r *Reconciler) outboxRows(ctx context.Context, run *run) ([]plan.OutboxRow, error) {
	refused, err := r.State.Outbox(ctx, "refused")
	if err != nil {
		return nil, err
	}
	waiting := map[label.ContactID]plan.OutboxRow{}
	for _, q := range refused {
		if q.NextAt.After(r.Now()) {
			waiting[q.ContactID] = q
		}
	}
	settings := run.book.Settings
	var out []plan.OutboxRow
	for _, c := range run.plan.Only(plan.Push) {
		if len(out) == 0 || out[len(out)-1].ContactID != c.Key.ContactID {
			out = append(out, plan.OutboxRow{RunID: run.id, ContactID: c.Key.ContactID, TitleKey: c.TitleKey})
		}
		row := &out[len(out)-1]
		to := c.To
		row.Want[c.Key.Axis], row.Before[c.Key.Axis], row.Base[c.Key.Axis] = &to, c.From, c.Base
		if settings.WriteConfidence && (row.Confidence == nil || c.Confidence < *row.Confidence) {
			confidence := c.Confidence
			row.Confidence = &confidence
		}
		reason := reasonOf(c)
		if settings.WriteSource && row.Source == nil {
			source := string(c.Method)
			row.Source = &source
		}
		if row.Reason == "" {
			row.Reason = reason
		}
	}
	kept := out[:0]
	for _, row := range out {
		if q, ok := waiting[row.ContactID]; !ok || !sameWant(q.Want, row.Want) {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

func sameWant(a, b [label.AxisCount]*label.Value) bool {
	for i := range a {
		if (a[i] == nil) != (b[i] == nil) || a[i] != nil && *a[i] != *b[i] {
			return false
		}
	}
	return true
}

func reasonOf(c plan.Change) string {
	if c.RuleID != "" {
		return string(c.Method) + " " + c.RuleID
	}
	return string(c.Method)
}

// push posts rows, sends them and records what became of each. stopped is true when HubSpot's side
// ended the sending (its answers looked wrong): the rest waits for the next run.
func (r *Reconciler) push(ctx context.Context, run *run, rows []plan.OutboxRow) (stopped bool, err error) {
	rows, err = r.State.Post(ctx, rows, r.Now())
	if err != nil {
		return false, err
	}
	if err := r.State.MarkInFlight(ctx, rows); err != nil {
		return false, err
	}
	writes := make([]plan.Write, len(rows))
	for i, row := range rows {
		writes[i] = row.Write()
	}
	results, sendErr := r.CRM.Write(ctx, writes)
	if len(results) != len(rows) {
		// Nothing can be said of any row: all stay in flight and are read back at the next start.
		if sendErr == nil {
			sendErr = fmt.Errorf("HubSpot's adapter answered %d of %d writes", len(results), len(rows))
		}
		return false, fmt.Errorf("write labels into HubSpot: %w", sendErr)
	}
	// What HubSpot said is kept even when this run is being stopped.
	stopped, err = r.recordFates(context.WithoutCancel(ctx), run, rows, results)
	if sendErr != nil {
		return stopped, fmt.Errorf("write labels into HubSpot: %w", sendErr)
	}
	return stopped, err
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
		run.report.Written += len(taken)
		r.Progress("contacts written", run.report.Written)
	}
	if err := r.State.MarkGone(ctx, gone); err != nil {
		return false, err
	}
	if err := r.State.Drop(ctx, unsent); err != nil {
		return false, err
	}
	return len(unsent) > 0, r.readBack(ctx, run, unknown)
}

// retryAfter is when a refused row is tried again: 1 hour, 6 hours, 24 hours, then weekly.
func retryAfter(attempts int) time.Duration {
	switch attempts {
	case 0, 1:
		return time.Hour
	case 2:
		return 6 * time.Hour
	case 3:
		return 24 * time.Hour
	}
	return 7 * 24 * time.Hour
}

// recover clears what a run that was cut off left in the outbox: rows that were never sent are planned
// anew, rows in flight are read back before anything is sent again.
func (r *Reconciler) recover(ctx context.Context, run *run) error {
	if run.mode == Preview {
		return nil
	}
	pending, err := r.State.Outbox(ctx, "pending")
	if err != nil {
		return err
	}
	if err := r.State.Drop(ctx, pending); err != nil {
		return err
	}
	inflight, err := r.State.Outbox(ctx, "inflight")
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
		case arrived(row, c):
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

// ensureProperties keeps our HubSpot properties in step with the taxonomies.
func (r *Reconciler) ensureProperties(ctx context.Context, run *run) error {
	portal, err := r.State.Portal(ctx)
	if err != nil {
		return err
	}
	s := run.book.Settings
	problems, err := r.CRM.EnsureProperties(ctx, label.Properties{Taxonomies: run.book.Taxonomies, WriteConfidence: s.WriteConfidence, WriteSource: s.WriteSource, InUse: portal.Labelled, MapOnto: s.MapOntoHubSpot})
	if err != nil {
		return fmt.Errorf("prepare the properties in HubSpot: %w", err)
	}
	r.ensured = problems
	return nil
}
