package portal

import (
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

type page struct {
	Title string
	Note  string
	Bad   bool
	Live  bool
	Count string
}

type rowView struct {
	ID, Name, Email, Company, JobTitle string
	Role, Seniority, Confidence        string
	Changed, By                        string
	ByPerson                           bool
}

type listView struct {
	page
	Query, RoleIs, SeniorityIs string
	Role, Seniority            Property
	Filtered                   bool
	Rows                       []rowView
	Range, Prev, Next          string
	LiveLink                   string
}

type historyView struct {
	When, Property, Value, By, Source string
	ByPerson                          bool
	at                                int64
}

type contactView struct {
	page
	Row                 rowView
	Role, Seniority     Property
	RoleIs, SeniorityIs string
	Archived            bool
	Properties          []struct{ Label, Value string }
	History             []historyView
	User                int64
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func when(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 Jan 2006 15:04:05") }

// by says in words who a source is, and whether it is a person.
func by(src Source) (string, bool) {
	switch {
	case strings.HasPrefix(src.Type, "MOBILE"):
		return fmt.Sprintf("User %d, mobile", src.UserID), true
	case src.Type == "CRM_UI":
		return fmt.Sprintf("User %d", src.UserID), true
	case src.Type == "IMPORT":
		return "Import", false
	case src.Type == "AUTOMATION_PLATFORM":
		return "Workflow", false
	case src.Type == "INTEGRATION":
		return "App " + src.ID, false
	case src.Type == "FORM":
		return "Form", false
	case src.Type == "MERGE_OBJECTS":
		return "Merge", false
	}
	return src.Type, false
}

func (s *Server) label(p propID, v string) string {
	for _, o := range s.props[p].Options {
		if o.Value == v {
			return o.Label
		}
	}
	return v
}

func (s *Server) textOf(c *contact, p propID) string {
	v, _ := c.get(p)
	return s.values.text(v)
}

func (s *Server) row(i int32) rowView {
	c := &s.contacts[i]
	role, seniority, confidence := s.labelProps()
	r := rowView{ID: strconv.FormatInt(c.id, 10), Email: s.textOf(c, s.std.email), Company: s.textOf(c, s.std.company),
		JobTitle: s.textOf(c, s.std.title), Role: s.label(role, s.textOf(c, role)), Seniority: s.label(seniority, s.textOf(c, seniority)),
		Confidence: percent(s.textOf(c, confidence)), Changed: when(c.modified)}
	if r.Name = strings.TrimSpace(s.textOf(c, s.std.first) + " " + s.textOf(c, s.std.last)); r.Name == "" {
		r.Name = "(no name)"
	}
	src := s.sources[c.origin]
	if c.hist != nil && len(*c.hist) > 0 {
		src = s.sources[(*c.hist)[len(*c.hist)-1].src]
	}
	r.By, r.ByPerson = by(src)
	return r
}

// percent shows 0.87 and 87 alike; other texts stay as they are.
func percent(v string) string {
	x, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil || x < 0 || x > 100:
		return v
	case x <= 1:
		x *= 100
	}
	return strconv.FormatFloat(x, 'f', 0, 64) + " %"
}

const countMost = 10_000

// pageMatches finds the contacts for a page of the list, newest change first.
// It counts no further than 10,000 matches behind the page.
func (s *Server) pageMatches(v *listView, skip int) ([]int32, int, bool) {
	var t taker
	t.skip, t.want = skip, pageRows
	from, to := 0, s.timeline.size
	if !v.Filtered {
		s.timeline.walk(max(from, to-skip-pageRows), max(0, to-skip), true, func(i int32) bool {
			t.page = append(t.page, i)
			return true
		})
		return t.page, to, false
	}
	role, seniority, _ := s.labelProps()
	words := strings.Fields(strings.ToLower(v.Query))
	is := func(c *contact, p propID, want string) bool {
		has := s.textOf(c, p)
		return want == "" || want == "-" && has == "" || want == has
	}
	s.timeline.walk(from, to, true, func(i int32) bool {
		c := &s.contacts[i]
		if c.state == live && is(c, role, v.RoleIs) && is(c, seniority, v.SeniorityIs) && s.mentions(c, words) {
			t.add(i)
		}
		return t.total < skip+pageRows+countMost
	})
	return t.page, t.total, t.total >= skip+pageRows+countMost
}

func (s *Server) mentions(c *contact, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strconv.FormatInt(c.id, 10)
	for _, p := range []propID{s.std.first, s.std.last, s.std.email, s.std.company, s.std.title} {
		text += "\n" + s.textOf(c, p)
	}
	text = strings.ToLower(text)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Server) listPage(q url.Values) listView {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(s.nowMS())
	role, seniority, _ := s.labelProps()
	v := listView{page: page{Title: "Contacts", Count: thousands(s.liveCount), Live: q.Get("live") == "1"}, Query: q.Get("q"), RoleIs: q.Get("role"),
		SeniorityIs: q.Get("seniority"), Role: s.props[role], Seniority: s.props[seniority], LiveLink: pageLink(q, "live", "1")}
	if v.Live {
		v.LiveLink = pageLink(q, "live", "")
	}
	v.Filtered = strings.TrimSpace(v.Query) != "" || v.RoleIs != "" || v.SeniorityIs != ""
	n := pageNumber(q)
	skip := (n - 1) * pageRows
	found, total, more := s.pageMatches(&v, skip)
	for _, i := range found {
		v.Rows = append(v.Rows, s.row(i))
	}
	plus := ""
	if more {
		plus = "+"
	}
	if len(found) > 0 {
		v.Range = fmt.Sprintf("%s–%s of %s%s", thousands(skip+1), thousands(skip+len(found)), thousands(total), plus)
	}
	if n > 1 {
		v.Prev = pageLink(q, "page", strconv.Itoa(n-1))
	}
	if skip+len(found) < total && len(found) > 0 {
		v.Next = pageLink(q, "page", strconv.Itoa(n+1))
	}
	return v
}

func (s *Server) contactPage(id string) (contactView, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.ParseInt(id, 10, 64)
	i, ok := s.resolve(n)
	if err != nil || !ok {
		return contactView{}, false
	}
	c := &s.contacts[i]
	role, seniority, _ := s.labelProps()
	v := contactView{Row: s.row(i), Role: s.props[role], Seniority: s.props[seniority], RoleIs: s.textOf(c, role), SeniorityIs: s.textOf(c, seniority),
		Archived: c.state == archived, User: pageUser}
	v.page = page{Title: v.Row.Name, Count: thousands(s.liveCount)}
	add := func(label, value string) {
		v.Properties = append(v.Properties, struct{ Label, Value string }{label, value})
	}
	for p, def := range s.props {
		value := s.textOf(c, propID(p))
		if value == "" && def.HubSpotDefined || def.Archived {
			continue
		}
		add(def.Label, s.label(propID(p), value))
		for _, x := range s.versions(c, propID(p)) {
			h := historyView{When: when(x.at), Property: def.Label, Value: s.label(propID(p), s.values.text(x.val)), at: x.at}
			src := s.sources[x.src]
			h.By, h.ByPerson = by(src)
			h.Source = strings.TrimSpace(src.Type + " " + src.ID)
			v.History = append(v.History, h)
		}
	}
	add("Create Date", when(c.created))
	add("Last Modified Date", when(c.modified))
	if ids := c.absorbed(); len(ids) > 0 {
		add("Merged Record IDs", joinIDs(ids, false, 0))
	}
	sort.SliceStable(v.History, func(a, b int) bool { return v.History[a].at > v.History[b].at })
	return v, true
}
