package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rolecall/store"
)

const (
	dailyBackups  = 7
	weeklyBackups = 4
	backupLayout  = "rolecall-2006-01-02T150405Z.db"
)

func newBackup(p *process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup [FILE]",
		Short: "Copy the store, also while the daemon runs",
		Long: `Copy the store to a new file, also while the daemon runs, and check the copy. Without FILE it goes into the backups folder
under the time of day, and old copies there are thinned out to the last seven days and four weeks; the daemon does the
same every night.

To go back to a copy: stop the daemon, put the copy in the store's place, start the daemon. Losing the store, or going
back, overwrites nothing in HubSpot: what people changed there meanwhile is seen as theirs.`,
		Example: `  rolecall backup
  rolecall backup before-the-upgrade.db`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			path := strings.Join(args, "")
			if path == "" {
				path, err = backup(cmd.Context(), c.Store, c.Backups, time.Now())
			} else {
				err = store.Copy(cmd.Context(), c.Store, path)
			}
			if errors.Is(err, fs.ErrNotExist) && !exists(c.Store) {
				err = fmt.Errorf("there is no store %s: name the daemon's with --store", c.Store)
			}
			if err != nil {
				return withCode(exitIO, err)
			}
			fmt.Fprintln(p.stdout, path)
			return nil
		},
	}
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// backup copies the store into dir, or "backups" beside the store where dir is "", under the time now, and thins out
// older copies. It returns the copy's path.
func backup(ctx context.Context, from, dir string, now time.Time) (string, error) {
	if dir == "" {
		dir = filepath.Join(filepath.Dir(from), "backups")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the backups folder: %w", err)
	}
	path := filepath.Join(dir, now.UTC().Format(backupLayout))
	if err := store.Copy(ctx, from, path); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return path, fmt.Errorf("look through the backups: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	var errs []error
	for _, name := range superfluous(names) {
		errs = append(errs, os.Remove(filepath.Join(dir, name)))
	}
	return path, errors.Join(errs...)
}

// superfluous picks the backups to remove: kept are the newest of each of the last seven days that have one, and the
// newest of each of the last four weeks (ISO 8601) that have one. Files of other names are nobody's business.
func superfluous(names []string) []string {
	type copied struct {
		name string
		at   time.Time
	}
	var all []copied
	for _, name := range names {
		if at, err := time.Parse(backupLayout, name); err == nil {
			all = append(all, copied{name, at})
		}
	}
	slices.SortFunc(all, func(a, b copied) int { return b.at.Compare(a.at) })
	days, weeks := map[string]bool{}, map[string]bool{}
	var out []string
	for _, c := range all {
		year, week := c.at.ISOWeek()
		day, inWeek := c.at.Format(time.DateOnly), fmt.Sprint(year, week)
		keep := !days[day] && len(days) < dailyBackups || !weeks[inWeek] && len(weeks) < weeklyBackups
		days[day], weeks[inWeek] = true, true
		if !keep {
			out = append(out, c.name)
		}
	}
	return out
}
