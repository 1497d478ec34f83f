package reconcile

import (
	"context"
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
		if _, _, err := r.State.Enqueue(ctx, label.Request{Action: label.ActionRun, Scope: label.RunChanged, Source: sourceSheet, RequestedAt: r.Now()}); err != nil {
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
		if _, _, err := r.State.Enqueue(ctx, label.Request{Action: q.Action, Scope: q.Scope, Source: sourceSheet, RequestedAt: r.Now()}); err != nil {
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
	err := r.labelTriesWith(ctx, run)
	if r.relieved(ctx, run.book, err) {
		err = r.labelTriesWith(ctx, run)
	}
	return err
}

// labelTriesWith writes the answers of the labeller at hand.
func (r *Reconciler) labelTriesWith(ctx context.Context, run *run) error {
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
		return &labellerError{"label the titles of Try", err}
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

// tryCells is what stands beside a title; beside none, nothing.
func tryCells(book label.Rulebook, t workbook.TryRow, d label.Decision) map[string]workbook.Cell {
	cells := map[string]workbook.Cell{}
	if t.Title == "" {
		d = label.Decision{}
	}
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
		if f.Why != why { // both axes say the same of what is no title
			why = strings.TrimSpace(why + " " + f.Why)
		}
	}
	cells["why"] = why
	switch {
	case t.Error != "":
		cells["status"] = t.Error
	case t.Title == "":
		cells["status"] = nil
	case d.Findings[label.Role].Method == label.ByNonsense:
		cells["status"] = "No job title: in HubSpot this would get no label"
	case d.Findings[label.Role].Method.IsPerson() || d.Findings[label.Seniority].Method.IsPerson():
		cells["status"] = "OK: as corrected"
	case d.Findings[label.Role].Accepted && d.Findings[label.Seniority].Accepted:
		cells["status"] = "OK"
	default:
		cells["status"] = "Unsure: in HubSpot this would go to Review"
	}
	return cells
}
