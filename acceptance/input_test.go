package acceptance

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What people type wrong, and what they are told. No command may end otherwise than by an exit code of its table and
// a sentence that names what is wrong.
func TestWhatIsTypedWrong(t *testing.T) {
	u := newUser(t)
	u.file("empty.csv", "", 0o600)
	u.file("nothing.csv", "name,town\nx,y\n", 0o600)
	u.file("utf16.csv", "\xff\xfet\x00i\x00t\x00l\x00e\x00", 0o600)
	u.file("torn.json", "{", 0o600)
	u.file("broken.sqlite", "no database", 0o600)
	if err := os.MkdirAll(filepath.Join(u.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line string
		code int
		says []string
	}{
		{"chek", 2, []string{`unknown command "chek"`, "did you mean check"}},
		{"--nope", 2, []string{"unknown flag: --nope"}},
		{"check extra", 2, []string{"extra"}},
		{"check --nope", 2, []string{"unknown flag: --nope", "rolecall check --help"}},
		{"sync --all=perhaps", 2, []string{"perhaps"}},
		{"preview extra", 2, []string{"extra"}},
		{"init extra", 2, []string{"extra"}},
		{"run extra", 2, []string{"extra"}},
		{"undo a b", 2, []string{"at most 1"}},
		{"demo extra", 2, []string{"extra"}},
		{"demo --once --contacts none.csv", 74, []string{"none.csv"}},
		{"demo --once --contacts folder", 74, []string{"folder"}},
		{"demo --once --contacts -5", 2, []string{"-5"}},
		{"demo --every soon", 2, []string{"soon"}},
		{"demo --once --addr here", 1, []string{"here", "host:port"}},
		{"demo --people many", 2, []string{"many"}},
		{"check", 78, []string{"3 faults", "sheet_url", "google.service_account_file", "hubspot.token"}},
		{"preview", 78, []string{"3 faults"}},
		{"sync", 78, []string{"3 faults"}},
		{"run", 78, []string{"3 faults"}},
		{"init", 78, []string{"3 faults"}},
		{"undo", 78, []string{"3 faults"}},
		{"check --config none.json", 78, []string{"none.json"}},
		{"check --config torn.json", 78, []string{"torn.json", "ends too early"}},
		{"config show --poll-interval 1s", 78, []string{"poll_interval", "5s"}},
		{"config show --poll-interval fast", 78, []string{"fast", "15s"}},
		{"config show --listen 8321", 78, []string{"listen", "127.0.0.1:8321"}},
		{"config show --listen 0.0.0.0:8321", 78, []string{"admin_token"}},
		{"config show --hubspot-token-file none.txt", 78, []string{"none.txt"}},
		{"config show --hubspot-portal-id acme", 78, []string{"acme", "is not a number"}},
		{"classify none.csv", 74, []string{"none.csv"}},
		{"classify folder", 74, []string{"folder"}},
		{"classify empty.csv", 1, []string{"empty.csv", "the table is empty"}},
		{"classify nothing.csv", 1, []string{"--column", "name, town"}},
		{"classify nothing.csv --column job", 1, []string{`no column "job"`, "name, town"}},
		{"classify utf16.csv", 1, []string{"UTF-8"}},
		{"classify nothing.csv --column name --format xml", 2, []string{"neither csv nor json"}},
		{"classify nothing.csv --column name --out no/such/folder/out.csv", 74, []string{"no/such/folder"}},
		{"classify nothing.csv --column name --workbook folder", 1, []string{"roles.csv", "rolecall workbook default folder"}},
		{"explain", 2, []string{"no title"}},
		{"explain x --workbook none", 1, []string{"none"}},
		{"eval", 2, []string{"--labels FILE is missing"}},
		{"eval --labels none.tsv", 74, []string{"none.tsv"}},
		{"eval --labels nothing.csv", 1, []string{"nothing.csv", "title"}},
		{"eval --labels nothing.csv --folds 3 --shots 2", 2, []string{"folds", "shots"}},
		{"backup", 74, []string{"store"}},
		{"backup --store broken.sqlite", 74, []string{"broken.sqlite"}},
		{"healthcheck --listen 127.0.0.1:1", 1, []string{"nobody answers"}},
		{"auth google", 78, []string{"no OAuth client"}},
		{"sandbox --tier gold", 1, []string{"gold", "professional"}},
		{"sandbox --contacts none.csv", 74, []string{"none.csv"}},
		{"sandbox --contacts 3000000", 2, []string{"2000000"}},
		{"sandbox --lag slow", 2, []string{"slow"}},
		{`sandbox --fault {"kind":"explode"}`, 1, []string{"explode", "apply-then-lose"}},
		{"workbook default", 2, []string{"accepts 1 arg"}},
		{"workbook export out", 78, []string{"sheet_url"}},
	} {
		t.Run(test.line, func(t *testing.T) {
			mine := *u
			mine.t = t
			mine.run(strings.Fields(test.line)...).want(test.code, test.says...).without("panic", "goroutine ", "Usage:", "%!")
		})
	}
}

// Tables as spreadsheets, exports and people make them.
func TestTablesOfEveryKind(t *testing.T) {
	u := newUser(t)
	for _, test := range []struct {
		name, file, text string
		flags            []string
		code             int
		titles           []string // of the rows that come out
		says             string
	}{
		{name: "commas", file: "a.csv", text: "id,Job Title\n1,Chief Executive Officer\n2,\"Buyer, indirect\"\n", titles: []string{"Chief Executive Officer", "Buyer, indirect"}},
		{name: "a byte order mark and Windows line ends", file: "b.csv", text: "\ufeffJob Title,id\r\nCFO,1\r\n", titles: []string{"CFO"}},
		{name: "semicolons and Latin-1", file: "c.csv", text: "Stellenbezeichnung;Ort\nGesch\xe4ftsf\xfchrer;K\xf6ln\n", titles: []string{"Geschäftsführer"}},
		{name: "tabs", file: "d.tsv", text: "id\ttitle\n1\tHead of \"Growth\"\n", titles: []string{`Head of "Growth"`}},
		{name: "a list without a heading", file: "e.txt", text: "VP of Marketing\nCEO, Acme\n", titles: []string{"VP of Marketing", "CEO, Acme"}},
		{name: "a quotation mark that nobody closed", file: "f.csv", text: "id,title\n1,\"CFO\n2,CEO\n3,CTO\n", code: 5, titles: []string{"CEO", "CTO"}, says: "line 2"},
		{name: "rows of other lengths", file: "g.csv", text: "id,title\n1,CFO,extra\n2,CEO\n3\n", code: 5, titles: []string{"CEO"}, says: "line 4"},
		{name: "empty lines and empty cells", file: "h.csv", text: "id,title\n\n1,\n\n2,CEO\n", titles: []string{"", "CEO"}},
		{name: "a column of another name", file: "i.csv", text: "who,what they do\nA,CEO\n", flags: []string{"--column", "what they do"}, titles: []string{"CEO"}},
		{name: "odd titles", file: "j.csv", text: "title\n=HYPERLINK(\"http://x\")\n-\n🚀 Chief Rocket 🚀\nA\u0000B\n" + strings.Repeat("very ", 3000) + "long\n", titles: []string{`=HYPERLINK("http://x")`, "-", "🚀 Chief Rocket 🚀", "A\u0000B", strings.Repeat("very ", 3000) + "long"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			mine := *u
			mine.t = t
			path := mine.file(test.file, test.text, 0o600)
			checkTable(t, mine.run(append([]string{"classify", path}, test.flags...)...).want(test.code, test.says), test.titles)
			checkTable(t, mine.pipe(test.text, append([]string{"classify", "-"}, test.flags...)...).want(test.code, test.says), test.titles)
			checkJSON(t, mine.run(append([]string{"classify", path, "--format", "json"}, test.flags...)...).want(test.code), len(test.titles))
		})
	}
}

// checkTable reads the output as a spreadsheet would and looks for the titles, in their order.
func checkTable(t *testing.T, got result, titles []string) {
	t.Helper()
	first, _, _ := strings.Cut(got.out, "\n")
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.out, "\ufeff")))
	for _, c := range "\t;" {
		if strings.ContainsRune(first, c) {
			r.Comma = c
		}
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("the output is no table: %v\n%s", err, got.out)
	}
	if len(rows) != len(titles)+1 {
		t.Fatalf("%d rows for %d titles:\n%s", len(rows)-1, len(titles), got.out)
	}
	role := -1
	for i, h := range rows[0] {
		if h == "role" {
			role = i
		}
	}
	for i, title := range titles {
		row := rows[i+1]
		if !strings.Contains(strings.Join(row, "\x1f"), title) {
			t.Errorf("row %d lacks %q: %q", i+1, title, row)
		}
		if title == "CEO" && (role < 0 || row[role] != "General Management") {
			t.Errorf("CEO has the role %q", row)
		}
	}
}

func checkJSON(t *testing.T, got result, rows int) {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(got.out), &list); err != nil {
		t.Fatalf("the output is no JSON: %v\n%s", err, got.out)
	}
	if len(list) != rows {
		t.Errorf("%d objects for %d rows", len(list), rows)
	}
	for _, row := range list {
		if row["role_method"] == nil || row["review"] == nil {
			t.Errorf("a row lacks role_method or review: %v", row)
		}
	}
}

// Whatever stands in a title, explain answers in plain text that cannot move the cursor.
func TestOddTitlesExplained(t *testing.T) {
	u := newUser(t)
	for _, title := range []string{"", " ", "-", "n/a", "🚀", "\x1b[31mCEO\x1b[0m", "CEO\nCFO", strings.Repeat("Chief ", 4000), "\xff\xfe", "株式会社 代表取締役", "مدير التسويق", "=SUM(A1)", "'; DROP TABLE titles;--", "a@b.example"} {
		got := u.run("explain", "--", title).want(0, "Read as", "ROLE", "SENIORITY", "Model")
		if strings.ContainsAny(got.out, "\x1b\r\x07") {
			t.Errorf("explaining %q prints control characters: %q", title, got.out)
		}
		var parsed map[string]any
		if err := json.Unmarshal([]byte(u.run("explain", "--json", "--", title).want(0).out), &parsed); err != nil {
			t.Errorf("explain --json %q: %v", title, err)
		}
	}
	u.run("explain", "VP of Marketing").want(0, "Marketing", "confidence", "Closest", "Votes")
}
