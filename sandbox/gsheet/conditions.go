package gsheet

import (
	"slices"
	"strconv"
	"strings"
)

// holds tells whether a BooleanCondition is true of a cell. base is the top-left cell of the range that the condition
// was given for: relative references of a custom formula slide from there.
//
//	TEXT_*            compare the shown text, case ignored
//	NUMBER_*          only numbers
//	DATE_*            only numbers, against a date as it would be typed
//	BLANK, NOT_BLANK  no value, any value
//	CUSTOM_FORMULA    true, or a number other than 0
//	ONE_OF_LIST, ONE_OF_RANGE, BOOLEAN   for validation
func (k *calculation) holds(condition object, t *tab, base area, r, c int) bool {
	values := objects(list(condition, "values"))
	arg := func(i int) any {
		if i >= len(values) {
			return nil
		}
		text := str(values[i], "userEnteredValue")
		if len(text) > 1 && text[0] == '=' {
			return single(k.slid(t, base, r, c).eval(text))
		}
		if e := typed(text); e.kind == entryNumber {
			return e.number
		}
		return text
	}
	v := k.value(t, r, c)
	shown := func() string {
		x := t.at(r, c)
		if x == nil {
			return ""
		}
		return strings.ToLower(show(v, sub(x.format, "numberFormat")))
	}
	want := func() string {
		if len(values) == 0 {
			return ""
		}
		if text := str(values[0], "userEnteredValue"); !strings.HasPrefix(text, "=") {
			return strings.ToLower(text)
		}
		return strings.ToLower(toText(arg(0)))
	}
	kind := str(condition, "type")
	switch kind {
	case "BLANK":
		return v == nil || v == ""
	case "NOT_BLANK":
		return v != nil && v != ""
	case "CUSTOM_FORMULA":
		yes, err := toBool(arg(0))
		return err == nil && yes
	case "ONE_OF_LIST", "ONE_OF_RANGE", "BOOLEAN":
		return k.allowed(condition, t, v)
	}
	if strings.HasPrefix(kind, "TEXT_") {
		return compareTexts(kind, shown(), want())
	}
	return compareCondition(kind, v, arg(0), arg(1))
}

// compareTexts wants both texts in lower case.
func compareTexts(kind, shown, want string) bool {
	switch kind {
	case "TEXT_EQ":
		return shown == want
	case "TEXT_NOT_EQ":
		return shown != want
	case "TEXT_CONTAINS":
		return strings.Contains(shown, want)
	case "TEXT_NOT_CONTAINS":
		return !strings.Contains(shown, want)
	case "TEXT_STARTS_WITH":
		return strings.HasPrefix(shown, want)
	case "TEXT_ENDS_WITH":
		return strings.HasSuffix(shown, want)
	case "TEXT_IS_EMAIL":
		name, host, ok := strings.Cut(shown, "@")
		return ok && name != "" && strings.Contains(host, ".")
	case "TEXT_IS_URL":
		return strings.Contains(shown, "://") || strings.HasPrefix(shown, "www.")
	}
	return false
}

// slid is this calculation for the cell at r, c of a rule that begins at base.
func (k *calculation) slid(t *tab, base area, r, c int) *calculation {
	out := *k
	out.t, out.dr, out.dc = t, r-base.r0, c-base.c0
	return &out
}

func compareCondition(kind string, v, x, y any) bool {
	n, ok := v.(float64)
	a, okA := x.(float64)
	if !ok || !okA {
		return kind == "NUMBER_NOT_EQ" && v != nil && !ok
	}
	b, okB := y.(float64)
	switch kind {
	case "NUMBER_EQ", "DATE_EQ":
		return n == a
	case "NUMBER_NOT_EQ", "DATE_NOT_EQ":
		return n != a
	case "NUMBER_GREATER", "DATE_AFTER":
		return n > a
	case "NUMBER_GREATER_THAN_EQ", "DATE_ON_OR_AFTER":
		return n >= a
	case "NUMBER_LESS", "DATE_BEFORE":
		return n < a
	case "NUMBER_LESS_THAN_EQ", "DATE_ON_OR_BEFORE":
		return n <= a
	case "NUMBER_BETWEEN", "DATE_BETWEEN":
		return okB && n >= a && n <= b
	case "NUMBER_NOT_BETWEEN", "DATE_NOT_BETWEEN":
		return okB && (n < a || n > b)
	}
	return false
}

// choices lists what a dropdown offers; ok is false for rules that are no dropdown.
func (k *calculation) choices(condition object, t *tab) ([]string, bool) {
	values := objects(list(condition, "values"))
	switch str(condition, "type") {
	case "ONE_OF_LIST":
		var out []string
		for _, v := range values {
			out = append(out, str(v, "userEnteredValue"))
		}
		return out, true
	case "ONE_OF_RANGE":
		if len(values) != 1 {
			return nil, true
		}
		text := strings.TrimPrefix(str(values[0], "userEnteredValue"), "=")
		sel, err := k.b.find(text)
		if err != nil {
			return nil, true
		}
		if _, _, bare, _ := splitA1(text); bare && k.b.tabNamed(text) == nil && sel.t == k.b.tabs[0] {
			sel.t = t // cells without a tab lie on the rule's own tab
		}
		a := sel.t.fit(sel.a)
		var out []string
		for r := a.r0; r < min(a.r1, len(sel.t.rows)); r++ {
			for c := a.c0; c < a.c1; c++ {
				x := sel.t.at(r, c)
				if x.raw() == nil {
					continue
				}
				if s := show(k.value(sel.t, r, c), sub(x.format, "numberFormat")); s != "" && !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
		return out, true
	}
	return nil, false
}

// allowed tells whether a value satisfies a dropdown or a tick box; an empty cell always does.
func (k *calculation) allowed(condition object, t *tab, v any) bool {
	if v == nil {
		return true
	}
	if list, ok := k.choices(condition, t); ok {
		return slices.Contains(list, toText(v))
	}
	on, off := tickValues(condition)
	return compareValues(v, on) == 0 || compareValues(v, off) == 0
}

// tickValues gives what a tick box writes when it is ticked and unticked.
func tickValues(condition object) (on, off any) {
	values := objects(list(condition, "values"))
	on, off = true, false
	read := func(i int) any {
		text := str(values[i], "userEnteredValue")
		switch e := typed(text); e.kind {
		case entryNumber:
			return e.number
		case entryBool:
			return e.truth
		}
		return text
	}
	if len(values) > 0 {
		on, off = read(0), ""
	}
	if len(values) > 1 {
		off = read(1)
	}
	return on, off
}

// filteredOut gives the rows that a filter (basic filter or filter view) hides; its first row, the header, stays.
func (t *tab) filteredOut(f object, calc *calculation) map[int]bool {
	_, a, err := calc.b.gridRange(sub(f, "range"))
	if err != nil {
		return nil
	}
	a = t.fit(a)
	type test struct {
		col      int
		criteria object
	}
	var tests []test
	for k, v := range sub(f, "criteria") {
		if c, err := strconv.Atoi(k); err == nil {
			criteria, _ := v.(object)
			tests = append(tests, test{c, criteria})
		}
	}
	for _, spec := range objects(list(f, "filterSpecs")) {
		tests = append(tests, test{num(spec, "columnIndex"), sub(spec, "filterCriteria")})
	}
	if len(tests) == 0 {
		return nil
	}
	hidden := map[int]bool{}
	base := area{a.r0 + 1, a.r1, a.c0, a.c1}
	for r := a.r0 + 1; r < a.r1; r++ {
		for _, x := range tests {
			shown := ""
			if cl := t.at(r, x.col); cl != nil {
				shown = show(calc.value(t, r, x.col), sub(cl.format, "numberFormat"))
			}
			condition := sub(x.criteria, "condition")
			if slices.Contains(list(x.criteria, "hiddenValues"), any(shown)) || condition != nil && !calc.holds(condition, t, base, r, x.col) {
				hidden[r] = true
			}
		}
	}
	return hidden
}
