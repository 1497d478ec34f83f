package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"rolecall/label"
	"rolecall/plan"
)

// fullSteps is a run's writes, one transaction each.
func fullSteps() []func(context.Context, *Store) error {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	filler := strings.Repeat("x", 700)
	var contacts []label.Contact
	var rows []plan.OutboxRow
	x := label.Value("x")
	for i := range 60 {
		id := label.ContactID(fmt.Sprint(i + 1))
		contacts = append(contacts, label.Contact{ID: id, Title: fmt.Sprint("T", i, filler), TitleKey: fmt.Sprint("t", i, filler), ModifiedAt: at})
		row := plan.OutboxRow{RunID: 1, ContactID: id, TitleKey: "t", Reason: filler}
		row.Want[label.Role] = &x
		rows = append(rows, row)
	}
	var posted []plan.OutboxRow
	return []func(context.Context, *Store) error{
		func(ctx context.Context, s *Store) error { _, err := s.SaveContacts(ctx, contacts); return err },
		func(ctx context.Context, s *Store) (err error) { posted, err = s.Post(ctx, rows, at); return err },
		func(ctx context.Context, s *Store) error { return s.MarkInFlight(ctx, posted) },
		func(ctx context.Context, s *Store) error {
			return s.Confirm(ctx, posted, make([]time.Time, len(posted)))
		},
		func(ctx context.Context, s *Store) error {
			_, err := s.SaveCorrection(ctx, label.Correction{Title: filler + filler, Note: strings.Repeat(filler, 10), Active: true, Scope: label.ScopeTitle}, "t1")
			return err
		},
		func(ctx context.Context, s *Store) error {
			_, err := s.SaveEdits(ctx, map[string]map[string]map[string]string{"Rules": {"R-1": {"text": strings.Repeat(filler, 20)}}}, at)
			return err
		},
		func(ctx context.Context, s *Store) error {
			return s.SaveVectors(ctx, "m", map[string][]byte{"t": make([]byte, 20_000)})
		},
		func(ctx context.Context, s *Store) error {
			return s.SaveSetting(ctx, "big", strings.Repeat(filler, 20))
		},
	}
}

// tally counts the rows of every table that the steps write.
func tally(t *testing.T, s *Store) string {
	t.Helper()
	out := ""
	for _, table := range []string{"title", "contact", "outbox", "journal", "base", "correction", "correction_history", "sheet_edit", "sheet_cell", "vector", "setting"} {
		var n int
		if err := s.readers.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf("%s %d ", table, n)
	}
	return out
}

// TestDiskFull gives the file N pages more than it has, for N = 0, 1, ... until all writes fit. A write
// that does not fit fails as a whole with SQLITE_FULL, nothing is damaged, nothing that was there is
// lost, and the same write works as soon as there is room.
func TestDiskFull(t *testing.T) {
	ctx := context.Background()
	failures := 0
	for n := 0; ; n++ {
		s, err := Open(ctx, filepath.Join(t.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		var pages int
		if err := s.writer.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
			t.Fatal(err)
		}
		limit := func(n int) {
			if _, err := s.writer.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
				t.Fatal(err)
			}
		}
		limit(pages + n)
		clean := true
		for i, step := range fullSteps() {
			before := tally(t, s)
			err := step(ctx, s)
			if err == nil {
				continue
			}
			clean = false
			failures++
			var sqlite sqlite3.Error
			if !errors.As(err, &sqlite) || sqlite.Code != sqlite3.ErrFull {
				t.Fatalf("%d pages, step %d: %v; want SQLITE_FULL", n, i, err)
			}
			if got := tally(t, s); got != before {
				t.Fatalf("%d pages, step %d: %s before, %s after a failed write", n, i, before, got)
			}
			if err := s.Check(ctx); err != nil {
				t.Fatalf("%d pages, step %d: %v", n, i, err)
			}
			limit(1 << 30)
			if err := step(ctx, s); err != nil {
				t.Fatalf("%d pages, step %d, with room again: %v", n, i, err)
			}
			if err := s.writer.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
				t.Fatal(err)
			}
			limit(pages)
		}
		if err := errors.Join(s.Check(ctx), s.Close()); err != nil {
			t.Fatal(err)
		}
		if clean {
			t.Logf("figure: %d sizes of disk, %d failed writes, 0 corrupt, 0 lost", n+1, failures)
			return
		}
	}
}
