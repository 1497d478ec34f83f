package portal

import (
	"fmt"
	"strconv"
	"time"
)

// Limits are the API limits of a portal. A field that is 0 limits nothing.
type Limits struct {
	Burst           int `json:"burst"`             // requests in ten seconds, per app
	Daily           int `json:"daily"`             // requests in a day, all apps together
	SearchPerSecond int `json:"search_per_second"` // searches in a second, all apps together
}

// Tier returns the documented limits of a subscription: "free", "starter",
// "professional" or "enterprise". Any other name, "off" among them, limits nothing.
func Tier(name string) Limits {
	switch name {
	case "free", "starter":
		return Limits{Burst: 100, Daily: 250_000, SearchPerSecond: 5}
	case "professional":
		return Limits{Burst: 190, Daily: 625_000, SearchPerSecond: 5}
	case "enterprise":
		return Limits{Burst: 190, Daily: 1_000_000, SearchPerSecond: 5}
	}
	return Limits{}
}

const burstWindow = 10_000 // ms

type limiter struct {
	limits   Limits
	apps     map[int64][]int64 // times of the last requests of each app
	searches []int64
	day      string
	used     int
}

// SetLimits changes the limits from now on.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limiter.limits = l
}

// Limits returns the limits in force.
func (s *Server) Limits() Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limiter.limits
}

// OtherAppsUse simulates what the portal's other apps consume: calls of the
// day's total, and searches of the current second.
func (s *Server) OtherAppsUse(calls, searches int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newDay()
	s.limiter.used += calls
	now := s.opt.Now().UnixMilli()
	for range searches {
		s.limiter.searches = append(s.limiter.searches, now)
	}
}

// DailyUsed returns how many of the day's calls are used.
func (s *Server) DailyUsed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newDay()
	return s.limiter.used
}

func (s *Server) newDay() {
	if day := s.opt.Now().In(s.opt.TimeZone).Format(time.DateOnly); day != s.limiter.day {
		s.limiter.day, s.limiter.used = day, 0
	}
}

// since drops the times before from; they ascend.
func since(times []int64, from int64) []int64 {
	n := 0
	for n < len(times) && times[n] <= from {
		n++
	}
	return times[n:]
}

// limited counts a call and answers 429 if it is one too many.
//
//	search        not in the ten-secondly count; 5 a second for the account; no headers
//	other calls   the app's count in a rolling ten seconds, with headers
//	all calls     the account's count of the day (a refused call is not counted)
func (s *Server) limited(c *call) bool {
	l, now := &s.limiter, s.opt.Now().UnixMilli()
	s.newDay()
	if l.limits.Daily > 0 && l.used >= l.limits.Daily {
		s.tooMany(c, "DAILY", "You have reached your daily limit.")
		return true
	}
	if c.isSearch() {
		c.header.Set("X-HubSpot-RateLimit-Exemptions", "ten-secondly")
		l.searches = since(l.searches, now-1000)
		if n := l.limits.SearchPerSecond; n > 0 && len(l.searches) >= n {
			s.tooMany(c, "SECONDLY", "You have reached your secondly limit.")
			return true
		}
		l.searches = append(l.searches, now)
		l.used++
		return false
	}
	if l.apps == nil {
		l.apps = map[int64][]int64{}
	}
	times := since(l.apps[c.token.AppID], now-burstWindow)
	over := l.limits.Burst > 0 && len(times) >= l.limits.Burst
	if !over {
		times = append(times, now)
		l.used++
	}
	l.apps[c.token.AppID] = times
	s.limitHeaders(c, len(times))
	if over {
		s.tooMany(c, "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
	}
	return over
}

func (s *Server) limitHeaders(c *call, used int) {
	l := &s.limiter
	if l.limits.Burst > 0 {
		c.header.Set("X-HubSpot-RateLimit-Interval-Milliseconds", strconv.Itoa(burstWindow))
		c.header.Set("X-HubSpot-RateLimit-Max", strconv.Itoa(l.limits.Burst))
		c.header.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(max(0, l.limits.Burst-used)))
	}
	if l.limits.Daily > 0 && !c.token.OAuth {
		c.header.Set("X-HubSpot-RateLimit-Daily", strconv.Itoa(l.limits.Daily))
		c.header.Set("X-HubSpot-RateLimit-Daily-Remaining", strconv.Itoa(max(0, l.limits.Daily-l.used)))
	}
}

func (s *Server) tooMany(c *call, policy, message string) {
	id := s.correlationID()
	c.status = 429
	c.out = fmt.Appendf(nil, `{"status":"error","message":%q,"errorType":"RATE_LIMIT","correlationId":%q,"policyName":%q,"groupName":"publicapi:private-apps:%d","requestId":%q}`,
		message, id, policy, c.token.AppID, id)
}
