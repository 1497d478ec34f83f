package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/config"
	"rolecall/label"
	"rolecall/schedule"
	"rolecall/store"
)

// waiter calls then when a text comes by.
type waiter struct {
	text string
	then func()
	seen bytes.Buffer
}

func (w *waiter) Write(p []byte) (int, error) {
	w.seen.Write(p)
	if strings.Contains(string(p), w.text) {
		w.then()
	}
	return len(p), nil
}

// nobodyAnswers are settings of a Google and a HubSpot that cannot be reached.
func nobodyAnswers(t *testing.T) func(string) string {
	env := map[string]string{"HOME": t.TempDir(), "ROLECALL_SHEETS_ENDPOINT": "http://127.0.0.1:1/", "ROLECALL_SHEET_URL": "1" + strings.Repeat("a", 43),
		"ROLECALL_HUBSPOT_TOKEN": "some-token", "ROLECALL_HUBSPOT_BASE_URL": "http://127.0.0.1:1", "ROLECALL_LISTEN": "127.0.0.1:0",
		"ROLECALL_STORE": filepath.Join(t.TempDir(), "rolecall.db")}
	return func(name string) string { return env[name] }
}

// While Google does not answer, the daemon asks again and again; whoever stops it then has not broken anything.
func TestADaemonThatIsStoppedWhileGoogleIsAwayEndsWell(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	errs := &waiter{text: "status_page", then: stop}
	if code := run(ctx, []string{"run"}, strings.NewReader(""), io.Discard, errs, nobodyAnswers(t)); code != exitOK {
		t.Errorf("exit code %d: %s", code, errs.seen.String())
	}
}

// Wherever a command that runs until it is told to end is told so, it ends well; one with a job of its own has failed.
func TestACommandThatIsToldToEndWhileItStarts(t *testing.T) {
	nothing := func(*testing.T) func(string) string { return func(string) string { return "" } }
	for _, test := range []struct {
		name string
		args []string
		env  func(*testing.T) func(string) string
		when string // what it says just before it is told; blank: before it starts
		code int
	}{
		{"the demo, before it starts", []string{"demo", "--contacts", "10"}, nothing, "", exitOK},
		{"the demo, before the store is open", []string{"demo", "--contacts", "10"}, nothing, "are in the portal", exitOK},
		{"the demo, while it prepares", []string{"demo", "--contacts", "10"}, nothing, "The sheet has its tabs", exitOK},
		{"one pass of the demo", []string{"demo", "--once", "--contacts", "10"}, nothing, "are in the portal", exitFailure},
		{"the daemon", []string{"run"}, nobodyAnswers, "", exitOK},
		{"the sandbox, before it starts", []string{"sandbox"}, nothing, "", exitOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, tell := context.WithCancel(t.Context())
			defer tell()
			if test.when == "" {
				tell()
			}
			out, errs := &waiter{text: test.when, then: tell}, &waiter{text: "nothing is waited for", then: tell}
			code := run(ctx, test.args, strings.NewReader(""), out, errs, test.env(t))
			if code != test.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, test.code, &out.seen, &errs.seen)
			}
			if !strings.Contains(out.seen.String(), test.when) {
				t.Errorf("it never said %q:\n%s", test.when, &out.seen)
			}
			if said := errs.seen.String(); strings.Contains(said, "rolecall: ") != (code != exitOK) || strings.Contains(said, "interrupted before it was done") != (code != exitOK) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// The nights of a machine that is switched off in the evening are made up for, and nothing is done twice.
func TestNightsThatNobodyWasThereForAreCaughtUp(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "rolecall.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := config.Config{Store: s.Path(), Backups: filepath.Join(dir, "backups")}
	jobs, err := schedule.Jobs(schedule.Times{Every: time.Hour, RetrainAt: "03:15"})
	if err != nil {
		t.Fatal(err)
	}
	start := func(at time.Time) (asked []label.Action) {
		t.Helper()
		d := &daemon{app: &app{config: c, store: s}, status: newStatus(c, zerolog.Nop())}
		if err := d.catchUp(t.Context(), jobs, at); err != nil {
			t.Fatal(err)
		}
		for {
			r, ok, err := s.TakeRequest(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return asked
			}
			asked = append(asked, r.Action)
			if err := s.FinishRequest(t.Context(), r.ID, "done", at); err != nil {
				t.Fatal(err)
			}
		}
	}
	day := time.Now().UTC().Truncate(24 * time.Hour).Add(-24 * time.Hour)
	if asked := start(day.Add(9 * time.Hour)); asked != nil {
		t.Errorf("the first start asks for %v", asked)
	}
	if asked := start(day.Add(17 * time.Hour)); asked != nil {
		t.Errorf("a second start on the same day asks for %v", asked)
	}
	want := []label.Action{label.ActionRetrain, label.ActionSweep, label.ActionTidy}
	if asked := start(day.Add(33 * time.Hour)); !slices.Equal(asked, want) {
		t.Errorf("the next morning asks for %v, want %v", asked, want)
	}
	if asked := start(day.Add(34 * time.Hour)); asked != nil {
		t.Errorf("an hour later it asks for %v again", asked)
	}
	if copies, err := os.ReadDir(c.Backups); err != nil || len(copies) != 1 {
		t.Errorf("backups: %v, %v", copies, err)
	}
}

func TestOldHistoryGoesOnceADay(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "rolecall.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	measure := func(at time.Time) {
		t.Helper()
		if err := s.Measure(t.Context(), "contacts", at, 1); err != nil {
			t.Fatal(err)
		}
	}
	left := func() int {
		t.Helper()
		points, err := s.Series(t.Context(), "contacts", 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(points)
	}
	d := &daemon{app: &app{store: s, log: zerolog.Nop()}}
	measure(noon.Add(-2 * historyKept))
	measure(noon.Add(-time.Hour))
	if d.prune(t.Context(), noon); left() != 1 {
		t.Errorf("%d measurements are left", left())
	}
	measure(noon.Add(-2 * historyKept))
	if d.prune(t.Context(), noon.Add(time.Hour)); left() != 2 {
		t.Errorf("an hour later %d are left", left())
	}
	if d.prune(t.Context(), noon.Add(pruneEvery)); left() != 1 {
		t.Errorf("a day later %d are left", left())
	}
}
