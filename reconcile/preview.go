package reconcile

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/workbook"
)

// previewRows is the number of sample rows of the Preview tab.
const previewRows = 500

// settingPreview keeps fingerprint and time of the last preview.
const settingPreview = "last_preview"

// recordPreview fills the Preview tab with what a run would change, in groups with samples.
func (r *Reconciler) recordPreview(ctx context.Context, run *run) error {
	n := run.totals.Count(plan.Push)
	if run.report.Message == "" {
		run.report.Message = fmt.Sprintf("A run would write %d labels and ask about %d.", n, run.totals.Count(plan.Review))
	} else {
		run.report.Message = fmt.Sprintf("A run would write %d labels; it would be %s", n, run.report.Message)
	}
	run.report.Outcome = plan.Done
	if n == 0 {
		run.report.Outcome = plan.Nothing
	}
	rows, err := r.previewCells(ctx, run)
	if err != nil {
		return err
	}
	w := run.reading.writes
	w.blocks = append(w.blocks, workbook.BlockReplace{Tab: workbook.Preview, Rows: rows})
	if err := r.State.SaveSetting(ctx, settingPreview, run.totals.Fingerprint()+" "+r.Now().Format(time.RFC3339)); err != nil {
		return err
	}
	return r.flush(ctx, w)
}

// previewCells are the rows of the Preview tab: a heading for each group, then samples of it.
func (r *Reconciler) previewCells(ctx context.Context, run *run) ([]map[string]workbook.Cell, error) {
	var out []map[string]workbook.Cell
	groups := run.totals.Groups()
	if len(groups) == 0 {
		return []map[string]workbook.Cell{{"preview_id": "P-000", "group": "Nothing would change in HubSpot."}}, nil
	}
	shown := 0
	for i, g := range groups {
		if len(out) >= previewRows {
			left := 0
			for _, rest := range groups[i:] {
				left += rest.Count
			}
			out = append(out, map[string]workbook.Cell{"preview_id": "more", "group": fmt.Sprintf("and %d more changes in %d groups", left, len(groups)-i)})
			break
		}
		shown++
		out = append(out, map[string]workbook.Cell{"preview_id": fmt.Sprintf("P-%03d", shown), "group": groupText(g, run.book), "count": float64(g.Count), "why": whyText(g)})
		for _, c := range g.Samples {
			cells, err := r.sampleCells(ctx, run, c)
			if err != nil {
				return nil, err
			}
			out = append(out, cells)
		}
	}
	return out, nil
}

func (r *Reconciler) sampleCells(ctx context.Context, run *run, c plan.Change) (map[string]workbook.Cell, error) {
	contact, _, err := r.State.Contact(ctx, c.Key.ContactID)
	if err != nil {
		return nil, err
	}
	cells := map[string]workbook.Cell{"preview_id": fmt.Sprintf("P-%s-%.1s", c.Key.ContactID, c.Key.Axis), "contact_id": string(c.Key.ContactID), "title": contact.Title, "why": whyText(plan.Group{Method: c.Method, RuleID: c.RuleID})}
	for _, a := range label.Axes() {
		now := contact.Labels[a]
		after := now
		if a == c.Key.Axis {
			after = c.To
		}
		for key, v := range map[string]label.Value{a.String() + "_now": now, a.String() + "_after": after} {
			if v != "" {
				cells[key] = run.book.Taxonomies[a].Name(v)
			}
		}
	}
	return cells, nil
}

// comparePreview adds to the run's message whether the plan was the one that the last preview showed. It is said once,
// by the first run after the preview that has something to write.
func (r *Reconciler) comparePreview(ctx context.Context, run *run) error {
	if run.totals == nil || run.totals.Count(plan.Push) == 0 || run.report.Outcome == plan.Held {
		return nil
	}
	text, err := r.State.Setting(ctx, settingPreview)
	if err != nil || text == "" {
		return err
	}
	run.report.Message += "; " + sincePreview(text, run.totals.Fingerprint(), r.zone(run))
	return r.State.SaveSetting(ctx, settingPreview, "")
}

// sincePreview compares a plan with a kept preview, "fingerprint time".
func sincePreview(kept, fingerprint string, zone *time.Location) string {
	print, at, _ := strings.Cut(kept, " ")
	clock := "before"
	if when, err := time.Parse(time.RFC3339, at); err == nil {
		clock = when.In(zone).Format("of 15:04")
	}
	if print == fingerprint {
		return "the same as the preview " + clock
	}
	return "not the same as the preview " + clock + ": contacts or rules have changed since"
}
