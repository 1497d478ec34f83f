package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// The names of the jobs that Jobs makes.
const (
	Run     = "run"
	Sweep   = "sweep"
	Tidy    = "tidy"
	Retrain = "retrain"
	Backup  = "backup"
)

// Times are the choices of the Settings tab that the schedule follows.
type Times struct {
	// Every or Cron is the time of the runs; TimeZone holds for Cron and for the night's work.
	Every          time.Duration
	Cron, TimeZone string
	// RetrainAt is the local time of the nightly retraining, "03:15"; "" for off.
	RetrainAt string
}

// Jobs are the jobs that follow from the Settings:
//
//	| job     | when                                                              |
//	|---------|-------------------------------------------------------------------|
//	| run     | as the Settings say                                               |
//	| backup  | 03:05, before the night's changes                                 |
//	| retrain | as the Settings say                                               |
//	| sweep   | 03:30: every contact is read, for what search has missed          |
//	| tidy    | 04:00: Review is compacted, when people are least likely to type  |
func Jobs(t Times) ([]Job, error) {
	jobs := []Job{{Name: Run, Every: t.Every, Cron: t.Cron, Zone: t.TimeZone}}
	if t.Every > 0 {
		jobs[0].Cron = ""
	}
	jobs = append(jobs, Job{Name: Backup, Cron: "5 3 * * *", Zone: t.TimeZone})
	if t.RetrainAt != "" {
		cron, err := Daily(t.RetrainAt)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, Job{Name: Retrain, Cron: cron, Zone: t.TimeZone})
	}
	return append(jobs, Job{Name: Sweep, Cron: "30 3 * * *", Zone: t.TimeZone}, Job{Name: Tidy, Cron: "0 4 * * *", Zone: t.TimeZone}), nil
}

// Daily is the cron expression of a local time such as "03:15".
func Daily(at string) (string, error) {
	t, err := time.Parse("15:04", at)
	if err != nil {
		return "", fmt.Errorf("%q is no time of day: write it as 03:15", at)
	}
	return fmt.Sprintf("%d %d * * *", t.Minute(), t.Hour()), nil
}

// Validate checks a cron expression in an IANA time zone and gives the first time after now. The error is in
// words for the Settings tab.
func Validate(cron, zoneName string, now time.Time) (time.Time, error) {
	location, err := time.LoadLocation(zoneName)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time zone: write it as Europe/Berlin", zoneName)
	}
	if strings.Contains(cron, "TZ=") {
		return time.Time{}, fmt.Errorf("%q names a time zone: set that in its own row", cron)
	}
	parsed := gocron.NewDefaultCron(false)
	if err := parsed.IsValid(cron, location, now); err != nil {
		return time.Time{}, fmt.Errorf("%q is no schedule (%s): write minute, hour, day, month and weekday, such as 0 6 * * 1-5 for six o'clock from Monday to Friday", cron, reason(err))
	}
	next := parsed.Next(now)
	if again := parsed.Next(next); again.Sub(next) < time.Minute {
		return time.Time{}, fmt.Errorf("%q runs more often than every minute: HubSpot's limits are not for that", cron)
	}
	return next, nil
}

// reason is the last line of gocron's joined error: the parser's own words.
func reason(err error) string {
	text := err.Error()
	return strings.TrimPrefix(text[strings.LastIndexByte(text, '\n')+1:], "gocron: ")
}

// Overdue says whether the job should have run since its last run: the catch-up at start. A job that never ran is overdue.
func Overdue(job Job, last, now time.Time) bool {
	if last.IsZero() {
		return true
	}
	if job.Every > 0 {
		return now.Sub(last) >= job.Every
	}
	next, err := Validate(job.Cron, job.Zone, last)
	return err == nil && !next.After(now)
}
