package gsheet

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Kinds of fault.
const (
	FaultErrorBefore = "error-before" // answer Status, nothing applied
	FaultStatus      = "status"       // the same
	FaultErrorAfter  = "error-after"  // apply, then answer Status: the caller does not know that it went through
	FaultCut         = "cut"          // apply, then drop the connection in the middle of the answer
	FaultSlow        = "slow"         // wait DelayMS, then go on as usual
)

// Fault is something that goes wrong on purpose with API requests.
type Fault struct {
	Match   string `json:"match"`    // regular expression over "METHOD /path"; empty matches every request
	Kind    string `json:"kind"`     // one of the kinds above
	Status  int    `json:"status"`   // HTTP status to answer; 503 if 0
	Message string `json:"message"`  // of the error body; the service's usual words if empty
	Skip    int    `json:"skip"`     // matching requests to let pass first
	Times   int    `json:"times"`    // how often it strikes; 1 if 0, always if negative
	DelayMS int    `json:"delay_ms"` // milliseconds that FaultSlow waits (before any other kind, too, if set)

	re *regexp.Regexp
}

// Break arranges faults; they are tried in order and the first that matches strikes. It refuses an unknown kind and a
// Match that is no regular expression.
func (s *Server) Break(faults ...Fault) error {
	var ready []*Fault
	for _, f := range faults {
		switch f.Kind {
		case FaultErrorBefore, FaultStatus, FaultErrorAfter, FaultCut, FaultSlow:
		default:
			return fmt.Errorf("unknown kind of fault %q: use error-before, error-after, cut, slow or status", f.Kind)
		}
		re, err := regexp.Compile(f.Match)
		if err != nil {
			return fmt.Errorf("match of a fault: %w", err)
		}
		f.re = re
		if f.Status == 0 {
			f.Status = 503
		}
		if f.Times == 0 {
			f.Times = 1
		}
		ready = append(ready, &f)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, ready...)
	return nil
}

// Mend takes back every fault that is still arranged.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault gives the fault that strikes a request, nil for none.
func (s *Server) takeFault(line string, entry *LogEntry) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times == 0 || !f.re.MatchString(line) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		entry.Fault = f.Kind
		struck := *f
		return &struck
	}
	return nil
}

// before waits and tells whether the request may go on to be applied.
func (f *Fault) before(ctx context.Context) bool {
	if f.DelayMS > 0 {
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return f.Kind != FaultErrorBefore && f.Kind != FaultStatus
}

func (f *Fault) body() object {
	e := &apiError{code: f.Status, status: statusName(f.Status), message: f.Message}
	if e.message == "" {
		switch f.Status {
		case 401:
			e = unauthenticated()
		case 403:
			e = forbidden()
		case 404:
			e = notFound()
		case 429:
			e = tooMany("Read")
		case 503:
			e.message = "The service is currently unavailable."
		default:
			e.message = "Internal error encountered."
		}
	}
	return e.body()
}

// minute counts one user's requests in one minute.
type minute struct {
	start         time.Time
	reads, writes int
}

// spend counts a request against the quota, and refuses it when the minute is used up.
func (s *Server) spend(user string, read bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.Quota <= 0 {
		return nil
	}
	now := s.now().Truncate(time.Minute)
	m := s.usage[user]
	if m == nil || !m.start.Equal(now) {
		m = &minute{start: now}
		s.usage[user] = m
	}
	n, kind := &m.writes, "Write"
	if read {
		n, kind = &m.reads, "Read"
	}
	if *n >= s.opts.Quota {
		return tooMany(kind)
	}
	*n++
	return nil
}

func tooMany(kind string) *apiError {
	lower := strings.ToLower(kind)
	return &apiError{code: 429, status: "RESOURCE_EXHAUSTED",
		message: fmt.Sprintf("Quota exceeded for quota metric '%s requests' and limit '%s requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:000000000000'.", kind, kind),
		details: []any{object{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com",
			"metadata": object{"service": "sheets.googleapis.com", "consumer": "projects/000000000000", "quota_metric": "sheets.googleapis.com/" + lower + "_requests",
				"quota_limit": kind + "RequestsPerMinutePerUser", "quota_limit_value": "60", "quota_location": "global"}}}}
}
