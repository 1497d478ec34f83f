package label_test

import (
	"testing"

	"rolecall/label"
)

// book makes the same rulebook each time, in memory of its own.
func book() label.Rulebook {
	return label.Rulebook{
		Taxonomies: [label.AxisCount]label.Taxonomy{colors(), {Axis: label.Seniority, Terms: []label.Term{{ID: "S-1", Name: "Upper", Value: "upper", Active: true, Rank: 1}}}},
		Rules:      []label.Rule{{ID: "R-1", Priority: 10, Match: label.MatchWords, Texts: []string{"a", "b"}, Set: [label.AxisCount]label.Value{"green"}}},
		Exemplars:  []label.Exemplar{{ID: "E-1", Title: "Painter", Labels: [label.AxisCount]label.Value{"green"}, Known: [label.AxisCount]bool{true}}},
		Corrections: []label.Correction{
			{ID: "C-1", Title: "Dyer", Scope: label.ScopeTitle, Labels: [label.AxisCount]label.Opinion{{Given: true, Value: "green"}}, Active: true},
			{ID: "C-2", Title: "Dyer", Scope: label.ScopeContact, ContactID: "7", Labels: [label.AxisCount]label.Opinion{{Given: true}}, Active: true},
			{ID: "C-3", Title: "Old", Scope: label.ScopeTitle},
		},
		Settings: label.DefaultSettings(),
	}
}

func revision(t *testing.T, b label.Rulebook) string {
	t.Helper()
	r, err := b.Revision()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRevision: a revision that moves without need decides every title again; one that does not move
// when it should leaves old decisions in force.
func TestRevision(t *testing.T) {
	was := revision(t, book())
	if again := revision(t, book()); again != was || len(was) != 16 {
		t.Fatalf("equal content: %q, then %q", was, again)
	}
	for name, edit := range map[string]func(*label.Rulebook){
		"an alert address":                       func(b *label.Rulebook) { b.Settings.AlertAddress = "https://example.com/x" },
		"the mode":                               func(b *label.Rulebook) { b.Settings.Mode = label.ModeApply },
		"the schedule":                           func(b *label.Rulebook) { b.Settings.Every, b.Settings.Cron = 0, "0 * * * *" },
		"the guard":                              func(b *label.Rulebook) { b.Settings.RelabelLimit = 1 },
		"a correction for a contact, changed":    func(b *label.Rulebook) { b.Corrections[1].Labels[0].Value = "red_pink" },
		"a correction for a contact, taken away": func(b *label.Rulebook) { *b = b.WithCorrections(b.Corrections[:1]) },
		"an undone correction, changed":          func(b *label.Rulebook) { b.Corrections[2].Title = "Older" },
		"an empty list in the place of none": func(b *label.Rulebook) {
			term := &b.Taxonomies[1].Terms[0]
			b.Rules[0].ButNot, term.Former, term.Examples = []string{}, []string{}, []string{}
		},
	} {
		b := book()
		edit(&b)
		if got := revision(t, b); got != was {
			t.Errorf("%s changes the revision", name)
		}
	}
	seen := map[string]string{was: "nothing"}
	for name, edit := range map[string]func(*label.Rulebook){
		"a term's name":             func(b *label.Rulebook) { b.Taxonomies[0].Terms[0].Name = "Rose" },
		"a term's tick":             func(b *label.Rulebook) { b.Taxonomies[0].Terms[1].Active = false },
		"the order of terms":        func(b *label.Rulebook) { x := b.Taxonomies[0].Terms; x[0], x[1] = x[1], x[0] },
		"a rule's text":             func(b *label.Rulebook) { b.Rules[0].Texts[1] = "c" },
		"two texts made one":        func(b *label.Rulebook) { b.Rules[0].Texts = []string{"a,b"} },
		"a rule less":               func(b *label.Rulebook) { b.Rules = nil },
		"an example's label":        func(b *label.Rulebook) { b.Exemplars[0].Labels[0] = "red_pink" },
		"none of these":             func(b *label.Rulebook) { b.Exemplars[0].Known[1] = true },
		"a correction's value":      func(b *label.Rulebook) { b.Corrections[0].Labels[0].Value = "red_pink" },
		"a correction made good":    func(b *label.Rulebook) { b.Corrections[2].Active = true },
		"a correction undone":       func(b *label.Rulebook) { b.Corrections[0].Active = false },
		"the role's precision":      func(b *label.Rulebook) { b.Settings.TargetPrecision[0] = 0.9 },
		"the seniority's precision": func(b *label.Rulebook) { b.Settings.TargetPrecision[1] = 0.9 },
		"the embedder":              func(b *label.Rulebook) { b.Settings.Embedder = "openai:x" },
	} {
		b := book()
		edit(&b)
		got := revision(t, b)
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the revision of %s", name, other)
		}
		seen[got] = name
	}
}

func TestRevisionOfNothing(t *testing.T) {
	empty := label.Rulebook{Rules: []label.Rule{}, Exemplars: []label.Exemplar{}, Corrections: []label.Correction{}}
	empty.Taxonomies[0].Terms = []label.Term{}
	if a, b := revision(t, empty), revision(t, label.Rulebook{}); a != b {
		t.Errorf("empty lists %q, none %q", a, b)
	}
}

func TestWithCorrectionsLeavesTheOriginal(t *testing.T) {
	b := book()
	other := b.WithCorrections(nil)
	if len(b.Corrections) != 3 || len(other.Corrections) != 0 {
		t.Errorf("%d and %d corrections; want 3 and 0", len(b.Corrections), len(other.Corrections))
	}
}

func TestFindingLabelAndEffect(t *testing.T) {
	f := label.Finding{Value: "green", Confidence: 0.6}
	if f.Label() != "" {
		t.Error("a finding that is not accepted has a label")
	}
	f.Accepted = true
	if f.Label() != "green" {
		t.Error("an accepted finding has no label")
	}
	item := label.ReviewItem{Contacts: 10, Asked: [label.AxisCount]bool{true, false}}
	item.Decision.Findings[0].Confidence = 0.6
	if got := item.Effect(); got < 3.99 || got > 4.01 {
		t.Errorf("Effect = %v; want 10 contacts times a doubt of 0.4", got)
	}
	item.Decision.Findings[0].Confidence = 1
	if got := item.Effect(); got != 0.5 {
		t.Errorf("Effect without doubt = %v; want the floor", got)
	}
	if got := label.EditPerson.String() + label.EditKind(7).String(); got == "" {
		t.Error("an edit kind out of range has no name")
	}
}
