package hubspot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

// The table of what an unclear answer to a write leads to; nothing is ever sent twice.
func TestUnclearAnswersToAWriteAreReadBack(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault portal.Fault
		want  plan.Fate
	}{
		{"applied, connection lost", portal.Fault{Kind: "apply-then-lose"}, plan.Taken},
		{"applied, 500", portal.Fault{Kind: "apply-then-lose", Status: 500}, plan.Taken},
		{"applied, 504", portal.Fault{Kind: "apply-then-lose", Status: 504}, plan.Taken},
		{"applied, answer cut short", portal.Fault{Kind: "truncate"}, plan.Taken},
		{"not applied, connection lost", portal.Fault{Kind: "lose-before"}, plan.Unknown},
		{"not applied, 502", portal.Fault{Kind: "status", Status: 502}, plan.Unknown},
		{"not applied, HTML with 200", portal.Fault{Kind: "html", Status: 200}, plan.Unknown},
		{"not applied, 429", portal.Fault{Kind: "status", Status: 429}, plan.Taken},
		{"not applied, 423", portal.Fault{Kind: "status", Status: 423}, plan.Taken},
		{"not applied, 477 for a moment", portal.Fault{Kind: "status", Status: 477, RetryAfter: 20}, plan.Taken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, tapped := tap(t, 0)
			s, crm, _ := sandbox(t, 5, portal.Options{}, tapped)
			first, _ := changed(t, crm, label.Cursor{})
			ensured(t, crm, wanted())
			tc.fault.Match = "batch/update"
			if err := s.AddFault(tc.fault); err != nil {
				t.Fatal(err)
			}
			results := mustWrite(t, crm, first, "alpha")
			for _, r := range results {
				if r.Fate != tc.want {
					t.Errorf("%+v", r)
				}
			}
			sent := w.count(ending("/batch/update"))
			resent := tc.fault.Status == 429 || tc.fault.Status == 423 || tc.fault.Status == 477
			if resent != (sent == 2) || sent > 2 {
				t.Errorf("sent %d times", sent)
			}
		})
	}
}

func TestWritingStopsWhenTooMuchIsRefused(t *testing.T) {
	s, crm, _ := sandbox(t, 400, portal.Options{}, func(o *hubspot.Options) { o.Limits.InFlight = 1 })
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	all := ids(first)
	var writes []plan.Write
	for i, id := range all {
		if i >= 10 && i%4 == 0 {
			if err := s.RefuseWrites(string(id), "no"); err != nil {
				t.Fatal(err)
			}
		}
		writes = append(writes, write(id, "alpha"))
	}
	results, err := crm.Write(t.Context(), writes)
	var stopped *hubspot.StoppedError
	if !errors.As(err, &stopped) || !errors.Is(err, hubspot.KindStopped) {
		t.Fatalf("got %v", err)
	}
	f := fates(results)
	if len(results) != 400 || f["not sent"] < 250 || f["taken"]+f["refused"]+f["not sent"] != 400 {
		t.Errorf("fates %v", f)
	}
}

func TestWritingStopsWhenTheCanaryShowsSomethingElse(t *testing.T) {
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		value := "alpha"
		if strings.HasSuffix(r.URL.Path, "/batch/read") {
			value = "beta" // a workflow sets it back
		}
		var in struct{ Inputs []struct{ ID string } }
		_ = json.Unmarshal(body, &in)
		var rows []string
		for _, one := range in.Inputs {
			rows = append(rows, fmt.Sprintf(`{"id":%q,"properties":{"job_role":%q},"updatedAt":"2026-01-02T03:04:05Z"}`, one.ID, value))
		}
		say(w, 200, `{"results":[`+strings.Join(rows, ",")+`]}`)
	})
	var writes []plan.Write
	for i := range 300 {
		writes = append(writes, write(label.ContactID(fmt.Sprint(1+i)), "alpha"))
	}
	results, err := client(t, url, c).Write(t.Context(), writes)
	if f := fates(results); !errors.Is(err, hubspot.KindStopped) || f["not sent"] != 290 {
		t.Errorf("%v, %v", err, f)
	}
}

func TestAPersonsEditRightAfterTheCanaryDoesNotStopTheWriting(t *testing.T) {
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var in struct{ Inputs []struct{ ID string } }
		_ = json.Unmarshal(body, &in)
		var rows []string
		for _, one := range in.Inputs {
			row := fmt.Sprintf(`{"id":%q,"properties":{"job_role":"alpha"},"updatedAt":"2026-01-02T03:04:05Z"}`, one.ID)
			if strings.HasSuffix(r.URL.Path, "/batch/read") {
				row = fmt.Sprintf(`{"id":%q,"properties":{"job_role":"beta"},"propertiesWithHistory":{"job_role":[
					{"value":"beta","timestamp":"2026-01-02T03:04:06Z","sourceType":"CRM_UI","sourceId":"userId:5"},
					{"value":"alpha","timestamp":"2026-01-02T03:04:05Z","sourceType":"INTEGRATION","sourceId":"1"}]}}`, one.ID)
			}
			rows = append(rows, row)
		}
		say(w, 200, `{"results":[`+strings.Join(rows, ",")+`]}`)
	})
	results, err := client(t, url, c).Write(t.Context(), []plan.Write{write("1", "alpha"), write("2", "alpha")})
	if err != nil || fates(results)["taken"] != 2 {
		t.Errorf("%v, %v", results, err)
	}
}

func TestOnlyOurPropertiesAreWritten(t *testing.T) {
	w, tapped := tap(t, 0)
	s, crm, _ := sandbox(t, 3, portal.Options{}, tapped)
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	id := ids(first)[0]
	before, _ := s.Record(string(id))
	role, empty, sure, why := label.Value("alpha"), label.Value(""), 0.93456, "rule R-1"
	one := plan.Write{TraceID: "x", ContactID: id, Labels: [label.AxisCount]*label.Value{&role, &empty}, Confidence: &sure, Source: &why}
	results, err := crm.Write(t.Context(), []plan.Write{one, {ContactID: "x1"}, {ContactID: id}, {ContactID: ids(first)[1], Labels: one.Labels}})
	if err != nil || results[0].Fate != plan.Taken || results[1].Code != "BAD_ID" || results[2].Code != "NOTHING_TO_WRITE" || results[3].Fate != plan.Taken {
		t.Fatalf("%+v, %v", results, err)
	}
	after, _ := s.Record(string(id))
	for name, v := range after.Properties {
		if strings.HasPrefix(name, "job_") || strings.HasSuffix(name, "lastmodifieddate") {
			continue
		}
		if before.Properties[name] != v {
			t.Errorf("%s changed from %q to %q", name, before.Properties[name], v)
		}
	}
	if after.Properties["job_role"] != "alpha" || after.Properties["job_label_confidence"] != "0.935" || after.Properties["job_label_source"] != "rule R-1" {
		t.Errorf("%v", after.Properties)
	}
	if n := w.count(func(e exchange) bool {
		return ending("/batch/update")(e) && strings.Contains(e.body, `"objectWriteTraceId":"x"`)
	}); n != 1 {
		t.Errorf("the trace id was sent %d times", n)
	}
}

func TestAWriteToAMergedContactSaysSo(t *testing.T) {
	s, crm, _ := sandbox(t, 4, portal.Options{MergeMintsID: true})
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	all := ids(first)
	survivor, err := s.Merge(string(all[0]), string(all[1]))
	if err != nil {
		t.Fatal(err)
	}
	results := mustWrite(t, crm, first, "alpha")
	if results[1].Fate != plan.Gone || results[1].Code != "MERGED" || !strings.Contains(results[1].Message, survivor) || fates(results)["taken"] != 2 {
		t.Errorf("%+v", results)
	}
}

func TestTheCanaryTeachesWhoWeAre(t *testing.T) {
	var learnt []string
	_, crm, _ := sandbox(t, 30, portal.Options{}, func(o *hubspot.Options) { o.OnSource = func(s string) { learnt = append(learnt, s) } })
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	mustWrite(t, crm, first, "alpha")
	if len(learnt) != 1 || learnt[0] != "INTEGRATION/4711" {
		t.Errorf("learnt %q", learnt)
	}
}
