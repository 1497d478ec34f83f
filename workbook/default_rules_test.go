package workbook_test

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/title"
	"rolecall/workbook"
)

// matcher is a plain reading of one label.Rule, apart from the classifier's.
type matcher struct {
	rule          label.Rule
	texts, butNot [][]string
	plain         []string
	pattern       *regexp.Regexp
}

func newMatcher(r label.Rule) matcher {
	m := matcher{rule: r}
	for _, t := range r.Texts {
		m.texts = append(m.texts, title.Tokens(title.Normalize(t)))
		m.plain = append(m.plain, title.Normalize(t))
	}
	for _, t := range r.ButNot {
		if t == "&" {
			m.butNot = append(m.butNot, []string{t})
			continue
		}
		m.butNot = append(m.butNot, title.Tokens(title.Normalize(t)))
	}
	if r.Match == label.MatchRegex {
		m.pattern = regexp.MustCompile(r.Texts[0])
	}
	return m
}

func (m matcher) matches(normalized string, tokens []string) bool {
	if m.pattern != nil && !m.pattern.MatchString(normalized) {
		return false
	}
	found := m.pattern != nil
	for i, want := range m.texts {
		if found {
			break
		}
		switch m.rule.Match {
		case label.MatchWords:
			found = words(tokens, want)
		case label.MatchContains:
			found = strings.Contains(normalized, m.plain[i])
		case label.MatchStarts:
			found = len(want) <= len(tokens) && slices.Equal(tokens[:len(want)], want)
		case label.MatchEnds:
			found = len(want) <= len(tokens) && slices.Equal(tokens[len(tokens)-len(want):], want)
		case label.MatchEquals:
			found = slices.Equal(tokens, want)
		}
	}
	return found && !slices.ContainsFunc(m.butNot, func(want []string) bool { return words(tokens, want) })
}

func words(tokens, want []string) bool {
	for i := 0; i+len(want) <= len(tokens); i++ {
		if len(want) > 0 && slices.Equal(tokens[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// defaultRules reads the default workbook; says is the name of the label that its rules give a title, "" where they leave it to the
// classifier.
func defaultRules(t *testing.T) (says func(axis label.Axis, text string) string) {
	t.Helper()
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	book := workbook.Parse(snap, workbook.LastGood{}).Rulebook
	var rules []matcher
	for _, r := range book.Rules {
		rules = append(rules, newMatcher(r))
	}
	return func(axis label.Axis, text string) string {
		normalized := title.Normalize(text)
		tokens := title.Tokens(normalized)
		for _, m := range rules {
			if m.rule.Set[axis] != "" && m.matches(normalized, tokens) {
				return book.Taxonomies[axis].Name(m.rule.Set[axis])
			}
		}
		return ""
	}
}

// TestDefaultRulesAgreeWithDefaultExamples: rules decide with full confidence, so they must be right.
func TestDefaultRulesAgreeWithDefaultExamples(t *testing.T) {
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	book := workbook.Parse(snap, workbook.LastGood{}).Rulebook
	type score struct {
		right, wrong int
		faults       []string
	}
	scores := map[string]*score{}
	var total [label.AxisCount]score
	var rules []matcher
	for _, r := range book.Rules {
		rules = append(rules, newMatcher(r))
	}
	for _, e := range book.Exemplars {
		normalized := title.Normalize(e.Title)
		tokens := title.Tokens(normalized)
		for _, axis := range label.Axes() {
			if !e.Known[axis] {
				continue
			}
			for _, m := range rules {
				r := m.rule
				if r.Set[axis] == "" || !m.matches(normalized, tokens) {
					continue
				}
				id := r.ID + " " + axis.String()
				if scores[id] == nil {
					scores[id] = &score{}
				}
				if r.Set[axis] == e.Labels[axis] {
					scores[id].right++
					total[axis].right++
				} else {
					scores[id].wrong++
					total[axis].wrong++
					scores[id].faults = append(scores[id].faults, fmt.Sprintf("%s [%s, not %s]", e.Title, e.Labels[axis], r.Set[axis]))
				}
				break
			}
		}
	}
	var ids []string
	for id := range scores {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		s := scores[id]
		if n := s.right + s.wrong; s.wrong > 1 && float64(s.right) < 0.95*float64(n) {
			t.Errorf("rule %s: %d right, %d wrong: %s", id, s.right, s.wrong, strings.Join(s.faults, "; "))
		}
	}
	for _, axis := range label.Axes() {
		n := total[axis].right + total[axis].wrong
		t.Logf("%s: %d of %d decided, %d right (%.2f %%)", axis, n, len(book.Exemplars), total[axis].right, 100*float64(total[axis].right)/float64(n))
		if float64(total[axis].right) < 0.985*float64(n) || 5*n < len(book.Exemplars) {
			t.Errorf("the %s rules are too often wrong, or decide too little", axis)
		}
	}
}
