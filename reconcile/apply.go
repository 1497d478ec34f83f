package reconcile

import (
	"context"
	"fmt"
	"math"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// applyChunk is the number of contacts planned, posted to the outbox and sent at a time. A crash has at most two of
// them to read back.
const applyChunk = 10_000

// settle remembers what needs no write, and turns pulled edits into what they teach: for their contacts at once. It
// says how many lessons there were.
func (r *Reconciler) settle(ctx context.Context, run *run, changes plan.Plan, rows []plan.Row) (taught int, err error) {
	teaching := map[plan.Key]bool{}
	for _, c := range changes.Changes {
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
	// The corrections first: a crash between the two settles the same edits again, which changes nothing more.
	taughtBy := make([]label.ContactID, 0, len(lessons))
	for _, l := range lessons {
		taughtBy = append(taughtBy, l.ContactID)
		c := label.Correction{Title: l.Title, Scope: label.ScopeContact, ContactID: l.ContactID, Source: label.SourceHubSpot, SourceID: string(l.ContactID), By: l.By, At: l.At, Active: true}
		c.Labels[l.Axis] = label.Opinion{Given: true, Value: l.Value}
		if _, err := r.State.SaveCorrection(ctx, c, l.TitleKey); err != nil {
			return 0, err
		}
	}
	if err := r.State.Settle(ctx, changes, rows, lessons, r.Now()); err != nil {
		return 0, err
	}
	// A correction may hold more than this edit, what was said of the contact before: the next plan looks again.
	return len(lessons), r.State.MarkDirty(ctx, taughtBy)
}

// learnTitles makes lessons hold for their titles where the team's policy says so, and asks for a run at once that gives the
// other contacts with the title the label too: this one has been planned without it.
func (r *Reconciler) learnTitles(ctx context.Context, run *run) error {
	enough := map[label.Lessons]int{label.LessonsTwo: 2, label.LessonsAlways: 1}[run.book.Settings.Lessons]
	if enough == 0 {
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
	learnt := false
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
		learnt = true
	}
	if !learnt {
		return nil
	}
	_, _, err = r.State.Enqueue(ctx, label.Request{Action: label.ActionRun, Scope: label.RunChanged, Source: "lesson", RequestedAt: r.Now()})
	return err
}

type lessonKey struct {
	title string
	axis  label.Axis
}

// apply writes the plan's pushes into HubSpot.
func (r *Reconciler) apply(ctx context.Context, run *run) error {
	if len(run.parts) == 0 {
		return nil
	}
	waiting, err := r.quarantined(ctx)
	if err != nil {
		return err
	}
	ensured, at := false, 0
	next := func(ctx context.Context) (rows []plan.OutboxRow, more bool, err error) {
		if at == len(run.parts) {
			return nil, false, nil
		}
		at++
		changes, err := r.again(ctx, run, run.parts[at-1])
		if err != nil {
			return nil, false, err
		}
		rows = outboxRows(run, changes, waiting)
		if len(rows) > 0 && !ensured { // only a run that writes looks at the properties
			ensured = true
			err = r.ensureProperties(ctx, run)
		}
		return rows, true, err
	}
	stopped, err := r.pushAll(ctx, run, next)
	if err != nil || !ensured {
		return err
	}
	if stopped {
		run.report.Outcome = plan.Partial
		return nil
	}
	run.report.Outcome = plan.Done
	if run.report.Refused > 0 {
		run.report.Outcome = plan.Partial
	}
	if run.scope == label.RunSample {
		return nil // the back-fill is still to come
	}
	return r.State.SaveSetting(ctx, plan.BackfillSetting, plan.BackfillDone)
}

// quarantined are the writes that HubSpot has refused and whose next try is still to come.
func (r *Reconciler) quarantined(ctx context.Context) (map[label.ContactID]plan.OutboxRow, error) {
	refused, err := r.State.Outbox(ctx, plan.OutboxRefused)
	if err != nil {
		return nil, err
	}
	waiting := map[label.ContactID]plan.OutboxRow{}
	for _, q := range refused {
		if q.NextAt.After(r.Now()) {
			waiting[q.ContactID] = q
		}
	}
	return waiting, nil
}

// outboxRows turns changes into one write for each contact: labels that are pushed, and beside them what decided the first
// of them and how sure the less sure one is; or, where none is, whose the labels are. A contact in quarantine waits
// for its next try, unless something else is wanted of it now.
func outboxRows(run *run, changes []plan.Change, waiting map[label.ContactID]plan.OutboxRow) []plan.OutboxRow {
	settings := run.book.Settings
	var out []plan.OutboxRow
	pushed := map[label.ContactID]bool{}
	for _, c := range changes {
		pushed[c.Key.ContactID] = pushed[c.Key.ContactID] || c.Verb == plan.Push
	}
	for _, c := range changes {
		if c.Verb == plan.Attribute && pushed[c.Key.ContactID] {
			continue
		}
		if len(out) == 0 || out[len(out)-1].ContactID != c.Key.ContactID {
			out = append(out, plan.OutboxRow{RunID: run.id, ContactID: c.Key.ContactID, TitleKey: c.TitleKey})
		}
		row := &out[len(out)-1]
		if c.Verb == plan.Push {
			to := c.To
			row.Want[c.Key.Axis], row.Before[c.Key.Axis], row.Base[c.Key.Axis] = &to, c.From, c.Base
		}
		confidence := c.Confidence
		if c.Unsure {
			confidence = math.NaN()
		}
		if settings.WriteConfidence && (row.Confidence == nil || c.Unsure || confidence < *row.Confidence) { // a blank one stays blank
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
	return kept
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

// ensureProperties keeps our HubSpot properties in step with the taxonomies.
func (r *Reconciler) ensureProperties(ctx context.Context, run *run) error {
	s := run.book.Settings
	problems, err := r.CRM.EnsureProperties(ctx, label.Properties{Taxonomies: run.book.Taxonomies, WriteConfidence: s.WriteConfidence, WriteSource: s.WriteSource, MapOnto: s.MapOntoHubSpot})
	if err != nil {
		return fmt.Errorf("prepare the properties in HubSpot: %w", err)
	}
	r.ensured = problems
	return nil
}
