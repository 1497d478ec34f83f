package classifier_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
)

// orchard is a small taxonomy of a team's own: three kinds of work, told by words, and two levels with a fallback.
func orchard() label.Rulebook {
	b := label.Rulebook{Settings: label.DefaultSettings()}
	for i, name := range []string{"Picking", "Pressing", "Selling"} {
		b.Taxonomies[label.Role].Terms = append(b.Taxonomies[label.Role].Terms, label.Term{ID: fmt.Sprint("RO-0", i), Name: name, Value: label.Slug(name), Active: true})
	}
	b.Taxonomies[label.Seniority].Axis = label.Seniority
	b.Taxonomies[label.Seniority].Terms = []label.Term{
		{ID: "SE-01", Name: "Boss", Value: "boss", Active: true, Rank: 1},
		{ID: "SE-02", Name: "Hand", Value: "hand", Active: true, Fallback: true, Rank: 2},
	}
	places := strings.Fields("north south east west upper lower old new hill lake river stone oak green red dale moor cliff grove bay cape ford mill")
	for i, place := range places {
		for j, word := range []string{"picker", "presser", "seller"} {
			for k, level := range []string{"", "head "} {
				e := label.Exemplar{ID: fmt.Sprintf("E-%d%d%d", i, j, k), Title: level + word + " " + place}
				e.Labels = [2]label.Value{b.Taxonomies[0].Terms[j].Value, b.Taxonomies[1].Terms[1-k].Value}
				e.Known = [2]bool{true, true}
				b.Exemplars = append(b.Exemplars, e)
			}
		}
	}
	return b
}

func fitted(t testing.TB, b label.Rulebook) *classifier.Classifier {
	t.Helper()
	c, err := classifier.Fit(context.Background(), b, embedding.NewHashed(64), classifier.Options{Seed: 3, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ask(t testing.TB, c *classifier.Classifier, title string) label.Decision {
	t.Helper()
	d, err := c.Classify(context.Background(), []string{title})
	if err != nil {
		t.Fatal(err)
	}
	return d[0]
}

func TestWhoSpeaksFirstDecides(t *testing.T) {
	b := orchard()
	b.Rules = []label.Rule{
		{ID: "R-002", Priority: 20, Match: label.MatchWords, Texts: []string{"picker"}, Set: [2]label.Value{"selling", ""}},
		{ID: "R-001", Priority: 10, Match: label.MatchWords, Texts: []string{"apple boss"}, ButNot: []string{"assistant"}, Set: [2]label.Value{"pressing", "boss"}},
	}
	b.Corrections = []label.Correction{
		{ID: "C-1", Title: "Picker Moon", Active: true, Scope: label.ScopeTitle, Labels: [2]label.Opinion{{Given: true, Value: "picking"}, {}}},
		{ID: "C-2", Title: "Poet", Active: true, Scope: label.ScopeTitle, Labels: [2]label.Opinion{{Given: true}, {}}},
		{ID: "C-3", Title: "Undone Picker", Active: false, Scope: label.ScopeTitle, Labels: [2]label.Opinion{{Given: true, Value: "pressing"}, {}}},
		{ID: "C-4", Title: "One Picker", Active: true, Scope: label.ScopeContact, ContactID: "7", Labels: [2]label.Opinion{{Given: true, Value: "pressing"}, {}}},
	}
	c := fitted(t, b)
	for _, x := range []struct {
		situation, title string
		axis             label.Axis
		value            label.Value
		method           label.Method
		id               string
	}{
		{"a correction beats a rule", "picker moon", label.Role, "picking", label.ByCorrection, "C-1"},
		{"a correction is silent on the other axis", "Picker Moon", label.Seniority, "hand", label.ByFallback, ""},
		{"none of these is an answer", "poet", label.Role, "", label.ByCorrection, "C-2"},
		{"an undone correction is silent", "Undone Picker", label.Role, "selling", label.ByRule, "R-002"},
		{"a contact's correction is not the title's", "One Picker", label.Role, "selling", label.ByRule, "R-002"},
		{"the rule of lower number is asked first", "picker, apple boss", label.Role, "pressing", label.ByRule, "R-001"},
		{"but not silences a rule", "assistant picker of the apple boss", label.Role, "selling", label.ByRule, "R-002"},
		{"examples decide where no rule does", "head presser of the lake", label.Role, "pressing", label.ByNeighbors, ""},
		{"no title", "n/a", label.Role, "", label.ByNonsense, ""},
	} {
		f := ask(t, c, x.title).Findings[x.axis]
		if f.Value != x.value || f.Method != x.method || f.RuleID != x.id || f.Why == "" {
			t.Errorf("%s: %q is %q by %s %s (%.2f, %q), want %q by %s %s", x.situation, x.title, f.Value, f.Method, f.RuleID, f.Confidence, f.Why, x.value, x.method, x.id)
		}
	}
}

func TestRulesMatchAsTheirTableSays(t *testing.T) {
	for _, x := range []struct {
		match   label.Match
		text    string
		title   string
		matches bool
	}{
		{label.MatchWords, "account executive", "Senior Account Executive, EMEA", true},
		{label.MatchWords, "account executive", "Account Chief Executive", false},
		{label.MatchWords, "execut", "Account Executive", false},
		{label.MatchWords, "vertrieb", "Leiter Vertrieb (m/w/d)", true},
		{label.MatchWords, "acme", "Poet at Acme", false},
		{label.MatchContains, "leiter", "Vertriebsleiterin", true},
		{label.MatchContains, "ab", "Lab Lead", true},
		{label.MatchContains, "leiter", "Leitung Vertrieb", false},
		{label.MatchStarts, "head of", "Head of Apples", true},
		{label.MatchStarts, "head of", "Deputy Head of Apples", false},
		{label.MatchEnds, "intern", "Marketing Intern", true},
		{label.MatchEnds, "intern", "Intern Marketing", false},
		{label.MatchEquals, "founder", "Founder!", true},
		{label.MatchEquals, "founder", "Founder of Apples", false},
		{label.MatchRegex, `\bapples? (king|queen)\b`, "The Apple Queen", true},
		{label.MatchRegex, `^king`, "Apple King", false},
	} {
		b := orchard()
		b.Rules = []label.Rule{{ID: "R-1", Priority: 1, Match: x.match, Texts: []string{"zzz", x.text}, Set: [2]label.Value{"selling", ""}}}
		if x.match == label.MatchRegex {
			b.Rules[0].Texts = []string{x.text}
		}
		if got := ask(t, fitted(t, b), x.title).Findings[label.Role].Method == label.ByRule; got != x.matches {
			t.Errorf("%s %q on %q: %v, want %v", x.match, x.text, x.title, got, x.matches)
		}
	}
}

func TestAnAndInButNotKeepsARuleFromTitlesOfTwoThings(t *testing.T) {
	b := orchard()
	b.Rules = []label.Rule{{ID: "R-1", Priority: 1, Match: label.MatchWords, Texts: []string{"cider manager"}, ButNot: []string{"&"}, Set: [2]label.Value{"selling", ""}}}
	c := fitted(t, b)
	for title, want := range map[string]bool{
		"Cider Manager":            true,
		"Cider Manager, North":     true,
		"Apple & Cider Manager":    false,
		"Apple and Cider Manager":  false,
		"Apfel und Cider Manager":  false,
		"Cider Manager & Orchards": false,
	} {
		if got := ask(t, c, title).Findings[label.Role].Method == label.ByRule; got != want {
			t.Errorf("%s: decided by the rule %v, want %v", title, got, want)
		}
	}
}

func TestACorrectionIsInForceAtOnceAndUndoneAtOnce(t *testing.T) {
	c := fitted(t, orchard())
	verdict := label.Correction{ID: "C-9", Title: "Cider Whisperer", By: "Ana", Active: true, Scope: label.ScopeTitle, Labels: [2]label.Opinion{{Given: true, Value: "pressing"}, {Given: true, Value: "hand"}}}
	next := c.WithCorrections([]label.Correction{verdict})
	if f := ask(t, next, "cider whisperer").Findings[label.Role]; f.Value != "pressing" || f.Method != label.ByCorrection || f.Confidence != 1 {
		t.Errorf("the corrected title is %+v", f)
	}
	x, err := next.Explain(context.Background(), "cider whisperer, cider")
	if err != nil {
		t.Fatal(err)
	}
	if n := x.Axes[label.Role].Neighbors; len(n) == 0 || n[0].Origin != "correction C-9 by Ana" {
		t.Errorf("the correction is no neighbour of a title like it: %+v", n)
	}
	before := ask(t, c, "cider whisperer, cider").Findings[label.Role]
	after := ask(t, next, "cider whisperer, cider").Findings[label.Role]
	if after.Value != "pressing" {
		t.Errorf("a title like the corrected one is %q (before %q), want pressing", after.Value, before.Value)
	}
	undone := next.WithCorrections(nil)
	if got := ask(t, undone, "cider whisperer").Findings[label.Role]; got.Method == label.ByCorrection {
		t.Errorf("an undone correction still decides: %+v", got)
	}
}

func TestEqualSeedsAndRowsGiveEqualAnswers(t *testing.T) {
	one, other := fitted(t, orchard()), fitted(t, orchard())
	for _, title := range []string{"head picker of the lake", "presser", "mayor of the hill"} {
		a, b := ask(t, one, title), ask(t, other, title)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: %+v and %+v", title, a, b)
		}
	}
}

// kept is a Cache in memory.
type kept map[string][]byte

func (k kept) LoadModel(_ context.Context, key string) ([]byte, bool, error) {
	m, ok := k[key]
	return m, ok, nil
}

func (k kept) StoreModel(_ context.Context, key string, model []byte) error {
	k[key] = model
	return nil
}

func TestAKeptModelAnswersAsTheFittedOne(t *testing.T) {
	cache, b := kept{}, orchard()
	fit := func() *classifier.Classifier {
		c, err := classifier.Fit(context.Background(), b, embedding.NewHashed(64), classifier.Options{Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one := fit()
	if len(cache) != 1 {
		t.Fatalf("%d models kept, want 1", len(cache))
	}
	other := fit()
	for _, e := range b.Exemplars[:20] {
		title := "deputy " + e.Title
		if a, b := ask(t, one, title), ask(t, other, title); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: fitted %+v, kept %+v", title, a, b)
		}
	}
	for key, file := range cache {
		broken := append([]byte{}, file...)
		broken[len(broken)/2] ^= 1
		cache[key] = broken
	}
	if d := ask(t, fit(), "picker north"); d.Findings[label.Role].Value != "picking" {
		t.Errorf("after a damaged model was found the answer is %+v", d.Findings[label.Role])
	}
}

func TestTheFitKeyFollowsWhatAFitDependsOn(t *testing.T) {
	key := func(change func(*label.Rulebook)) string {
		b := orchard()
		change(&b)
		k, err := classifier.FitKey(b, "e")
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	same := key(func(*label.Rulebook) {})
	for _, x := range []struct {
		situation string
		change    func(*label.Rulebook)
		refit     bool
	}{
		{"a rule", func(b *label.Rulebook) { b.Rules = []label.Rule{{ID: "R"}} }, false},
		{"a correction", func(b *label.Rulebook) { b.Corrections = []label.Correction{{ID: "C"}} }, false},
		{"the target precision", func(b *label.Rulebook) { b.Settings.TargetPrecision[0] = 0.8 }, false},
		{"a description", func(b *label.Rulebook) { b.Taxonomies[0].Terms[0].Description = "x" }, false},
		{"an example", func(b *label.Rulebook) { b.Exemplars[0].Title = "x" }, true},
		{"a label of an example", func(b *label.Rulebook) { b.Exemplars[0].Labels[0] = "x" }, true},
		{"a term switched off", func(b *label.Rulebook) { b.Taxonomies[0].Terms[0].Active = false }, true},
		{"the fallback", func(b *label.Rulebook) { b.Taxonomies[1].Terms[1].Fallback = false }, true},
	} {
		if got := key(x.change) != same; got != x.refit {
			t.Errorf("%s: another key %v, want %v", x.situation, got, x.refit)
		}
	}
}

func TestNothingIsKnownWithoutLabelledTitles(t *testing.T) {
	b := orchard()
	b.Exemplars = nil
	c := fitted(t, b)
	d := ask(t, c, "picker north")
	for _, a := range label.Axes() {
		if f := d.Findings[a]; f.Accepted || f.Method != label.ByAbstaining || f.Why == "" {
			t.Errorf("%s: %+v", a, f)
		}
		if q := c.Quality()[a]; q.Honest || q.Note == "" {
			t.Errorf("%s: quality %+v without a word about it", a, q)
		}
	}
	if d.Findings[label.Seniority].Value != "hand" {
		t.Errorf("the fallback is not suggested: %+v", d.Findings[label.Seniority])
	}
}

func TestFewLabelledTitlesAreSaidToBeFew(t *testing.T) {
	b := orchard()
	b.Exemplars = b.Exemplars[:12]
	for _, q := range fitted(t, b).Quality() {
		if q.Honest || !strings.Contains(q.Note, "12 labelled titles") {
			t.Errorf("quality of 12 examples: %+v", q)
		}
	}
}

func FuzzClassify(f *testing.F) {
	c := fitted(f, orchard())
	for _, s := range []string{"", "n/a", "-", "asdf", "ana@example.org", "+49 170 1234567", "👩‍🌾", "\u200b\u200b", "מנהל", "head\u202epicker", "руководитель head", strings.Repeat("picker ", 15000), "\xff\xfe", "picker @ picker", "((((", "| / , @", "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := c.Explain(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range label.Axes() {
			v := x.Decision.Findings[a]
			if math.IsNaN(v.Confidence) || v.Confidence < 0 || v.Confidence > 1 || v.Why == "" {
				t.Errorf("%q: %+v", s, v)
			}
			if x.Kind != "title" && (v.Accepted || v.Value != "") {
				t.Errorf("%q is %s and gets %+v", s, x.Kind, v)
			}
		}
	})
}

// TestLookAlikesAreForAPerson: "Маrketing" begins with two Cyrillic letters here.
func TestLookAlikesAreForAPerson(t *testing.T) {
	c := defaultClassifier(t)
	const raw = "Маrketing Manager"
	plain, mixed := ask(t, c, "Marketing Manager"), ask(t, c, raw)
	for _, a := range label.Axes() {
		if f := mixed.Findings[a]; f.Accepted || f.Method != label.ByAbstaining || f.Value != plain.Findings[a].Value || !strings.Contains(f.Why, "two alphabets") {
			t.Errorf("%s: %+v", a, f)
		}
	}
	c = c.WithCorrections([]label.Correction{{ID: "C-1", Title: raw, Active: true, Scope: label.ScopeTitle,
		Labels: [label.AxisCount]label.Opinion{{Given: true, Value: plain.Findings[0].Value}, {}}}})
	if d := ask(t, c, raw); !d.Findings[0].Accepted || d.Findings[1].Accepted {
		t.Errorf("with a correction of the role: %+v", d.Findings)
	}
	if d := ask(t, c, "Менеджер по продажам"); strings.Contains(d.Findings[0].Why, "two alphabets") {
		t.Errorf("one alphabet: %+v", d.Findings[0])
	}
}

func TestTheDefaultWorkbookIsNotSureOfNothing(t *testing.T) {
	c := defaultClassifier(t)
	for _, s := range []string{"", "n/a", "-", "asdf", "ana@example.org", "+49 170 1234567", "👩‍🌾", "\u200b", "xqzt vrrk", "zzyzx", "Qwxk Plmn Ztrv", "1234 5678", "\xff\xfe\xfd", "....", "q", "@x", "(z)"} {
		for _, a := range label.Axes() {
			if v := ask(t, c, s).Findings[a]; v.Accepted && v.Value != "" {
				t.Errorf("%q: %s %q is given without a person, confidence %.2f, by %s", s, a, v.Value, v.Confidence, v.Method)
			}
		}
	}
}

func TestAModelOfFewTitlesHasLearntFromNearlyAllOfThem(t *testing.T) {
	b := orchard()
	b.Exemplars = nil
	cache := kept{}
	fit := func() *classifier.Classifier {
		emb, err := embedding.NewStatic()
		if err != nil {
			t.Fatal(err)
		}
		c, err := classifier.Fit(context.Background(), b, emb, classifier.Options{Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for n := range 26 {
		c := fit()
		if got := c.Quality()[label.Role].Examples; got < n-n/20 {
			t.Errorf("with %d corrections the model has learnt from %d, want all but a twentieth", n, got)
		}
		if _, err := c.Explain(context.Background(), "picker north"); err != nil {
			t.Errorf("with %d corrections: %v", n, err)
		}
		correction := label.Correction{ID: fmt.Sprint("C", n), Title: fmt.Sprint("picker of row ", n), Active: true, Scope: label.ScopeTitle}
		correction.Labels[label.Role] = label.Opinion{Given: true, Value: "picking"}
		b.Corrections = append(b.Corrections, correction)
	}
}

func TestACorrectionOfWhatIsNoTitleHolds(t *testing.T) {
	b := orchard()
	correction := label.Correction{ID: "C1", Title: "n/a", Active: true, Scope: label.ScopeTitle}
	correction.Labels[label.Role] = label.Opinion{Given: true, Value: "picking"}
	b.Corrections = append(b.Corrections, correction)
	d := ask(t, fitted(t, b), "N/A")
	if f := d.Findings[label.Role]; f.Method != label.ByCorrection || f.Value != "picking" {
		t.Errorf("role: %+v", f)
	}
	if f := d.Findings[label.Seniority]; f.Method != label.ByNonsense {
		t.Errorf("seniority, of which the correction says nothing: %+v", f)
	}
}

// A team's own example decides its very title, after rules and corrections; one that came with the program is a hint.
func TestATeamsOwnExampleDecidesItsTitle(t *testing.T) {
	b := orchard()
	example := func(title string) label.Exemplar {
		return label.Exemplar{ID: "E-9001", Title: title, Labels: [2]label.Value{"selling", ""}, Known: [2]bool{true, false}}
	}
	shipped := defaultBook(t).Exemplars[0].Title
	b.Exemplars = append(b.Exemplars, example("Picker of the night house"), example("Presser of the first floor"), example(shipped))
	b.Rules = []label.Rule{{ID: "R-001", Priority: 10, Match: label.MatchWords, Texts: []string{"first floor"}, Set: [2]label.Value{"pressing", ""}}}
	c := fitted(t, b)
	for _, x := range []struct {
		situation, title, why string
		value                 label.Value
	}{
		{"an example of the team's own", "picker of the NIGHT house", "An example of this very title says Selling (example E-9001).", "selling"},
		{"a rule speaks first", "Presser of the first floor", "Rule R-001 says", "pressing"},
		{"a default example's title", shipped, "Titles like it are labelled Selling", "selling"},
	} {
		t.Run(x.situation, func(t *testing.T) {
			f := ask(t, c, x.title).Findings[label.Role]
			if f.Value != x.value || !strings.Contains(f.Why, x.why) {
				t.Errorf("%q is %q by %s: %s", x.title, f.Value, f.Method, f.Why)
			}
		})
	}
}

// What nobody has labelled cannot be told: while labels have no titles, the answers of the others are given less surely, and not at all
// without a person where one label alone has titles.
func TestLabelsWithoutTitlesMakeTheOthersLessSure(t *testing.T) {
	whole := orchard()
	one, two := whole, whole
	one.Exemplars, two.Exemplars = nil, nil
	for _, e := range whole.Exemplars {
		if e.Labels[label.Role] == "picking" {
			one.Exemplars = append(one.Exemplars, e)
		}
		if e.Labels[label.Role] != "selling" {
			two.Exemplars = append(two.Exemplars, e)
		}
	}
	confidence := func(b label.Rulebook, title string) label.Finding {
		return ask(t, fitted(t, b), title).Findings[label.Role]
	}
	if f := confidence(one, "seller lake"); f.Accepted || f.Confidence > 0.5 {
		t.Errorf("with titles of one label alone %q is given with %.2f: %s", f.Value, f.Confidence, f.Why)
	}
	all, some := confidence(whole, "picker meadow"), confidence(two, "picker meadow")
	if !all.Accepted || some.Confidence >= all.Confidence || some.Value != "picking" {
		t.Errorf("picker is %q with %.3f where all labels have titles, %q with %.3f where one has none", all.Value, all.Confidence, some.Value, some.Confidence)
	}
	x, err := fitted(t, two).Explain(t.Context(), "picker meadow")
	if err != nil || !strings.Contains(x.Axes[label.Role].Calibration, "1 of 3 labels has no labelled title yet") {
		t.Errorf("the explanation says %q (%v)", x.Axes[label.Role].Calibration, err)
	}
}

// A tick is enough for a fallback: what examples call a real job that fits nowhere is the fallback's, while few examples name it; what
// is no job at all stays none, and so does what a person called none.
func TestAFallbackTakesTheJobsThatFitNowhere(t *testing.T) {
	b := orchard()
	for i, place := range strings.Fields("north south east west upper lower old new hill lake river stone oak green red dale moor cliff grove bay") {
		b.Exemplars = append(b.Exemplars,
			label.Exemplar{ID: fmt.Sprint("E-A", i), Title: "shepherd " + place, Labels: [2]label.Value{"", "hand"}, Known: [2]bool{true, true}},
			label.Exemplar{ID: fmt.Sprint("E-B", i), Title: "weather " + place, Known: [2]bool{true, true}})
	}
	if f := ask(t, fitted(t, b), "shepherd ford").Findings[label.Role]; f.Value != "" || !f.Accepted {
		t.Errorf("without a fallback a shepherd is %q by %s", f.Value, f.Method)
	}
	b.Taxonomies[label.Role].Terms = append(b.Taxonomies[label.Role].Terms, label.Term{ID: "RO-09", Name: "Anything else", Value: "else", Active: true, Fallback: true})
	b.Corrections = []label.Correction{{ID: "C-1", Title: "Shepherd Mill", Active: true, Scope: label.ScopeTitle, Labels: [2]label.Opinion{{Given: true}, {}}}}
	c := fitted(t, b)
	for title, want := range map[string]label.Value{"shepherd ford": "else", "picker ford": "picking", "weather ford": "", "shepherd mill": ""} {
		if f := ask(t, c, title).Findings[label.Role]; f.Value != want {
			t.Errorf("with a fallback %q is %q (%.2f by %s), want %q", title, f.Value, f.Confidence, f.Method, want)
		}
	}
}
