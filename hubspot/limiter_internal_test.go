package hubspot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"
)

// simulation is a portal that counts each call at some moment between its sending and its answer, and callers that
// keep the limiter as busy as they can. It runs by a clock of its own.
type simulation struct {
	now     time.Time
	counted []time.Time
}

// event is something that happens at a time.
type event struct {
	at time.Time
	do func()
}

// run makes n calls by several callers and says how long they took. delay gives, for each call, when HubSpot counts it
// and when its answer is there, both after its sending.
func (s *simulation) run(l *limiter, i lane, callers, n int, delay func() (counted, answered time.Duration)) time.Duration {
	began := s.now
	var queue []event
	at := func(d time.Duration, do func()) { queue = append(queue, event{s.now.Add(d), do}) }
	var next func()
	next = func() {
		if n == 0 {
			return
		}
		taken, d := l.lanes[i].take(l.clock())
		if taken == nil {
			at(d, next)
			return
		}
		n--
		at(d, func() {
			counted, answered := delay()
			at(counted, func() { s.counted = append(s.counted, s.now) })
			at(answered, func() { l.answered(i, taken); next() })
		})
	}
	for range callers {
		next()
	}
	for len(queue) > 0 {
		first := 0
		for k := range queue {
			if queue[k].at.Before(queue[first].at) {
				first = k
			}
		}
		e := queue[first]
		queue = slices.Delete(queue, first, first+1)
		s.now = e.at
		e.do()
	}
	return s.now.Sub(began)
}

// most is the largest number of calls that were counted within one window.
func (s *simulation) most(span time.Duration) int {
	slices.SortFunc(s.counted, time.Time.Compare)
	most, from := 0, 0
	for to := range s.counted {
		for s.counted[to].Sub(s.counted[from]) >= span {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func simulated(share float64) (*simulation, *limiter) {
	s := &simulation{now: time.Unix(1_800_000_000, 0)}
	return s, newLimiter(Options{Now: func() time.Time { return s.now }, Sleep: func(context.Context, time.Duration) error { return nil }, Share: share, Limits: DefaultLimits()})
}

// Whatever happens to calls on their way, no window at HubSpot holds more than ours; and when they are quick, all of
// ours is used.
func TestNoWindowHoldsMoreThanOurShare(t *testing.T) {
	for _, c := range []struct {
		name    string
		lane    lane
		share   float64
		latency time.Duration
		callers int
		ours    int     // in a window
		within  float64 // of the time that the limit demands; 0 for no bound
	}{
		{"the list, quick answers", general, 0, 10 * time.Millisecond, 1, 190, 1.02},
		{"writing, six at a time", general, 0, 200 * time.Millisecond, 6, 190, 1.04},
		{"half for others", general, 0.5, 20 * time.Millisecond, 6, 95, 1.02},
		{"answers that take a second", general, 0.5, time.Second, 16, 95, 1.08},
		{"a third of it, no whole number", general, 0.65, 50 * time.Millisecond, 6, 66, 1.03},
		{"search", search, 0, 10 * time.Millisecond, 1, 5, 1.04},
		{"search, slow and shaken", search, 0, 400 * time.Millisecond, 4, 5, 0},
		{"search, half for others", search, 0.5, 10 * time.Millisecond, 2, 3, 1.02},
		{"search, a tenth", search, 0.9, 10 * time.Millisecond, 2, 1, 1.04},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(20) {
				chance := rand.New(rand.NewPCG(seed, 1))
				s, l := simulated(c.share)
				const calls = 600
				took := s.run(l, c.lane, c.callers, calls, func() (time.Duration, time.Duration) {
					answered := time.Duration(chance.Float64() * float64(c.latency))
					return min(time.Duration(chance.Float64()*float64(answered)), slowAnswer), answered
				})
				if n := s.most(l.lanes[c.lane].span); n > c.ours {
					t.Fatalf("seed %d: %d calls within a window, %d are ours", seed, n, c.ours)
				}
				demanded := time.Duration(calls / l.rate(c.lane) * float64(time.Second))
				if c.within > 0 && float64(took) > c.within*float64(demanded)+float64(c.latency) {
					t.Fatalf("seed %d: took %v, the limit demands %v", seed, took, demanded)
				}
			}
		})
	}
}

// A clock that is set back stops nothing, one that is set forward is HubSpot's 429 to mend.
func TestTheLimiterWhenTheClockIsSetBack(t *testing.T) {
	s, l := simulated(0)
	quick := func() (time.Duration, time.Duration) { return 0, time.Millisecond }
	s.run(l, general, 1, 190, quick)
	l.slowDown(general, 5*time.Second)
	s.now = s.now.Add(-3 * time.Hour)
	if took := s.run(l, general, 1, 100, quick); took > 20*time.Second {
		t.Errorf("100 calls took %v after the clock was set back", took)
	}
}

// What others use with our key (a command beside the daemon) shows in Remaining, before there is a 429. What we use
// ourselves does not count.
func TestOthersAreGivenWay(t *testing.T) {
	for _, c := range []struct {
		name       string
		ours, left int
		more       int // calls of ours that may follow in this window
	}{
		{"nobody else, the window is full", 190, 0, 0},
		{"nobody else, half of it", 95, 95, 95},
		{"a few calls", 1, 184, 175}, // one is ours: 190 - 5 - 9 room - 1
		{"others take the rest", 95, 5, 0},
		{"others take some", 95, 60, 51},
		{"HubSpot has forgotten some of ours already", 95, 100, 95},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, l := simulated(0)
			s.run(l, general, 1, c.ours, func() (time.Duration, time.Duration) { return 0, time.Millisecond })
			h := http.Header{}
			h.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(c.left))
			l.observe(general, h, s.now)
			more := 0
			for ; more < 200; more++ {
				if taken, _ := l.lanes[general].take(s.now); taken == nil {
					break
				}
			}
			if more != c.more {
				t.Errorf("%d more calls of ours, want %d", more, c.more)
			}
			s.now = s.now.Add(20 * time.Second)
			if w := &l.lanes[general]; w.taken(s.now) > 0 || s.now.Before(w.others) {
				t.Error("it is not over after two windows")
			}
		})
	}
}

// After a 429 calls are spread evenly, and after some quiet all of ours is used again.
func TestA429SpreadsCallsUntilItIsQuiet(t *testing.T) {
	s, l := simulated(0.65)
	l.slowDown(general, time.Second)
	if w := l.lanes[general]; w.most != 46 || fmt.Sprintf("%.3f", float64(w.pace.Limit())) != "4.655" {
		t.Errorf("at most %d, %v a second", w.most, w.pace.Limit())
	}
	for range 200 {
		l.observe(general, http.Header{}, s.now)
	}
	if w := l.lanes[general]; w.most != 66 || float64(w.pace.Limit()) < 4*w.rate-0.001 {
		t.Errorf("after a while at most %d, %v a second", w.most, w.pace.Limit())
	}
}
