package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"rolecall/label"
)

//go:embed pages/*.html style.css
var files embed.FS

// policy allows the page its own style sheet and forms, and nothing else (https://www.w3.org/TR/CSP3/).
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Options are a Server's parts. Explain, Judge and Webhook may be nil: their pages then say so, or are not there.
type Options struct {
	Runs     Runs
	Queue    Queue
	Contacts Contacts
	Measures Measures
	Explain  Explainer
	Judge    Judge
	// Taxonomies are those of the last reading of the sheet.
	Taxonomies func() [label.AxisCount]label.Taxonomy
	// Next is when the next run is due; zero when that is not known.
	Next func() time.Time
	// Alive says what is wrong with the process itself, Ready whether it can work: store, settings, credentials.
	// Neither asks HubSpot or Google: an outage there must not make a supervisor restart a healthy daemon.
	Alive func() error
	Ready func(ctx context.Context) error
	// Metrics are served on /metrics.
	Metrics *Metrics
	// Webhook takes HubSpot's events on /hooks/hubspot and checks their signature itself.
	Webhook http.Handler
	// Hosts are the names that the page may be asked for, besides loopback: without the list, any web page could have
	// its visitor's browser read this one (DNS rebinding).
	Hosts []string
	// Token, where it is not "", must come with every request but the health checks: as a bearer token, or as the
	// password of any user.
	Token string
	// SheetURL and PortalURL are linked where they are not "".
	SheetURL, PortalURL string
	About               []Fact
	Now                 func() time.Time
	Log                 zerolog.Logger
}

// Server is the status page. It is an http.Handler.
type Server struct {
	Options
	pages   *template.Template
	style   []byte
	handler http.Handler
}

// New makes a Server. The error is about the pages in the program.
func New(o Options) (*Server, error) {
	s := &Server{Options: o}
	var err error
	if s.pages, err = template.New("").Funcs(s.words()).ParseFS(files, "pages/*.html"); err != nil {
		return nil, fmt.Errorf("read the status pages: %w", err)
	}
	if s.style, err = files.ReadFile("style.css"); err != nil {
		return nil, fmt.Errorf("read the style sheet: %w", err)
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		handler := http.Handler(r.handler)
		if r.access == forPeople {
			handler = s.guarded(handler)
		}
		mux.Handle(r.pattern, handler)
	}
	s.handler = s.named(mux)
	return s, nil
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// access says who may come in.
type access uint8

const (
	forPeople  access = iota // the token, where there is one
	forAnybody               // health checks, which tell nothing, and webhooks, which carry a signature
)

type route struct {
	pattern string
	access  access
	handler http.HandlerFunc
}

// routes is the table of all routes.
func (s *Server) routes() []route {
	out := []route{
		{"GET /{$}", forPeople, s.page("overview", s.overview)},
		{"GET /runs", forPeople, s.page("runs", s.runs)},
		{"GET /plan", forPeople, s.page("plan", s.plan)},
		{"GET /why", forPeople, s.page("why", s.why)},
		{"GET /quality", forPeople, s.page("quality", s.quality)},
		{"GET /queue", forPeople, s.page("queue", s.queue)},
		{"GET /about", forPeople, s.page("about", s.about)},
		{"POST /requests", forPeople, s.request},
		{"GET /requests", forPeople, s.notForReading},
		{"GET /style.css", forPeople, s.styleSheet},
		{"GET /", forPeople, s.missing},
		{"GET /metrics", forPeople, s.Metrics.handler(s).ServeHTTP},
		{"GET /healthz", forAnybody, s.healthz},
		{"GET /readyz", forAnybody, s.readyz},
	}
	if s.Webhook != nil {
		out = append(out, route{"POST /hooks/hubspot", forAnybody, s.Webhook.ServeHTTP})
	}
	return out
}

// named refuses requests for hosts that are not ours. Health checks and webhooks come under any name: the first tell
// nothing, the second are signed.
func (s *Server) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open := r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/hooks/hubspot"
		if host := hostOf(r.Host); !open && !isLoopback(host) && !slices.Contains(s.Hosts, host) {
			http.Error(w, fmt.Sprintf("This status page is not served under the name %q. Add the name to the setting hosts.", host), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return strings.ToLower(host)
	}
	return strings.ToLower(strings.Trim(hostport, "[]"))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guarded sets the headers of pages, asks for the token and turns requests from other sites away.
func (s *Server) guarded(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.allowed(r) {
			h.Set("WWW-Authenticate", `Basic realm="rolecall", charset="UTF-8"`)
			http.Error(w, "The status page asks for the admin token, as the password of any user name.", http.StatusUnauthorized)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

func (s *Server) allowed(r *http.Request) bool {
	if s.Token == "" {
		return true
	}
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		_, given, _ = r.BasicAuth()
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.Token)) == 1
}

// view is what every page is given.
type view struct {
	Name       string // of the page
	Now        time.Time
	Refresh    int // seconds; 0 for never
	Taxonomies [label.AxisCount]label.Taxonomy
	SheetURL   string
	PortalURL  string
	Notice     string
	Body       any
}

// page serves a template with what load gives it.
func (s *Server) page(name string, load func(r *http.Request) (body any, refresh int, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, refresh, err := load(r)
		if err == nil {
			err = s.show(w, http.StatusOK, name, view{Refresh: refresh, Notice: notice(r.URL.Query().Get("did")), Body: body})
		}
		if err == nil || r.Context().Err() != nil {
			return
		}
		s.Log.Error().Err(err).Str("page", name).Msg("show a status page")
		s.trouble(w, http.StatusInternalServerError, "This page cannot be shown", capital(err.Error())+".")
	}
}

// show writes a page, all of it or nothing.
func (s *Server) show(w http.ResponseWriter, status int, name string, v view) error {
	v.Name, v.Now, v.Taxonomies, v.SheetURL, v.PortalURL = name, s.Now(), s.Taxonomies(), s.SheetURL, s.PortalURL
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, name+".html", v); err != nil {
		return fmt.Errorf("fill in the page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // a reader who has gone away misses nothing
	return nil
}

// troubles is what a page that is none has to say.
type troubles struct{ What, Mend string }

// trouble says in a page of its own, with the way to the others, what went wrong and what to do.
func (s *Server) trouble(w http.ResponseWriter, status int, what, mend string) {
	if err := s.show(w, status, "error", view{Body: troubles{what, mend}}); err != nil {
		http.Error(w, what+". "+mend, status)
	}
}

func (s *Server) notForReading(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	s.trouble(w, http.StatusMethodNotAllowed, "There is nothing to read here", "Requests are made with the buttons of the Overview and listed under Queue.")
}

func (s *Server) missing(w http.ResponseWriter, _ *http.Request) {
	s.trouble(w, http.StatusNotFound, "There is no such page", "The pages that there are stand above.")
}

// request puts one of the sheet's actions into the queue.
func (s *Server) request(w http.ResponseWriter, r *http.Request) {
	action := label.Action(r.PostFormValue("action"))
	if !slices.Contains([]label.Action{label.ActionRun, label.ActionPreview, label.ActionAccept}, action) {
		s.trouble(w, http.StatusBadRequest, fmt.Sprintf("There is no action %q here", action), "Use the buttons of the Overview, or the sheet's Control tab.")
		return
	}
	if _, _, err := s.Queue.Enqueue(r.Context(), label.Request{Action: action, Scope: label.RunChanged, Source: "status page", RequestedAt: s.Now()}); err != nil {
		s.Log.Error().Err(err).Msg("queue a request of the status page")
		s.trouble(w, http.StatusInternalServerError, "The request could not be queued", capital(err.Error())+".")
		return
	}
	http.Redirect(w, r, "/?did="+string(action), http.StatusSeeOther)
}

// notice is the sentence after a request. Only these words can be shown, whatever the address says.
func notice(did string) string {
	switch label.Action(did) {
	case label.ActionRun:
		return "Queued: the run starts in a moment."
	case label.ActionPreview:
		return "Queued: the Preview tab fills in a moment."
	case label.ActionAccept:
		return "Accepted: the next run applies the held changes, if they are still the same."
	}
	return ""
}

func (s *Server) styleSheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(s.style)
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { answer(w, s.Alive()) }

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	answer(w, errors.Join(s.Alive(), s.Ready(r.Context())))
}

func answer(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintln(w, "ok")
}
