package gsheet

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// logLength is how many requests the log remembers.
const logLength = 20000

// LogEntry is one request as /admin/log shows it.
type LogEntry struct {
	Time        time.Time `json:"time"`
	Method      string    `json:"method"`
	Path        string    `json:"path"`
	Kinds       []string  `json:"kinds,omitempty"` // "values.get", "batchUpdate", "updateCells x3"
	Read        bool      `json:"read"`
	Bytes       int       `json:"bytes"`        // of the request body
	AnswerBytes int       `json:"answer_bytes"` // of the answer's body
	Status      int       `json:"status"`
	Fault       string    `json:"fault,omitempty"`  // the kind that struck
	Person      string    `json:"person,omitempty"` // what a person did, for edits that came from a grid and not from a program
}

// Stats counts requests of programs since the start or the last reset.
type Stats struct {
	Reads  int            `json:"reads"`
	Writes int            `json:"writes"`
	Errors int            `json:"errors"` // answers of 400 and above
	People int            `json:"people"` // edits made on a grid
	Bytes  int            `json:"bytes"`  // of request bodies
	Kinds  map[string]int `json:"kinds"`
}

func (s *Server) record(e LogEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordLocked(e)
}

func (s *Server) recordLocked(e LogEntry) {
	s.log = append(s.log, e)
	if len(s.log) > logLength {
		s.log = append([]LogEntry(nil), s.log[len(s.log)-logLength/2:]...)
	}
	if e.Person != "" {
		s.stats.People++
		return
	}
	if e.Read {
		s.stats.Reads++
	} else {
		s.stats.Writes++
	}
	if e.Status >= 400 {
		s.stats.Errors++
	}
	s.stats.Bytes += e.Bytes
	if s.stats.Kinds == nil {
		s.stats.Kinds = map[string]int{}
	}
	for _, k := range e.Kinds {
		name, _, _ := strings.Cut(k, " x")
		s.stats.Kinds[name]++
	}
}

// Log gives the requests so far, oldest first.
func (s *Server) Log() []LogEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]LogEntry{}, s.log...)
}

// Stats gives the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Kinds = make(map[string]int, len(s.stats.Kinds))
	for k, n := range s.stats.Kinds {
		out.Kinds[k] = n
	}
	return out
}

// ResetLog forgets the log and the counts.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log, s.stats = nil, Stats{}
}

// serveAdmin answers the sandbox's own controls:
//
//	POST /admin/faults   one Fault or a list of them; DELETE mends all
//	GET  /admin/log      the request log; DELETE resets it
//	GET  /admin/stats    counts
//	POST /admin/people   one Edit or a list of them, made as a person would on the grid; kind "random" is a random one
//	POST /admin/quota    {"per_minute": 60}; 0 switches the quota off
func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request, what string) {
	if r.Method != http.MethodGet && !sameOrigin(r) {
		writeJSON(w, http.StatusForbidden, forbidden().body())
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	switch r.Method + " " + what {
	case "GET log":
		writeJSON(w, http.StatusOK, s.Log())
	case "DELETE log":
		s.ResetLog()
		writeJSON(w, http.StatusOK, object{})
	case "GET stats":
		writeJSON(w, http.StatusOK, s.Stats())
	case "DELETE faults":
		s.Mend()
		writeJSON(w, http.StatusOK, object{})
	case "POST faults":
		faults, err := oneOrMany[Fault](r)
		if err == nil {
			err = s.Break(faults...)
		}
		s.adminAnswer(w, err, object{"arranged": len(faults)})
	case "POST people":
		edits, err := oneOrMany[Edit](r)
		for _, e := range edits {
			if err == nil && e.Kind == "random" {
				_, err = s.Wander(e.Spreadsheet)
			} else if err == nil {
				err = s.Do(e)
			}
		}
		s.adminAnswer(w, err, object{"done": len(edits)})
	case "POST quota":
		var q struct {
			PerMinute int `json:"per_minute"`
		}
		err := json.NewDecoder(r.Body).Decode(&q)
		if err == nil {
			s.mu.Lock()
			s.opts.Quota = q.PerMinute
			s.usage = map[string]*minute{}
			s.mu.Unlock()
		}
		s.adminAnswer(w, err, object{"per_minute": q.PerMinute})
	default:
		writeJSON(w, http.StatusNotFound, unknownMethod().(*apiError).body())
	}
}

func (s *Server) adminAnswer(w http.ResponseWriter, err error, ok object) {
	if err != nil {
		e := asAPIError(err)
		writeJSON(w, e.code, e.body())
		return
	}
	writeJSON(w, http.StatusOK, ok)
}

// oneOrMany reads a JSON object or a list of them; unknown fields are refused.
func oneOrMany[T any](r *http.Request) ([]T, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		return nil, err
	}
	if len(raw) > 0 && raw[0] != '[' {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	var out []T
	err := d.Decode(&out)
	return out, err
}

// sameOrigin refuses what a page of another site would send: a foreign Origin, or a cross-site fetch. Programs send
// neither header.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}
