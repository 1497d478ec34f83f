package sheets_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/sandbox/gsheet"
	"rolecall/sheets"
	"rolecall/workbook"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func decode(t *testing.T, part string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestWhatIsSentAgain is the table of transport.
func TestWhatIsSentAgain(t *testing.T) {
	for _, c := range []struct {
		name, match, kind string
		status            int
		do                func(*desk) error
		attempts          int64 // of matching requests
	}{
		{"a read, 503 twice", "batchGetByDataFilter", gsheet.FaultErrorBefore, 503, readAll, 3},
		{"a read, answer cut twice", "batchGetByDataFilter", gsheet.FaultCut, 0, readAll, 3},
		{"a read, 429 twice", "batchGetByDataFilter", gsheet.FaultErrorBefore, 429, readAll, 3},
		{"a read, 403", "batchGetByDataFilter", gsheet.FaultErrorBefore, 403, readAll, 1},
		{"cells, 503 twice", "batchUpdateByDataFilter", gsheet.FaultErrorBefore, 503, setCells, 3},
		{"cells, applied but answered 500 twice", "batchUpdateByDataFilter", gsheet.FaultErrorAfter, 500, setCells, 3},
		{"rows, 429 twice", "[^r]:batchUpdate", gsheet.FaultErrorBefore, 429, addRow, 3},
		{"rows, applied but answered 503", "[^r]:batchUpdate", gsheet.FaultErrorAfter, 503, addRow, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, 1)
			d.init(smallBook(t))
			d.read()
			attempts := int64(0)
			d.before = func(r *http.Request) {
				if strings.Contains(r.URL.Path, strings.TrimPrefix(c.match, "[^r]")) {
					attempts++
				}
			}
			if err := d.server.Break(gsheet.Fault{Match: strings.TrimPrefix(c.match, "[^r]"), Kind: c.kind, Status: c.status, Times: 2}); err != nil {
				t.Fatal(err)
			}
			err := c.do(d)
			if (err != nil) != (c.status == 403) {
				t.Errorf("err %v", err)
			}
			if attempts != c.attempts {
				t.Errorf("%d attempts, want %d", attempts, c.attempts)
			}
			d.server.Mend()
			if got := d.cells("Review!A2:A9"); strings.Count(got, "Q-1") > 1 {
				t.Errorf("the row was added twice:\n%s", got)
			}
		})
	}
}

func readAll(d *desk) error {
	_, err := d.Read(context.Background())
	return err
}

func setCells(d *desk) error {
	_, err := d.Write(context.Background(), workbook.Writes{Cells: []workbook.CellWrite{{Tab: workbook.Roles, Target: workbook.Target{ID: "RO-01"}, Cells: map[string]workbook.Cell{"row_check": "OK"}}}})
	return err
}

func addRow(d *desk) error {
	_, err := d.Write(context.Background(), workbook.Writes{Appends: []workbook.RowAppend{question("Q-1", "x")}})
	return err
}

// TestThePaceIsKept: 120 reads in a row take more than a minute of waiting at 50 a minute, and none is refused by a quota of 60.
func TestThePaceIsKept(t *testing.T) {
	d := newDesk(t, 1)
	d.init(smallBook(t))
	waited := time.Duration(0)
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: d.id, Auth: sheets.Auth{None: true}, Endpoint: d.url, Transport: d,
		Now: noon, Jitter: func() float64 { return 0 }, Log: zerolog.Nop(),
		Sleep: func(ctx context.Context, p time.Duration) error { waited = max(waited, p); return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	for range 120 {
		if _, err := s.Read(context.Background(), workbook.Control); err != nil {
			t.Fatal(err)
		}
	}
	if waited < 100*time.Second { // the last one's turn comes after (120 - 8) / 50 minutes
		t.Errorf("the longest wait was %v", waited)
	}
}

// Whoever waits at the command line is told soon, and what to look at.
func TestAServiceThatCannotBeReachedIsToldAfterTheTriesThatWereAsked(t *testing.T) {
	attempts := 0
	counting := roundTrip(func(r *http.Request) (*http.Response, error) {
		attempts++
		return http.DefaultTransport.RoundTrip(r)
	})
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: "abcdefgh", Endpoint: "http://127.0.0.1:1/", Auth: sheets.Auth{None: true}, Transport: counting,
		Tries: 2, PerMinute: -1, Sleep: func(context.Context, time.Duration) error { return nil }, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Read(context.Background()); err == nil || !strings.Contains(err.Error(), "check the network, the firewall and the proxy") {
		t.Errorf("it says %v", err)
	}
	if attempts != 2 {
		t.Errorf("%d attempts", attempts)
	}
}
