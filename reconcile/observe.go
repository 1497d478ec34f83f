package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rolecall/label"
	"rolecall/title"
	"rolecall/workbook"
)

// reading is one reading of the sheet: what it means, and the rows that stand in it.
type reading struct {
	workbook.Reading
	// here are the IDs of the rows that stand in each tab.
	here map[workbook.Tab]map[string]bool
	// broken are the tabs that are missing or whose header cannot be read.
	broken map[workbook.Tab]bool
	// body is a hash of all people's cells but Control's.
	body uint64
	// outbox of the sheet: what shall be written into our cells.
	writes *sheetWrites
}

// observeSheet reads the sheet, keeps every edit before anything is written anywhere, takes in
// corrections and answers, and leaves the rulebook in run.
func (r *Reconciler) observeSheet(ctx context.Context, run *run) error {
	accept, err := r.State.Setting(ctx, settingAccept)
	if err != nil {
		return err
	}
	read, err := r.readSheet(ctx, accept != "")
	if err != nil {
		return err
	}
	run.reading = read
	if run.mode == Preview { // a preview takes nothing in; it plans with what is typed
		return r.bookOf(ctx, run)
	}
	if accept != "" && len(read.Holds) == 0 {
		if err := r.State.SaveSetting(ctx, settingAccept, ""); err != nil {
			return err
		}
	}
	if len(read.Holds) == 0 {
		if err := r.takeCorrections(ctx, run); err != nil {
			return err
		}
		if err := r.takeAnswers(ctx, run); err != nil {
			return err
		}
	}
	if err := r.bookOf(ctx, run); err != nil {
		return err
	}
	if run.mode == Apply && run.book.Settings.Mode != label.ModeApply {
		run.mode = Observe
		run.report.Mode = Observe.String()
	}
	return nil
}

// The names of small values that the State keeps.
const (
	settingLastGood = "sheet_last_good" // workbook.LastGood as JSON
	settingAccept   = "sheet_accept"    // set: the next reading takes what looks like an accident as meant
	settingHeldPlan = "held_plan"       // fingerprint of the plan that was held
	settingApproved = "approved_plan"   // fingerprint and time of the plan that a person accepted
	settingDecided  = "decided"         // revision and model that decided every title
)

// bookOf joins the rulebook that was read with the corrections that the State keeps.
func (r *Reconciler) bookOf(ctx context.Context, run *run) error {
	kept, err := r.State.Corrections(ctx)
	if err != nil {
		return err
	}
	corrections := make([]label.Correction, len(kept))
	for i, c := range kept {
		corrections[i] = c.Correction
	}
	run.book = run.reading.Rulebook.WithCorrections(corrections)
	if err := r.CRM.SetShare(run.book.Settings.ShareOfLimits); err != nil {
		return fmt.Errorf("leave calls to other apps: %w", err)
	}
	r.show(run.book)
	run.report.CorrectionsUsed = len(corrections)
	run.report.RowsWithErrors = run.reading.Errors
	return nil
}

// stopped says why nothing may be acted on; "" when all is well.
func (run *run) stopped() string {
	var reasons []string
	for _, h := range run.reading.Holds {
		reasons = append(reasons, h.Reason)
	}
	for _, a := range label.Axes() {
		if len(run.book.Taxonomies[a].Active()) == 0 {
			reasons = append(reasons, fmt.Sprintf("the %s list has no row that can be given; nothing is labelled until it has", a))
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	return "Held, nothing was written into HubSpot: " + strings.Join(reasons, "; ")
}

// takeCorrections brings the State in step with the Corrections tab: new rows, changed rows, unticked
// rows, deleted rows.
func (r *Reconciler) takeCorrections(ctx context.Context, run *run) error {
	kept, err := r.State.AllCorrections(ctx)
	if err != nil {
		return err
	}
	added := map[string]string{} // by what they concern
	for _, row := range run.reading.CorrectionRows {
		was, known := kept[row.ID]
		if row.New || !known {
			if err := r.addCorrection(ctx, run, row, added); err != nil {
				return err
			}
			continue
		}
		if was.ReplacedBy != "" {
			run.reading.writes.set(workbook.Corrections, row.Target, map[string]workbook.Cell{"row_check": "OK: a later answer, " + was.ReplacedBy + ", took its place"})
			continue
		}
		if err := r.keepUnshown(ctx, was.Correction, &row); err != nil {
			return err
		}
		if sameVerdict(was.Correction, row) {
			continue
		}
		c := was.Correction
		c.Title, c.Labels, c.Scope, c.ContactID, c.Note, c.Active, c.At = row.Correction.Title, row.Correction.Labels, row.Correction.Scope, row.Correction.ContactID, row.Correction.Note, row.Active, r.Now()
		if _, err := r.State.SaveCorrection(ctx, c, string(title.KeyOf(c.Title))); err != nil {
			return err
		}
		run.changed = true
	}
	return r.dropDeleted(ctx, run, kept)
}

// keepUnshown keeps a label that an earlier correction of the title gave and that this row has never shown: its empty
// cell says nothing of it. A cell that held something and was emptied takes the label back.
func (r *Reconciler) keepUnshown(ctx context.Context, was label.Correction, row *workbook.CorrectionRow) error {
	for _, a := range label.Axes() {
		if row.Correction.Labels[a].Given || !was.Labels[a].Given {
			continue
		}
		edits, err := r.State.Edits(ctx, string(workbook.Corrections), row.ID)
		if err != nil {
			return err
		}
		shown := slices.ContainsFunc(edits, func(e label.CellEdit) bool { return e.Column == a.String() && e.New != "" })
		if !shown && keyOf(was.Title) == keyOf(row.Correction.Title) {
			row.Correction.Labels[a] = was.Labels[a]
		}
	}
	return nil
}

// addCorrection takes in a row that a person has added; the State gives it its ID. Rows for one title that come together
// get an ID each: the one before has its row, so the State replaces it and does not write over it.
func (r *Reconciler) addCorrection(ctx context.Context, run *run, row workbook.CorrectionRow, added map[string]string) error {
	c := row.Correction
	c.ID, c.Source, c.At, c.Active = "", label.SourceSheet, r.Now(), row.Active
	concerns := strings.Join([]string{keyOf(c.Title), string(c.Scope), string(c.ContactID)}, "\n")
	if before, ok := added[concerns]; ok {
		if err := r.State.MarkCorrectionsPublished(ctx, []string{before}); err != nil {
			return err
		}
	}
	saved, err := r.State.SaveCorrection(ctx, c, string(title.KeyOf(c.Title)))
	if err != nil {
		return err
	}
	cells := correctionCells(saved)
	run.reading.writes.set(workbook.Corrections, row.Target, map[string]workbook.Cell{
		"correction_id": saved.ID, "source": cells["source"], "by": cells["by"], "at": cells["at"], "row_check": "OK",
	})
	run.reading.writes.published = append(run.reading.writes.published, saved.ID)
	run.changed, added[concerns] = true, saved.ID
	return nil
}

// dropDeleted undoes corrections whose row a person has deleted.
func (r *Reconciler) dropDeleted(ctx context.Context, run *run, kept map[string]label.KeptCorrection) error {
	here, read := run.reading.here[workbook.Corrections]
	if !read || len(run.reading.Problems) > 0 {
		return nil
	}
	ids := make([]string, 0, len(kept))
	for id, c := range kept {
		if c.Published && c.Active && !here[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		c := kept[id].Correction
		c.Active, c.At = false, r.Now()
		if _, err := r.State.SaveCorrection(ctx, c, kept[id].TitleKey); err != nil {
			return err
		}
		run.changed = true
	}
	return nil
}

// sameVerdict says whether the row still says what is kept.
func sameVerdict(c label.Correction, row workbook.CorrectionRow) bool {
	n := row.Correction
	return c.Active == row.Active && c.Labels == n.Labels && c.Scope == n.Scope && c.ContactID == n.ContactID && c.Note == n.Note && title.KeyOf(c.Title) == title.KeyOf(n.Title)
}
