package gsheet

import (
	"fmt"
	"slices"
	"strings"
)

// mask is a field mask as a tree: field name to the mask of what is below; an empty mask means everything below.
type mask map[string]mask

func (m mask) all() bool {
	_, star := m["*"]
	return star || len(m) == 0
}

// has tells whether the mask reaches a field at any depth below it.
func (m mask) has(name string) bool {
	_, ok := m[name]
	return ok || m.all()
}

// parseMask reads "a,b.c,d(e,f/g)" as partial responses and update masks spell it. Names may be in snake_case.
func parseMask(text string) (mask, error) {
	p := maskParser{in: text}
	m, err := p.list(0)
	if err != nil {
		return nil, err
	}
	if p.pos != len(p.in) {
		return nil, fmt.Errorf("unexpected %q in field mask %q", p.in[p.pos], text)
	}
	return m, nil
}

type maskParser struct {
	in  string
	pos int
}

func (p *maskParser) list(depth int) (mask, error) {
	out := mask{}
	if depth > 50 {
		return nil, fmt.Errorf("field mask is nested too deeply")
	}
	for {
		if err := p.path(out, depth); err != nil {
			return nil, err
		}
		if p.pos >= len(p.in) || p.in[p.pos] != ',' {
			return out, nil
		}
		p.pos++
	}
}

func (p *maskParser) path(into mask, depth int) error {
	whole := false
	for {
		start := p.pos
		for p.pos < len(p.in) && !strings.ContainsRune(".,/()", rune(p.in[p.pos])) {
			p.pos++
		}
		name := strings.TrimSpace(p.in[start:p.pos])
		if name == "" {
			return fmt.Errorf("empty name in field mask %q", p.in)
		}
		if strings.Contains(name, "_") {
			name = camel(name)
		}
		next, seen := into[name]
		whole = seen && len(next) == 0
		if !seen {
			next = mask{}
			into[name] = next
		}
		switch {
		case p.pos < len(p.in) && (p.in[p.pos] == '.' || p.in[p.pos] == '/'):
			p.pos++
			if whole { // everything below was asked for already
				next = mask{}
			}
			into = next
		case p.pos < len(p.in) && p.in[p.pos] == '(':
			p.pos++
			below, err := p.list(depth + 1)
			if err != nil {
				return err
			}
			if p.pos >= len(p.in) || p.in[p.pos] != ')' {
				return fmt.Errorf("field mask %q has an open bracket", p.in)
			}
			p.pos++
			if !whole {
				merge(next, below)
			}
			return nil
		default:
			clear(next)
			return nil
		}
	}
}

func merge(into, from mask) {
	for k, v := range from {
		if old, ok := into[k]; ok && len(old) > 0 && len(v) > 0 {
			merge(old, v)
		} else {
			into[k] = v
		}
	}
}

// resolve checks a mask against a message type and points it at the canonical colour fields; it names the first
// unknown path.
func (s schema) resolve(typ string, m mask, keepOld bool) (mask, string) {
	out := mask{}
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sub := m[name]
		if name == "*" {
			out["*"] = mask{}
			continue
		}
		kind, ok := s[typ][name]
		if !ok {
			return nil, name
		}
		if !keepOld && s.styled(typ, name) {
			out[name+"Style"] = mask{}
			continue
		}
		below := strings.TrimLeft(kind, "[{")
		if len(sub) == 0 || !strings.HasPrefix(below, "@") || kind[0] == '{' {
			out[name] = mask{}
			continue
		}
		inner, bad := s.resolve(below[1:], sub, keepOld)
		if bad != "" {
			return nil, name + "." + bad
		}
		out[name] = inner
	}
	return out, ""
}

// updateMask reads the "fields" of an update request, which must not be empty.
func (s schema) updateMask(typ string, req object) (mask, error) {
	text := str(req, "fields")
	if text == "" {
		return nil, invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
	}
	m, err := parseMask(text)
	if err != nil {
		return nil, err
	}
	out, bad := s.resolve(typ, m, false)
	if bad != "" {
		return nil, invalid("Invalid field: %s", snake(bad))
	}
	return out, nil
}

// apply returns dst with the masked fields taken from src: a masked field that src lacks is removed.
func (m mask) apply(dst, src object) object {
	if m.all() {
		return deepCopy(src).(object)
	}
	out := make(object, len(dst)+len(m))
	for k, v := range dst {
		out[k] = v
	}
	for name, sub := range m {
		if len(sub) == 0 {
			if v, ok := src[name]; ok {
				out[name] = deepCopy(v)
			} else {
				delete(out, name)
			}
			continue
		}
		from, _ := src[name].(object)
		into, _ := dst[name].(object)
		if _, isList := src[name].([]any); isList {
			out[name] = deepCopy(src[name])
			continue
		}
		if below := sub.apply(into, from); len(below) > 0 {
			out[name] = below
		} else {
			delete(out, name)
		}
	}
	return out
}

// pick returns the masked part of an answer.
func (m mask) pick(v any) any {
	if m.all() {
		return v
	}
	switch t := v.(type) {
	case object:
		out := object{}
		for name, sub := range m {
			if x, ok := t[name]; ok {
				out[name] = sub.pick(x)
			}
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, x := range t {
			out[i] = m.pick(x)
		}
		return out
	}
	return v
}
