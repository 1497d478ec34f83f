package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/web"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const token = "a-long-admin-token"

// rooms is everything that the pages ask, made up.
type rooms struct {
	reports  []plan.Report
	refused  []plan.OutboxRow
	requests map[label.Action]label.Request
	asked    []label.Action
	contact  label.Contact
	fail     error
}

func (r *rooms) Runs(context.Context, int) ([]plan.Report, error) { return r.reports, r.fail }
func (r *rooms) LastRequests(context.Context) (map[label.Action]label.Request, error) {
	return r.requests, r.fail
}
func (r *rooms) Enqueue(_ context.Context, q label.Request) (int64, bool, error) {
	r.asked = append(r.asked, q.Action)
	return 1, false, r.fail
}
func (r *rooms) CountOutbox(context.Context) (map[string]int, error) {
	return map[string]int{"pending": 3, "refused": len(r.refused)}, r.fail
}
func (r *rooms) Quarantine(context.Context, int) ([]plan.OutboxRow, error) { return r.refused, r.fail }
func (r *rooms) Tally(context.Context) (label.Tally, error) {
	return label.Tally{Contacts: 5000, Labelled: 4321, Titles: 1800, InReview: 312, NoTitle: 240}, r.fail
}
func (r *rooms) Portal(context.Context) (plan.Portal, error) {
	return plan.Portal{Contacts: 5000, Labelled: [label.AxisCount]map[label.Value]int{{"sales": 800, "hr": 120, "": 9}, {"vp": 40}}}, r.fail
}
func (r *rooms) Contact(_ context.Context, id label.ContactID) (label.Contact, bool, error) {
	return r.contact, id == r.contact.ID, r.fail
}
func (r *rooms) CountReviews(context.Context) (map[label.ReviewState]int, error) {
	return map[label.ReviewState]int{label.ReviewOpen: 300, label.ReviewWaiting: 12, label.ReviewApplied: 99}, r.fail
}
func (r *rooms) Series(_ context.Context, series string, _ int) ([]web.Point, error) {
	if strings.HasPrefix(series, "accuracy") {
		return []web.Point{{At: noon.Add(-24 * time.Hour), Value: .84}, {At: noon, Value: .87}}, r.fail
	}
	return []web.Point{{At: noon, Value: 10}, {At: noon, Value: 4000}, {At: noon, Value: 4321}}, r.fail
}
func (r *rooms) Quality() ([label.AxisCount]web.AxisQuality, bool) {
	return [label.AxisCount]web.AxisQuality{{Examples: 12000, Accuracy: .87, ECE: .02, Threshold: .79, Precision: .953, Coverage: .71, Honest: true}, {Examples: 12000, Accuracy: .95}}, true
}
func (r *rooms) Explain(_ context.Context, title string) (web.Explanation, error) {
	finding := label.Finding{Value: "sales", Accepted: true, Method: label.ByNeighbors, Confidence: .97, RunnerUp: "hr", RunnerUpConfidence: .02,
		Why: "Titles like " + title + " are labelled Sales.", Evidence: []label.Evidence{{Title: title, Value: "sales", Similarity: .98, Origin: "example E-0001"}}}
	return web.Explanation{Title: title, Normalized: strings.ToLower(title), Kind: "title", Axes: [label.AxisCount]web.AxisExplanation{
		{Finding: finding, Threshold: .8, Votes: []web.Vote{{Value: "sales", Share: .9}}},
		{Finding: label.Finding{Value: "vp", Accepted: true, Method: label.ByRule, Confidence: 1, RuleID: "R-001", Why: "Rule R-001 says VP."}, Rules: []web.RuleStep{{RuleID: "R-001", Value: "vp", Text: title, Decides: true}}},
	}}, r.fail
}

func taxonomies() [label.AxisCount]label.Taxonomy {
	return [label.AxisCount]label.Taxonomy{
		{Axis: label.Role, Terms: []label.Term{{Name: "Sales", Value: "sales", Active: true}, {Name: "Human Resources", Value: "hr", Active: true}}},
		{Axis: label.Seniority, Terms: []label.Term{{Name: "VP", Value: "vp", Active: true}}},
	}
}

func report(outcome plan.Outcome, minutes int, message string) plan.Report {
	return plan.Report{RunID: fmt.Sprintf("run-%d", 1000-minutes), Kind: "run", Mode: "apply", Started: noon.Add(-time.Duration(minutes) * time.Minute), Duration: 1400 * time.Millisecond,
		Outcome: outcome, Read: 12, Titles: 5, Written: 7, ToReview: 312, Message: message, Planned: map[string]int{"review": 2},
		Groups: []plan.Group{{Axis: label.Role, From: "", To: "sales", Method: label.ByRule, RuleID: "R-001", Count: 214,
			Samples: []plan.Change{{Key: plan.Key{ContactID: "101", Axis: label.Role}, To: "sales", Confidence: 1}}}}}
}

// site is a status page over made-up rooms.
func site(t *testing.T, r *rooms, change func(*web.Options)) (*web.Server, *web.Metrics) {
	t.Helper()
	metrics := web.NewMetrics("v1", "model-1", func() time.Time { return noon })
	o := web.Options{Runs: r, Queue: r, Contacts: r, Measures: r, Explain: r, Judge: r, Taxonomies: taxonomies, Metrics: metrics,
		Next: func() time.Time { return noon.Add(3 * time.Minute) }, Alive: func() error { return nil }, Ready: func(context.Context) error { return nil },
		About: []web.Fact{{Name: "Version", Value: "v1"}}, Now: func() time.Time { return noon }, Log: zerolog.Nop(),
		SheetURL: "https://docs.google.com/spreadsheets/d/x", PortalURL: "https://app.hubspot.com/contacts/1"}
	if change != nil {
		change(&o)
	}
	s, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, metrics
}

func ordinary() *rooms {
	r := &rooms{contact: label.Contact{ID: "101", Title: "VP Sales", Labels: [label.AxisCount]label.Value{"sales", ""}, ModifiedAt: noon.Add(-time.Hour)},
		refused:  []plan.OutboxRow{{ContactID: "102", Code: "400", Message: "Property values were not valid", Mend: "Add the option in HubSpot", Attempts: 2, NextAt: noon.Add(time.Hour)}},
		requests: map[label.Action]label.Request{label.ActionRun: {ID: 1, Action: label.ActionRun, Source: "sheet", RequestedAt: noon.Add(-time.Minute)}}}
	for i := range 60 {
		outcome := plan.Done
		if i%17 == 5 {
			outcome = plan.Failed
		}
		r.reports = append(r.reports, report(outcome, 30+60*i, "7 contacts updated; 4321 of 5000 labelled"))
	}
	return r
}

func get(t *testing.T, h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(method, target, nil)
	request.Host = "127.0.0.1:8321"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			request.Host = header[i+1]
		} else {
			request.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	return w
}

// pages are all pages; a test holds the list to the routes.
func pages() []string {
	return []string{"/", "/runs", "/plan", "/why", "/why?q=VP+Sales", "/why?q=101", "/why?q=999", "/quality", "/queue", "/about"}
}

func TestEveryPageShowsWithItsHeadersAndNothingFromElsewhere(t *testing.T) {
	s, metrics := site(t, ordinary(), nil)
	metrics.RunEnded(report(plan.Done, 1, "fine"))
	for _, page := range pages() {
		w := get(t, s, "GET", page)
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d %.200s", page, w.Code, body)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", page, csp)
		}
		if len(body) > 50<<10 {
			t.Errorf("%s has %d bytes", page, len(body))
		}
		for _, bad := range []string{"<script", "style=", "onclick", "src=\"http", "@import"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", page, bad)
			}
		}
		for _, link := range regexp.MustCompile(`(?:href|action)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			if u := link[1]; !strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "https://docs.google.com/") && !strings.HasPrefix(u, "https://app.hubspot.com/") && u != "data:," {
				t.Errorf("%s leads to %q", page, u)
			}
		}
	}
}

func TestWhatThePagesSay(t *testing.T) {
	s, metrics := site(t, ordinary(), nil)
	metrics.RunEnded(report(plan.Done, 1, "fine"))
	for page, wants := range map[string][]string{
		"/":               {"Healthy. 4,321 of 5,000 contacts labelled; 312 questions wait in Review; next run in 3 minutes", "Run now", "queued 1 minute ago, asked by sheet", "<path d="},
		"/runs":           {"run-970", "NOTHING TO DO|DONE", "FAILED", "1.4 s"},
		"/plan":           {"Role: (empty) &rarr; Sales", "214", "VP Sales", "R-001"},
		"/why?q=VP+Sales": {"Titles like VP Sales are labelled Sales.", "0.98", "example E-0001", "R-001", "Human Resources"},
		"/why?q=101":      {"Contact 101", "VP Sales", "1 hour ago"},
		"/why?q=999":      {"No contact with this record ID"},
		"/quality":        {"after each retraining", "87.0 %", "Human Resources", "95.3 %"},
		"/queue":          {"Property values were not valid", "Add the option in HubSpot", "in 1 hour"},
		"/about":          {"Version", "/metrics"},
	} {
		body := get(t, s, "GET", page).Body.String()
		for _, want := range wants {
			if !regexp.MustCompile(want).MatchString(body) && !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", page, want)
			}
		}
	}
}

func TestTheVerdictInOneSentence(t *testing.T) {
	observing := report(plan.Done, 5, "")
	observing.Mode = string(label.ModeObserve)
	late := func(o *web.Options) { o.Next = func() time.Time { return noon.Add(-time.Hour) } }
	for _, test := range []struct {
		situation string
		last      []plan.Report
		change    func(*web.Options)
		tone      string
		want      string
	}{
		{"no run yet", nil, nil, "none", "Waiting for the first run."},
		{"well", []plan.Report{report(plan.Nothing, 5, "")}, nil, "good", "Healthy."},
		{"observing", []plan.Report{observing}, nil, "good", "Healthy, and observing only: nothing is written into HubSpot."},
		{"failed", []plan.Report{report(plan.Failed, 5, "HubSpot does not answer")}, nil, "bad", "HubSpot does not answer"},
		{"held", []plan.Report{report(plan.Held, 5, "the Roles tab is empty")}, nil, "warn", "Held"},
		{"late", []plan.Report{report(plan.Done, 5, "")}, late, "bad", "The next run is late"},
		{"rows refused", []plan.Report{report(plan.Partial, 5, "")}, nil, "warn", "HubSpot refused"},
	} {
		s, _ := site(t, &rooms{reports: test.last}, test.change)
		body := get(t, s, "GET", "/").Body.String()
		if !strings.Contains(body, `class="verdict `+test.tone+`"`) || !strings.Contains(body, test.want) {
			t.Errorf("%s: no %s verdict with %q", test.situation, test.tone, test.want)
		}
		if accept := strings.Contains(body, "Accept held changes"); accept != (test.situation == "held") {
			t.Errorf("%s: the accept button is there: %v", test.situation, accept)
		}
	}
}

func TestStrangersTextIsOnlyText(t *testing.T) {
	attacks := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><svg onload=alert(1)>`, `javascript:alert(1)`,
		`{{.Body}}`, `<!--`, `]]>`, "\u202ealert", `&lt;b&gt;`, `<a href="https://evil.example">x</a>`}
	for _, attack := range attacks {
		r := ordinary()
		r.contact.Title = attack
		r.refused[0].Message, r.refused[0].Mend = attack, attack
		for i := range r.reports {
			r.reports[i].Message = attack
		}
		r.requests[label.ActionRun] = label.Request{ID: 1, Action: label.ActionRun, Source: attack, Result: attack, FinishedAt: noon}
		s, metrics := site(t, r, nil)
		metrics.RunEnded(report(plan.Held, 1, attack))
		for _, page := range append(pages(), "/why?q="+escape(attack), "/?did="+escape(attack)) {
			body := get(t, s, "GET", page).Body.String()
			for _, bad := range []string{"<script", "<img", "<svg onload", `evil.example"`, `' onmouseover='`, `href="javascript`} {
				if strings.Contains(body, bad) {
					t.Errorf("%s: %q came through: there is a raw %s", page, attack, bad)
				}
			}
		}
	}
}

func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Every route, with and without the token, from here and from elsewhere.
func TestWhoMayComeIn(t *testing.T) {
	r := ordinary()
	guarded, _ := site(t, r, func(o *web.Options) { o.Token, o.Hosts = token, []string{"status.example"} })
	open, _ := site(t, r, nil)
	bearer := []string{"Authorization", "Bearer " + token}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, test := range []struct {
		situation string
		server    http.Handler
		method    string
		path      string
		header    []string
		want      int
	}{
		{"a page without the token", guarded, "GET", "/", nil, 401},
		{"a page with a wrong token", guarded, "GET", "/", []string{"Authorization", "Bearer wrong"}, 401},
		{"a page with the token", guarded, "GET", "/", bearer, 200},
		{"a page with the token as a password", guarded, "GET", "/", []string{"Authorization", "Basic YW5hOmEtbG9uZy1hZG1pbi10b2tlbg=="}, 200},
		{"the style sheet without the token", guarded, "GET", "/style.css", nil, 401},
		{"metrics without the token", guarded, "GET", "/metrics", nil, 401},
		{"metrics with the token", guarded, "GET", "/metrics", bearer, 200},
		{"health without the token", guarded, "GET", "/healthz", nil, 200},
		{"readiness without the token", guarded, "GET", "/readyz", nil, 200},
		{"a request without the token", guarded, "POST", "/requests?action=run", form, 401},
		{"a known name", guarded, "GET", "/", append([]string{"Host", "status.example"}, bearer...), 200},
		{"a foreign name", guarded, "GET", "/", append([]string{"Host", "evil.example"}, bearer...), 421},
		{"a foreign name on loopback", open, "GET", "/", []string{"Host", "evil.example:8321"}, 421},
		{"a foreign name asks for health", open, "GET", "/healthz", []string{"Host", "evil.example"}, 200},
		{"localhost", open, "GET", "/", []string{"Host", "localhost:8321"}, 200},
		{"IPv6 loopback", open, "GET", "/", []string{"Host", "[::1]:8321"}, 200},
		{"a request from this page", open, "POST", "/requests?action=run", append([]string{"Sec-Fetch-Site", "same-origin"}, form...), 303},
		{"a request from a program", open, "POST", "/requests?action=run", form, 303},
		{"a request from another site", open, "POST", "/requests?action=run", append([]string{"Sec-Fetch-Site", "cross-site"}, form...), 403},
		{"a request with another origin", open, "POST", "/requests?action=run", append([]string{"Origin", "https://evil.example"}, form...), 403},
		{"a request by GET", open, "GET", "/requests?action=run", nil, 405},
		{"an unknown action", open, "POST", "/requests?action=undo", form, 400},
		{"a page by POST", open, "POST", "/", form, 405},
		{"no such page", open, "GET", "/secrets", nil, 404},
	} {
		t.Run(test.situation, func(t *testing.T) {
			r.asked = nil
			target := test.path
			request := httptest.NewRequest(test.method, target, nil)
			if test.method == "POST" {
				path, query, _ := strings.Cut(target, "?")
				request = httptest.NewRequest("POST", path, strings.NewReader(query))
			}
			request.Host = "127.0.0.1:8321"
			for i := 0; i < len(test.header); i += 2 {
				if test.header[i] == "Host" {
					request.Host = test.header[i+1]
				} else {
					request.Header.Set(test.header[i], test.header[i+1])
				}
			}
			w := httptest.NewRecorder()
			test.server.ServeHTTP(w, request)
			if w.Code != test.want {
				t.Errorf("got %d %.100s, want %d", w.Code, w.Body.String(), test.want)
			}
			if w.Code >= 400 && len(r.asked) > 0 {
				t.Errorf("a refused request was queued: %v", r.asked)
			}
		})
	}
}

func TestHealthAndReadiness(t *testing.T) {
	s, _ := site(t, ordinary(), func(o *web.Options) {
		o.Ready = func(context.Context) error { return errors.New("the store is read-only") }
	})
	if w := get(t, s, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("alive: %d", w.Code)
	}
	if w := get(t, s, "GET", "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "read-only") {
		t.Errorf("not ready: %d %s", w.Code, w.Body)
	}
	s, _ = site(t, ordinary(), func(o *web.Options) { o.Alive = func() error { return errors.New("the loop stands still") } })
	if w := get(t, s, "GET", "/healthz"); w.Code != 503 {
		t.Errorf("stuck: %d", w.Code)
	}
}

func TestAPageThatCannotBeReadSaysSo(t *testing.T) {
	s, _ := site(t, &rooms{fail: errors.New("disk full")}, nil)
	for _, page := range []string{"/", "/runs", "/quality", "/queue", "/why?q=x", "/why?q=1"} {
		if w := get(t, s, "GET", page); w.Code != 500 || !strings.Contains(w.Body.String(), "Disk full.") {
			t.Errorf("%s: %d %s", page, w.Code, w.Body)
		}
	}
}

func BenchmarkOverview(b *testing.B) {
	metrics := web.NewMetrics("v1", "m", time.Now)
	r := ordinary()
	s, err := web.New(web.Options{Runs: r, Queue: r, Contacts: r, Measures: r, Taxonomies: taxonomies, Metrics: metrics, Next: time.Now, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest("GET", "/", nil)
		request.Host = "localhost"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, request)
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
