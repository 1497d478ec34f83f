package acceptance

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rolecall/sandbox"
)

// number reads "name   123" off a summary.
func (r result) number(name string) int {
	r.t.Helper()
	found := regexp.MustCompile(`(?m)^` + name + `\s+(\d+)`).FindStringSubmatch(r.out)
	if found == nil {
		r.t.Fatalf("rolecall %s has no line %q:\n%s%s", r.line, name, r.out, r.err)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// sums checks that every contact is labelled, in Review, or has no title.
func (r result) sums(total int) {
	r.t.Helper()
	labelled, asked, untitled := r.number("labelled"), r.number("in Review"), r.number("no job title")
	if r.number("contacts read") != total || labelled+asked+untitled != total {
		r.t.Errorf("of %d contacts %d were read: %d labelled + %d in Review + %d without a title\n%s", total, r.number("contacts read"), labelled, asked, untitled, r.out)
	}
}

func TestDemoOnceAndOnceMore(t *testing.T) {
	if testing.Short() {
		t.Skip("two whole passes")
	}
	u := newUser(t)
	first := u.run("demo", "--once", "--contacts", "1000", "--state", "kept").want(0, "This is a demo", "contacts read", "labelled", "in Review", "seconds")
	first.sums(1000)
	if first.number("written") == 0 {
		t.Error("the first pass wrote nothing")
	}
	before := demoState(t, filepath.Join(u.dir, "kept"))
	second := u.run("demo", "--once", "--contacts", "1000", "--state", "kept").want(0)
	if second.number("written") != 0 || second.number("labelled") != first.number("labelled") || second.number("in Review") != first.number("in Review") {
		t.Errorf("the second pass:\n%s", second.out)
	}
	after := demoState(t, filepath.Join(u.dir, "kept"))
	for name, was := range before {
		if is := after[name]; is != was {
			t.Errorf("the second pass changed %s: %s", name, firstDifference(was, is))
		}
	}
}

// demoState is what stands in the demo's portal and in each tab of its sheet.
func demoState(t *testing.T, dir string) map[string]string {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"sheets.json", "hubspot.gob"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	box, err := sandbox.Start(t.Context(), sandbox.Options{StateDir: copied})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	}()
	out := map[string]string{"HubSpot": fmt.Sprint(contacts(t, box.HubSpotURL))}
	s := spreadsheet{t, box.SheetsURL, box.Sheets.IDs()[0]}
	for _, tab := range []string{"Control", "Review", "Roles", "Seniorities", "Rules", "Examples", "Corrections", "Settings", "Runs", "Quality", "Preview", "Try"} {
		out[tab] = fmt.Sprint(s.rows(tab))
	}
	return out
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(i-40, len(s))):min(i+80, len(s))] }
	return fmt.Sprintf("%q became %q", cut(a), cut(b))
}

func TestDemoWithRealTitles(t *testing.T) {
	path, err := filepath.Abs("../../shared/eval/survey_function.tsv")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("the titles of the survey are not here (%v): nothing is measured", err)
	}
	lines := -1 // the heading
	for in := bufio.NewScanner(file); in.Scan(); {
		if strings.TrimSpace(in.Text()) != "" {
			lines++
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got := newUser(t).run("demo", "--contacts", path, "--once").want(0)
	got.sums(lines)
	t.Logf("%s", got.out)
}

func TestTheDemoTouchesNothingReal(t *testing.T) {
	u := newUser(t).set("ROLECALL_HUBSPOT_TOKEN", "pat-a-real-one")
	u.run("demo", "--once").want(78, "does not start where real credentials are configured", "unset").without("pat-a-real-one")
	other := newUser(t)
	other.file("credentials.json", `{"hubspot": {"token": "pat-a-real-one"}}`, 0o600)
	other.run("demo", "--once").want(78, "move credentials.json away").without("pat-a-real-one")
	third := newUser(t)
	third.file("credentials.json", `{"hubspot": {"token": "pat-a-real-one"}}`, 0o644)
	third.run("demo", "--once").want(78, "credentials.json")
}

func TestTheDemoEndsWhenItIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("three demos")
	}
	for _, test := range []struct {
		name   string
		when   string
		signal syscall.Signal
	}{
		{"Ctrl-C while it waits", "Ctrl-C ends it", syscall.SIGINT},
		{"SIGTERM while it waits", "Ctrl-C ends it", syscall.SIGTERM},
		{"SIGTERM while it starts", "This is a demo", syscall.SIGTERM},
	} {
		t.Run(test.name, func(t *testing.T) {
			demo := newUser(t).start("demo", "--contacts", "300", "--state", "kept")
			demo.waitFor(test.when)
			if code := demo.end(test.signal, 10*time.Second); code != 0 {
				t.Errorf("exit code %d\n%s", code, demo.said)
			}
			if said := demo.said.String(); strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") || strings.Contains(said, "context canceled") {
				t.Errorf("it ends with:\n%s", said)
			}
		})
	}
}

func TestTwoDaemonsOnOneStore(t *testing.T) {
	if testing.Short() {
		t.Skip("two daemons")
	}
	o := newOffice(t, true)
	o.run("init").want(0)
	first := o.start("run")
	first.waitFor("status_page")
	holder := fmt.Sprint(first.cmd.Process.Pid)
	o.run("run").want(75, holder)
	o.run("sync").want(75, holder)
	o.run("check").want(0, "rolecall is running on", "Ready.")
	page := regexp.MustCompile(`"status_page":"http://([^"]+)"`).FindStringSubmatch(first.said.String())
	if page == nil {
		t.Fatalf("no status page: %s", first.said)
	}
	o.run("healthcheck", "--listen", page[1]).want(0)
	eventually(t, "the daemon can work", func() error {
		if got := o.run("healthcheck", "--ready", "--listen", page[1]); got.code != 0 {
			return fmt.Errorf("%s%s", got.out, got.err)
		}
		return nil
	})
	o.run("backup", "copy.db").want(0, "copy.db")
	if code := first.end(syscall.SIGTERM, 10*time.Second); code != 0 {
		t.Errorf("exit code %d\n%s", code, first.said)
	}
	o.run("healthcheck", "--listen", page[1]).want(1, "nobody answers", "rolecall run")
	o.run("check").want(0, "Ready.")

	// Killed without warning: the lock dies with the process.
	again := o.start("run")
	again.waitFor("status_page")
	again.end(syscall.SIGKILL, 10*time.Second)
	o.run("check").want(0, "Ready.")
}
