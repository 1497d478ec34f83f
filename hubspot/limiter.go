package hubspot

import (
	"context"
	"net/http"
	"slices"
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
// Of N calls allowed in a window, N x (1 - share) are ours. HubSpot counts a call somewhere between its sending and its
// answer, so a call holds its slot from the one until a window after the other: then no window at HubSpot holds
// more than our N, however calls are delayed on the way, and yet all N can be used. docs/decisions/0023.
type limiter struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	share float64
	stop  float64 // share of the daily budget at which to stop

	mu    sync.Mutex
	lanes [lanes]window
	last  time.Time      // the latest that the clock has said
	zone  *time.Location // the account's; nil while unknown
	daily *DailyBudgetError
}

// window is the state of one lane.
type window struct {
	size  int // calls per window, all apps
	span  time.Duration
	zeal  float64 // 0.1 to 1: lowered by every 429, raised by quiet
	quiet int     // answers since the last change of zeal

	most   int       // calls of ours in a window
	theirs int       // calls of others with our key that a window at HubSpot holds, until others
	others time.Time // when none of those is left

	rate  float64       // calls of ours a second, over many windows
	pace  *rate.Limiter // how close upon each other
	slots []*slot       // of calls that a window at HubSpot may hold, and some before
	pause time.Time     // nothing goes before
}

// slot is the place of one call in its window.
type slot struct {
	sent, free time.Time
	answered   bool
}

const (
	// burstPace is how many times faster than on average calls may follow upon each other while there is room.
	burstPace = 4
	// roomForOthers: while others are at it, one in so many calls is left free, so that their next calls and ours find room.
	roomForOthers = 20
	// slowAnswer is the longest time after its sending that HubSpot is taken to need to count a call, where its answer takes longer.
	slowAnswer = 500 * time.Millisecond
)

// margin is added to a window, for clocks that do not run equally fast.
func (w *window) margin() time.Duration { return w.span / 100 }

func newLimiter(o Options) *limiter {
	l := &limiter{now: o.Now, sleep: o.Sleep, share: o.Share, stop: o.Limits.DailyStop}
	l.lanes[general] = window{size: o.Limits.Burst, span: 10 * time.Second}
	l.lanes[search] = window{size: o.Limits.SearchPerSecond, span: time.Second}
	for i := range l.lanes {
		l.lanes[i].zeal, l.lanes[i].pace = 1, rate.NewLimiter(0, 1)
		l.resize(&l.lanes[i])
	}
	return l
}

// resize takes what is ours from the size, the share and the zeal. Where a 429 has told of others, and where a few calls
// and a fraction are ours, calls are spread evenly. The caller holds the lock, or owns l.
//
//	| ours in a window  | at most       | pace                          |
//	| 95                | 95            | four times the average        |
//	| 66.5              | 66            | four times the average        |
//	| 2.5               | 3             | even: one each 2.5th of it    |
//	| 66.5 after a 429  | 46 (of 46.55) | even                          |
func (l *limiter) resize(w *window) {
	n := max(1, float64(w.size)*(1-l.share)*w.zeal)
	w.most = int(n + 1e-9)
	even := w.zeal < 1
	if n < 10 && float64(w.most) < n-1e-9 {
		w.most, even = w.most+1, true
	}
	w.rate = n / w.span.Seconds()
	pace := w.rate
	if !even {
		pace *= burstPace
	}
	w.pace.SetLimitAt(l.now(), rate.Limit(pace))
}

// clock is the time, under the lock. A clock that was set back takes all times of ours with it: they were taken by it.
func (l *limiter) clock() time.Time {
	now := l.now()
	if back := l.last.Sub(now); back > 0 {
		for i := range l.lanes {
			w := &l.lanes[i]
			w.pause, w.others = w.pause.Add(-back), w.others.Add(-back)
			for _, s := range w.slots {
				s.sent, s.free = s.sent.Add(-back), s.free.Add(-back)
			}
		}
	}
	l.last = now
	return now
}

// wait blocks until a call may go. The caller tells answered of the slot when the call has come back. It returns a
// *DailyBudgetError when none may go today, or the context's error. With bypass the daily stop does not count: for the
// one call that finds the account's time zone.
func (l *limiter) wait(ctx context.Context, i lane, bypass bool) (*slot, error) {
	for {
		l.mu.Lock()
		now := l.clock()
		if l.daily != nil && !now.Before(l.daily.Resume) {
			l.daily = nil
		}
		if l.daily != nil && !bypass {
			stopped := *l.daily
			l.mu.Unlock()
			return nil, &stopped
		}
		taken, d := l.lanes[i].take(now)
		l.mu.Unlock()
		if d > 0 {
			if err := l.sleep(ctx, d); err != nil {
				return nil, err
			}
		}
		if taken != nil {
			return taken, ctx.Err()
		}
	}
}

// take takes a slot and says how long the call has to wait with it; nil when there is none before d has passed.
func (w *window) take(now time.Time) (s *slot, d time.Duration) {
	if now.Before(w.pause) {
		return nil, w.pause.Sub(now)
	}
	most := w.most
	if now.Before(w.others) {
		most = max(1, min(most, w.size-w.theirs-w.size/roomForOthers))
	}
	if over := w.taken(now) - most; over >= 0 {
		slices.SortFunc(w.slots, func(a, b *slot) int { return a.free.Compare(b.free) })
		return nil, w.slots[over].free.Sub(now)
	}
	d = w.pace.ReserveN(now, 1).DelayFrom(now)
	s = &slot{sent: now.Add(d), free: now.Add(d + slowAnswer + w.span + w.margin())}
	w.slots = append(w.slots, s)
	return s, d
}

// taken is how many slots are not free.
func (w *window) taken(now time.Time) int {
	w.slots = slices.DeleteFunc(w.slots, func(s *slot) bool { return !now.Before(s.free) })
	return len(w.slots)
}

// noteOthers takes note of what HubSpot has counted in its window: more than our calls, and somebody else is at it with our
// key (another rolecall, a script). Ours are then as many as are there for sure, so that theirs are not taken for too few.
func (w *window) noteOthers(now time.Time, counted int) {
	if counted <= w.taken(now) {
		return
	}
	ours := 0
	for _, s := range w.slots {
		if s.answered && now.Sub(s.sent) < w.span {
			ours++
		}
	}
	w.theirs, w.others = counted-ours, now.Add(w.span+w.margin())
}

// answered says that a call has come back, whatever it brought: HubSpot has counted it by now.
func (l *limiter) answered(i lane, s *slot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &l.lanes[i]
	s.answered = true
	if free := l.clock().Add(w.span + w.margin()); free.Before(s.free) {
		s.free = free
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
	w, changed := &l.lanes[i], false
	if n, ok := number("Max"); ok && i == general && n >= 1 && n < 1_000_000 && n != w.size {
		w.size, changed = n, true
	}
	if ms, ok := number("Interval-Milliseconds"); ok && i == general && ms >= 100 && ms <= 300_000 && time.Duration(ms)*time.Millisecond != w.span {
		w.span, changed = time.Duration(ms)*time.Millisecond, true
	}
	if w.quiet++; w.quiet >= 50 && w.zeal < 1 {
		w.quiet, w.zeal, changed = 0, min(1, w.zeal+0.1), true
	}
	if changed {
		l.resize(w)
	}
	if left, ok := number("Remaining"); ok && i == general {
		w.noteOthers(l.clock(), w.size-left)
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
	w := &l.lanes[i]
	if !l.clock().Before(w.pause) { // once per pause, not once per call that was under way
		w.zeal, w.quiet = max(0.1, w.zeal*0.7), 0
		l.resize(w)
	}
	l.hold(w, d)
}

func (l *limiter) hold(w *window, d time.Duration) {
	if until := l.clock().Add(d); until.After(w.pause) {
		w.pause = until
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
	for i := range l.lanes {
		l.resize(&l.lanes[i])
	}
}

// rate is how many calls a second are ours at present.
func (l *limiter) rate(i lane) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lanes[i].rate
}

func (l *limiter) zoneKnown() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.zone != nil }

// window is the length of the general limit's window.
func (l *limiter) window() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lanes[general].span
}

// resumeAt is the next start of the account's day.
func (l *limiter) resumeAt(serverNow time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.midnight(serverNow)
}
