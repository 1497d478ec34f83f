package store

import (
	"context"
	"fmt"
	"os"
)

// Copy backs up the store at path to a new file as Backup does, without opening it as its owner: a daemon may be
// using it meanwhile. The copy is checked; a damaged one is an error, and is kept to look at.
func Copy(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("find the store: %w", err)
	}
	if err := (&Store{path: path}).Backup(ctx, to); err != nil {
		return err
	}
	return CheckFile(ctx, to)
}
