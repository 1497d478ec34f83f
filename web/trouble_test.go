package web_test

import (
	"context"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/web"
)

func TestATroubleIsAPageWithTheWayOn(t *testing.T) {
	s, _ := site(t, ordinary(), nil)
	for _, test := range []struct {
		method, path string
		code         int
		want         string
	}{
		{"GET", "/nowhere", 404, "There is no such page"},
		{"GET", "/runs/7", 404, "There is no such page"},
		{"GET", "/requests", 405, "Requests are made with the buttons"},
		{"POST", "/requests", 400, "There is no action"},
	} {
		w := get(t, s, test.method, test.path)
		body := w.Body.String()
		if w.Code != test.code || !strings.Contains(body, test.want) || !strings.Contains(body, `<nav aria-label="Pages">`) || !strings.Contains(body, "</html>") {
			t.Errorf("%s %s: %d %s", test.method, test.path, w.Code, body)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s has no policy", test.method, test.path)
		}
	}
}

// The page reloads itself: the notice must not stand there for the rest of the day.
func TestANoticeIsShownOnce(t *testing.T) {
	s, _ := site(t, ordinary(), nil)
	if body := get(t, s, "GET", "/?did=run").Body.String(); !strings.Contains(body, "Queued: the run starts") || !strings.Contains(body, `content="15; url=/"`) {
		t.Errorf("after a request: %.600s", body)
	}
	if body := get(t, s, "GET", "/").Body.String(); !strings.Contains(body, `content="15"`) {
		t.Errorf("without one: %.600s", body)
	}
}

// noLabel explains every title by one that is known to have no label.
type noLabel struct{}

func (noLabel) Explain(_ context.Context, title string) (web.Explanation, error) {
	e := web.Explanation{Title: title, Normalized: title, Kind: "title"}
	for a := range e.Axes {
		e.Axes[a] = web.AxisExplanation{
			Finding: label.Finding{Method: label.ByAbstaining, Evidence: []label.Evidence{{Title: "Manager", Origin: "example E-1"}}},
			Votes:   []web.Vote{{Share: 0.9}},
		}
	}
	return e, nil
}

func TestATitleKnownToHaveNoLabelIsNotCalledEmpty(t *testing.T) {
	s, _ := site(t, ordinary(), func(o *web.Options) { o.Explain = noLabel{} })
	if body := get(t, s, "GET", "/why?q=Manager").Body.String(); strings.Count(body, "none of these") != 4 || strings.Contains(body, "(empty)") {
		t.Errorf("it says %s", body)
	}
}
