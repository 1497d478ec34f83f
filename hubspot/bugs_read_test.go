package hubspot_test

// The bugs of other people's integrations that concern reading; docs/hubspot.md says how each test was seen to fail.

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/sandbox/portal"
)

func TestBug01_TwelveThousandContactsShareOneTimestamp(t *testing.T) {
	w, tapped := tap(t, 600)
	s, crm, c := sandbox(t, 36_000, portal.Options{}, tapped)
	_, cur := changed(t, crm, label.Cursor{})
	c.advance(time.Hour)
	s.MonthEndTouch(3)
	got, next := changed(t, crm, cur)
	touched := 0
	for _, x := range got.all {
		if x.ModifiedAt.Equal(next.Watermark) {
			touched++
		}
	}
	if touched != 12_000 {
		t.Errorf("%d of 12,000 contacts found", touched)
	}
	if !next.Watermark.After(cur.Watermark) {
		t.Errorf("the watermark did not move: %v", next.Watermark)
	}
	if n := w.count(ending("/search")); n > 80 {
		t.Errorf("%d searches for 12,000 contacts at 200 a page", n)
	}
}

func TestBug02_MoreChangesThanOneSearchGives(t *testing.T) {
	start := time.Now().Add(-time.Hour).UnixMilli()
	index := &stubIndex{}
	for i := range 30_000 { // so many others that search is the shorter way
		index.all = append(index.all, stubContact{id: int64(i + 100_000), modified: start - 86_400_000})
	}
	for i := range 11_000 {
		index.all = append(index.all, stubContact{id: int64(i + 1), modified: start + int64(i)})
	}
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) { index.answer(w, body) })
	w, tapped := tap(t, 400)
	got, cur := changed(t, client(t, url, c, tapped), label.Cursor{Complete: true, Watermark: time.UnixMilli(start)})
	if len(got.all) != 11_000 || cur.Watermark.UnixMilli() != start+10_999 {
		t.Errorf("%d of 11,000 found, watermark %v", len(got.all), cur.Watermark)
	}
	if n := w.count(status(400)); n > 0 {
		t.Errorf("%d searches went past HubSpot's cap", n)
	}
}

func TestBug03_AChangeBecomesVisibleAfterALaterOne(t *testing.T) {
	now := time.Now().UnixMilli()
	index := &stubIndex{all: []stubContact{{id: 1, modified: now - 40_000, hidden: true}, {id: 2, modified: now - 10_000}}}
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) { index.answer(w, body) })
	crm := client(t, url, c)
	got, cur := changed(t, crm, label.Cursor{Complete: true, Watermark: time.UnixMilli(now - 60_000)})
	if len(got.all) != 1 {
		t.Fatalf("%d contacts, one was to be visible", len(got.all))
	}
	index.set(0, func(x *stubContact) { x.hidden = false })
	if got, _ = changed(t, crm, cur); len(got.all) != 2 {
		t.Errorf("the late contact was missed: %v", got.all)
	}
}

func TestBug04_SearchShowsNothingRightAfterAWrite(t *testing.T) {
	w, tapped := tap(t, 0)
	s, crm, c := sandbox(t, 30, portal.Options{IndexLag: 2 * time.Hour}, tapped)
	c.advance(3 * time.Hour)
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	if err := s.AddFault(portal.Fault{Match: "batch/update", Kind: "apply-then-lose", Times: -1}); err != nil {
		t.Fatal(err)
	}
	before := w.count(ending("/search"))
	results := mustWrite(t, crm, first, "alpha")
	if n := fates(results)["taken"]; n != 30 {
		t.Errorf("read back: %v", fates(results))
	}
	if n := w.count(ending("/search")) - before; n > 0 {
		t.Errorf("%d searches to look after a write: search lags, ids do not", n)
	}
}

func TestBug05_TheOtherObjectsTimeOfChangeFindsNothing(t *testing.T) {
	index := &stubIndex{all: []stubContact{{id: 1, modified: time.Now().UnixMilli()}}}
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) { index.answer(w, body) })
	got, _ := changed(t, client(t, url, c), label.Cursor{Complete: true, Watermark: c.Now().Add(-time.Minute)})
	if len(got.all) != 1 {
		t.Errorf("nothing found: contacts are filtered by lastmodifieddate, not hs_lastmodifieddate")
	}
}

func TestBug06_HistoryIsCappedAtFifty(t *testing.T) {
	w, tapped := tap(t, 0)
	_, crm, _ := sandbox(t, 120, portal.Options{}, tapped)
	first, _ := changed(t, crm, label.Cursor{})
	before := len(w.all)
	got, err := crm.Read(t.Context(), ids(first), true)
	if err != nil || len(got) != 120 {
		t.Fatalf("read %d of 120 with history: %v", len(got), err)
	}
	if n := len(w.all) - before; n != 3 || w.count(status(400)) > 0 {
		t.Errorf("%d requests (3 are needed), %d refused", n, w.count(status(400)))
	}
}

func TestBug07_AddressesGrowTooLong(t *testing.T) {
	w, tapped := tap(t, 0)
	_, crm, _ := sandbox(t, 1000, portal.Options{}, tapped)
	first, _ := changed(t, crm, label.Cursor{})
	for _, history := range []bool{false, true} {
		if got, err := crm.Read(t.Context(), ids(first), history); err != nil || len(got) != 1000 {
			t.Fatalf("read %d: %v", len(got), err)
		}
	}
	if n := w.count(func(e exchange) bool { return len(e.path)+len(e.query) > 500 }); n > 0 {
		t.Errorf("%d addresses are longer than 500 characters", n)
	}
	if n := w.count(func(e exchange) bool { return ending("/search")(e) && len(e.body) > 3000 }); n > 0 {
		t.Errorf("%d searches are longer than 3,000 characters", n)
	}
}

func TestBug08_SearchHasNoHistory(t *testing.T) {
	s, crm, c := sandbox(t, 3, portal.Options{})
	ensured(t, crm, wanted())
	first, cur := changed(t, crm, label.Cursor{})
	id := ids(first)[0]
	c.advance(time.Hour)
	if err := s.EditAsUser(string(id), 77, map[string]string{"job_role": "beta"}); err != nil {
		t.Fatal(err)
	}
	got, _ := changed(t, crm, cur)
	if got.all[id].Edits[label.Role] != nil {
		t.Error("search claims to know whose edit it was")
	}
	read, err := crm.Read(t.Context(), []label.ContactID{id}, true)
	if err != nil || len(read) != 1 {
		t.Fatalf("read: %v", err)
	}
	if e := read[0].Edits[label.Role]; e == nil || e.Kind != label.EditPerson || e.By != "77" || e.Value != "beta" || e.At.IsZero() {
		t.Errorf("whose edit it was: %+v", e)
	}
}

func TestBug12_MergedContactsLeaveNoGhosts(t *testing.T) {
	for _, mints := range []bool{false, true} {
		t.Run(fmt.Sprint("a new id is made: ", mints), func(t *testing.T) {
			s, crm, c := sandbox(t, 10, portal.Options{MergeMintsID: mints})
			first, cur := changed(t, crm, label.Cursor{})
			all := ids(first)
			c.advance(time.Hour)
			survivor, err := s.Merge(string(all[0]), string(all[1]))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := changed(t, crm, cur)
			if into := got.all[all[1]].MergedInto; string(into) != survivor {
				t.Errorf("the next read says %s went into %q, not %s", all[1], into, survivor)
			}
			for _, history := range []bool{false, true} {
				read, err := crm.Read(t.Context(), all[:2], history)
				if err != nil {
					t.Fatal(err)
				}
				by := map[label.ContactID]label.Contact{}
				for _, x := range read {
					by[x.ID] = x
				}
				if string(by[all[1]].MergedInto) != survivor || by[label.ContactID(survivor)].Title == "" {
					t.Errorf("read by id: %+v", read)
				}
			}
		})
	}
}

func TestBug12_AMergeThatTheListOfMergedIDsDoesNotName(t *testing.T) {
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/batch/read"):
			say(w, 200, `{"results":[{"id":"9","properties":{"jobtitle":"Clerk"}}]}`)
		case strings.HasSuffix(r.URL.Path, "/contacts/5"):
			say(w, 200, `{"id":"9","properties":{"jobtitle":"Clerk"}}`)
		default:
			say(w, 404, `{"category":"OBJECT_NOT_FOUND"}`)
		}
	})
	got, err := client(t, url, c).Read(t.Context(), []label.ContactID{"5", "6"}, false)
	if err != nil || len(got) != 2 || got[0].ID != "5" || got[0].MergedInto != "9" || got[1].ID != "9" || got[1].Title != "Clerk" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestBug17_MixedTimestamps(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, form := range []string{`"1767323045000"`, `1767323045000`, `"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.000Z"`, `"2026-01-02T05:04:05+02:00"`, `"2026-01-02T03:04:05"`} {
		url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
			say(w, 200, `{"results":[{"id":"1","properties":{"lastmodifieddate":`+form+`}}]}`)
		})
		got, err := client(t, url, c).Read(t.Context(), []label.ContactID{"1"}, false)
		if err != nil || len(got) != 1 || !got[0].ModifiedAt.Equal(want) || got[0].ModifiedAt.Location() != time.UTC {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
}

func TestBug18_TheFirstPageIsNotEverything(t *testing.T) {
	_, crm, _ := sandbox(t, 350, portal.Options{})
	if got, _ := changed(t, crm, label.Cursor{}); len(got.all) != 350 || got.pages != 4 {
		t.Errorf("%d of 350 contacts in %d pages", len(got.all), got.pages)
	}
	// A list that forgets to say that it goes on.
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if strings.HasSuffix(r.URL.Path, "/search") {
			say(w, 200, `{"total":1800,"results":[{"id":"1","properties":{"lastmodifieddate":"1767323045000"}}]}`)
			return
		}
		say(w, 200, `{"results":[{"id":"1","properties":{"jobtitle":"Clerk"}}]}`)
	})
	cur, err := client(t, url, c).Changed(t.Context(), label.Cursor{}, (&seen{}).page)
	if !errors.Is(err, hubspot.KindNoProgress) || cur.Complete {
		t.Errorf("a list that ended after 1 of 1,800 contacts was believed: %v, %+v", err, cur)
	}
}

func TestBug20_TheVersionIsASetting(t *testing.T) {
	for _, v := range hubspot.Versions() {
		w, tapped := tap(t, 0)
		_, crm, _ := sandbox(t, 5, portal.Options{}, tapped, func(o *hubspot.Options) { o.Version = v })
		first, cur := changed(t, crm, label.Cursor{})
		ensured(t, crm, wanted())
		changed(t, crm, cur)
		mustWrite(t, crm, first, "alpha")
		if _, err := crm.Account(t.Context()); err != nil {
			t.Error(err)
		}
		if n := w.count(func(e exchange) bool { return !strings.Contains(e.path, "/"+string(v)+"/") }); n > 0 {
			t.Errorf("%d paths are not of version %s", n, v)
		}
	}
}
