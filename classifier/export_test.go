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
	for i, t := range titles {
		in := newInput(t)
		slow.embedder.(direct).EmbedInto(s.vector, in.normalized)
		s.embedded = true
		out[i] = slow.decide(&in, s)
	}
	return out
}
