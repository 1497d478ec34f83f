package workbook_test

import (
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
		if c.Text != "OK" && c.Tab != workbook.Examples {
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
