package sheets_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/sandbox/gsheet"
	"rolecall/workbook"
)

func question(id, title string) workbook.RowAppend {
	return workbook.RowAppend{Tab: workbook.Review, Cells: map[string]workbook.Cell{
		"review_id": id, "title": title, "suggested_role": "Sales", "role_confidence": 0.61, "contacts": 12, "status": "OPEN", "first_seen": noon()}}
}

func status(id, text string) workbook.CellWrite {
	return workbook.CellWrite{Tab: workbook.Review, Target: workbook.Target{ID: id}, Cells: map[string]workbook.Cell{"status": text, "message": text + " " + id}}
}

func TestQuestionsAreAskedAnsweredAndSettled(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	d.write(workbook.Writes{Appends: []workbook.RowAppend{question("Q-000001", "=IMPORTXML(\"https://evil\")"), question("Q-000002", "Seller")}})
	d.person("set", "Review", "B3", "fix")
	d.person("set", "Review", "C3", "Marketing")
	r := workbook.Parse(d.read(workbook.Review, workbook.Roles, workbook.Seniorities), workbook.LastGood{})
	if len(r.Answers) != 1 || r.Answers[0].ID != "Q-000002" || !r.Answers[0].Complete || r.Answers[0].Opinions[0].Value != "marketing" {
		t.Fatalf("answers %+v", r.Answers)
	}
	d.reset()
	d.write(workbook.Writes{Cells: []workbook.CellWrite{status("Q-000002", "APPLIED")}})
	if d.reads.Load() != 2 || d.writes.Load() != 1 {
		t.Errorf("a write took %d reads and %d writes", d.reads.Load(), d.writes.Load())
	}
	d.reset()
	d.write(workbook.Writes{Cells: []workbook.CellWrite{status("Q-000002", "APPLIED")}, Appends: []workbook.RowAppend{question("Q-000001", "=IMPORTXML(\"https://evil\")")}})
	if d.writes.Load() != 0 {
		t.Errorf("writing the same again took %d writes", d.writes.Load())
	}
	got := d.cells("Review!A2:S4")
	if !strings.Contains(got, "Q-000001|||||=IMPORTXML(\"https://evil\")|") || !strings.Contains(got, "Q-000002|fix|Marketing|||Seller|") || !strings.Contains(got, "APPLIED|APPLIED Q-000002") {
		t.Errorf("Review is\n%s", got)
	}
}

func TestANewRowGetsItsIDWhereverItHasGone(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	d.person("set", "Corrections", "C2", "Growth Hacker")
	d.person("set", "Corrections", "D2", "Marketing")
	r := workbook.Parse(d.read(), workbook.LastGood{})
	if len(r.NewIDs) != 1 {
		t.Fatalf("new IDs %+v", r.NewIDs)
	}
	w := workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Corrections, Target: r.NewIDs[0].Target,
		Cells: map[string]workbook.Cell{"correction_id": r.NewIDs[0].ID, "row_check": "OK"}}}}
	d.person("insert-rows", "Corrections", "2:3", "")
	if out := d.write(w); len(out.Unplaced) > 0 {
		t.Errorf("unplaced %+v", out.Unplaced)
	}
	if got := d.cells("Corrections!A4:D4"); got != "C-000001||Growth Hacker|Marketing\n" {
		t.Errorf("the row is %q", got)
	}
	if out := d.write(w); len(out.Unplaced) > 0 {
		t.Errorf("the same again: unplaced %+v", out.Unplaced)
	}
}

func TestPeoplesColumnsAreRefused(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	_, err := d.Write(context.Background(), workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-01"}, Cells: map[string]workbook.Cell{"name": "x"}}}})
	if err == nil || !strings.Contains(err.Error(), "people's") {
		t.Errorf("err %v", err)
	}
}

func TestATickIsTakenAwayAndASecondOneStays(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	d.person("tick", "Control", "C2", "")
	if got := workbook.Parse(d.read(workbook.Control), workbook.LastGood{}).Requests; len(got) != 1 || got[0].Action != label.ActionRun {
		t.Fatalf("requests %+v", got)
	}
	again := true
	d.before = func(r *http.Request) {
		if again && d.writes.Load() > 0 && strings.Contains(r.URL.Path, "batchGetByDataFilter") {
			again = false
			d.person("tick", "Control", "C2", "") // between our write and our second look
		}
	}
	d.reset()
	d.write(workbook.Writes{ClearTicks: []string{"run"}, Cells: []workbook.CellWrite{{Tab: workbook.Control, Target: workbook.Target{ID: "run"}, Cells: map[string]workbook.Cell{"status": "RUNNING"}}}})
	if got := d.cells("Control!A2:E3"); !strings.HasPrefix(got, "run|Run now|true||RUNNING\n") {
		t.Errorf("Control is\n%s", got)
	}
}

func TestBlocksReplaceWhatIsOurs(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	line := func(id, text string) map[string]workbook.Cell {
		return map[string]workbook.Cell{"preview_id": id, "title": text}
	}
	d.write(workbook.Writes{Blocks: []workbook.BlockReplace{{Tab: workbook.Preview, Rows: []map[string]workbook.Cell{line("1", "a"), line("2", "b"), line("3", "c")}}}})
	d.write(workbook.Writes{Blocks: []workbook.BlockReplace{{Tab: workbook.Preview, Rows: []map[string]workbook.Cell{line("9", "z")}}}})
	if got := d.cells("Preview!A2:D9"); strings.TrimSpace(got) != "9|||z" {
		t.Errorf("Preview is\n%s", got)
	}
	suggest := func(id string) map[string]workbook.Cell {
		return map[string]workbook.Cell{"quality_id": id, "section": "suggestion", "suggestion": "do " + id}
	}
	d.write(workbook.Writes{Blocks: []workbook.BlockReplace{{Tab: workbook.Quality, Rows: []map[string]workbook.Cell{suggest("X1"), suggest("X2")}}}})
	d.person("set", "Quality", "C3", "TRUE") // X2 is ticked
	d.write(workbook.Writes{Blocks: []workbook.BlockReplace{{Tab: workbook.Quality, Rows: []map[string]workbook.Cell{suggest("X3"), suggest("X2")}}}})
	if got := workbook.Parse(d.read(workbook.Quality), workbook.LastGood{}).Suggestions; len(got) != 1 || got[0] != "X2" {
		t.Errorf("the tick stands beside %v", got)
	}
	for _, id := range []string{"Q-1", "Q-2", "Q-3"} {
		d.write(workbook.Writes{Appends: []workbook.RowAppend{question(id, "t "+id)}})
	}
	d.person("set", "Review", "E4", "mine")
	d.write(workbook.Writes{Blocks: []workbook.BlockReplace{{Tab: workbook.Review, Rows: []map[string]workbook.Cell{{"review_id": "Q-1"}, {"review_id": "Q-3"}}}}})
	if got := d.cells("Review!A2:F5"); strings.TrimSpace(got) != "Q-1|||||t Q-1\nQ-3||||mine|t Q-3" {
		t.Errorf("Review is\n%s", got)
	}
}

func TestHeadersThatWereTouchedStopOnlyTheirTab(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*desk)
		want string // in the Roles tab's problem; "" for none
	}{
		{"a header is renamed", func(d *desk) { d.person("rename-header", "Roles", "B1", "Job role") }, ""},
		{"the tab is renamed", func(d *desk) { d.person("rename-tab", "Roles", "A1", "Our roles") }, ""},
		{"a column is inserted", func(d *desk) { d.person("insert-columns", "Roles", "A:B", "") }, ""},
		{"columns change places", func(d *desk) { d.person("swap-columns", "Roles", "B:E", "") }, ""},
		{"a column of ours is deleted", func(d *desk) { d.person("delete-columns", "Roles", "H:H", "") }, ""},
		{"a column of people's is deleted", func(d *desk) { d.person("delete-columns", "Roles", "B:B", "") }, "column Role is missing"},
		{"a second header of the same name", func(d *desk) { d.person("set", "Roles", "J1", "Role") }, "two columns are headed Role, in B1 and J1"},
		{"a header is pasted over another", func(d *desk) {
			d.person("set", "Roles", "E1", "Role")
			d.person("set", "Roles", "B1", "Something")
		}, "the header Role stands in E1 and not in B1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, 1)
			d.init(smallBook(t))
			d.read()
			c.do(d)
			snap := d.read()
			roles := snap.Tables[workbook.Roles]
			if c.want == "" && (roles.Problem != "" || len(roles.Rows) != 26 || roles.Rows[1].Cells["name"] != "Sales") {
				t.Errorf("problem %q, %d rows", roles.Problem, len(roles.Rows))
			}
			if c.want != "" && !strings.Contains(roles.Problem, c.want) {
				t.Errorf("problem %q, want %q", roles.Problem, c.want)
			}
			if rules := snap.Tables[workbook.Rules]; rules.Problem != "" || len(rules.Rows) != 8 {
				t.Errorf("the Rules tab suffers: %q, %d rows", rules.Problem, len(rules.Rows))
			}
		})
	}
}

func TestAFaultAtEachRequestLosesNothing(t *testing.T) {
	for _, kind := range []gsheet.Fault{{Kind: gsheet.FaultErrorBefore}, {Kind: gsheet.FaultErrorAfter}, {Kind: gsheet.FaultCut}, {Kind: gsheet.FaultStatus, Status: 429}, {Kind: gsheet.FaultErrorBefore, Status: 400}} {
		for skip := range 6 {
			d := newDesk(t, 1)
			d.init(smallBook(t))
			w := workbook.Writes{Appends: []workbook.RowAppend{question("Q-1", "one"), question("Q-2", "two")},
				Cells: []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-02"}, Cells: map[string]workbook.Cell{"row_check": "OK", "contacts": 7}}}}
			fault := kind
			fault.Match, fault.Skip = "/v4/", skip
			if err := d.server.Break(fault); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Write(context.Background(), w); err != nil {
				d.server.Mend()
				d.write(w)
			}
			d.server.Mend()
			if got := d.cells("Review!A2:F9"); strings.TrimSpace(got) != "Q-1|||||one\nQ-2|||||two" {
				t.Errorf("%s %d at request %d: Review is\n%s", kind.Kind, kind.Status, skip, got)
			}
			if got := d.cells("Roles!A3:I3"); !strings.Contains(got, "|7|OK") {
				t.Errorf("%s at request %d: the role's row is %s", kind.Kind, skip, got)
			}
		}
	}
}

func TestRowsThatWereAddedWhileAColumnMovedAreAddedAgain(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	d.person("insert-columns", "Corrections", "D:D", "") // long before
	d.read()
	row := func(id, title string) workbook.RowAppend {
		return workbook.RowAppend{Tab: workbook.Corrections, Cells: map[string]workbook.Cell{"correction_id": id, "title": title, "role": "Sales", "source": "Review"}}
	}
	d.write(workbook.Writes{Appends: []workbook.RowAppend{row("C-1", "one")}})
	moved := false
	d.before = func(r *http.Request) {
		if !moved && strings.HasSuffix(r.URL.Path, d.id+":batchUpdate") {
			moved = true
			if err := d.server.Do(gsheet.Edit{Spreadsheet: d.id, Tab: "Corrections", Kind: "move-columns", Range: "C:C", To: "A"}); err != nil {
				t.Error(err)
			}
		}
	}
	d.write(workbook.Writes{Appends: []workbook.RowAppend{row("C-2", "two")}})
	got := d.cells("Corrections!A2:E9")
	if strings.Count(got, "C-2") != 1 || !strings.Contains(got, "two|C-2|||Sales") || !strings.Contains(got, "one|C-1|||Sales") {
		t.Errorf("Corrections is\n%s", got)
	}
}

// TestTwoThousandQuestionsFitTheQuota: every body stays below the 2 MB that Google advises, and a poll is one read whatever the size.
func TestTwoThousandQuestionsFitTheQuota(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	d.read()
	var w workbook.Writes
	for i := range 2000 {
		q := question(workbook.IDText(workbook.Review, i+1), strings.Repeat("Leiter Vertrieb ", 3))
		q.Cells["why"], q.Cells["similar"] = strings.Repeat("closest to a labelled title \"é\" ", 8), strings.Repeat("Head of Sales; ", 12)
		w.Appends = append(w.Appends, q)
	}
	d.reset()
	d.largest.Store(0)
	d.write(w)
	if d.largest.Load() > 2_000_000 || d.reads.Load() > 4 || d.writes.Load() > 10 {
		t.Errorf("a body of %d bytes; %d reads, %d writes", d.largest.Load(), d.reads.Load(), d.writes.Load())
	}
	d.reset()
	if n := len(d.read().Tables[workbook.Review].Rows); n != 2000 || d.reads.Load() != 1 {
		t.Errorf("%d rows in %d reads", n, d.reads.Load())
	}
	var done workbook.Writes
	for i := range 50 { // an hour's decisions
		done.Cells = append(done.Cells, status(workbook.IDText(workbook.Review, 40*i+1), "APPLIED"))
	}
	d.reset()
	d.write(done)
	if d.reads.Load() != 2 || d.writes.Load() != 1 {
		t.Errorf("50 statuses took %d reads and %d writes", d.reads.Load(), d.writes.Load())
	}
}
