package gsheet

import (
	"fmt"
	"math"
	"strings"
)

// single reduces a range to its first cell, as a scalar operator does.
func single(v any) any {
	if m, ok := v.(matrix); ok {
		if len(m) == 0 || len(m[0]) == 0 {
			return nil
		}
		return m[0][0]
	}
	return v
}

func toNumber(v any) (float64, *cellError) {
	switch t := single(v).(type) {
	case nil:
		return 0, nil
	case float64:
		return t, nil
	case bool:
		if t {
			return 1, nil
		}
		return 0, nil
	case cellError:
		return 0, &t
	case string:
		if e := typed(t); e.kind == entryNumber {
			return e.number, nil
		}
		return 0, &cellError{"#VALUE!", fmt.Sprintf("Expected a number, but '%s' is a text and cannot be coerced to a number.", t)}
	}
	return 0, &cellError{"#VALUE!", "Expected a number."}
}

func toText(v any) string {
	switch t := single(v).(type) {
	case string:
		return t
	case cellError:
		return t.kind
	case nil:
		return ""
	default:
		return general(t)
	}
}

func toBool(v any) (bool, *cellError) {
	if s, ok := single(v).(string); ok {
		switch strings.ToUpper(s) {
		case "TRUE":
			return true, nil
		case "FALSE", "":
			return false, nil
		}
	}
	n, err := toNumber(v)
	return n != 0, err
}

func binary(op string, a, b any) any {
	a, b = single(a), single(b)
	for _, v := range []any{a, b} {
		if e, ok := v.(cellError); ok {
			return e
		}
	}
	switch op {
	case "&":
		return toText(a) + toText(b)
	case "=", "<>", "<", ">", "<=", ">=":
		return compareOp(op, compareValues(a, b))
	}
	x, err := toNumber(a)
	if err != nil {
		return *err
	}
	y, err := toNumber(b)
	if err != nil {
		return *err
	}
	var out float64
	switch op {
	case "+":
		out = x + y
	case "-":
		out = x - y
	case "*":
		out = x * y
	case "/":
		if y == 0 {
			return cellError{"#DIV/0!", "Function DIVIDE parameter 2 cannot be zero."}
		}
		out = x / y
	case "^":
		out = math.Pow(x, y)
	}
	if math.IsNaN(out) || math.IsInf(out, 0) {
		return cellError{"#NUM!", "The result is not a number."}
	}
	return out
}

func compareOp(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "<>":
		return order != 0
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}

// compareValues orders as the service sorts: numbers, then texts (case ignored), then booleans; an empty cell equals
// 0, "" and FALSE.
func compareValues(a, b any) int {
	blank := func(other any) any {
		switch other.(type) {
		case string:
			return ""
		case bool:
			return false
		}
		return 0.0
	}
	if a == nil {
		a = blank(b)
	}
	if b == nil {
		b = blank(a)
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra - rb
	}
	switch x := a.(type) {
	case float64:
		y := b.(float64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case string:
		return strings.Compare(strings.ToLower(x), strings.ToLower(b.(string)))
	case bool:
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case float64:
		return 0
	case string:
		return 1
	case bool:
		return 2
	case cellError:
		return 3
	}
	return 4
}
