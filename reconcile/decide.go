package reconcile

import (
	"context"
	"fmt"

	"rolecall/label"
	"rolecall/plan"
)

// decideBatch is the number of distinct titles decided and kept at a time.
const decideBatch = 5000

// decide classifies every distinct title that this rulebook and model have not decided yet. Where the model fails, another decides
// them all.
func (r *Reconciler) decide(ctx context.Context, run *run) error {
	err := r.decideAll(ctx, run)
	if r.relieved(ctx, run.book, err) {
		err = r.decideAll(ctx, run)
	}
	return err
}

func (r *Reconciler) decideAll(ctx context.Context, run *run) error {
	labeller, err := r.labellerFor(ctx, run.book)
	if err != nil {
		return err
	}
	run.report.Revision, run.report.ModelID = r.revision, labeller.ModelID()
	decided, err := r.State.Setting(ctx, settingDecided)
	if err != nil {
		return err
	}
	mark := r.revision + " " + labeller.ModelID()
	if decided == mark && !run.changed && !run.decided {
		return nil
	}
	run.changed = run.changed || run.decided // while the contacts were read
	if err := r.prepare(ctx, labeller); err != nil {
		return err
	}
	for after := int64(0); ; {
		last, n, err := r.decideSome(ctx, run, labeller, after)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		after, run.changed = last, true
	}
	if decided == mark || run.mode == Preview {
		return nil
	}
	run.changed = true
	if err := r.State.ReleaseHolds(ctx, r.revision); err != nil {
		return err
	}
	return r.State.SaveSetting(ctx, settingDecided, mark)
}

// decideSome decides the next titles above after that nobody has decided yet, and says how many they were.
func (r *Reconciler) decideSome(ctx context.Context, run *run, labeller Labeller, after int64) (last int64, n int, err error) {
	titles, last, err := r.State.UndecidedTitles(ctx, r.revision, labeller.ModelID(), after, decideBatch)
	if err != nil || len(titles) == 0 {
		return after, 0, err
	}
	decisions, err := labeller.Classify(ctx, textsOf(titles))
	if err != nil {
		return after, 0, &labellerError{fmt.Sprintf("classify %d titles", len(titles)), err}
	}
	for i := range titles {
		titles[i].Decision = decisions[i]
	}
	if err := r.State.SaveDecisions(ctx, r.revision, labeller.ModelID(), titles); err != nil {
		return after, 0, err
	}
	run.report.Titles += len(titles)
	run.decided = true
	r.progress(ctx, "titles decided", run.report.Titles)
	return last, len(titles), nil
}

// labellerFor gives the labeller of this rulebook, the kept one while the revision stays the same.
func (r *Reconciler) labellerFor(ctx context.Context, book label.Rulebook) (Labeller, error) {
	revision, err := book.Revision()
	if err != nil {
		return nil, err
	}
	if r.labeller != nil && revision == r.revision && !r.tryAgain() {
		return r.labeller, nil
	}
	labeller, err := r.Fitter.Labeller(ctx, book, false)
	if err != nil {
		return nil, fmt.Errorf("fit the classifier: %w", err)
	}
	r.revision = revision
	r.take(labeller, book)
	return labeller, nil
}

// take makes this the labeller at hand. What the sheet says of it may have changed with it.
func (r *Reconciler) take(labeller Labeller, book label.Rulebook) {
	r.labeller, r.fitted, r.unsaid = labeller, book.Settings, true
	r.show(book)
}

// tryAgain says that the labeller is a stand-in and its time is over.
func (r *Reconciler) tryAgain() bool {
	a, ok := absent(r.labeller)
	return ok && !r.Now().Before(a.until)
}

// overlayContactCorrections lets a person's word on one contact stand above everything decided for its
// title, as long as the contact has the title that the person saw.
func overlayContactCorrections(rows []plan.Row, corrections []label.Correction) {
	type word struct {
		contact label.ContactID
		title   string
	}
	words := map[word]label.Correction{}
	for _, c := range corrections {
		if c.Scope == label.ScopeContact && c.Active {
			words[word{c.ContactID, keyOf(c.Title)}] = c
		}
	}
	if len(words) == 0 {
		return
	}
	for i := range rows {
		c, ok := words[word{rows[i].ContactID, rows[i].TitleKey}]
		if !ok {
			continue
		}
		for _, a := range label.Axes() {
			if c.Labels[a].Given {
				rows[i].Ours[a] = plan.Ours{Value: c.Labels[a].Value, Empty: c.Labels[a].Value == "", ByPerson: true, Confidence: 1, Method: label.ByContactCorrection, RuleID: c.ID}
			}
		}
	}
}

// provenance reads whose hand wrote the labels that differ from the base: only those, by id, with
// their history. What is read is newer than the mirror, so it replaces it.
func (r *Reconciler) provenance(ctx context.Context, run *run, rows []plan.Row) ([]plan.Row, error) {
	var ids []label.ContactID
	at := map[label.ContactID]int{}
	for i, row := range rows {
		for _, a := range label.Axes() {
			if row.Moved[a] || row.Base[a].Known && row.Theirs[a] != row.Base[a].Value {
				at[row.ContactID] = i
			}
		}
		if _, ask := at[row.ContactID]; ask {
			ids = append(ids, row.ContactID)
		}
	}
	if len(ids) == 0 {
		return rows, nil
	}
	contacts, err := r.CRM.Read(ctx, ids, true)
	if err != nil {
		return nil, fmt.Errorf("read whose edits they are: %w", err)
	}
	for i := range contacts {
		contacts[i].TitleKey = keyOf(contacts[i].Title)
	}
	if _, err := r.State.SaveContacts(ctx, contacts); err != nil {
		return nil, err
	}
	found := map[label.ContactID]bool{}
	for _, c := range contacts {
		i, ok := at[c.ID]
		if !ok || c.MergedInto != "" || c.Archived {
			continue
		}
		if c.TitleKey != rows[i].TitleKey {
			continue // its title changed under our eyes: the next run decides it
		}
		found[c.ID] = true
		rows[i].Theirs = c.Labels
		for _, a := range label.Axes() {
			if e := c.Edits[a]; e != nil && e.Value == c.Labels[a] {
				rows[i].TheirsBy[a] = e.Kind
			}
		}
		run.whose[c.ID] = rows[i].TheirsBy
		run.noteLessons(c, rows[i])
	}
	kept := rows[:0]
	for _, row := range rows {
		if _, asked := at[row.ContactID]; !asked || found[row.ContactID] {
			kept = append(kept, row)
		}
	}
	return kept, r.markUnread(ctx, ids, contacts)
}

// noteLessons remembers who edited what, in case the plan pulls it.
func (run *run) noteLessons(c label.Contact, row plan.Row) {
	for _, a := range label.Axes() {
		if e := c.Edits[a]; e != nil {
			run.lessons = append(run.lessons, label.Lesson{ContactID: c.ID, TitleKey: row.TitleKey, Title: c.Title, Axis: a, Value: c.Labels[a], By: e.By, At: e.At})
		}
	}
}

// markUnread archives in the mirror the contacts that HubSpot no longer has under their id.
func (r *Reconciler) markUnread(ctx context.Context, asked []label.ContactID, got []label.Contact) error {
	here := map[label.ContactID]bool{}
	for _, c := range got {
		here[c.ID] = c.MergedInto == ""
	}
	var gone []label.ContactID
	for _, id := range asked {
		if !here[id] {
			gone = append(gone, id)
		}
	}
	return r.State.MarkGone(ctx, gone)
}
