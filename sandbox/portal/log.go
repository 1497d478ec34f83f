package portal

import (
	"slices"
	"strconv"
	"time"
)

// Request is one line of the request log.
type Request struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"` // as the portal meant it, even if a fault lost the answer
	Kind   string    `json:"kind"`   // read, search, write, token
	In     int       `json:"in"`     // bytes of the request's body
	Out    int       `json:"out"`    // bytes of the answer's body
	Fault  string    `json:"fault,omitempty"`
}

const logMost = 10_000

type requestLog struct {
	last   []Request
	byKind map[string]int
	total  int
	errors int
}

func (c *call) kind() string {
	switch {
	case len(c.path) > 7 && c.path[:7] == "/oauth/":
		return "token"
	case c.isSearch():
		return "search"
	case c.isRead():
		return "read"
	}
	return "write"
}

func (s *Server) record(c *call, f strike) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.log
	if l.byKind == nil {
		l.byKind = map[string]int{}
	}
	kind := c.kind()
	l.byKind[kind]++
	l.total++
	if c.status >= 400 {
		l.errors++
	}
	if len(l.last) >= 2*logMost {
		l.last = slices.Delete(l.last, 0, logMost)
	}
	l.last = append(l.last, Request{s.opt.Now().UTC(), c.method, c.path, c.status, kind, len(c.body), len(c.out), f.Kind})
}

// Log returns the last requests, oldest first: at least 10,000 of them.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.last)
}

// Write is one value that an API client sent to one contact.
type Write struct {
	Contact  string    `json:"id"`
	Property string    `json:"property"`
	Value    string    `json:"value"`
	Trace    string    `json:"trace,omitempty"` // objectWriteTraceId
	App      int64     `json:"app"`
	At       time.Time `json:"at"`
}

type writeRow struct {
	id    int64
	app   int64
	at    int64
	trace string
	val   valueID
	prop  propID
}

type writeLog struct {
	rows    []writeRow
	max     int
	total   int
	dropped int
}

// noteWrite remembers a value as it was sent, even if it was there already.
func (s *Server) noteWrite(c *call, i int32, p propID, value, trace string, at int64) {
	l := &s.writes
	l.total++
	if l.max < 0 {
		return
	}
	if len(l.rows) >= l.max {
		n := max(1, l.max/2)
		l.rows = slices.Delete(l.rows, 0, min(n, len(l.rows)))
		l.dropped += n
	}
	l.rows = append(l.rows, writeRow{s.contacts[i].id, c.token.AppID, at, trace, s.values.id(value), p})
}

func (l *writeLog) forget(id int64) {
	l.rows = slices.DeleteFunc(l.rows, func(r writeRow) bool { return r.id == id })
}

// Stats counts what API clients did since the start or the last ResetStats.
type Stats struct {
	Requests      int            `json:"requests"`
	Errors        int            `json:"errors"`
	ByKind        map[string]int `json:"by_kind"`
	Values        int            `json:"values_written"` // property values sent, not records
	Dropped       int            `json:"writes_dropped"` // writes that the log no longer holds
	Writes        []Write        `json:"writes,omitempty"`
	Contacts      int            `json:"contacts"`
	Archived      int            `json:"archived"`
	PendingIndex  int            `json:"pending_index"` // changes that search does not show yet
	DailyUsed     int            `json:"daily_used"`
	DistinctTexts int            `json:"distinct_texts"`
}

// Stats returns the counts and, if asked, the writes, oldest first; of one
// contact when an id is given.
func (s *Server) Stats(writes bool, contact string) Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newDay()
	s.settle(s.nowMS())
	out := Stats{Requests: s.log.total, Errors: s.log.errors, ByKind: map[string]int{}, Values: s.writes.total, Dropped: s.writes.dropped,
		Contacts: s.liveCount, Archived: s.deadCount, PendingIndex: len(s.pending), DailyUsed: s.limiter.used, DistinctTexts: len(s.values.all) - 1}
	for k, n := range s.log.byKind {
		out.ByKind[k] = n
	}
	if !writes {
		return out
	}
	for _, r := range s.writes.rows {
		id := strconv.FormatInt(r.id, 10)
		if contact == "" || contact == id {
			out.Writes = append(out.Writes, Write{id, s.props[r.prop].Name, s.values.text(r.val), r.trace, r.app, time.UnixMilli(r.at).UTC()})
		}
	}
	return out
}

// ResetStats empties the request log, the counts and the write log; the
// contacts, their history and the day's consumption stay.
func (s *Server) ResetStats() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = requestLog{}
	s.writes = writeLog{max: s.writes.max}
}

// Properties returns all properties that are not archived.
func (s *Server) Properties() []Property {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Property
	for _, p := range s.props {
		if !p.Archived {
			p.Options = slices.Clone(p.Options)
			out = append(out, p)
		}
	}
	return out
}
