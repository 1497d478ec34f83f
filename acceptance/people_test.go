package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// client is another program in whose hands people work in the sheet.
type client struct {
	name    string
	command func(script string) (program string, args []string)
	script  string
	// missing says what is not installed; "" when everything is.
	missing func() string
}

func clients(folder string) []client {
	node := func(script string) (string, []string) { return "node", []string{script} }
	npm := func(module string) func() string {
		return func() string {
			if _, err := exec.LookPath("node"); err != nil {
				return "Node.js is not installed"
			}
			if _, err := os.Stat(filepath.Join(folder, "node_modules", module)); err != nil {
				return "the npm package " + module + " is not installed (make conformance installs it)"
			}
			return ""
		}
	}
	return []client{
		{"googleapis", node, "people_googleapis.mjs", npm("googleapis")},
		{"google-spreadsheet", node, "people_google_spreadsheet.mjs", npm("google-spreadsheet")},
		{"python3-googleapi", func(script string) (string, []string) { return "/usr/bin/python3", []string{script} }, "people_python.py", func() string {
			if err := exec.Command("/usr/bin/python3", "-c", "import googleapiclient").Run(); err != nil {
				return "python3-googleapi is not installed"
			}
			return ""
		}},
	}
}

// task is what somebody does in the sheet; the scripts read it as JSON.
type task struct {
	Role             string `json:"role"`
	RuleText         string `json:"ruleText"`
	Title            string `json:"title"`
	CorrectRole      string `json:"correctRole"`
	CorrectSeniority string `json:"correctSeniority"`
	ReviewTitle      string `json:"reviewTitle"`
	ReviewRole       string `json:"reviewRole"`
	ReviewSeniority  string `json:"reviewSeniority"`
}

// People work in the workbook through the vendors' own clients, which know nothing of rolecall: they find columns by
// their headers, add a role, a rule and a correction, answer in Review and tick Run now. The daemon obeys.
func TestTheDaemonObeysPeopleOfOtherPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("a daemon and three clients")
	}
	folder, err := filepath.Abs(filepath.Join("..", "sandbox", "conformance"))
	if err != nil {
		t.Fatal(err)
	}
	s := peopledSandbox(t, clients(folder))
	daemon := s.start("run", "--poll-interval", "5s")
	daemon.waitFor("status_page")
	for _, c := range clients(folder) {
		t.Run(c.name, func(t *testing.T) {
			if what := c.missing(); what != "" && os.Getenv("CI") == "true" {
				t.Fatal(what)
			} else if what != "" {
				t.Skip(what)
			}
			obeys(t, s, c, filepath.Join(folder, c.script))
		})
	}
	if code := daemon.end(syscall.SIGTERM, 10*time.Second); code != 0 {
		t.Errorf("the daemon ended with %d:\n%s", code, daemon.said)
	}
}

// peopledSandbox has contacts for each client, labelled once, in apply mode.
func peopledSandbox(t *testing.T, all []client) *sandboxProcess {
	t.Helper()
	var b strings.Builder
	b.WriteString("Record ID,Job Title\n")
	id := 1000
	for _, c := range all {
		for _, title := range []string{"Keeper of the " + ruleWord(c), "Sworn Frobnicator at " + c.name} {
			for range 2 {
				id++
				fmt.Fprintf(&b, "%d,%s\n", id, title)
			}
		}
	}
	for _, title := range []string{"Head of Marketing", "Sales Manager", "Software Engineer", "Chief Financial Officer", "Gatherer of Moss", "Walker of Long Roads", "Friend of Otters",
		"Minder of Bees", "Singer of Hours", "Counter of Clouds", "Painter of Gates", "Listener", "Whisperer of Stones"} {
		id++
		fmt.Fprintf(&b, "%d,%s\n", id, title)
	}
	s := startSandbox(t, "--contacts", newUser(t).file("contacts.csv", b.String(), 0o600))
	s.run("init").want(0)
	s.sheet().apply()
	s.run("sync").want(4)
	s.run("sync", "--accept-held").want(0)
	return s
}

// ruleWord is a word that no other rule looks for.
func ruleWord(c client) string { return "quux" + strings.Map(letters, c.name) }

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

func obeys(t *testing.T, s *sandboxProcess, c client, script string) {
	sheet := s.sheet()
	sheet.t = t
	open := func() map[string]string {
		for _, row := range sheet.rows("Review") {
			if row["Status"] == "OPEN" && row["Decision"] == "" && !strings.Contains(row["Job title"], "quux") && !strings.Contains(row["Job title"], "Frobnicator") {
				return row
			}
		}
		t.Fatalf("Review has no open question: %v", sheet.rows("Review"))
		return nil
	}()
	want := task{Role: "Guild " + c.name, RuleText: ruleWord(c), Title: "Sworn Frobnicator at " + c.name, CorrectRole: "Legal & Compliance", CorrectSeniority: "Senior",
		ReviewTitle: open["Job title"], ReviewRole: "Human Resources", ReviewSeniority: "Director"}
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	program, args := c.command(script)
	cmd := exec.CommandContext(t.Context(), program, append(args, s.sheets, sheetID, string(raw))...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", c.name, err, out, errs.String())
	}
	var said struct{ Review string }
	if err := json.Unmarshal(out, &said); err != nil || said.Review != open["Review ID"] {
		t.Fatalf("%s says %q, the open question was %s", c.name, out, open["Review ID"])
	}
	eventually(t, "HubSpot has the option of the new role, and what was decided", func() error { return obeyed(t, s, want) })
	eventually(t, "the answered question says APPLIED, and no row is in error", func() error {
		row := sheet.find("Review", "Review ID", said.Review)
		if row != nil && row["Status"] != "APPLIED" {
			return fmt.Errorf("%v", row)
		}
		for tab, find := range map[string][2]string{"Roles": {"Role", want.Role}, "Rules": {"Text", want.RuleText}, "Corrections": {"Job title", want.Title}} {
			if row := sheet.find(tab, find[0], find[1]); row == nil || !strings.HasPrefix(row["Row check"], "OK") {
				return fmt.Errorf("%s: %v", tab, row)
			}
		}
		return nil
	})
}

// obeyed looks whether HubSpot shows what was done in the sheet.
func obeyed(t *testing.T, s *sandboxProcess, want task) error {
	options := map[string]string{}
	for _, property := range []string{"job_role", "job_seniority"} {
		var got struct {
			Options []struct{ Label, Value string }
		}
		if err := tryAsk(t, "GET", s.hubspot+"/crm/v3/properties/contacts/"+property, nil, &got); err != nil {
			return err
		}
		for _, o := range got.Options {
			options[o.Label] = o.Value
		}
	}
	if options[want.Role] == "" {
		return fmt.Errorf("job_role has no option %s", want.Role)
	}
	for id, c := range contacts(t, s.hubspot) {
		role, seniority := "", ""
		switch {
		case strings.Contains(c.title, want.RuleText):
			role = options[want.Role]
		case c.title == want.Title:
			role, seniority = options[want.CorrectRole], options[want.CorrectSeniority]
		case c.title == want.ReviewTitle:
			role, seniority = options[want.ReviewRole], options[want.ReviewSeniority]
		default:
			continue
		}
		if c.role != role || seniority != "" && c.seniority != seniority {
			return fmt.Errorf("contact %s, %q, shows %q and %q", id, c.title, c.role, c.seniority)
		}
	}
	return nil
}
