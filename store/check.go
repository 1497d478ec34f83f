package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
)

// quickAbove is the size in bytes above which Check runs SQLite's quick check: the full one takes a second per 50 MB.
const quickAbove = 200 << 20

// Check runs SQLite's own check: the full one below 200 MB, the quick one above. The error holds its words.
func (s *Store) Check(ctx context.Context) error {
	pragma := "integrity_check"
	if fi, err := os.Stat(s.path); err == nil && fi.Size() > quickAbove {
		pragma = "quick_check"
	}
	return verdict(ctx, s.readers, pragma)
}

// CheckFile runs SQLite's full check on a store that nobody has open, a backup for example, without changing it.
func CheckFile(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("check the store: %w", err)
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return fmt.Errorf("check the store: %w", err)
	}
	return errors.Join(verdict(ctx, db, "integrity_check"), db.Close())
}

func verdict(ctx context.Context, db *sql.DB, pragma string) error {
	var words string
	if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&words); err != nil {
		return fmt.Errorf("check the store: %w", err)
	}
	if words != "ok" {
		return fmt.Errorf("the store is damaged (%s): stop rolecall and put a backup in its place; losing the store overwrites nothing in HubSpot", strings.SplitN(words, "\n", 2)[0])
	}
	return nil
}
