package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/workbook"
)

// serial is a time as the sheet keeps it: days since 30 December 1899 in the zone
// (https://developers.google.com/workspace/sheets/api/reference/rest/v4/DateTimeRenderOption). A zero time is an empty cell.
func serial(t time.Time, zone *time.Location) workbook.Cell {
	if t.IsZero() {
		return nil
	}
	local := t.In(zone)
	_, offset := local.Zone()
	seconds := local.Unix() + int64(offset)
	const daysToUnix = 25569 // 1970-01-01
	return float64(daysToUnix) + float64(seconds)/86400
}

// zone is the team's time zone, UTC where it cannot be loaded.
func (r *Reconciler) zone(run *run) *time.Location {
	zone, err := time.LoadLocation(run.reading.Rulebook.Settings.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// reviewCells are our cells of a Review row.
func (r *Reconciler) reviewCells(run *run, row label.ReviewRow) map[string]workbook.Cell {
	cells := map[string]workbook.Cell{"title": row.Title, "company": row.Company, "kind": string(row.Kind), "contacts": float64(row.Contacts), "status": string(row.State), "message": row.Message}
	var why, second, theirs []string
	two := row.Asked[label.Role] && row.Asked[label.Seniority]
	for _, a := range label.Axes() {
		f, taxonomy := row.Decision.Findings[a], run.book.Taxonomies[a]
		cells["suggested_"+a.String()] = nil
		cells[a.String()+"_confidence"] = nil
		if f.Value != "" {
			cells["suggested_"+a.String()] = taxonomy.Name(f.Value)
			cells[a.String()+"_confidence"] = round2(f.Confidence)
		}
		if row.Asked[a] && f.Why != "" {
			why = append(why, about(a, two)+f.Why)
		}
		if f.RunnerUp != "" {
			second = append(second, fmt.Sprintf("%s (%.0f %%)", taxonomy.Name(f.RunnerUp), 100*f.RunnerUpConfidence))
		}
		if row.Kind == label.ReviewConflict && row.Asked[a] {
			shows := "empty"
			if row.Theirs[a] != "" {
				shows = taxonomy.Name(row.Theirs[a])
			}
			theirs = append(theirs, fmt.Sprintf("%s: %s", a, shows))
		}
	}
	if row.Kind == label.ReviewSpotCheck {
		why = append([]string{"Random check of an automatic label: is it right?"}, why...)
	}
	cells["why"], cells["runner_up"], cells["similar"], cells["hubspot_now"] = strings.Join(why, "\n"), strings.Join(second, "; "), strings.Join(similarTitles(run.book, row), "\n"), strings.Join(theirs, "; ")
	return cells
}

// about names the axis before a sentence, where sentences about both stand in one cell.
func about(a label.Axis, two bool) string {
	if !two {
		return ""
	}
	return strings.ToUpper(a.String()[:1]) + a.String()[1:] + ": "
}

// similarTitles lists the closest labelled titles, each once: "Editor: Communications, Professional (example E-0828)".
func similarTitles(book label.Rulebook, row label.ReviewRow) []string {
	type line struct{ title, origin string }
	labels := map[line][]string{}
	var order []line
	for _, a := range label.Axes() {
		if !row.Asked[a] {
			continue
		}
		evidence := row.Decision.Findings[a].Evidence
		for _, e := range evidence[:min(3, len(evidence))] {
			at := line{e.Title, e.Origin}
			if labels[at] == nil {
				order = append(order, at)
			}
			name := "no " + a.String()
			if e.Value != "" {
				name = book.Taxonomies[a].Name(e.Value)
			}
			labels[at] = append(labels[at], name)
		}
	}
	var out []string
	for _, at := range order {
		out = append(out, fmt.Sprintf("%s: %s (%s)", at.title, strings.Join(labels[at], ", "), at.origin))
	}
	return out
}

func round2(x float64) float64 { return float64(int(x*100+0.5)) / 100 }

func sortByEffect(rows []label.ReviewRow) {
	slices.SortStableFunc(rows, func(a, b label.ReviewRow) int {
		return cmp.Or(-cmp.Compare(a.Effect(), b.Effect()), cmp.Compare(a.ID, b.ID))
	})
}

// runCells are a row of the Runs tab.
func (r *Reconciler) runCells(run *run) map[string]workbook.Cell {
	rep := run.report
	took := rep.Duration
	if took == 0 {
		took = r.Now().Sub(rep.Started)
	}
	kind := rep.Kind + " (" + rep.Mode + ")"
	if rep.Kind == string(label.ActionRetrain) {
		kind = rep.Kind // which writes no labels in any mode
	}
	cells := map[string]workbook.Cell{
		"run_id": rep.RunID, "kind": kind, "started": serial(rep.Started, r.zone(run)), "seconds": round2(took.Seconds()), "outcome": string(rep.Outcome),
		"read": float64(rep.Read), "changed": float64(rep.Written), "to_review": float64(rep.ToReview), "corrections_used": float64(rep.CorrectionsUsed),
		"model": rep.ModelID, "rows_with_errors": float64(rep.RowsWithErrors), "message": rep.Message,
	}
	if r.labeller != nil {
		for a, q := range r.labeller.Quality() {
			if q.Honest {
				cells["accuracy_"+label.Axis(a).String()] = round2(q.Accuracy)
			}
		}
	}
	return cells
}

// groupText says what a group of changes does: "Role: Marketing -> Communications, 214 contacts".
func groupText(g plan.Group, book label.Rulebook) string {
	name := func(v label.Value) string {
		if v == "" {
			return "(empty)"
		}
		return book.Taxonomies[g.Axis].Name(v)
	}
	contacts := "contacts"
	if g.Count == 1 {
		contacts = "contact"
	}
	return fmt.Sprintf("%s%s -> %s, %d %s", about(g.Axis, true), name(g.From), name(g.To), g.Count, contacts)
}

// whyText says why a group is changed: "because rule R-012".
func whyText(g plan.Group) string {
	switch g.Method {
	case label.ByRule:
		return "because rule " + g.RuleID
	case label.ByCorrection, label.ByContactCorrection:
		return "because somebody corrected it (" + g.RuleID + ")"
	case label.ByFallback:
		return "because it is a real job without a sign of any other row (fallback)"
	case "":
		return "undone"
	}
	return "because of similar titles"
}
