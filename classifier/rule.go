package classifier

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rolecall/label"
	"rolecall/title"
)

// ruleSet holds the rules in the order in which they are asked, with two indexes, so that a title pays for the words it has and
// not for the number of rules: whole-word texts by their first word, "contains" texts by their first three bytes.
type ruleSet struct {
	rules    []rule
	byWord   map[string][]candidate
	words    bitset // shapes of byWord's keys
	byStart  map[[gramBytes]byte][]candidate
	starts   bitset      // places of byStart's keys
	short    []candidate // "contains" texts of less than three bytes
	patterns []candidate
}

const gramBytes = 3

// gramPlace is the place of three bytes in a bitset.
func gramPlace(a, b, c byte) uint { return (uint(a)*31*31 + uint(b)*31 + uint(c)) % bitsetSize }

// bitset says of most things that are not in it that they are not, by a number that differs for most of them.
type bitset [bitsetSize / 64]uint64

const bitsetSize = 4096

func (b *bitset) add(place uint) { b[place/64] |= 1 << (place % 64) }

func (b *bitset) has(place uint) bool { return b[place/64]>>(place%64)&1 == 1 }

type rule struct {
	label.Rule
	texts   []ruleText
	but     []ruleText
	butWith wordShapes // of the first words of but
	pattern *regexp.Regexp
	needs   []string // see necessary
}

// ruleText is one alternative: as the team wrote it and as it is matched.
type ruleText struct {
	written string
	text    string // words with one space between
	words   []string
	shape   uint // of the first word
}

// candidate is a text of a rule, with what must follow its first word, which has led to it.
type candidate struct {
	rule, text int
	match      label.Match
	rest       []string
}

// shapeOf is a word's place in a bitset.
func shapeOf(word string) uint {
	return (uint(word[0]) + uint(word[len(word)/2])*67 + uint(word[len(word)-1])*331 + uint(len(word))*1031) % bitsetSize
}

// wordShapes is a small set of shapes.
type wordShapes [4]uint64

func (w *wordShapes) add(shape uint) { w[shape/64%4] |= 1 << (shape % 64) }

func (w *wordShapes) has(shape uint) bool { return w[shape/64%4]>>(shape%64)&1 == 1 }

// meets reports whether two sets have a shape in common.
func (w *wordShapes) meets(other *wordShapes) bool {
	return w[0]&other[0]|w[1]&other[1]|w[2]&other[2]|w[3]&other[3] != 0
}

// ruleHit is a rule whose text stands in the title.
type ruleHit struct {
	rule    int
	text    int // -1 for a pattern
	blocked string
}

// newRuleSet compiles rules. A pattern that does not compile is an error that names the rule; workbook.Parse lets none through.
func newRuleSet(rules []label.Rule) (*ruleSet, error) {
	s := &ruleSet{byWord: map[string][]candidate{}, byStart: map[[gramBytes]byte][]candidate{}}
	ordered := slices.Clone(rules)
	slices.SortStableFunc(ordered, func(a, b label.Rule) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, r := range ordered {
		compiled := rule{Rule: r, but: ruleTexts(r.ButNot)}
		for _, but := range compiled.but {
			compiled.butWith.add(but.shape)
		}
		n := len(s.rules)
		if r.Match == label.MatchRegex {
			if len(r.Texts) == 0 {
				continue
			}
			pattern, err := regexp.Compile(r.Texts[0])
			if err != nil {
				return nil, fmt.Errorf("compile the pattern of rule %s: %w; mend it on the Rules tab", r.ID, err)
			}
			compiled.pattern, compiled.needs = pattern, necessary(r.Texts[0])
			s.patterns = append(s.patterns, candidate{rule: n, text: -1})
			s.rules = append(s.rules, compiled)
			continue
		}
		compiled.texts = ruleTexts(r.Texts)
		s.rules = append(s.rules, compiled)
		for i, t := range compiled.texts {
			s.index(candidate{rule: n, text: i, match: r.Match, rest: t.words[1:]}, t)
		}
	}
	return s, nil
}

func ruleTexts(texts []string) []ruleText {
	var out []ruleText
	for _, t := range texts {
		key := string(title.KeyOf(t))
		if key == "" && joins(t) {
			key = and
		}
		if key == "" {
			continue
		}
		words := strings.Fields(key)
		out = append(out, ruleText{written: t, text: key, words: words, shape: shapeOf(words[0])})
	}
	return out
}

// and is what joins two things in a normalised title.
const and = "&"

// joins reports whether a text is "&" alone, which is no word and so has no key. As "but not" it keeps a rule from titles that name
// two things.
func joins(text string) bool { return strings.TrimSpace(text) == and }

func (s *ruleSet) index(c candidate, t ruleText) {
	if c.match != label.MatchContains {
		s.byWord[t.words[0]] = append(s.byWord[t.words[0]], c)
		s.words.add(t.shape)
		return
	}
	if len(t.text) < gramBytes {
		s.short = append(s.short, c)
		return
	}
	start := [gramBytes]byte([]byte(t.text[:gramBytes]))
	s.byStart[start] = append(s.byStart[start], c)
	s.starts.add(gramPlace(start[0], start[1], start[2]))
}

// match appends the rules whose text stands in the title to dst, in the order in which they are asked, each rule once; a rule that
// one of its "but not" texts blocks is among them and says so.
//
//	| match       | the text's words stand                                     |
//	|-------------|------------------------------------------------------------|
//	| whole word  | anywhere, as whole words, one after the other              |
//	| starts with | at the start                                               |
//	| ends with   | at the end of the title, before any place of work          |
//	| equals      | alone: they are the whole title                            |
//	| contains    | anywhere, inside a word too                                |
//	| regex       | RE2 found in the normalised title with its separators      |
func (s *ruleSet) match(dst []ruleHit, in *input) []ruleHit {
	if len(s.rules) == 0 {
		return dst
	}
	first := len(dst)
	for i, word := range in.work {
		if !s.words.has(shapeOf(word)) {
			continue
		}
		for _, c := range s.byWord[word] {
			if c.stands(in.work, i) {
				dst = append(dst, ruleHit{rule: c.rule, text: c.text})
			}
		}
	}
	if len(s.byStart) > 0 || len(s.short) > 0 {
		dst = s.contains(dst, in.workText)
	}
	for _, c := range s.patterns {
		if r := &s.rules[c.rule]; r.canMatch(in.normalized) && r.pattern.MatchString(in.normalized) {
			dst = append(dst, ruleHit{rule: c.rule, text: -1})
		}
	}
	hits := dst[first:]
	if len(hits) > 1 {
		slices.SortFunc(hits, func(a, b ruleHit) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.text, b.text)) })
		hits = slices.CompactFunc(hits, func(a, b ruleHit) bool { return a.rule == b.rule })
	}
	var shapes wordShapes
	if len(hits) > 0 {
		for _, word := range in.words {
			shapes.add(shapeOf(word))
		}
	}
	for i := range hits {
		if shapes.meets(&s.rules[hits[i].rule].butWith) {
			hits[i].blocked = s.blockedBy(hits[i].rule, in, &shapes)
		}
	}
	return dst[:first+len(hits)]
}

// stands reports whether the candidate's words stand among the title's, of which the one at i is its first.
func (c *candidate) stands(words []string, i int) bool {
	end := i + 1 + len(c.rest)
	if end > len(words) || !slices.Equal(words[i+1:end], c.rest) {
		return false
	}
	switch c.match {
	case label.MatchStarts:
		return i == 0
	case label.MatchEnds:
		return end == len(words)
	case label.MatchEquals:
		return i == 0 && end == len(words)
	}
	return true
}

func (s *ruleSet) contains(dst []ruleHit, text string) []ruleHit {
	for _, c := range s.short {
		if strings.Contains(text, s.rules[c.rule].texts[c.text].text) {
			dst = append(dst, ruleHit{rule: c.rule, text: c.text})
		}
	}
	for i := 0; i+gramBytes <= len(text); i++ {
		if !s.starts.has(gramPlace(text[i], text[i+1], text[i+2])) {
			continue
		}
		for _, c := range s.byStart[[gramBytes]byte([]byte(text[i:i+gramBytes]))] {
			if strings.HasPrefix(text[i:], s.rules[c.rule].texts[c.text].text) {
				dst = append(dst, ruleHit{rule: c.rule, text: c.text})
			}
		}
	}
	return dst
}

func (s *ruleSet) blockedBy(n int, in *input, shapes *wordShapes) string {
	for _, but := range s.rules[n].but {
		if !shapes.has(but.shape) {
			continue
		}
		for i := 0; i+len(but.words) <= len(in.words); i++ {
			if slices.Equal(in.words[i:i+len(but.words)], but.words) {
				return but.written
			}
		}
	}
	return ""
}

// decide returns the first unblocked hit that has an opinion on the axis, or false.
func (s *ruleSet) decide(hits []ruleHit, axis label.Axis, known func(label.Value) bool) (ruleHit, bool) {
	for _, h := range hits {
		if v := s.rules[h.rule].Set[axis]; v != "" && h.blocked == "" && known(v) {
			return h, true
		}
	}
	return ruleHit{}, false
}

// written is the text of the rule that matched, as the team wrote it.
func (s *ruleSet) written(h ruleHit) string {
	if h.text < 0 {
		return s.rules[h.rule].Texts[0]
	}
	return s.rules[h.rule].texts[h.text].written
}
