package store_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/store"
)

func TestRequests(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	ask := func(a label.Action, scope string, n int) (int64, bool) {
		id, existed, err := s.Enqueue(ctx, label.Request{Action: a, Scope: scope, Source: "sheet", RequestedAt: after(n)})
		must(t, err)
		return id, existed
	}
	if _, ok, err := s.TakeRequest(ctx, t0); ok || err != nil {
		t.Fatalf("an empty queue gave a request: %v", err)
	}
	run, existed := ask(label.ActionRun, "all", 1)
	if existed {
		t.Error("a new request existed")
	}
	if id, existed := ask(label.ActionRun, "changed", 2); id != run || !existed {
		t.Errorf("the same action twice: %d, %v", id, existed)
	}
	ask(label.ActionUndo, "run-3", 3)
	r, ok, err := s.TakeRequest(ctx, after(4))
	if want := (label.Request{ID: run, Action: label.ActionRun, Scope: "all", Source: "sheet", RequestedAt: after(1), StartedAt: after(4)}); err != nil || !ok || r != want {
		t.Errorf("TakeRequest = %+v, %v, %v; want the oldest", r, ok, err)
	}
	if id, existed := ask(label.ActionRun, "changed", 5); existed || id == run {
		t.Error("a request that runs already swallowed a new one")
	}
	// A crash: the run and the undo were under way, and a run is waiting.
	undo, _, err := s.TakeRequest(ctx, after(6))
	must(t, err)
	if n, err := s.RestartRequests(ctx, after(7)); err != nil || n != 1 {
		t.Errorf("RestartRequests = %d, %v; want 1, for the run waits already", n, err)
	}
	last, err := s.LastRequests(ctx)
	if err != nil || last[label.ActionUndo].ID != undo.ID || !last[label.ActionUndo].StartedAt.IsZero() || !last[label.ActionRun].StartedAt.IsZero() {
		t.Errorf("LastRequests = %+v, %v", last, err)
	}
	for _, want := range []label.Action{label.ActionUndo, label.ActionRun} {
		r, ok, err := s.TakeRequest(ctx, after(8))
		if err != nil || !ok || r.Action != want {
			t.Errorf("TakeRequest = %+v, %v, %v; want %s", r, ok, err, want)
		}
		must(t, s.FinishRequest(ctx, r.ID, "done", after(9)))
	}
	if _, ok, _ := s.TakeRequest(ctx, after(10)); ok {
		t.Error("a request was left")
	}
	if n, err := s.RestartRequests(ctx, after(11)); n != 0 || err != nil {
		t.Errorf("RestartRequests = %d, %v on a quiet queue", n, err)
	}
	last, _ = s.LastRequests(ctx)
	if r := last[label.ActionUndo]; r.Result != "done" || !r.FinishedAt.Equal(after(9)) {
		t.Errorf("the finished undo = %+v", r)
	}
}

// TestRequestsFromManySides: the clock, the sheet and the command line ask at once; one run comes of it.
func TestRequestsFromManySides(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	var wg sync.WaitGroup
	fresh, taken := make(chan bool, 40), make(chan bool, 8)
	for range 40 {
		wg.Go(func() {
			_, existed, err := s.Enqueue(ctx, label.Request{Action: label.ActionRun, RequestedAt: t0})
			if err != nil {
				t.Error(err)
			}
			fresh <- !existed
		})
	}
	wg.Wait()
	for range 8 {
		wg.Go(func() {
			_, ok, err := s.TakeRequest(ctx, after(1))
			if err != nil {
				t.Error(err)
			}
			taken <- ok
		})
	}
	wg.Wait()
	count := func(c chan bool) (n int) {
		close(c)
		for ok := range c {
			if ok {
				n++
			}
		}
		return n
	}
	if a, b := count(fresh), count(taken); a != 1 || b != 1 {
		t.Errorf("%d requests were made and %d taken; want 1 and 1", a, b)
	}
}

func TestRuns(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for i := range 3 {
		id, err := s.BeginRun(ctx, "run", after(i))
		must(t, err)
		if i == 2 {
			break // still under way
		}
		must(t, s.EndRun(ctx, id, plan.Report{RunID: fmt.Sprintf("run-%d", id), Started: after(i), Outcome: plan.Done, Written: i, Planned: map[string]int{"push": i}, Groups: []plan.Group{{Count: 1}}}))
	}
	got, err := s.Runs(ctx, 10)
	if err != nil || len(got) != 2 || got[0].RunID != "run-2" || got[0].Written != 1 || got[1].Planned["push"] != 0 || got[0].Groups != nil {
		t.Errorf("Runs = %+v, %v", got, err)
	}
	if last, err := s.LastUndoable(ctx); last != 0 || err != nil {
		t.Errorf("LastUndoable = %d, %v; nothing was written", last, err)
	}
}

func TestCursorsSettingsAndMeasures(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	if c, err := s.Cursor(ctx, "contacts"); err != nil || c != (label.Cursor{}) {
		t.Errorf("no cursor = %+v, %v", c, err)
	}
	want := label.Cursor{After: "x", Watermark: after(1), Complete: true}
	must(t, s.SaveCursor(ctx, "contacts", want))
	if c, err := s.Cursor(ctx, "contacts"); err != nil || c != want {
		t.Errorf("Cursor = %+v, %v", c, err)
	}
	must(t, s.SaveSetting(ctx, "cursor:contacts", "{junk"))
	if c, err := s.Cursor(ctx, "contacts"); err != nil || c != (label.Cursor{}) {
		t.Errorf("a junk cursor = %+v, %v; want to read everything again", c, err)
	}
	for state, want := range map[string][2]bool{"": {}, "yes": {true, true}, "done": {true, false}} {
		must(t, s.SaveSetting(ctx, "backfill_approved", state))
		if p, err := s.Portal(ctx); err != nil || [2]bool{p.BackfillApproved, p.BackfillUnderWay} != want {
			t.Errorf("backfill %q: %+v, %v", state, p, err)
		}
	}
	for i := range 5 {
		must(t, s.Measure(ctx, "accuracy", after(i), float64(i)))
	}
	got, err := s.Series(ctx, "accuracy", 2)
	if want := []store.Point{{At: after(3), Value: 3}, {At: after(4), Value: 4}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Series = %+v, %v", got, err)
	}
}

func TestPrune(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "Kept", "", after(0)), contact(2, "Left", "", after(0)), contact(3, "Asked", "", after(0)), contact(4, "Corrected", "", after(0)))
	must(t, s.PutReview(ctx, []label.ReviewItem{{Key: "asked"}}, t0))
	mustCorrect(t, s, label.Correction{Title: "Corrected", Scope: label.ScopeTitle, Active: true}, "corrected")
	for id := 2; id <= 4; id++ {
		mustSave(t, s, contact(id, "Kept", "", after(1)))
	}
	db := look(t, s.Path())
	if _, err := db.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
		INSERT INTO run (id, kind, started_ms, ended_ms) SELECT i, 'run', ?1, ?1 + i FROM n`, t0.UnixMilli()); err != nil {
		t.Fatal(err)
	}
	for _, run := range []int64{100, 1200} {
		send(t, s, after(2), write(run, 1, "kept", "", label.Value(fmt.Sprint("v", run))))
	}
	for i := range 3 {
		_, _, err := s.Enqueue(ctx, label.Request{Action: label.ActionRun, RequestedAt: after(i)})
		must(t, err)
		r, _, err := s.TakeRequest(ctx, after(i))
		must(t, err)
		must(t, s.FinishRequest(ctx, r.ID, "done", after(i)))
		must(t, s.Measure(ctx, "m", after(i*100), 1))
	}
	got, err := s.Prune(ctx, after(100))
	if want := (store.Pruned{Requests: 2, Runs: 500, Journal: 1, Measures: 1, Titles: 1}); err != nil || got != want {
		t.Errorf("Prune = %+v, %v; want %+v", got, err, want)
	}
	if again, err := s.Prune(ctx, after(100)); err != nil || again != (store.Pruned{}) {
		t.Errorf("pruning again = %+v, %v", again, err)
	}
	if none, err := s.Prune(ctx, after(-100)); err != nil || none != (store.Pruned{}) {
		t.Errorf("pruning what is young = %+v, %v", none, err)
	}
	for key, want := range map[string]bool{"kept": true, "left": false, "asked": true, "corrected": true} {
		if _, ok, err := s.Title(ctx, key); err != nil || ok != want {
			t.Errorf("title %s is there: %v, %v; want %v", key, ok, err, want)
		}
	}
	if last, err := s.LastUndoable(ctx); err != nil || last != 1200 {
		t.Errorf("LastUndoable = %d, %v", last, err)
	}
}

func TestPurgeForgetsAContact(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "Secret Title", "old", after(0)), contact(2, "CEO", "", after(0)), contact(3, "CEO", "", after(0)))
	send(t, s, after(1), write(1, 1, "secret title", "old", "x"))
	mustPost(t, s, write(2, 1, "secret title", "x", "y"))
	must(t, s.Hold(ctx, []plan.Key{{ContactID: "1"}}, "rev"))
	must(t, s.Settle(ctx, plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: "1"}, Verb: plan.Review}}}, nil,
		[]label.Lesson{{ContactID: "1", TitleKey: "secret title"}}, t0))
	mustCorrect(t, s, label.Correction{Title: "Secret Title", Scope: label.ScopeContact, ContactID: "1", Active: true}, "secret title")
	must(t, s.Purge(ctx, []label.ContactID{"1", "2", "77"}))
	db := look(t, s.Path())
	for _, table := range []string{"base", "question", "lesson", "outbox", "journal", "undo_hold", "correction", "correction_history"} {
		if n := mustScan[int](t, db, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	if n := mustScan[int](t, db, `SELECT count(*) FROM title WHERE key LIKE 'secret%'`); n != 0 {
		t.Error("the title of the purged contact is left")
	}
	if _, ok, _ := s.Title(ctx, "ceo"); !ok {
		t.Error("a title that another contact has went too")
	}
	if got := dirty(t, s); got != "3" {
		t.Errorf("dirty = %q", got)
	}
}
