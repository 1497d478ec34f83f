package portal_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a portal behind HTTP, with a client that speaks JSON.
type world struct {
	t     *testing.T
	s     *portal.Server
	clock *clock
	url   string
	token string
	http  *http.Client
}

func newWorld(t *testing.T, n int, set func(*portal.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), token: "pat-test"}
	opt := portal.Options{Now: w.clock.now}
	if set != nil {
		set(&opt)
	}
	w.s = portal.New(opt)
	if _, err := w.s.Add(slices.Values(people(n))); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Minute)
	srv := httptest.NewServer(w.s)
	t.Cleanup(srv.Close)
	w.url, w.http = srv.URL, srv.Client()
	return w
}

func people(n int) []sample.Contact {
	titles := []string{"Head of Sales", "Ingénieur logiciel", "n/a", "VP Mktg EMEA", "Personalreferentin (m/w/d)"}
	out := make([]sample.Contact, n)
	for i := range out {
		out[i] = sample.Contact{FirstName: fmt.Sprintf("Ada%d", i), LastName: "Lovelace", Email: fmt.Sprintf("ada%d@example.com", i),
			Company: "Acme", JobTitle: titles[i%len(titles)], LifecycleStage: "lead"}
	}
	return out
}

type object = map[string]any

// do sends a request and returns status, decoded body and headers.
func (w *world) do(method, path string, body any) (int, object, http.Header) {
	w.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		in = strings.NewReader(string(text))
	}
	req, err := http.NewRequest(method, w.url+path, in)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var out object
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.t.Fatalf("%s %s: no JSON object: %s", method, path, raw)
		}
	}
	return resp.StatusCode, out, resp.Header
}

// want sends a request and fails the test unless the status is as given.
func (w *world) want(status int, method, path string, body any) object {
	w.t.Helper()
	got, out, _ := w.do(method, path, body)
	if got != status {
		w.t.Fatalf("%s %s: status %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

func results(o object) []object {
	var out []object
	list, _ := o["results"].([]any)
	for _, x := range list {
		out = append(out, x.(object))
	}
	return out
}

func dig(o object, path ...string) any {
	var v any = o
	for _, p := range path {
		m, ok := v.(object)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func mustContain(t *testing.T, o object, words ...string) {
	t.Helper()
	text, _ := json.Marshal(o)
	for _, w := range words {
		if !strings.Contains(string(text), w) {
			t.Errorf("body lacks %q: %s", w, text)
		}
	}
}

const contacts = "/crm/v3/objects/contacts"

func (w *world) defineRole() {
	w.t.Helper()
	w.want(201, "POST", "/crm/v3/properties/contacts/groups", object{"name": "rolecall", "label": "Role labels"})
	w.want(201, "POST", "/crm/v3/properties/contacts", object{"name": "job_role", "label": "Job role", "type": "enumeration", "fieldType": "select",
		"groupName": "rolecall", "options": []object{{"label": "Sales", "value": "sales"}, {"label": "Legal", "value": "legal", "displayOrder": 1}}})
}
