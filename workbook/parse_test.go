package workbook_test

import (
	"testing"

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
	n := 0
	for _, c := range r.Checks {
		if c.Text != "OK" && c.Tab == workbook.Examples {
			if n++; n < 20 {
				t.Logf("%d %s: %s", c.Position, c.Target.ID, c.Text)
			}
		}
	}
	t.Log(r.Errors, r.Warnings, r.Waiting, r.Problems, r.Holds, len(r.Rulebook.Exemplars), len(r.Rulebook.Rules))
}
