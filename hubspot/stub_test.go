package hubspot_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rolecall/hubspot"
)

// exchange is one request that a client made, and the status it got.
type exchange struct {
	method, path, query, body string
	status                    int
}

// wiretap is a transport that remembers what passes, and ends a client that does not come to an end by itself.
type wiretap struct {
	t    testing.TB
	most int
	mu   sync.Mutex
	all  []exchange
}

func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	e := exchange{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, body: string(body)}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		e.status = res.StatusCode
	}
	w.mu.Lock()
	w.all = append(w.all, e)
	n := len(w.all)
	w.mu.Unlock()
	if w.most > 0 && n > w.most {
		return nil, fmt.Errorf("more than %d requests: this does not end", w.most)
	}
	return res, err
}

// tap makes a client remember its requests; most 0: any number.
func tap(t testing.TB, most int) (*wiretap, func(*hubspot.Options)) {
	w := &wiretap{t: t, most: most}
	return w, func(o *hubspot.Options) { o.HTTP = &http.Client{Transport: w} }
}

// count counts the exchanges that fit.
func (w *wiretap) count(fits func(exchange) bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, e := range w.all {
		if fits(e) {
			n++
		}
	}
	return n
}

func ending(suffix string) func(exchange) bool {
	return func(e exchange) bool { return strings.HasSuffix(e.path, suffix) }
}

func status(code int) func(exchange) bool { return func(e exchange) bool { return e.status == code } }

// stub starts a server of one function, which is called by one request at a time; it answers JSON.
func stub(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, body []byte)) (string, *clock) {
	t.Helper()
	var one sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		one.Lock()
		defer one.Unlock()
		answer(w, r, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, newClock()
}

func say(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// stubContact is a contact of the stub index.
type stubContact struct {
	id       int64
	modified int64 // ms
	title    string
	hidden   bool // search does not show it yet
}

// stubIndex answers searches with filters GTE, LTE, GT, HAS_PROPERTY, NOT_IN on lastmodifieddate and hs_object_id.
type stubIndex struct {
	mu  sync.Mutex
	all []stubContact
	cap int // results one search gives in all; 10,000 when 0
	// notIn is what it makes of NOT_IN: "" what is documented, "refused", or "nothing" for finding nobody.
	notIn    string
	searches int
}

// stubFilter is a filter of a search.
type stubFilter struct {
	PropertyName, Operator, Value string
	Values                        []string
}

func (x *stubIndex) fits(c stubContact, f stubFilter) bool {
	have, ok := c.field(f.PropertyName)
	want, _ := strconv.ParseInt(f.Value, 10, 64)
	switch f.Operator {
	case "HAS_PROPERTY":
		return ok
	case "GTE":
		return ok && have >= want
	case "LTE":
		return ok && have <= want
	case "GT":
		return ok && have > want
	case "NOT_IN":
		return x.notIn == "" && !slices.Contains(f.Values, strconv.FormatInt(have, 10))
	}
	return false
}

func (c stubContact) field(name string) (int64, bool) {
	switch name {
	case "lastmodifieddate":
		return c.modified, true
	case "hs_object_id":
		return c.id, true
	}
	return 0, false // a property that contacts do not have: nothing is found, and nobody says so
}

func (x *stubIndex) answer(w http.ResponseWriter, body []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.searches++
	var in struct {
		FilterGroups []struct{ Filters []stubFilter }
		Sorts        []struct{ PropertyName, Direction string }
		Limit        int
		After        string
	}
	if err := json.Unmarshal(body, &in); err != nil || len(body) > 3000 || x.notIn == "refused" && strings.Contains(string(body), "NOT_IN") {
		say(w, 400, `{"category":"VALIDATION_ERROR"}`)
		return
	}
	var found []stubContact
	for _, c := range x.all {
		some := false
		for _, group := range in.FilterGroups {
			every := true
			for _, f := range group.Filters {
				every = every && x.fits(c, f)
			}
			some = some || every
		}
		if some && !c.hidden {
			found = append(found, c)
		}
	}
	by := in.Sorts[0]
	slices.SortStableFunc(found, func(a, b stubContact) int {
		x, _ := a.field(by.PropertyName)
		y, _ := b.field(by.PropertyName)
		if by.Direction == "DESCENDING" {
			x, y = y, x
		}
		return cmp.Compare(x, y)
	})
	from, _ := strconv.Atoi(in.After)
	if limit := cmp.Or(x.cap, 10_000); from+in.Limit > limit && from > 0 {
		say(w, 400, `{"category":"VALIDATION_ERROR","message":"The request is too large: paging ends at 10000"}`)
		return
	}
	total := len(found)
	found = found[min(from, total):min(from+in.Limit, total)]
	var rows []string
	for _, c := range found {
		rows = append(rows, fmt.Sprintf(`{"id":"%d","properties":{"jobtitle":%q,"lastmodifieddate":"%d"}}`, c.id, c.title, c.modified))
	}
	paging := ""
	if from+len(found) < total {
		paging = fmt.Sprintf(`,"paging":{"next":{"after":"%d"}}`, from+len(found))
	}
	say(w, 200, fmt.Sprintf(`{"total":%d,"results":[%s]%s}`, total, strings.Join(rows, ","), paging))
}

func (x *stubIndex) set(i int, change func(*stubContact)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(&x.all[i])
}

// hostOf serves a portal once more and returns its host.
func hostOf(t testing.TB, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}
