package portal

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The documented bounds of a search.
const (
	searchPage    = 200
	searchWindow  = 10_000
	searchBody    = 3_000 // characters
	searchGroups  = 5
	searchFilters = 6 // in a group
	searchTotal   = 18
)

type searchBodyJSON struct {
	FilterGroups []struct {
		Filters []filterJSON `json:"filters"`
	} `json:"filterGroups"`
	Sorts      []json.RawMessage `json:"sorts"`
	Query      string            `json:"query"`
	Properties []string          `json:"properties"`
	Limit      *int              `json:"limit"`
	After      json.RawMessage   `json:"after"`
}

type filterJSON struct {
	Property  string            `json:"propertyName"`
	Operator  string            `json:"operator"`
	Value     json.RawMessage   `json:"value"`
	HighValue json.RawMessage   `json:"highValue"`
	Values    []json.RawMessage `json:"values"`
}

// search is a checked search: groups are alternatives of filters that must all hold.
type search struct {
	groups  [][]*filter
	words   []string
	show    shown
	limit   int
	after   int
	sortBy  propID
	sorted  bool
	reverse bool
	nothing bool // the search is one that HubSpot answers with silence
}

type filter struct {
	prop     propID
	operator string
	numeric  bool
	low      int64 // for numbers and times
	high     int64
	number   float64
	texts    []string
	memo     map[valueID]bool
}

func (s *Server) parseSearch(body []byte) (*search, *problem) {
	if utf8.RuneCount(body) > searchBody {
		return nil, invalid("The request body exceeds the maximum length of %d characters", searchBody)
	}
	var in searchBodyJSON
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("Invalid input JSON on line 1, column 1: %s", err)
	}
	q := &search{limit: 10, show: s.choose(in.Properties, nil), words: strings.Fields(strings.ToLower(in.Query))}
	if in.Limit != nil {
		if q.limit = *in.Limit; q.limit < 0 || q.limit > searchPage {
			return nil, invalid("limit must be between 0 and %d", searchPage)
		}
	}
	if p := q.parseAfter(in.After); p != nil {
		return nil, p
	}
	if p := s.parseSort(q, in.Sorts); p != nil {
		return nil, p
	}
	if len(in.FilterGroups) > searchGroups {
		return nil, invalid("There was a problem with the request: too many filter groups (count: %d, max allowed: %d)", len(in.FilterGroups), searchGroups)
	}
	total := 0
	for _, g := range in.FilterGroups {
		if total += len(g.Filters); len(g.Filters) > searchFilters || total > searchTotal {
			return nil, invalid("There was a problem with the request: too many filters (max allowed: %d in a group, %d in all)", searchFilters, searchTotal)
		}
		group := []*filter{}
		for _, f := range g.Filters {
			one, p := s.parseFilter(q, f)
			if p != nil {
				return nil, p
			}
			group = append(group, one)
		}
		q.groups = append(q.groups, group)
	}
	return q, nil
}

func (q *search) parseAfter(raw json.RawMessage) *problem {
	text := strings.Trim(string(bytes.TrimSpace(raw)), `"`)
	if text == "" || text == "null" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return invalid("Invalid paging cursor: after must be an integer")
	}
	if q.after = n; n >= searchWindow || n+q.limit > searchWindow {
		return invalid("Paging through more than %d results is not supported. Narrow the search with filters", searchWindow)
	}
	return nil
}

// parseSort honours the first sort and no other, in either of its two forms:
// {"propertyName": p, "direction": "DESCENDING"}, or "p" and "-p".
func (s *Server) parseSort(q *search, sorts []json.RawMessage) *problem {
	if len(sorts) == 0 {
		return nil
	}
	var text string
	var object struct {
		Property  string `json:"propertyName"`
		Direction string `json:"direction"`
	}
	if json.Unmarshal(sorts[0], &text) == nil {
		object.Property, q.reverse = strings.CutPrefix(text, "-")
	} else if err := json.Unmarshal(sorts[0], &object); err != nil {
		return invalid("Invalid input JSON: sorts must hold strings or objects with propertyName and direction")
	}
	switch object.Direction {
	case "", "ASCENDING":
	case "DESCENDING":
		q.reverse = true
	default:
		return invalid("Invalid sort direction %s: use ASCENDING or DESCENDING", object.Direction)
	}
	id, ok := s.prop(object.Property)
	if !ok {
		return invalid("There was a problem with the request: property %q does not exist", object.Property)
	}
	q.sortBy, q.sorted = id, true
	return nil
}

func operators() []string {
	return []string{"BETWEEN", "CONTAINS_TOKEN", "EQ", "GT", "GTE", "HAS_PROPERTY", "IN", "LT", "LTE", "NEQ", "NOT_CONTAINS_TOKEN", "NOT_HAS_PROPERTY", "NOT_IN"}
}

func (s *Server) parseFilter(q *search, in filterJSON) (*filter, *problem) {
	if !slices.Contains(operators(), in.Operator) {
		return nil, invalid("Invalid operator %q: use one of %s", in.Operator, strings.Join(operators(), ", "))
	}
	id, ok := s.prop(in.Property)
	if !ok {
		return nil, invalid("There was a problem with the request: property %q does not exist", in.Property)
	}
	if id == s.std.objModified {
		q.nothing = true // contacts are dated by lastmodifieddate; this one finds nothing, and says nothing
	}
	def := s.props[id]
	f := &filter{prop: id, operator: in.Operator, memo: map[valueID]bool{}}
	f.numeric = def.Type == "number" || def.Type == "date" || def.Type == "datetime"
	var p *problem
	switch in.Operator {
	case "HAS_PROPERTY", "NOT_HAS_PROPERTY":
		if len(in.Value) > 0 || len(in.Values) > 0 {
			return nil, invalid("operator %s takes no value", in.Operator)
		}
	case "IN", "NOT_IN":
		if len(in.Values) == 0 {
			return nil, invalid("operator %s requires values", in.Operator)
		}
		for _, raw := range in.Values {
			text, p := scalar(in.Property, raw)
			if p != nil {
				return nil, p
			}
			// Strings are indexed in lower case, and IN compares as it is given.
			f.texts = append(f.texts, text)
		}
	case "BETWEEN":
		var low, high string
		if low, p = scalar(in.Property, in.Value); p == nil {
			high, p = scalar(in.Property, in.HighValue)
		}
		f.texts = []string{low, high}
	default:
		var text string
		text, p = scalar(in.Property, in.Value)
		f.texts = []string{text}
	}
	if p != nil {
		return nil, invalid("operator %s on %s requires a value", in.Operator, in.Property)
	}
	return f, f.bounds(in.Property)
}

// bounds turns the values of a filter on a number or a time into a range of
// whole numbers, both ends included.
func (f *filter) bounds(name string) *problem {
	f.low, f.high = math.MinInt64, math.MaxInt64
	if !f.numeric || len(f.texts) == 0 || f.operator == "IN" || f.operator == "NOT_IN" {
		return nil
	}
	var n [2]int64
	for i, text := range f.texts {
		ms, ok := parseTime(text)
		if !ok {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return invalid("There was a problem with the request: %q is not a valid value for %s", text, name)
			}
			ms, f.number = int64(x), x
		} else {
			f.number = float64(ms)
		}
		n[i] = ms
	}
	switch f.operator {
	case "EQ":
		f.low, f.high = n[0], n[0]
	case "GT":
		if n[0] == math.MaxInt64 {
			return invalid("There was a problem with the request: %q is too large for %s", f.texts[0], name)
		}
		f.low = n[0] + 1
	case "GTE":
		f.low = n[0]
	case "LT":
		if n[0] == math.MinInt64 {
			return invalid("There was a problem with the request: %q is too small for %s", f.texts[0], name)
		}
		f.high = n[0] - 1
	case "LTE":
		f.high = n[0]
	case "BETWEEN":
		f.low, f.high = n[0], n[1]
	}
	return nil
}
