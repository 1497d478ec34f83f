package hubspot_test

import (
	"net/http"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
)

// Whatever a stranger answers, and whatever the cursor says: an error or a result, no panic, and an end.
func FuzzStrangeAnswers(f *testing.F) {
	f.Add([]byte(`{"results":[{"id":"1","properties":{"lastmodifieddate":"5"}}],"paging":{"next":{"after":"1"}}}`), 200, int64(1767323045000), "")
	f.Add([]byte(`{"total":-5,"results":[null,{}],"errors":[{"context":{"ids":"1"}}]}`), 207, int64(-1), "archived:5")
	f.Add([]byte(`<html>`), 502, int64(1<<62), "x")
	f.Add([]byte(`{"status":"error","errors":[{"errors":[{}]}]}`), 400, int64(0), "")
	var body []byte
	status := 200
	url, c := stub(f, func(w http.ResponseWriter, r *http.Request, _ []byte) { say(w, status, string(body)) })
	w, tapped := tap(f, 0)
	f.Fuzz(func(t *testing.T, raw []byte, code int, ms int64, after string) {
		if body, status = raw, code; code < 200 || code > 599 {
			status = 200
		}
		crm := client(t, url, c, tapped, func(o *hubspot.Options) { o.Limits = hubspot.Limits{Tries: 2, Waits: 2} })
		w.all, w.most = nil, 300
		for _, since := range []label.Cursor{{After: after}, {Complete: true, Watermark: time.UnixMilli(ms)}} {
			_, _ = crm.Changed(t.Context(), since, (&seen{}).page)
		}
		_, _ = crm.Read(t.Context(), []label.ContactID{"1", "2", label.ContactID(after)}, true)
		results, _ := crm.Write(t.Context(), []plan.Write{write("1", "a"), write("2", "b"), write(label.ContactID(after), "c")})
		if len(results) != 3 {
			t.Errorf("%d results for 3 writes", len(results))
		}
		_, _ = crm.EnsureProperties(t.Context(), wanted("a"))
		_ = crm.Check(t.Context(), hubspot.Expected{Properties: wanted("a")})
		if len(w.all) >= 300 {
			t.Errorf("more than 300 requests: this does not end")
		}
	})
}
