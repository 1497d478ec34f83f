package hubspot_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/sandbox/portal"
)

// When nearly everything has changed, the list is the shorter way; its cursor holds as any other.
func TestAfterAMassUpdateTheListIsRead(t *testing.T) {
	w, tapped := tap(t, 400)
	s, crm, c := sandbox(t, 9_000, portal.Options{}, tapped)
	_, cur := changed(t, crm, label.Cursor{})
	c.advance(time.Hour)
	s.MonthEndTouch(1)
	before := w.count(ending("/search"))
	got, next := changed(t, crm, cur)
	if n := w.count(ending("/search")) - before; len(got.all) != 9_000 || n > 3 || !next.Complete || !next.Watermark.After(cur.Watermark) {
		t.Errorf("%d contacts, %d searches, cursor %+v", len(got.all), n, next)
	}
	for _, step := range []struct {
		name   string
		pause  time.Duration
		found  int
		atMost int // requests
	}{
		{"at once", 0, 0, 1},
		{"when the overlap has passed, a second time", 15 * time.Minute, 9_000, 100},
		{"at once after that", 0, 0, 1},
		{"and from then on", time.Hour, 0, 1},
	} {
		c.advance(step.pause)
		all := len(w.all)
		if got, next = changed(t, crm, next); len(got.all) != step.found || len(w.all)-all > step.atMost {
			t.Errorf("%s: %d contacts in %d requests", step.name, len(got.all), len(w.all)-all)
		}
	}
}

// A search must not be believed when it is not in the order that was asked for: keyset paging would skip.
func TestSearchOutOfOrderIsNotBelieved(t *testing.T) {
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		say(w, 200, `{"total":2,"results":[{"id":"1","properties":{"lastmodifieddate":"1767323045000"}},{"id":"2","properties":{"lastmodifieddate":"1767323044000"}}]}`)
	})
	_, err := client(t, url, c).Changed(t.Context(), label.Cursor{Complete: true, Watermark: time.UnixMilli(1767323040000)}, (&seen{}).page)
	if !errors.Is(err, hubspot.KindNoProgress) {
		t.Errorf("got %v", err)
	}
}

// Contacts that are changed while they are read move to the end; nobody is skipped.
func TestContactsThatMoveWhileTheyAreRead(t *testing.T) {
	start := time.Now().Add(-time.Hour).UnixMilli()
	index := &stubIndex{}
	for i := range 1000 {
		index.all = append(index.all, stubContact{id: int64(i + 1), modified: start + int64(i)})
	}
	searches := 0
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		index.answer(w, body)
		for i := range 50 { // fifty contacts already read are edited between two pages
			if searches < 8 {
				index.set(searches*50+i, func(x *stubContact) { x.modified = start + 5000 + int64(searches*50+i) })
			}
		}
		searches++
	})
	got, _ := changed(t, client(t, url, c), label.Cursor{Complete: true, Watermark: time.UnixMilli(start)})
	if len(got.all) != 1000 {
		t.Errorf("%d of 1000 found", len(got.all))
	}
}

// A batch update gives a hundred contacts one time of change: a page that ends among them does not make them come
// again, where HubSpot understands a search that names them, and nobody is missed where it does not.
func TestContactsThatChangedInBatches(t *testing.T) {
	for _, c := range []struct {
		name          string
		batch         int
		notIn         string
		move          bool
		least, atMost int // searches
	}{
		{"a hundred at one time", 100, "", false, 10, 11},
		{"seventy", 70, "", false, 10, 11},
		{"while contacts move", 70, "", true, 10, 14},
		{"more than a search has room to name", 190, "", false, 10, 40},
		{"more than a page", 450, "", false, 10, 40},
		{"naming is refused", 70, "refused", true, 11, 25},
		{"naming finds nobody", 70, "nothing", true, 11, 25},
	} {
		t.Run(c.name, func(t *testing.T) {
			const contacts = 2000
			index := &stubIndex{notIn: c.notIn}
			start := time.Now().Add(-time.Hour).UnixMilli()
			for i := range contacts {
				index.all = append(index.all, stubContact{id: 10_000_000_000 + int64(i*7919%contacts), modified: start + int64(i/c.batch)})
			}
			url, clock := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				index.answer(w, body)
				if n := index.searches; c.move && n < 9 {
					for i := range 10 { // some that were read, some that are to be read
						index.set((n*400+i*37)%contacts, func(x *stubContact) { x.modified = start + 10_000 + int64(n) })
					}
				}
			})
			got, _ := changed(t, client(t, url, clock), label.Cursor{Complete: true, Watermark: time.UnixMilli(start)})
			if len(got.all) != contacts {
				t.Errorf("%d of %d found", len(got.all), contacts)
			}
			for _, x := range index.all {
				if at := got.all[label.ContactID(strconv.FormatInt(x.id, 10))].ModifiedAt.UnixMilli(); at != x.modified {
					t.Fatalf("contact %d: changed at %d, read as of %d", x.id, x.modified, at)
				}
			}
			if n := index.searches; n < c.least || n > c.atMost {
				t.Errorf("%d searches", n)
			}
		})
	}
}

func TestCursorsThatAreBrokenAreHealed(t *testing.T) {
	now := time.Now().UnixMilli()
	for name, mark := range map[string]time.Time{
		"the year 2999":  time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
		"an hour ahead":  time.UnixMilli(now).Add(time.Hour),
		"zero, complete": {},
	} {
		t.Run(name, func(t *testing.T) {
			s, crm, c := sandbox(t, 3, portal.Options{})
			first, _ := changed(t, crm, label.Cursor{})
			if err := s.EditAsUser(string(ids(first)[0]), 1, map[string]string{"jobtitle": "Chief"}); err != nil {
				t.Fatal(err)
			}
			got, cur := changed(t, crm, label.Cursor{Complete: true, Watermark: mark})
			if len(got.all) == 0 || cur.Watermark.After(c.Now()) || cur.Watermark.IsZero() || !cur.Complete {
				t.Errorf("found %d, cursor %+v", len(got.all), cur)
			}
		})
	}
	t.Run("a page that HubSpot no longer knows", func(t *testing.T) {
		_, crm, _ := sandbox(t, 250, portal.Options{})
		if got, cur := changed(t, crm, label.Cursor{After: "junk-junk"}); len(got.all) != 250 || !cur.Complete {
			t.Errorf("found %d, cursor %+v", len(got.all), cur)
		}
	})
}

func TestAFirstReadResumesWhereItStopped(t *testing.T) {
	s, crm, c := sandbox(t, 950, portal.Options{})
	var got seen
	stopAt := errors.New("the machine went down")
	cur, err := crm.Changed(t.Context(), label.Cursor{}, func(cs []label.Contact, at label.Cursor) error {
		if got.pages == 5 {
			return stopAt
		}
		return got.page(cs, at)
	})
	if !errors.Is(err, stopAt) || cur.After == "" || cur.Complete || len(got.all) != 500 {
		t.Fatalf("stopped with %v, cursor %+v after %d contacts", err, cur, len(got.all))
	}
	// Meanwhile a contact that was read already is edited: the watermark must not run past it.
	c.advance(time.Minute)
	var early label.ContactID
	for id := range got.all {
		early = id
	}
	if err := s.EditAsUser(string(early), 1, map[string]string{"jobtitle": "Chief of everything"}); err != nil {
		t.Fatal(err)
	}
	c.advance(30 * time.Minute)
	everybody, _ := changed(t, crm, label.Cursor{})
	var late label.ContactID // one that is still to be read, with a much later time of change
	for id := range everybody.all {
		if _, read := got.all[id]; !read {
			late = id
		}
	}
	if err := s.EditAsUser(string(late), 1, map[string]string{"jobtitle": "Late"}); err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(cur)
	var kept label.Cursor
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Hour)
	cur, err = crm.Changed(t.Context(), kept, got.page)
	if err != nil || len(got.all) != 950 || !cur.Complete {
		t.Fatalf("resumed: %d of 950, %v", len(got.all), err)
	}
	if next, _ := changed(t, crm, cur); next.all[early].Title != "Chief of everything" {
		t.Error("the edit made during the first read was missed by the next one")
	}
}

func TestSweepFindsTheDeletedAndWhatSearchMissed(t *testing.T) {
	s, crm, c := sandbox(t, 250, portal.Options{})
	first, _ := changed(t, crm, label.Cursor{})
	gone := ids(first)[0]
	if err := s.Archive(string(gone)); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Minute)
	var got seen
	cur, err := crm.Sweep(t.Context(), label.Cursor{}, got.page)
	if err != nil || !cur.Complete || len(got.all) != 250 || !got.all[gone].Archived {
		t.Fatalf("sweep: %d, cursor %+v, deleted one %+v, %v", len(got.all), cur, got.all[gone], err)
	}
	// It resumes in the list of the deleted, too.
	for i, at := range got.cursors[:len(got.cursors)-1] {
		var rest seen
		if _, err := crm.Sweep(t.Context(), at, rest.page); err != nil || !rest.all[gone].Archived {
			t.Errorf("resumed after page %d: %v, %d contacts", i, err, len(rest.all))
		}
	}
	if read, err := crm.Read(t.Context(), []label.ContactID{gone}, true); err != nil || len(read) != 0 {
		t.Errorf("a deleted contact was read: %v, %v", read, err)
	}
}

func TestTheOverlapIsReadTwiceAndThenLeft(t *testing.T) {
	w, tapped := tap(t, 0)
	s, crm, c := sandbox(t, 3000, portal.Options{}, tapped)
	_, cur := changed(t, crm, label.Cursor{})
	c.advance(time.Hour)
	s.MonthEndTouch(1)
	all, cur := changed(t, crm, cur)
	if len(all.all) != 3000 {
		t.Fatalf("%d found", len(all.all))
	}
	c.advance(time.Minute)
	before := len(w.all)
	quiet, cur := changed(t, crm, cur)
	if quiet.handed != 0 || len(w.all)-before > 2 {
		t.Errorf("a minute later: %d contacts in %d requests", quiet.handed, len(w.all)-before)
	}
	if err := s.EditAsUser(string(ids(all)[0]), 1, map[string]string{"jobtitle": "Chief"}); err != nil {
		t.Fatal(err)
	}
	one, cur := changed(t, crm, cur)
	if one.handed != 1 {
		t.Errorf("an edit within the overlap: %d contacts", one.handed)
	}
	c.advance(15 * time.Minute)
	if again, _ := changed(t, crm, cur); len(again.all) != 3000 {
		t.Errorf("the second reading of the overlap saw %d contacts", len(again.all))
	}
	c.advance(15 * time.Minute)
	_, cur = changed(t, crm, cur)
	before = len(w.all)
	if last, _ := changed(t, crm, cur); last.handed > 0 || len(w.all)-before != 1 {
		t.Errorf("afterwards: %d contacts in %d requests", last.handed, len(w.all)-before)
	}
}

// What is found while the overlap is left out gets its second reading too.
func TestALateChangeBesideAnEarlyOneIsFound(t *testing.T) {
	index := &stubIndex{}
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) { index.answer(w, body) })
	start := c.Now().UnixMilli()
	for i := range 300 {
		index.all = append(index.all, stubContact{id: int64(i + 1), modified: start - 1000 + int64(i)})
	}
	index.all = append(index.all, stubContact{id: 901, modified: start + 540_000, hidden: true}, stubContact{id: 902, modified: start + 539_000, hidden: true})
	crm := client(t, url, c)
	_, cur := changed(t, crm, label.Cursor{Complete: true, Watermark: time.UnixMilli(start - 1000)})
	c.advance(9 * time.Minute)
	index.set(300, func(x *stubContact) { x.hidden = false })
	got, cur := changed(t, crm, cur)
	if len(got.all) != 1 {
		t.Fatalf("%d contacts with the overlap left out", len(got.all))
	}
	c.advance(2 * time.Minute)
	_, cur = changed(t, crm, cur) // the second reading of the three hundred
	c.advance(time.Minute)
	index.set(301, func(x *stubContact) { x.hidden = false })
	for range 4 {
		got, cur = changed(t, crm, cur)
		if _, found := got.all["902"]; found {
			return
		}
		c.advance(5 * time.Minute)
	}
	t.Error("the late one was never found")
}

func TestChangedStopsWithTheContext(t *testing.T) {
	_, crm, _ := sandbox(t, 300, portal.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := crm.Changed(ctx, label.Cursor{}, func([]label.Contact, label.Cursor) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
