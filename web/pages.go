package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"rolecall/label"
	"rolecall/plan"
)

const (
	beatsShown   = 60
	runsShown    = 100
	refusedShown = 200
	sparkPoints  = 60
	longestQuery = 500 // bytes of what is searched for
)

// beat is one run in the heartbeat bar.
type beat struct {
	Tone string
	Text string
}

// figure is one number of the overview, with how it went.
type figure struct {
	Name   string
	Value  int
	Note   string
	Points []float64
	series string
}

type overview struct {
	Tone    string
	Verdict string
	Last    *plan.Report
	Next    time.Time
	Beats   []beat
	Held    string
	Waiting []label.Request
	Figures []figure
}

func (s *Server) overview(r *http.Request) (any, int, error) {
	ctx := r.Context()
	reports, err := s.Runs.Runs(ctx, beatsShown)
	if err != nil {
		return nil, 0, err
	}
	tally, err := s.Contacts.Tally(ctx)
	if err != nil {
		return nil, 0, err
	}
	reviews, err := s.Contacts.CountReviews(ctx)
	if err != nil {
		return nil, 0, err
	}
	outbox, err := s.Queue.CountOutbox(ctx)
	if err != nil {
		return nil, 0, err
	}
	requests, err := s.Queue.LastRequests(ctx)
	if err != nil {
		return nil, 0, err
	}
	o := overview{Next: s.Next(), Beats: beats(reports, s.Now()), Waiting: waiting(requests)}
	if len(reports) > 0 {
		o.Last = &reports[0]
		if o.Last.Outcome == plan.Held {
			o.Held = o.Last.Message
		}
	}
	open := openReviews(reviews)
	o.Tone, o.Verdict = verdict(s.Now(), o.Last, o.Next, tally, open)
	o.Figures = []figure{
		{Name: "Contacts", Value: tally.Contacts, Note: "in HubSpot, not archived", series: "contacts"},
		{Name: "Labelled", Value: tally.Labelled, Note: shareText(tally.Labelled, tally.Contacts), series: "labelled"},
		{Name: "In Review", Value: open, Note: "questions for people", series: "in review"},
		{Name: "Last run wrote", Value: written(o.Last), Note: "contacts in HubSpot", series: "written"},
		{Name: "Refused", Value: outbox[plan.OutboxRefused], Note: "contacts, see Queue"},
	}
	for i, f := range o.Figures {
		if f.series == "" {
			continue
		}
		points, err := s.Measures.Series(ctx, f.series, sparkPoints)
		if err != nil {
			return nil, 0, err
		}
		for _, p := range points {
			o.Figures[i].Points = append(o.Figures[i].Points, p.Value)
		}
	}
	return o, 15, nil
}

func written(last *plan.Report) int {
	if last == nil {
		return 0
	}
	return last.Written
}

func shareText(n, of int) string {
	if of == 0 {
		return "no contact is known yet"
	}
	return fmt.Sprintf("decided, %.1f %% of the contacts", 100*float64(n)/float64(of))
}

func openReviews(by map[label.ReviewState]int) int {
	n := 0
	for _, state := range []label.ReviewState{label.ReviewOpen, label.ReviewWaiting, label.ReviewHeld, label.ReviewError} {
		n += by[state]
	}
	return n
}

// beats are the last runs, oldest first.
func beats(newestFirst []plan.Report, now time.Time) []beat {
	var out []beat
	for _, r := range slices.Backward(newestFirst) {
		out = append(out, beat{tone(r.Outcome), fmt.Sprintf("%s, %s: %s", r.Kind, ago(now, r.Started), said(r))})
	}
	return out
}

// waiting are the requests that have not started or not ended.
func waiting(last map[label.Action]label.Request) []label.Request {
	var out []label.Request
	for _, r := range last {
		if r.FinishedAt.IsZero() {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b label.Request) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// verdict is the state of things in one sentence, with its tone:
//
//	| state                                           | tone |
//	|-------------------------------------------------|------|
//	| no run yet                                      | none |
//	| the last run failed                             | bad  |
//	| the last run was held                           | warn |
//	| the next run is more than ten minutes late      | bad  |
//	| some rows were refused                          | warn |
//	| the last run wrote nothing, as Mode says        | good |
//	| otherwise                                       | good |
func verdict(now time.Time, last *plan.Report, next time.Time, t label.Tally, open int) (toneName, sentence string) {
	numbers := message.NewPrinter(language.English).Sprintf("%d of %d contacts labelled; %d questions wait in Review", t.Labelled, t.Contacts, open)
	switch {
	case last == nil:
		return "none", "Waiting for the first run."
	case last.Outcome == plan.Failed:
		return "bad", "The last run failed: " + last.Message
	case last.Outcome == plan.Held:
		return "warn", "Held, waiting for a person's yes. " + numbers + "."
	case !next.IsZero() && now.Sub(next) > 10*time.Minute:
		return "bad", fmt.Sprintf("The next run is late: it was due %s. %s.", ago(now, next), numbers)
	case last.Outcome == plan.Partial:
		return "warn", fmt.Sprintf("Working, but HubSpot refused %d contacts; Queue says why. %s.", last.Refused, numbers)
	}
	if last.Kind == string(label.ActionRun) && last.Mode == string(label.ModeObserve) { // a retraining says so in any mode
		return "good", fmt.Sprintf("Healthy, and observing only: nothing is written into HubSpot. %s; next run %s.", numbers, until(now, next))
	}
	return "good", fmt.Sprintf("Healthy. %s; next run %s.", numbers, until(now, next))
}

func (s *Server) runs(r *http.Request) (any, int, error) {
	reports, err := s.Runs.Runs(r.Context(), runsShown)
	return reports, 60, err
}

type planPage struct {
	// Last is the newest run with something to write; Newest the newest of all, where that is a later one.
	Last   *plan.Report
	Newest *plan.Report
	Groups []plan.Group
	Titles map[label.ContactID]string
}

// plan shows the newest plan's groups. They are kept in memory only, so a restart empties the page until the next run.
func (s *Server) plan(r *http.Request) (any, int, error) {
	last, newest := s.Metrics.lastPlan()
	if last == nil {
		return planPage{Newest: newest}, 30, nil
	}
	p := planPage{Last: last, Groups: last.Groups, Titles: map[label.ContactID]string{}}
	if newest != last {
		p.Newest = newest
	}
	for _, g := range p.Groups {
		for _, c := range g.Samples {
			contact, found, err := s.Contacts.Contact(r.Context(), c.Key.ContactID)
			if err != nil {
				return nil, 0, err
			}
			if found {
				p.Titles[c.Key.ContactID] = contact.Title
			}
		}
	}
	return p, 60, nil
}

type whyPage struct {
	Query       string
	Problem     string
	Contact     *label.Contact
	Explanation *Explanation
}

// why explains a title, or the title of a contact when the query is a record id.
func (s *Server) why(r *http.Request) (any, int, error) {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	p := whyPage{Query: query}
	if len(query) > longestQuery {
		p.Query, p.Problem = "", "That is too long for a job title."
		return p, 0, nil
	}
	if query == "" || s.Explain == nil {
		return p, 0, nil
	}
	title := query
	if strings.Trim(query, "0123456789") == "" {
		contact, ok, err := s.Contacts.Contact(r.Context(), label.ContactID(query))
		if err != nil {
			return nil, 0, err
		}
		if !ok {
			p.Problem = "No contact with this record ID is known. The ID stands at the end of a contact's address in HubSpot."
			return p, 0, nil
		}
		p.Contact, title = &contact, contact.Title
	}
	explanation, err := s.Explain.Explain(r.Context(), title)
	if err != nil {
		return nil, 0, err
	}
	p.Explanation = &explanation
	return p, 0, nil
}

type qualityPage struct {
	Measured bool
	Axes     [label.AxisCount]AxisQuality
	History  [label.AxisCount][]Point
	Labels   [label.AxisCount][]labelCount
	Labelled [label.AxisCount]int
}

// labelCount is how many contacts carry a label.
type labelCount struct {
	Name  string
	Count int
}

func (s *Server) quality(r *http.Request) (any, int, error) {
	var p qualityPage
	if s.Judge != nil {
		p.Axes, p.Measured = s.Judge.Quality()
	}
	portal, err := s.Contacts.Portal(r.Context())
	if err != nil {
		return nil, 0, err
	}
	taxonomies := s.Taxonomies()
	for _, a := range label.Axes() {
		if p.History[a], err = s.Measures.Series(r.Context(), "accuracy "+a.String(), sparkPoints); err != nil {
			return nil, 0, err
		}
		for v, n := range portal.Labelled[a] {
			if v == "" {
				continue
			}
			p.Labels[a] = append(p.Labels[a], labelCount{nameOf(taxonomies[a], v), n})
			p.Labelled[a] += n
		}
		slices.SortFunc(p.Labels[a], func(x, y labelCount) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Name, y.Name)) })
	}
	return p, 0, nil
}

type queuePage struct {
	States   []labelCount
	Refused  []plan.OutboxRow
	Requests []label.Request
}

func (s *Server) queue(r *http.Request) (any, int, error) {
	counts, err := s.Queue.CountOutbox(r.Context())
	if err != nil {
		return nil, 0, err
	}
	var p queuePage
	for _, state := range []struct{ key, words string }{{plan.OutboxPending, "waiting to be sent"}, {plan.OutboxInFlight, "sent, answer outstanding"}, {plan.OutboxRefused, "refused by HubSpot"}} {
		p.States = append(p.States, labelCount{state.words, counts[state.key]})
	}
	if p.Refused, err = s.Queue.Quarantine(r.Context(), refusedShown); err != nil {
		return nil, 0, err
	}
	p.Requests, err = s.lastRequests(r.Context())
	return p, 15, err
}

func (s *Server) lastRequests(ctx context.Context) ([]label.Request, error) {
	last, err := s.Queue.LastRequests(ctx)
	if err != nil {
		return nil, err
	}
	var out []label.Request
	for _, r := range last {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b label.Request) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

func (s *Server) about(*http.Request) (any, int, error) { return s.About, 0, nil }
