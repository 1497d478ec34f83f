package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

func TestSaveContacts(t *testing.T) {
	ctx := context.Background()
	archived := func(c label.Contact) label.Contact { c.Archived = true; return c }
	merged := func(c label.Contact) label.Contact { c.MergedInto = "99"; return c }
	company := func(c label.Contact) label.Contact { c.Company = "Other Ltd"; return c }
	tests := []struct {
		name        string
		next        label.Contact
		changed     int
		dirty       string
		wantLabel   label.Value
		wantTitle   string
		wantCompany string
	}{
		{"the same again", contact(1, "CEO", "x", after(0)), 0, "", "x", "CEO", ""},
		{"only the time moved", contact(1, "CEO", "x", after(9)), 0, "", "x", "CEO", ""},
		{"another spelling of the same title", contact(1, "ceo", "x", after(9)), 0, "", "x", "ceo", ""},
		{"another company", company(contact(1, "CEO", "x", after(9))), 0, "", "x", "CEO", "Other Ltd"},
		{"another title", contact(1, "CFO", "x", after(9)), 1, "1", "x", "CFO", ""},
		{"another label", contact(1, "CEO", "y", after(9)), 1, "1", "y", "CEO", ""},
		{"another label in the same millisecond", contact(1, "CEO", "y", after(0)), 1, "1", "y", "CEO", ""},
		{"a stale reading is dropped", contact(1, "CFO", "y", after(-9)), 0, "", "x", "CEO", ""},
		{"no title any more", contact(1, "", "x", after(9)), 1, "1", "x", "", ""},
		{"archived", archived(contact(1, "CEO", "x", after(9))), 1, "", "x", "CEO", ""},
		{"merged away, with an old time", merged(contact(1, "CEO", "x", after(-9))), 1, "", "x", "CEO", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			if n := mustSave(t, s, contact(1, "CEO", "x", after(0))); n != 1 {
				t.Fatalf("a new contact: %d changed; want 1", n)
			}
			settleAll(t, s)
			if n := mustSave(t, s, tc.next); n != tc.changed {
				t.Errorf("%d changed; want %d", n, tc.changed)
			}
			if got := dirty(t, s); got != tc.dirty {
				t.Errorf("dirty = %q; want %q", got, tc.dirty)
			}
			c, ok, err := s.Contact(ctx, "1")
			if err != nil || !ok || c.Labels[label.Role] != tc.wantLabel || c.Title != tc.wantTitle || c.Company != tc.wantCompany {
				t.Errorf("Contact = %+v, %v, %v", c, ok, err)
			}
			if gone := tc.next.Archived || tc.next.MergedInto != ""; c.Archived != gone {
				t.Errorf("Archived = %v; want %v", c.Archived, gone)
			}
		})
	}
	t.Run("restored after archiving", func(t *testing.T) {
		s := newStore(t)
		mustSave(t, s, archived(contact(1, "CEO", "", after(0))))
		if got := dirty(t, s); got != "" {
			t.Errorf("an archived contact is dirty: %q", got)
		}
		must(t, s.MarkDirty(ctx, []label.ContactID{"1"}))
		if n := mustSave(t, s, contact(1, "CEO", "", after(1))); n != 1 || dirty(t, s) != "1" {
			t.Errorf("restored: %d changed, dirty %q", n, dirty(t, s))
		}
	})
	t.Run("ids that HubSpot never gives", func(t *testing.T) {
		s := newStore(t)
		for _, id := range []label.ContactID{"", "0", "-1", "+5", "007", "1.5", "abc", "1; DROP TABLE contact", "99999999999999999999"} {
			c := contact(1, "CEO", "", after(0))
			c.ID = id
			if _, err := s.SaveContacts(ctx, []label.Contact{contact(8, "CEO", "", after(0)), c}); err == nil || !strings.Contains(err.Error(), "record id") {
				t.Errorf("id %q: %v", id, err)
			}
		}
		if _, ok, _ := s.Contact(ctx, "8"); ok {
			t.Error("a page with a bad contact was kept by half")
		}
	})
	t.Run("hostile titles come back as they are", func(t *testing.T) {
		s := newStore(t)
		for i, title := range []string{"a\x00b", "\xff\xfe", "'; DROP TABLE contact;--", strings.Repeat("x", 1<<20), "👩‍💻 \u202e", "=1+1"} {
			mustSave(t, s, contact(i+1, title, "", after(0)))
			c, _, err := s.Contact(ctx, label.ContactID(fmt.Sprint(i+1)))
			if err != nil || c.Title != title {
				t.Errorf("title %.20q came back as %.20q, %v", title, c.Title, err)
			}
		}
	})
}

func TestContactsSampleAndGone(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for i := range 5 {
		mustSave(t, s, contact(i+1, "CEO", "", after(0)))
	}
	mustSave(t, s, contact(9, "CFO", "x", after(0)))
	got, err := s.Contacts(ctx, []label.ContactID{"1", "9", "77"})
	if err != nil || len(got) != 2 || got["9"].Title != "CFO" || got["9"].Labels[label.Role] != "x" || !got["9"].ModifiedAt.Equal(t0) {
		t.Errorf("Contacts = %+v, %v", got, err)
	}
	must(t, s.MarkGone(ctx, []label.ContactID{"2"}))
	sample, err := s.Sample(ctx, "ceo", 3)
	if err != nil || !slices.Equal(sample, []label.ContactID{"1", "3", "4"}) {
		t.Errorf("Sample = %v, %v", sample, err)
	}
	if got := dirty(t, s); got != "1 3 4 5 9" {
		t.Errorf("dirty = %q", got)
	}
	must(t, s.MarkDirty(ctx, nil))
	if _, ok, err := s.Contact(ctx, "77"); ok || err != nil {
		t.Errorf("an unknown contact: %v, %v", ok, err)
	}
	p, err := s.Portal(ctx)
	if err != nil || p.Contacts != 5 || p.Labelled[label.Role]["x"] != 1 || len(p.Labelled[label.Seniority]) != 0 || p.BackfillApproved {
		t.Errorf("Portal = %+v, %v", p, err)
	}
}

func TestPlanRowsShowBaseOursAndTheirs(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	mustSave(t, s, contact(1, "CEO", "x", after(0)), contact(2, "CFO", "", after(0)), contact(10, "CEO", "", after(0)))
	none := label.Finding{Accepted: true, Method: label.ByCorrection, Confidence: 1, RuleID: "C-000001"}
	must(t, s.SaveDecisions(ctx, "rev", "m", []label.TitleRow{decided("ceo", sure("x"), none), decided("nobody has it", sure("x"), none)}))
	must(t, s.Settle(ctx, plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: "1"}, Verb: plan.Pull, To: "x", TitleKey: "ceo", Protects: true}}}, nil, nil, t0))
	must(t, s.Hold(ctx, []plan.Key{{ContactID: "2", Axis: label.Seniority}}, "rev"))
	got := rows(t, s, "rev")
	if ids(got) != "1 2 10" {
		t.Fatalf("rows %q; want those of 1 2 10 in this order", ids(got))
	}
	one := got[0]
	if one.Base != [2]plan.Base{{Known: true, Value: "x", Protected: true}} || one.Theirs[0] != "x" || one.TitleKey != "ceo" {
		t.Errorf("row 1 = %+v", one)
	}
	if want := (plan.Ours{Empty: true, ByPerson: true, Confidence: 1, Method: label.ByCorrection, RuleID: "C-000001"}); one.Ours[1] != want || one.Ours[0].Value != "x" {
		t.Errorf("ours of row 1 = %+v", one.Ours)
	}
	if got[1].Held != [2]bool{false, true} || rows(t, s, "another revision")[1].Held != [2]bool{} {
		t.Error("the hold does not follow the revision")
	}
	mustSave(t, s, contact(1, "Chair", "x", after(1)))
	if got := rows(t, s, "rev")[0].Base[0]; got != (plan.Base{Known: true, Value: "x"}) {
		t.Errorf("with a new title the base is %+v; want it without protection", got)
	}
}

// TestEmptyBaseEndsWithTheTitle: "no label" was said of a title, not of a person for life.
func TestEmptyBaseEndsWithTheTitle(t *testing.T) {
	ctx := context.Background()
	empty := plan.Base{Known: true, Protected: true}
	ways := map[string]func(t *testing.T) []plan.Row{
		"adopted": func(t *testing.T) []plan.Row {
			s := newStore(t)
			mustSave(t, s, contact(1, "asdf", "", after(0)))
			must(t, s.Settle(ctx, plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: "1"}, Verb: plan.Adopt, TitleKey: "asdf"}}}, nil, nil, t0))
			first := rows(t, s, "rev")
			mustSave(t, s, contact(1, "CEO", "", after(1)))
			return append(first, rows(t, s, "rev")...)
		},
		"pushed": func(t *testing.T) []plan.Row {
			s := newStore(t)
			mustSave(t, s, contact(1, "asdf", "x", after(0)))
			send(t, s, after(1), write(1, 1, "asdf", "x", ""))
			must(t, s.MarkDirty(ctx, []label.ContactID{"1"}))
			first := rows(t, s, "rev")
			mustSave(t, s, contact(1, "CEO", "", after(2)))
			return append(first, rows(t, s, "rev")...)
		},
		"answered": func(t *testing.T) []plan.Row {
			s := newStore(t)
			mustSave(t, s, contact(1, "asdf", "", after(0)))
			must(t, s.Settle(ctx, plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: "1"}, Verb: plan.Review, From: "", To: "x"}}}, rows(t, s, "rev"), nil, t0))
			must(t, s.AnswerQuestions(ctx, "asdf", [2]bool{true, true}, t0, t0))
			first := rows(t, s, "rev")
			mustSave(t, s, contact(1, "CEO", "", after(1)))
			return append(first, rows(t, s, "rev")...)
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			got := way(t)
			if len(got) != 2 || got[0].Base[0] != empty {
				t.Fatalf("rows = %+v; want an empty base first", got)
			}
			if got[1].Base[0].Known {
				t.Errorf("with another title the base is %+v; want none", got[1].Base[0])
			}
		})
	}
}

func TestSaveDecisionsDirtiesOnlyWhatMoves(t *testing.T) {
	ctx := context.Background()
	was := label.Finding{Value: "x", Accepted: true, Method: label.ByNeighbors, Confidence: 0.96, Why: "near"}
	with := func(edit func(*label.Finding)) label.Finding { f := was; edit(&f); return f }
	for _, tc := range []struct {
		name  string
		next  label.Finding
		dirty string
	}{
		{"the same", was, ""},
		{"another confidence", with(func(f *label.Finding) { f.Confidence = 0.99 }), ""},
		{"another reason", with(func(f *label.Finding) { f.Method, f.RuleID, f.Why = label.ByRule, "R-1", "rule" }), ""},
		{"another runner-up", with(func(f *label.Finding) { f.RunnerUp, f.RunnerUpConfidence = "y", 0.1 }), ""},
		{"another value", with(func(f *label.Finding) { f.Value = "y" }), "1 2"},
		{"no longer sure", with(func(f *label.Finding) { f.Accepted, f.Method = false, label.ByAbstaining }), "1 2"},
		{"a person says so now", with(func(f *label.Finding) { f.Method = label.ByCorrection }), "1 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			gone := contact(4, "CEO", "", after(0))
			gone.Archived = true
			mustSave(t, s, contact(1, "CEO", "", after(0)), contact(2, "CEO", "", after(0)), contact(3, "CFO", "", after(0)), gone)
			must(t, s.SaveDecisions(ctx, "r1", "m", []label.TitleRow{decided("ceo", was, label.Finding{})}))
			settleAll(t, s)
			must(t, s.SaveDecisions(ctx, "r2", "m", []label.TitleRow{decided("ceo", tc.next, label.Finding{})}))
			if got := dirty(t, s); got != tc.dirty {
				t.Errorf("dirty = %q; want %q", got, tc.dirty)
			}
			row, ok, err := s.Title(ctx, "ceo")
			want := tc.next
			if err != nil || !ok || row.Decision.Findings[0].Value != want.Value || row.Decision.Findings[0].Confidence != want.Confidence || row.Revision != "r2" || row.Contacts != 2 {
				t.Errorf("Title = %+v, %v, %v", row, ok, err)
			}
		})
	}
}

func TestUndecidedTitles(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	gone := contact(99, "Gone", "", after(0))
	gone.Archived = true
	mustSave(t, s, gone)
	for i := range 5 {
		mustSave(t, s, contact(i+1, fmt.Sprint("T", i), "", after(0)))
	}
	must(t, s.SaveDecisions(ctx, "r1", "m1", []label.TitleRow{decided("t1", sure("x"), sure("y"))}))
	read := func(revision, model string) string {
		var keys []string
		var last int64
		for {
			page, next, err := s.UndecidedTitles(ctx, revision, model, last, 2)
			must(t, err)
			if len(page) == 0 {
				return strings.Join(keys, " ")
			}
			for _, p := range page {
				keys = append(keys, p.Key)
			}
			last = next
		}
	}
	for _, tc := range [][3]string{{"r1", "m1", "t0 t2 t3 t4"}, {"r2", "m1", "t0 t1 t2 t3 t4"}, {"r1", "m2", "t0 t1 t2 t3 t4"}} {
		if got := read(tc[0], tc[1]); got != tc[2] {
			t.Errorf("undecided for %s and %s = %q; want %q", tc[0], tc[1], got, tc[2])
		}
	}
}

func TestTitleLists(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	for i, title := range []string{"A", "A", "A", "B", "C", "C", "D", "E"} {
		mustSave(t, s, contact(i+1, title, "", after(0)))
	}
	unsure := label.Finding{Value: "x", Method: label.ByAbstaining, Confidence: 0.4}
	byRule := label.Finding{Value: "x", Accepted: true, Method: label.ByRule, RuleID: "R-1", Confidence: 1}
	byPerson := label.Finding{Value: "x", Accepted: true, Method: label.ByCorrection}
	nonsense := label.Finding{Accepted: true, Method: label.ByNonsense}
	must(t, s.SaveDecisions(ctx, "r", "m", []label.TitleRow{decided("a", sure("x"), unsure), decided("b", unsure, unsure), decided("c", byRule, sure("y")), decided("d", byPerson, byPerson), decided("e", nonsense, nonsense)}))
	keys := func(list []label.TitleRow, err error) string {
		must(t, err)
		var out []string
		for _, r := range list {
			out = append(out, r.Key)
		}
		return strings.Join(out, " ")
	}
	if got := keys(s.UnsureTitles(ctx, 10)); got != "a b" {
		t.Errorf("UnsureTitles = %q; want the one with more contacts first", got)
	}
	if got := keys(s.LabelledTitles(ctx, 10)); got != "c" {
		t.Errorf("LabelledTitles = %q; want only what the machine labelled", got)
	}
	must(t, s.PutReview(ctx, []label.ReviewItem{{Key: "c", Kind: label.ReviewSpotCheck}}, t0))
	if got := keys(s.LabelledTitles(ctx, 10)); got != "" {
		t.Errorf("LabelledTitles = %q; want none twice", got)
	}
	hits, err := s.RuleHits(ctx)
	if err != nil || len(hits) != 1 || hits["R-1"] != 2 {
		t.Errorf("RuleHits = %v, %v", hits, err)
	}
	must(t, s.Settle(ctx, plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: "5"}, Verb: plan.Review, From: "y"}}}, nil, nil, t0))
	tally, err := s.Tally(ctx)
	if want := (label.Tally{Contacts: 8, Titles: 5, Labelled: 2, InReview: 5, NoTitle: 1}); err != nil || tally != want {
		t.Errorf("Tally = %+v, %v; want %+v", tally, err, want)
	}
}
