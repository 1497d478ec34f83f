package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rolecall/label"
)

// Every route of the table, so that one that is added later cannot be forgotten: without the token nothing but the health
// checks and the signed webhook answers, and no page is shown to a foreign name.
func TestNoRouteIsOpenByAccident(t *testing.T) {
	s, err := New(Options{
		Token: "a-long-admin-token", Metrics: NewMetrics("v", "m", time.Now), Now: time.Now, Alive: func() error { return nil }, Ready: func(context.Context) error { return nil },
		Taxonomies: func() [label.AxisCount]label.Taxonomy { return [label.AxisCount]label.Taxonomy{} },
		Webhook:    http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{"GET /healthz": true, "GET /readyz": true, "POST /hooks/hubspot": true}
	for _, r := range s.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		path = strings.TrimSuffix(path, "{$}")
		for _, host := range []string{"localhost", "evil.example"} {
			request := httptest.NewRequest(method, path, nil)
			request.Host = host
			w := httptest.NewRecorder()
			s.ServeHTTP(w, request)
			want := http.StatusUnauthorized
			switch {
			case open[r.pattern]:
				want = w.Code
				if w.Code >= 400 {
					t.Errorf("%s as %s: %d", r.pattern, host, w.Code)
				}
			case host == "evil.example":
				want = http.StatusMisdirectedRequest
			}
			if w.Code != want {
				t.Errorf("%s as %s without the token: %d, want %d", r.pattern, host, w.Code, want)
			}
		}
	}
}
