package cli

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/schedule"
	"rolecall/sheets"
	"rolecall/workbook"
)

func newRun(p *process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run as a daemon: watch the sheet, label contacts on schedule",
		Long: `Run until interrupted: look at the sheet every few seconds for answers, corrections and ticks, run on the schedule
of the Settings tab, and at night read every contact, retrain and tidy up. The status page is served on the listen
address. A second rolecall on the same store ends with exit code 75.`,
		Example: "  rolecall run\n  rolecall run --listen 127.0.0.1:8321",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.daemon(cmd.Context(), dir)
		},
	}
	addWorkbookFlag(cmd, &dir)
	return cmd
}

func (p *process) daemon(ctx context.Context, dir string) error {
	c, err := p.config(needsOf(dir)...)
	if err != nil {
		return err
	}
	log := p.logger(c)
	for _, w := range c.Warnings {
		log.Warn().Msg(w)
	}
	status := newStatus(c, log)
	a, err := open(ctx, c, log, openOptions{dir: dir, settleReviews: true, metrics: status.metrics})
	if err != nil {
		return unlessTold(ctx, err)
	}
	stop, err := status.serve(ctx, a)
	if err != nil {
		return errors.Join(unlessTold(ctx, err), a.Close())
	}
	err = (&daemon{app: a, poll: c.PollInterval, status: status}).loop(ctx)
	return errors.Join(unlessTold(ctx, err), stop(), a.Close())
}

// unlessTold is err, but nil where it came of the end that ctx was told: a command that runs until it is told to end
// has then not failed, wherever it was, and what it was about to do is done at the next start. A transaction that was
// open at that moment says sql.ErrTxDone.
func unlessTold(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrTxDone)) {
		return nil
	}
	return err
}

// daemon polls the sheet, works requests off and keeps the schedule.
type daemon struct {
	*app
	poll time.Duration
	// every overrides the schedule of runs; 0 keeps the Settings'.
	every time.Duration
	// worked is told what came of each request; may be nil.
	worked func(plan.Report)
	status *status
	times  schedule.Times
	pruned time.Time // when old history was last taken out of the store
}

// loop runs until ctx is over. What goes wrong in a poll or a run is logged and tried again; only the
// store's own failure ends it.
func (d *daemon) loop(ctx context.Context) error {
	if n, err := d.store.RestartRequests(ctx, now()); err != nil {
		return err
	} else if n > 0 {
		d.log.Info().Int("requests", n).Msg("requests of the last process go on")
	}
	d.relay(ctx)
	clock := schedule.New(cronLog{d.log}, clockwork.NewRealClock(), d.tick)
	d.status.heartbeat(now())
	defer func() {
		if err := clock.Stop(); err != nil {
			d.log.Warn().Err(err).Msg("stop the schedule")
		}
	}()
	if err := d.enqueue(ctx, label.ActionRun, "start"); err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := d.turn(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if err := d.reschedule(ctx, clock); err != nil {
			d.log.Error().Err(err).Msg("the schedule of the Settings tab cannot be kept")
		}
		d.status.next.Store(clock.Next(schedule.Run).Unix())
		d.status.heartbeat(now())
		timer.Reset(d.poll)
	}
}

// relay brings the sheet's layout up to date. People's cells are left alone, and a sheet that cannot be reached now is
// read, with its errors told, by the first look.
func (d *daemon) relay(ctx context.Context) {
	sheet, ok := d.sheet.(*sheets.Sheet)
	if !ok {
		return
	}
	book, err := workbook.Default()
	if err == nil {
		_, err = sheet.Relay(ctx, book)
	}
	if err != nil && ctx.Err() == nil {
		d.log.Warn().Err(err).Msg("bring the sheet's layout up to date")
	}
}

// turn is one look at the sheet and all the work that waits.
func (d *daemon) turn(ctx context.Context) error {
	for {
		if err := d.Poll(ctx); err != nil && ctx.Err() == nil {
			d.log.Error().Err(err).Msg("look at the sheet")
		}
		report, ok, err := d.Work(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if !ok {
			d.prune(ctx, now())
			return nil
		}
		if d.worked != nil {
			d.worked(report)
		}
	}
}

// tick puts what is due into the queue.
func (d *daemon) tick(ctx context.Context, name string) error {
	switch name {
	case schedule.Run:
		return d.enqueue(ctx, label.ActionRun, "schedule")
	case schedule.Sweep:
		return d.enqueue(ctx, label.ActionSweep, "schedule")
	case schedule.Tidy:
		return d.enqueue(ctx, label.ActionTidy, "schedule")
	case schedule.Retrain:
		return d.enqueue(ctx, label.ActionRetrain, "schedule")
	case schedule.Backup:
		return d.backUp(ctx, now())
	}
	return nil
}

func (d *daemon) enqueue(ctx context.Context, a label.Action, source string) error {
	_, _, err := d.store.Enqueue(ctx, label.Request{Action: a, Scope: label.RunChanged, Source: source, RequestedAt: now()})
	return err
}

// reschedule follows the Settings tab.
func (d *daemon) reschedule(ctx context.Context, clock *schedule.Schedule) error {
	v, ok := d.View()
	if !ok {
		return nil // no reading of the sheet has succeeded yet
	}
	s := v.Settings
	times := schedule.Times{Every: s.Every, Cron: s.Cron, TimeZone: s.TimeZone, RetrainAt: s.RetrainAt}
	if d.every > 0 {
		times.Every, times.Cron = d.every, ""
	}
	if times == d.times {
		return nil
	}
	jobs, err := schedule.Jobs(times)
	if err != nil {
		return err
	}
	if err := clock.Set(jobs...); err != nil {
		return err
	}
	first := d.times == schedule.Times{}
	d.times = times
	if !first {
		return nil
	}
	if err := d.catchUp(ctx, jobs, now()); err != nil && ctx.Err() == nil {
		d.log.Error().Err(err).Msg("make up for the nights that were missed")
	}
	return nil
}

// cronLog is zerolog as the schedule's logger.
type cronLog struct{ log zerolog.Logger }

func (l cronLog) Debug(msg string, args ...any) { l.log.Debug().Fields(args).Msg(msg) }
func (l cronLog) Info(msg string, args ...any)  { l.log.Debug().Fields(args).Msg(msg) }
func (l cronLog) Warn(msg string, args ...any)  { l.log.Warn().Fields(args).Msg(msg) }
func (l cronLog) Error(msg string, args ...any) { l.log.Error().Fields(args).Msg(msg) }
