package workbook_test

import (
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/workbook"
)

func TestTheDefaultWorkbookReadsWithoutAComplaint(t *testing.T) {
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	r := workbook.Parse(snap, workbook.LastGood{})
	for _, c := range r.Checks {
		if c.Text != "OK" {
			t.Errorf("%s %v: %s", c.Tab, c.Target, c.Text)
		}
	}
	if r.Errors+r.Waiting > 0 || len(r.Problems)+len(r.Holds) > 0 || len(r.NewIDs) > 0 {
		t.Errorf("errors %d, waiting %d, problems %v, holds %v, new IDs %d", r.Errors, r.Waiting, r.Problems, r.Holds, len(r.NewIDs))
	}
	if terms := r.Rulebook.Taxonomies; len(terms[label.Role].Terms) != 26 || len(terms[label.Seniority].Terms) != 8 {
		t.Errorf("%d roles and %d seniorities, want 26 and 8", len(terms[label.Role].Terms), len(terms[label.Seniority].Terms))
	}
	if got, want := r.Rulebook.Settings, label.DefaultSettings(); got != want {
		t.Errorf("settings of the default workbook\n%+v\nare not the built-in ones\n%+v", got, want)
	}
}

// Row checks are written where they differ from the last: words in another order would be written at every poll.
func TestARowWithManyFaultsSaysThemInTheSameOrder(t *testing.T) {
	row := workbook.Row{ID: "RO-09", Cells: cells{"name": "Legal", "active": "perhaps", "fallback": "maybe", "value": "No!"}}
	snap := small(workbook.Control)
	table := snap.Tables[workbook.Roles]
	row.Position = len(table.Rows)
	table.Rows = append(table.Rows, row)
	snap.Tables[workbook.Roles] = table
	first := ""
	for range 50 {
		for _, c := range workbook.Parse(snap, workbook.LastGood{}).Checks {
			if c.Target.ID != "RO-09" {
				continue
			}
			if first == "" {
				first = c.Text
			}
			if c.Text != first {
				t.Fatalf("it says\n%s\nand then\n%s", first, c.Text)
			}
		}
	}
	if !strings.Contains(first, "Active must be ticked or not") || !strings.Contains(first, "Fallback must be ticked or not") {
		t.Errorf("it says %s", first)
	}
}
