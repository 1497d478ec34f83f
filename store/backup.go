package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy to path, 0600, while the store is in use by readers and writers. The
// copy stands under its name only when it is whole and on the disk. A file that is already there is an
// error, never overwritten: it may be a good backup, or the store itself.
func (s *Store) Backup(ctx context.Context, path string) error {
	if fi, err := os.Stat(path); err == nil && (fi.IsDir() || fi.Size() > 0) {
		return fmt.Errorf("back up to %s: it exists already; give the name of a new file", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return s.copyTo(ctx, path)
}

// copyTo is Backup over whatever path held before.
func (s *Store) copyTo(ctx context.Context, path string) error {
	partial := path + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clear away an unfinished backup: %w", err)
	}
	if err := s.vacuumInto(ctx, partial); err != nil {
		return errors.Join(fmt.Errorf("back up the store %s to %s: %w", s.path, path, err), removeIfThere(partial))
	}
	if err := os.Rename(partial, path); err != nil {
		return errors.Join(fmt.Errorf("back up to %s: %w", path, err), removeIfThere(partial))
	}
	if err := syncFile(filepath.Dir(path)); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

// vacuumInto copies over a connection of its own, so that neither readers nor the writer wait for it.
// SQLite gives a new file the modes of the umask: it is made here first, private.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return fmt.Errorf("make it private: %w", err)
	}
	db, err := sql.Open("sqlite3", dsn(s.path, "mode=ro&_busy_timeout=5000"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	return syncFile(path)
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
