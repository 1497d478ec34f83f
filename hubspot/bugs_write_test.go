package hubspot_test

// The bugs of other people's integrations that concern writing; docs/hubspot.md says how each test was seen to fail.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

func TestBug13_APartlyRefusedBatchKeepsItsGoodRows(t *testing.T) {
	for _, v := range hubspot.Versions() { // 207 up to 2026-03, 200 with errors[] in 2026-09
		t.Run(string(v), func(t *testing.T) {
			tapped, tapping := tap(t, 0)
			s, crm, _ := sandbox(t, 150, portal.Options{}, tapping, func(o *hubspot.Options) { o.Version = v })
			first, _ := changed(t, crm, label.Cursor{})
			ensured(t, crm, wanted())
			bad := ids(first)[50]
			if err := s.RefuseWrites(string(bad), "The property region is required"); err != nil {
				t.Fatal(err)
			}
			var writes []plan.Write
			for _, id := range ids(first) {
				writes = append(writes, write(id, "alpha"))
			}
			gone := plan.Write{TraceID: "t-gone", ContactID: "99999999", Labels: writes[0].Labels}
			unlisted := write(writes[20].ContactID, "no such option")
			writes[20] = unlisted
			results, err := crm.Write(t.Context(), append(writes, gone))
			if err != nil {
				t.Fatal(err)
			}
			if f := fates(results); f["taken"] != 148 || f["refused"] != 2 || f["gone"] != 1 {
				t.Errorf("fates %v", f)
			}
			if n := tapped.count(ending("/batch/read")); n != 1 {
				t.Errorf("%d batches were read back: only the canary has to be", n)
			}
			for i, w := range writes {
				want := plan.Taken
				if w.ContactID == bad || i == 20 {
					want = plan.Refused
				}
				if results[i].Fate != want || want == plan.Refused && (results[i].Message == "" || results[i].Mend == "" || results[i].Code == "") {
					t.Errorf("row %d (%s): %+v", i, w.ContactID, results[i])
				}
			}
		})
	}
}

func TestBug14_HubSpotSaysYesAndChangesNothing(t *testing.T) {
	for name, answer := range map[string]string{
		"no results at all":   `{"status":"COMPLETE","results":[]}`,
		"another contact's":   `{"status":"COMPLETE","results":[{"id":"8","properties":{"job_role":"alpha"}}]}`,
		"another value":       `{"status":"COMPLETE","results":[{"id":"7","properties":{"job_role":"beta"}}]}`,
		"errors only counted": `{"status":"COMPLETE","results":[],"numErrors":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				if strings.HasSuffix(r.URL.Path, "/batch/read") {
					say(w, 200, `{"results":[{"id":"7","properties":{"job_role":"beta"}}]}`)
					return
				}
				if strings.Contains(string(body), "idProperty") {
					t.Error("idProperty is sent: with record ids HubSpot refuses it, or looks for another contact")
				}
				say(w, 200, answer)
			})
			results, err := client(t, url, c).Write(t.Context(), []plan.Write{write("7", "alpha")})
			if err != nil || results[0].Fate != plan.Unknown {
				t.Errorf("%+v, %v", results, err)
			}
		})
	}
}

func TestBug15_DuplicateIDsDoNotPoisonABatch(t *testing.T) {
	w, tapped := tap(t, 0)
	s, crm, _ := sandbox(t, 20, portal.Options{}, tapped)
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	all := ids(first)
	var writes []plan.Write
	for _, id := range all {
		writes = append(writes, write(id, "alpha"))
	}
	for i, id := range all[10:] {
		again := write(id, "beta")
		again.TraceID = fmt.Sprintf("second-%d", i)
		writes = append(writes, again)
	}
	results, err := crm.Write(t.Context(), writes)
	if err != nil || fates(results)["taken"] != 30 || w.count(status(400)) > 0 {
		t.Fatalf("%v, %v, %d batches refused", fates(results), err, w.count(status(400)))
	}
	for i, id := range all {
		want := "alpha"
		if i >= 10 {
			want = "beta" // the later write counts
		}
		if got, _ := s.Record(string(id)); got.Properties["job_role"] != want {
			t.Errorf("contact %s holds %q, not %q", id, got.Properties["job_role"], want)
		}
	}
	before := len(w.all)
	if got, err := crm.Read(t.Context(), slices.Concat(all, all, all), true); err != nil || len(got) != 20 || len(w.all)-before != 1 {
		t.Errorf("read %d in %d requests: %v", len(got), len(w.all)-before, err)
	}
}

// poisoned is a portal that refuses a whole batch for any of these ids, and names none.
func poisoned(t *testing.T, bad map[string]bool) (string, *clock, *int) {
	updates := 0
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var in struct {
			Inputs []struct {
				ID         string
				Properties map[string]string
			}
		}
		_ = json.Unmarshal(body, &in)
		var rows []string
		for _, one := range in.Inputs {
			if strings.HasSuffix(r.URL.Path, "/update") && bad[one.ID] {
				updates++
				say(w, 400, `{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid"}`)
				return
			}
			rows = append(rows, fmt.Sprintf(`{"id":%q,"properties":{"job_role":"alpha"},"updatedAt":"2026-01-02T03:04:05Z"}`, one.ID))
		}
		if strings.HasSuffix(r.URL.Path, "/update") {
			updates++
		}
		say(w, 200, `{"results":[`+strings.Join(rows, ",")+`]}`)
	})
	return url, c, &updates
}

func TestBug16_OnlyTheFirstBadRowIsNamed(t *testing.T) {
	for _, tc := range []struct {
		name string
		bad  []int // rows of the batch of 100 after the canary
		most int   // updates, the canary's one and the batch's own included
	}{
		{"none", nil, 2},
		{"one", []int{37}, 18},
		{"three", []int{3, 50, 97}, 36},
		{"eighteen: more than a tenth", []int{1, 7, 12, 18, 23, 29, 34, 40, 45, 51, 56, 62, 67, 73, 78, 84, 89, 95}, 118},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bad := map[string]bool{}
			for _, i := range tc.bad {
				bad[fmt.Sprint(1000+10+i)] = true
			}
			url, c, updates := poisoned(t, bad)
			var writes []plan.Write
			for i := range 110 {
				writes = append(writes, write(label.ContactID(fmt.Sprint(1000+i)), "alpha"))
			}
			results, err := client(t, url, c, func(o *hubspot.Options) { o.Limits.InFlight = 1 }).Write(t.Context(), writes)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range results {
				want := plan.Taken
				if bad[string(writes[i].ContactID)] {
					want = plan.Refused
				}
				if r.Fate != want {
					t.Errorf("contact %s: %+v", writes[i].ContactID, r)
				}
			}
			if *updates > tc.most {
				t.Errorf("%d updates, at most %d were expected", *updates, tc.most)
			}
		})
	}
}

func TestBug19_LimitsChangeUnderUs(t *testing.T) {
	cap := 40
	largest := 0
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var in struct{ Inputs []struct{ ID string } }
		_ = json.Unmarshal(body, &in)
		if largest = max(largest, len(in.Inputs)); len(in.Inputs) > cap {
			say(w, 400, `{"category":"VALIDATION_ERROR","message":"The maximum number of inputs supported in a batch request is 40."}`)
			return
		}
		var rows []string
		for _, one := range in.Inputs {
			rows = append(rows, fmt.Sprintf(`{"id":%q,"properties":{"job_role":"alpha"}}`, one.ID))
		}
		say(w, 200, `{"results":[`+strings.Join(rows, ",")+`]}`)
	})
	var writes []plan.Write
	var all []label.ContactID
	for i := range 230 {
		all = append(all, label.ContactID(fmt.Sprint(1+i)))
		writes = append(writes, write(all[i], "alpha"))
	}
	// A cap that nobody told us of: slower, and whole.
	crm := client(t, url, c)
	if results, err := crm.Write(t.Context(), writes); err != nil || fates(results)["taken"] != 230 {
		t.Errorf("%v, %v", fates(results), err)
	}
	if got, err := crm.Read(t.Context(), all, true); err != nil || len(got) != 230 {
		t.Errorf("read %d, %v", len(got), err)
	}
	// The cap is a setting.
	largest = 0
	crm = client(t, url, c, func(o *hubspot.Options) {
		o.Limits = hubspot.Limits{WriteBatch: 40, ReadBatch: 40, HistoryBatch: 30}
	})
	if results, err := crm.Write(t.Context(), writes); err != nil || fates(results)["taken"] != 230 || largest > 40 {
		t.Errorf("%v, %v, largest batch %d", fates(results), err, largest)
	}
	if got, err := crm.Read(t.Context(), all, false); err != nil || len(got) != 230 || largest > 40 {
		t.Errorf("read %d, %v, largest batch %d", len(got), err, largest)
	}
}
