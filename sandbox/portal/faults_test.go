package portal_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/portal"
)

func decode(t *testing.T, r io.Reader) object {
	t.Helper()
	var o object
	if err := json.NewDecoder(r).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestLimits(t *testing.T) {
	w := newWorld(t, 1, func(o *portal.Options) { o.Limits = portal.Limits{Burst: 3, Daily: 8, SearchPerSecond: 2} })
	get := func() (int, object, http.Header) { return w.do("GET", contacts, nil) }
	search := func() (int, object, http.Header) { return w.do("POST", contacts+"/search", object{}) }
	for n := range 3 {
		status, _, h := get()
		if status != 200 || h.Get("X-HubSpot-RateLimit-Max") != "3" || h.Get("X-HubSpot-RateLimit-Remaining") != strconv.Itoa(2-n) ||
			h.Get("X-HubSpot-RateLimit-Interval-Milliseconds") != "10000" || h.Get("X-HubSpot-RateLimit-Daily") != "8" || h.Get("X-HubSpot-RateLimit-Daily-Remaining") != strconv.Itoa(7-n) {
			t.Fatalf("call %d: %d %v", n, status, h)
		}
	}
	status, o, _ := get()
	if status != 429 || o["policyName"] != "TEN_SECONDLY_ROLLING" || o["errorType"] != "RATE_LIMIT" || o["status"] != "error" {
		t.Fatalf("%d %v", status, o)
	}
	w.token = "another app"
	if status, _, _ := get(); status != 200 {
		t.Error("the burst of one app limits another")
	}
	w.token = "pat-test"
	for range 2 {
		status, _, h := search()
		if status != 200 || h.Get("X-HubSpot-RateLimit-Max") != "" || h.Get("X-HubSpot-RateLimit-Daily") != "" || h.Get("X-HubSpot-RateLimit-Exemptions") != "ten-secondly" {
			t.Fatalf("search: %d %v", status, h)
		}
	}
	status, o, _ = search()
	if status != 429 || o["policyName"] != "SECONDLY" || o["message"] != "You have reached your secondly limit." {
		t.Fatalf("%d %v", status, o)
	}
	w.clock.advance(1001 * time.Millisecond)
	if status, _, _ := search(); status != 200 {
		t.Error("searching is refused after a second")
	}
	w.clock.advance(10 * time.Second)
	if status, _, _ := get(); status != 200 {
		t.Error("calls are refused after ten seconds")
	}
	status, o, _ = get() // 8 are used: 3 + 1 + 2 + 1 + 1
	if status != 429 || o["policyName"] != "DAILY" {
		t.Fatalf("%d %v", status, o)
	}
	w.clock.advance(24 * time.Hour)
	if status, _, _ := get(); status != 200 {
		t.Error("calls are refused on the next day")
	}
	w.s.OtherAppsUse(6, 0)
	w.want(200, "GET", contacts, nil)
	w.want(429, "GET", contacts, nil)
	w.clock.advance(24 * time.Hour)
	w.s.OtherAppsUse(0, 2)
	w.want(429, "POST", contacts+"/search", object{})
}

func TestTiers(t *testing.T) {
	for name, want := range map[string]int{"free": 100, "starter": 100, "professional": 190, "enterprise": 190, "off": 0} {
		if got := portal.Tier(name).Burst; got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// try sends one batch update and says what came back.
func (w *world) try() (status int, body string, err error) {
	req, _ := http.NewRequest("POST", w.url+contacts+"/batch/update", strings.NewReader(`{"inputs":[{"id":"101","properties":{"city":"Ulm"}}]}`))
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := w.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

func TestFaultsOnDemand(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   portal.Fault
		status  int
		broken  bool
		applied bool
		words   string
	}{
		{"locked", portal.Fault{Kind: "status", Status: 423}, 423, false, false, "LOCKED"},
		{"migration", portal.Fault{Kind: "status", Status: 477, RetryAfter: 30}, 477, false, false, "MIGRATION"},
		{"bad gateway", portal.Fault{Kind: "status", Status: 502}, 502, false, false, "INTERNAL_ERROR"},
		{"cloudflare", portal.Fault{Kind: "status", Status: 523, Message: "origin unreachable"}, 523, false, false, "origin unreachable"},
		{"limit", portal.Fault{Kind: "status", Status: 429}, 429, false, false, "TEN_SECONDLY_ROLLING"},
		{"page", portal.Fault{Kind: "html"}, 502, false, false, "<!DOCTYPE html>"},
		{"page with 200", portal.Fault{Kind: "html", Status: 200}, 200, false, false, "<!DOCTYPE html>"},
		{"cut short", portal.Fault{Kind: "truncate"}, 200, true, true, `{"status"`},
		{"answer lost", portal.Fault{Kind: "apply-then-lose"}, 0, true, true, ""},
		{"answer replaced", portal.Fault{Kind: "apply-then-lose", Status: 504}, 504, false, true, "timed out"},
		{"request lost", portal.Fault{Kind: "lose-before"}, 0, true, false, ""},
		{"token expires", portal.Fault{Kind: "expire-token"}, 401, false, false, "EXPIRED_AUTHENTICATION"},
		{"slow", portal.Fault{Kind: "slow", DelayMS: 7000}, 200, false, true, "COMPLETE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var slept time.Duration
			w := newWorld(t, 1, func(o *portal.Options) {
				o.Sleep = func(_ context.Context, d time.Duration) { slept += d }
			})
			c.fault.Match = "POST .*batch/update"
			if err := w.s.AddFault(c.fault); err != nil {
				t.Fatal(err)
			}
			w.want(200, "GET", contacts, nil) // does not match
			status, body, err := w.try()
			if status != c.status || (err != nil) != c.broken || !strings.Contains(body, c.words) {
				t.Errorf("status %d, body %q, error %v", status, body, err)
			}
			r, _ := w.s.Record("101")
			if (r.Properties["city"] == "Ulm") != c.applied {
				t.Errorf("applied %v, want %v", r.Properties["city"] == "Ulm", c.applied)
			}
			if want := time.Duration(c.fault.DelayMS) * time.Millisecond; slept != want {
				t.Errorf("slept %s, want %s", slept, want)
			}
			if log := w.s.Log(); log[len(log)-1].Fault != c.fault.Kind || log[len(log)-1].Kind != "write" {
				t.Errorf("log says %+v", log[len(log)-1])
			}
			if c.fault.Kind != "expire-token" {
				if status, _, err := w.try(); status != 200 || err != nil {
					t.Errorf("the fault struck twice: %d %v", status, err)
				}
			}
		})
	}
}

func TestFaultAfterSomeCallsAndSomeTimes(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.s.AddFault(portal.Fault{Match: "^GET", Kind: "status", Status: 503, After: 2, Times: 2, RetryAfter: 9}); err != nil {
		t.Fatal(err)
	}
	var got []int
	for range 5 {
		status, _, h := w.do("GET", contacts, nil)
		got = append(got, status)
		if (h.Get("Retry-After") == "9") != (status == 503) {
			t.Errorf("Retry-After %q at %d", h.Get("Retry-After"), status)
		}
	}
	want := []int{200, 200, 503, 503, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	for _, f := range []portal.Fault{{Kind: "nonsense"}, {Kind: "status"}, {Kind: "html", Match: "("}, {Kind: "html", Status: 9}} {
		if w.s.AddFault(f) == nil {
			t.Errorf("accepted %+v", f)
		}
	}
	w.s.ClearFaults()
	if len(w.s.Faults()) != 0 {
		t.Error("faults remain")
	}
}

func TestAdminEndpoints(t *testing.T) {
	w := newWorld(t, 4, nil)
	w.want(200, "POST", "/admin/faults", object{"match": "GET .*contacts$", "kind": "status", "status": 502})
	w.want(502, "GET", contacts, nil)
	w.want(400, "POST", "/admin/faults", object{"kind": "nonsense"})
	w.want(400, "POST", "/admin/faults", object{"kid": "status"})
	w.want(200, "DELETE", "/admin/faults", nil)
	for _, d := range []object{
		{"as": "user", "id": "101", "user": 7, "properties": object{"city": "Ulm"}}, {"as": "mobile", "id": "101", "properties": object{"city": "Bonn"}},
		{"as": "import", "id": "101", "properties": object{"city": "Kiel"}}, {"as": "workflow", "id": "101", "properties": object{"city": "Ulm"}},
		{"as": "integration", "id": "101", "app": 5, "properties": object{"city": "Bonn"}}, {"as": "clear", "id": "101", "property": "city"},
		{"as": "merge", "id": "101", "other": "151"}, {"as": "archive", "id": "201"}, {"as": "restore", "id": "201"}, {"as": "gdpr-delete", "id": "201"},
		{"as": "month-end", "n": 1}, {"as": "random", "n": 3},
	} {
		w.want(200, "POST", "/admin/people", d)
	}
	w.want(400, "POST", "/admin/people", object{"as": "nobody"})
	w.want(400, "POST", "/admin/people", object{"as": "user", "id": "9"})
	if len(w.s.PeopleLog()) < 12 {
		t.Errorf("%d deeds in the log", len(w.s.PeopleLog()))
	}
	w.want(200, "PUT", "/admin/limits", object{"burst": 1})
	w.want(200, "GET", contacts, nil)
	w.want(429, "GET", contacts, nil)
	w.want(200, "PUT", "/admin/limits", object{"tier": "off"})
	w.want(200, "PUT", "/admin/lag", object{"lag_ms": 1000, "jitter_ms": 0})
	w.want(200, "PATCH", contacts+"/251", object{"properties": object{"city": "Ulm"}})
	st := w.want(200, "GET", "/admin/stats?writes=true&id=251", nil)
	if st["pending_index"] != 1.0 || dig(st, "by_kind", "write") != 1.0 {
		t.Errorf("%v", st)
	}
	mustContain(t, st, `"property":"city"`)
	mustContain(t, w.want(200, "POST", "/admin/consume", object{"calls": 10}), "daily_used")
	w.want(200, "POST", "/admin/refuse", object{"id": "251", "message": "no"})
	w.want(400, "PATCH", contacts+"/251", object{"properties": object{"city": "Kiel"}})
	w.want(200, "DELETE", "/admin/stats", nil)
	if st := w.want(200, "GET", "/admin/stats", nil); st["requests"] != 0.0 {
		t.Errorf("%v", st)
	}
}

func TestRandomEditsAreAllInTheLog(t *testing.T) {
	w := newWorld(t, 50, nil)
	w.defineRole()
	before := records(w.s)
	if n := w.s.RandomEdits(400); n < 300 {
		t.Errorf("%d edits done", n)
	}
	who := map[string]int{}
	state := map[string]map[string]string{}
	for id, r := range before {
		state[id] = r.Properties
	}
	for _, e := range w.s.PeopleLog() {
		who[e.Who]++
		if e.Action == "edit" {
			if state[e.Contact][e.Property] != e.Before {
				t.Fatalf("the log says %q was %q, it was %q", e.Property, e.Before, state[e.Contact][e.Property])
			}
			state[e.Contact][e.Property] = e.After
		}
	}
	for _, w := range []string{"user", "mobile", "import", "workflow", "integration"} {
		if who[w] == 0 {
			t.Errorf("nobody edited as %s", w)
		}
	}
	for id, r := range records(w.s) {
		if r.State == "live" && len(before[id].Into) == 0 && r.Properties["job_role"] != state[id]["job_role"] && !mergedInto(w.s, id) {
			t.Errorf("contact %s has %q, the log leads to %q", id, r.Properties["job_role"], state[id]["job_role"])
		}
	}
}

func mergedInto(s *portal.Server, id string) bool {
	for _, e := range s.PeopleLog() {
		if e.Action == "merge" && e.After == id {
			return true
		}
	}
	return false
}

func TestWebhooksAreSigned(t *testing.T) {
	var got []object
	var valid []bool
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var events []object
		if err := json.Unmarshal(raw, &events); err != nil {
			t.Error(err)
		}
		got = append(got, events...)
		sig := portal.Signature("secret", "POST", "http://"+r.Host+r.URL.Path, raw, r.Header.Get("X-HubSpot-Request-Timestamp"))
		valid = append(valid, sig == r.Header.Get("X-HubSpot-Signature-v3"))
	}))
	defer hook.Close()
	w := newWorld(t, 2, func(o *portal.Options) {
		o.WebhookURL, o.WebhookSecret, o.WebhookAppID = hook.URL+"/hooks/hubspot", "secret", 11
	})
	if err := w.s.EditAsUser("101", 7, map[string]string{"jobtitle": "CEO"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Merge("101", "151"); err != nil {
		t.Fatal(err)
	}
	if err := w.s.GDPRDelete("101"); err != nil {
		t.Fatal(err)
	}
	n, err := w.s.DeliverWebhooks(t.Context(), hook.Client())
	if err != nil || n != 3 || len(got) != 3 {
		t.Fatalf("%d events, %v: %v", n, err, got)
	}
	e := got[0]
	if e["subscriptionType"] != "contact.propertyChange" || e["propertyName"] != "jobtitle" || e["propertyValue"] != "CEO" || e["changeSource"] != "CRM_UI" || e["sourceId"] != "userId:7" || e["objectId"] != 101.0 {
		t.Errorf("%v", e)
	}
	if got[1]["subscriptionType"] != "contact.merge" || got[2]["subscriptionType"] != "contact.privacyDeletion" || !valid[0] {
		t.Errorf("%v %v", got[1:], valid)
	}
}

// The expected text was computed with openssl dgst -sha256 -hmac.
func TestSignatureOfAKnownRequest(t *testing.T) {
	got := portal.Signature("secret", "POST", "https://example.com/hooks/hubspot", []byte(`[{"objectId":1}]`), "1764061200000")
	if want := "RHh2B/2YOb5NQaqW9zAkw27wHckpaNprHGnIUM/IC3I="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, 300, func(o *portal.Options) { o.IndexLag, o.IndexJitter = time.Second, time.Second })
	done := make(chan struct{})
	go func() { defer close(done); w.s.RandomEdits(300) }()
	errs := make(chan error, 4)
	for range 4 {
		go func() {
			for range 20 {
				w.clock.advance(100 * time.Millisecond)
				for _, q := range []struct{ method, path, body string }{{"GET", contacts + "?limit=50&propertiesWithHistory=jobtitle", ""}, {"POST", contacts + "/search", `{"limit":100,"sorts":["lastmodifieddate"]}`},
					{"PATCH", contacts + "/201", `{"properties":{"city":"Ulm"}}`}, {"GET", "/contacts?q=a", ""}, {"GET", "/admin/stats", ""}} {
					req, _ := http.NewRequest(q.method, w.url+q.path, strings.NewReader(q.body))
					req.Header.Set("Authorization", "Bearer x")
					resp, err := w.http.Do(req)
					if err != nil {
						errs <- err
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	<-done
}
