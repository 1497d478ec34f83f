package portal

import (
	"slices"
	"sort"
	"time"
)

// The records are compact, so that a portal of two million contacts fits in
// memory: values are interned (a title that thousands share is stored once),
// and a contact keeps history only for the properties that have changed; the
// first version of every other property is its value at the contact's creation.

type (
	valueID  uint32
	propID   uint16
	sourceID uint32
)

// interner gives equal strings one small number. Number 0 is the empty string.
type interner struct {
	ids map[string]valueID
	all []string
}

func newInterner() *interner {
	return &interner{ids: map[string]valueID{"": 0}, all: []string{""}}
}

func (in *interner) id(s string) valueID {
	if id, ok := in.ids[s]; ok {
		return id
	}
	id := valueID(len(in.all))
	in.all = append(in.all, s)
	in.ids[s] = id
	return id
}

func (in *interner) text(id valueID) string { return in.all[id] }

// Source says who wrote a value, in the fields of HubSpot's property history.
type Source struct {
	Type   string // sourceType, e.g. CRM_UI, IMPORT, INTEGRATION
	ID     string // sourceId, e.g. userId:123 or the id of the app
	Label  string // sourceLabel, often empty
	UserID int64  // updatedByUserId; 0 when no person is known
}

type pair struct {
	prop propID
	val  valueID
}

type version struct {
	at   int64
	val  valueID
	src  sourceID
	prop propID
}

type state uint8

const (
	live state = iota
	archived
	merged
	purged
)

// contact is one record. Milliseconds since 1970 throughout.
type contact struct {
	id       int64
	created  int64
	modified int64
	props    []pair
	hist     *[]version
	rare     *rare
	origin   sourceID
	state    state
	pending  bool // the search index still shows an older state of it
}

// rare holds what few contacts have.
type rare struct {
	archivedAt int64
	into       int64   // the survivor's id, once merged
	absorbed   []int64 // ids merged into this one
}

func (c *contact) get(p propID) (valueID, bool) {
	for _, x := range c.props {
		if x.prop == p {
			return x.val, true
		}
	}
	return 0, false
}

func getIn(props []pair, p propID) (valueID, bool) {
	for _, x := range props {
		if x.prop == p {
			return x.val, true
		}
	}
	return 0, false
}

func (c *contact) extra() *rare {
	if c.rare == nil {
		c.rare = &rare{}
	}
	return c.rare
}

// find returns the position of the contact with an id, purged ones excepted.
func (s *Server) find(id int64) (int32, bool) {
	i := sort.Search(len(s.contacts), func(i int) bool { return s.contacts[i].id >= id })
	if i == len(s.contacts) || s.contacts[i].id != id || s.contacts[i].state == purged {
		return 0, false
	}
	return int32(i), true
}

// resolve follows merges to the survivor: an old id keeps working for ever.
func (s *Server) resolve(id int64) (int32, bool) {
	for range 1000 { // a chain of merges this long is a damaged file
		i, ok := s.find(id)
		if !ok {
			return 0, false
		}
		if s.contacts[i].state != merged {
			return i, true
		}
		id = s.contacts[i].rare.into
	}
	return 0, false
}

// nowMS is the portal's clock; it never runs backwards, as two changes in the
// wrong order would make a history that no reader could put right.
func (s *Server) nowMS() int64 {
	t := s.opt.Now().UnixMilli()
	if t < s.lastMS {
		t = s.lastMS
	}
	s.lastMS = t
	return t
}

// set writes one value and its history. A value that is already there leaves no
// new fact, and false is returned.
func (s *Server) set(c *contact, p propID, v valueID, src sourceID, at int64) bool {
	old, had := c.get(p)
	if old == v && (had || v == 0) {
		return false
	}
	if c.hist == nil {
		c.hist = &[]version{}
	}
	h := *c.hist
	if had && !slices.ContainsFunc(h, func(x version) bool { return x.prop == p }) {
		h = append(h, version{at: c.created, val: old, src: c.origin, prop: p})
	}
	h = append(h, version{at: at, val: v, src: src, prop: p})
	c.hist = &h
	if had {
		for i := range c.props {
			if c.props[i].prop == p {
				c.props[i].val = v
			}
		}
	} else {
		grown := make([]pair, len(c.props), len(c.props)+1)
		copy(grown, c.props)
		c.props = append(grown, pair{p, v})
	}
	if p == s.emailProp {
		s.moveEmail(c, old, v)
	}
	return true
}

func (s *Server) moveEmail(c *contact, from, to valueID) {
	if i, ok := s.find(c.id); ok {
		if from != 0 && s.byEmail[from] == i {
			delete(s.byEmail, from)
		}
		if _, taken := s.byEmail[to]; to != 0 && !taken {
			s.byEmail[to] = i
		}
	}
}

// versions returns a property's history, newest first.
func (s *Server) versions(c *contact, p propID) []version {
	var out []version
	if c.hist != nil {
		for i := len(*c.hist) - 1; i >= 0; i-- {
			if v := (*c.hist)[i]; v.prop == p {
				out = append(out, v)
			}
		}
	}
	if out == nil {
		if v, ok := c.get(p); ok {
			out = append(out, version{at: c.created, val: v, src: c.origin, prop: p})
		}
	}
	return out
}

// create appends a new contact; the values are its first versions.
func (s *Server) create(values map[propID]string, src sourceID, at int64) int32 {
	id := firstID
	if n := len(s.contacts); n > 0 {
		id = s.contacts[n-1].id + idStep
	}
	i := int32(len(s.contacts))
	c := contact{id: id, created: at, modified: at, origin: src}
	for _, p := range sortedKeys(values) {
		if values[p] == "" {
			continue
		}
		c.props = append(c.props, pair{p, s.values.id(values[p])})
	}
	s.contacts = append(s.contacts, c)
	if e, ok := s.contacts[i].get(s.emailProp); ok {
		if _, taken := s.byEmail[e]; !taken {
			s.byEmail[e] = i
		}
	}
	s.liveCount++
	s.indexNew(i, at)
	return i
}

func sortedKeys(m map[propID]string) []propID {
	keys := make([]propID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

const (
	firstID int64 = 101
	idStep  int64 = 50
)

func (s *Server) sourceID(src Source) sourceID {
	if id, ok := s.sourceIDs[src]; ok {
		return id
	}
	id := sourceID(len(s.sources))
	s.sources = append(s.sources, src)
	s.sourceIDs[src] = id
	return id
}

func iso(ms int64) string { return string(appendISO(nil, ms)) }

// appendISO writes a time as HubSpot does: UTC, with milliseconds unless they are
// zero. It is what a page of contacts spends most of its time on, hence by hand.
func appendISO(b []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(b, time.RFC3339)
	}
	two := func(n int, sep byte) { b = append(b, byte('0'+n/10), byte('0'+n%10), sep) }
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10))
	two(year%100, '-')
	two(int(month), '-')
	two(day, 'T')
	hour, minute, second := t.Clock()
	two(hour, ':')
	two(minute, ':')
	two(second, 'Z')
	if rest := int(((ms % 1000) + 1000) % 1000); rest != 0 {
		b[len(b)-1] = '.'
		b = append(b, byte('0'+rest/100))
		two(rest%100, 'Z')
	}
	return b
}
