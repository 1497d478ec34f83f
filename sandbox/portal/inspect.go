package portal

import (
	"strconv"
	"time"
)

// Record is a contact as a test wants to see it: the truth, without lag.
type Record struct {
	ID         string
	Properties map[string]string
	State      string // live, archived or merged
	Into       string // the survivor's id, when merged
	Modified   time.Time
}

// Version is one entry of a property's history.
type Version struct {
	Value  string
	At     time.Time
	Source Source
}

func (s *Server) recordAt(i int32) Record {
	c := &s.contacts[i]
	r := Record{ID: strconv.FormatInt(c.id, 10), Properties: map[string]string{}, Modified: time.UnixMilli(c.modified).UTC(),
		State: []string{"live", "archived", "merged", "purged"}[c.state]}
	for _, x := range c.props {
		r.Properties[s.props[x.prop].Name] = s.values.text(x.val)
	}
	if c.state == merged {
		r.Into = strconv.FormatInt(c.rare.into, 10)
	}
	return r
}

// Record returns one contact by the id that was given to it, without following
// merges; false when there is none, or it was purged.
func (s *Server) Record(id string) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.ParseInt(id, 10, 64)
	i, ok := s.find(n)
	if err != nil || !ok {
		return Record{}, false
	}
	return s.recordAt(i), true
}

// Records calls visit with every contact that is not purged, by id, until it
// answers false. The portal is locked meanwhile: visit must not call it.
func (s *Server) Records(visit func(Record) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.contacts {
		if s.contacts[i].state != purged && !visit(s.recordAt(int32(i))) {
			return
		}
	}
}

// History returns the versions of a property of a contact, newest first.
func (s *Server) History(id, property string) []Version {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := strconv.ParseInt(id, 10, 64) // 0, which no contact has, when it does not parse
	i, ok := s.find(n)
	p, known := s.prop(property)
	if !ok || !known {
		return nil
	}
	var out []Version
	for _, v := range s.versions(&s.contacts[i], p) {
		out = append(out, Version{s.values.text(v.val), time.UnixMilli(v.at).UTC(), s.sources[v.src]})
	}
	return out
}

// Len returns how many live contacts there are.
func (s *Server) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.liveCount
}

// Define adds a property as an administrator does, or replaces one of the name.
func (s *Server) Define(p Property) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.GroupName == "" {
		p.GroupName = "contactinformation"
	}
	if p.Options == nil {
		p.Options = []Option{}
	}
	p.Modification.Archivable = !p.HubSpotDefined
	p.CreatedAt = iso(s.nowMS())
	s.addProperty(p)
}
