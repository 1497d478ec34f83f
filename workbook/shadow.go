package workbook

import (
	"slices"
	"strings"

	"rolecall/label"
	"rolecall/title"
)

// phrase is one alternative of an earlier rule, as words that a later rule's text may contain.
type phrase struct {
	words []string
	rule  *item[label.Rule]
}

// shadowed warns about rules that never decide anything, because rules asked before them catch all that they would. It only says so when it
// is certain: every alternative of the later rule holds, as whole words, an alternative of an earlier rule that is found anywhere in a title
// (match "whole word"), that has no exception which the later rule lacks, and that settles every axis which the later one would.
func (p *parser) shadowed(rules []item[label.Rule]) {
	byFirst := map[string][]phrase{}
	for i := range rules {
		it := &rules[i]
		if by := p.catcher(byFirst, it); by != nil && !it.d.fromLast {
			if it.value.Set == by.value.Set {
				it.d.warn("never used: rule %s above already catches this", by.d.id)
			} else {
				it.d.warn("never used: rule %s above catches this and decides otherwise - give this one a lower priority number", by.d.id)
			}
			p.recheck(it.d)
		}
		if it.value.Match != label.MatchWords {
			continue
		}
		for _, text := range it.value.Texts {
			if words := title.Tokens(title.Normalize(text)); len(words) > 0 {
				byFirst[words[0]] = append(byFirst[words[0]], phrase{words, it})
			}
		}
	}
}

// catcher is an earlier rule that catches an alternative of this one, when every alternative is caught.
func (p *parser) catcher(byFirst map[string][]phrase, it *item[label.Rule]) *item[label.Rule] {
	if it.value.Match == label.MatchRegex || it.value.Match == label.MatchContains {
		return nil // what they match is not known by its words
	}
	var by *item[label.Rule]
	for _, text := range it.value.Texts {
		earlier := caughtBy(byFirst, title.Tokens(title.Normalize(text)), it.value)
		if earlier == nil {
			return nil
		}
		by = earlier
	}
	return by
}

func caughtBy(byFirst map[string][]phrase, words []string, later label.Rule) *item[label.Rule] {
	for i, word := range words {
		for _, ph := range byFirst[word] {
			if len(ph.words) <= len(words)-i && slices.Equal(ph.words, words[i:i+len(ph.words)]) && covers(ph.rule.value, later) {
				return ph.rule
			}
		}
	}
	return nil
}

// covers is true when the earlier rule decides all that the later one would, in all titles that hold its words.
func covers(earlier, later label.Rule) bool {
	for _, axis := range label.Axes() {
		if later.Set[axis] != "" && earlier.Set[axis] == "" {
			return false
		}
	}
	for _, but := range earlier.ButNot {
		if !slices.ContainsFunc(later.ButNot, func(b string) bool { return strings.EqualFold(b, but) }) {
			return false
		}
	}
	return true
}
