package portal

import "slices"

func (s *Server) group(name string) (int, bool) {
	i := slices.IndexFunc(s.groups, func(g Group) bool { return g.Name == name && !g.Archived })
	return i, i >= 0
}

func (s *Server) listGroups(c *call) *problem {
	out := []Group{}
	for _, g := range s.groups {
		if !g.Archived {
			out = append(out, g)
		}
	}
	return c.json(200, map[string]any{"results": out})
}

func (s *Server) createGroup(c *call) *problem {
	var g Group
	if p := c.decode(&g); p != nil {
		return p
	}
	if g.Name == "" || g.Label == "" {
		return invalid("Invalid input JSON: Some required fields were not set: [name, label]")
	}
	if _, ok := s.group(g.Name); ok {
		return &problem{status: 409, category: "CONFLICT", message: "Property group " + g.Name + " already exists."}
	}
	g.Archived = false
	s.groups = append(s.groups, g)
	return c.json(201, g)
}

func (s *Server) getGroup(c *call) *problem {
	i, ok := s.group(c.rest[1])
	if !ok {
		return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "Property group " + c.rest[1] + " does not exist"}
	}
	return c.json(200, s.groups[i])
}

func (s *Server) patchGroup(c *call) *problem {
	i, ok := s.group(c.rest[1])
	if !ok {
		return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "Property group " + c.rest[1] + " does not exist"}
	}
	g := s.groups[i]
	if p := c.decode(&g); p != nil {
		return p
	}
	g.Name, g.Archived = s.groups[i].Name, false
	s.groups[i] = g
	return c.json(200, g)
}

func (s *Server) archiveGroup(c *call) *problem {
	if i, ok := s.group(c.rest[1]); ok {
		if slices.ContainsFunc(s.props, func(p Property) bool { return p.GroupName == c.rest[1] && !p.Archived }) {
			return invalid("Property group %s still has properties", c.rest[1])
		}
		s.groups[i].Archived = true
	}
	c.status = 204
	return nil
}
