package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"rolecall/label"
	"rolecall/workbook"
)

// takeAnswers takes in what people decided in Review.
//
//	| the row's cells        | complete | settled | then                                                      |
//	|------------------------|----------|---------|-----------------------------------------------------------|
//	| as they were applied   | -        | -       | nothing                                                   |
//	| half made, or wrong    | no       | -       | WAITING or ERROR, with what is missing                    |
//	| decided                | yes      | no      | WAITING: taken at the next reading if it stays            |
//	| decided                | yes      | yes     | a correction; APPLIED                                     |
//	| decided, then changed  | yes      | yes     | a new revision of the correction; APPLIED                 |
//	| skip                   | yes      | yes     | SKIPPED; the question stays open                          |
func (r *Reconciler) takeAnswers(ctx context.Context, run *run) error {
	if len(run.reading.Answers) == 0 || run.reading.body == r.answered {
		return nil
	}
	rows, err := r.State.PublishedReviews(ctx)
	if err != nil {
		return err
	}
	byID := make(map[string]label.ReviewRow, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	var changed []label.ReviewRow
	for _, answer := range run.reading.Answers {
		row, ok := byID[answer.ID]
		if !ok {
			run.reading.writes.set(workbook.Review, answer.Target, map[string]workbook.Cell{"message": "ERROR: rolecall did not write this row - put the title into Try or Corrections instead"})
			continue
		}
		was := row
		if err := r.takeAnswer(ctx, run, answer, &row); err != nil {
			return fmt.Errorf("take the answer of %s: %w", row.ID, err)
		}
		if row.State != was.State || row.Message != was.Message || row.Seen != was.Seen || row.Answered != was.Answered {
			changed = append(changed, row)
		}
		run.reading.writes.set(workbook.Review, answer.Target, map[string]workbook.Cell{"status": string(row.State), "message": row.Message})
	}
	if len(changed) > 0 {
		r.unsaid = true
	} else {
		r.answered = run.reading.body
	}
	return r.State.SaveReviewStates(ctx, changed)
}

func (r *Reconciler) takeAnswer(ctx context.Context, run *run, answer workbook.Answer, row *label.ReviewRow) error {
	raw, err := json.Marshal(answer.Cells)
	if err != nil {
		return fmt.Errorf("encode the cells: %w", err)
	}
	seen := string(raw)
	last, taken, applied := readSeen(*row)
	pending := notTaken + seen + "\n" + applied
	unchanged := last == seen
	row.Seen = pending
	switch {
	case answer.Error != "":
		restate(row, label.ReviewError, answer.Error)
		return nil
	case !answer.Complete:
		restate(row, label.ReviewWaiting, answer.Waiting)
		return nil
	case unchanged && taken && (row.State == label.ReviewApplied || row.State == label.ReviewSkipped || row.State == label.ReviewClosed):
		row.Seen = seen
		return nil
	case !unchanged && r.Settle:
		restate(row, label.ReviewWaiting, "WAITING: seen; it is applied in a moment if it stays like this")
		return nil
	case answer.Verdict == workbook.VerdictSkip:
		row.Seen = seen
		restate(row, label.ReviewSkipped, "Skipped for now. Choose anything else to decide.")
		return nil
	}
	if err := r.applyAnswer(ctx, run, answer, row, applied); err != nil || row.State != label.ReviewApplied {
		return err
	}
	row.Seen = seen
	return nil
}

// readSeen reads what was seen of an answer: its cells at the last look, whether they are taken in, and the cells that
// were taken in last ("" when none were).
func readSeen(row label.ReviewRow) (last string, taken bool, applied string) {
	rest, pending := strings.CutPrefix(row.Seen, notTaken)
	if pending {
		last, applied, _ = strings.Cut(rest, "\n")
		return last, false, applied
	}
	if row.Answered == "" {
		return row.Seen, true, ""
	}
	return row.Seen, true, row.Seen
}

// onlyChanged leaves an answer's opinions on the axes on which it says something else than when it was taken in last: who
// changes the seniority of a settled row does not say its role again, which somebody may have corrected since.
func onlyChanged(labels [label.AxisCount]label.Opinion, cells map[string]string, applied string) ([label.AxisCount]label.Opinion, error) {
	if applied == "" {
		return labels, nil
	}
	var before map[string]string
	if err := json.Unmarshal([]byte(applied), &before); err != nil {
		return labels, fmt.Errorf("read the cells taken in last: %w", err)
	}
	for _, a := range label.Axes() {
		if key := "correct_" + a.String(); cells[key] == before[key] && cells["decision"] == before["decision"] {
			labels[a] = label.Opinion{}
		}
	}
	return labels, nil
}

// notTaken stands before the cells of an answer that were seen and not taken in yet.
const notTaken = "?"

// restate moves a question to another state. A question that was settled stays settled until its new answer is taken
// in: its title may have an open question of its own by now, and has one at most.
func restate(row *label.ReviewRow, state label.ReviewState, message string) {
	row.Message = message
	if row.State != label.ReviewApplied && row.State != label.ReviewClosed {
		row.State = state
	}
}

// applyAnswer makes an answer a correction for the title.
func (r *Reconciler) applyAnswer(ctx context.Context, run *run, answer workbook.Answer, row *label.ReviewRow, applied string) (err error) {
	c := label.Correction{Title: row.Title, Scope: label.ScopeTitle, Source: label.SourceReview, SourceID: row.ID, By: "Review", At: r.Now(), Note: answer.Note, Active: true}
	c.Labels = opinionsOf(answer, *row)
	var axes [label.AxisCount]bool
	for _, a := range label.Axes() {
		axes[a] = c.Labels[a].Given
	}
	if !axes[label.Role] && !axes[label.Seniority] {
		restate(row, label.ReviewError, "ERROR: there is no suggestion to accept - pick a role or a seniority")
		return nil
	}
	for _, a := range label.Axes() {
		if answer.Verdict == workbook.VerdictAccept && row.Asked[a] && !axes[a] {
			restate(row, label.ReviewWaiting, fmt.Sprintf("WAITING: no %s is suggested that could be accepted - pick one, or none of these", a))
			return nil
		}
	}
	if c.Labels, err = onlyChanged(c.Labels, answer.Cells, applied); err != nil {
		return err
	}
	for _, a := range label.Axes() {
		axes[a] = c.Labels[a].Given
	}
	if !axes[label.Role] && !axes[label.Seniority] {
		row.Message = "OK: seen; the labels are as they were applied"
		return nil // nothing but the note has changed, or it is as it was
	}
	saved, err := r.State.SaveCorrection(ctx, c, row.Key)
	if err != nil {
		return err
	}
	if row.Kind == label.ReviewConflict {
		if err := r.State.AnswerQuestions(ctx, row.Key, axes, row.ShownAt, r.Now()); err != nil {
			return err
		}
	}
	for _, a := range label.Axes() {
		if axes[a] {
			if err := r.State.ForgetLessons(ctx, row.Key, a); err != nil {
				return err
			}
		}
	}
	row.State, row.Answered = label.ReviewApplied, saved.ID
	row.Message = fmt.Sprintf("Applied as %s: %s, for %d contacts", saved.ID, verdictText(run.reading.Rulebook.Taxonomies, saved.Labels), row.Contacts)
	run.changed = true
	return nil
}

// opinionsOf reads an answer against the suggestion that its row showed.
//
//	| decision      | an axis with a choice | an axis without one, asked about | an axis without one, not asked |
//	|---------------|-----------------------|----------------------------------|--------------------------------|
//	| accept        | the choice            | the suggestion; without one the answer waits | the suggestion     |
//	| fix           | the choice            | no opinion                       | no opinion                     |
//	| none of these | the choice            | no label                         | no opinion                     |
//	| not a person  | no label              | no label                         | no label                       |
func opinionsOf(answer workbook.Answer, row label.ReviewRow) [label.AxisCount]label.Opinion {
	out := answer.Opinions
	for _, a := range label.Axes() {
		suggested := row.Decision.Findings[a]
		switch answer.Verdict {
		case workbook.VerdictNotAPerson:
			out[a] = label.Opinion{Given: true}
		case workbook.VerdictNone:
			if !out[a].Given && row.Asked[a] {
				out[a] = label.Opinion{Given: true}
			}
		case workbook.VerdictAccept:
			if !out[a].Given && (suggested.Value != "" || suggested.Accepted) {
				out[a] = label.Opinion{Given: true, Value: suggested.Value}
			}
		}
	}
	return out
}

func verdictText(taxonomies [label.AxisCount]label.Taxonomy, labels [label.AxisCount]label.Opinion) string {
	var parts []string
	for _, a := range label.Axes() {
		switch o := labels[a]; {
		case !o.Given:
		case o.Value == "":
			parts = append(parts, "no "+a.String())
		default:
			parts = append(parts, taxonomies[a].Name(o.Value))
		}
	}
	return strings.Join(parts, " / ")
}
