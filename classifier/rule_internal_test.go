package classifier

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/title"
)

// matchInFull is ruleSet.match without an index: every text of every rule is held against the title.
func matchInFull(s *ruleSet, in *input) []ruleHit {
	within := func(text, title string) bool { return strings.Contains(" "+title+" ", " "+text+" ") }
	work, words := strings.Join(in.work, " "), strings.Join(in.words, " ")
	exception := func(r rule) string {
		if i := slices.IndexFunc(r.but, func(but ruleText) bool { return within(but.text, words) }); i >= 0 {
			return r.but[i].written
		}
		return ""
	}
	var hits []ruleHit
	for n, r := range s.rules {
		var found []ruleHit
		if r.pattern != nil && r.pattern.MatchString(in.normalized) {
			found = append(found, ruleHit{n, -1, exception(r)})
		}
		for i, t := range r.texts {
			stands := false
			switch r.Match {
			case label.MatchContains:
				stands = strings.Contains(in.workText, t.text)
			case label.MatchStarts:
				stands = strings.HasPrefix(work+" ", t.text+" ")
			case label.MatchEnds:
				stands = strings.HasSuffix(" "+work, " "+t.text)
			case label.MatchEquals:
				stands = work == t.text
			default:
				stands = within(t.text, work)
			}
			if !stands {
				continue
			}
			hit := ruleHit{n, i, exception(r)}
			for _, other := range s.rules {
				same := slices.ContainsFunc(other.texts, func(o ruleText) bool { return o.text == t.text })
				if hit.blocked == "" && same && other.Set[0] == r.Set[0] {
					hit.blocked = exception(other)
				}
			}
			found = append(found, hit)
		}
		if len(found) == 0 {
			continue
		}
		best := max(0, slices.IndexFunc(found, func(h ruleHit) bool { return h.blocked == "" }))
		hits = append(hits, found[best])
	}
	return hits
}

func TestAnExceptionHoldsForTheSameTextInAnotherRule(t *testing.T) {
	say := func(role string) (set [label.AxisCount]label.Value) {
		set[label.Role] = label.Value(role)
		return set
	}
	s, err := newRuleSet([]label.Rule{
		{ID: "english", Match: label.MatchWords, Texts: []string{"VP"}, ButNot: []string{"office"}, Set: say("boss")},
		{ID: "french", Match: label.MatchWords, Texts: []string{"vice-président", "sous-directeur"}, Set: say("boss")},
		{ID: "others", Match: label.MatchWords, Texts: []string{"VP"}, Set: say("guest")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ title, want string }{
		{"VP Sales", "english french others"},
		{"Office of the VP", "others"},
		{"Sous-directeur, Office of the VP", "french others"},
	} {
		in := newInput(test.title, &title.Reader{})
		var got []string
		for _, h := range s.match(nil, &in) {
			if h.blocked == "" {
				got = append(got, s.rules[h.rule].ID)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: decided by %q, want %q", test.title, got, test.want)
		}
	}
}

// FuzzRulesMatchAsInFull makes rules of a few words, so that many begin alike, and holds them against a title and against its words
// in other orders.
func FuzzRulesMatchAsInFull(f *testing.F) {
	for seed, text := range []string{"Head of Sales", "Sales & Head (Head of Sales)", "head head of of sales", "Lead, Head of Sales @ Sales", "sales sales",
		"\xff\xfehead of \xc3", "Head\u200b of Sales", "営業 head", "", "&", "of", "of & of", strings.Repeat("head of sales ", 40), strings.Repeat("h", 3000) + " head"} {
		f.Add(uint64(seed), text)
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		random := rand.New(rand.NewPCG(seed, 1))
		first := newInput(text, &title.Reader{})
		vocabulary := append([]string{"head", "of", "sales", "lead", "he", "s", "&"}, first.words[:min(len(first.words), 20)]...)
		texts := func(most int) []string {
			list := make([]string, random.IntN(most))
			for i := range list {
				for range 1 + random.IntN(3) {
					list[i] += vocabulary[random.IntN(len(vocabulary))] + " "
				}
			}
			return list
		}
		var rules []label.Rule
		matches := []label.Match{label.MatchWords, label.MatchStarts, label.MatchEnds, label.MatchEquals, label.MatchContains}
		for n := range 60 {
			rules = append(rules, label.Rule{ID: fmt.Sprint(n), Match: matches[random.IntN(len(matches))], Texts: texts(6), ButNot: texts(5), Set: [label.AxisCount]label.Value{label.Value("ab"[n%2 : n%2+1])}})
		}
		rules = append(rules, label.Rule{ID: "pattern", Match: label.MatchRegex, Texts: []string{`\b(head|lead) [a-z]`}, ButNot: texts(5)})
		s, err := newRuleSet(rules)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			in := newInput(text, &title.Reader{})
			if got, want := s.match(nil, &in), matchInFull(s, &in); !slices.Equal(got, want) {
				t.Fatalf("%q (seed %d):\n got %+v\nwant %+v", text, seed, got, want)
			}
			text = ""
			for range random.IntN(8) {
				text += vocabulary[random.IntN(len(vocabulary))] + []string{" ", " ", ", ", " @ ", " ("}[random.IntN(5)]
			}
		}
	})
}
