package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rolecall/label"
)

// parrot labels every title with its own first word; no fit is needed.
type parrot struct{}

func (p *parrot) Classify(_ context.Context, titles []string) ([]label.Decision, error) {
	out := make([]label.Decision, len(titles))
	for i, title := range titles {
		word, _, _ := strings.Cut(title, " ")
		f := label.Finding{Value: label.Value(word), Accepted: true, Method: label.ByRule, Confidence: 1, Why: "It says " + word + "."}
		switch word {
		case "unsure":
			f.Accepted, f.Method, f.Confidence = false, label.ByAbstaining, .4
		case "":
			f = label.Finding{Method: label.ByNonsense, Why: "Empty."}
		}
		out[i].Findings = [label.AxisCount]label.Finding{f, f}
	}
	return out, nil
}

// labelTable runs a table through a classification with the parrot.
func labelTable(t *testing.T, table string, f classifyFlags) (out, faults string, c *classification) {
	t.Helper()
	in, err := openTable(strings.NewReader(table), f.column)
	if err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	c = &classification{table: in, labeller: &parrot{}, form: newForm(f, in.header), out: &o, faults: &e}
	if err := c.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), c
}

const addedHeader = "role,role_confidence,role_method,seniority,seniority_confidence,seniority_method,why,review"

func TestTables(t *testing.T) {
	rule := func(word string) string {
		return fmt.Sprintf("%[1]s,1.000,rule,%[1]s,1.000,rule,It says %[1]s.,false", word)
	}
	for _, test := range []struct {
		situation, table, column string
		want                     []string // lines of the output
		faults                   []string
	}{
		{"commas", "id,Job Title\n1,CEO\n2,VP Sales\n", "", []string{"id,Job Title," + addedHeader, "1,CEO," + rule("CEO"), "2,VP Sales," + rule("VP")}, nil},
		{"semicolons, quotes, Windows line ends, a byte order mark", "\ufeffPosition;Note\r\n\"CEO; founder\";x\r\n", "", []string{"Position,Note," + addedHeader, "CEO; founder,x," + rule("CEO;")}, nil},
		{"tabs with stray quotes", "title\tx\nCEO \"big\" boss\t1\n", "", []string{"title,x," + addedHeader, "\"CEO \"\"big\"\" boss\",1," + rule("CEO")}, nil},
		{"a list without a heading", "CEO\nVP, Sales\n", "", []string{"title," + addedHeader, "CEO," + rule("CEO"), "\"VP, Sales\",\"" + strings.ReplaceAll(rule("VP,"), ",1.000", "\",1.000")}, nil},
		{"a named column", "a,b\nCEO,CFO\n", "b", []string{"a,b," + addedHeader, "CEO,CFO," + rule("CFO")}, nil},
		{"unsure and empty", "title,x\nunsure thing,1\n,2\n", "", []string{"title,x," + addedHeader,
			"unsure thing,1,unsure,0.400,abstain,unsure,0.400,abstain,It says unsure.,true", ",2,,0.000,no title,,0.000,no title,Empty.,false"}, nil},
		{"a cell over two lines", "title,x\n\"CEO\nand more\",1\nCFO,2\n", "", []string{"title,x," + addedHeader, "\"CEO", "and more\",1,\"CEO", "and\",1.000"}, nil},
		{"a quotation mark that nobody closed", "title,x\nCEO,\"open\nCFO,2\nCTO,3\n", "", []string{"title,x," + addedHeader, "CFO,2," + rule("CFO"), "CTO,3," + rule("CTO")}, []string{"line 2 left out: its quotation marks do not match"}},
		{"too many and too few cells", "title,x\nCEO,1,2\nCFO\n\nCTO,3\n", "", []string{"title,x," + addedHeader, "CTO,3," + rule("CTO")}, []string{"line 2 left out: it has 3 cells", "line 3 left out: it has 1 cells"}},
		{"Latin-1", "title,x\nG\xe9rant,1\n", "", []string{"title,x," + addedHeader, "Gérant,1," + rule("Gérant")}, nil},
		{"our column is there already", "title,role\nCEO,old\n", "", []string{"title,role,rolecall_role,role_confidence", "CEO,old,CEO"}, nil},
		{"our column is there under both names", "title,role,rolecall_role,rolecall_why,why\nCEO,old,older,x,y\n", "", []string{
			"title,role,rolecall_role,rolecall_why,why,rolecall_rolecall_role,role_confidence,role_method,seniority,seniority_confidence,seniority_method,rolecall_rolecall_why,review",
			"CEO,old,older,x,y,CEO"}, nil},
		{"tabs with quotation marks at a cell's start", "title\tx\n\"The\" Boss\t\"1\"\n", "", []string{"title,x," + addedHeader, "\"\"\"The\"\" Boss\",1,\"\"\"The"}, nil},
		{"a title by its German name", "Nr;Titel\n1;CEO\n", "", []string{"Nr,Titel," + addedHeader, "1,CEO," + rule("CEO")}, nil},
		{"a title that begins like a formula", "title,x\n=1+1 x,-5\n", "", []string{"title,x," + addedHeader, "=1+1 x,-5,'=1+1,1.000"}, nil},
		{"no rows", "title\n", "", []string{"title," + addedHeader}, nil},
	} {
		t.Run(test.situation, func(t *testing.T) {
			out, faults, _ := labelTable(t, test.table, classifyFlags{column: test.column, format: "csv"})
			lines := strings.Split(out, "\n")
			for i, want := range test.want {
				if i < len(lines) && strings.HasPrefix(lines[i], want) {
					continue
				}
				if test.situation == "a list without a heading" || test.situation == "a cell over two lines" {
					continue // compared by cells below
				}
				t.Errorf("line %d: got %q, want %q", i, strings.Join(lines[min(i, len(lines)):min(i+1, len(lines))], ""), want)
			}
			records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
			if err != nil {
				t.Fatalf("the output is no CSV: %v\n%s", err, out)
			}
			for _, r := range records {
				if len(r) != len(records[0]) {
					t.Errorf("a record has %d cells: %q", len(r), r)
				}
			}
			for _, want := range test.faults {
				if !strings.Contains(faults, want) {
					t.Errorf("not reported: %q in %q", want, faults)
				}
			}
			if len(test.faults) == 0 && faults != "" {
				t.Errorf("reported: %q", faults)
			}
		})
	}
}

// A line end inside a cell is the team's, whatever ends the lines of the table.
func TestCellsComeOutAsTheyCameIn(t *testing.T) {
	for _, cells := range [][]string{{"CEO", "one\r\ntwo\r\n"}, {"CEO", "one\ntwo"}, {"CEO", "one\rtwo"}, {"CEO", "a \"b\"\r\n\r\n,c"}, {"CEO", ""}, {"CEO", " x "}} {
		for situation, end := range map[string]string{"Unix": "\n", "Windows": "\r\n"} {
			quoted := `"` + strings.ReplaceAll(cells[1], `"`, `""`) + `"`
			out, faults, _ := labelTable(t, "title,x"+end+cells[0]+","+quoted+end+"CFO,2"+end, classifyFlags{format: "json"})
			var rows []map[string]any
			if err := json.Unmarshal([]byte(out), &rows); err != nil || faults != "" || len(rows) != 2 {
				t.Fatalf("%s: %v %s in %s", situation, err, faults, out)
			}
			if rows[0]["x"] != cells[1] || rows[1]["x"] != "2" {
				t.Errorf("%s line ends: %q came out as %q", situation, cells[1], rows[0]["x"])
			}
			out, _, _ = labelTable(t, "title,x"+end+cells[0]+","+quoted+end, classifyFlags{format: "csv"})
			if !strings.Contains(out, "\nCEO,"+cells[1]+",") && !strings.Contains(out, "\nCEO,"+quoted+",") {
				t.Errorf("%s line ends: %q is not in %q", situation, cells[1], out)
			}
		}
	}
}

// FuzzRecordsAreReadAsByEncodingCSV compares split with the standard library's reader.
func FuzzRecordsAreReadAsByEncodingCSV(f *testing.F) {
	for _, record := range []string{"a,b", `"a",b`, `"a""b",`, `"a"b,c`, `a"b,c`, `"a`, `""`, `"",""`, `,"`, `"a,b",c,"d"`, `"""",x`, `"a" ,b`, "\"a\rb\",c"} {
		f.Add(record, false)
		f.Add(strings.ReplaceAll(record, ",", ";"), true)
	}
	f.Fuzz(func(t *testing.T, record string, semicolons bool) {
		if strings.Contains(record, "\n") || strings.HasSuffix(record, "\r") || record == "" {
			return // no record of one line
		}
		r := csv.NewReader(strings.NewReader(record))
		table := tableReader{comma: ','}
		if semicolons {
			r.Comma, table.comma = ';', ';'
		}
		want, wrong := r.Read()
		got, err := table.split(record)
		if (err == nil) != (wrong == nil) || err == nil && !slices.Equal(got, want) {
			t.Errorf("%q: got %q and %v, want %q and %v", record, got, err, want, wrong)
		}
	})
}

func TestTablesThatCannotBeUsed(t *testing.T) {
	for situation, test := range map[string]struct{ table, column, want string }{
		"empty":           {"", "", "is empty"},
		"no title column": {"id,name\n1,a\n", "", "name one with --column; the columns are id, name"},
		"no such column":  {"id,name\n1,a\n", "Job", `no column "Job": the columns are id, name`},
		"UTF-16":          {"\xff\xfet\x00i\x00\n\x00", "", "CSV UTF-8"},
		"CR line ends":    {"title,x\rCEO,1\r", "", "save it as"},
		"broken heading":  {"a,\"b\"c,title\n", "", "the heading cannot be read"},
	} {
		if _, err := openTable(strings.NewReader(test.table), test.column); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", situation, err, test.want)
		}
	}
}

func TestRowsComeOutInTheirOrderAndTitlesAreAskedOnce(t *testing.T) {
	var table strings.Builder
	table.WriteString("n,title\n")
	const rows = 12*rowsInBatch + 17 // more batches than are under way at once, so that some are used again
	for i := range rows {
		fmt.Fprintf(&table, "%d,t%d x\n", i, i%100)
	}
	in, err := openTable(strings.NewReader(table.String()), "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := &classification{table: in, labeller: &parrot{}, form: newForm(classifyFlags{format: "csv"}, in.header), out: &out, faults: io.Discard}
	if err := c.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(records) != rows+1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, r := range records[1:] {
		if r[0] != fmt.Sprint(i) || r[2] != fmt.Sprintf("t%d", i%100) {
			t.Fatalf("record %d is %q", i, r)
		}
	}
	if len(c.seen) != 100 {
		t.Errorf("%d titles are remembered", len(c.seen))
	}
}

func TestJSON(t *testing.T) {
	out, _, _ := labelTable(t, "title,x\nCEO,\"a \"\"b\"\" \u2028\"\nunsure y,2\n", classifyFlags{format: "json"})
	var rows []map[string]any
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(rows) != 2 || rows[0]["role"] != "CEO" || rows[0]["x"] != "a \"b\" \u2028" || rows[0]["role_confidence"] != 1.0 || rows[1]["review"] != true {
		t.Errorf("got %v", rows)
	}
	out, _, _ = labelTable(t, "Title,Title,Title_2,role,rolecall_role,x\nCEO,a,b,c,d,e\n", classifyFlags{format: "json"})
	for _, want := range []string{`"Title":"CEO"`, `"Title_3":"a"`, `"Title_2":"b"`, `"role":"c"`, `"rolecall_role":"d"`, `"rolecall_rolecall_role":"CEO"`} {
		if strings.Count(out, want[:strings.Index(want, ":")+1]) != 1 || !strings.Contains(out, want) {
			t.Errorf("not there, or its key twice: %s in %s", want, out)
		}
	}
	if out, _, _ := labelTable(t, "title\n", classifyFlags{format: "json"}); strings.Join(strings.Fields(out), "") != "[]" {
		t.Errorf("no rows give %q", out)
	}
}

func TestClassifyWritesAFileThatIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	table, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	if err := os.WriteFile(table, []byte("Job Title,n\nVP of Marketing,1\nbroken\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := call(t, "", []string{"classify", table, "--out", out, "--workbook", smallWorkbook(t)})
	got.want(t, exitPartial, "line 3 left out", "1 titles")
	raw, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(raw), "VP of Marketing,1,") {
		t.Errorf("%v %s", err, raw)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v %v", entries, err)
	}
	call(t, "", []string{"classify", table, "--out", dir + "/./in.csv", "--workbook", smallWorkbook(t)}).want(t, exitUsage, "the table itself")
	if raw, err := os.ReadFile(table); err != nil || !strings.Contains(string(raw), "broken") {
		t.Errorf("the table after it was to be its own output: %v %s", err, raw)
	}
}

func TestOldBackupsAreThinnedOut(t *testing.T) {
	var names []string
	for day := 1; day <= 31; day++ { // May 2026, twice a day
		names = append(names, fmt.Sprintf("rolecall-2026-05-%02dT030500Z.db", day), fmt.Sprintf("rolecall-2026-05-%02dT150500Z.db", day))
	}
	names = append(names, "before-the-upgrade.db", "notes.txt")
	gone := superfluous(names)
	kept := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(gone, n) })
	want := []string{"rolecall-2026-05-10T150500Z.db", "rolecall-2026-05-17T150500Z.db", "rolecall-2026-05-24T150500Z.db", "rolecall-2026-05-25T150500Z.db", "rolecall-2026-05-26T150500Z.db",
		"rolecall-2026-05-27T150500Z.db", "rolecall-2026-05-28T150500Z.db", "rolecall-2026-05-29T150500Z.db", "rolecall-2026-05-30T150500Z.db", "rolecall-2026-05-31T150500Z.db", "before-the-upgrade.db", "notes.txt"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %q", kept)
	}
}

func FuzzTable(f *testing.F) {
	f.Add("title,x\nCEO,1\n", "")
	f.Add("\"a\n", "a")
	f.Add("a\tb\n\"\t\"\n", "b")
	f.Fuzz(func(t *testing.T, table, column string) {
		in, err := openTable(strings.NewReader(table), column)
		if err != nil {
			return
		}
		c := &classification{table: in, labeller: &parrot{}, form: newForm(classifyFlags{format: "csv"}, in.header), out: io.Discard, faults: io.Discard}
		if err := c.run(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkClassificationAlone(b *testing.B) {
	var table strings.Builder
	table.WriteString("id,Job Title\n")
	for i := range 100_000 {
		fmt.Fprintf(&table, "%d,Senior Manager %d\n", i, i)
	}
	b.ReportAllocs()
	b.SetBytes(int64(table.Len()))
	for b.Loop() {
		in, err := openTable(strings.NewReader(table.String()), "")
		if err != nil {
			b.Fatal(err)
		}
		c := &classification{table: in, labeller: &parrot{}, form: newForm(classifyFlags{format: "csv"}, in.header), out: io.Discard, faults: io.Discard}
		if err := c.run(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
