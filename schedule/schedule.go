// Package schedule says when something is due, on gocron. It only ticks: a tick calls a function that puts a
// request into the queue, and the one worker of the queue does the work. So cron, "Run now" in the sheet, the
// command line and a restart all go the same way, and two runs can never overlap.
//
// Daylight saving time: a daily time that the clock skips in spring is run right after the gap, and one that it
// shows twice in autumn is run once. A program that starts within the hour before the gap still misses that one
// time (gocron 2.21), which the catch-up at the next start makes good; daily times of our own lie after 03:00.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
)

// stopTimeout is how long Stop waits for ticks under way; a tick is one row in a queue.
const stopTimeout = 10 * time.Second

// Logger takes what gocron and the schedule have to say; args are pairs of key and value.
type Logger interface {
	Debug(msg string, args ...any)
	Info(msg string, args ...any)
	Warn(msg string, args ...any)
	Error(msg string, args ...any)
}

// Job is something that is due again and again: Every so often, or as Cron says in the zone. Exactly one of the two is set.
type Job struct {
	Name  string
	Every time.Duration
	Cron  string // five fields, or @daily and the like
	Zone  string // IANA name; "" is UTC
}

// Schedule calls tick for every job that is due. Make it with New, give it jobs with Set, end it with Stop.
type Schedule struct {
	log   Logger
	clock clockwork.Clock
	tick  func(ctx context.Context, name string) error

	jobs    []Job
	cron    gocron.Scheduler
	cancel  context.CancelFunc
	entries map[string]gocron.Job
}

// New makes a schedule without jobs. tick is called with a job's name, by goroutines of its own, and must be quick; its
// error is logged. gocron's singleton mode is left out on purpose: it would drop a tick that comes while another is
// under way, and a tick that finds its request in the queue already does no harm. The Schedule itself is not safe for
// use by several goroutines at once.
func New(log Logger, clock clockwork.Clock, tick func(ctx context.Context, name string) error) *Schedule {
	return &Schedule{log: log, clock: clock, tick: tick}
}

// Set replaces the jobs. A job that has not changed keeps its next time. When a job is wrong nothing is
// changed, and the error says what is wrong with which.
func (s *Schedule) Set(jobs ...Job) error {
	if s.cron != nil && slices.Equal(jobs, s.jobs) {
		return nil
	}
	location, err := zone(jobs)
	if err != nil {
		return err
	}
	cron, err := gocron.NewScheduler(gocron.WithClock(s.clock), gocron.WithLocation(location), gocron.WithLogger(s.log), gocron.WithStopTimeout(stopTimeout))
	if err != nil {
		return fmt.Errorf("make a scheduler: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	entries := map[string]gocron.Job{}
	for _, job := range jobs {
		entry, err := s.add(ctx, cron, job)
		if err != nil {
			cancel()
			return errors.Join(fmt.Errorf("schedule %s: %w", job.Name, err), cron.Shutdown())
		}
		entries[job.Name] = entry
	}
	err = s.Stop()
	cron.Start()
	s.cron, s.cancel, s.entries, s.jobs = cron, cancel, entries, slices.Clone(jobs)
	return err
}

// zone is the location of all jobs: gocron's rule for the spring gap goes by the scheduler's location.
func zone(jobs []Job) (*time.Location, error) {
	location := time.UTC
	for i, job := range jobs {
		l, err := time.LoadLocation(job.Zone)
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %q is no time zone: write it as Europe/Berlin", job.Name, job.Zone)
		}
		if i > 0 && l.String() != location.String() {
			return nil, fmt.Errorf("schedule %s: all jobs share one time zone, and it has %s beside %s", job.Name, l, location)
		}
		location = l
	}
	return location, nil
}

// add makes the job known. The context of its ticks is ours: gocron would change one of its own under a running tick.
func (s *Schedule) add(ctx context.Context, cron gocron.Scheduler, job Job) (gocron.Job, error) {
	definition, options := gocron.CronJob(job.Cron, false), []gocron.JobOption{
		gocron.WithName(job.Name),
		gocron.WithDaylightSavingsTimePolicy(gocron.DaylightSavingsTimeRunAfterTransition),
	}
	if job.Every > 0 {
		definition = gocron.DurationJob(job.Every)
		if next := s.unchanged(job); next.After(s.clock.Now()) {
			options = append(options, gocron.WithStartAt(gocron.WithStartDateTime(next)))
		}
	} else if _, err := Validate(job.Cron, job.Zone, s.clock.Now()); err != nil {
		return nil, err
	}
	return cron.NewJob(definition, gocron.NewTask(func() { s.run(ctx, job.Name) }), options...)
}

// run is one tick. Panics end here, so that gocron never sees one.
func (s *Schedule) run(ctx context.Context, name string) {
	defer func() {
		if recovered := recover(); recovered != nil {
			s.log.Error("a tick panicked", "job", name, "panic", fmt.Sprint(recovered))
		}
	}()
	if err := s.tick(ctx, name); err != nil {
		s.log.Error("a tick was lost", "job", name, "error", err.Error())
	}
}

// unchanged is the next time of the same job before this Set; zero when it is new.
func (s *Schedule) unchanged(job Job) time.Time {
	if !slices.Contains(s.jobs, job) {
		return time.Time{}
	}
	return s.Next(job.Name)
}

// Next is when the job is due next; zero when there is no such job.
func (s *Schedule) Next(name string) time.Time {
	entry, ok := s.entries[name]
	if !ok {
		return time.Time{}
	}
	next, err := entry.NextRun()
	if err != nil {
		return time.Time{} // the scheduler has stopped
	}
	return next
}

// Stop ends all ticking and waits for ticks under way, ten seconds at most. Set starts anew.
func (s *Schedule) Stop() error {
	if s.cron == nil {
		return nil
	}
	s.cancel()
	err := s.cron.Shutdown()
	s.cron, s.cancel, s.entries, s.jobs = nil, nil, nil, nil
	if err != nil {
		return fmt.Errorf("stop the schedule: %w", err)
	}
	return nil
}
