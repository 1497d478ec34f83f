package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rolecall/evaluation"
)

// Whatever classify reads can hold labels too.
func TestLabelsStandInAnyTable(t *testing.T) {
	want := []evaluation.Row{{Title: "Leiter Müller", Answers: [][]string{{"A", "B"}, {"-"}}}, {Title: "CEO", Answers: [][]string{{"C"}, nil}}}
	for _, test := range []struct{ situation, table, fault string }{
		{"commas", "title,role,seniority\nLeiter Müller,A|B,-\nCEO,C,\n", ""},
		{"tabs", "Job Title\tRole\tSeniority\nLeiter Müller\tA|B\t-\nCEO\tC\t\n", ""},
		{"semicolons, a byte order mark, Windows line ends", "\ufeffTitel;role;seniority\r\nLeiter Müller;A|B;-\r\nCEO;C;\r\n", ""},
		{"Latin-1", "Stellenbezeichnung;role;seniority\nLeiter M\xfcller;A|B;-\nCEO;C;\n", ""},
		{"cells that are missing", "title,role,seniority,doubt\nLeiter Müller,A|B,-\nCEO,C\n", ""},
		{"quotation marks", "\"title\",\"role\",\"seniority\"\n\"Leiter Müller\",\"A|B\",\"-\"\nCEO,\"C\",\"\"\n", ""},
		{"a line that is no row", "title,role,seniority\nLeiter Müller,A|B,-\nHead, Sales,C,-\nCEO,C,\n", "line 3 left out: it has 4 cells"},
	} {
		t.Run(test.situation, func(t *testing.T) {
			var faults bytes.Buffer
			got, left, err := readLabels(strings.NewReader(test.table), &faults, nil)
			if err != nil || !reflect.DeepEqual(got.Rows, want) || !reflect.DeepEqual(got.Columns, []string{"role", "seniority"}) {
				t.Errorf("got %+v, %v", got, err)
			}
			if !strings.HasPrefix(faults.String(), test.fault) || (left == 0) != (test.fault == "") || left != strings.Count(faults.String(), "\n") {
				t.Errorf("%d left out, reported: %q", left, faults.String())
			}
		})
	}
}

func TestLabelsThatCannotBeRead(t *testing.T) {
	for situation, test := range map[string]struct{ table, want string }{
		"empty":            {"", "is empty"},
		"UTF-16":           {"\xff\xfet\x00i\x00", "CSV UTF-8"},
		"CR line ends":     {"title,role\rCEO,A\r", "CSV UTF-8"},
		"no title column":  {"name,role\nCEO,A\n", "call one title; the columns are name, role"},
		"two role columns": {"title;role;Role\nCEO;A;B\n", "column role is there twice"},
		"titles alone":     {"title\nCEO\n", "label columns are needed"},
	} {
		if _, _, err := readLabels(strings.NewReader(test.table), &bytes.Buffer{}, nil); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "--column;") {
			t.Errorf("%s: got %v, want %q", situation, err, test.want)
		}
	}
}

func TestEvalNamesTheLinesItLeavesOut(t *testing.T) {
	labels := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(labels, []byte("Titel;role\nVP of Marketing;Marketing\nSales;Manager;Sales\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", []string{"eval", "--labels", labels, "--workbook", smallWorkbook(t)}).want(t, exitPartial, "line 3 left out: it has 3 cells", "answers measured                   1")
}
