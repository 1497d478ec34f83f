package hubspot

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// lane is a limit of its own.
type lane uint8

const (
	general lane = iota // the portal's calls per ten seconds
	search              // search: 5 a second per account, exempt from the ten-second limit
	lanes
)

// limiter is the one gate through which every call to a portal goes. It takes its size from HubSpot's
// headers, leaves a share to the portal's other apps, and stops for the day when the daily budget is used up.
//
// Of N calls allowed in a window, N x (1 - share) are ours. A token bucket of burst b that fills at
// (N - b) per window lets at most N through in any window, however the calls fall; b is a thirty-second of N.
type limiter struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	share float64
	stop  float64 // share of the daily budget at which to stop

	mu      sync.Mutex
	buckets [lanes]*rate.Limiter
	pause   [lanes]time.Time // nothing goes before
	size    [lanes]int       // calls per window, all apps
	span    [lanes]time.Duration
	zeal    [lanes]float64 // 0.1 to 1: lowered by every 429, raised by quiet
	quiet   [lanes]int     // answers since the last change of zeal
	zone    *time.Location // the account's; nil while unknown
	daily   *DailyBudgetError
}

func newLimiter(o Options) *limiter {
	l := &limiter{now: o.Now, sleep: o.Sleep, share: o.Share, stop: o.Limits.DailyStop}
	l.size = [lanes]int{general: o.Limits.Burst, search: o.Limits.SearchPerSecond}
	l.span = [lanes]time.Duration{general: 10 * time.Second, search: time.Second}
	for i := range l.buckets {
		l.zeal[i] = 1
		l.buckets[i] = rate.NewLimiter(0, 1)
		l.resize(lane(i))
	}
	return l
}

// resize sets a bucket from its size, the share and the zeal. The caller holds the lock, or owns l.
func (l *limiter) resize(i lane) {
	n := max(1, float64(l.size[i])*(1-l.share)*l.zeal[i])
	burst := min(max(1, float64(int(n/32))), 10)
	perWindow := n - burst
	if i == search {
		// Few and small: one at a time, a tenth below the limit, so that jitter on the way does not bunch six into a second.
		burst, perWindow = 1, min(n, 0.9*float64(l.size[i]))
	}
	perWindow = max(perWindow, 0.5)
	now := l.now()
	l.buckets[i].SetLimitAt(now, rate.Limit(perWindow/l.span[i].Seconds()))
	l.buckets[i].SetBurstAt(now, int(burst))
}

// wait blocks until a call may go. It returns a *DailyBudgetError when none may go today, or the context's error.
// With bypass the daily stop does not count: for the one call that finds the account's time zone.
func (l *limiter) wait(ctx context.Context, i lane, bypass bool) error {
	for {
		l.mu.Lock()
		now := l.now()
		if l.daily != nil && !now.Before(l.daily.Resume) {
			l.daily = nil
		}
		if l.daily != nil && !bypass {
			stopped := *l.daily
			l.mu.Unlock()
			return &stopped
		}
		var d time.Duration
		paused := now.Before(l.pause[i])
		if paused {
			d = l.pause[i].Sub(now)
		} else {
			d = l.buckets[i].ReserveN(now, 1).DelayFrom(now)
		}
		l.mu.Unlock()
		if d > 0 {
			if err := l.sleep(ctx, d); err != nil {
				return err
			}
		}
		if !paused {
			return ctx.Err()
		}
	}
}

// observe reads the limits off an answer.
func (l *limiter) observe(i lane, h http.Header, serverNow time.Time) {
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(h.Get("X-HubSpot-RateLimit-" + name))
		return n, err == nil && n >= 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	changed := false
	if n, ok := number("Max"); ok && i == general && n >= 1 && n < 1_000_000 && n != l.size[i] {
		l.size[i], changed = n, true
	}
	if ms, ok := number("Interval-Milliseconds"); ok && i == general && ms >= 100 && ms <= 300_000 && time.Duration(ms)*time.Millisecond != l.span[i] {
		l.span[i], changed = time.Duration(ms)*time.Millisecond, true
	}
	if l.quiet[i]++; l.quiet[i] >= 50 && l.zeal[i] < 1 {
		l.quiet[i], l.zeal[i], changed = 0, min(1, l.zeal[i]+0.1), true
	}
	if changed {
		l.resize(i)
	}
	if left, ok := number("Remaining"); ok && i == general && left <= max(2, l.size[i]/20) {
		l.hold(i, l.span[i]/10) // others are at it too: let the window move on
	}
	limit, ok1 := number("Daily")
	left, ok2 := number("Daily-Remaining")
	if used := limit - left; ok1 && ok2 && limit > 0 && float64(used) >= l.stop*float64(limit) {
		l.daily = &DailyBudgetError{Used: used, Limit: limit, Resume: l.midnight(serverNow)}
	}
}

// slowDown answers a 429: everybody waits, and goes on more gently.
func (l *limiter) slowDown(i lane, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.now().Before(l.pause[i]) { // once per pause, not once per call that was under way
		l.zeal[i], l.quiet[i] = max(0.1, l.zeal[i]*0.7), 0
		l.resize(i)
	}
	l.hold(i, d)
}

func (l *limiter) hold(i lane, d time.Duration) {
	if until := l.now().Add(d); until.After(l.pause[i]) {
		l.pause[i] = until
	}
}

// exhausted answers a 429 of the daily policy.
func (l *limiter) exhausted(serverNow time.Time) *DailyBudgetError {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.daily == nil {
		l.daily = &DailyBudgetError{}
	}
	l.daily.Resume = l.midnight(serverNow)
	out := *l.daily
	return &out
}

// midnight is when the day's count starts anew: the next midnight in the account's time zone, UTC while that is unknown.
func (l *limiter) midnight(now time.Time) time.Time {
	zone := l.zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}

// setZone tells in which time zone the account's day ends.
func (l *limiter) setZone(z *time.Location, serverNow time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.zone = z
	if l.daily != nil {
		l.daily.Resume = l.midnight(serverNow)
	}
}

// setShare changes what is left to others, from now on.
func (l *limiter) setShare(share float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share = share
	for i := range l.buckets {
		l.resize(lane(i))
	}
}

// rate is how many calls a second are ours at present.
func (l *limiter) rate(i lane) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return float64(l.buckets[i].Limit())
}

func (l *limiter) zoneKnown() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.zone != nil }

// window is the length of the general limit's window.
func (l *limiter) window() time.Duration { l.mu.Lock(); defer l.mu.Unlock(); return l.span[general] }

// resumeAt is the next start of the account's day.
func (l *limiter) resumeAt(serverNow time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.midnight(serverNow)
}
