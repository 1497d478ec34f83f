package store_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/store"
)

func given(v label.Value) label.Opinion { return label.Opinion{Given: true, Value: v} }

func mustCorrect(tb testing.TB, s *store.Store, c label.Correction, key string) label.Correction {
	tb.Helper()
	out, err := s.SaveCorrection(context.Background(), c, key)
	must(tb, err)
	return out
}

func TestSaveCorrection(t *testing.T) {
	ctx := context.Background()
	first := label.Correction{Title: "CEO", Labels: [2]label.Opinion{given("x")}, Scope: label.ScopeTitle, Source: label.SourceReview, SourceID: "Q-000001", By: "Ana", At: t0, Note: "n", Active: true}
	second := first
	second.Labels, second.By, second.At = [2]label.Opinion{{}, given("s")}, "Bo", after(1)
	start := func(t *testing.T) *store.Store {
		s := newStore(t)
		mustSave(t, s, contact(1, "CEO", "", after(0)), contact(2, "CFO", "", after(0)), contact(3, "CEO", "", after(0)))
		settleAll(t, s)
		return s
	}
	t.Run("a new one", func(t *testing.T) {
		s := start(t)
		got := mustCorrect(t, s, first, "ceo")
		want := first
		want.ID, want.Revision = "C-000001", 1
		if got != want {
			t.Errorf("SaveCorrection = %+v; want %+v", got, want)
		}
		kept, err := s.Corrections(ctx)
		if err != nil || len(kept) != 1 || kept[0].Correction != want || kept[0].TitleKey != "ceo" || kept[0].Published {
			t.Errorf("Corrections = %+v, %v", kept, err)
		}
		if got := dirty(t, s); got != "1 3" {
			t.Errorf("dirty = %q", got)
		}
	})
	t.Run("the other axis joins a row that is not published", func(t *testing.T) {
		s := start(t)
		mustCorrect(t, s, first, "ceo")
		got := mustCorrect(t, s, second, "ceo")
		if got.ID != "C-000001" || got.Revision != 2 || got.Labels != [2]label.Opinion{given("x"), given("s")} {
			t.Errorf("SaveCorrection = %+v", got)
		}
	})
	t.Run("a published row is replaced", func(t *testing.T) {
		s := start(t)
		mustCorrect(t, s, first, "ceo")
		must(t, s.MarkCorrectionsPublished(ctx, []string{"C-000001"}))
		got := mustCorrect(t, s, second, "ceo")
		if got.ID != "C-000002" || got.Revision != 2 || got.Labels[0] != given("x") {
			t.Errorf("SaveCorrection = %+v", got)
		}
		all, err := s.AllCorrections(ctx)
		if err != nil || all["C-000001"].Active || all["C-000001"].ReplacedBy != "C-000002" || !all["C-000002"].Active {
			t.Errorf("AllCorrections = %+v, %v", all, err)
		}
		open, err := s.UnpublishedCorrections(ctx, 9)
		if err != nil || len(open) != 1 || open[0].ID != "C-000002" {
			t.Errorf("UnpublishedCorrections = %+v, %v", open, err)
		}
	})
	t.Run("an edit of a row takes the axes as they stand", func(t *testing.T) {
		s := start(t)
		got := mustCorrect(t, s, first, "ceo")
		got.Labels = [2]label.Opinion{{}, given("")}
		got.Title = "CFO"
		settleAll(t, s)
		got = mustCorrect(t, s, got, "cfo")
		if got.ID != "C-000001" || got.Revision != 2 || got.Labels[0].Given {
			t.Errorf("SaveCorrection = %+v", got)
		}
		if got := dirty(t, s); got != "1 2 3" {
			t.Errorf("dirty = %q; want the contacts of the old title too", got)
		}
	})
	t.Run("undone, then ticked again beside a later one", func(t *testing.T) {
		s := start(t)
		one := mustCorrect(t, s, first, "ceo")
		one.Active = false
		one = mustCorrect(t, s, one, "ceo")
		two := mustCorrect(t, s, second, "ceo")
		one.Active = true
		mustCorrect(t, s, one, "ceo")
		all, _ := s.AllCorrections(ctx)
		if !all[one.ID].Active || all[two.ID].Active || all[two.ID].ReplacedBy != one.ID {
			t.Errorf("AllCorrections = %+v; want only the last answer active", all)
		}
	})
	t.Run("an inactive newcomer touches nothing", func(t *testing.T) {
		s := start(t)
		mustCorrect(t, s, first, "ceo")
		off := second
		off.Active = false
		got := mustCorrect(t, s, off, "ceo")
		all, _ := s.AllCorrections(ctx)
		if got.ID != "C-000002" || !all["C-000001"].Active || all["C-000001"].Revision != 1 {
			t.Errorf("AllCorrections = %+v", all)
		}
	})
	t.Run("for one contact", func(t *testing.T) {
		s := start(t)
		mustCorrect(t, s, first, "ceo")
		settleAll(t, s)
		c := first
		c.Scope, c.ContactID = label.ScopeContact, "3"
		if got := mustCorrect(t, s, c, "ceo"); got.ID != "C-000002" {
			t.Errorf("SaveCorrection = %+v", got)
		}
		if got := dirty(t, s); got != "3" {
			t.Errorf("dirty = %q; want only the contact", got)
		}
		if kept, _ := s.Corrections(ctx); len(kept) != 2 {
			t.Errorf("%d corrections; want that of the title as well", len(kept))
		}
	})
	t.Run("a bad ID", func(t *testing.T) {
		s := start(t)
		c := first
		c.ID = "C-x"
		if _, err := s.SaveCorrection(ctx, c, "ceo"); err == nil {
			t.Error("taken")
		}
	})
}

// TestAtMostOneActiveCorrection: whatever people do in whatever order.
func TestAtMostOneActiveCorrection(t *testing.T) {
	s := newStore(t)
	r := rand.New(rand.NewPCG(21, 22))
	type target struct {
		key     string
		scope   label.Scope
		contact label.ContactID
	}
	var saved []label.Correction
	for step := range 400 {
		c := label.Correction{Scope: label.ScopeTitle, Active: r.IntN(4) > 0, Labels: [2]label.Opinion{given(label.Value(strconv.Itoa(step)))}}
		if len(saved) > 0 && r.IntN(2) == 0 {
			c.ID = saved[r.IntN(len(saved))].ID
		}
		if r.IntN(3) == 0 {
			c.Scope, c.ContactID = label.ScopeContact, label.ContactID(strconv.Itoa(1+r.IntN(3)))
		}
		got := mustCorrect(t, s, c, "t"+strconv.Itoa(r.IntN(4)))
		saved = append(saved, got)
		if r.IntN(3) == 0 {
			must(t, s.MarkCorrectionsPublished(context.Background(), []string{got.ID}))
		}
		kept, err := s.Corrections(context.Background())
		must(t, err)
		seen := map[target]string{}
		for _, k := range kept {
			id := target{k.TitleKey, k.Scope, k.ContactID}
			if other, ok := seen[id]; ok {
				t.Fatalf("step %d: %s and %s are both active for %+v", step, other, k.ID, id)
			}
			seen[id] = k.ID
		}
	}
	db := look(t, s.Path())
	if n := mustScan[int](t, db, `SELECT count(*) FROM correction_history`); n != len(saved) {
		t.Errorf("%d revisions are kept; want all %d", n, len(saved))
	}
}

func TestQuestionsAndAnswers(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	var changes []plan.Change
	for i, theirs := range []label.Value{"y", "z", "z", "", "w"} {
		mustSave(t, s, contact(i+1, "CEO", theirs, after(0)))
		changes = append(changes, plan.Change{Key: plan.Key{ContactID: label.ContactID(strconv.Itoa(i + 1))}, Verb: plan.Review, From: theirs, To: "x"})
	}
	changes = append(changes, plan.Change{Key: plan.Key{ContactID: "1", Axis: label.Seniority}, Verb: plan.Review, From: "s", To: "x"})
	must(t, s.Settle(ctx, plan.Plan{Changes: changes}, rows(t, s, "rev"), nil, t0))
	q, err := s.Questions(ctx)
	if want := (label.Question{TitleKey: "ceo", Asked: [2]bool{true, true}, Theirs: [2]label.Value{"z", "s"}, Contacts: 5}); err != nil || len(q) != 1 || q[0] != want {
		t.Fatalf("Questions = %+v, %v; want %+v", q, err, want)
	}
	must(t, s.AnswerQuestions(ctx, "ceo", [2]bool{true, false}, after(1), after(1)))
	got := rows(t, s, "rev")
	if ids(got) != "1 2 3 4 5" {
		t.Fatalf("dirty = %q; want all that were asked about", ids(got))
	}
	for i, want := range []label.Value{"y", "z", "z", "", "w"} {
		if b := got[i].Base; b[0] != (plan.Base{Known: true, Value: want, Protected: want == ""}) || b[1].Known {
			t.Errorf("base of %d = %+v; want what its question showed (%q)", i+1, b, want)
		}
	}
	if q, _ := s.Questions(ctx); len(q) != 1 || q[0].Asked != [2]bool{false, true} || q[0].Contacts != 1 {
		t.Errorf("Questions = %+v; want only the axis that was not answered", q)
	}
}

func TestReviewRows(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "", after(0)), contact(2, "CFO", "", after(0)))
	item := label.ReviewItem{Key: "ceo", Title: "CEO", Kind: label.ReviewUnsure, Contacts: 1, Asked: [2]bool{true}}
	must(t, s.PutReview(ctx, []label.ReviewItem{item, {Key: "cfo", Title: "CFO"}, {Key: "nobody has it"}}, after(1)))
	open, err := s.OpenReviews(ctx)
	if err != nil || len(open) != 2 || open[0].ID != "Q-000001" || open[0].State != label.ReviewOpen || !open[0].FirstSeen.Equal(after(1)) || open[0].Published {
		t.Fatalf("OpenReviews = %+v, %v", open, err)
	}
	open[0].State, open[0].Seen, open[0].Message = label.ReviewSkipped, "seen", "later"
	must(t, s.SaveReviewStates(ctx, open[:1]))
	item.Contacts, item.Kind = 9, label.ReviewConflict
	must(t, s.PutReview(ctx, []label.ReviewItem{item}, after(2)))
	must(t, s.MarkReviewsPublished(ctx, []string{"Q-000001"}, true))
	open, err = s.OpenReviews(ctx)
	if r := open[0]; err != nil || len(open) != 2 || r.State != label.ReviewSkipped || r.Contacts != 9 || r.Kind != label.ReviewConflict || r.Seen != "seen" || !r.FirstSeen.Equal(after(1)) || !r.Published {
		t.Errorf("after an update: %+v, %v", r, err)
	}
	c := mustCorrect(t, s, label.Correction{Title: "CEO", Scope: label.ScopeTitle, Active: true}, "ceo")
	open[0].State, open[0].Answered = label.ReviewApplied, c.ID
	must(t, s.SaveReviewStates(ctx, open[:1]))
	must(t, s.PutReview(ctx, []label.ReviewItem{item}, after(3)))
	counts, err := s.CountReviews(ctx)
	if err != nil || counts[label.ReviewApplied] != 1 || counts[label.ReviewOpen] != 2 {
		t.Errorf("CountReviews = %v, %v; want a new question beside the settled one", counts, err)
	}
	history, err := s.ReviewHistory(ctx)
	if err != nil || len(history) != 1 || history[0].Answered != c.ID || history[0].Title != "CEO" {
		t.Errorf("ReviewHistory = %+v, %v", history, err)
	}
	must(t, s.MarkReviewsPublished(ctx, []string{"Q-000001"}, false))
	if p, _ := s.PublishedReviews(ctx); len(p) != 0 {
		t.Errorf("PublishedReviews = %+v", p)
	}
	if err := s.MarkReviewsPublished(ctx, []string{"C-1x"}, true); err == nil {
		t.Error("a bad id was taken")
	}
}

func TestLessons(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "Chief", "", after(0)))
	lesson := func(id label.ContactID, v label.Value, by string, at int) label.Lesson {
		return label.Lesson{ContactID: id, TitleKey: "chief", Title: "Chief", Value: v, By: by, At: after(at)}
	}
	must(t, s.Settle(ctx, plan.Plan{}, nil, []label.Lesson{lesson("1", "x", "zoe", 1), lesson("2", "x", "ana", 5), lesson("3", "y", "bo", 2), lesson("3", "x", "bo", 3), lesson("4", "y", "bo", 2)}, t0))
	got, err := s.LessonGroups(ctx)
	want := []label.LessonGroup{{TitleKey: "chief", Title: "Chief", Value: "x", Contacts: 3, By: "ana", At: after(5)}, {TitleKey: "chief", Title: "Chief", Value: "y", Contacts: 1, By: "bo", At: after(2)}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("LessonGroups = %+v, %v; want %+v", got, err, want)
	}
	must(t, s.ForgetLessons(ctx, "chief", label.Role))
	if got, _ := s.LessonGroups(ctx); len(got) != 0 {
		t.Errorf("LessonGroups = %+v after ForgetLessons", got)
	}
}

func TestSheetEditsAreKeptForGood(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	type cells = map[string]map[string]map[string]string
	see := func(n int, c cells) []label.CellEdit {
		edits, err := s.SaveEdits(ctx, c, after(n))
		must(t, err)
		return edits
	}
	edit := func(row, col, old, new string, n int) label.CellEdit {
		return label.CellEdit{Tab: "Rules", RowID: row, Column: col, Old: old, New: new, SeenAt: after(n)}
	}
	if got, want := see(1, cells{"Rules": {"R-2": {"text": "b", "note": ""}, "R-1": {"text": "a"}}}), []label.CellEdit{edit("R-1", "text", "", "a", 1), edit("R-2", "text", "", "b", 1)}; !reflect.DeepEqual(got, want) {
		t.Errorf("first sight = %+v; want %+v", got, want)
	}
	if got := see(2, cells{"Rules": {"R-2": {"text": "b", "note": ""}, "R-1": {"text": "a"}}, "Try": {}}); len(got) != 0 {
		t.Errorf("nothing changed: %+v", got)
	}
	if got, want := see(3, cells{"Rules": {"R-1": {"text": "c"}}}), []label.CellEdit{edit("R-1", "text", "a", "c", 3)}; !reflect.DeepEqual(got, want) {
		t.Errorf("changed = %+v; want %+v", got, want)
	}
	if got := see(4, cells{"Rules": {"R-2": {"text": "b"}, "R-1": {"text": ""}}}); len(got) != 1 || got[0] != edit("R-1", "text", "c", "", 4) {
		t.Errorf("emptied, beside a row that came back = %+v", got)
	}
	got, err := s.Edits(ctx, "Rules", "R-1")
	if want := []label.CellEdit{edit("R-1", "text", "", "a", 1), edit("R-1", "text", "a", "c", 3), edit("R-1", "text", "c", "", 4)}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Edits = %+v, %v; want %+v", got, err, want)
	}
}

func TestWrittenRowsAndVectors(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	must(t, s.SaveWrittenRows(ctx, map[string]map[string]string{"Review": {"Q-1": "a", "Q-2": "b"}}))
	must(t, s.SaveWrittenRows(ctx, map[string]map[string]string{"Review": {"Q-1": "", "Q-2": "c"}}))
	must(t, s.SaveWrittenRows(ctx, nil))
	got, err := s.WrittenRows(ctx, "Review")
	if err != nil || !reflect.DeepEqual(got, map[string]string{"Q-2": "c"}) {
		t.Errorf("WrittenRows = %v, %v", got, err)
	}
	must(t, s.SaveVectors(ctx, "m1", map[string][]byte{"a": {1}, "b": {2}}))
	must(t, s.SaveVectors(ctx, "m2", map[string][]byte{"a": {3}}))
	v, err := s.Vectors(ctx, "m1", []string{"a", "b", "c"})
	if err != nil || !reflect.DeepEqual(v, map[string][]byte{"a": {1}, "b": {2}}) {
		t.Errorf("Vectors = %v, %v; models must not mix", v, err)
	}
}

// An archived correction has no row in the sheet, asks for none, and is in force all the same.
func TestAnArchivedCorrectionStaysInForce(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	kept, err := s.SaveCorrection(ctx, label.Correction{Title: "CEO", Scope: label.ScopeTitle, Source: label.SourceSheet, At: after(1), Active: true}, "ceo")
	must(t, err)
	must(t, s.ArchiveCorrections(ctx, []string{kept.ID}))
	if rows, err := s.UnpublishedCorrections(ctx, 10); err != nil || len(rows) != 0 {
		t.Errorf("UnpublishedCorrections = %+v, %v; want none", rows, err)
	}
	if rows, err := s.Corrections(ctx); err != nil || len(rows) != 1 || rows[0].Published {
		t.Errorf("Corrections = %+v, %v; want it in force and without a row", rows, err)
	}
}
