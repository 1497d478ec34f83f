package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"rolecall/schedule"
)

// said keeps what was logged as warnings and errors.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) Debug(string, ...any) {}
func (s *said) Info(string, ...any)  {}
func (s *said) Warn(msg string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, msg+" "+fmt.Sprint(args...))
}
func (s *said) Error(msg string, args ...any) { s.Warn(msg, args...) }
func (s *said) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// bench is a schedule on a clock that stands still until it is told to go on.
type bench struct {
	*schedule.Schedule
	t     *testing.T
	clock *clockwork.FakeClock
	log   *said
	ticks chan string
	fail  func(name string) error
}

func newBench(t *testing.T, start time.Time) *bench {
	t.Helper()
	b := &bench{t: t, clock: clockwork.NewFakeClockAt(start), log: &said{}, ticks: make(chan string, 100)}
	b.Schedule = schedule.New(b.log, b.clock, func(_ context.Context, name string) error {
		defer func() { b.ticks <- name }()
		if b.fail != nil {
			return b.fail(name)
		}
		return nil
	})
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) set(jobs ...schedule.Job) {
	b.t.Helper()
	if err := b.Set(jobs...); err != nil {
		b.t.Fatal(err)
	}
}

// pass moves the clock on once all n jobs wait for it, and a little more: gocron runs a job again and again while the
// clock stands still on the very moment that it is due (2.21.2), which only a clock of tests does.
func (b *bench) pass(n int, d time.Duration) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer stop()
	if err := b.clock.BlockUntilContext(ctx, n); err != nil {
		b.t.Fatalf("the jobs do not wait for the clock: %v", err)
	}
	b.clock.Advance(d + time.Millisecond)
}

func (b *bench) want(name string) {
	b.t.Helper()
	select {
	case got := <-b.ticks:
		if got != name {
			b.t.Fatalf("%s ticked, want %s", got, name)
		}
	case <-time.After(20 * time.Second):
		b.t.Fatalf("%s did not tick", name)
	}
}

func berlin(t *testing.T, text string) time.Time {
	t.Helper()
	location, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, location)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAJobTicksEverySoOften(t *testing.T) {
	b := newBench(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	b.set(schedule.Job{Name: "run", Every: time.Hour})
	for range 3 {
		b.pass(1, time.Hour)
		b.want("run")
	}
}

func TestAnUnchangedJobKeepsItsTimeWhenAnotherChanges(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	b := newBench(t, start)
	run := schedule.Job{Name: "run", Every: time.Hour}
	b.set(run)
	b.pass(1, 40*time.Minute)
	b.set(run, schedule.Job{Name: "retrain", Cron: "15 3 * * *"})
	if got, want := b.Next("run"), start.Add(time.Hour); !got.Equal(want) {
		t.Errorf("the next run is at %v, want %v", got, want)
	}
	if got, want := b.Next("retrain"), time.Date(2026, 5, 2, 3, 15, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the next retraining is at %v, want %v", got, want)
	}
	b.set(schedule.Job{Name: "run", Every: 10 * time.Minute})
	if got, want := b.Next("run"), b.clock.Now().Add(10*time.Minute); !got.Equal(want) {
		t.Errorf("a job that runs more often is due at %v, want %v", got, want)
	}
	if !b.Next("retrain").IsZero() {
		t.Error("a job that was taken away is still due")
	}
}

func TestABadJobChangesNothing(t *testing.T) {
	b := newBench(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	b.set(schedule.Job{Name: "run", Every: time.Hour})
	for _, bad := range []schedule.Job{{Name: "run", Cron: "61 * * * *"}, {Name: "run", Cron: "0 6 * * *", Zone: "Mars"}, {Name: "run"}} {
		if err := b.Set(bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
	if err := b.Set(schedule.Job{Name: "a", Cron: "@daily", Zone: "UTC"}, schedule.Job{Name: "b", Cron: "@daily", Zone: "Europe/Berlin"}); err == nil {
		t.Error("two time zones were accepted")
	}
	b.pass(1, time.Hour)
	b.want("run")
}

func TestALostTickAndAPanicAreLoggedAndTickingGoesOn(t *testing.T) {
	b := newBench(t, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	var count atomic.Int32
	b.fail = func(string) error {
		switch count.Add(1) {
		case 1:
			return errors.New("the queue is away")
		case 2:
			panic("boom")
		}
		return nil
	}
	b.set(schedule.Job{Name: "run", Every: time.Hour})
	for range 3 {
		b.pass(1, time.Hour)
		b.want("run")
	}
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"the queue is away", "boom"} {
		if !strings.Contains(b.log.all(), want) {
			t.Errorf("%q was not logged: %s", want, b.log.all())
		}
	}
}

// The clock goes from 02:00 to 03:00 on 29 March 2026 and from 03:00 to 02:00 on 25 October in Berlin.
func TestDaylightSaving(t *testing.T) {
	for _, test := range []struct{ situation, start, want string }{
		{"skipped in spring: right after the gap", "2026-03-28 02:30", "2026-03-29 03:30"},
		{"once in autumn: next on the day after", "2026-10-25 03:00", "2026-10-26 02:30"},
	} {
		t.Run(test.situation, func(t *testing.T) {
			b := newBench(t, berlin(t, test.start))
			b.set(schedule.Job{Name: "run", Cron: "30 2 * * *", Zone: "Europe/Berlin"})
			if got, want := b.Next("run"), berlin(t, test.want); !got.Equal(want) {
				t.Errorf("next at %v, want %v", got, want)
			}
		})
	}
}

func TestOverdue(t *testing.T) {
	at := func(text string) time.Time { return berlin(t, text) }
	hourly := schedule.Job{Every: time.Hour}
	daily := schedule.Job{Cron: "0 6 * * *", Zone: "Europe/Berlin"}
	for _, test := range []struct {
		situation string
		job       schedule.Job
		last, now time.Time
		want      bool
	}{
		{"never ran", daily, time.Time{}, at("2026-05-01 05:00"), true},
		{"hourly, 59 minutes ago", hourly, at("2026-05-01 05:00"), at("2026-05-01 05:59"), false},
		{"hourly, an hour ago", hourly, at("2026-05-01 05:00"), at("2026-05-01 06:00"), true},
		{"daily, down over its time", daily, at("2026-05-01 05:00"), at("2026-05-01 07:00"), true},
		{"daily, its time is still to come", daily, at("2026-05-01 06:00"), at("2026-05-02 05:59"), false},
		{"the clock was set back", hourly, at("2026-05-01 05:00"), at("2026-05-01 04:00"), false},
		{"over the spring gap", schedule.Job{Cron: "30 2 * * *", Zone: "Europe/Berlin"}, at("2026-03-27 02:30"), at("2026-03-29 09:00"), true},
	} {
		if got := schedule.Overdue(test.job, test.last, test.now); got != test.want {
			t.Errorf("%s: got %v", test.situation, got)
		}
	}
}

func TestValidate(t *testing.T) {
	now := berlin(t, "2026-05-01 12:00")
	for _, test := range []struct{ cron, zone, wantErr string }{
		{"0 6 * * 1-5", "Europe/Berlin", ""},
		{"@hourly", "", ""},
		{"61 * * * *", "UTC", "above maximum"},
		{"every day", "UTC", "such as 0 6"},
		{"", "UTC", "such as 0 6"},
		{"0 0 30 2 *", "UTC", "such as 0 6"},
		{"TZ=UTC 0 6 * * *", "UTC", "its own row"},
		{"0 6 * * *", "Mars/Base", "Europe/Berlin"},
		{"@every 5s", "UTC", "more often than every minute"},
	} {
		next, err := schedule.Validate(test.cron, test.zone, now)
		switch {
		case test.wantErr == "" && (err != nil || !next.After(now)):
			t.Errorf("%q: next %v, %v", test.cron, next, err)
		case test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)):
			t.Errorf("%q: got %v, want %q", test.cron, err, test.wantErr)
		}
	}
}

func TestJobsFollowTheSettings(t *testing.T) {
	names := func(jobs []schedule.Job) []string {
		var out []string
		for _, j := range jobs {
			out = append(out, j.Name)
		}
		return out
	}
	jobs, err := schedule.Jobs(schedule.Times{Every: time.Hour, Cron: "0 6 * * *", TimeZone: "Europe/Berlin", RetrainAt: "03:15"})
	if err != nil || !slices.Equal(names(jobs), []string{"run", "backup", "retrain", "sweep", "tidy"}) || jobs[0].Cron != "" {
		t.Errorf("got %v, %v", jobs, err)
	}
	jobs, err = schedule.Jobs(schedule.Times{Cron: "0 6 * * *"})
	if err != nil || !slices.Equal(names(jobs), []string{"run", "backup", "sweep", "tidy"}) {
		t.Errorf("without retraining: got %v, %v", jobs, err)
	}
	if _, err := schedule.Jobs(schedule.Times{Every: time.Hour, RetrainAt: "soon"}); err == nil {
		t.Error("a time of day that is none was accepted")
	}
	b := newBench(t, berlin(t, "2026-05-01 12:00"))
	b.set(jobs...)
}

func FuzzValidate(f *testing.F) {
	f.Add("0 6 * * *", "UTC")
	f.Add("@every 1h", "Europe/Berlin")
	f.Fuzz(func(t *testing.T, cron, zone string) {
		now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		if next, err := schedule.Validate(cron, zone, now); err == nil && !next.After(now) {
			t.Errorf("%q in %q: next %v", cron, zone, next)
		}
	})
}
