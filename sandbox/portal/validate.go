package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// values reads the properties of one record to be written. Numbers and booleans
// are taken as their text; null is refused (an empty string clears).
func (s *Server) readValues(raw map[string]json.RawMessage) (map[propID]string, *problem) {
	var faults []detail
	out := make(map[propID]string, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		text, p := scalar(name, raw[name])
		if p != nil {
			return nil, p
		}
		id, ok := s.prop(name)
		if !ok {
			faults = append(faults, fault(name, "PROPERTY_DOESNT_EXIST", "Property %q does not exist", name))
			continue
		}
		clean, f := s.checkValue(&s.props[id], text)
		if f != nil {
			faults = append(faults, *f)
			continue
		}
		out[id] = clean
	}
	if len(faults) > 0 {
		return nil, valuesInvalid(faults)
	}
	return out, nil
}

func fault(name, code, format string, args ...any) detail {
	return detail{Message: fmt.Sprintf(format, args...), Code: code, In: name, Context: map[string][]string{"propertyName": {name}}}
}

func scalar(name string, raw json.RawMessage) (string, *problem) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "", invalid("Invalid input JSON: property %s has no value", name)
	}
	switch raw[0] {
	case '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", invalid("Invalid input JSON: %s", err)
		}
		return text, nil
	case '{', '[', 'n':
		return "", invalid("Invalid input JSON on line 1, column 1: property %s must be a string; an empty string clears it", name)
	}
	return string(raw), nil
}

const maxValue = 65_536

// checkValue holds one value against its property's type.
//
//	read-only property        READ_ONLY_VALUE
//	empty string              fine: it clears
//	enumeration               each of its options exactly; several only in a checkbox, joined with ;
//	number, bool, dates       must parse; a date must be midnight UTC
//	email                     must look like one
//	text                      at most 65,536 characters
func (s *Server) checkValue(p *Property, v string) (string, *detail) {
	wrong := func(code, format string, args ...any) (string, *detail) {
		f := fault(p.Name, code, format, args...)
		return "", &f
	}
	if p.Modification.ReadOnlyValue {
		return wrong("READ_ONLY_VALUE", "%q is a read only property; its value cannot be set.", p.Name)
	}
	if v == "" {
		return "", nil
	}
	switch p.Type {
	case "enumeration":
		parts := []string{v}
		if p.FieldType == "checkbox" {
			parts = strings.Split(strings.Trim(v, ";"), ";")
		}
		for _, part := range parts {
			if !p.allows(part) {
				return wrong("INVALID_OPTION", "%s was not one of the allowed options: [%s]", part, optionList(p.Options))
			}
		}
	case "number":
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return wrong("INVALID_NUMERIC", "%s was not a valid number.", v)
		}
	case "bool":
		if v != "true" && v != "false" {
			return wrong("INVALID_BOOLEAN", "%s was not a valid boolean.", v)
		}
	case "date", "datetime":
		ms, ok := parseTime(v)
		if !ok {
			return wrong("INVALID_DATE", "%s was not a valid date.", v)
		}
		if p.Type == "date" {
			if ms%86_400_000 != 0 {
				return wrong("INVALID_DATE", "%d is at %s, not midnight!", ms, iso(ms))
			}
			return time.UnixMilli(ms).UTC().Format(time.DateOnly), nil
		}
		return iso(ms), nil
	default:
		if len(v) > maxValue {
			return wrong("INVALID_LENGTH", "The value is longer than %d characters.", maxValue)
		}
		if p.Name == "email" {
			a, err := mail.ParseAddress(v)
			if err != nil || a.Address != v {
				return wrong("INVALID_EMAIL", "Email address %s is invalid", v)
			}
			return strings.ToLower(v), nil
		}
	}
	return v, nil
}

func optionList(opts []Option) string {
	names := make([]string, len(opts))
	for i, o := range opts {
		names[i] = o.Value
	}
	return strings.Join(names, ", ")
}

// parseTime takes milliseconds since 1970 or an ISO date or time.
func parseTime(v string) (int64, bool) {
	if ms, err := strconv.ParseInt(v, 10, 64); err == nil {
		return ms, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
