package classifier

import (
	"fmt"
	"strconv"

	"rolecall/label"
	"rolecall/title"
)

func nonsense(k title.Kind) label.Finding {
	return label.Finding{Method: label.ByNonsense, Why: "This is no job title (" + k.String() + "), so it gets no label and needs no review."}
}

func (c *Classifier) byCorrection(a label.Axis, l *lesson) label.Finding {
	f := label.Finding{Value: l.opinions[a].Value, Accepted: true, Method: label.ByCorrection, Confidence: 1, RuleID: l.id}
	f.Why = "Somebody decided this for this very title (" + l.origin + ")."
	if f.Value == "" {
		f.Why = "Somebody decided that no " + a.String() + " fits this very title (" + l.origin + ")."
	}
	return f
}

// byExample is the answer of an example of this very title that a team wrote itself. It decides as a rule does that nothing has borne
// out yet: who writes a title down with its label expects no other.
func (c *Classifier) byExample(a label.Axis, l *lesson) label.Finding {
	f := label.Finding{Value: l.opinions[a].Value, Accepted: true, Method: label.ByNeighbors, Confidence: ruleTrust{}.confidence(a)}
	f.Why = fmt.Sprintf("An example of this very title says %s (%s).", c.name(a, f.Value), l.origin)
	return f
}

func (c *Classifier) byRule(a label.Axis, h ruleHit, s *scratch) label.Finding {
	r := &c.rules.rules[h.rule]
	f := label.Finding{Value: r.Set[a], Accepted: true, Method: label.ByRule, Confidence: c.trust[h.rule].confidence(a), RuleID: r.ID}
	f.Why = s.sentence(newSentenceKey(a, sentenceOfRule, h.rule, h.text), func() string { return c.whyRule(a, h, &f) })
	return f
}

func (c *Classifier) whyRule(a label.Axis, h ruleHit, f *label.Finding) string {
	r := &c.rules.rules[h.rule]
	why := fmt.Sprintf("Rule %s says %s for titles with %q.", r.ID, c.name(a, f.Value), c.rules.written(h))
	if r.Match == label.MatchRegex { // a pattern says nothing to most people
		why = fmt.Sprintf("Rule %s says %s for titles that fit its pattern.", r.ID, c.name(a, f.Value))
	}
	if n := c.trust[h.rule][a].disagree; n > 2 && f.Confidence < c.targets[a].wanted {
		why += fmt.Sprintf(" Careful: %d labelled titles that the rule matches say something else.", n)
	}
	return why
}

// suggestionsOnly makes suggestions of the answers to a title that may not be what it looks like.
func suggestionsOnly(findings [label.AxisCount]label.Finding) [label.AxisCount]label.Finding {
	for a := range findings {
		if f := &findings[a]; f.Method != label.ByCorrection {
			f.Accepted, f.Method, f.RuleID = false, label.ByAbstaining, ""
			f.Why = "A word mixes the letters of two alphabets that look alike, so somebody should look. " + f.Why
		}
	}
	return findings
}

// abstain is the answer of an axis about which no labelled title speaks: the fallback as a suggestion, if there is one.
func (c *Classifier) abstain(a label.Axis) label.Finding {
	f := label.Finding{Method: label.ByAbstaining, Why: "No rule matches, and no labelled title speaks about the " + a.String() + " yet."}
	if term, ok := c.book.Taxonomies[a].Fallback(); ok {
		f.Value = term.Value
		f.Why += " " + term.Name + " is the fallback; somebody should look."
	}
	return f
}

// why puts into a sentence what heads and neighbours found.
func (c *Classifier) why(a label.Axis, f *label.Finding, v *verdict, st *titleState, s *scratch) string {
	kind := sentenceOfDoubt
	if f.Accepted {
		kind = sentenceOfAnswer
	}
	if !v.withNeighbors || len(st.nearest.list) == 0 {
		return s.sentence(newSentenceKey(a, kind, v.first, v.second), func() string { return c.whyExamples(a, f, v) + "." })
	}
	found := s.sentence(newSentenceKey(a, kind+sentenceContinued, v.first, v.second), func() string { return c.whyExamples(a, f, v) + "; the closest labelled title is " })
	row := st.nearest.list[0].row
	if int(row) >= len(c.lessons) { // a correction, which other classifiers may not have
		return found + c.quoted(row)
	}
	return found + s.sentence(newSentenceKey(0, sentenceOfTitle, int(row), 0), func() string { return c.quoted(row) })
}

// quoted is a labelled title as the end of a sentence.
func (c *Classifier) quoted(row int32) string { return strconv.Quote(c.lesson(row).title) + "." }

func (c *Classifier) whyExamples(a label.Axis, f *label.Finding, v *verdict) string {
	name := c.name(a, f.Value)
	switch {
	case f.Method == label.ByFallback:
		return fmt.Sprintf("It reads like a real job without a sign of any other %s, so it gets %s", a, name)
	case f.Accepted:
		return fmt.Sprintf("Titles like it are labelled %s", name)
	case v.second >= 0:
		return fmt.Sprintf("Not sure enough: it could be %s or %s", name, c.name(a, c.model.axes[a].values[v.second]))
	}
	return fmt.Sprintf("Not sure enough: it could be %s", name)
}

// sentenceKey is what a sentence, or a part of one, depends on: a rule and its text, the best answers by class, or a labelled title. It is
// a number because every title looks up some.
type sentenceKey uint64

const (
	sentenceOfRule = iota
	sentenceOfTitle
	sentenceOfAnswer
	sentenceOfDoubt
	sentenceContinued = 2 // added to the two before: the closest title follows
)

func newSentenceKey(a label.Axis, kind, one, other int) sentenceKey {
	return sentenceKey(a)<<60 | sentenceKey(kind)<<56 | sentenceKey(one)<<28 | sentenceKey(other+1)
}

// sentence makes a sentence once. It must be the same for every classifier with the same rules and the same model.
func (s *scratch) sentence(key sentenceKey, write func() string) string {
	if known, ok := s.sentences[key]; ok {
		return known
	}
	text := write()
	s.sentences[key] = text
	return text
}

func (c *Classifier) name(a label.Axis, v label.Value) string {
	if v == "" {
		return "none of these"
	}
	return c.book.Taxonomies[a].Name(v)
}

// lesson is the labelled title of a row of the matrix or, after its last, of the extra rows.
func (c *Classifier) lesson(row int32) *lesson {
	if int(row) < len(c.lessons) {
		return &c.lessons[row]
	}
	return &c.extra.lessons[int(row)-len(c.lessons)]
}
