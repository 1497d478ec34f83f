package gsheet

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// schemaJSON lists every message type of the API's discovery document: field name to kind of value. A test keeps it
// in step with the document that ships in google.golang.org/api.
//
// Kinds: str, bool, int, num, any, mask (a field mask), "enum A B", "@Type", "[kind" (list), "{kind" (map).
//
//go:embed schema.json
var schemaJSON []byte

// schema is the set of message types: type name, field name, kind.
type schema map[string]map[string]string

func loadSchema() (schema, error) {
	s := schema{}
	if err := json.Unmarshal(schemaJSON, &s); err != nil {
		return nil, fmt.Errorf("read the built-in API schema: %w", err)
	}
	return s, nil
}

// check validates a decoded body against a message type and returns a copy in canonical form: nulls dropped (as the
// service reads them), names in lowerCamelCase, whole numbers that arrived as text turned into numbers, colours
// rounded to 8 bits a channel, and every deprecated colour field X folded into its successor XStyle.
func (s schema) check(typ string, in any, path string) (object, error) {
	obj, ok := in.(object)
	if !ok {
		return nil, violation(path, fmt.Sprintf("Invalid value at '%s' (type.googleapis.com/google.apps.sheets.v4.%s), %s", path, typ, quoteJSON(in)))
	}
	fields := s[typ]
	out := make(object, len(obj))
	for _, name := range sortedKeys(obj) {
		canonical := name
		kind, known := fields[name]
		if !known && strings.Contains(name, "_") {
			canonical = camel(name)
			kind, known = fields[canonical]
		}
		if !known {
			return nil, violation(path, fmt.Sprintf("Invalid JSON payload received. Unknown name %q%s: Cannot find field.", name, at(path)))
		}
		if obj[name] == nil {
			continue
		}
		v, err := s.checkValue(typ, canonical, kind, obj[name], joinPath(path, snake(canonical)))
		if err != nil {
			return nil, err
		}
		out[canonical] = v
	}
	s.foldColours(typ, out)
	return out, nil
}

func (s schema) checkValue(typ, field, kind string, v any, path string) (any, error) {
	bad := func(want string) error {
		return violation(path, fmt.Sprintf("Invalid value at '%s' (%s), %s", path, want, quoteJSON(v)))
	}
	switch {
	case kind == "any":
		return v, nil
	case kind == "str" || kind == "mask":
		if t, ok := v.(string); ok {
			return t, nil
		}
		return nil, bad("TYPE_STRING")
	case kind == "bool":
		switch t := v.(type) {
		case bool:
			return t, nil
		case string:
			if t == "true" || t == "false" {
				return t == "true", nil
			}
		}
		return nil, bad("TYPE_BOOL")
	case kind == "int" || kind == "num":
		return checkNumber(kind, v, bad)
	case strings.HasPrefix(kind, "enum "):
		t, ok := v.(string)
		if !ok || !slices.Contains(strings.Fields(kind)[1:], t) {
			return nil, bad("type.googleapis.com/google.apps.sheets.v4." + typ + "." + strings.ToUpper(field[:1]) + field[1:])
		}
		return t, nil
	case kind[0] == '@':
		return s.check(kind[1:], v, path)
	case kind == "[any": // a google.protobuf.ListValue: nulls stay
		if t, ok := v.([]any); ok {
			return t, nil
		}
		return nil, bad("type.googleapis.com/google.protobuf.ListValue")
	case kind[0] == '[':
		list, ok := v.([]any)
		if !ok {
			if kind == "[[any" {
				return nil, bad("type.googleapis.com/google.protobuf.ListValue")
			}
			return s.checkList(typ, field, kind, []any{v}, path)
		}
		return s.checkList(typ, field, kind, list, path)
	case kind[0] == '{':
		if m, ok := v.(object); ok {
			return s.checkMap(typ, field, kind[1:], m, path)
		}
		return nil, bad("map")
	}
	return nil, bad(kind)
}

func (s schema) checkMap(typ, field, kind string, m object, path string) (any, error) {
	out := make(object, len(m))
	for _, k := range sortedKeys(m) {
		x, err := s.checkValue(typ, field, kind, m[k], path+"["+k+"]")
		if err != nil {
			return nil, err
		}
		out[k] = x
	}
	return out, nil
}

func (s schema) checkList(typ, field, kind string, list []any, path string) (any, error) {
	out := make([]any, 0, len(list))
	for i, item := range list {
		x, err := s.checkValue(typ, field, kind[1:], item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func checkNumber(kind string, v any, bad func(string) error) (any, error) {
	n, ok := v.(float64)
	if t, isText := v.(string); isText {
		var err error
		n, err = strconv.ParseFloat(t, 64)
		ok = err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	if kind == "num" {
		if !ok {
			return nil, bad("TYPE_DOUBLE")
		}
		return n, nil
	}
	if !ok || n != math.Trunc(n) || n > math.MaxInt32 || n < math.MinInt32 {
		return nil, bad("TYPE_INT32")
	}
	return n, nil
}

// foldColours rounds a Color and moves every X that has a sibling XStyle into the sibling.
func (s schema) foldColours(typ string, obj object) {
	if typ == "Color" {
		for _, k := range []string{"red", "green", "blue"} {
			if v, ok := obj[k].(float64); ok {
				obj[k] = roundChannel(v)
			}
		}
		return
	}
	for name := range s[typ] {
		if old, ok := obj[name]; ok && s.styled(typ, name) {
			if _, both := obj[name+"Style"]; !both {
				obj[name+"Style"] = object{"rgbColor": old}
			}
			delete(obj, name)
		}
	}
}

// styled tells whether a field is a deprecated colour that has an XStyle successor in the same message.
func (s schema) styled(typ, name string) bool {
	return s[typ][name] == "@Color" && s[typ][name+"Style"] == "@ColorStyle"
}

// roundChannel stores a colour channel as the service does: 8 bits, answered as a float32.
func roundChannel(v float64) float64 {
	eight := math.Floor(math.Max(0, math.Min(1, v))*255 + 1e-9)
	short, err := strconv.ParseFloat(strconv.FormatFloat(eight/255, 'g', -1, 32), 64)
	if err != nil {
		return v
	}
	return short
}

// finish returns the answer form of a message: zero values left out except where the service shows them, deprecated
// colour fields filled in beside their successors.
func (s schema) finish(typ string, obj object) object {
	out := make(object, len(obj))
	for name, v := range obj {
		kind := s[typ][name]
		v = s.finishValue(kind, v)
		if zero(v) && !shownWhenZero(typ, name) {
			continue
		}
		if t, ok := v.(object); ok && kind == "@ColorStyle" && len(t) == 0 {
			continue
		}
		out[name] = v
	}
	for name := range out {
		base, isStyle := strings.CutSuffix(name, "Style")
		if style, ok := out[name].(object); ok && isStyle && s.styled(typ, base) {
			if rgb, ok := style["rgbColor"]; ok {
				out[base] = rgb
			}
		}
	}
	return out
}

func (s schema) finishValue(kind string, v any) any {
	switch {
	case len(kind) == 0 || kind == "any":
		return v
	case kind[0] == '@':
		if t, ok := v.(object); ok {
			return s.finish(kind[1:], t)
		}
	case kind[0] == '[' && kind[1] != '[' && kind[1] != 'a':
		if list, ok := v.([]any); ok {
			out := make([]any, len(list))
			for i, item := range list {
				out[i] = s.finishValue(kind[1:], item)
			}
			return out
		}
	case kind[0] == '{':
		if m, ok := v.(object); ok {
			out := make(object, len(m))
			for k, item := range m {
				out[k] = s.finishValue(kind[1:], item)
			}
			return out
		}
	}
	return v
}

// shownWhenZero lists the fields that the service answers even when they are 0 or false (fields with presence).
func shownWhenZero(typ, name string) bool {
	switch typ {
	case "GridRange":
		return name != "sheetId"
	case "DimensionRange":
		return name == "startIndex" || name == "endIndex"
	case "SheetProperties":
		return name == "sheetId" || name == "index"
	case "ExtendedValue":
		return true
	case "DeveloperMetadataLocation":
		return name == "sheetId"
	case "SortSpec":
		return name == "dimensionIndex"
	case "FilterSpec":
		return name == "columnIndex"
	case "TextFormat":
		return name == "bold" || name == "italic" || name == "strikethrough" || name == "underline"
	}
	return false
}

// visit calls f for every message inside obj (itself included), with its type; f may change the message, and answers
// false when the message has vanished: a list drops it, a field is removed.
func (s schema) visit(typ string, obj object, f func(typ string, obj object) bool) bool {
	for _, name := range sortedKeys(obj) {
		kind := s[typ][name]
		switch {
		case strings.HasPrefix(kind, "@"):
			if t, ok := obj[name].(object); ok && !s.visit(kind[1:], t, f) {
				delete(obj, name)
			}
		case strings.HasPrefix(kind, "[@"):
			list, ok := obj[name].([]any)
			if !ok {
				continue
			}
			kept := make([]any, 0, len(list))
			for _, item := range list {
				if t, ok := item.(object); !ok || s.visit(kind[2:], t, f) {
					kept = append(kept, item)
				}
			}
			obj[name] = kept
		}
	}
	return f(typ, obj)
}

func zero(v any) bool {
	switch t := v.(type) {
	case nil:
		return true
	case bool:
		return !t
	case string:
		return t == ""
	case float64:
		return t == 0
	case int:
		return t == 0
	case []any:
		return len(t) == 0
	}
	return false
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " at '" + path + "'"
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func snake(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func camel(s string) string {
	parts := strings.Split(s, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

func quoteJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(raw)
}

func sortedKeys(m object) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func deepCopy(v any) any {
	switch t := v.(type) {
	case object:
		out := make(object, len(t))
		for k, x := range t {
			out[k] = deepCopy(x)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, x := range t {
			out[i] = deepCopy(x)
		}
		return out
	}
	return v
}
