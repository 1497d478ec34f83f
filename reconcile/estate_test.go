package reconcile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
	"rolecall/sheets"
	"rolecall/store"
	"rolecall/workbook"
)

// estate is the cycle between both real adapters, against the stand-ins of Google's and HubSpot's services.
type estate struct {
	*reconcile.Reconciler
	t      testing.TB
	google *gsheet.Server
	portal *portal.Server
	wire   *wire
	sheet  *sheets.Sheet
	crm    *hubspot.CRM
	store  *store.Store
	clock  *clock
	id     string // of the spreadsheet
	path   string // of the store
	fitter reconcile.Fitter
	alerts []reconcile.Alert
}

// newEstate starts a rolecall in apply mode whose first back-fill is approved. change may alter what the workbook starts with.
func newEstate(t testing.TB, contacts []sample.Contact, change func(*workbook.Snapshot)) *estate {
	t.Helper()
	e := &estate{t: t, clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, wire: &wire{}, path: filepath.Join(t.TempDir(), "rolecall.db"), fitter: &byTable{table: modelTitles}}
	e.google = gsheet.New(gsheet.Options{Now: e.clock.Now, Rand: rand.New(rand.NewSource(1)), Open: true})
	e.portal = portal.New(portal.Options{Now: e.clock.Now})
	if _, err := e.portal.Add(slices.Values(contacts)); err != nil {
		t.Fatal(err)
	}
	e.id = e.newSpreadsheet()
	e.open()
	t.Cleanup(func() { _ = e.store.Close() })
	book, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range []workbook.Tab{workbook.Examples, workbook.Rules} {
		table := book.Tables[tab]
		table.Rows = nil
		book.Tables[tab] = table
	}
	for _, row := range book.Tables[workbook.Settings].Rows {
		if row.ID == "S-01" {
			row.Cells["value"] = "apply"
		}
	}
	if change != nil {
		change(&book)
	}
	if _, err := e.sheet.Init(context.Background(), book); err != nil {
		t.Fatal(err)
	}
	if err := e.store.SaveSetting(context.Background(), "backfill_approved", "yes"); err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *estate) newSpreadsheet() string {
	req, err := http.NewRequest(http.MethodPost, "http://sheets.test/v4/spreadsheets", strings.NewReader(`{"properties":{"title":"Labels","timeZone":"Europe/Berlin"}}`))
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := inProcess{e.google}.RoundTrip(req)
	if err != nil {
		e.t.Fatal(err)
	}
	var made struct {
		SpreadsheetID string `json:"spreadsheetId"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.SpreadsheetID == "" {
		e.t.Fatalf("no spreadsheet: %v", err)
	}
	return made.SpreadsheetID
}

// open starts a process on the store that is there.
func (e *estate) open() {
	e.t.Helper()
	var err error
	if e.store, err = store.Open(context.Background(), e.path); err != nil {
		e.t.Fatal(err)
	}
	pass := func(ctx context.Context, d time.Duration) error { e.clock.pass(d); return ctx.Err() }
	e.sheet, err = sheets.Open(context.Background(), sheets.Options{Sheet: e.id, Auth: sheets.Auth{None: true}, Endpoint: "http://sheets.test", Transport: e.wire.to(e.google),
		PerMinute: -1, Now: e.clock.Now, Sleep: pass, Jitter: func() float64 { return 0 }, Log: zerolog.Nop()})
	if err != nil {
		e.t.Fatal(err)
	}
	limits := hubspot.DefaultLimits()
	limits.Tries, limits.Waits = 2, 3
	e.crm, err = hubspot.New(hubspot.Options{BaseURL: "http://127.0.0.1:1", Auth: hubspot.Static(hubspot.NewSecret("demo")), HTTP: &http.Client{Transport: e.wire.to(e.portal)}, Now: e.clock.Now,
		Sleep: pass, Limits: limits, Log: zerolog.Nop(), Journal: func(id label.ContactID, a label.Axis) (label.Value, time.Time, bool) {
			v, at, ok, err := e.store.LastWrite(context.Background(), id, a)
			return v, at, ok && err == nil
		}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.Reconciler = reconcile.New(reconcile.Options{Sheet: e.sheet, CRM: e.crm, State: e.store, Now: e.clock.Now, Log: zerolog.Nop(), Fitter: e.fitter, Settle: true, Chunk: 3,
		Alert: func(_ context.Context, _ string, a reconcile.Alert) error { e.alerts = append(e.alerts, a); return nil }})
}

// turn is what the daemon does between two waits: a look at the sheet, and all the work that waits.
func (e *estate) turn() error {
	e.clock.pass(15 * time.Second)
	ctx := context.Background()
	for {
		if err := e.Poll(ctx); err != nil {
			return err
		}
		rep, ok, err := e.Work(ctx)
		if err != nil || !ok {
			return err
		}
		if rep.Outcome == plan.Failed {
			return errors.New(rep.Message)
		}
	}
}

// runs asks for a run, as the clock does, and takes two turns.
func (e *estate) runs() error {
	e.clock.pass(20 * time.Minute)
	if _, _, err := e.store.Enqueue(context.Background(), label.Request{Action: label.ActionRun, Scope: "changed", Source: "schedule", RequestedAt: e.clock.Now()}); err != nil {
		return err
	}
	return errors.Join(e.turn(), e.turn())
}

func (e *estate) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// table is a tab as people see it: the header, and the rows below it.
func (e *estate) table(tab workbook.Tab) (header []string, rows [][]string) {
	e.t.Helper()
	values, err := e.google.Values(e.id, string(tab)+"!A1:AZ3000")
	e.must(err)
	for i, line := range values {
		texts := make([]string, len(values[0]))
		for k, v := range line {
			if k < len(texts) {
				texts[k] = workbook.TextOf(v)
			}
		}
		if i == 0 {
			header = texts
			continue
		}
		rows = append(rows, texts)
	}
	return header, rows
}

// column is the index of a column of ours in a header.
func column(t testing.TB, tab workbook.Tab, header []string, key string) int {
	t.Helper()
	layout, _ := workbook.LayoutOf(tab)
	c, ok := layout.Column(key)
	at := slices.Index(header, c.Header)
	if !ok || at < 0 {
		t.Fatalf("%s has no column %s: %v", tab, key, header)
	}
	return at
}

// where finds the row in which the column key shows text: its number in the sheet, and its cells by key.
func (e *estate) where(tab workbook.Tab, key, text string) (row int, cells map[string]string) {
	e.t.Helper()
	header, rows := e.table(tab)
	at := column(e.t, tab, header, key)
	layout, _ := workbook.LayoutOf(tab)
	for i, line := range rows {
		if line[at] != text {
			continue
		}
		cells = map[string]string{}
		for _, c := range layout.Columns {
			if k := slices.Index(header, c.Header); k >= 0 {
				cells[c.Key] = line[k]
			}
		}
		return i + 2, cells
	}
	return 0, nil
}

// types makes a person type into a cell of a row.
func (e *estate) types(tab workbook.Tab, row int, key, value string) {
	e.t.Helper()
	header, _ := e.table(tab)
	e.must(e.google.Do(gsheet.Edit{Spreadsheet: e.id, Tab: string(tab), Kind: "set", Range: fmt.Sprintf("%s%d", letter(column(e.t, tab, header, key)), row), Value: value}))
}

// letter is the name of a column.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letter(i/26-1) + letter(i%26)
}

// below is the number of the first empty row of a tab.
func (e *estate) below(tab workbook.Tab) int {
	_, rows := e.table(tab)
	for i := len(rows) - 1; i >= 0; i-- {
		if slices.ContainsFunc(rows[i], func(s string) bool { return s != "" && s != "FALSE" && s != "false" }) {
			return i + 3
		}
	}
	return 2
}

func (e *estate) labels(id string) [label.AxisCount]string {
	rec, _ := e.portal.Record(id)
	return [label.AxisCount]string{rec.Properties["job_role"], rec.Properties["job_seniority"]}
}

// wire carries requests to both services and breaks the one it is told to.
type wire struct {
	mu    sync.Mutex
	sent  int
	at    int    // the number of the request to break, 0 for none
	kind  string // "before", "after", "cut"
	broke string // what was broken
}

func (w *wire) to(handler http.Handler) http.RoundTripper { return line{w, inProcess{handler}} }

// arm makes the nth request from now on fail.
func (w *wire) arm(n int, kind string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.at, w.kind, w.broke = 0, n, kind, ""
}

// line is one service's end of a wire.
type line struct {
	*wire
	base http.RoundTripper
}

func (l line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.sent++
	kind := ""
	if l.sent == l.at {
		kind, l.broke = l.kind, r.Method+" "+r.URL.Path
	}
	l.mu.Unlock()
	if kind == "before" {
		return nil, errors.New("connection reset by peer")
	}
	if r.Body == nil { // a server always has one
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	answer, err := l.base.RoundTrip(r)
	if err != nil || kind == "" {
		return answer, err
	}
	if kind == "after" {
		return nil, errors.New("connection reset by peer")
	}
	whole, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(whole[:len(whole)/2])), broken{}))
	return answer, nil
}

// broken is the rest of an answer that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
