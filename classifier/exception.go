package classifier

import "slices"

// blockedBy returns the "but not" text that stands in the title and keeps the hit out of it; hashes are those of the title's words.
func (s *ruleSet) blockedBy(h ruleHit, words []string, hashes []uint64) string {
	r := &s.rules[h.rule]
	but := r.blockedBy(words, hashes)
	if but != "" || h.text < 0 {
		return but
	}
	for _, other := range r.texts[h.text].equivalents {
		if but = s.rules[other].blockedBy(words, hashes); but != "" {
			break
		}
	}
	return but
}

// findEquivalents finds, for each text of a rule, the other rules that have the same text, give the same label and name exceptions.
func (s *ruleSet) findEquivalents() {
	with := map[string][]int{}
	for n := range s.rules {
		if len(s.rules[n].but) == 0 {
			continue
		}
		for _, t := range s.rules[n].texts {
			with[t.text] = append(with[t.text], n)
		}
	}
	for n := range s.rules {
		r := &s.rules[n]
		for i := range r.texts {
			for _, other := range with[r.texts[i].text] {
				if other != n && r.sharesLabel(&s.rules[other]) {
					r.texts[i].equivalents = append(r.texts[i].equivalents, other)
				}
			}
		}
	}
}

// sharesLabel reports whether two rules give the same label on some axis.
func (r *rule) sharesLabel(other *rule) bool {
	for a, value := range r.Set {
		if value != "" && value == other.Set[a] {
			return true
		}
	}
	return false
}

// blockedBy returns the first "but not" text that stands in the title; hashes are those of its words.
func (r *rule) blockedBy(words []string, hashes []uint64) string {
	first := len(r.but)
	for i, hash := range hashes {
		if !r.butWith.has(hash) {
			continue
		}
		for j, h := range r.butFirst[:first] {
			if but := r.but[j].words; h == hash && len(but) <= len(words)-i && slices.Equal(words[i:i+len(but)], but) {
				first = j
				break
			}
		}
	}
	if first == len(r.but) {
		return ""
	}
	return r.but[first].written
}
