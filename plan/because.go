package plan

import "rolecall/label"

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
