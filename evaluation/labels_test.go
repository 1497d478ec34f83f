package evaluation_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"rolecall/evaluation"
)

func TestReadLabels(t *testing.T) {
	for _, c := range []struct {
		situation, file string
		columns         []string
		want            evaluation.Labels
	}{
		{"tabs, two right answers and doubt", "title\trole\tseniority\tdoubt\nDev Lead\tA|B\t-\t?\n", nil,
			evaluation.Labels{Columns: []string{"role", "seniority"}, Rows: []evaluation.Row{{Title: "Dev Lead", Answers: [][]string{{"A", "B"}, {"-"}}, Doubt: true}}}},
		{"commas, seniority before role", "Title,Seniority,Role\n\"Head, Sales\",Director,Sales\n", nil,
			evaluation.Labels{Columns: []string{"role", "seniority"}, Rows: []evaluation.Row{{Title: "Head, Sales", Answers: [][]string{{"Sales"}, {"Director"}}}}}},
		{"another taxonomy, with people who disagree", "title\tfunction\tpeople\tagreement\na\tX\t5\t0.9\nb\tX\t1\t1\nc\tX\t4\t0.5\n", nil,
			evaluation.Labels{Columns: []string{"function"}, Rows: []evaluation.Row{{Title: "a", Answers: [][]string{{"X"}}}}}},
		{"a column asked for by name", "title,level,function\na,1,X\nb,,Y\n", []string{"level"},
			evaluation.Labels{Columns: []string{"level"}, Rows: []evaluation.Row{{Title: "a", Answers: [][]string{{"1"}}}}}},
		{"a quotation mark inside a tab-separated cell", "title\trole\n\"The\" Boss\tA\n", nil,
			evaluation.Labels{Columns: []string{"role"}, Rows: []evaluation.Row{{Title: "\"The\" Boss", Answers: [][]string{{"A"}}}}}},
	} {
		got, err := evaluation.ReadLabels(strings.NewReader(c.file), c.columns...)
		if err != nil {
			t.Errorf("%s: %v", c.situation, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.situation, got, c.want)
		}
	}
}

func TestReadLabelsSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ situation, file, column, want string }{
		{"nothing", "", "", "empty"},
		{"no title", "name,role\na,b\n", "", "no column is called title"},
		{"no labels", "title\na\n", "", "label columns are needed"},
		{"an unknown column", "title,role\na,b\n", "level", "no column is called level"},
		{"only blanks", "title,role\na,\n", "", "no row has a label"},
	} {
		var columns []string
		if c.column != "" {
			columns = []string{c.column}
		}
		_, err := evaluation.ReadLabels(strings.NewReader(c.file), columns...)
		if !errors.Is(err, evaluation.ErrLabels) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.situation, err, c.want)
		}
	}
}
