package classifier

import "rolecall/label"

// ruleTrust is how far the labelled titles bear a rule out, per axis.
type ruleTrust [label.AxisCount]struct{ agree, disagree int }

// Titles that a rule is believed to have been right on before any labelled title was looked at.
const trustAhead = 20

// confidence is the share of labelled titles on which the rule is right, counted as if it had been right trustAhead times before
// and wrong once: no rule is right for ever.
func (t ruleTrust) confidence(a label.Axis) float64 {
	agree, disagree := float64(t[a].agree), float64(t[a].disagree)
	return (agree + trustAhead) / (agree + disagree + trustAhead + 1)
}

// trustRules counts, for each rule, the labelled titles which it decides and which bear the same label or another.
func trustRules(rules *ruleSet, lessons []lesson) []ruleTrust {
	trust := make([]ruleTrust, len(rules.rules))
	if len(rules.rules) == 0 {
		return trust
	}
	var hits []ruleHit
	for i := range lessons {
		in := normalizedInput(lessons[i].title, lessons[i].normalized)
		hits = rules.match(hits[:0], &in)
		for _, a := range label.Axes() {
			o := lessons[i].opinions[a]
			if !o.Given {
				continue
			}
			if h, ok := rules.decide(hits, a, anyValue); ok {
				if rules.rules[h.rule].Set[a] == o.Value {
					trust[h.rule][a].agree++
				} else {
					trust[h.rule][a].disagree++
				}
			}
		}
	}
	return trust
}

// ruledTitles counts the labelled titles that rules decide.
func ruledTitles(trust []ruleTrust, a label.Axis) ruled {
	var r ruled
	for _, t := range trust {
		n := float64(t[a].agree + t[a].disagree)
		r.titles += n
		r.right += n * min(t.confidence(a), float64(t[a].agree)/max(n, 1))
	}
	return r
}

func anyValue(label.Value) bool { return true }
