package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"rolecall/workbook"
)

// filled are a tab's rows with something in them, by column key.
func (e *estate) filled(tab workbook.Tab) (rows []map[string]string) {
	e.t.Helper()
	header, lines := e.table(tab)
	layout, _ := workbook.LayoutOf(tab)
	for _, line := range lines {
		if strings.Join(line, "") == "" {
			continue
		}
		cells := map[string]string{}
		for _, c := range layout.Columns {
			if k := slices.Index(header, c.Header); k >= 0 {
				cells[c.Key] = line[k]
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

// TestRowsForOneTitleThatComeTogetherHaveAnIDEach pastes two corrections of one title: the later one is in force, at every pass.
func TestRowsForOneTitleThatComeTogetherHaveAnIDEach(t *testing.T) {
	e := newEstate(t, people("Gardener"), nil)
	e.must(e.runs())
	first := e.below(workbook.Corrections)
	for i, role := range []string{"Sales", "Marketing", "Engineering"} {
		e.types(workbook.Corrections, first+i, "title", "Gardener")
		e.types(workbook.Corrections, first+i, "role", role)
	}
	for pass := range 4 {
		e.must(e.runs())
		ids := map[string]bool{}
		rows := e.filled(workbook.Corrections)
		for _, cells := range rows {
			if cells["title"] == "Gardener" {
				ids[cells["correction_id"]] = true
			}
		}
		if len(ids) != 3 || ids[""] {
			t.Fatalf("pass %d: the three rows have the IDs %v", pass, ids)
		}
		if got := e.labels("101")[0]; got != "engineering" {
			t.Errorf("pass %d: the contact is %q, want engineering, the last of the three", pass, got)
		}
	}
}

// TestACopiedQuestionSaysSo copies a row of Review below the last one.
func TestACopiedQuestionSaysSo(t *testing.T) {
	e := newEstate(t, people("Gardener"), nil)
	e.must(e.runs())
	rows := e.filled(workbook.Review)
	if len(rows) == 0 {
		t.Fatal("no question")
	}
	row := e.below(workbook.Review)
	for _, column := range []string{"review_id", "title"} {
		e.types(workbook.Review, row, column, rows[0][column])
	}
	e.must(e.turn())
	e.must(e.runs())
	rows = e.filled(workbook.Review)
	if said := rows[len(rows)-1]["message"]; !strings.HasPrefix(said, "ERROR") {
		t.Errorf("the copy says %q", said)
	}
	if said := rows[0]["message"]; strings.HasPrefix(said, "ERROR") {
		t.Errorf("the question itself says %q", said)
	}
}

func TestTryForgetsWhatIsGone(t *testing.T) {
	e := newEstate(t, people("Gardener"), nil)
	e.must(e.runs())
	row := e.below(workbook.Try)
	e.types(workbook.Try, row, "title", "Gardener")
	e.must(e.turn())
	if got := e.filled(workbook.Try)[0]; got["status"] == "" {
		t.Fatalf("no answer: %v", got)
	}
	e.types(workbook.Try, row, "title", "")
	e.must(e.turn())
	for _, got := range e.filled(workbook.Try) {
		if got["status"] != "" || got["why"] != "" || got["role"] != "" {
			t.Errorf("an emptied title: %v", got)
		}
	}
}
