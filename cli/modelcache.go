package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rolecall/classifier"
)

// cachedModels is how many fitted models are kept for workbooks tried on the command line.
const cachedModels = 8

// modelCache keeps fitted models as files, so that asking the same workbook again takes no fit. It may be deleted at
// any time.
type modelCache struct{ dir string }

// newModelCache is in the user's cache folder (XDG base directories); nil where there is none.
func newModelCache(getenv func(string) string) classifier.Cache {
	dir := cacheFolder(getenv)
	if dir == "" {
		return nil
	}
	return modelCache{filepath.Join(dir, "models")}
}

// cacheFolder is rolecall's in the user's cache folder; "" where there is none.
func cacheFolder(getenv func(string) string) string {
	dir := getenv("XDG_CACHE_HOME")
	if dir == "" && getenv("HOME") != "" {
		dir = filepath.Join(getenv("HOME"), ".cache")
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "rolecall")
}

func (c modelCache) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16])+".model")
}

// LoadModel reads a model; one that is not there is no error.
func (c modelCache) LoadModel(_ context.Context, key string) ([]byte, bool, error) {
	raw, err := os.ReadFile(c.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return raw, err == nil, err
}

// StoreModel writes a model in one step and forgets the oldest beyond cachedModels.
func (c modelCache) StoreModel(_ context.Context, key string, model []byte) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of fitted models: %w", err)
	}
	f, err := os.CreateTemp(c.dir, "new.*")
	if err != nil {
		return fmt.Errorf("keep a fitted model: %w", err)
	}
	_, err = f.Write(model)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.path(key))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep a fitted model: %w", err), os.Remove(f.Name()))
	}
	return c.prune()
}

func (c modelCache) prune() error {
	paths, err := filepath.Glob(filepath.Join(c.dir, "*.model"))
	if err != nil {
		return fmt.Errorf("look through the fitted models: %w", err)
	}
	age := map[string]time.Time{}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			age[path] = info.ModTime()
		}
	}
	slices.SortFunc(paths, func(a, b string) int { return age[b].Compare(age[a]) })
	for _, path := range paths[min(cachedModels, len(paths)):] {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget a fitted model: %w", err)
		}
	}
	return nil
}
