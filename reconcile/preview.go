package reconcile

import (
	"context"
	"fmt"
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
	cells := map[string]workbook.Cell{"preview_id": fmt.Sprintf("P-%s-%.1s", c.Key.ContactID, c.Key.Axis), "contact_id": string(c.Key.ContactID), "title": contact.Title, "why": reasonOf(c)}
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

// sincePreview says whether the plan is the one that the last preview showed.
func (r *Reconciler) sincePreview(ctx context.Context, fingerprint string, zone *time.Location) (string, error) {
	text, err := r.State.Setting(ctx, settingPreview)
	if err != nil || text == "" {
		return "", err
	}
	var print, at string
	if _, err := fmt.Sscan(text, &print, &at); err != nil {
		return "", nil
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return "", nil
	}
	if print == fingerprint {
		return "same as the preview of " + when.In(zone).Format("15:04"), nil
	}
	return "not the same as the preview of " + when.In(zone).Format("15:04") + ": contacts or rules have changed since", nil
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
