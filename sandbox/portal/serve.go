package portal

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one API request on its way through the portal, with the answer that grows.
type call struct {
	method  string
	path    string
	version string   // v3, 2025-09, 2026-03, 2026-09
	rest    []string // the path below the collection
	query   url.Values
	body    []byte
	host    string // scheme and host, for paging links
	bearer  string
	token   Token
	form    bool
	header  http.Header // of the answer
	status  int
	out     []byte
}

const maxBody = 10 << 20

// ServeHTTP answers API calls, the admin endpoints and the pages for people.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); first {
	case "crm", "oauth", "account-info", "properties", "contacts-api":
		s.serveAPI(w, r)
	default:
		s.mux.ServeHTTP(w, r)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	c := &call{method: r.Method, path: r.URL.Path, query: r.URL.Query(), body: body, header: w.Header(), host: "http://" + r.Host, status: 200}
	c.form = strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	c.out = s.buffer.Get().([]byte)[:0]
	//lint:ignore SA6002 a slice header a call is cheap beside its kilobytes
	defer func() { s.buffer.Put(c.out) }()
	c.bearer, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c.header.Set("Content-Type", "application/json;charset=utf-8")

	s.mu.Lock()
	fault := s.takeFault(c)
	s.mu.Unlock()
	if fault.before(s, w, r, c) {
		s.record(c, fault)
		return
	}
	s.mu.Lock()
	if err != nil {
		s.fail(c, &problem{status: 413, category: "VALIDATION_ERROR", message: "The request body is too large"})
	} else {
		s.answer(c)
	}
	s.mu.Unlock()
	s.record(c, fault)
	fault.after(s, w, c)
}

// answer authorises, limits and runs a call; the portal is locked.
func (s *Server) answer(c *call) {
	if strings.HasPrefix(c.path, "/oauth/") {
		s.oauth(c)
		return
	}
	run, scopes, ok := s.route(c)
	if !ok {
		s.fail(c, &problem{status: 404, message: "No such endpoint: " + c.method + " " + c.path})
		return
	}
	if p := s.authorise(c, scopes); p != nil {
		s.fail(c, p)
		return
	}
	if s.limited(c) {
		return
	}
	if p := run(c); p != nil {
		c.out = nil
		s.fail(c, p)
	}
}

func (s *Server) fail(c *call, p *problem) {
	c.status, c.out = p.status, s.body(p)
}

// json answers with any value.
func (c *call) json(status int, v any) *problem {
	b, err := json.Marshal(v)
	if err != nil {
		return &problem{status: 500, category: "INTERNAL_ERROR", message: err.Error()}
	}
	c.status, c.out = status, b
	return nil
}

func (c *call) decode(v any) *problem {
	if err := json.Unmarshal(c.body, v); err != nil {
		return invalid("Invalid input JSON on line 1, column 1: %s", err)
	}
	return nil
}

func (c *call) list(name string) []string {
	var out []string
	for _, v := range c.query[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

func (c *call) flag(name string) (bool, *problem) {
	switch c.query.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, invalid("Invalid boolean in query parameter %s", name)
}

func (c *call) number(name string, otherwise, most int) (int, *problem) {
	text := c.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, invalid("Invalid integer in query parameter %s: %s", name, text)
	case n < 1:
		return 0, invalid("%s must be at least 1", name)
	case n > most:
		return 0, invalid("%s must be less than or equal to %d", name, most)
	}
	return n, nil
}

// send writes the answer as it stands.
func (c *call) send(w http.ResponseWriter) {
	if len(c.out) == 0 {
		w.Header().Del("Content-Type")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(c.out)))
	w.WriteHeader(c.status)
	_, _ = w.Write(c.out) // a client that has gone away is its own affair
}

func stamped(t time.Time) string { return iso(t.UnixMilli()) }
