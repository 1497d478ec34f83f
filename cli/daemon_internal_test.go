package cli

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
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

// While Google does not answer, the daemon asks again and again; whoever stops it then has not broken anything.
func TestADaemonThatIsStoppedWhileGoogleIsAwayEndsWell(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	env := map[string]string{"HOME": t.TempDir(), "ROLECALL_SHEETS_ENDPOINT": "http://127.0.0.1:1/", "ROLECALL_SHEET_URL": "1" + strings.Repeat("a", 43),
		"ROLECALL_HUBSPOT_TOKEN": "some-token", "ROLECALL_HUBSPOT_BASE_URL": "http://127.0.0.1:1", "ROLECALL_LISTEN": "127.0.0.1:0",
		"ROLECALL_STORE": filepath.Join(t.TempDir(), "rolecall.db")}
	errs := &waiter{text: "status_page", then: stop}
	if code := run(ctx, []string{"run"}, strings.NewReader(""), io.Discard, errs, func(name string) string { return env[name] }); code != exitOK {
		t.Errorf("exit code %d: %s", code, errs.seen.String())
	}
}
