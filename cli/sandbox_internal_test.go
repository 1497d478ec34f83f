package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/sandbox"
	"rolecall/store"
	"rolecall/workbook"
)

// smallWorkbook is a folder with the default workbook's taxonomies and few of its rules and examples: it is fitted at once.
func smallWorkbook(t *testing.T) string {
	t.Helper()
	snapshot, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	for tab, rows := range map[workbook.Tab]int{workbook.Rules: 20, workbook.Examples: 150} {
		table := snapshot.Tables[tab]
		var few []workbook.Row
		for i := 0; i < len(table.Rows) && len(few) < rows; i += max(1, len(table.Rows)/rows) {
			few = append(few, table.Rows[i])
		}
		table.Rows = few
		snapshot.Tables[tab] = table
	}
	dir := filepath.Join(t.TempDir(), "workbook")
	if err := workbook.WriteDir(dir, snapshot); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAWorkbookFolderIsAllThatExplainAndClassifyNeed(t *testing.T) {
	dir := smallWorkbook(t)
	call(t, "", []string{"explain", "Director of Sales", "--workbook", dir}).want(t, exitOK, "Read as    director", "ROLE", "SENIORITY", "Closest", "Given without a person from")
	call(t, "", []string{"explain", "--json", "n/a", "--workbook", dir}).want(t, exitOK, `"kind": "placeholder"`, `"label": null`)
	call(t, "", []string{"explain", "--json", "Director of Sales", "--workbook", dir}).want(t, exitOK, `"read_as": "director`, `"label": "Sales"`, `"label": "Director"`, `"taught_by": "example `, `"confidence_rests_on": "`)
	call(t, "", []string{"explain", "n/a", "--workbook", dir}).want(t, exitOK, "It is      placeholder", "no label")
	call(t, "Director of Sales\n", []string{"classify", "-", "--workbook", dir}).want(t, exitOK, "title,role,role_confidence", "Director of Sales,", "1 titles")
	labels := filepath.Join(t.TempDir(), "labels.tsv")
	if err := os.WriteFile(labels, []byte("title\tseniority\nDirector of Sales\tDirector\nSenior Buyer\tSenior\nIntern\tEntry\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.html")
	call(t, "", []string{"eval", "--labels", labels, "--workbook", dir, "--html", report}).want(t, exitOK, "Seniority", "right")
	if page, err := os.ReadFile(report); err != nil || !bytes.Contains(page, []byte("</html>")) {
		t.Errorf("no report: %v", err)
	}
}

func TestABadRowOfAWorkbookIsNamed(t *testing.T) {
	dir := smallWorkbook(t)
	path := filepath.Join(dir, "rules.csv")
	rules, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(string(rules), "\n")
	cells := make([]string, strings.Count(header, ",")+1)
	for i, name := range strings.Split(header, ",") {
		switch strings.ToLower(name) {
		case "match":
			cells[i] = "regex"
		case "text":
			cells[i] = "(open"
		case "set role":
			cells[i] = "Sales"
		}
	}
	if err := os.WriteFile(path, append(rules, strings.Join(cells, ",")+"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", []string{"explain", "CEO", "--workbook", dir}).want(t, exitOK, "workbook: Rules, row 22: ERROR")
}

func TestDefaultWorkbookIsWrittenOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	call(t, "", []string{"workbook", "default", dir}).want(t, exitOK, "wrote 26 roles, 8 seniorities")
	call(t, "", []string{"workbook", "default", dir}).want(t, exitIO, "is there already")
}

// The sandbox command prints where it is, serves, and ends with 0 when it is interrupted.
func TestSandboxServesUntilItIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		defer in.Close()
		ended <- run(ctx, []string{"sandbox", "--contacts", "12", "--state", filepath.Join(t.TempDir(), "state")}, strings.NewReader(""), in, io.Discard, func(string) string { return "" })
	}()
	lines := bufio.NewScanner(out)
	for _, want := range []struct{ prefix, path string }{{"sheets http://127.0.0.1:", "/admin/log"}, {"hubspot http://127.0.0.1:", "/healthz"}} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), want.prefix) {
			t.Fatalf("got %q, want %s", lines.Text(), want.prefix)
		}
		_, address, _ := strings.Cut(lines.Text(), " ")
		answer, err := http.Get(address + want.path)
		if err != nil || answer.StatusCode != 200 {
			t.Errorf("%s does not serve: %v", address, err)
			continue
		}
		answer.Body.Close()
	}
	interrupt()
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// browser follows the first address that is written to it, as a person would.
type browser struct {
	t    *testing.T
	seen bytes.Buffer
}

func (b *browser) Write(p []byte) (int, error) {
	b.seen.Write(p)
	if address := strings.TrimSpace(string(p)); strings.HasPrefix(address, "http") {
		go func() {
			answer, err := http.Get(address)
			if err != nil {
				b.t.Errorf("open the address: %v", err)
				return
			}
			answer.Body.Close()
		}()
	}
	return len(p), nil
}

func TestSignInToGoogleAsAPerson(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	token := filepath.Join(t.TempDir(), "new", "token.json")
	env := map[string]string{"ROLECALL_GOOGLE_OAUTH_CLIENT_ID": "client", "ROLECALL_GOOGLE_OAUTH_CLIENT_SECRET": "secret", "ROLECALL_GOOGLE_OAUTH_TOKEN_FILE": token,
		"ROLECALL_GOOGLE_AUTH_URL": box.SheetsURL + "/auth", "ROLECALL_GOOGLE_TOKEN_URL": box.SheetsURL + "/token"}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"auth", "google"}, strings.NewReader(""), &browser{t: t}, &errs, func(name string) string { return env[name] }); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	info, err := os.Stat(token)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the sign-in: %v, %v", info, err)
	}
}

func TestTheSheetOfTheSandboxIsRead(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	dir := filepath.Join(t.TempDir(), "export")
	id := "1" + strings.Repeat("a", 43)
	call(t, "", []string{"workbook", "export", dir, "--sheet-url", id}, "ROLECALL_SHEETS_ENDPOINT", box.SheetsURL+"/").want(t, exitFailure, "check the link of the sheet")
	call(t, "", []string{"workbook", "export", dir}).want(t, exitConfig, "there is no sheet")
}

func TestCheckLooksWhileTheDaemonRuns(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}
	held := filepath.Join(t.TempDir(), "rolecall.db")
	daemon, err := store.Open(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	arguments := func(command string) []string {
		return []string{command, "--store", held, "--workbook", smallWorkbook(t), "--hubspot-base-url", box.HubSpotURL, "--hubspot-token-file", token}
	}
	call(t, "", arguments("check")).want(t, exitOK, "rolecall is running on "+held, "Ready.")
	call(t, "", arguments("sync")).want(t, exitBusy, "another rolecall is using this store")
}
