package evaluation_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rolecall/evaluation"
)

// table parts lines and cells; the titles are in the column called title, or else in the first.
func table(text string) (header []string, title int, records [][]string) {
	for line := range strings.Lines(text) {
		records = append(records, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
	}
	return records[0], max(0, slices.Index(records[0], "title")), records[1:]
}

func TestReadLabels(t *testing.T) {
	row := func(title string, answers ...[]string) evaluation.Row {
		return evaluation.Row{Title: title, Answers: answers}
	}
	for _, c := range []struct {
		situation, table string
		columns          []string
		want             evaluation.Labels
	}{
		{"doubt, and text where nobody could say", "title|role|seniority|doubt\nDev Lead|A|-|?\n", nil,
			evaluation.Labels{Columns: []string{"role", "seniority"}, Rows: []evaluation.Row{{Title: "Dev Lead", Answers: [][]string{{"A"}, {"-"}}, Doubt: true}}}},
		{"seniority before role, in capitals", "title| Seniority|ROLE\nHead, Sales|Director| Sales \n", nil,
			evaluation.Labels{Columns: []string{"role", "seniority"}, Rows: []evaluation.Row{row("Head, Sales", []string{"Sales"}, []string{"Director"})}}},
		{"another taxonomy, with people who disagree", "title|function|people|agreement\na|X|5|0.9\nb|X|1|1\nc|X|4|0.5\n", nil,
			evaluation.Labels{Columns: []string{"function"}, Rows: []evaluation.Row{row("a", []string{"X"})}}},
		{"a column asked for by name", "title|level|function\na|1|X\nb||Y\n", []string{"Level"},
			evaluation.Labels{Columns: []string{"level"}, Rows: []evaluation.Row{row("a", []string{"1"})}}},
		{"cells that are missing", "title|role|doubt\na|A\nb\n", nil,
			evaluation.Labels{Columns: []string{"role"}, Rows: []evaluation.Row{row("a", []string{"A"})}}},
		{"a column of titles of another name, among the others", "Job|role\na|A\n", nil,
			evaluation.Labels{Columns: []string{"role"}, Rows: []evaluation.Row{row("a", []string{"A"})}}},
	} {
		header, title, records := table(c.table)
		got, err := evaluation.ReadLabels(header, title, records, c.columns...)
		if err != nil {
			t.Errorf("%s: %v", c.situation, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.situation, got, c.want)
		}
	}
}

func TestOneOfTwoRightAnswersWillDo(t *testing.T) {
	got, err := evaluation.ReadLabels([]string{"title", "role"}, 0, [][]string{{"Dev Lead", "A| B |"}})
	if err != nil || !reflect.DeepEqual(got.Rows[0].Answers, [][]string{{"A", "B"}}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadLabelsSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ situation, table, columns, want string }{
		{"no labels", "title\na\n", "", "label columns are needed"},
		{"an unknown column", "title|role\na|b\n", "level", "no column is called level"},
		{"only blanks", "title|role\na|\n", "", "no row has a label"},
		{"two columns of one name", "title|role|x|Role\na|b|c|d\n", "", "column role is there twice"},
		{"two columns of the name asked for", "title|role|x|x\na|b|c|d\n", "x", "column x is there twice"},
		{"one column asked for twice", "title|x|y\na|b|c\n", "x,x", "column x is there twice"},
		{"too many columns", "title|x|y|z\na|b|c|d\n", "x,y,z", "one or two label columns"},
	} {
		header, title, records := table(c.table)
		var columns []string
		if c.columns != "" {
			columns = strings.Split(c.columns, ",")
		}
		_, err := evaluation.ReadLabels(header, title, records, columns...)
		if !errors.Is(err, evaluation.ErrLabels) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.situation, err, c.want)
		}
	}
}
