package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bound is how long anything may take on a busy machine; a healthy one needs a small part of it.
const bound = 4 * time.Minute

// user is somebody at a terminal: a folder, an environment, and the program.
type user struct {
	t   *testing.T
	dir string
	env map[string]string
}

// newUser has a home of their own and nothing configured.
func newUser(t *testing.T) *user {
	dir := t.TempDir()
	return &user{t: t, dir: dir, env: map[string]string{"HOME": dir, "PATH": os.Getenv("PATH"), "ROLECALL_LISTEN": "127.0.0.1:0"}}
}

// set sets variables of the environment, in pairs.
func (u *user) set(pairs ...string) *user {
	for i := 0; i < len(pairs); i += 2 {
		u.env[pairs[i]] = pairs[i+1]
	}
	return u
}

// file writes a file into the user's folder and gives its path.
func (u *user) file(name, text string, mode os.FileMode) string {
	u.t.Helper()
	path := u.dir + "/" + name
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		u.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		u.t.Fatal(err)
	}
	return path
}

func (u *user) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = u.dir
	for name, value := range u.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// result is what a command line came to.
type result struct {
	t        *testing.T
	line     string
	code     int
	out, err string
}

// run runs a command line to its end.
func (u *user) run(args ...string) result { u.t.Helper(); return u.pipe("", args...) }

// pipe is run with something on standard input.
func (u *user) pipe(stdin string, args ...string) result {
	u.t.Helper()
	cmd := u.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	ctx, cancel := context.WithTimeout(u.t.Context(), bound)
	defer cancel()
	if err := cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() }) // the exit code then tells
	err := cmd.Wait()
	stop()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		u.t.Fatal(err)
	}
	return result{u.t, strings.Join(args, " "), cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// want holds the exit code and words of either stream against what is expected, and returns the result again.
func (r result) want(code int, words ...string) result {
	r.t.Helper()
	if r.code != code {
		r.t.Errorf("rolecall %s: exit code %d, want %d\n%s%s", r.line, r.code, code, r.out, r.err)
	}
	for _, word := range words {
		if !strings.Contains(r.out+r.err, word) {
			r.t.Errorf("rolecall %s does not say %q:\n%s%s", r.line, word, r.out, r.err)
		}
	}
	return r
}

// without holds words against what must not be said.
func (r result) without(words ...string) result {
	r.t.Helper()
	for _, word := range words {
		if strings.Contains(r.out+r.err, word) {
			r.t.Errorf("rolecall %s says %q:\n%s%s", r.line, word, r.out, r.err)
		}
	}
	return r
}

// running is a command that goes on until it is told to end.
type running struct {
	t    *testing.T
	line string
	cmd  *exec.Cmd
	said *transcript
	done chan struct{}
}

// transcript collects what a process says; it may be read while it grows.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// start starts a command that goes on; it is killed when the test ends, if it still runs.
func (u *user) start(args ...string) *running {
	u.t.Helper()
	r := &running{t: u.t, line: strings.Join(args, " "), cmd: u.command(args...), said: &transcript{}, done: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = r.said, r.said
	if err := r.cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait() // the exit code is read off the process state
		close(r.done)
	}()
	u.t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // it has usually ended by then
		<-r.done
	})
	return r
}

// waitFor waits until the process has said something.
func (r *running) waitFor(words string) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("rolecall %s says %q", r.line, words), func() error {
		select {
		case <-r.done:
			if !strings.Contains(r.said.String(), words) {
				r.t.Fatalf("rolecall %s ended (code %d) before it said %q:\n%s", r.line, r.cmd.ProcessState.ExitCode(), words, r.said)
			}
		default:
		}
		if !strings.Contains(r.said.String(), words) {
			return errors.New(r.said.String())
		}
		return nil
	})
}

// end sends a signal, waits at most so long, and returns the exit code.
func (r *running) end(signal syscall.Signal, within time.Duration) int {
	r.t.Helper()
	if err := r.cmd.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-r.done:
		return r.cmd.ProcessState.ExitCode()
	case <-timer.C:
		r.t.Fatalf("rolecall %s has not ended %v after %v:\n%s", r.line, within, signal, r.said)
		return -1
	}
}

// eventually asks ready until it says yes, and fails the test with its last error when it never does.
func eventually(t *testing.T, what string, ready func() error) {
	t.Helper()
	timer := time.NewTimer(bound)
	defer timer.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready()
		if err == nil {
			return
		}
		select {
		case <-timer.C:
			t.Fatalf("%s: not within %v: %v", what, bound, err)
		case <-t.Context().Done():
			t.Fatalf("%s: %v", what, err)
		case <-tick.C:
		}
	}
}
