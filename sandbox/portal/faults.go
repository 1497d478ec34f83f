package portal

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault is a failure on demand: the portal applies it to the calls whose
// "METHOD /path" its Match finds.
//
//	kind             the call is applied   the client gets
//	status           no                    the status, with HubSpot's body for it
//	html             no                    an HTML page (502 unless Status says otherwise)
//	truncate         yes                   the first half of the answer, then the end of the connection
//	apply-then-lose  yes                   nothing: the connection ends (or the Status, when there is one)
//	lose-before      no                    nothing: the connection ends
//	slow             yes                   the answer, after Delay
//	expire-token     no                    401; the token stays expired
type Fault struct {
	Match      string `json:"match"`       // regular expression; empty matches every call
	Kind       string `json:"kind"`        // see the table
	Times      int    `json:"times"`       // how often; 0 means once, -1 for ever
	After      int    `json:"after"`       // how many matching calls to let pass first
	Status     int    `json:"status"`      // for status, html and apply-then-lose
	RetryAfter int    `json:"retry_after"` // seconds; sent as Retry-After when not 0
	DelayMS    int    `json:"delay_ms"`    // for slow
	Message    string `json:"message"`     // for status, instead of the usual one
	Hits       int    `json:"hits"`        // how often it has struck

	pattern *regexp.Regexp
}

// AddFault puts a fault behind those that are there; the first that matches
// strikes. It refuses an unknown kind and a pattern that does not compile.
func (s *Server) AddFault(f Fault) error {
	pattern, err := regexp.Compile(f.Match)
	if err != nil {
		return fmt.Errorf("fault: match: %w", err)
	}
	switch f.Kind {
	case "status":
		if f.Status < 400 || f.Status > 599 {
			return fmt.Errorf("fault: kind status needs a status from 400 to 599, not %d", f.Status)
		}
	case "html", "truncate", "apply-then-lose", "lose-before", "slow", "expire-token":
		if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
			return fmt.Errorf("fault: %d is no status that can be sent", f.Status)
		}
	default:
		return fmt.Errorf("fault: unknown kind %q: use status, html, truncate, apply-then-lose, lose-before, slow or expire-token", f.Kind)
	}
	if f.Times == 0 {
		f.Times = 1
	}
	f.pattern, f.Hits = pattern, 0
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Faults returns the faults that are set, with their hits.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Fault{}
	for _, f := range s.faults {
		out = append(out, *f)
	}
	return out
}

// strike is the fault that hits one call; the zero value is none.
type strike struct{ Fault }

func (s *Server) takeFault(c *call) strike {
	for _, f := range s.faults {
		if !f.pattern.MatchString(c.method + " " + c.path) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times > 0 && f.Hits >= f.Times {
			continue
		}
		f.Hits++
		return strike{*f}
	}
	return strike{}
}

// before does what a fault does instead of the call; true means that the call is over.
func (f strike) before(s *Server, w http.ResponseWriter, r *http.Request, c *call) bool {
	if f.RetryAfter > 0 {
		c.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	switch f.Kind {
	case "status":
		s.mu.Lock()
		f.refuse(s, c)
		s.mu.Unlock()
		c.send(w)
		return true
	case "html":
		c.status = 502
		if f.Status != 0 {
			c.status = f.Status
		}
		c.header.Set("Content-Type", "text/html; charset=UTF-8")
		c.out = []byte("<!DOCTYPE html>\n<html><head><title>hubapi.com | 502: Bad gateway</title></head><body><h1>Bad gateway</h1><p>The web server reported a bad gateway error.</p></body></html>\n")
		c.send(w)
		return true
	case "lose-before":
		s.record(c, f)
		panic(http.ErrAbortHandler)
	case "slow":
		s.opt.Sleep(r.Context(), time.Duration(f.DelayMS)*time.Millisecond)
	case "expire-token":
		s.mu.Lock()
		defer s.mu.Unlock()
		t := s.tokens[c.bearer]
		t.Expires = s.opt.Now()
		s.tokens[c.bearer] = t
	}
	return false
}

func (f strike) refuse(s *Server, c *call) {
	text := map[int]string{423: "The resource is locked. Wait at least 2 seconds and try again.", 429: "You have reached your ten_secondly_rolling limit.",
		477: "The account is being migrated. Retry after the time given in Retry-After.", 500: "internal error", 502: "bad gateway",
		503: "service unavailable", 504: "The request timed out."}[f.Status]
	if f.Message != "" {
		text = f.Message
	}
	if f.Status == 429 {
		s.tooMany(c, "TEN_SECONDLY_ROLLING", text)
		return
	}
	if text == "" {
		text = http.StatusText(f.Status)
	}
	category := map[int]string{401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 404: "OBJECT_NOT_FOUND", 409: "CONFLICT", 400: "VALIDATION_ERROR",
		423: "LOCKED", 477: "MIGRATION_IN_PROGRESS"}[f.Status]
	if category == "" {
		category = "INTERNAL_ERROR"
	}
	s.fail(c, &problem{status: f.Status, category: category, message: text})
}

// after sends the answer of a call that was applied, as far as the fault lets it.
func (f strike) after(s *Server, w http.ResponseWriter, c *call) {
	switch f.Kind {
	case "truncate":
		w.Header().Set("Content-Length", strconv.Itoa(len(c.out)+1))
		w.WriteHeader(c.status)
		_, _ = w.Write(c.out[:len(c.out)/2])
		if flush, ok := w.(http.Flusher); ok {
			flush.Flush()
		}
		panic(http.ErrAbortHandler)
	case "apply-then-lose":
		if f.Status == 0 {
			panic(http.ErrAbortHandler)
		}
		s.mu.Lock()
		f.refuse(s, c)
		s.mu.Unlock()
	}
	c.send(w)
}
