package portal

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

const (
	pageMost        = 100 // contacts on a page of the list
	pageWithHistory = 50
	batchMost       = 100 // inputs of a batch
	batchHistory    = 50
)

// listContacts pages through the contacts by id. The cursor is opaque to clients.
func (s *Server) listContacts(c *call) *problem {
	history := c.list("propertiesWithHistory")
	most := pageMost
	if len(history) > 0 {
		most = pageWithHistory
	}
	limit, p := c.number("limit", 10, most)
	if p != nil {
		return p
	}
	want, p := c.flag("archived")
	if p != nil {
		return p
	}
	var after int64
	if text := c.query.Get("after"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return invalid("Invalid paging cursor: %s", text)
		}
		after = n
	}
	v := s.choose(c.list("properties"), history)
	state := live
	if want {
		state = archived
	}
	i := sort.Search(len(s.contacts), func(i int) bool { return s.contacts[i].id > after })
	b := append(c.out, `{"results":[`...)
	n, more := 0, false
	var last int64
	for ; i < len(s.contacts) && !(want && s.deadCount == 0); i++ {
		if s.contacts[i].state != state {
			continue
		}
		if n == limit {
			more = true
			break
		}
		if n > 0 {
			b = append(b, ',')
		}
		b = s.appendContact(b, int32(i), v, "")
		last = s.contacts[i].id
		n++
	}
	b = append(b, ']')
	if more {
		b = c.appendPaging(b, strconv.FormatInt(last, 10))
	}
	c.out = append(b, '}')
	return nil
}

func (c *call) appendPaging(b []byte, after string) []byte {
	b = append(b, `,"paging":{"next":{"after":`...)
	b = appendString(b, after)
	q := c.query
	q.Set("after", after)
	b = append(b, `,"link":`...)
	b = appendString(b, c.host+c.path+"?"+q.Encode())
	return append(b, "}}"...)
}

// target finds the contact that the path names, by id, old id or e-mail.
func (s *Server) target(id, idProperty string) (int32, *problem) {
	missing := &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "resource not found"}
	switch idProperty {
	case "", "hs_object_id":
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return 0, missing
		}
		i, ok := s.resolve(n)
		if !ok {
			return 0, missing
		}
		return i, nil
	case "email":
		v, known := s.values.ids[strings.ToLower(id)]
		i, ok := s.byEmail[v]
		if !known || !ok {
			return 0, missing
		}
		return i, nil
	}
	return 0, invalid("Unable to use %s as an id property: it is not a unique property", idProperty)
}

func (s *Server) getContact(c *call) *problem {
	i, p := s.target(c.rest[0], c.query.Get("idProperty"))
	if p != nil {
		return p
	}
	want, p := c.flag("archived")
	if p != nil {
		return p
	}
	if (s.contacts[i].state == archived) != want {
		return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "resource not found"}
	}
	v := s.choose(c.list("properties"), c.list("propertiesWithHistory"))
	c.out = s.appendContact(c.out, i, v, "")
	return nil
}

// input is one record to be written.
type input struct {
	ID         string                     `json:"id"`
	IDProperty string                     `json:"idProperty"`
	Trace      string                     `json:"objectWriteTraceId"`
	Properties map[string]json.RawMessage `json:"properties"`
}

func (s *Server) createContact(c *call) *problem {
	var in input
	if p := c.decode(&in); p != nil {
		return p
	}
	values, p := s.readValues(in.Properties)
	if p == nil {
		p = s.emailFree(values, -1)
	}
	if p != nil {
		return p
	}
	i := s.createFrom(c, values, in.Trace)
	c.status = 201
	c.out = s.appendContact(c.out, i, s.choose(names(s, values), nil), in.Trace)
	return nil
}

func names(s *Server, values map[propID]string) []string {
	var out []string
	for _, p := range sortedKeys(values) {
		out = append(out, s.props[p].Name)
	}
	return out
}

func (s *Server) createFrom(c *call, values map[propID]string, trace string) int32 {
	at := s.nowMS()
	i := s.create(values, s.source(c), at)
	for _, p := range sortedKeys(values) {
		s.noteWrite(c, i, p, values[p], trace, at)
	}
	s.emit(event{Type: "contact.creation", ObjectID: s.contacts[i].id, Source: s.sources[s.source(c)]}, at)
	return i
}

// emailFree refuses an address that another contact has.
func (s *Server) emailFree(values map[propID]string, self int32) *problem {
	v := values[s.emailProp]
	if v == "" {
		return nil
	}
	id, known := s.values.ids[v]
	if !known {
		return nil
	}
	if i, ok := s.byEmail[id]; ok && i != self && s.contacts[i].state == live {
		return &problem{status: 409, category: "CONFLICT", message: "Contact already exists. Existing ID: " + strconv.FormatInt(s.contacts[i].id, 10)}
	}
	return nil
}

func (s *Server) patchContact(c *call) *problem {
	i, p := s.target(c.rest[0], c.query.Get("idProperty"))
	if p != nil {
		return p
	}
	if s.contacts[i].state != live {
		return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "resource not found"}
	}
	var in input
	if p := c.decode(&in); p != nil {
		return p
	}
	values, p := s.checkUpdate(i, in)
	if p != nil {
		return p
	}
	s.update(c, i, values, in.Trace)
	c.out = s.appendContact(c.out, i, s.choose(names(s, values), nil), in.Trace)
	return nil
}

func (s *Server) checkUpdate(i int32, in input) (map[propID]string, *problem) {
	values, p := s.readValues(in.Properties)
	if p == nil {
		p = s.emailFree(values, i)
	}
	if why, ok := s.refused[s.contacts[i].id]; ok && p == nil {
		p = invalid("%s", why)
	}
	return values, p
}

// update writes checked values as the app that calls.
func (s *Server) update(c *call, i int32, values map[propID]string, trace string) {
	at := s.nowMS()
	src := s.source(c)
	for _, p := range sortedKeys(values) {
		s.noteWrite(c, i, p, values[p], trace, at)
	}
	s.apply(i, values, src, at)
}

// apply writes values to a contact with one source and one time.
func (s *Server) apply(i int32, values map[propID]string, src sourceID, at int64) bool {
	return s.change(i, at, func(k *contact) bool {
		changed := false
		for _, p := range sortedKeys(values) {
			if s.set(k, p, s.values.id(values[p]), src, at) {
				changed = true
				s.emit(event{Type: "contact.propertyChange", ObjectID: k.id, Property: s.props[p].Name, Value: values[p], Source: s.sources[src]}, at)
			}
		}
		return changed
	})
}

func (s *Server) archiveContact(c *call) *problem {
	if i, p := s.target(c.rest[0], c.query.Get("idProperty")); p == nil {
		s.archive(i)
	}
	c.status = 204 // archiving what is not there is no error
	return nil
}

func (s *Server) archive(i int32) bool {
	at := s.nowMS()
	if s.contacts[i].state != live {
		return false
	}
	s.liveCount--
	s.deadCount++
	s.emit(event{Type: "contact.deletion", ObjectID: s.contacts[i].id}, at)
	return s.change(i, at, func(k *contact) bool {
		k.state = archived
		k.extra().archivedAt = at
		return true
	})
}
