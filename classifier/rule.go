package classifier

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"regexp"
	"slices"
	"strings"

	"rolecall/label"
	"rolecall/title"
)

// ruleSet holds the rules in the order in which they are asked, with two indexes, so that a title pays for the words it has and
// not for the number of rules: whole-word texts by their first word, "contains" texts by their first three bytes.
type ruleSet struct {
	rules       []rule
	seed        maphash.Seed // of hashes of words
	byFirstWord map[uint64]*firstWordTexts
	firstWords  bitset // places of byFirstWord's keys
	byStart     map[gram][]candidate
	starts      bitset      // places of byStart's keys
	short       []candidate // "contains" texts of less than three bytes
	patterns    []candidate
}

const gramBytes = 3

// gram is three bytes that follow each other.
type gram uint32

func (g gram) then(next byte) gram { return (g<<8 | gram(next)) & (1<<(8*gramBytes) - 1) }

// place is that in a bitset.
func (g gram) place() uint64 { return uint64(g) * 0x9e3779b97f4a7c15 >> 32 }

// bitset says of most things that are not in it that they are not, by a number that differs for most of them.
type bitset [1 << 9]uint64

func (b *bitset) add(place uint64) { b[place/64%uint64(len(b))] |= 1 << (place % 64) }

func (b *bitset) has(place uint64) bool { return b[place/64%uint64(len(b))]>>(place%64)&1 == 1 }

// wordSet is a small bitset of hashes of words.
type wordSet [4]uint64

func (w *wordSet) add(hash uint64) { w[hash/64%4] |= 1 << (hash % 64) }

func (w *wordSet) has(hash uint64) bool { return w[hash/64%4]>>(hash%64)&1 == 1 }

type rule struct {
	label.Rule
	texts    []ruleText
	but      []ruleText
	butFirst []uint64 // hashes of the first words of but
	butWith  wordSet  // of butFirst
	pattern  *regexp.Regexp
	needs    []string // see necessary
}

// ruleText is one alternative: as the team wrote it and as it is matched.
type ruleText struct {
	written     string
	text        string // words with one space between
	words       []string
	equivalents []int // rules, see findEquivalents
}

// candidate is a text of a rule, with its words.
type candidate struct {
	rule, text int
	match      label.Match
	words      []string
}

// firstWordTexts holds the texts that begin with a word (or, should it ever be, with words that have one hash: texts are compared word by
// word in the end). Common words begin dozens, so that longer texts are told apart by hashes first.
type firstWordTexts struct {
	alone  []candidate
	longer []candidate
	ends   []ending // of longer
	next   wordSet  // of the second words of longer
}

// ending is what of a text is looked at first: the hashes of its second and its last word, and how many words it has.
type ending struct {
	second, last uint64
	words        int
}

// ruleHit is a rule whose text stands in the title.
type ruleHit struct {
	rule    int
	text    int // -1 for a pattern
	blocked string
}

// newRuleSet compiles rules. A pattern that does not compile is an error that names the rule; workbook.Parse lets none through.
func newRuleSet(rules []label.Rule) (*ruleSet, error) {
	s := &ruleSet{seed: maphash.MakeSeed(), byFirstWord: map[uint64]*firstWordTexts{}, byStart: map[gram][]candidate{}}
	ordered := slices.Clone(rules)
	slices.SortStableFunc(ordered, func(a, b label.Rule) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, r := range ordered {
		compiled := rule{Rule: r, but: ruleTexts(r.ButNot)}
		for _, but := range compiled.but {
			first := s.hash(but.words[0])
			compiled.butFirst = append(compiled.butFirst, first)
			compiled.butWith.add(first)
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
			s.index(candidate{rule: n, text: i, match: r.Match, words: t.words}, t)
		}
	}
	s.findEquivalents()
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
		out = append(out, ruleText{written: t, text: key, words: strings.Fields(key)})
	}
	return out
}

// and is what joins two things in a normalised title.
const and = "&"

// joins reports whether a text is "&" alone, which is no word and so has no key. As "but not" it keeps a rule from titles that name
// two things.
func joins(text string) bool { return strings.TrimSpace(text) == and }

// hash is a word's; two words with one hash are dealt with, but are not to be expected.
func (s *ruleSet) hash(word string) uint64 { return maphash.String(s.seed, word) }

func (s *ruleSet) hashes(dst []uint64, words []string) []uint64 {
	for _, word := range words {
		dst = append(dst, s.hash(word))
	}
	return dst
}

func (s *ruleSet) indexFirstWord(c candidate) {
	hash := s.hash(c.words[0])
	s.firstWords.add(hash)
	o := s.byFirstWord[hash]
	if o == nil {
		o = &firstWordTexts{}
		s.byFirstWord[hash] = o
	}
	if len(c.words) == 1 {
		o.alone = append(o.alone, c)
		return
	}
	second := s.hash(c.words[1])
	o.longer = append(o.longer, c)
	o.ends = append(o.ends, ending{second: second, last: s.hash(c.words[len(c.words)-1]), words: len(c.words)})
	o.next.add(second)
}

func (s *ruleSet) index(c candidate, t ruleText) {
	if c.match != label.MatchContains {
		s.indexFirstWord(c)
		return
	}
	if len(t.text) < gramBytes {
		s.short = append(s.short, c)
		return
	}
	var start gram
	for i := range gramBytes {
		start = start.then(t.text[i])
	}
	s.byStart[start] = append(s.byStart[start], c)
	s.starts.add(start.place())
}

// match appends the rules whose text stands in the title to dst, in the order in which they are asked, each rule once; a rule that
// one of its "but not" texts blocks is among them and says so. What keeps a text out of a title in one rule keeps it out in others
// that say the same: "VP" and "Vice-président" are one text, and two lists of exceptions to it are one list.
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
	var room [32]uint64
	hashes := s.hashes(room[:0], in.work)
	dst = s.wholeWords(dst, in.work, hashes)
	if len(s.byStart) > 0 || len(s.short) > 0 {
		dst = s.contains(dst, in.workText)
	}
	for _, c := range s.patterns {
		if r := &s.rules[c.rule]; r.canMatch(in.normalized) && r.pattern.MatchString(in.normalized) {
			dst = append(dst, ruleHit{rule: c.rule, text: -1})
		}
	}
	hits := dst[first:]
	if len(hits) > 0 && !slices.Equal(in.words, in.work) {
		hashes = s.hashes(hashes[:0], in.words)
	}
	for i := range hits {
		hits[i].blocked = s.blockedBy(hits[i], in.words, hashes)
	}
	if len(hits) > 1 {
		slices.SortFunc(hits, ruleHit.compare)
		hits = slices.CompactFunc(hits, func(a, b ruleHit) bool { return a.rule == b.rule })
	}
	return dst[:first+len(hits)]
}

// compare orders hits by rule; of one rule's those that nothing blocks come first.
func (h ruleHit) compare(other ruleHit) int {
	return cmp.Or(cmp.Compare(h.rule, other.rule), cmp.Compare(min(len(h.blocked), 1), min(len(other.blocked), 1)), cmp.Compare(h.text, other.text))
}

// wholeWords appends the texts of whole words that stand in the title.
func (s *ruleSet) wholeWords(dst []ruleHit, words []string, hashes []uint64) []ruleHit {
	for i, hash := range hashes {
		if !s.firstWords.has(hash) {
			continue
		}
		o := s.byFirstWord[hash]
		if o == nil {
			continue
		}
		for j := range o.alone {
			if c := &o.alone[j]; c.matchesAt(words, i) {
				dst = append(dst, ruleHit{rule: c.rule, text: c.text})
			}
		}
		if i+1 == len(hashes) || !o.next.has(hashes[i+1]) {
			continue
		}
		for j := range o.ends {
			e := &o.ends[j]
			if e.second != hashes[i+1] || i+e.words > len(hashes) || e.last != hashes[i+e.words-1] {
				continue
			}
			if c := &o.longer[j]; c.matchesAt(words, i) {
				dst = append(dst, ruleHit{rule: c.rule, text: c.text})
			}
		}
	}
	return dst
}

// matchesAt reports whether the candidate's words stand among the title's, beginning with the one at i.
func (c *candidate) matchesAt(words []string, i int) bool {
	end := i + len(c.words)
	if end > len(words) || !slices.Equal(words[i:end], c.words) {
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
	var seen gram
	for end := 1; end <= len(text); end++ {
		seen = seen.then(text[end-1])
		if !s.starts.has(seen.place()) || end < gramBytes {
			continue
		}
		for _, c := range s.byStart[seen] {
			if strings.HasPrefix(text[end-gramBytes:], s.rules[c.rule].texts[c.text].text) {
				dst = append(dst, ruleHit{rule: c.rule, text: c.text})
			}
		}
	}
	return dst
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
