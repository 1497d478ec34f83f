package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/store"
)

// fingerprint is the content of every table of a store, row by row.
func fingerprint(tb testing.TB, path string) string {
	tb.Helper()
	db := look(tb, path)
	tables, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	must(tb, err)
	var names []string
	for tables.Next() {
		var name string
		must(tb, tables.Scan(&name))
		names = append(names, name)
	}
	must(tb, tables.Close())
	var b strings.Builder
	for _, name := range names {
		rows, err := db.Query(`SELECT * FROM "` + name + `" ORDER BY 1, 2`)
		must(tb, err)
		columns, err := rows.Columns()
		must(tb, err)
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			must(tb, rows.Scan(into...))
			fmt.Fprintf(&b, "%s %v\n", name, row)
		}
		must(tb, rows.Close())
	}
	return b.String()
}

func TestBackupIsEqual(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for n := range 5 {
		must(t, round(ctx, s, n, func(string) {}))
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	must(t, s.Backup(ctx, to))
	must(t, store.CheckFile(ctx, to))
	want := fingerprint(t, s.Path())
	if got := fingerprint(t, to); got != want || strings.Count(got, "\n") < 300 {
		t.Errorf("the copy has %d rows, the store %d, or they differ", strings.Count(got, "\n"), strings.Count(want, "\n"))
	}
	restored := mustOpen(t, to)
	if got := rows(t, restored, "rev"); len(got) != 0 {
		t.Errorf("a restored store plans %d contacts; want none, like the original", len(got))
	}
}

// TestBackupUnderLoad: a writer never waits for the copy, and no copy has half a transaction.
func TestBackupUnderLoad(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	copies := 12
	stop, done := make(chan struct{}), make(chan error, 1)
	written := 0
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := round(ctx, s, n, func(string) {}); err != nil {
				done <- err
				return
			}
			written++
		}
	}()
	dir := t.TempDir()
	last := 0
	for i := range copies {
		to := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		must(t, s.Backup(ctx, to))
		must(t, store.CheckFile(ctx, to))
		there := rounds(t, to)["saved"]
		if there < last {
			t.Errorf("copy %d has %d rounds, an earlier one had %d", i, there, last)
		}
		last = there
		if fi, err := os.Stat(to); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("copy %d: %v, %v", i, fi.Mode(), err)
		}
	}
	close(stop)
	must(t, <-done)
	if written == 0 {
		t.Error("nothing was written meanwhile; the test proves nothing")
	}
	t.Logf("figure: %d copies while %d rounds of 4 transactions were written, all whole", copies, written)
}

func TestBackupNeverOverwrites(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	must(t, s.SaveSetting(ctx, "a", "b"))
	dir := t.TempDir()
	old := filepath.Join(dir, "old.db")
	must(t, os.WriteFile(old, []byte("a good backup"), 0o600))
	for name, to := range map[string]string{"an older backup": old, "a directory": dir, "the store itself": s.Path()} {
		if err := s.Backup(ctx, to); err == nil || !strings.Contains(err.Error(), "exists already") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if raw, _ := os.ReadFile(old); string(raw) != "a good backup" {
		t.Error("an older backup was overwritten")
	}
	must(t, s.Check(ctx))
	if err := s.Backup(ctx, filepath.Join(dir, "no such folder", "x.db")); err == nil {
		t.Error("backed up into a folder that is not there")
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	to := filepath.Join(dir, "cancelled.db")
	if err := s.Backup(over, to); err == nil {
		t.Error("a cancelled backup succeeded")
	}
	for _, left := range []string{to, to + ".partial"} {
		if _, err := os.Stat(left); !os.IsNotExist(err) {
			t.Errorf("a cancelled backup left %s", filepath.Base(left))
		}
	}
	must(t, os.WriteFile(to+".partial", []byte("half"), 0o644)) // a crash in the middle of an earlier one
	must(t, s.Backup(ctx, to))
	must(t, store.CheckFile(ctx, to))
}

// TestDamageIsNoticed: a store that is damaged is never silently used on.
func TestDamageIsNoticed(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for n := range 5 {
		must(t, round(ctx, s, n, func(string) {}))
	}
	clean := filepath.Join(t.TempDir(), "clean.db")
	must(t, s.Backup(ctx, clean))
	raw, err := os.ReadFile(clean)
	must(t, err)
	const page = 4096
	pages, noticed := len(raw)/page, 0
	for n := 1; n < pages; n++ {
		bad := filepath.Join(t.TempDir(), "bad.db")
		broken := append([]byte(nil), raw...)
		clear(broken[n*page : (n+1)*page])
		must(t, os.WriteFile(bad, broken, 0o600))
		if store.CheckFile(ctx, bad) != nil {
			noticed++
		} else {
			t.Errorf("page %d of %d zeroed, and not noticed", n, pages)
		}
	}
	for name, broken := range map[string][]byte{"cut": raw[:len(raw)/2+100], "no header": append(make([]byte, 100), raw[100:]...), "empty page 1": append(make([]byte, page), raw[page:]...)} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		must(t, os.WriteFile(bad, broken, 0o600))
		if err := store.CheckFile(ctx, bad); err == nil {
			t.Errorf("%s: not noticed", name)
		} else {
			noticed++
		}
	}
	if err := store.CheckFile(ctx, filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a store that is not there is whole")
	}
	t.Logf("figure: %d kinds of damage of the size of a page, %d noticed", pages+2, noticed)
}
