package reconcile

import (
	"context"
	"fmt"

	"rolecall/classifier"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/workbook"
)

// worseBy is how much held-out accuracy a new fit may lose on an axis before the old one is kept.
const worseBy = 0.01

// Retrain fits the classifier anew with every correction, measures it on titles held out of the fit,
// and keeps the old one where the new one is worse. It says in plain words what came of it.
func (r *Reconciler) Retrain(ctx context.Context) (string, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	run, err := r.begin(ctx, "retrain", Observe)
	if err != nil {
		return "", err
	}
	report, err := r.end(ctx, run, r.retrain(ctx, run))
	return report.Message, err
}

func (r *Reconciler) retrain(ctx context.Context, run *run) error {
	if err := r.observeSheet(ctx, run); err != nil {
		return err
	}
	if reason := run.stopped(); reason != "" {
		run.report.Outcome, run.report.Message = plan.Held, reason
		return nil
	}
	old, err := r.labellerFor(ctx, run.book)
	if err != nil {
		return err
	}
	fresh, err := r.Fitter.Labeller(ctx, run.book, true)
	if err != nil {
		return fmt.Errorf("fit the classifier: %w", err)
	}
	run.changed = true
	run.report.Outcome, run.report.ModelID = plan.Done, fresh.ModelID()
	if err := r.chooseFit(ctx, run, old, fresh); err != nil {
		return err
	}
	if err := r.writeTabs(ctx, run); err != nil {
		return err
	}
	if err := r.writeQuality(ctx, run); err != nil {
		return err
	}
	run.reading.writes.add(workbook.Runs, r.runCells(run))
	return r.flush(ctx, run.reading.writes)
}

// chooseFit takes the new fit, unless it is worse than the old one, and says so. Fits of two language models are not measured against each
// other: the Settings and the service decide which of the two it is.
func (r *Reconciler) chooseFit(ctx context.Context, run *run, old, fresh Labeller) error {
	was, now := old.Quality(), fresh.Quality()
	_, stoodIn := absent(old)
	_, standsIn := absent(fresh)
	note := takeNote(fresh)
	if stoodIn == standsIn && worse(was, now) {
		run.report.Message = fmt.Sprintf("The new model was worse on titles kept aside (%s), so the old one stays.%s", qualityText(was, now), note)
		return nil
	}
	r.take(fresh, run.book)
	run.report.Message = fmt.Sprintf("Retrained with %d corrections: %s.%s", run.report.CorrectionsUsed, qualityText(was, now), note)
	for _, a := range label.Axes() {
		if err := r.State.Measure(ctx, "accuracy "+a.String(), run.report.Started, now[a].Accuracy); err != nil {
			return err
		}
	}
	return nil
}

func worse(was, now [label.AxisCount]classifier.Quality) bool {
	for a := range was {
		if was[a].Honest && now[a].Accuracy < was[a].Accuracy-worseBy {
			return true
		}
	}
	return false
}

func qualityText(was, now [label.AxisCount]classifier.Quality) string {
	text := ""
	for _, a := range label.Axes() {
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s right %.1f %% of the time (before %.1f %%)", a, 100*now[a].Accuracy, 100*was[a].Accuracy)
	}
	return text
}

// runsKept is the number of rows of the Runs tab.
const runsKept = 1000

// Tidy compacts Review (settled rows leave, open ones stand by effect), trims Runs and renews Quality.
// Everything that leaves the sheet stays in the store.
func (r *Reconciler) Tidy(ctx context.Context) (string, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	run := &run{mode: Observe}
	if err := r.observeSheet(ctx, run); err != nil {
		return "", err
	}
	if reason := run.stopped(); reason != "" {
		return reason, nil
	}
	if _, err := r.labellerFor(ctx, run.book); err != nil {
		return "", err
	}
	if err := r.writeTabs(ctx, run); err != nil {
		return "", err
	}
	if err := r.writeQuality(ctx, run); err != nil {
		return "", err
	}
	if err := r.trimRuns(ctx, run); err != nil {
		return "", err
	}
	removed, err := r.compactReview(ctx, run)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d settled rows left Review; they are kept in the store.", removed), r.flush(ctx, run.reading.writes)
}

// compactReview rewrites Review with the open questions only, people's cells as they stand.
func (r *Reconciler) compactReview(ctx context.Context, run *run) (removed int, err error) {
	if len(run.reading.Problems) > 0 {
		return 0, nil // a tab that cannot be read whole is not rewritten
	}
	rows, err := r.State.PublishedReviews(ctx)
	if err != nil {
		return 0, err
	}
	people := map[string]map[string]string{}
	for _, c := range run.reading.PeopleCells {
		if c.Tab == workbook.Review {
			if people[c.RowID] == nil {
				people[c.RowID] = map[string]string{}
			}
			people[c.RowID][c.Column] = c.Text
		}
	}
	sortByEffect(rows)
	var block []map[string]workbook.Cell
	var gone []string
	known := map[string]bool{}
	for _, row := range rows {
		known[row.ID] = true
		if row.State == label.ReviewApplied || row.State == label.ReviewClosed {
			gone = append(gone, row.ID)
			continue
		}
		cells := r.reviewCells(run, row)
		cells["review_id"], cells["first_seen"] = row.ID, serial(row.FirstSeen, r.zone(run))
		for key, text := range people[row.ID] {
			cells[key] = text
		}
		block = append(block, cells)
	}
	for id := range run.reading.here[workbook.Review] {
		if !known[id] {
			return 0, nil // somebody keeps rows of their own here: leave the tab alone
		}
	}
	if len(gone) == 0 {
		return 0, nil
	}
	w := run.reading.writes
	w.blocks = append(w.blocks, workbook.BlockReplace{Tab: workbook.Review, Rows: block})
	w.appends, w.reviews = withoutTab(w.appends, workbook.Review), nil
	delete(w.cells, workbook.Review)
	w.retired = gone
	return len(gone), nil
}

func withoutTab(appends []workbook.RowAppend, tab workbook.Tab) []workbook.RowAppend {
	var out []workbook.RowAppend
	for _, a := range appends {
		if a.Tab != tab {
			out = append(out, a)
		}
	}
	return out
}

// trimRuns rewrites Runs when it has grown past its limit.
func (r *Reconciler) trimRuns(ctx context.Context, run *run) error {
	if len(run.reading.here[workbook.Runs]) <= runsKept {
		return nil
	}
	reports, err := r.State.Runs(ctx, runsKept/2)
	if err != nil {
		return err
	}
	var block []map[string]workbook.Cell
	for i := len(reports) - 1; i >= 0; i-- {
		if reports[i].Outcome != plan.Nothing {
			past := *run
			past.report = reports[i]
			block = append(block, r.runCells(&past))
		}
	}
	w := run.reading.writes
	w.blocks = append(w.blocks, workbook.BlockReplace{Tab: workbook.Runs, Rows: block})
	return nil
}
