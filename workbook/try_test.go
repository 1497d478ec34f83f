package workbook_test

import (
	"testing"

	"rolecall/workbook"
)

func TestATryRowSaysWhatIsWrongWithIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells cells
		want  string // the error
	}{
		{"a title", cells{"title": "VP of Sales"}, ""},
		{"a title and a pick", cells{"title": "VP of Sales", "correct_role": "Sales"}, ""},
		{"no word", cells{"title": "!!!"}, `ERROR: "!!!" has no word in it - type a job title`},
		{"a broken formula", cells{"title": "#REF!"}, "ERROR: the cell Job title shows #REF! - type the value itself instead of the formula"},
		{"a broken formula beside a title", cells{"title": "VP", "correct_role": "#N/A"}, "ERROR: the cell Correct role shows #N/A - type the value itself instead of the formula"},
		{"a pick without a title", cells{"correct_role": "Sales"}, "WAITING: type the job title"},
		{"a label that is not on the list", cells{"title": "VP", "correct_role": "Sails"}, `ERROR: role "Sails" is not on the Roles tab - pick from the list (did you mean Sales?)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := workbook.Parse(small(workbook.Try, workbook.Row{Cells: c.cells}), workbook.LastGood{})
			if len(r.Tries) != 1 || r.Tries[0].Error != c.want {
				t.Errorf("tries %+v, want the error %q", r.Tries, c.want)
			}
		})
	}
	for situation, row := range map[string]struct {
		row  workbook.Row
		want int
	}{
		"an emptied row, which loses its answer": {workbook.Row{ID: "T-0001"}, 1},
		"a row that never held anything":         {workbook.Row{}, 0},
	} {
		if r := workbook.Parse(small(workbook.Try, row.row), workbook.LastGood{}); len(r.Tries) != row.want || row.want == 1 && r.Tries[0].Title+r.Tries[0].Error != "" {
			t.Errorf("%s: %+v", situation, r.Tries)
		}
	}
}
