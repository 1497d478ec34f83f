package workbook_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rolecall/reconcile"
	"rolecall/workbook"
)

var _ reconcile.ControlPlane = (*workbook.Directory)(nil)

func noon() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

func TestTheDefaultWorkbookSurvivesFilesAndBack(t *testing.T) {
	want, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "book")
	if err := workbook.WriteDir(dir, want); err != nil {
		t.Fatal(err)
	}
	if err := workbook.WriteDir(dir, want); err == nil {
		t.Error("a second WriteDir overwrote the files")
	}
	got, err := workbook.ReadDir(dir, noon())
	if err != nil {
		t.Fatal(err)
	}
	a, b := workbook.Parse(want, workbook.LastGood{}), workbook.Parse(got, workbook.LastGood{})
	ra, err := a.Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	rb, err := b.Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	if ra != rb || b.Errors > 0 || len(b.Problems) > 0 {
		t.Errorf("revision %s became %s; errors %d, problems %v", ra, rb, b.Errors, b.Problems)
	}
}

func book(t *testing.T, files map[string]string) (string, *workbook.Directory) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := workbook.OpenDirectory(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	return dir, d
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAFilesOwnersKeepTheirColumnsOrderAndSeparator(t *testing.T) {
	dir, d := book(t, map[string]string{
		"roles.csv":       "\ufeffOur code;Role;HubSpot value\r\n17;Sales;sales\r\n18;Marketing;\r\n",
		"seniorities.csv": "name,rank\nBoss,1\n",
	})
	snap, err := d.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := workbook.Parse(snap, workbook.LastGood{})
	if r.Errors > 0 || len(r.NewIDs) != 3 {
		t.Fatalf("errors %d, new IDs %v, checks %v", r.Errors, r.NewIDs, r.Checks)
	}
	var w workbook.Writes
	for _, n := range r.NewIDs {
		l, _ := workbook.LayoutOf(n.Tab)
		w.Cells = append(w.Cells, workbook.CellWrite{Tab: n.Tab, Target: n.Target, Cells: map[string]workbook.Cell{l.IDColumn().Key: n.ID, "row_check": "OK"}})
	}
	w.Appends = append(w.Appends, workbook.RowAppend{Tab: workbook.Corrections, Cells: map[string]workbook.Cell{
		"correction_id": "C-000001", "title": "=HYPERLINK(\"x\")", "role": "Sales", "source": "Review", "at": 46351.5}})
	for range 2 { // the second time changes nothing
		written, err := d.Write(context.Background(), w)
		if err != nil {
			t.Fatal(err)
		}
		_ = written
	}
	if got, want := content(t, dir, "roles.csv"), "\ufeffOur code;Role;HubSpot value;Role ID;Active;Fallback;Description;Example titles\r\n17;Sales;sales;RO-01\r\n18;Marketing;;RO-02\r\n"; got != want {
		t.Errorf("roles.csv is\n%q, want\n%q", got, want)
	}
	if got := content(t, dir, "corrections.csv"); !strings.Contains(got, "C-000001,,\"'=HYPERLINK(\"\"x\"\")\",Sales") || strings.Count(got, "C-000001") != 1 {
		t.Errorf("corrections.csv is\n%s", got)
	}
	if got := content(t, dir, "corrections.check.csv"); !strings.Contains(got, "C-000001,Review,,2026-11-25 12:00:00") {
		t.Errorf("corrections.check.csv is\n%s", got)
	}
	snap, err = d.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r = workbook.Parse(snap, r.LastGood)
	if len(r.NewIDs) > 0 || len(r.Rulebook.Corrections) != 1 || r.Rulebook.Corrections[0].Title != "=HYPERLINK(\"x\")" {
		t.Errorf("read again: new IDs %v, corrections %+v", r.NewIDs, r.Rulebook.Corrections)
	}
}

func TestPeoplesColumnsAreNeverWritten(t *testing.T) {
	_, d := book(t, map[string]string{"roles.csv": "role_id,name\nRO-01,Sales\n", "seniorities.csv": "name,rank\nBoss,1\n"})
	_, err := d.Write(context.Background(), workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-01"}, Cells: map[string]workbook.Cell{"name": "X"}}}})
	if err == nil {
		t.Error("a people's cell was written")
	}
}

func TestBadFilesAreReportedWithFileAndLine(t *testing.T) {
	dir, d := book(t, map[string]string{
		"roles.csv":       "role_id,name\nRO-01,Sales\n",
		"seniorities.csv": "name,rank\nBoss,1\n",
		"rules.csv":       "text,priority,set_role\nsales,1,Sales\n\"broken\" x,2,Sales\nvp,3,Sales,too,many\n",
		"examples.csv":    "titel,role\nSeller,Sales\n",
	})
	snap, err := d.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := workbook.Parse(snap, workbook.LastGood{})
	if len(r.Rulebook.Rules) != 2 || len(r.Problems) != 3 {
		t.Errorf("%d rules, problems %q", len(r.Rulebook.Rules), r.Problems)
	}
	for _, want := range []string{"rules.csv: line 3", "rules.csv: line 4 has 5 cells", "examples.csv has no column Job title"} {
		if !strings.Contains(strings.Join(r.Problems, "\n"), want) {
			t.Errorf("no problem says %q: %q", want, r.Problems)
		}
	}
	_, err = d.Write(context.Background(), workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Rules, Target: r.NewIDs[len(r.NewIDs)-1].Target, Cells: map[string]workbook.Cell{"rule_id": "R-1"}}}})
	if err == nil || !strings.Contains(content(t, dir, "rules.csv"), "broken") {
		t.Errorf("a file with a broken line was rewritten: %v", err)
	}
}

func TestSafeTextComesBackAsItWas(t *testing.T) {
	for _, text := range []string{"", "CEO", "=1+1", "+49 30", "-", "@acme", "'=1", "''=1", "'plain", "＝1", "\tx"} {
		safe := workbook.Safe(text)
		if workbook.Plain(safe) != text {
			t.Errorf("%q became %q and then %q", text, safe, workbook.Plain(safe))
		}
		if strings.ContainsAny(safe[:min(1, len(safe))], "=+-@\t\r\n") {
			t.Errorf("%q is not safe: %q", text, safe)
		}
	}
}

func TestWhoMayReadAFileStaysAsItWas(t *testing.T) {
	dir, d := book(t, map[string]string{"roles.csv": "role_id,name\n,Sales\n", "seniorities.csv": "name,rank\nBoss,1\n"})
	if err := os.Chmod(filepath.Join(dir, "roles.csv"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := d.Write(context.Background(), workbook.Writes{
		Cells:   []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{New: &workbook.Row{Cells: cells{"name": "Sales"}}}, Cells: cells{"role_id": "RO-01", "row_check": "OK"}}},
		Appends: []workbook.RowAppend{{Tab: workbook.Review, Cells: cells{"review_id": "Q-000001", "title": "CEO"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"roles.csv", "roles.check.csv", "review.csv"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// Bad corrections get no ID: each is told by its row, and what was said of a row is not said for ever.
func TestRowsWithoutAnIDAreToldByTheirNumber(t *testing.T) {
	dir, d := book(t, map[string]string{"roles.csv": "role_id,name\nRO-01,Sales\n", "seniorities.csv": "seniority_id,name,rank\nSE-01,Boss,1\n",
		"corrections.csv": "title,role\nRep,Nope\nAgent,Never\n"})
	write := func(positions ...int) string {
		var w workbook.Writes
		for _, at := range positions {
			row := workbook.Row{Position: at, Cells: cells{"title": []string{"Rep", "Agent"}[at], "role": []string{"Nope", "Never"}[at]}}
			w.Cells = append(w.Cells, workbook.CellWrite{Tab: workbook.Corrections, Target: workbook.Target{New: &row}, Cells: cells{"row_check": "ERROR"}})
		}
		if _, err := d.Write(context.Background(), w); err != nil {
			t.Fatal(err)
		}
		return content(t, dir, "corrections.check.csv")
	}
	if got := write(0, 1); !strings.Contains(got, "row 2,,,,,ERROR\nrow 3,,,,,ERROR\n") {
		t.Errorf("both are bad:\n%s", got)
	}
	if got := write(1); strings.Contains(got, "row 2") || strings.Count(got, "row 3") != 1 {
		t.Errorf("the first is mended:\n%s", got)
	}
}
