package reconcile_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
	"rolecall/store"
	"rolecall/workbook"
)

// house is the whole of rolecall over real HTTP, with a clock of its own.
type house struct {
	*reconcile.Reconciler
	sheet  *grid
	portal *portal.Server
	store  *store.Store
	clock  *clock
	crm    *hubspot.CRM
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// oneFit shares the fitted model of the default workbook among the tests of this package.
type oneFit struct {
	raw sync.Map
}

func (f *oneFit) LoadModel(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := f.raw.Load(key)
	if !ok {
		return nil, false, nil
	}
	return v.([]byte), true, nil
}

func (f *oneFit) StoreModel(_ context.Context, key string, model []byte) error {
	f.raw.Store(key, model)
	return nil
}

var fits oneFit

// newHouse starts a portal with these contacts and a rolecall in apply mode whose first back-fill is approved.
func newHouse(t testing.TB, contacts []sample.Contact) *house {
	t.Helper()
	h := &house{sheet: newGrid(t), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	h.portal = portal.New(portal.Options{Now: h.clock.Now})
	if _, err := h.portal.Add(func(yield func(sample.Contact) bool) {
		for _, c := range contacts {
			if !yield(c) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	h.start(t, filepath.Join(t.TempDir(), "rolecall.db"))
	h.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": "apply"})
	if err := h.store.SaveSetting(context.Background(), "backfill_approved", "yes"); err != nil {
		t.Fatal(err)
	}
	return h
}

// start opens the store and joins the rooms.
func (h *house) start(t testing.TB, path string) {
	t.Helper()
	server := httptest.NewServer(h.portal)
	t.Cleanup(server.Close)
	var err error
	if h.store, err = store.Open(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	limits := hubspot.DefaultLimits()
	h.crm, err = hubspot.New(hubspot.Options{BaseURL: server.URL, Auth: hubspot.Static(hubspot.NewSecret("demo")), Now: h.clock.Now,
		Sleep: func(_ context.Context, d time.Duration) error { h.clock.pass(d); return nil }, Limits: limits, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	static, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	h.Reconciler = reconcile.New(reconcile.Options{
		Sheet: h.sheet, CRM: h.crm, State: h.store, Now: h.clock.Now, Log: zerolog.Nop(),
		Fitter: &reconcile.ClassifierFitter{BuiltIn: static, Options: classifier.Options{Seed: 1, Cache: &fits}, State: h.store},
	})
}

// run does one run in apply mode.
func (h *house) run(t testing.TB) plan.Report {
	t.Helper()
	h.clock.pass(20 * time.Minute)
	rep, err := h.RunOnce(context.Background(), reconcile.Apply)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// labels reads what HubSpot shows.
func (h *house) labels(t testing.TB, id string) [label.AxisCount]string {
	t.Helper()
	rec, ok := h.portal.Record(id)
	if !ok {
		t.Fatalf("no contact %s", id)
	}
	return [label.AxisCount]string{rec.Properties["job_role"], rec.Properties["job_seniority"]}
}

// people makes contacts with these titles, ids 101, 102, ...
func people(titles ...string) []sample.Contact {
	var out []sample.Contact
	for i, title := range titles {
		out = append(out, sample.Contact{ID: int64(101 + i), JobTitle: title, Company: "Acme"})
	}
	return out
}
