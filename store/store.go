// Package store keeps rolecall's state in one SQLite file: the mirror of
// HubSpot, decisions, bases, the outbox, the journal, requests and every edit
// seen in the sheet. One writer, several readers, WAL, synchronous=FULL; the
// file and its companions are 0600.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open SQLite file. It is safe for use by several goroutines.
type Store struct {
	path    string
	writer  *sql.DB // one connection
	readers *sql.DB // read-only
	lock    *os.File
}

// NewerSchemaError says that the file was written by a newer rolecall.
type NewerSchemaError struct{ Have, Know int }

// Error names the versions and the mend.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("the store has schema %d and this rolecall knows %d: start the newer rolecall, or restore the backup made before the upgrade", e.Have, e.Know)
}

// Open opens or creates the file, takes the exclusive lock beside it (ErrLocked, naming the holder,
// when another process has it), migrates and asserts the settings that durability rests on. A
// migration of an older file is preceded by a copy "NAME.before-N".
func Open(ctx context.Context, path string) (*Store, error) {
	if path == "" {
		return nil, errors.New("open the store: no file name is given")
	}
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return nil, fmt.Errorf("open the store %s: it is a folder: give a file name", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the store: %w", err)
	}
	lock, err := takeLock(path + ".lock")
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, lock: lock}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("%w (can this user write there?)", err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return fmt.Errorf("make the store private: %w", err)
	}
	if s.writer, err = sql.Open("sqlite3", dsn(s.path, "_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate&_foreign_keys=on&_synchronous=FULL&_stmt_cache_size=64")); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.assertPragmas(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx, migrations); err != nil {
		return err
	}
	if s.readers, err = sql.Open("sqlite3", dsn(s.path, "mode=ro&_query_only=1&_busy_timeout=5000&_foreign_keys=on&_stmt_cache_size=64")); err != nil {
		return fmt.Errorf("open it for reading: %w", err)
	}
	s.readers.SetMaxOpenConns(4)
	return nil
}

func dsn(path, query string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query
}

// Path is the file's path.
func (s *Store) Path() string { return s.path }

// assertPragmas checks what the driver made of the DSN: it ignores what it does not know, silently.
func (s *Store) assertPragmas(ctx context.Context) error {
	for _, want := range []struct{ pragma, value string }{{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "5000"}} {
		var got string
		if err := s.writer.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			return fmt.Errorf("read PRAGMA %s: %w (is the store on a full or read-only disk, or no SQLite file?)", want.pragma, err)
		}
		if got != want.value {
			return fmt.Errorf("the store runs with %s=%s, not %s: is it on a network file system? Move it to a local disk", want.pragma, got, want.value)
		}
	}
	return nil
}

// migrate brings the schema up to date: each file of migrations/ in one transaction, in the order of names.
func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	sort.Strings(names)
	var have int
	if err := s.writer.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	switch {
	case have > len(names):
		return &NewerSchemaError{Have: have, Know: len(names)}
	case have == len(names):
		return nil
	case have > 0:
		if err := s.copyTo(ctx, fmt.Sprintf("%s.before-%d", s.path, len(names))); err != nil {
			return fmt.Errorf("copy the store before the upgrade: %w", err)
		}
	}
	for i := have; i < len(names); i++ {
		text, err := fs.ReadFile(files, names[i])
		if err != nil {
			return fmt.Errorf("read migration %s: %w", names[i], err)
		}
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", i+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("apply migration %s: %w", names[i], err)
		}
	}
	return nil
}

// write runs f in one transaction of the single writer.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Close closes the file and frees its lock.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close()) // closing frees the flock
		s.lock = nil
	}
	return errors.Join(errs...)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
