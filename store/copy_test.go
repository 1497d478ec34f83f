package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"rolecall/store"
)

func TestACopyIsTakenWhileTheStoreIsInUse(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, to := filepath.Join(dir, "rolecall.db"), filepath.Join(dir, "copy.db")
	s := mustOpen(t, path)
	must(t, s.SaveSetting(ctx, "name", "value"))
	must(t, store.Copy(ctx, path, to))
	must(t, s.SaveSetting(ctx, "name", "later"))
	copied := mustOpen(t, to)
	got, err := copied.Setting(ctx, "name")
	must(t, err)
	if got != "value" {
		t.Errorf("the copy holds %q", got)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy's mode: %v, %v", info.Mode(), err)
	}
	if err := store.Copy(ctx, path, to); err == nil {
		t.Error("an older backup was overwritten")
	}
	if err := store.Copy(ctx, filepath.Join(dir, "none.db"), filepath.Join(dir, "other.db")); err == nil {
		t.Error("a store that is not there was copied")
	}
}
