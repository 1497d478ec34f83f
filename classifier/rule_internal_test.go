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
	var hits []ruleHit
	work, words := strings.Join(in.work, " "), strings.Join(in.words, " ")
	for n, r := range s.rules {
		hit := ruleHit{rule: n, text: -1}
		found := r.pattern != nil && r.pattern.MatchString(in.normalized)
		for i, t := range r.texts {
			switch r.Match {
			case label.MatchContains:
				found = strings.Contains(in.workText, t.text)
			case label.MatchStarts:
				found = strings.HasPrefix(work+" ", t.text+" ")
			case label.MatchEnds:
				found = strings.HasSuffix(" "+work, " "+t.text)
			case label.MatchEquals:
				found = work == t.text
			default:
				found = within(t.text, work)
			}
			if found {
				hit.text = i
				break
			}
		}
		if !found {
			continue
		}
		if i := slices.IndexFunc(r.but, func(but ruleText) bool { return within(but.text, words) }); i >= 0 {
			hit.blocked = r.but[i].written
		}
		hits = append(hits, hit)
	}
	return hits
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
			rules = append(rules, label.Rule{ID: fmt.Sprint(n), Match: matches[random.IntN(len(matches))], Texts: texts(6), ButNot: texts(5)})
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
