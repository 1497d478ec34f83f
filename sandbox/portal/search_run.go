package portal

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

func (s *Server) searchContacts(c *call) *problem {
	q, p := s.parseSearch(c.body)
	if p != nil {
		return p
	}
	s.settle(s.nowMS())
	var page []int32
	total := 0
	if !q.nothing {
		page, total = s.lookUp(q)
	}
	b := append(c.out, `{"total":`...)
	b = strconv.AppendInt(b, int64(total), 10)
	b = append(b, `,"results":[`...)
	for n, i := range page {
		if n > 0 {
			b = append(b, ',')
		}
		k := &s.contacts[i]
		props, modified, _ := s.indexed(i)
		b = s.appendState(b, k, props, modified, q.show, "")
	}
	b = append(b, ']')
	if next := q.after + len(page); next < total && len(page) > 0 {
		b = append(b, `,"paging":{"next":{"after":"`...)
		b = strconv.AppendInt(b, int64(next), 10)
		b = append(b, `"}}`...)
	}
	c.out = append(b, '}')
	return nil
}

// span is the part of the portal that a search must look at: a range of change
// times and a range of ids, both ends included.
type span struct{ from, to, low, high int64 }

// ranged says whether the filter's low and high are what it means.
func (f *filter) ranged() bool {
	return f.numeric && slices.Contains([]string{"EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"}, f.operator)
}

// times is the range of change times outside of which no group of filters holds.
func (s *Server) times(groups [][]*filter) (from, to int64) {
	if len(groups) == 0 {
		return math.MinInt64, math.MaxInt64
	}
	from, to = math.MaxInt64, math.MinInt64
	for _, group := range groups {
		low, high := int64(math.MinInt64), int64(math.MaxInt64)
		for _, f := range group {
			if f.ranged() && f.prop == s.std.modified {
				low, high = max(low, f.low), min(high, f.high)
			}
		}
		from, to = min(from, low), max(to, high)
	}
	return from, to
}

// narrow takes the ranges out of a search of one filter group and returns the
// filters that remain to be checked one by one.
func (s *Server) narrow(q *search) (span, []*filter) {
	r := span{math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64}
	if len(q.groups) != 1 {
		r.from, r.to = s.times(q.groups)
		return r, nil
	}
	var rest []*filter
	for _, f := range q.groups[0] {
		ranged := f.ranged()
		switch {
		case ranged && f.prop == s.std.modified:
			r.from, r.to = max(r.from, f.low), min(r.to, f.high)
		case ranged && f.prop == s.std.objectID:
			r.low, r.high = max(r.low, f.low), min(r.high, f.high)
		default:
			rest = append(rest, f)
		}
	}
	return r, rest
}

// lookUp returns one page and the number of all matches.
//
// The two orders that a reader of changes needs are served from an index: by
// time of change straight from the timeline, by id over the records. Any other
// order collects the matches and sorts them.
func (s *Server) lookUp(q *search) ([]int32, int) {
	r, rest := s.narrow(q)
	plain := len(q.groups) <= 1 && len(rest) == 0 && len(q.words) == 0
	from, to := s.timeline.rank(r.from), s.timeline.size
	if r.to < math.MaxInt64 {
		to = s.timeline.rank(r.to + 1)
	}
	if r.from > r.to || r.low > r.high || from >= to {
		return nil, 0
	}
	matches := func(i int32) bool {
		if id := s.contacts[i].id; id < r.low || id > r.high {
			return false
		}
		return plain || s.matches(q, rest, i)
	}
	var take taker
	take.skip, take.want = q.after, q.limit
	switch {
	case q.sorted && q.sortBy == s.std.modified:
		if plain && r.low == math.MinInt64 && r.high == math.MaxInt64 {
			return s.slice(from, to, q), to - from
		}
		s.timeline.walk(from, to, q.reverse, func(i int32) bool {
			if matches(i) {
				take.add(i)
			}
			return true
		})
		return take.page, take.total
	case !q.sorted || q.sortBy == s.std.objectID || q.sortBy == s.std.created:
		s.byID(r, from, to, q.reverse, func(i int32) bool {
			if matches(i) {
				take.add(i)
			}
			return plain && len(take.page) == take.want
		}, &take)
		return take.page, take.total
	}
	var all []int32
	s.timeline.walk(from, to, false, func(i int32) bool {
		if matches(i) {
			all = append(all, i)
		}
		return true
	})
	s.order(all, q)
	end := min(len(all), q.after+q.limit)
	return all[min(q.after, end):end], len(all)
}

type taker struct {
	skip, want, total int
	page              []int32
}

func (t *taker) add(i int32) {
	if t.total >= t.skip && len(t.page) < t.want {
		t.page = append(t.page, i)
	}
	t.total++
}

// slice is the page of a search that only bounds the time of change.
func (s *Server) slice(from, to int, q *search) []int32 {
	lo, hi := from+q.after, min(to, from+q.after+q.limit)
	if q.reverse {
		lo, hi = max(from, to-q.after-q.limit), to-q.after
	}
	var page []int32
	s.timeline.walk(lo, hi, q.reverse, func(i int32) bool {
		page = append(page, i)
		return true
	})
	return page
}

// byID visits the contacts of a span by id: over the records, or, when the time
// range is much the smaller, over that. When visit answers true it needs no more
// than the count of the rest.
func (s *Server) byID(r span, from, to int, backwards bool, visit func(int32) bool, take *taker) {
	first, _ := slices.BinarySearchFunc(s.contacts, r.low, func(c contact, id int64) int { return cmp.Compare(c.id, id) })
	last := len(s.contacts)
	if r.high < math.MaxInt64 {
		last, _ = slices.BinarySearchFunc(s.contacts, r.high+1, func(c contact, id int64) int { return cmp.Compare(c.id, id) })
	}
	if (to-from)*16 < last-first {
		var some []int32
		s.timeline.walk(from, to, false, func(i int32) bool {
			some = append(some, i)
			return true
		})
		slices.Sort(some)
		if backwards {
			slices.Reverse(some)
		}
		for _, i := range some {
			visit(i)
		}
		return
	}
	for n := range last - first {
		i := int32(first + n)
		if backwards {
			i = int32(last - 1 - n)
		}
		at := s.shownAt[i]
		if at == hidden || at < r.from || at > r.to || !visit(i) {
			continue
		}
		rest := s.shownAt[i+1 : last]
		if backwards {
			rest = s.shownAt[first:i]
		}
		low := max(r.from, hidden+1)
		for _, at := range rest {
			if at >= low && at <= r.to {
				take.total++
			}
		}
		return
	}
}

func (s *Server) order(all []int32, q *search) {
	def := s.props[q.sortBy]
	numeric := def.Type == "number" || def.Type == "date" || def.Type == "datetime"
	slices.SortStableFunc(all, func(a, b int32) int {
		x, y := s.shownText(a, q.sortBy), s.shownText(b, q.sortBy)
		n := cmp.Compare(strings.ToLower(x), strings.ToLower(y))
		if numeric {
			n = cmp.Compare(numberOf(x), numberOf(y))
		}
		if q.reverse {
			return -n
		}
		return n
	})
}

func numberOf(v string) float64 {
	if ms, ok := parseTime(v); ok {
		return float64(ms)
	}
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return math.Inf(-1)
	}
	return x
}

// shownText is a property of the indexed state as text; empty when there is none.
func (s *Server) shownText(i int32, p propID) string {
	props, modified, _ := s.indexed(i)
	c := &s.contacts[i]
	switch p {
	case s.std.objectID:
		return strconv.FormatInt(c.id, 10)
	case s.std.created:
		return strconv.FormatInt(c.created, 10)
	case s.std.modified:
		return strconv.FormatInt(modified, 10)
	case s.std.mergedIDs:
		if c.rare == nil {
			return ""
		}
		return joinIDs(c.rare.absorbed, false, 0)
	}
	v, _ := getIn(props, p)
	return s.values.text(v)
}

// matches checks the words and the filters that no range has settled.
func (s *Server) matches(q *search, rest []*filter, i int32) bool {
	if len(q.words) > 0 && !s.hasWords(i, q.words) {
		return false
	}
	all := func(fs []*filter) bool {
		for _, f := range fs {
			if !s.holds(f, i) {
				return false
			}
		}
		return true
	}
	if len(q.groups) <= 1 {
		return all(rest)
	}
	return slices.ContainsFunc(q.groups, all)
}

// hasWords is the free-text query: every word must begin a token of the name,
// the e-mail address, the company or the phone number.
func (s *Server) hasWords(i int32, words []string) bool {
	props, _, _ := s.indexed(i)
	var text strings.Builder
	for _, p := range []propID{s.std.first, s.std.last, s.std.email, s.std.company, s.propIDs["phone"]} {
		if v, ok := getIn(props, p); ok {
			text.WriteString(strings.ToLower(s.values.text(v)))
			text.WriteByte(' ')
		}
	}
	tokens := tokens(text.String())
	for _, w := range words {
		if !strings.Contains(text.String(), w) || !slices.ContainsFunc(append(tokens, strings.Fields(text.String())...), func(t string) bool { return strings.HasPrefix(t, w) }) {
			return false
		}
	}
	return true
}

func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func (s *Server) holds(f *filter, i int32) bool {
	switch f.prop {
	case s.std.objectID, s.std.created, s.std.modified, s.std.mergedIDs:
		return f.accepts(s.shownText(i, f.prop))
	}
	props, _, _ := s.indexed(i)
	v, _ := getIn(props, f.prop)
	known, ok := f.memo[v]
	if !ok {
		known = f.accepts(s.values.text(v))
		f.memo[v] = known
	}
	return known
}

// accepts applies the operator to a value; an empty value is no value, and
// only NEQ, NOT_IN, NOT_CONTAINS_TOKEN and NOT_HAS_PROPERTY accept it.
func (f *filter) accepts(v string) bool {
	switch f.operator {
	case "HAS_PROPERTY":
		return v != ""
	case "NOT_HAS_PROPERTY":
		return v == ""
	case "NEQ":
		return v == "" || !f.equals(v, f.texts[0])
	case "NOT_IN":
		return !slices.Contains(f.texts, strings.ToLower(v)) && !slices.Contains(f.texts, v)
	case "NOT_CONTAINS_TOKEN":
		return !containsToken(v, f.texts[0])
	}
	if v == "" {
		return false
	}
	switch f.operator {
	case "IN":
		return slices.ContainsFunc(f.texts, func(t string) bool { return t == strings.ToLower(v) || f.numeric && f.equals(v, t) })
	case "CONTAINS_TOKEN":
		return containsToken(v, f.texts[0])
	}
	if f.numeric {
		x := numberOf(v)
		if f.operator == "EQ" {
			return x == f.number
		}
		return x >= float64(f.low) && x <= float64(f.high)
	}
	low := strings.ToLower(v)
	first := strings.ToLower(f.texts[0])
	switch f.operator {
	case "EQ":
		return low == first
	case "GT":
		return low > first
	case "GTE":
		return low >= first
	case "LT":
		return low < first
	case "LTE":
		return low <= first
	}
	return low >= first && low <= strings.ToLower(f.texts[1]) // BETWEEN
}

func (f *filter) equals(v, t string) bool {
	if f.numeric {
		return numberOf(v) == numberOf(t)
	}
	return strings.EqualFold(v, t)
}

// containsToken looks for whole tokens; * stands for any characters at the end
// or the beginning of one.
func containsToken(v, want string) bool {
	want = strings.ToLower(want)
	for _, t := range append(tokens(v), strings.Fields(strings.ToLower(v))...) {
		head, tail := strings.HasPrefix(want, "*"), strings.HasSuffix(want, "*")
		core := strings.Trim(want, "*")
		switch {
		case head && tail && strings.Contains(t, core), head && !tail && strings.HasSuffix(t, core),
			tail && !head && strings.HasPrefix(t, core), t == want:
			return true
		}
	}
	return false
}
