package plan

import (
	"fmt"
	"strconv"
	"strings"

	"rolecall/label"
)

// Render is the plan as text for people: its pushes in groups, biggest first, then what needs no write.
// Values are shown by their names in the taxonomies. Equal plans give equal text.
func Render(p Plan, taxonomies [label.AxisCount]label.Taxonomy) string {
	var b strings.Builder
	groups := p.Groups(0)
	for _, a := range label.Axes() {
		title := false
		for _, g := range groups {
			if g.Axis != a {
				continue
			}
			if !title {
				fmt.Fprintf(&b, "%s\n", a)
				title = true
			}
			fmt.Fprintf(&b, "  %s -> %s: %s, because %s\n", shown(taxonomies[a], g.From), shown(taxonomies[a], g.To), thousands(g.Count), g.Because())
		}
	}
	if len(groups) == 0 {
		b.WriteString("nothing to write\n")
	}
	for _, line := range []struct {
		verb Verb
		text string
	}{
		{Pull, "edited in HubSpot, kept"},
		{Adopt, "already the same on both sides"},
		{Review, "to ask about in Review"},
	} {
		if n := p.Count(line.verb); n > 0 {
			fmt.Fprintf(&b, "%s: %s\n", line.text, thousands(n))
		}
	}
	return b.String()
}

// Because is the group's reason in plain words: "rule R-012", "the closest labelled titles".
func (g Group) Because() string { return Because(g.Method, g.RuleID) }

// Because says in plain words why a label is set: the rule or correction that decided, or how it was decided.
func Because(m label.Method, ruleID string) string {
	switch m {
	case "":
		return "it is taken back"
	case label.ByNeighbors:
		return "the closest labelled titles say so"
	case label.ByFallback:
		return "it is a job without a sign of any other label"
	case label.ByCorrection, label.ByContactCorrection, label.ByRule:
		text := map[bool]string{true: "correction", false: "rule"}[m.IsPerson()]
		if ruleID != "" {
			text += " " + ruleID
		}
		if m == label.ByContactCorrection {
			text += " for the contact"
		}
		return text
	}
	return string(m)
}

func shown(t label.Taxonomy, v label.Value) string {
	if v == "" {
		return "(empty)"
	}
	return t.Name(v)
}

// thousands writes n with commas between groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
