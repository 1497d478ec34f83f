package workbook_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"rolecall/title"
	"rolecall/workbook"
)

// worstPatterns are patterns that Parse lets through and that cost the most, as far as is known.
func worstPatterns() []string {
	return []string{
		`((a{0,9}){0,5})b`,
		`(a?){30}(a){30}b`,
		`(.*a){20}z`,
		`(a|aa|aaa|aaaa){16}z`,
		`([a-z]{1,6} ){9}z`,
	}
}

func TestTheWorstPatternsPass(t *testing.T) {
	for _, pattern := range worstPatterns() {
		r := workbook.Parse(small(workbook.Rules, workbook.Row{ID: "R-1", Cells: cells{"priority": 1.0, "match": "regex", "text": pattern, "set_role": "Sales"}}), workbook.LastGood{})
		if got := checkOf(r, workbook.Rules, 0); got != "OK" {
			t.Errorf("%s: %s", pattern, got)
		}
	}
}

// BenchmarkWorstPattern is what one rule may cost for one title of the greatest length.
func BenchmarkWorstPattern(b *testing.B) {
	text := strings.Repeat("a", title.MaxRunes)
	for _, pattern := range worstPatterns() {
		b.Run(pattern, func(b *testing.B) {
			re := regexp.MustCompile(pattern)
			b.ReportAllocs()
			for b.Loop() {
				re.MatchString(text)
			}
		})
	}
}

func TestMomentsSurviveTheirSerialNumber(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"2026-11-25T10:42:15Z", "2026-07-01T00:00:00Z", "1999-12-31T23:59:59.123Z", "2026-03-29T03:30:00+02:00"} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := workbook.FromSerial(workbook.Serial(at, berlin), berlin); !got.Equal(at) {
			t.Errorf("%s became %s", at, got)
		}
	}
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := workbook.Serial(at, time.UTC); got != 43831 { // as the service shows it
		t.Errorf("1 January 2020 is %v", got)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("name,rank\nBoss,1\n")
	f.Add("\ufeffname;rank\r\n\"Boss\";1\r\n")
	f.Add("name\n\"=1+1\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir, d := book(t, map[string]string{"roles.csv": "role_id,name\nRO-01,Sales\n", "seniorities.csv": text})
		snap, err := d.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r := workbook.Parse(snap, workbook.LastGood{})
		var w workbook.Writes
		for _, n := range r.NewIDs {
			w.Cells = append(w.Cells, workbook.CellWrite{Tab: n.Tab, Target: n.Target, Cells: map[string]workbook.Cell{"seniority_id": n.ID}})
		}
		out, err := d.Write(t.Context(), w)
		if err != nil {
			if content(t, dir, "seniorities.csv") != text {
				t.Fatal("a refused write changed the file")
			}
			return
		}
		if len(w.Cells) == 0 {
			return
		}
		again, err := d.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(again.Tables[workbook.Seniorities].Rows), len(snap.Tables[workbook.Seniorities].Rows); got != want {
			t.Fatalf("%d rows became %d", want, got)
		}
		if left := workbook.Parse(again, r.LastGood).NewIDs; len(left) > len(out.Unplaced) {
			t.Fatalf("rows are still without an ID: %+v", left)
		}
	})
}
