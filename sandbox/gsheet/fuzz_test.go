package gsheet_test

import (
	"encoding/json"
	"math/rand"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

func FuzzA1(f *testing.F) {
	for _, s := range []string{"A1", "A1:B2", "B2:A1", "A:C", "2:3", "A1:C", "A2:3", "$A$1:$B", "'My tab'!A1", "It''s!A1", "'It''s'!A1:B", "ZZZ99999999", "A0", "", "!", "''!A1", "'open"} {
		f.Add(s)
	}
	srv := gsheet.New(gsheet.Options{Open: true, Rand: rand.New(rand.NewSource(1))})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("POST", "/v4/spreadsheets", nil))
	var made struct{ SpreadsheetID string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r0, r1, c0, c1, ok := gsheet.ParseCells(s); ok && r1 >= 0 && c1 >= 0 {
			if r0 >= r1 || c0 >= c1 || r0 < 0 || c0 < 0 {
				t.Fatalf("%q is %d:%d, %d:%d", s, r0, r1, c0, c1)
			}
			a, b, c, d, again := gsheet.ParseCells(gsheet.CellsText(r0, r1, c0, c1))
			if !again || a != r0 || b != r1 || c != c0 || d != c1 {
				t.Fatalf("%q written as %q reads differently", s, gsheet.CellsText(r0, r1, c0, c1))
			}
		}
		if tab, cells, bare, err := gsheet.SplitA1(gsheet.QuoteTab(s) + "!A1"); s != "" && (err != nil || tab != s || cells != "A1" || bare) {
			t.Fatalf("tab %q quoted reads as %q %q %v", s, tab, cells, err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &url.URL{Path: "/v4/spreadsheets/" + made.SpreadsheetID + "/values/" + s, RawPath: "/v4/spreadsheets/" + made.SpreadsheetID + "/values/" + url.PathEscape(s)}
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 && w.Code != 404 {
			t.Fatalf("%q answered %d %s", s, w.Code, w.Body)
		}
	})
}

func FuzzTyping(f *testing.F) {
	for _, s := range []string{"=SUM(A1:B2)", "=1/0", "=IF(", "=\"a\"&'x'!A1", "12%", "-$1,000.50", "2020-02-30", "1:99", "'x", "=A1", "=-(-(2^3))%", "=REGEXMATCH(\"(\",\"(\")", "=LEFT(\"é\",1)", "1e999", "=1e999", "=MID(\"abc\",9,9)"} {
		f.Add(s)
	}
	srv := gsheet.New(gsheet.Options{Open: true, Rand: rand.New(rand.NewSource(1))})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("POST", "/v4/spreadsheets", nil))
	var made struct{ SpreadsheetID string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 50000 {
			return
		}
		gsheet.Slide("="+s, 3, -1)
		if err := srv.Do(gsheet.Edit{Spreadsheet: made.SpreadsheetID, Tab: "Sheet1", Kind: "set", Range: "B2", Value: s}); err != nil {
			t.Fatal(err)
		}
		for _, render := range []string{"FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"} {
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, httptest.NewRequest("GET", "/v4/spreadsheets/"+made.SpreadsheetID+"/values/B2?valueRenderOption="+render, nil))
			if w.Code != 200 || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%q answered %d %s", s, w.Code, w.Body)
			}
		}
	})
}

func FuzzFieldMask(f *testing.F) {
	for _, s := range []string{"a", "a.b/c", "a(b,c(d)),e", "*", "a.*", "a,", "((", "a)b", "a_b.c_d", strings.Repeat("a(", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) { _ = gsheet.ParseMask(s) })
}
