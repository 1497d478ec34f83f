package classifier

import (
	"rolecall/label"
)

// ClassifyInFull decides as Classify does, by the long way: every title is embedded, and compared in full with every labelled one.
func (c *Classifier) ClassifyInFull(titles []string) []label.Decision {
	slow := *c
	slow.pruned = &pruned{}
	s := slow.newScratch()
	out := make([]label.Decision, len(titles))
	vector := make([]float32, c.model.dimension)
	for i, t := range titles {
		in := newInput(t, &s.reader)
		slow.embedder.(direct).EmbedInto(vector, in.normalized)
		s.states[0].reset(in, vector, &out[i])
		slow.decide(s.states[:1], s)
	}
	return out
}

// PrefitKey is the FitKey that the model in the program was fitted for; "" where there is none.
func PrefitKey() string {
	m, err := decode(prefitFile)
	if err != nil {
		return ""
	}
	return m.key
}

// PrefitRules are the rules in the model in the program.
func PrefitRules() []label.Rule {
	m, err := decode(prefitFile)
	if err != nil {
		return nil
	}
	return m.rules
}

// WithoutNotes is withoutNotes.
func WithoutNotes(rules []label.Rule) []label.Rule { return withoutNotes(rules) }
