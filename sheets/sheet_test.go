package sheets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/reconcile"
	"rolecall/sandbox/gsheet"
	"rolecall/sheets"
	"rolecall/workbook"
)

var _ reconcile.ControlPlane = (*sheets.Sheet)(nil)

func noon() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

// desk is a stand-in of Google's service with one blank spreadsheet, and a Sheet on it.
type desk struct {
	*sheets.Sheet
	t      testing.TB
	server *gsheet.Server
	id     string
	url    string
	reads  atomic.Int64
	writes atomic.Int64
	// before is called for every request before it is passed on.
	before func(*http.Request)
	// after is called once the answer to the request is here.
	after   func()
	largest atomic.Int64
}

// RoundTrip counts, checks and passes on.
func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if n := int64(len(raw)); n > d.largest.Load() {
			d.largest.Store(n)
		}
		if err := validRequest(r.URL.Path, raw); err != nil {
			d.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
	}
	if strings.Contains(r.URL.Path, "batchGet") || r.Method == http.MethodGet {
		d.reads.Add(1)
	} else {
		d.writes.Add(1)
	}
	if d.before != nil {
		d.before(r)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if d.after != nil {
		d.after()
		d.after = nil
	}
	return resp, err
}

func (d *desk) reset() { d.reads.Store(0); d.writes.Store(0) }

func newDesk(t testing.TB, seed int64) *desk {
	t.Helper()
	d := &desk{t: t, server: gsheet.New(gsheet.Options{Now: noon, Rand: rand.New(rand.NewSource(seed)), Open: true})}
	web := httptest.NewServer(d.server)
	t.Cleanup(web.Close)
	resp, err := http.Post(web.URL+"/v4/spreadsheets", "application/json", strings.NewReader(`{"properties":{"title":"Labels","timeZone":"Europe/Berlin"}}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var made struct {
		SpreadsheetID string `json:"spreadsheetId"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || made.SpreadsheetID == "" {
		t.Fatalf("no spreadsheet: %v", err)
	}
	d.id, d.url = made.SpreadsheetID, web.URL
	d.Sheet = d.open(web.URL)
	return d
}

func (d *desk) open(url string) *sheets.Sheet {
	d.t.Helper()
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: d.id, Auth: sheets.Auth{None: true}, Endpoint: url, Transport: d,
		PerMinute: -1, Now: noon, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Jitter: func() float64 { return 0 }, Log: zerolog.Nop()})
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// whole is the default workbook, read once.
var whole = sync.OnceValues(workbook.Default)

// smallBook is a workbook of a few rows, which is quick to lay and to disturb.
func smallBook(t testing.TB) workbook.Snapshot {
	t.Helper()
	book, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	book.Tables = maps.Clone(book.Tables)
	for tab, n := range map[workbook.Tab]int{workbook.Examples: 12, workbook.Rules: 8} {
		table := book.Tables[tab]
		table.Rows = table.Rows[:n]
		book.Tables[tab] = table
	}
	return book
}

func (d *desk) init(book workbook.Snapshot) {
	d.t.Helper()
	if _, err := d.Init(context.Background(), book); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) read(tabs ...workbook.Tab) workbook.Snapshot {
	d.t.Helper()
	snap, err := d.Read(context.Background(), tabs...)
	if err != nil {
		d.t.Fatal(err)
	}
	return snap
}

func (d *desk) write(w workbook.Writes) workbook.Written {
	d.t.Helper()
	out, err := d.Write(context.Background(), w)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// cells reads a range of the stand-in as text, row by row.
func (d *desk) cells(a1 string) string {
	d.t.Helper()
	rows, err := d.server.Values(d.id, a1)
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte('|')
			}
			fmt.Fprint(&b, v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (d *desk) person(kind, tab, a1, value string) {
	d.t.Helper()
	if err := d.server.Do(gsheet.Edit{Spreadsheet: d.id, Tab: tab, Kind: kind, Range: a1, Value: value}); err != nil {
		d.t.Fatal(err)
	}
}

// deleteTab deletes a tab as a person does.
func (d *desk) deleteTab(tab workbook.Tab) {
	d.t.Helper()
	layout, _ := workbook.LayoutOf(tab)
	body := fmt.Sprintf(`{"requests":[{"deleteSheet":{"sheetId":%d}}]}`, layout.SheetID)
	resp, err := http.Post(d.url+"/v4/spreadsheets/"+d.id+":batchUpdate", "application/json", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		d.t.Fatalf("delete %s: %s", tab, resp.Status)
	}
}
