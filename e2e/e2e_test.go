// Package e2e drives the whole product in a headless browser, as the people do who use it: the demo's sheet, its HubSpot, and
// rolecall between them. It needs node, npm and chromium on the PATH; without them it is skipped, but under CI=true it fails.
package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// bound is how long one situation may take: generous, since the machine may be busy. Nothing waits for it when all is well.
const bound = 5 * time.Minute

func TestTheLoopInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser test: not with -short")
	}
	need(t, "node")
	need(t, "npm")
	need(t, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	install(t)
	d := startDemo(t, build(t))
	for _, s := range []struct{ situation, script string }{
		{"pasted titles are labelled in Try, a wrong one is put right there", "tryout"},
		{"an answer in Review relabels every contact with the title", "review"},
		{"an edit in HubSpot is kept, two that agree teach the title", "lesson"},
		{"a keyword rule and Run now relabel what the rule fits", "rule"},
		{"an emptied Roles tab holds the run, nothing is written", "accident"},
	} {
		t.Run(s.situation, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), bound)
			defer cancel()
			out, err := exec.CommandContext(ctx, "node", "loop.mjs", s.script, d.sheet, d.hubspot).CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Fatalf("node loop.mjs %s: %v\nthe demo said:\n%s", s.script, err, d.said())
			}
		})
	}
	d.stop(t)
}

func TestASecondPassOverTheSameStateWritesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("two passes over a demo: not with -short")
	}
	program, state := build(t), t.TempDir()
	once := func() (string, [sha256.Size]byte) {
		ctx, cancel := context.WithTimeout(t.Context(), bound)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, "demo", "--once", "--contacts", "300", "--state", state)
		cmd.Env = cleanEnvironment()
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("demo --once: %v\n%s", err, out)
		}
		sheet, err := os.ReadFile(filepath.Join(state, "sheets.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(out), sha256.Sum256(sheet)
	}
	written := regexp.MustCompile(`(?m)^written +(\d+) contacts$`)

	first, sheet := once()
	if m := written.FindStringSubmatch(first); m == nil || m[1] == "0" {
		t.Fatalf("the first pass should have written labels:\n%s", first)
	}
	second, again := once()
	if m := written.FindStringSubmatch(second); m == nil || m[1] != "0" {
		t.Errorf("the second pass should have written no contact:\n%s", second)
	}
	if sheet != again {
		t.Errorf("the second pass changed the sheet:\n%s", second)
	}
}

// need skips the test when a program is missing under each of its names; where CI=true it fails, so that CI cannot pass without it.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	skip(t, names[0]+" is not installed")
}

func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI needs this test", why)
	}
	t.Skipf("%s: the browser test is left out", why)
}

// install fetches the one npm package beside this test when it is not there yet.
func install(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", "playwright-core")); err == nil {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
		skip(t, "npm cannot install playwright-core ("+strings.TrimSpace(string(out))+")")
	}
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "rolecall")
	if out, err := exec.Command("go", "build", "-o", program, "rolecall").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	lookAtSources(t)
	return program
}

// lookAtSources makes the cache of go test forget this test's result when the program changes: it goes by the files that
// the test itself has looked at, and the compiler that it starts is another process.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == ".git" || name == "node_modules" || name == "docs") {
			return filepath.SkipDir
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cleanEnvironment is this one without what would name real credentials.
func cleanEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ROLECALL_") {
			out = append(out, v)
		}
	}
	return out
}

// demo is a running "rolecall demo".
type demo struct {
	cmd            *exec.Cmd
	out            *output
	ended          chan error
	sheet, hubspot string
}

// output collects what the demo prints, and tells of the moment when it has said all its addresses.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	once  sync.Once
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if strings.Contains(o.text.String(), "Ctrl-C ends it.") {
		o.once.Do(func() { close(o.ready) })
	}
	return len(p), nil
}

func (d *demo) said() string {
	d.out.mu.Lock()
	defer d.out.mu.Unlock()
	return d.out.text.String()
}

func startDemo(t *testing.T, program string) *demo {
	t.Helper()
	d := &demo{out: &output{ready: make(chan struct{})}, ended: make(chan error, 1)}
	// Runs come when somebody asks for them, so that each situation sees what its own deed has done.
	d.cmd = exec.Command(program, "demo", "--contacts", "400", "--poll", "2s", "--every", "1h", "--state", t.TempDir())
	d.cmd.Env, d.cmd.Stdout, d.cmd.Stderr = cleanEnvironment(), d.out, d.out
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { d.ended <- d.cmd.Wait() }()
	t.Cleanup(func() { _ = d.cmd.Process.Kill() }) // it has ended already when all went well
	select {
	case <-d.out.ready:
	case err := <-d.ended:
		t.Fatalf("the demo ended at once: %v\n%s", err, d.said())
	case <-time.After(bound):
		t.Fatalf("the demo was not ready within %v:\n%s", bound, d.said())
	}
	address := func(name string) string {
		m := regexp.MustCompile(`(?m)^  ` + name + ` +(http://\S+)$`).FindStringSubmatch(d.said())
		if m == nil {
			t.Fatalf("the demo did not say where %s is:\n%s", name, d.said())
		}
		return m[1]
	}
	d.sheet, d.hubspot = address("the sheet"), address("HubSpot")
	return d
}

// stop ends the demo as Ctrl-C does; that is a clean end.
func (d *demo) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	select {
	case err := <-d.ended:
		if err != nil {
			t.Errorf("Ctrl-C should end the demo cleanly: %v\n%s", err, d.said())
		}
	case <-time.After(bound):
		t.Error("the demo did not end after Ctrl-C")
	}
}
