package portal

import (
	"strconv"
	"unicode/utf8"
)

// Contacts are written by hand rather than by reflection: a page of a hundred
// is what the portal answers most, and a sweep of two million asks for 20,000.

func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(b, "\ufffd"...)
			} else {
				b = append(b, s[i:i+n]...)
			}
			i += n
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < 0x20 || c == '<' || c == '>' || c == '&':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// shown is the choice of properties that a request asked for.
type shown struct {
	props   []propID // in the order in which they are written
	history []propID
}

// choose turns asked-for names into a choice. The portal always adds record id
// and dates, ignores names that it does not know, and has a default choice.
func (s *Server) choose(names, history []string) shown {
	if len(names) == 0 {
		names = []string{"email", "firstname", "lastname"}
	}
	var v shown
	seen := map[propID]bool{}
	for _, name := range append([]string{"createdate", "hs_object_id", "lastmodifieddate"}, names...) {
		if p, ok := s.prop(name); ok && !seen[p] {
			seen[p] = true
			v.props = append(v.props, p)
		}
	}
	clear(seen)
	for _, name := range history {
		if p, ok := s.prop(name); ok && !seen[p] {
			seen[p] = true
			v.history = append(v.history, p)
		}
	}
	return v
}

// appendValue writes the value of one property of a state, or null.
func (s *Server) appendValue(b []byte, c *contact, props []pair, modified int64, p propID) []byte {
	switch p {
	case s.std.objectID:
		b = append(b, '"')
		b = strconv.AppendInt(b, c.id, 10)
		return append(b, '"')
	case s.std.created:
		b = append(b, '"')
		b = appendISO(b, c.created)
		return append(b, '"')
	case s.std.modified:
		b = append(b, '"')
		b = appendISO(b, modified)
		return append(b, '"')
	case s.std.mergedIDs, s.std.mvids:
		if c.rare == nil || len(c.rare.absorbed) == 0 {
			return append(b, "null"...)
		}
		return appendString(b, joinIDs(c.rare.absorbed, p == s.std.mvids, c.modified))
	}
	if v, ok := getIn(props, p); ok {
		return appendString(b, s.values.text(v))
	}
	return append(b, "null"...)
}

func joinIDs(ids []int64, vids bool, at int64) string {
	var b []byte
	for i, id := range ids {
		if i > 0 {
			b = append(b, ';')
		}
		b = strconv.AppendInt(b, id, 10)
		if vids {
			b = append(b, ':')
			b = strconv.AppendInt(b, at, 10)
		}
	}
	return string(b)
}

// appendContact writes a contact as it is now.
func (s *Server) appendContact(b []byte, i int32, v shown, trace string) []byte {
	c := &s.contacts[i]
	return s.appendState(b, c, c.props, c.modified, v, trace)
}

func (s *Server) appendState(b []byte, c *contact, props []pair, modified int64, v shown, trace string) []byte {
	b = append(b, `{"id":"`...)
	b = strconv.AppendInt(b, c.id, 10)
	b = append(b, `","properties":{`...)
	for i, p := range v.props {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s.props[p].Name)
		b = append(b, ':')
		b = s.appendValue(b, c, props, modified, p)
	}
	b = append(b, '}')
	if len(v.history) > 0 {
		b = append(b, `,"propertiesWithHistory":{`...)
		for i, p := range v.history {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, s.props[p].Name)
			b = append(b, ':')
			b = s.appendHistory(b, c, p)
		}
		b = append(b, '}')
	}
	b = append(b, `,"createdAt":"`...)
	b = appendISO(b, c.created)
	b = append(b, `","updatedAt":"`...)
	b = appendISO(b, modified)
	if c.state == archived {
		b = append(b, `","archived":true,"archivedAt":"`...)
		b = appendISO(b, c.rare.archivedAt)
		b = append(b, '"')
	} else {
		b = append(b, `","archived":false`...)
	}
	if trace != "" {
		b = append(b, `,"objectWriteTraceId":`...)
		b = appendString(b, trace)
	}
	return append(b, '}')
}

func (s *Server) appendHistory(b []byte, c *contact, p propID) []byte {
	b = append(b, '[')
	switch p {
	case s.std.objectID, s.std.created, s.std.modified:
		at := c.created
		if p == s.std.modified {
			at = c.modified
		}
		b = append(b, `{"value":`...)
		b = s.appendValue(b, c, c.props, c.modified, p)
		b = append(b, `,"timestamp":"`...)
		b = appendISO(b, at)
		b = append(b, `","sourceType":"CALCULATED"}`...)
		return append(b, ']')
	}
	for i, v := range s.versions(c, p) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"value":`...)
		b = appendString(b, s.values.text(v.val))
		b = append(b, `,"timestamp":"`...)
		b = appendISO(b, v.at)
		b = append(b, `","sourceType":`...)
		src := s.sources[v.src]
		b = appendString(b, src.Type)
		if src.ID != "" {
			b = append(b, `,"sourceId":`...)
			b = appendString(b, src.ID)
		}
		if src.Label != "" {
			b = append(b, `,"sourceLabel":`...)
			b = appendString(b, src.Label)
		}
		if src.UserID != 0 {
			b = append(b, `,"updatedByUserId":`...)
			b = strconv.AppendInt(b, src.UserID, 10)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}
