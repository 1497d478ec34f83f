package portal

import (
	"encoding/json"
	"slices"
	"strconv"
)

// mergeMost is how many records one contact can absorb.
const mergeMost = 250

func (s *Server) mergeContacts(c *call) *problem {
	var in struct {
		Primary string `json:"primaryObjectId"`
		Other   string `json:"objectIdToMerge"`
	}
	if p := c.decode(&in); p != nil {
		return p
	}
	i, p := s.target(in.Primary, "")
	if p != nil {
		return p
	}
	j, p := s.target(in.Other, "")
	if p != nil {
		return p
	}
	k, p := s.merge(i, j, s.source(c))
	if p != nil {
		return p
	}
	c.out = s.appendContact(c.out, k, s.choose(nil, nil), "")
	return nil
}

// merge makes one record of two. The primary's values hold; what it lacks comes
// from the other. Both ids keep resolving to the survivor.
func (s *Server) merge(i, j int32, by sourceID) (int32, *problem) {
	if i == j {
		return 0, invalid("Cannot merge a contact with itself")
	}
	if s.contacts[i].state != live || s.contacts[j].state != live {
		return 0, notFound("resource not found")
	}
	gone := append(slices.Clone(s.contacts[i].absorbed()), s.contacts[j].absorbed()...)
	if len(gone)+1 > mergeMost {
		return 0, &problem{status: 414, category: "VALIDATION_ERROR", message: "The contact has reached the maximum of 250 merges"}
	}
	at := s.nowMS()
	k := i
	if s.opt.MergeMintsID {
		k = s.create(nil, s.contacts[i].origin, at)
		from, to := s.contacts[i], &s.contacts[k]
		to.props, to.created = slices.Clone(from.props), min(from.created, s.contacts[j].created)
		if from.hist != nil {
			h := slices.Clone(*from.hist)
			to.hist = &h
		}
		gone = append(gone, from.id)
		s.absorb(i, k, at)
	}
	gone = append(gone, s.contacts[j].id)
	fill := s.sourceID(Source{Type: "MERGE_OBJECTS", ID: s.sources[by].ID, UserID: s.sources[by].UserID})
	others := slices.Clone(s.contacts[j].props)
	s.absorb(j, k, at)
	s.change(k, at, func(c *contact) bool {
		for _, x := range others {
			if v, _ := c.get(x.prop); v == 0 && x.val != 0 && x.prop != s.emailProp {
				s.set(c, x.prop, x.val, fill, at)
			}
		}
		slices.Sort(gone)
		c.extra().absorbed = gone
		return true
	})
	s.emit(event{Type: "contact.merge", ObjectID: s.contacts[k].id, Primary: s.contacts[i].id, Merged: []int64{s.contacts[j].id}}, at)
	return k, nil
}

func (c *contact) absorbed() []int64 {
	if c.rare == nil {
		return nil
	}
	return c.rare.absorbed
}

// absorb turns a record into a signpost to its survivor; addresses go with it.
func (s *Server) absorb(i, into int32, at int64) {
	s.liveCount--
	id := s.contacts[into].id
	s.change(i, at, func(c *contact) bool {
		c.state = merged
		x := c.extra()
		x.into, x.absorbed = id, nil
		return true
	})
	if e, ok := s.contacts[i].get(s.emailProp); ok && e != 0 {
		s.byEmail[e] = into
	}
}

func (s *Server) dropEmail(i, owner int32) {
	if e, ok := s.contacts[i].get(s.emailProp); ok && s.byEmail[e] == owner {
		delete(s.byEmail, e)
	}
}

func (s *Server) gdprDelete(c *call) *problem {
	var in struct {
		ID         json.RawMessage `json:"objectId"`
		IDProperty string          `json:"idProperty"`
	}
	if p := c.decode(&in); p != nil {
		return p
	}
	id, p := scalar("objectId", in.ID)
	if p != nil {
		return p
	}
	i, p := s.target(id, in.IDProperty)
	if p != nil {
		return p
	}
	s.purge(i)
	c.status = 204
	return nil
}

// purge forgets a contact: its values, its history, its address, and what the
// logs of this server say about it.
func (s *Server) purge(i int32) {
	c := &s.contacts[i]
	before := snapshot{modified: c.modified, visible: c.state == live}
	switch c.state {
	case live:
		s.liveCount--
	case archived:
		s.deadCount--
	}
	for _, old := range c.absorbed() { // the signposts know values too
		if j, ok := s.find(old); ok {
			s.dropEmail(j, i)
			s.contacts[j].props, s.contacts[j].hist, s.contacts[j].state = nil, nil, purged
		}
	}
	s.dropEmail(i, i)
	s.emit(event{Type: "contact.privacyDeletion", ObjectID: c.id}, s.nowMS())
	c.state, c.props, c.hist, c.rare = purged, nil, nil, nil
	s.forget(i, before)
	s.writes.forget(c.id)
	s.people.forget(strconv.FormatInt(c.id, 10))
}
