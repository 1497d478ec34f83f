package sheets_test

import (
	"context"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
	"rolecall/workbook"
)

func TestABlankSheetBecomesTheDefaultWorkbook(t *testing.T) {
	d := newDesk(t, 1)
	book, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	laid, err := d.Init(context.Background(), book)
	if err != nil {
		t.Fatal(err)
	}
	if len(laid.Made) != 12 {
		t.Errorf("made %v", laid.Made)
	}
	if d.largest.Load() > 2_000_000 {
		t.Errorf("a body of %d bytes", d.largest.Load())
	}
	d.reset()
	r := workbook.Parse(d.read(), workbook.LastGood{})
	if d.reads.Load() != 1 || d.writes.Load() != 0 {
		t.Errorf("a reading took %d reads and %d writes", d.reads.Load(), d.writes.Load())
	}
	want, err := workbook.Parse(book, workbook.LastGood{}).Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	if got != want || r.Errors > 0 || len(r.Problems) > 0 || len(r.NewIDs) > 0 {
		t.Errorf("revision %s, want %s; errors %d, problems %v, new IDs %v", got, want, r.Errors, r.Problems, len(r.NewIDs))
	}
	d.reset()
	laid, err = d.Relay(context.Background(), book)
	if err != nil || !laid.Unchanged || d.writes.Load() != 0 {
		t.Errorf("laying again: %+v, %d writes, %v", laid, d.writes.Load(), err)
	}
	if text := d.cells("Control!A1:J8"); !strings.Contains(text, "run|Run now|false") || !strings.Contains(text, "What the colours mean") {
		t.Errorf("Control is\n%s", text)
	}
}

func TestAnOlderSheetIsBroughtUpToDateAndKeepsEveryCell(t *testing.T) {
	d := newDesk(t, 1)
	book := smallBook(t)
	d.init(book)
	d.person("set", "Roles", "K1", "Our budget code")
	d.person("set", "Roles", "K2", "4711")
	d.person("set", "Roles", "B2", "Top Management")
	d.person("rename-header", "Roles", "B1", "Job role")
	d.person("delete-columns", "Roles", "H:H", "") // Contacts: as if an older version had not known it
	d.person("delete-rows", "Settings", "21:21", "")
	laid, err := d.Relay(context.Background(), book)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(laid.Added, " ") != "Roles/Contacts" {
		t.Errorf("added %v", laid.Added)
	}
	if got := d.cells("Roles!A1:L2"); !strings.HasPrefix(got, "Role ID|Job role|") || !strings.Contains(got, "|Our budget code||Contacts\n") || !strings.Contains(got, "RO-01|Top Management|") || !strings.HasSuffix(got, "|4711\n") {
		t.Errorf("Roles is\n%s", got)
	}
	if got := d.cells("Settings!A2:A30"); strings.Count(got, "S-20") != 1 || strings.Count(got, "S-01") != 1 {
		t.Errorf("Settings is\n%s", got)
	}
	d.write(workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-01"}, Cells: map[string]workbook.Cell{"contacts": 5}}}})
	if got := d.cells("Roles!L2:L2"); got != "5\n" {
		t.Errorf("the new column shows %q", got)
	}
	if laid, err := d.Relay(context.Background(), book); err != nil || !laid.Unchanged {
		t.Errorf("a second time: %+v, %v", laid, err)
	}
}

func TestATabOfOursThatIsGone(t *testing.T) {
	d := newDesk(t, 1)
	book := smallBook(t)
	d.init(book)
	for _, tab := range []workbook.Tab{workbook.Preview, workbook.Roles} {
		d.deleteTab(tab)
	}
	if got := d.read().Tables[workbook.Roles]; !got.Missing {
		t.Errorf("Roles reads as %+v", got)
	}
	out := d.write(workbook.Writes{Cells: []workbook.CellWrite{
		{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-01"}, Cells: map[string]workbook.Cell{"row_check": "OK"}},
		{Tab: workbook.Seniorities, Target: workbook.Target{ID: "SE-01"}, Cells: map[string]workbook.Cell{"row_check": "OK"}}}})
	if len(out.Unplaced) != 1 || out.Unplaced[0].ID != "RO-01" || !strings.Contains(d.cells("Seniorities!A2:I2"), "OK") {
		t.Errorf("unplaced %+v", out.Unplaced)
	}
	laid, err := d.Relay(context.Background(), book)
	if err != nil || strings.Join(laid.Made, " ") != "Preview" {
		t.Errorf("made %v, %v", laid.Made, err)
	}
	laid, err = d.Init(context.Background(), book)
	if err != nil || strings.Join(laid.Made, " ") != "Roles" || len(d.read().Tables[workbook.Roles].Rows) != 26 {
		t.Errorf("made %v, %v", laid.Made, err)
	}
}

func TestPeoplesOwnTabOfTheSameTitleIsLeftAlone(t *testing.T) {
	d := newDesk(t, 1)
	d.person("rename-tab", "Sheet1", "A1", "Roles")
	d.person("set", "Roles", "A1", "mine")
	laid, err := d.Init(context.Background(), smallBook(t))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(laid.Made, ","), "Roles (rolecall)") || d.cells("Roles!A1:B2") != "mine\n" {
		t.Errorf("made %v; Roles is %q", laid.Made, d.cells("Roles!A1:B2"))
	}
	if n := len(d.read().Tables[workbook.Roles].Rows); n != 26 {
		t.Errorf("%d roles", n)
	}
}

func TestAnInitThatIsCutShortIsFinishedByTheNext(t *testing.T) {
	for _, kind := range []string{gsheet.FaultErrorBefore, gsheet.FaultErrorAfter, gsheet.FaultCut} {
		for skip := range 14 {
			d := newDesk(t, 1)
			book := smallBook(t)
			if err := d.server.Break(gsheet.Fault{Match: "/v4/", Kind: kind, Skip: skip, Times: 2}); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Init(context.Background(), book); err != nil {
				d.server.Mend()
				d.init(book)
			}
			d.server.Mend()
			r := workbook.Parse(d.read(), workbook.LastGood{})
			if len(r.Rulebook.Rules) != 8 || len(r.Rulebook.Exemplars) != 12 || r.Errors > 0 || len(r.Problems) > 0 || len(r.NewIDs) > 0 {
				t.Errorf("%s at request %d: %d rules, %d exemplars, %d errors, problems %v", kind, skip, len(r.Rulebook.Rules), len(r.Rulebook.Exemplars), r.Errors, r.Problems)
			}
			if laid, err := d.Relay(context.Background(), book); err != nil || len(laid.Made)+len(laid.Filled) > 0 {
				t.Errorf("%s at request %d: laying again: %+v, %v", kind, skip, laid, err)
			}
		}
	}
}
