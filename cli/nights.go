package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/schedule"
	"rolecall/store"
)

// When the night's work was first planned, and when the last nightly backup was made.
const (
	settingNights   = "nightly_since"
	settingBackedUp = "backed_up_at"
)

// catchUp does what was due at night while no daemon ran, as on a machine that is switched off in the evening. A run
// is in the queue at every start anyway.
func (d *daemon) catchUp(ctx context.Context, jobs []schedule.Job, at time.Time) error {
	since, err := d.timeSetting(ctx, settingNights)
	if err != nil {
		return err
	}
	if since.IsZero() {
		return d.store.SaveSetting(ctx, settingNights, at.Format(time.RFC3339))
	}
	backedUp, err := d.timeSetting(ctx, settingBackedUp)
	if err != nil {
		return err
	}
	last, err := d.store.LastRequests(ctx)
	if err != nil {
		return err
	}
	done := map[string]time.Time{
		schedule.Backup: backedUp, schedule.Sweep: last[label.ActionSweep].FinishedAt,
		schedule.Tidy: last[label.ActionTidy].FinishedAt, schedule.Retrain: last[label.ActionRetrain].FinishedAt,
	}
	var errs []error
	for _, job := range jobs {
		before, nightly := done[job.Name]
		if before.Before(since) {
			before = since
		}
		switch {
		case !nightly || !schedule.Overdue(job, before, at):
		case job.Name == schedule.Backup:
			errs = append(errs, d.backUp(ctx, at))
		default:
			errs = append(errs, d.tick(ctx, job.Name))
		}
	}
	return errors.Join(errs...)
}

// timeSetting reads a time that is kept in the store; zero where there is none.
func (d *daemon) timeSetting(ctx context.Context, name string) (time.Time, error) {
	text, err := d.store.Setting(ctx, name)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the setting %s of the store: %w", name, err)
	}
	return at, nil
}

// backUp copies the store and remembers when.
func (d *daemon) backUp(ctx context.Context, at time.Time) error {
	if _, err := backup(ctx, d.config.Store, d.config.Backups, at); err != nil {
		return err
	}
	d.status.metrics.BackedUp()
	return d.store.SaveSetting(ctx, settingBackedUp, at.Format(time.RFC3339))
}

// What has served its time is taken out of the store once a day, between two runs. What people wrote stays for good.
const (
	pruneEvery  = 24 * time.Hour
	historyKept = 400 * 24 * time.Hour // a year and what is compared with it
)

func (d *daemon) prune(ctx context.Context, at time.Time) {
	if at.Sub(d.pruned) < pruneEvery {
		return
	}
	d.pruned = at
	gone, err := d.store.Prune(ctx, at.Add(-historyKept))
	switch {
	case err != nil && ctx.Err() == nil:
		d.log.Warn().Err(err).Msg("take old history out of the store")
	case err == nil && gone != store.Pruned{}:
		d.log.Info().Int("runs", gone.Runs).Int("requests", gone.Requests).Int("journal", gone.Journal).Int("measures", gone.Measures).Int("titles", gone.Titles).
			Msg("old history taken out of the store")
	}
}
