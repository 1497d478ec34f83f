package store

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPragmas(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := s.writer.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("PRAGMA %s = %q, %v; want %q", pragma, got, err, want)
		}
	}
	if _, err := s.readers.ExecContext(ctx, `DELETE FROM setting`); err == nil {
		t.Error("a reader's connection can write")
	}
	if got := s.writer.Stats().MaxOpenConnections; got != 1 {
		t.Errorf("%d writers; want 1", got)
	}
	// A driver that drops a setting of the DSN is noticed.
	for _, pragma := range []string{"synchronous = 1", "foreign_keys = 0", "busy_timeout = 1"} {
		if _, err := s.writer.Exec("PRAGMA " + pragma); err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(pragma, " ")
		if err := s.assertPragmas(ctx); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("after PRAGMA %s: %v; want an error that names it", pragma, err)
		}
		if _, err := s.writer.Exec("PRAGMA synchronous = 2; PRAGMA foreign_keys = 1; PRAGMA busy_timeout = 5000"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.writer.Exec(`INSERT INTO contact (id, title_id, modified_ms) VALUES (1, 77, 0)`); err == nil {
		t.Error("a contact of no title was taken")
	}
	if _, err := s.writer.Exec(`INSERT INTO setting VALUES ('x', x'00'), (1, 'y')`); err == nil {
		t.Error("tables are not strict")
	}
}

// TestMigrateFromOlder: an older schema is copied aside, then brought up to date; a migration that
// fails leaves the file as it was.
func TestMigrateFromOlder(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.SaveSetting(ctx, "kept", "yes"); err != nil {
		t.Fatal(err)
	}
	if err := s.migrate(ctx, migrations); err != nil {
		t.Errorf("migrating again: %v", err)
	}
	version := func() (v int) {
		if err := s.writer.QueryRow("PRAGMA user_version").Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	have := version()
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) != have {
		t.Fatalf("%d migrations and schema %d, %v", len(names), have, err)
	}
	for _, name := range names {
		files[name] = &fstest.MapFile{}
	}
	files["migrations/9998_more.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE more (x INTEGER) STRICT; INSERT INTO more VALUES (1);")}
	files["migrations/9999_bad.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);")}
	for range 2 { // a failed upgrade may be tried again
		if err := s.migrate(ctx, files); err == nil || !strings.Contains(err.Error(), "9999_bad.sql") {
			t.Fatalf("migrate = %v; want an error that names the file", err)
		}
		var half int
		if err := s.writer.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name = 'half'`).Scan(&half); err != nil || half != 0 || version() != have+1 {
			t.Fatalf("after a failed migration: schema %d, half a table %d, %v", version(), half, err)
		}
	}
	if fi, err := os.Stat(fmt.Sprintf("%s.before-%d", path, have+2)); err != nil || fi.Mode().Perm() != 0o600 || fi.Size() == 0 {
		t.Errorf("the copy before the upgrade: %v, %v", fi, err)
	}
	if got, err := s.Setting(ctx, "kept"); got != "yes" || err != nil {
		t.Errorf("after the upgrade kept = %q, %v", got, err)
	}
}
