package portal

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// RandomEdits makes n random edits as people and other programs do: six in ten
// by users (one of those by telephone), two by imports, one by a workflow, one
// by another integration; now and then a value is cleared, two contacts merge,
// or one is archived. Only properties whose names are given are edited
// (enumerations get one of their options, others a value seen elsewhere);
// without names: jobtitle and every custom enumeration. What was done is in
// PeopleLog; the number done is returned (fewer than n in a tiny portal).
func (s *Server) RandomEdits(n int, properties ...string) int {
	done := 0
	for range n {
		s.mu.Lock()
		if s.liveCount == 0 {
			s.mu.Unlock()
			break
		}
		if len(properties) == 0 {
			properties = s.editable()
		}
		id, action := s.randomContact(), s.rand.IntN(100)
		other := s.randomContact()
		who := s.rand.IntN(10)
		user := int64(28604240 + s.rand.IntN(50))
		name := properties[s.rand.IntN(len(properties))]
		value := s.randomValue(name)
		s.mu.Unlock()
		var err error
		change := map[string]string{name: value}
		switch {
		case action == 0 && id != other:
			_, err = s.Merge(id, other)
		case action == 1:
			err = s.Archive(id)
		case action <= 5:
			err = s.Clear(id, user, name)
		case who < 5:
			err = s.EditAsUser(id, user, change)
		case who == 5:
			err = s.EditAsMobile(id, user, change)
		case who <= 7:
			err = s.ImportEdit(id, change)
		case who == 8:
			err = s.WorkflowEdit(id, change)
		default:
			err = s.OtherIntegrationEdit(id, 1187001, change)
		}
		if err == nil {
			done++
		}
	}
	return done
}

func (s *Server) editable() []string {
	out := []string{"jobtitle"}
	for _, p := range s.props {
		if !p.HubSpotDefined && !p.Archived && p.Type == "enumeration" && len(p.Options) > 0 {
			out = append(out, p.Name)
		}
	}
	return out
}

func (s *Server) randomContact() string {
	for {
		c := &s.contacts[s.rand.IntN(len(s.contacts))]
		if c.state == live {
			return strconv.FormatInt(c.id, 10)
		}
	}
}

func (s *Server) randomValue(name string) string {
	p, ok := s.prop(name)
	if !ok {
		return ""
	}
	if opts := s.props[p].Options; len(opts) > 0 {
		return opts[s.rand.IntN(len(opts))].Value
	}
	for range 100 {
		if v, ok := s.contacts[s.rand.IntN(len(s.contacts))].get(p); ok && v != 0 {
			return s.values.text(v)
		}
	}
	return ""
}

// RunPeople makes random edits at a rate (edits a second) until the context ends.
func (s *Server) RunPeople(ctx context.Context, perSecond float64, properties ...string) {
	if perSecond <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / min(perSecond, 1000)))
	defer tick.Stop()
	names := slices.Clone(properties)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.RandomEdits(1, names...)
		}
	}
}
