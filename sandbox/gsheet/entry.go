package gsheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

type entryKind int

const (
	entryText entryKind = iota
	entryNumber
	entryBool
	entryFormula
	entryBlank
)

// entry is what typing a text into a cell means.
type entry struct {
	kind   entryKind
	text   string
	number float64
	truth  bool
	format object // the number format that the spelling brings along, nil for none
}

// typed reads a text as the service does when a person types it (USER_ENTERED, locale en_US).
//
//	typed             value        number format
//	=1+1              formula
//	'42               text 42
//	TRUE, false       boolean
//	42  -1.5  1e3     number       1e3: SCIENTIFIC 0.00E+00
//	2,000.01          number       NUMBER #,##0.00
//	12%  12.5%        0.12         PERCENT 0% / 0.00%
//	$5  $5.20         5            CURRENCY "$"#,##0 / "$"#,##0.00
//	2020-01-31        43861        DATE yyyy-mm-dd
//	1/31/2020         43861        DATE m/d/yyyy
//	2020-01-31 8:30   43861.354    DATE_TIME yyyy-mm-dd h:mm
//	8:30  8:30:05     0.354        TIME h:mm / h:mm:ss
func typed(s string) entry {
	trimmed := strings.TrimSpace(s)
	switch {
	case s == "":
		return entry{kind: entryBlank}
	case strings.HasPrefix(s, "'"):
		return entry{kind: entryText, text: s[1:]}
	case strings.HasPrefix(trimmed, "=") && len(trimmed) > 1:
		return entry{kind: entryFormula, text: trimmed}
	case strings.EqualFold(trimmed, "true"), strings.EqualFold(trimmed, "false"):
		return entry{kind: entryBool, truth: strings.EqualFold(trimmed, "true")}
	}
	if trimmed == "" || !strings.ContainsAny(trimmed, "0123456789") || len(trimmed) > 40 {
		return entry{kind: entryText, text: s}
	}
	if e, ok := typedNumber(trimmed); ok {
		return e
	}
	if e, ok := typedTime(trimmed); ok {
		return e
	}
	return entry{kind: entryText, text: s}
}

func numberFormat(kind, pattern string) object { return object{"type": kind, "pattern": pattern} }

func typedNumber(s string) (entry, bool) {
	body, sign := s, 1.0
	if rest, ok := strings.CutPrefix(body, "-"); ok {
		body, sign = rest, -1
	} else {
		body = strings.TrimPrefix(body, "+")
	}
	body, money := strings.CutPrefix(body, "$")
	body, percent := strings.CutSuffix(body, "%")
	if money && percent {
		return entry{}, false
	}
	whole, fraction, point := strings.Cut(body, ".")
	grouped := false
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i == 0 && (len(g) == 0 || len(g) > 3) || i > 0 && len(g) != 3 {
				return entry{}, false
			}
		}
		whole, grouped = strings.Join(groups, ""), true
	}
	plain := whole
	if point {
		plain += "." + fraction
	}
	if plain == "" || plain == "." || !(plain[0] >= '0' && plain[0] <= '9' || plain[0] == '.') || strings.ContainsAny(plain, "xX_pPnN") {
		return entry{}, false
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return entry{}, false
	}
	e := entry{kind: entryNumber, number: sign * v}
	decimals := point && fraction != ""
	switch {
	case percent:
		e.number /= 100
		e.format = numberFormat("PERCENT", pickText(decimals, "0.00%", "0%"))
	case money:
		e.format = numberFormat("CURRENCY", `"$"#,##0`+pickText(decimals, ".00", ""))
	case grouped:
		e.format = numberFormat("NUMBER", "#,##0"+pickText(decimals, ".00", ""))
	case strings.ContainsAny(plain, "eE"):
		e.format = numberFormat("SCIENTIFIC", "0.00E+00")
	}
	return e, true
}

func pickText(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func typedTime(s string) (entry, bool) {
	date, clock, both := strings.Cut(s, " ")
	if strings.Contains(date, "T") && !both {
		date, clock, both = strings.Cut(s, "T")
	}
	day, pattern, isDate := typedDate(date)
	if !isDate {
		if part, clockPattern, ok := typedClock(s); ok {
			return entry{kind: entryNumber, number: part, format: numberFormat("TIME", clockPattern)}, true
		}
		return entry{}, false
	}
	if !both {
		return entry{kind: entryNumber, number: day, format: numberFormat("DATE", pattern)}, true
	}
	part, clockPattern, ok := typedClock(strings.TrimSpace(clock))
	if !ok {
		return entry{}, false
	}
	return entry{kind: entryNumber, number: day + part, format: numberFormat("DATE_TIME", pattern+" "+clockPattern)}, true
}

func typedDate(s string) (day float64, pattern string, ok bool) {
	for _, f := range []struct{ layout, pattern string }{
		{"2006-1-2", "yyyy-mm-dd"}, {"2006/1/2", "yyyy/mm/dd"}, {"1/2/2006", "m/d/yyyy"}, {"1-2-2006", "m-d-yyyy"}, {"1/2/06", "m/d/yy"},
	} {
		if t, err := time.Parse(f.layout, s); err == nil {
			return serial(t), f.pattern, true
		}
	}
	return 0, "", false
}

func typedClock(s string) (part float64, pattern string, ok bool) {
	if !strings.Contains(s, ":") || len(s) > 24 {
		return 0, "", false
	}
	re := regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([aApP][mM])?Z?$`)
	m := re.FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	n := [3]int{}
	for i := range n {
		if m[i+1] != "" {
			v, err := strconv.Atoi(m[i+1])
			if err != nil {
				return 0, "", false
			}
			n[i] = v
		}
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 {
		return 0, "", false
	}
	pattern = "h:mm"
	if m[3] != "" {
		pattern = "h:mm:ss"
	}
	if half := strings.ToLower(m[4]); half != "" {
		if n[0] > 12 {
			return 0, "", false
		}
		n[0] %= 12
		if half == "pm" {
			n[0] += 12
		}
		pattern += " am/pm"
	}
	return float64(n[0]*3600+n[1]*60+n[2]) / 86400, pattern, true
}

// enter puts a JSON value into a cell the way values writes do. RAW stores a text as it is; otherwise it is read as
// if it had been typed. A number format that the cell already has stays.
func enter(old *cell, v any, asTyped bool) *cell {
	text, isText := v.(string)
	if !isText {
		switch v.(type) {
		case float64, bool:
			return old.with(v)
		case nil:
			return old
		}
		return old.with(quoteJSON(v))
	}
	if text == "" {
		return old.with(nil)
	}
	if !asTyped {
		return old.with(text)
	}
	e := typed(text)
	have := object(nil)
	if old != nil {
		have = sub(old.format, "numberFormat")
	}
	if str(have, "type") == "TEXT" && e.kind != entryFormula {
		return old.with(strings.TrimPrefix(text, "'"))
	}
	switch e.kind {
	case entryFormula:
		return old.with(formula(e.text))
	case entryBool:
		return old.with(e.truth)
	case entryText:
		return old.with(e.text)
	}
	out := old.with(e.number)
	if e.format != nil && have == nil {
		format := object{"numberFormat": e.format}
		for k, x := range out.format {
			format[k] = x
		}
		format["numberFormat"] = e.format
		out.format = format
	}
	return out
}
