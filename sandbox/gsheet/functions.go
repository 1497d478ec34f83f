package gsheet

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// function computes the functions that workbooks of this size live on; any other name is #NAME?, as for a typing error.
func (k *calculation) function(name string, args []any) any {
	arg := func(i int) any {
		if i < len(args) {
			return args[i]
		}
		return nil
	}
	switch name {
	case "IFERROR":
		if _, bad := single(arg(0)).(cellError); bad {
			return arg(1)
		}
		return arg(0)
	case "ISERROR":
		_, bad := single(arg(0)).(cellError)
		return bad
	case "ISBLANK":
		return single(arg(0)) == nil
	case "ISNUMBER":
		_, ok := single(arg(0)).(float64)
		return ok
	case "ISTEXT":
		_, ok := single(arg(0)).(string)
		return ok
	case "IF":
		yes, err := toBool(arg(0))
		if err != nil {
			return *err
		}
		if yes {
			return arg(1)
		}
		if len(args) < 3 {
			return false
		}
		return arg(2)
	case "AND", "OR", "NOT":
		return logic(name, args)
	case "SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX":
		return aggregate(name, args)
	case "COUNTIF":
		return countIf(arg(0), single(arg(1)))
	case "N":
		return asNumber(single(arg(0)))
	case "TODAY":
		return math.Floor(serial(k.now))
	case "NOW":
		return serial(k.now)
	case "TRUE":
		return true
	case "FALSE":
		return false
	case "ABS", "ROUND", "INT", "MOD":
		return numeric(name, args)
	}
	return textFunction(name, args)
}

func logic(name string, args []any) any {
	all, some := true, false
	for _, v := range flatten(args) {
		if v == nil {
			continue
		}
		yes, err := toBool(v)
		if err != nil {
			return *err
		}
		all, some = all && yes, some || yes
	}
	switch name {
	case "AND":
		return all
	case "OR":
		return some
	}
	return !some
}

func flatten(args []any) []any {
	var out []any
	for _, a := range args {
		if m, ok := a.(matrix); ok {
			for _, line := range m {
				out = append(out, line...)
			}
		} else {
			out = append(out, a)
		}
	}
	return out
}

func aggregate(name string, args []any) any {
	var sum float64
	low, high := math.Inf(1), math.Inf(-1)
	n, filled := 0, 0
	for _, a := range args {
		_, isRange := a.(matrix)
		for _, v := range flatten([]any{a}) {
			if v != nil {
				filled++
			}
			if e, bad := v.(cellError); bad && name != "COUNTA" && name != "COUNT" {
				return e
			}
			x, ok := v.(float64)
			if !ok && !isRange && v != nil && name != "COUNTA" && name != "COUNT" {
				y, err := toNumber(v)
				if err != nil {
					return *err
				}
				x, ok = y, true
			}
			if ok {
				n++
				sum += x
				low, high = math.Min(low, x), math.Max(high, x)
			}
		}
	}
	switch name {
	case "SUM":
		return sum
	case "COUNT":
		return float64(n)
	case "COUNTA":
		return float64(filled)
	case "AVERAGE":
		if n == 0 {
			return cellError{"#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error."}
		}
		return sum / float64(n)
	}
	if n == 0 {
		return 0.0
	}
	if name == "MIN" {
		return low
	}
	return high
}

func countIf(values, criterion any) any {
	op, want := "=", criterion
	if text, ok := criterion.(string); ok {
		for _, o := range []string{"<>", "<=", ">=", "<", ">", "="} {
			if rest, cut := strings.CutPrefix(text, o); cut {
				op, text = o, rest
				break
			}
		}
		want = text
		if e := typed(text); e.kind == entryNumber {
			want = e.number
		}
	}
	n := 0
	for _, v := range flatten([]any{values}) {
		if v != nil && rank(v) == rank(want) && compareOp(op, compareValues(v, want)) || op == "<>" && rank(v) != rank(want) {
			n++
		}
	}
	return float64(n)
}

func numeric(name string, args []any) any {
	var x [2]float64
	for i := range min(2, len(args)) {
		v, err := toNumber(args[i])
		if err != nil {
			return *err
		}
		x[i] = v
	}
	switch name {
	case "ABS":
		return math.Abs(x[0])
	case "INT":
		return math.Floor(x[0])
	case "MOD":
		if x[1] == 0 {
			return cellError{"#DIV/0!", "Function MOD parameter 2 cannot be zero."}
		}
		return x[0] - x[1]*math.Floor(x[0]/x[1])
	}
	scale := math.Pow(10, math.Trunc(x[1]))
	return math.Round(x[0]*scale) / scale
}

func textFunction(name string, args []any) any {
	text := func(i int) string {
		if i < len(args) {
			return toText(args[i])
		}
		return ""
	}
	for _, a := range args {
		if e, bad := single(a).(cellError); bad {
			return e
		}
	}
	count := func(i, otherwise int) int {
		if i >= len(args) {
			return otherwise
		}
		n, err := toNumber(args[i])
		if err != nil {
			return otherwise
		}
		return max(0, int(n))
	}
	switch name {
	case "LEFT":
		r := []rune(text(0))
		return string(r[:min(len(r), count(1, 1))])
	case "RIGHT":
		r := []rune(text(0))
		return string(r[len(r)-min(len(r), count(1, 1)):])
	case "MID":
		r := []rune(text(0))
		from := min(len(r), max(0, count(1, 1)-1))
		return string(r[from:min(len(r), from+count(2, 0))])
	case "LEN":
		return float64(utf8.RuneCountInString(text(0)))
	case "UPPER":
		return strings.ToUpper(text(0))
	case "LOWER":
		return strings.ToLower(text(0))
	case "TRIM":
		return strings.Join(strings.Fields(text(0)), " ")
	case "EXACT":
		return text(0) == text(1)
	case "CONCATENATE", "CONCAT":
		var b strings.Builder
		for _, v := range flatten(args) {
			b.WriteString(toText(v))
		}
		return b.String()
	case "REGEXMATCH":
		return matchText(text(0), text(1))
	case "SEARCH", "FIND":
		return findText(name, text(0), text(1))
	}
	return cellError{"#NAME?", "Unknown function: '" + name + "'."}
}

func matchText(text, pattern string) any {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return cellError{"#REF!", fmt.Sprintf("Function REGEXMATCH parameter 2 value %q is not a valid regular expression.", pattern)}
	}
	return re.MatchString(text)
}

// findText is FIND, or SEARCH, which does not mind the case.
func findText(name, needle, hay string) any {
	n, h := needle, hay
	if name == "SEARCH" {
		n, h = strings.ToLower(needle), strings.ToLower(hay)
	}
	if i := strings.Index(h, n); i >= 0 {
		return float64(utf8.RuneCountInString(h[:i]) + 1)
	}
	return cellError{"#VALUE!", fmt.Sprintf("In %s evaluation, cannot find '%s' within '%s'.", name, needle, hay)}
}

// serial is a time as the service counts: days since 30 December 1899, the time of day as fraction.
func serial(t time.Time) float64 {
	t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	return t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Seconds() / 86400
}

// fromSerial is the inverse of serial, rounded to the millisecond.
func fromSerial(v float64) time.Time {
	days := math.Floor(v)
	ms := math.Round((v - days) * 86400000)
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Add(time.Duration(ms) * time.Millisecond)
}

// asNumber is N(): a number stays, TRUE is 1, an error stays one, anything else is 0.
func asNumber(v any) any {
	switch x := v.(type) {
	case float64, cellError:
		return x
	case bool:
		if x {
			return 1.0
		}
	}
	return 0.0
}
