package portal

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

func propertyMissing(name string) *problem {
	return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "Property " + name + " does not exist"}
}

func (s *Server) listProperties(c *call) *problem {
	want, p := c.flag("archived")
	if p != nil {
		return p
	}
	out := []Property{}
	for _, def := range s.props {
		if def.Archived == want {
			out = append(out, def)
		}
	}
	return c.json(200, map[string]any{"results": out})
}

func (s *Server) getProperty(c *call) *problem {
	want, p := c.flag("archived")
	if p != nil {
		return p
	}
	id, ok := s.propIDs[c.rest[0]]
	if !ok || s.props[id].Archived != want {
		return propertyMissing(c.rest[0])
	}
	return c.json(200, s.props[id])
}

func fieldTypes(typ string) []string {
	return map[string][]string{
		"bool":         {"booleancheckbox", "calculation_equation"},
		"date":         {"date"},
		"datetime":     {"date"},
		"enumeration":  {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
		"number":       {"number", "calculation_equation"},
		"phone_number": {"phonenumber"},
		"string":       {"file", "text", "textarea", "calculation_equation", "html", "phonenumber"},
	}[typ]
}

// checkDefinition holds a new property against the rules of the Properties API.
func (s *Server) checkDefinition(p *Property) *problem {
	for _, f := range []struct{ name, value string }{{"name", p.Name}, {"label", p.Label}, {"type", p.Type}, {"fieldType", p.FieldType}, {"groupName", p.GroupName}} {
		if f.value == "" {
			return invalid("Invalid input JSON: Some required fields were not set: [%s]", f.name)
		}
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`).MatchString(p.Name) {
		return invalid("Property name %q is invalid: it must begin with a letter and hold only lowercase letters, numbers and underscores", p.Name)
	}
	if !slices.Contains(fieldTypes(p.Type), p.FieldType) {
		return invalid("Invalid fieldType %q for type %q", p.FieldType, p.Type)
	}
	if !slices.ContainsFunc(s.groups, func(g Group) bool { return g.Name == p.GroupName && !g.Archived }) {
		return invalid("Property group %s does not exist", p.GroupName)
	}
	if id, ok := s.propIDs[p.Name]; ok {
		if s.props[id].Archived {
			return &problem{status: 409, category: "CONFLICT", message: fmt.Sprintf("Property %s already exists in the archive. Restore or purge it first", p.Name)}
		}
		return &problem{status: 409, category: "CONFLICT", subCategory: "Properties.PROPERTY_EXISTS",
			message: fmt.Sprintf("Property named '%s' already exists.", p.Name)}
	}
	if s.customCount() >= customMost {
		return invalid("The maximum of %d custom properties has been reached", customMost)
	}
	return checkOptions(p.Options)
}

const customMost = 1000

func (s *Server) customCount() int {
	n := 0
	for _, p := range s.props {
		if !p.HubSpotDefined && !p.Archived {
			n++
		}
	}
	return n
}

func checkOptions(opts []Option) *problem {
	labels, values := map[string]bool{}, map[string]bool{}
	for _, o := range opts {
		switch {
		case o.Label == "" || o.Value == "":
			return invalid("Property option needs a label and a value")
		case labels[o.Label]:
			return invalid("Property option labels must be unique: %q appears twice", o.Label)
		case values[o.Value]:
			return invalid("Property option values must be unique: %q appears twice", o.Value)
		}
		labels[o.Label], values[o.Value] = true, true
	}
	return nil
}

func (s *Server) define(p Property) Property {
	p.HubSpotDefined, p.Calculated, p.Archived = false, false, false
	p.Modification = Modification{Archivable: true}
	p.CreatedAt = iso(s.nowMS())
	p.UpdatedAt = p.CreatedAt
	if p.Options == nil {
		p.Options = []Option{}
	}
	s.addProperty(p)
	return p
}

func (s *Server) createProperty(c *call) *problem {
	var p Property
	if bad := c.decode(&p); bad != nil {
		return bad
	}
	if bad := s.checkDefinition(&p); bad != nil {
		return bad
	}
	return c.json(201, s.define(p))
}

// patchProperty replaces the fields that are given, the list of options as a
// whole: options that are left out are gone.
func (s *Server) patchProperty(c *call) *problem {
	id, ok := s.prop(c.rest[0])
	if !ok {
		return propertyMissing(c.rest[0])
	}
	old := s.props[id]
	fresh := old
	fresh.Options = nil // else json would write over the old list in place
	if bad := c.decode(&fresh); bad != nil {
		return bad
	}
	given := map[string]json.RawMessage{}
	if bad := c.decode(&given); bad != nil {
		return bad
	}
	if _, ok := given["options"]; !ok || fresh.Options == nil {
		fresh.Options = old.Options
	}
	if old.Modification.ReadOnlyDefinition && (fresh.Type != old.Type || fresh.FieldType != old.FieldType || fresh.Label != old.Label) {
		return invalid("Property %s is defined by HubSpot; its definition is read only", old.Name)
	}
	fresh.Name, fresh.CreatedAt, fresh.HubSpotDefined, fresh.Archived, fresh.Modification = old.Name, old.CreatedAt, old.HubSpotDefined, old.Archived, old.Modification
	if !slices.Contains(fieldTypes(fresh.Type), fresh.FieldType) {
		return invalid("Invalid fieldType %q for type %q", fresh.FieldType, fresh.Type)
	}
	if !slices.ContainsFunc(s.groups, func(g Group) bool { return g.Name == fresh.GroupName }) {
		return invalid("Property group %s does not exist", fresh.GroupName)
	}
	if bad := checkOptions(fresh.Options); bad != nil {
		return bad
	}
	fresh.UpdatedAt = iso(s.nowMS())
	s.props[id] = fresh
	return c.json(200, fresh)
}

func (s *Server) archiveProperty(c *call) *problem {
	if id, ok := s.prop(c.rest[0]); ok {
		if !s.props[id].Modification.Archivable {
			return invalid("Property %s is defined by HubSpot and cannot be archived", c.rest[0])
		}
		s.props[id].Archived, s.props[id].ArchivedAt = true, iso(s.nowMS())
	}
	c.status = 204
	return nil
}

type propertyBatch struct {
	Inputs   []Property `json:"inputs"`
	Archived bool       `json:"archived"`
}

func (s *Server) propertyBatch(c *call) (propertyBatch, *problem) {
	var in propertyBatch
	if p := c.decode(&in); p != nil {
		return in, p
	}
	if len(in.Inputs) > batchMost {
		return in, invalid("The maximum number of inputs supported in a batch request is %d. Please reduce the number of items and try again", batchMost)
	}
	return in, nil
}

func (s *Server) batchReadProperties(c *call) *problem {
	in, p := s.propertyBatch(c)
	if p != nil {
		return p
	}
	a := partly{started: s.nowMS()}
	for _, one := range in.Inputs {
		id, ok := s.propIDs[one.Name]
		if !ok || s.props[id].Archived != in.Archived {
			a.errors = append(a.errors, rowFault(propertyMissing(one.Name), "name", one.Name))
			continue
		}
		if p := a.addJSON(s.props[id]); p != nil {
			return p
		}
	}
	return a.finish(s, c, 200)
}

func (a *partly) addJSON(v any) *problem {
	text, err := json.Marshal(v)
	if err != nil {
		return &problem{status: 500, category: "INTERNAL_ERROR", message: err.Error()}
	}
	a.add(func(b []byte) []byte { return append(b, text...) })
	return nil
}

func (s *Server) batchCreateProperties(c *call) *problem {
	in, p := s.propertyBatch(c)
	if p != nil {
		return p
	}
	a := partly{started: s.nowMS()}
	for _, one := range in.Inputs {
		if p := s.checkDefinition(&one); p != nil {
			a.errors = append(a.errors, rowFault(p, "name", one.Name))
			continue
		}
		if p := a.addJSON(s.define(one)); p != nil {
			return p
		}
	}
	return a.finish(s, c, 201)
}

func (s *Server) batchArchiveProperties(c *call) *problem {
	in, p := s.propertyBatch(c)
	if p != nil {
		return p
	}
	for _, one := range in.Inputs {
		c.rest = []string{one.Name}
		if p := s.archiveProperty(c); p != nil {
			return p
		}
	}
	return nil
}
