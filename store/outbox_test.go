package store_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/store"
)

func outbox(tb testing.TB, s *store.Store, state string) []plan.OutboxRow {
	tb.Helper()
	rows, err := s.Outbox(context.Background(), state)
	must(tb, err)
	return rows
}

// baseOf reads the base of a contact's role by making the contact dirty.
func baseOf(tb testing.TB, s *store.Store, id label.ContactID) plan.Base {
	tb.Helper()
	must(tb, s.MarkDirty(context.Background(), []label.ContactID{id}))
	for _, r := range rows(tb, s, "rev") {
		if r.ContactID == id {
			return r.Base[label.Role]
		}
	}
	tb.Fatalf("contact %s is not planned", id)
	return plan.Base{}
}

func TestOutboxOfAWriteThatArrives(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "old", after(0)))
	confidence, source := 0.5, "rule"
	row := write(7, 1, "ceo", "old", "new")
	row.Base[0], row.Confidence, row.Source = plan.Base{Known: true, Value: "old", Protected: true}, &confidence, &source
	posted := mustPost(t, s, row)
	got := outbox(t, s, plan.OutboxPending)
	if len(got) != 1 || got[0].ID != posted[0].ID || *got[0].Want[0] != "new" || got[0].Want[1] != nil || got[0].Base != row.Base || *got[0].Confidence != 0.5 || *got[0].Source != "rule" || got[0].Before != row.Before {
		t.Fatalf("pending = %+v", got)
	}
	must(t, s.MarkInFlight(ctx, posted))
	if got := outbox(t, s, plan.OutboxInFlight); len(got) != 1 || got[0].Attempts != 1 {
		t.Fatalf("in flight = %+v", got)
	}
	must(t, s.Confirm(ctx, posted, []time.Time{after(5)}))
	for _, state := range []string{plan.OutboxPending, plan.OutboxInFlight, plan.OutboxRefused} {
		if got := outbox(t, s, state); len(got) != 0 {
			t.Errorf("%s = %+v; want none", state, got)
		}
	}
	if c, _, _ := s.Contact(ctx, "1"); c.Labels[0] != "new" || !c.ModifiedAt.Equal(after(5)) {
		t.Errorf("the mirror shows %+v", c)
	}
	if got := dirty(t, s); got != "" {
		t.Errorf("dirty = %q after a confirmed write", got)
	}
	if n := mustSave(t, s, contact(1, "CEO", "old", after(4))); n != 0 {
		t.Error("a reading from before our write looked like an edit")
	}
	if got := baseOf(t, s, "1"); got != (plan.Base{Known: true, Value: "new"}) {
		t.Errorf("base = %+v", got)
	}
	journal, err := s.Journal(ctx, 7)
	if want := (plan.Applied{Key: plan.Key{ContactID: "1"}, Before: "old", After: "new", BaseBefore: row.Base[0]}); err != nil || len(journal) != 1 || journal[0] != want {
		t.Errorf("journal = %+v, %v; want %+v", journal, err, want)
	}
}

// TestDirtyMarksSurviveAWriteUnderWay: what happens to a contact between Post and Confirm is planned.
func TestDirtyMarksSurviveAWriteUnderWay(t *testing.T) {
	ctx := context.Background()
	for name, happen := range map[string]func(*store.Store){
		"its title changes": func(s *store.Store) { mustSave(t, s, contact(1, "CFO", "", after(1))) },
		"its decision changes": func(s *store.Store) {
			must(t, s.SaveDecisions(ctx, "rev", "m", []label.TitleRow{decided("ceo", sure("z"), sure("z"))}))
		},
		"a person corrects it": func(s *store.Store) {
			_, err := s.SaveCorrection(ctx, label.Correction{Title: "CEO", Scope: label.ScopeTitle, Active: true}, "ceo")
			must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			mustSave(t, s, contact(1, "CEO", "", after(0)))
			posted := mustPost(t, s, write(1, 1, "ceo", "", "x"))
			must(t, s.MarkInFlight(ctx, posted))
			happen(s)
			if got := dirty(t, s); got != "" {
				t.Errorf("planned while a write is under way: %q", got)
			}
			must(t, s.Confirm(ctx, posted, []time.Time{after(2)}))
			if got := dirty(t, s); got != "1" {
				t.Errorf("dirty = %q; what happened meanwhile is lost", got)
			}
		})
	}
}

// TestUndoLeavesWhatIsToBePlanned: a contact with a new title is undone, and still gets its new label.
func TestUndoLeavesWhatIsToBePlanned(t *testing.T) {
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "x", after(0)), contact(2, "CEO", "x", after(0)))
	settleAll(t, s)
	mustSave(t, s, contact(1, "CFO", "x", after(1)))
	one, two := write(2, 1, "cfo", "x", ""), write(2, 2, "ceo", "x", "")
	one.Undo, two.Undo = true, true
	send(t, s, after(2), one, two)
	if got := dirty(t, s); got != "1" {
		t.Errorf("dirty = %q; want the one whose title changed", got)
	}
}

func TestOutboxOfAWriteThatDoesNotArrive(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for i := range 3 {
		mustSave(t, s, contact(i+1, "CEO", "", after(0)))
	}
	posted := mustPost(t, s, write(1, 1, "ceo", "", "x"), write(1, 2, "ceo", "", "x"), write(1, 3, "ceo", "", "x"))
	if _, err := s.Post(ctx, []plan.OutboxRow{write(2, 3, "ceo", "", "y")}, t0); err == nil || !strings.Contains(err.Error(), "under way") {
		t.Errorf("posting over a write under way: %v", err)
	}
	must(t, s.Drop(ctx, posted[:1]))
	long := strings.Repeat("ü", 400) + "\xff"
	must(t, s.MarkInFlight(ctx, posted[1:]))
	must(t, s.Refuse(ctx, posted[1], plan.Result{Code: "INVALID_OPTION", Message: long, Mend: "add the option"}, after(3600)))
	must(t, s.MarkGone(ctx, []label.ContactID{"3"}))
	if got := dirty(t, s); got != "1 2" {
		t.Errorf("dirty = %q; want the dropped one and the refused one", got)
	}
	counts, err := s.CountOutbox(ctx)
	if err != nil || counts[plan.OutboxPending] != 0 || counts[plan.OutboxInFlight] != 0 || counts[plan.OutboxRefused] != 1 {
		t.Errorf("CountOutbox = %v, %v", counts, err)
	}
	q, err := s.Quarantine(ctx, 10)
	if err != nil || len(q) != 1 || q[0].ContactID != "2" || q[0].Code != "INVALID_OPTION" || q[0].Mend != "add the option" || !q[0].NextAt.Equal(after(3600)) || q[0].Attempts != 1 {
		t.Fatalf("Quarantine = %+v, %v", q, err)
	}
	if !utf8.ValidString(q[0].Message) || len(q[0].Message) > 500 || len(q[0].Message) < 490 {
		t.Errorf("HubSpot's words are kept as %d bytes, valid %v", len(q[0].Message), utf8.ValidString(q[0].Message))
	}
	again := mustPost(t, s, write(2, 2, "ceo", "", "y"))
	if again[0].ID <= posted[2].ID {
		t.Errorf("outbox id %d was used before (%d)", again[0].ID, posted[2].ID)
	}
	if q, _ := s.Quarantine(ctx, 10); len(q) != 0 {
		t.Error("a new try left the refused row")
	}
	if err := s.MarkInFlight(ctx, append(again, posted[0])); err == nil || !strings.Contains(err.Error(), "not in the outbox") {
		t.Errorf("marking a dropped row: %v", err)
	}
	if got := outbox(t, s, plan.OutboxInFlight); len(got) != 0 {
		t.Errorf("half of the rows were marked: %+v", got)
	}
	if err := s.Confirm(ctx, again, nil); err == nil {
		t.Error("confirmed without a time for each row")
	}
}

func TestOutboxIDsAreNeverUsedTwice(t *testing.T) {
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "", after(0)))
	seen := map[string]bool{}
	for run := range int64(3) {
		row := write(run+1, 1, "ceo", "", "x")
		posted := mustPost(t, s, row)
		if id := posted[0].Write().TraceID; seen[id] {
			t.Errorf("trace %s came twice", id)
		} else {
			seen[id] = true
		}
		must(t, s.Confirm(context.Background(), posted, []time.Time{{}}))
	}
}

// TestTwoWritesOfOneRun: undo returns to what was there before the first of them.
func TestTwoWritesOfOneRun(t *testing.T) {
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "old", after(0)))
	send(t, s, after(1), write(1, 1, "ceo", "old", "x"))
	send(t, s, after(2), write(1, 1, "ceo", "x", "y"))
	j, err := s.Journal(context.Background(), 1)
	if err != nil || len(j) != 1 || j[0].Before != "old" || j[0].After != "y" {
		t.Errorf("journal = %+v, %v", j, err)
	}
}

func TestUndoRestoresTheBase(t *testing.T) {
	ctx := context.Background()
	for name, before := range map[string]plan.Base{
		"there was none":           {},
		"a value":                  {Known: true, Value: "old"},
		"a protected value":        {Known: true, Value: "old", Protected: true},
		"a person wanted no label": {Known: true, Protected: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			mustSave(t, s, contact(1, "CEO", before.Value, after(0)))
			run, err := s.BeginRun(ctx, "run", t0)
			must(t, err)
			row := write(run, 1, "ceo", before.Value, "new")
			row.Base[0] = before
			send(t, s, after(1), row)
			if last, err := s.LastUndoable(ctx); err != nil || last != run {
				t.Fatalf("LastUndoable = %d, %v; want %d", last, err, run)
			}
			done, err := s.Journal(ctx, run)
			must(t, err)
			inverse, kept := plan.Inverse(done, map[plan.Key]label.Value{{ContactID: "1"}: "new"})
			if kept != 0 || len(inverse.Changes) != 1 {
				t.Fatalf("inverse = %+v, %d kept", inverse, kept)
			}
			c := inverse.Changes[0]
			undo := write(run+1, 1, "", c.From, c.To)
			undo.Base[0], undo.Undo = c.Base, true
			must(t, s.Hold(ctx, []plan.Key{c.Key}, "rev"))
			send(t, s, after(2), undo)
			must(t, s.MarkUndone(ctx, run))
			if got := baseOf(t, s, "1"); got != before {
				t.Errorf("base after the undo = %+v; want %+v", got, before)
			}
			if c, _, _ := s.Contact(ctx, "1"); c.Labels[0] != before.Value {
				t.Errorf("the mirror shows %q", c.Labels[0])
			}
			if last, _ := s.LastUndoable(ctx); last != 0 {
				t.Errorf("run %d could be undone twice", last)
			}
			if got := rows(t, s, "rev"); len(got) != 1 || !got[0].Held[0] {
				t.Error("the cell is not held")
			}
			settleAll(t, s)
			must(t, s.ReleaseHolds(ctx, "rev"))
			if got := dirty(t, s); got != "" {
				t.Errorf("the same revision released the hold: %q", got)
			}
			must(t, s.ReleaseHolds(ctx, "next"))
			if got := rows(t, s, "rev"); len(got) != 1 || got[0].Held[0] {
				t.Errorf("a new revision did not release the hold: %+v", got)
			}
		})
	}
}

func TestSettle(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for i, title := range []string{"A", "B", "C", "D"} {
		mustSave(t, s, contact(i+1, title, "y", after(0)))
	}
	change := func(id string, v plan.Verb, to label.Value) plan.Change {
		return plan.Change{Key: plan.Key{ContactID: label.ContactID(id)}, Verb: v, From: "y", To: to, TitleKey: strings.ToLower(string(rune('A' + id[0] - '1'))), Protects: v == plan.Pull}
	}
	p := plan.Plan{Changes: []plan.Change{change("1", plan.Adopt, "y"), change("2", plan.Pull, "y"), change("3", plan.Review, "x"), change("4", plan.Push, "x")}}
	lesson := label.Lesson{ContactID: "2", TitleKey: "b", Title: "B", Value: "y", By: "u1", At: after(1)}
	must(t, s.Settle(ctx, p, rows(t, s, "rev"), []label.Lesson{lesson}, after(2)))
	if got := dirty(t, s); got != "4" {
		t.Errorf("dirty = %q; want only the one with a push to come", got)
	}
	for id, want := range map[label.ContactID]plan.Base{"1": {Known: true, Value: "y"}, "2": {Known: true, Value: "y", Protected: true}, "3": {}, "4": {}} {
		if got := baseOf(t, s, id); got != want {
			t.Errorf("base of %s = %+v; want %+v", id, got, want)
		}
	}
	q, err := s.Questions(ctx)
	if err != nil || len(q) != 1 || q[0] != (label.Question{TitleKey: "c", Asked: [2]bool{true}, Theirs: [2]label.Value{"y"}, Contacts: 1}) {
		t.Errorf("Questions = %+v, %v", q, err)
	}
	groups, err := s.LessonGroups(ctx)
	if err != nil || len(groups) != 1 || groups[0].TitleKey != "b" || groups[0].Contacts != 1 || groups[0].By != "u1" {
		t.Errorf("LessonGroups = %+v, %v", groups, err)
	}
	settleAll(t, s) // looked at again, and no conflict any more
	if q, _ := s.Questions(ctx); len(q) != 0 {
		t.Errorf("a conflict that is over is still asked about: %+v", q)
	}
	bad := plan.Plan{Changes: []plan.Change{change("1", plan.Adopt, "z"), {Key: plan.Key{ContactID: "x"}, Verb: plan.Adopt}}}
	if err := s.Settle(ctx, bad, nil, nil, t0); err == nil {
		t.Error("a bad contact id was settled")
	}
	if got := baseOf(t, s, "1"); got.Value != "y" {
		t.Error("half of a bad plan was settled")
	}
}
