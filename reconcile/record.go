package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/workbook"
)

// record shows people what happened: questions, checks, previews, runs. A run in which nothing
// happened writes nothing.
func (r *Reconciler) record(ctx context.Context, run *run) error {
	if run.mode == Preview {
		return r.recordPreview(ctx, run)
	}
	w := run.reading.writes
	more, tally := 0, label.Tally{}
	if run.changed {
		r.answered = 0
		var err error
		if more, err = r.review(ctx, run); err != nil {
			return err
		}
		if err := r.keepWaiting(ctx, more); err != nil {
			return err
		}
		if tally, err = r.State.Tally(ctx); err != nil {
			return err
		}
		run.report.Contacts, run.report.Labelled = tally.Contacts, tally.Labelled
		if run.report.Outcome == plan.Nothing && (run.report.Read > 0 || run.report.Titles > 0) {
			run.report.Outcome = plan.Done
		}
		if run.report.Message == "" {
			run.report.Message = r.summary(run, tally, more)
		}
		if err := r.comparePreview(ctx, run); err != nil {
			return err
		}
	}
	if err := r.writeTabs(ctx, run); err != nil {
		return err
	}
	if run.changed {
		if err := r.writeFigures(ctx, run); err != nil {
			return err
		}
		cells := r.runCells(run)
		if rate, ok, err := r.acceptRate(ctx); err != nil {
			return err
		} else if ok {
			cells["accept_rate"] = round2(rate)
		}
		w.add(workbook.Runs, cells)
		if err := r.measure(ctx, run, tally); err != nil {
			return err
		}
		if err := r.firstQuality(ctx, run); err != nil {
			return err
		}
	}
	return r.flush(ctx, w)
}

// settingQuality is set once the Quality tab has been filled; from then on retraining and the nightly tidying renew it.
const settingQuality = "quality_filled"

// firstQuality fills the Quality tab after the first run, so that nobody finds it empty on the first day.
func (r *Reconciler) firstQuality(ctx context.Context, run *run) error {
	done, err := r.State.Setting(ctx, settingQuality)
	if err != nil || done != "" || run.report.Labelled == 0 {
		return err
	}
	if err := r.writeQuality(ctx, run); err != nil {
		return err
	}
	return r.State.SaveSetting(ctx, settingQuality, run.report.RunID)
}

// keepWaiting remembers how many questions wait beyond Review's cap.
func (r *Reconciler) keepWaiting(ctx context.Context, more int) error {
	was, err := r.State.Setting(ctx, settingWaiting)
	if text := strconv.Itoa(more); err == nil && text != was && (more > 0 || was != "") {
		err = r.State.SaveSetting(ctx, settingWaiting, text)
	}
	return err
}

// measure keeps the points that charts are drawn from.
func (r *Reconciler) measure(ctx context.Context, run *run, t label.Tally) error {
	for series, value := range map[string]int{"contacts": t.Contacts, "labelled": t.Labelled, "in review": t.InReview, "written": run.report.Written} {
		if err := r.State.Measure(ctx, series, run.report.Started, float64(value)); err != nil {
			return err
		}
	}
	return nil
}

// summary is the run in a sentence.
func (r *Reconciler) summary(run *run, t label.Tally, more int) string {
	parts := []string{fmt.Sprintf("%d contacts updated", run.report.Written)}
	if run.mode == Observe {
		parts[0] = fmt.Sprintf("observing only: %d labels would be written", run.report.Planned[plan.Push.String()])
	}
	parts = append(parts, fmt.Sprintf("%d of %d labelled", t.Labelled, t.Contacts), fmt.Sprintf("%d titles in Review", run.report.ToReview))
	if more > 0 {
		parts = append(parts, thousands(more)+" more waiting")
	}
	if n := run.report.Attributed; n > 0 {
		parts = append(parts, fmt.Sprintf("source updated for %d", n))
	}
	if run.report.Refused > 0 {
		parts = append(parts, fmt.Sprintf("%d refused by HubSpot", run.report.Refused))
	}
	if n := run.reading.Errors; n > 0 {
		parts = append(parts, fmt.Sprintf("%d rows with errors", n))
	}
	if a, ok := absent(r.labeller); ok {
		parts = append(parts, a.sentence())
	}
	return strings.Join(parts, ", ")
}

// writeTabs says what the cells of ours shall hold that belong to rows of people's tabs.
// A sheet that is as it was when all of it was said, and a run in which nothing happened, leave nothing to say.
func (r *Reconciler) writeTabs(ctx context.Context, run *run) error {
	w := run.reading.writes
	if run.reading.body == r.said && !run.changed && !r.unsaid {
		return nil
	}
	r.unsaid, w.whole, w.body = true, true, run.reading.body
	ids := map[int]string{}
	for _, n := range run.reading.NewIDs {
		if n.Tab == workbook.Corrections || n.Tab == workbook.Try {
			continue // the State numbers corrections; Try rows are written with their answer
		}
		layout, _ := workbook.LayoutOf(n.Tab)
		w.set(n.Tab, n.Target, map[string]workbook.Cell{layout.IDColumn().Key: n.ID})
		if n.Target.New != nil {
			ids[n.Target.New.Position] = n.ID
		}
	}
	for _, c := range run.reading.Checks {
		column := workbook.CheckColumn(c.Tab)
		if column == "" {
			continue
		}
		text := c.Text
		if problem := r.ensured[c.Target.ID]; problem != "" && text == "OK" {
			text = "WARN: " + problem
		}
		if c.Tab == workbook.Corrections && w.cells[c.Tab][c.Target.ID]["row_check"] != nil {
			continue // said already
		}
		w.set(c.Tab, c.Target, map[string]workbook.Cell{column: text})
	}
	for id, text := range r.inUse(run) {
		if run.reading.here[workbook.Settings][id] {
			w.set(workbook.Settings, workbook.Target{ID: id}, map[string]workbook.Cell{"in_use_now": text})
		}
	}
	if err := r.writeCorrections(ctx, run); err != nil {
		return err
	}
	return r.writeReviews(ctx, run)
}

// publishAtOnce is the number of corrections given a row at a time; correctionsShown is how many rows their tab holds at
// most. What is beyond is in force and kept in the store.
const (
	publishAtOnce    = 500
	correctionsShown = 5000
)

// archive keeps corrections in force without a row; those that a person has just typed have one.
func (r *Reconciler) archive(ctx context.Context, rows []label.KeptCorrection, typed []string) error {
	var ids []string
	for _, c := range rows {
		if !slices.Contains(typed, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return r.State.ArchiveCorrections(ctx, ids)
}

// writeCorrections appends the corrections that have no row yet.
func (r *Reconciler) writeCorrections(ctx context.Context, run *run) error {
	w := run.reading.writes
	if run.reading.broken[workbook.Corrections] {
		return nil
	}
	rows, err := r.State.UnpublishedCorrections(ctx, publishAtOnce)
	if err != nil {
		return err
	}
	room := max(0, correctionsShown-len(run.reading.here[workbook.Corrections]))
	if len(rows) > room {
		if err := r.archive(ctx, rows[room:], w.published); err != nil {
			return err
		}
		rows = rows[:room]
	}
	taken := map[string]bool{}
	for _, id := range w.published {
		taken[id] = true
	}
	for _, c := range rows {
		if taken[c.ID] {
			continue
		}
		cells := correctionCells(c.Correction)
		for _, a := range label.Axes() {
			if o := c.Labels[a]; o.Given {
				cells[a.String()] = workbook.NoneOfThese
				if o.Value != "" {
					cells[a.String()] = run.book.Taxonomies[a].Name(o.Value)
				}
			}
		}
		cells["in_model_since"] = serial(r.Now(), r.zone(run))
		cells["at"] = serial(c.At, r.zone(run))
		cells["row_check"] = "OK"
		w.add(workbook.Corrections, cells)
		w.published = append(w.published, c.ID)
	}
	return nil
}

// correctionCells are a correction's cells but for its labels.
func correctionCells(c label.Correction) map[string]workbook.Cell {
	cells := map[string]workbook.Cell{"correction_id": c.ID, "active": c.Active, "title": c.Title, "applies_to": string(c.Scope), "source": string(c.Source), "by": whoText(c), "note": c.Note}
	if c.Scope == label.ScopeContact {
		cells["contact_id"] = string(c.ContactID)
	}
	cells["at"] = serial(c.At, time.UTC)
	return cells
}

// whoText is what the By cell says: HubSpot names its users by number.
func whoText(c label.Correction) string {
	if c.Source == label.SourceHubSpot && c.By != "" && strings.Trim(c.By, "0123456789") == "" {
		return "HubSpot user " + c.By
	}
	return c.By
}

// writeReviews appends the questions that have no row yet and brings the standing ones up to date.
func (r *Reconciler) writeReviews(ctx context.Context, run *run) error {
	w := run.reading.writes
	if run.reading.broken[workbook.Review] {
		return nil // people are told; nothing of ours goes where the columns are not known
	}
	published, err := r.State.PublishedReviews(ctx)
	if err != nil {
		return err
	}
	var lost []string
	for _, row := range published {
		if !run.reading.here[workbook.Review][row.ID] {
			lost = append(lost, row.ID) // a person deleted the row; an open question comes back
			continue
		}
		w.set(workbook.Review, workbook.Target{ID: row.ID}, r.reviewCells(run, row))
	}
	if len(lost) > 0 && len(run.reading.Problems) == 0 {
		if err := r.State.MarkReviewsPublished(ctx, lost, false); err != nil {
			return err
		}
	}
	open, err := r.State.OpenReviews(ctx)
	if err != nil {
		return err
	}
	sortByEffect(open)
	for _, row := range open {
		if row.Published {
			continue
		}
		cells := r.reviewCells(run, row)
		cells["review_id"], cells["first_seen"] = row.ID, serial(row.FirstSeen, r.zone(run))
		w.add(workbook.Review, cells)
		w.reviews = append(w.reviews, row.ID)
	}
	return nil
}

// writeFigures fills the columns that count: contacts per role and seniority, hits per rule.
func (r *Reconciler) writeFigures(ctx context.Context, run *run) error {
	portal, err := r.State.Portal(ctx)
	if err != nil {
		return err
	}
	w := run.reading.writes
	for a, tab := range [label.AxisCount]workbook.Tab{workbook.Roles, workbook.Seniorities} {
		for _, term := range run.book.Taxonomies[a].Terms {
			if run.reading.here[tab][term.ID] {
				w.set(tab, workbook.Target{ID: term.ID}, map[string]workbook.Cell{"contacts": float64(portal.Labelled[a][term.Value])})
			}
		}
	}
	hits, err := r.State.RuleHits(ctx)
	if err != nil {
		return err
	}
	for _, rule := range run.book.Rules {
		if run.reading.here[workbook.Rules][rule.ID] {
			w.set(workbook.Rules, workbook.Target{ID: rule.ID}, map[string]workbook.Cell{"hits": float64(hits[rule.ID])})
		}
	}
	return nil
}
