package workbook_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/workbook"
)

func TestABadRowGoesOnAsItWas(t *testing.T) {
	good := workbook.Row{ID: "R-001", Cells: cells{"priority": 1.0, "text": "seo", "set_role": "Marketing"}}
	first := workbook.Parse(small(workbook.Rules, good), workbook.LastGood{})
	bad := workbook.Row{ID: "R-001", Cells: cells{"priority": "?", "text": "seo", "set_role": "Marketing"}}
	second := workbook.Parse(small(workbook.Rules, bad), first.LastGood)
	if len(second.Rulebook.Rules) != 1 || second.Rulebook.Rules[0].Priority != 1 || second.Errors != 1 {
		t.Errorf("rules %+v, errors %d", second.Rulebook.Rules, second.Errors)
	}
	a, _ := first.Rulebook.Revision()
	b, _ := second.Rulebook.Revision()
	if a != b {
		t.Error("a typing slip changed the revision")
	}
	third := workbook.Parse(small(workbook.Rules, bad), second.LastGood)
	if len(third.Rulebook.Rules) != 1 {
		t.Error("the last good version was forgotten at the second reading")
	}
}

// A rule that goes on as it was is not off.
func TestABadRegexOfARuleThatWorkedSaysThatItGoesOn(t *testing.T) {
	with := func(text string) workbook.Row {
		return workbook.Row{ID: "R-001", Cells: cells{"priority": 1.0, "match": "regex", "text": text, "set_role": "Marketing"}}
	}
	good := workbook.Parse(small(workbook.Rules, with("seo")), workbook.LastGood{})
	for want, last := range map[string]workbook.LastGood{
		`ERROR: the regex does not compile: missing closing ) in "seo(" - the rule is off until mended`:                       {},
		`ERROR: the regex does not compile: missing closing ) in "seo(" - until it is mended the rule works as it did before`: good.LastGood,
	} {
		r := workbook.Parse(small(workbook.Rules, with("seo(")), last)
		for _, c := range r.Checks {
			if c.Tab == workbook.Rules && c.Text != want {
				t.Errorf("it says %s, want %s", c.Text, want)
			}
		}
	}
}

func TestATabWithAProblemKeepsItsRows(t *testing.T) {
	first := workbook.Parse(small(workbook.Control), workbook.LastGood{})
	snap := small(workbook.Control)
	snap.Tables[workbook.Roles] = workbook.Table{Tab: workbook.Roles, Problem: "the column Role is missing"}
	delete(snap.Tables, workbook.Seniorities)
	second := workbook.Parse(snap, first.LastGood)
	if !reflect.DeepEqual(first.Rulebook, second.Rulebook) {
		t.Errorf("became %+v", second.Rulebook)
	}
	if len(second.Problems) != 1 || !strings.HasPrefix(second.Problems[0], "Roles: the column Role is missing; until then") {
		t.Errorf("problems %q", second.Problems)
	}
}

func TestNamesAndValuesSurviveARename(t *testing.T) {
	first := workbook.Parse(small(workbook.Examples, workbook.Row{ID: "E-1", Cells: cells{"title": "Rep", "role": "Sales"}}), workbook.LastGood{})
	raw, err := json.Marshal(first.LastGood)
	if err != nil {
		t.Fatal(err)
	}
	var kept workbook.LastGood
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	snap := small(workbook.Examples, workbook.Row{ID: "E-1", Cells: cells{"title": "Rep", "role": "Sales"}})
	snap.Tables[workbook.Roles].Rows[0].Cells["name"] = "Selling"
	for range 3 {
		r := workbook.Parse(snap, kept)
		term := r.Rulebook.Taxonomies[label.Role].Terms[0]
		if term.Name != "Selling" || term.Value != "sales" || len(term.Former) != 1 || term.Former[0] != "Sales" {
			t.Errorf("term %+v", term)
		}
		if r.Errors > 0 || r.Rulebook.Exemplars[0].Labels[label.Role] != "sales" {
			t.Errorf("the example is %+v, checks %+v", r.Rulebook.Exemplars[0], r.Checks)
		}
		kept = r.LastGood
	}
}

func TestAccidentsAreHeld(t *testing.T) {
	many := func(n int) []workbook.Row {
		var rows []workbook.Row
		for i := range n {
			rows = append(rows, workbook.Row{ID: fmt.Sprintf("R-%03d", i+1), Cells: cells{"priority": float64(i + 1), "text": fmt.Sprintf("word%d", i), "set_role": "Sales"}})
		}
		return rows
	}
	shifted := func(n int) []workbook.Row {
		rows := many(n)
		for i := range rows {
			rows[i].Cells["text"] = fmt.Sprintf("word%d", (i+1)%n)
		}
		return rows
	}
	before := workbook.Parse(small(workbook.Rules, many(40)...), workbook.LastGood{})
	for _, c := range []struct {
		name  string
		rows  []workbook.Row
		held  string
		rules int
	}{
		{"ten rows are deleted", many(30), "", 30},
		{"eleven rows are deleted", many(29), "11 of the 40 rows of the Rules tab are gone", 40},
		{"all rows are deleted", nil, "40 of the 40 rows", 40},
		{"only the texts are sorted", shifted(40), "40 rows have each other's cells", 40},
		{"two texts change places", append(many(38), shifted(40)[38], shifted(40)[39]), "", 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := workbook.Parse(small(workbook.Rules, c.rows...), before.LastGood)
			if c.held == "" && len(r.Holds) > 0 || c.held != "" && (len(r.Holds) != 1 || !strings.Contains(r.Holds[0].Reason, c.held)) {
				t.Errorf("holds %+v", r.Holds)
			}
			if len(r.Rulebook.Rules) != c.rules {
				t.Errorf("%d rules, want %d", len(r.Rulebook.Rules), c.rules)
			}
			if c.held == "" {
				return
			}
			again := workbook.Parse(small(workbook.Rules, c.rows...), r.LastGood)
			if len(again.Holds) != 1 {
				t.Error("the hold was forgotten at the next reading")
			}
			accepted := again.LastGood
			accepted.Accept = true
			if r := workbook.Parse(small(workbook.Rules, c.rows...), accepted); len(r.Holds) > 0 || len(r.Rulebook.Rules) != len(c.rows) {
				t.Errorf("accepted: holds %+v, %d rules", r.Holds, len(r.Rulebook.Rules))
			}
		})
	}
	empty := small(workbook.Rules, many(40)...)
	empty.Tables[workbook.Roles] = workbook.Table{Tab: workbook.Roles}
	r := workbook.Parse(empty, before.LastGood)
	if len(r.Holds) != 1 || r.Holds[0].Tab != workbook.Roles || len(r.Rulebook.Taxonomies[label.Role].Terms) != 3 || len(r.Rulebook.Rules) != 40 {
		t.Errorf("an emptied taxonomy: holds %+v, %d roles, %d rules", r.Holds, len(r.Rulebook.Taxonomies[label.Role].Terms), len(r.Rulebook.Rules))
	}
}

func TestNewRowsAreInForceAndGetTheNextID(t *testing.T) {
	row := func(id, text string) workbook.Row {
		return workbook.Row{ID: id, Cells: cells{"priority": 1.0, "text": text, "set_role": "Sales"}}
	}
	first := workbook.Parse(small(workbook.Rules, row("R-007", "a"), row("", "b"), row("", "c")), workbook.LastGood{})
	if len(first.NewIDs) != 2 || first.NewIDs[0].ID != "R-008" || first.NewIDs[1].ID != "R-009" || len(first.Rulebook.Rules) != 3 {
		t.Fatalf("new IDs %+v", first.NewIDs)
	}
	second := workbook.Parse(small(workbook.Rules, row("R-007", "a"), row("", "d")), first.LastGood)
	if len(second.NewIDs) != 1 || second.NewIDs[0].ID != "R-010" {
		t.Errorf("the ID of a deleted row was given again: %+v", second.NewIDs)
	}
	if workbook.Parse(small(workbook.Rules, workbook.Row{Cells: cells{"on": false}}), workbook.LastGood{}).NewIDs != nil {
		t.Error("a row with nothing but an unticked box counts as a row")
	}
}

func FuzzRows(f *testing.F) {
	for tab := range uint8(12) {
		f.Add(tab, "S-01", "Sales", "Sales", 1.0, true, "regex", "a(")
		f.Add(tab, "", "", "#REF!", -1.0, false, "contains", "|||")
		f.Add(tab, "x", "none of these", "\u200b", 1e300, true, "ends with", "x|y")
	}
	f.Fuzz(func(t *testing.T, tab uint8, id, name, title string, number float64, tick bool, match, text string) {
		row := cells{"name": name, "rank": number, "active": tick, "value": text, "examples": text, "title": title, "role": name, "seniority": match,
			"on": name, "priority": number, "match": match, "text": text, "but_not": title, "set_role": name, "set_seniority": text,
			"decision": match, "correct_role": name, "applies_to": match, "contact_id": number, "request": name}
		layout := workbook.Layouts()[tab%12]
		snap := small(layout.Tab, workbook.Row{ID: id, Cells: row}, workbook.Row{ID: id, Cells: row})
		r := workbook.Parse(snap, workbook.LastGood{})
		if again := workbook.Parse(snap, workbook.LastGood{}); !reflect.DeepEqual(r.Checks, again.Checks) {
			t.Fatal("the same snapshot was read in two ways")
		}
		if _, err := r.Rulebook.Revision(); err != nil {
			t.Fatal(err)
		}
		workbook.Parse(snap, r.LastGood)
	})
}

func BenchmarkParseTheDefaultWorkbook(b *testing.B) {
	snap, err := workbook.Default()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		workbook.Parse(snap, workbook.LastGood{})
	}
}

// Corrections are numbered by the store, and a write into the sheet may fail: what a reading proposes as an ID proves nothing.
func TestNewRowsThatComeBackUnderOtherIDsHaveNotVanished(t *testing.T) {
	row := map[workbook.Tab]cells{
		workbook.Corrections: {"role": "Sales"}, workbook.Rules: {"priority": 1.0, "set_role": "Sales"}, workbook.Examples: {"role": "Sales"},
	}
	for tab, rest := range row {
		var pasted, numbered []workbook.Row
		for i := range 30 {
			cells := cells{"title": fmt.Sprintf("word%d", i), "text": fmt.Sprintf("word%d", i)}
			for key, c := range rest {
				cells[key] = c
			}
			pasted = append(pasted, workbook.Row{Position: i, Cells: cells})
			numbered = append(numbered, workbook.Row{Position: i, ID: workbook.IDText(tab, 500+i), Cells: cells})
		}
		first := workbook.Parse(small(tab, pasted...), workbook.LastGood{})
		if n := len(first.NewIDs); n != 30 || first.Errors > 0 {
			t.Fatalf("%s: %d new rows, %d errors", tab, n, first.Errors)
		}
		if second := workbook.Parse(small(tab, numbered...), first.LastGood); len(second.Holds) > 0 {
			t.Errorf("%s: %s", tab, second.Holds[0].Reason)
		}
	}
}

func TestABadNewRowLeavesNothingBehindAtEveryReading(t *testing.T) {
	for tab, bad := range map[workbook.Tab]cells{
		workbook.Corrections: {"title": "Rep", "role": "Nope"},
		workbook.Try:         {"correct_role": "Sales"},
	} {
		first := workbook.Parse(small(tab, workbook.Row{Cells: bad}, workbook.Row{Position: 1, Cells: bad}), workbook.LastGood{})
		if len(first.NewIDs) != 2 || first.NewIDs[0].ID == first.NewIDs[1].ID {
			t.Errorf("%s: proposed %+v", tab, first.NewIDs)
		}
		for _, c := range first.PeopleCells {
			if c.Tab == tab {
				t.Errorf("%s: the cell %s is kept under %s, an ID that the row does not have", tab, c.Column, c.RowID)
			}
		}
		second := workbook.Parse(small(tab, workbook.Row{Cells: bad}, workbook.Row{Position: 1, Cells: bad}), first.LastGood)
		if !reflect.DeepEqual(first.LastGood, second.LastGood) || !reflect.DeepEqual(first.NewIDs, second.NewIDs) {
			t.Errorf("%s: the same sheet was read as something new: %+v, then %+v", tab, first.NewIDs, second.NewIDs)
		}
	}
}

// Whoever fills an answer down past the last question must not answer the questions of tomorrow.
func TestAnAnswerBelowTheQuestionsIsNoQuestion(t *testing.T) {
	rows := []workbook.Row{{ID: "Q-000001", Cells: cells{"decision": "accept"}}, {Position: 1, Cells: cells{"decision": "accept"}}}
	r := workbook.Parse(small(workbook.Review, rows...), workbook.LastGood{})
	if len(r.Answers) != 1 || len(r.NewIDs) != 0 {
		t.Errorf("answers %+v, IDs proposed %+v", r.Answers, r.NewIDs)
	}
	if _, kept := r.LastGood.Rows[workbook.Review]["Q-000002"]; kept || r.Errors != 1 {
		t.Errorf("kept %v, %d errors", kept, r.Errors)
	}
	want := "ERROR: rolecall asks nothing in this row - clear it, and answer in a row that has a job title"
	if last := r.Checks[len(r.Checks)-1]; last.Tab != workbook.Review || last.Text != want || last.Target.New == nil {
		t.Errorf("the check is %+v", last)
	}
}
