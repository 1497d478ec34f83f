package hubspot_test

import (
	"context"
	"fmt"
	"iter"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
)

const testToken = "pat-test-0123456789"

// clock is time that moves when somebody sleeps, and by a millisecond when somebody looks.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept time.Duration
}

func newClock() *clock { return &clock{t: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.t, c.slept = c.t.Add(d), c.slept+d
	c.mu.Unlock()
	return ctx.Err()
}

func (c *clock) advance(d time.Duration) { c.mu.Lock(); c.t = c.t.Add(d); c.mu.Unlock() }

// sandbox starts a local portal with n contacts and a client for it.
func sandbox(t testing.TB, n int, opt portal.Options, tune ...func(*hubspot.Options)) (*portal.Server, *hubspot.CRM, *clock) {
	t.Helper()
	c := newClock()
	opt.Now = c.Now
	if opt.Tokens == nil {
		opt.Tokens = map[string]portal.Token{testToken: {AppID: 4711}}
	}
	s := portal.New(opt)
	if _, err := s.Add(samples(n)); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, client(t, server.URL, c, tune...), c
}

func samples(n int) iter.Seq[sample.Contact] {
	return func(yield func(sample.Contact) bool) {
		for i := range n {
			if !yield(sample.Contact{Email: fmt.Sprintf("p%d@example.com", i), JobTitle: fmt.Sprintf("Clerk %d", i), Company: "Acme"}) {
				return
			}
		}
	}
}

func client(t testing.TB, url string, c *clock, tune ...func(*hubspot.Options)) *hubspot.CRM {
	t.Helper()
	o := hubspot.Options{BaseURL: url, Auth: hubspot.Static(hubspot.NewSecret(testToken)), Now: c.Now, Sleep: c.Sleep, Rand: func() float64 { return 0 }}
	for _, f := range tune {
		f(&o)
	}
	crm, err := hubspot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return crm
}

// wanted is a small taxonomy on both axes.
func wanted(values ...string) label.Properties {
	if len(values) == 0 {
		values = []string{"alpha", "beta", "gamma"}
	}
	p := label.Properties{WriteConfidence: true, WriteSource: true}
	for _, a := range label.Axes() {
		p.Taxonomies[a].Axis = a
		for i, v := range values {
			p.Taxonomies[a].Terms = append(p.Taxonomies[a].Terms, label.Term{ID: fmt.Sprintf("%s-%d", a, i), Name: "Name of " + v, Value: label.Value(v), Active: true})
		}
	}
	return p
}

// ensured sets the properties up.
func ensured(t testing.TB, crm *hubspot.CRM, p label.Properties) {
	t.Helper()
	problems, err := crm.EnsureProperties(t.Context(), p)
	if err != nil || len(problems) > 0 {
		t.Fatalf("ensure: %v, problems %v", err, problems)
	}
}

// seen collects what a read hands over.
type seen struct {
	all     map[label.ContactID]label.Contact
	pages   int
	handed  int
	cursors []label.Cursor
}

func (s *seen) page(cs []label.Contact, cur label.Cursor) error {
	if s.all == nil {
		s.all = map[label.ContactID]label.Contact{}
	}
	for _, c := range cs {
		s.all[c.ID] = c
	}
	s.pages++
	s.handed += len(cs)
	s.cursors = append(s.cursors, cur)
	return nil
}

func changed(t testing.TB, crm *hubspot.CRM, since label.Cursor) (*seen, label.Cursor) {
	t.Helper()
	var s seen
	cur, err := crm.Changed(t.Context(), since, s.page)
	if err != nil {
		t.Fatalf("changed: %v", err)
	}
	return &s, cur
}

func write(id label.ContactID, value string) plan.Write {
	v := label.Value(value)
	return plan.Write{TraceID: "t-" + string(id), ContactID: id, Labels: [label.AxisCount]*label.Value{&v, nil}}
}

func ids(s *seen) []label.ContactID {
	var out []label.ContactID
	for id := range s.all {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func TestFirstReadThenWriteThenQuiet(t *testing.T) {
	for _, v := range hubspot.Versions() {
		t.Run(string(v), func(t *testing.T) {
			s, crm, c := sandbox(t, 1234, portal.Options{}, func(o *hubspot.Options) { o.Version = v })
			first, cur := changed(t, crm, label.Cursor{})
			if len(first.all) != 1234 || !cur.Complete || cur.After != "" || cur.Watermark.IsZero() {
				t.Fatalf("read %d contacts, cursor %+v", len(first.all), cur)
			}
			ensured(t, crm, wanted())
			c.advance(time.Hour)
			var writes []plan.Write
			for id := range first.all {
				writes = append(writes, write(id, "beta"))
			}
			results, err := crm.Write(t.Context(), writes)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range results {
				if r.Fate != plan.Taken || r.At.IsZero() {
					t.Fatalf("write %d: %+v", i, r)
				}
			}
			echo, cur := changed(t, crm, cur)
			if len(echo.all) != 1234 {
				t.Fatalf("echo read %d", len(echo.all))
			}
			for id, got := range echo.all {
				if got.Labels[label.Role] != "beta" {
					t.Fatalf("contact %s: %+v", id, got)
				}
			}
			read, err := crm.Read(t.Context(), ids(echo), true)
			if err != nil || len(read) != 1234 {
				t.Fatalf("read %d: %v", len(read), err)
			}
			for _, got := range read {
				if e := got.Edits[label.Role]; e == nil || e.Kind != label.EditOurs {
					t.Fatalf("provenance %+v", e)
				}
			}
			c.advance(time.Hour)
			_, cur = changed(t, crm, cur)
			s.ResetStats()
			before := len(s.Log())
			quiet, _ := changed(t, crm, cur)
			if n := len(s.Log()) - before; n > 2 || quiet.handed != 0 {
				t.Errorf("a quiet read cost %d requests and handed over %d contacts", n, quiet.handed)
			}
		})
	}
}

// mustWrite writes one role onto all contacts that were seen.
func mustWrite(t testing.TB, crm *hubspot.CRM, s *seen, value string) []plan.Result {
	t.Helper()
	var writes []plan.Write
	for _, id := range ids(s) {
		writes = append(writes, write(id, value))
	}
	results, err := crm.Write(t.Context(), writes)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	return results
}

// fates counts results by fate.
func fates(results []plan.Result) map[string]int {
	out := map[string]int{}
	for _, r := range results {
		out[[...]string{"taken", "refused", "unknown", "gone", "not sent"}[r.Fate]]++
	}
	return out
}
