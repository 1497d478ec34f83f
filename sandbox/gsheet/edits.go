package gsheet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sortRange sorts the cells of a range: values, formats, notes and validation move; cells of the same rows outside
// the range stay where they are.
func sortRange(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	specs := objects(list(req, "sortSpecs"))
	if len(specs) == 0 {
		return nil, invalid("Must specify at least one sort spec.")
	}
	for _, s := range specs {
		if c := num(s, "dimensionIndex"); c < a.c0 || c >= a.c1 {
			return nil, fmt.Errorf("sort column %d lies outside the range, columns %d to %d", c, a.c0, a.c1)
		}
	}
	for _, m := range t.merges {
		if a.overlaps(m) && m.rows() > 1 {
			return nil, invalid("You can't sort a range with vertical merges.")
		}
	}
	t.sort(a, specs, b.calculation(t))
	return nil, nil
}

func (t *tab) sort(a area, specs []object, calc *calculation) {
	end := min(a.r1, len(t.rows))
	if end <= a.r0 {
		return
	}
	keys := make([][]any, end-a.r0)
	order := make([]int, end-a.r0)
	for i := range order {
		order[i] = i
		for _, s := range specs {
			keys[i] = append(keys[i], calc.value(t, a.r0+i, num(s, "dimensionIndex")))
		}
	}
	slices.SortStableFunc(order, func(x, y int) int {
		for k, s := range specs {
			u, v := keys[x][k], keys[y][k]
			if u == nil || v == nil { // empty cells come last, whatever the order
				if (u == nil) != (v == nil) {
					return pickInt(u == nil, 1, -1)
				}
				continue
			}
			if c := compareValues(u, v); c != 0 {
				if str(s, "sortOrder") == "DESCENDING" {
					return -c
				}
				return c
			}
		}
		return 0
	})
	old := make([][]*cell, len(order))
	for i := range old {
		old[i] = make([]*cell, a.cols())
		for c := a.c0; c < a.c1; c++ {
			old[i][c-a.c0] = t.at(a.r0+i, c)
		}
	}
	for i, from := range order {
		if i == from {
			continue
		}
		for c := a.c0; c < a.c1; c++ {
			x := old[from][c-a.c0]
			if f, ok := x.raw().(formula); ok {
				x = x.with(formula(slideFormula(string(f), i-from, 0)))
			}
			t.set(a.r0+i, c, x)
		}
	}
}

// findReplace replaces text and counts what it changed.
func findReplace(b *book, req object) (object, error) {
	find, replacement := str(req, "find"), str(req, "replacement")
	if find == "" {
		return nil, fmt.Errorf("find must not be empty")
	}
	pattern := find
	if !boolean(req, "searchByRegex") {
		pattern = regexp.QuoteMeta(find)
		replacement = strings.ReplaceAll(replacement, "$", "$$")
	}
	if boolean(req, "matchEntireCell") {
		pattern = "^(?:" + pattern + ")$"
	}
	if !boolean(req, "matchCase") {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("invalid regular expression %q: %w", find, err)
	}
	scopes, err := b.scopes(req)
	if err != nil {
		return nil, err
	}
	var values, formulas, rows, sheets, hits int
	for _, sc := range scopes {
		touched := false
		for r := sc.a.r0; r < min(sc.a.r1, len(sc.t.rows)); r++ {
			inRow := false
			for c := sc.a.c0; c < sc.a.c1; c++ {
				x := sc.t.at(r, c)
				text, isFormula := searched(x, boolean(req, "includeFormulas"))
				found := len(re.FindAllStringIndex(text, -1))
				if text == "" || found == 0 {
					continue
				}
				changed := re.ReplaceAllString(text, replacement)
				sc.t.set(r, c, enter(x, changed, true))
				inRow, hits = true, hits+found
				if isFormula {
					formulas++
				} else {
					values++
				}
			}
			if inRow {
				rows++
				touched = true
			}
		}
		if touched {
			sheets++
		}
	}
	return object{"valuesChanged": values, "formulasChanged": formulas, "rowsChanged": rows, "sheetsChanged": sheets, "occurrencesChanged": hits}, nil
}

// scope is an area of a tab that a search goes through.
type scope struct {
	t *tab
	a area
}

// scopes reads where a findReplace looks: a range, every tab, or one tab.
func (b *book) scopes(req object) ([]scope, error) {
	if where := sub(req, "range"); where != nil {
		t, a, err := b.bounded(where)
		return []scope{{t, a}}, err
	}
	if boolean(req, "allSheets") {
		var out []scope
		for _, t := range b.tabs {
			out = append(out, scope{t, t.bounds()})
		}
		return out, nil
	}
	t := b.tab(num(req, "sheetId"))
	if t == nil {
		return nil, noGrid(num(req, "sheetId"))
	}
	return []scope{{t, t.bounds()}}, nil
}

// searched gives the text that findReplace looks at.
func searched(x *cell, formulas bool) (text string, isFormula bool) {
	switch v := x.raw().(type) {
	case string:
		return v, false
	case formula:
		if formulas {
			return string(v), true
		}
	case float64, bool:
		return show(v, sub(x.format, "numberFormat")), false
	}
	return "", false
}

// pasted gives what a paste of the given type leaves in a cell.
func pasted(old, src *cell, kind string, dr, dc int) (*cell, error) {
	if src == nil {
		src = &cell{}
	}
	slid := *src
	if f, ok := src.value.(formula); ok {
		slid.value = formula(slideFormula(string(f), dr, dc))
	}
	out := cell{}
	if old != nil {
		out = *old
	}
	switch kind {
	case "PASTE_NORMAL", "", "PASTE_NO_BORDERS":
		out = slid
	case "PASTE_VALUES", "PASTE_FORMULA":
		out.value = slid.value
	case "PASTE_FORMAT":
		out.format, out.validation = slid.format, slid.validation
	case "PASTE_DATA_VALIDATION":
		out.validation = slid.validation
	case "PASTE_CONDITIONAL_FORMATTING":
	default:
		return nil, fmt.Errorf("unknown pasteType %q", kind)
	}
	return &out, nil
}

func copyPaste(b *book, req object) (object, error) {
	src, from, err := b.bounded(sub(req, "source"))
	if err != nil {
		return nil, err
	}
	dst, to, err := b.gridRange(sub(req, "destination"))
	if err != nil {
		return nil, err
	}
	to = closed(to, dst)
	turn := str(req, "pasteOrientation") == "TRANSPOSE"
	height, width := from.rows(), from.cols()
	if turn {
		height, width = width, height
	}
	// A destination that is a multiple of the source is filled with copies, any other takes one copy at its corner.
	down, across := max(1, to.rows()/height), max(1, to.cols()/width)
	if to.rows()%height != 0 {
		down = 1
	}
	if to.cols()%width != 0 {
		across = 1
	}
	end := area{to.r0, to.r0 + down*height, to.c0, to.c0 + across*width}
	if end.r1 > dst.rowCount() || end.c1 > dst.colCount() {
		return nil, invalid("Range (%s) exceeds grid limits. Max rows: %d, max columns: %d", end.a1(dst.title()), dst.rowCount(), dst.colCount())
	}
	taken := src.lift(from)
	calc := b.calculation(src)
	for r := end.r0; r < end.r1; r++ {
		for c := end.c0; c < end.c1; c++ {
			i, j := (r-end.r0)%height, (c-end.c0)%width
			if turn {
				i, j = j, i
			}
			x := taken[i][j]
			if str(req, "pasteType") == "PASTE_VALUES" && x != nil {
				x = x.with(plainValue(calc.value(src, from.r0+i, from.c0+j)))
			}
			y, err := pasted(dst.at(r, c), x, str(req, "pasteType"), r-from.r0-i, c-from.c0-j)
			if err != nil {
				return nil, err
			}
			dst.set(r, c, y)
		}
	}
	return nil, nil
}

func plainValue(v any) any {
	if e, ok := v.(cellError); ok {
		return e.kind
	}
	return v
}

// lift copies the cells of an area out.
func (t *tab) lift(a area) [][]*cell {
	out := make([][]*cell, a.rows())
	for i := range out {
		out[i] = make([]*cell, a.cols())
		for j := range out[i] {
			out[i][j] = t.at(a.r0+i, a.c0+j)
		}
	}
	return out
}

func cutPaste(b *book, req object) (object, error) {
	src, from, err := b.bounded(sub(req, "source"))
	if err != nil {
		return nil, err
	}
	at := sub(req, "destination")
	dst := b.tab(num(at, "sheetId"))
	if dst == nil {
		return nil, noGrid(num(at, "sheetId"))
	}
	r0, c0 := num(at, "rowIndex"), num(at, "columnIndex")
	end := area{r0, r0 + from.rows(), c0, c0 + from.cols()}
	if end.r1 > dst.rowCount() || end.c1 > dst.colCount() {
		return nil, invalid("Range (%s) exceeds grid limits. Max rows: %d, max columns: %d", end.a1(dst.title()), dst.rowCount(), dst.colCount())
	}
	taken := src.lift(from)
	for r := from.r0; r < from.r1; r++ {
		for c := from.c0; c < from.c1; c++ {
			if x := src.at(r, c); x != nil {
				src.set(r, c, nil)
			}
		}
	}
	for i, line := range taken {
		for j, x := range line {
			y, err := pasted(dst.at(r0+i, c0+j), x, str(req, "pasteType"), 0, 0)
			if err != nil {
				return nil, err
			}
			dst.set(r0+i, c0+j, y)
		}
	}
	return nil, nil
}

// deleteDuplicates removes, within the range, each row that equals an earlier one in the compared columns.
func deleteDuplicates(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	var compared []int
	for _, c := range objects(list(req, "comparisonColumns")) {
		for i := num(c, "startIndex"); i < num(c, "endIndex"); i++ {
			compared = append(compared, i)
		}
	}
	if compared == nil {
		for c := a.c0; c < a.c1; c++ {
			compared = append(compared, c)
		}
	}
	calc := b.calculation(t)
	seen := map[string]bool{}
	taken := t.lift(area{a.r0, max(a.r0, min(a.r1, len(t.rows))), a.c0, a.c1})
	var kept [][]*cell
	for i, line := range taken {
		var key []any
		for _, c := range compared {
			key = append(key, plainValue(calc.value(t, a.r0+i, c)))
		}
		if k := strings.ToLower(quoteJSON(key)); !seen[k] || strings.Trim(k, "[]nul,") == "" {
			seen[k] = true
			kept = append(kept, line)
		}
	}
	for i := range taken {
		for j := range a.cols() {
			var x *cell
			if i < len(kept) {
				x = kept[i][j]
			}
			t.set(a.r0+i, a.c0+j, x)
		}
	}
	return object{"duplicatesRemovedCount": len(taken) - len(kept)}, nil
}
