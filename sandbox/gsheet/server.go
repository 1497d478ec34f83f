package gsheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"
)

// maxBody bounds a request body; the service advises 2 MB and accepts more.
const maxBody = 32 << 20

// Options configure a Server. The zero value is a server that asks for bearer tokens and has no quota.
type Options struct {
	Now   func() time.Time // clock of tokens, quotas, the log and TODAY(); time.Now if nil
	Rand  *rand.Rand       // source of ids and of the random people; seeded from Now if nil
	Open  bool             // answer without a bearer token
	Quota int              // reads and, apart from them, writes a minute and user before 429; 0 is no quota. Google's is 60.
	Owner string           // e-mail of the files' owner, shown in protected ranges; someone@example.com if empty
	// Adopt takes the first read of an unknown id of Google's shape (44 characters, the first a 1) as that of a blank
	// spreadsheet that a person has made elsewhere and shared: so a link that is configured already works here too.
	// Without it, and for every other id, an unknown spreadsheet is answered with 404.
	Adopt bool
}

// Server is the stand-in: an http.Handler that may be mounted anywhere, /v4/spreadsheets, /token, /auth, /admin/ and
// the pages are served below the place where it is mounted. It is safe for concurrent use.
type Server struct {
	opts Options
	sc   schema

	mu     sync.Mutex
	rng    *rand.Rand
	books  map[string]*book
	oauth  oauth
	usage  map[string]*minute
	faults []*Fault
	log    []LogEntry
	stats  Stats
}

// New makes an empty server. It fails only if the API schema built into the program is damaged.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewSource(o.Now().UnixNano()))
	}
	if o.Owner == "" {
		o.Owner = "someone@example.com"
	}
	sc, err := loadSchema()
	if err != nil {
		panic(err) // the file is compiled in and a test reads it
	}
	return &Server{opts: o, sc: sc, rng: o.Rand, books: map[string]*book{}, usage: map[string]*minute{}, oauth: newOAuth()}
}

func (s *Server) now() time.Time { return s.opts.Now() }

// IDs lists the spreadsheets in the order of their titles.
func (s *Server) IDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.books))
	for id := range s.books {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool {
		a, b := str(s.books[ids[i]].props, "title"), str(s.books[ids[j]].props, "title")
		return a < b || a == b && ids[i] < ids[j]
	})
	return ids
}

// ServeHTTP routes a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if i := strings.Index(path, "/v4/spreadsheets"); i >= 0 {
		s.serveAPI(w, r, path[i+len("/v4/spreadsheets"):])
		return
	}
	switch {
	case strings.HasSuffix(path, "/token"):
		s.serveToken(w, r)
	case strings.HasSuffix(path, "/auth") && r.Method == http.MethodGet:
		s.serveConsent(w, r)
	case strings.Contains(path, "/admin/"):
		s.serveAdmin(w, r, path[strings.LastIndex(path, "/admin/")+len("/admin/"):])
	default:
		s.servePage(w, r)
	}
}

// call is one API request on its way through the server.
type call struct {
	method string
	id     string // of the spreadsheet
	rest   string // escaped path after the id, with its leading "/" or ":" ("" for the spreadsheet itself)
	query  url.Values
	body   any // decoded JSON, nil if there was none
	fields mask
	kinds  []string // what was asked, for the log
	read   bool
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, rest string) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeJSON(w, http.StatusRequestEntityTooLarge, invalid("Request payload size exceeds the limit: %d bytes.", maxBody).body())
		return
	}
	entry := LogEntry{Time: s.now(), Method: r.Method, Path: r.URL.RequestURI(), Bytes: len(raw)}
	fault := s.takeFault(r.Method+" "+r.URL.EscapedPath(), &entry)
	if fault != nil && !fault.before(r.Context()) {
		entry.Status = fault.Status
		s.record(entry)
		writeJSON(w, fault.Status, fault.body())
		return
	}
	status, answer := s.answer(r, rest, raw, &entry)
	if fault != nil && fault.Kind == FaultErrorAfter {
		status, answer = fault.Status, fault.body()
	}
	entry.Status = status
	encoded, err := json.Marshal(answer)
	if err != nil {
		status, encoded = http.StatusInternalServerError, []byte(`{}`)
	}
	entry.AnswerBytes = len(encoded)
	s.record(entry)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", "private")
	w.Header().Set("Content-Length", fmt.Sprint(len(encoded)))
	w.WriteHeader(status)
	if fault != nil && fault.Kind == FaultCut {
		_, _ = w.Write(encoded[:len(encoded)/2])
		panic(http.ErrAbortHandler) // net/http's way to drop the connection mid-answer
	}
	_, _ = w.Write(encoded)
}

// answer carries out one request and gives status and body.
func (s *Server) answer(r *http.Request, rest string, raw []byte, entry *LogEntry) (int, object) {
	refuse := func(err error) (int, object) { e := asAPIError(err); return e.code, e.body() }
	user, err := s.authenticate(r)
	if err != nil {
		return refuse(err)
	}
	c, err := s.parseCall(r, rest, raw)
	if err != nil {
		return refuse(err)
	}
	entry.Kinds, entry.Read = c.kinds, c.read
	if err := s.spend(user, c.read); err != nil {
		return refuse(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, err := s.dispatch(c)
	entry.Kinds = c.kinds
	if err != nil {
		return refuse(err)
	}
	if c.fields != nil && c.rest+c.id != "" && !c.isBookRead() {
		out, _ = c.fields.pick(out).(object)
	}
	return http.StatusOK, out
}

// parseCall splits "/ID/values/RANGE:verb" in every spelling that clients use: escaped or not, trailing slash.
func (s *Server) parseCall(r *http.Request, rest string, raw []byte) (*call, error) {
	c := &call{method: r.Method, query: r.URL.Query()}
	rest = strings.TrimPrefix(rest, "/")
	end := strings.IndexAny(rest, "/:")
	if end < 0 {
		end = len(rest)
	}
	id, err := url.PathUnescape(rest[:end])
	if err != nil {
		return nil, notFound()
	}
	if i := strings.IndexByte(id, ':'); i >= 0 { // ID%3AbatchUpdate
		c.id, c.rest = id[:i], id[i:]+rest[end:]
	} else {
		c.id, c.rest = id, rest[end:]
	}
	if c.rest == "/" || strings.HasPrefix(c.rest, "/:") { // ID/ and ID/:batchUpdate
		c.rest = c.rest[1:]
	}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &c.body); err != nil {
			return nil, violation("", fmt.Sprintf("Invalid JSON payload received. %s", err))
		}
	}
	if text := firstOf(c.query, "fields", "$fields"); text != "" {
		m, err := parseMask(text)
		if err != nil {
			return nil, fieldsFault(text)
		}
		c.fields = m
	}
	c.read = r.Method == http.MethodGet || c.rest == ":getByDataFilter" || c.rest == "/values:batchGetByDataFilter" || c.rest == "/developerMetadata:search"
	return c, nil
}

func fieldsFault(path string) error {
	e := violation(path, "Error expanding 'fields' parameter. Cannot find matching fields for path '"+path+"'.")
	e.message = "Request contains an invalid argument."
	return e
}

func firstOf(q url.Values, names ...string) string {
	for _, n := range names {
		if v := q.Get(n); v != "" {
			return v
		}
	}
	return ""
}

func (c *call) isBookRead() bool {
	return c.method == http.MethodGet && c.rest == "" || c.rest == ":getByDataFilter"
}

// newID makes an id of n characters as Google's file ids look.
func (s *Server) newID(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[s.rng.Intn(len(letters))]
	}
	return string(b)
}

// newNumber makes a positive 31-bit id that taken refuses none of.
func (s *Server) newNumber(taken func(int) bool) int {
	for {
		if n := 1 + s.rng.Intn(1<<31-2); !taken(n) {
			return n
		}
	}
}
