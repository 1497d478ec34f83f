package gsheet

import (
	"fmt"
	"maps"
	"slices"
)

// putRows writes RowData from a corner on, changing the masked fields only.
func (t *tab) putRows(rows []any, at area, m mask) error {
	for i, line := range objects(rows) {
		for j, data := range objects(list(line, "values")) {
			r, c := at.r0+i, at.c0+j
			if at.r1 >= 0 && r >= at.r1 || at.c1 >= 0 && c >= at.c1 {
				return invalid("Attempting to write row: %d, column: %d beyond the range.", r, c)
			}
			if r >= t.rowCount() || c >= t.colCount() {
				return invalid("Attempting to write %s beyond the last requested %s of: %d", pickText(r >= t.rowCount(), "row", "column"),
					pickText(r >= t.rowCount(), fmt.Sprintf("row: %d", r), fmt.Sprintf("column: %d", c)), pickInt(r >= t.rowCount(), t.rowCount(), t.colCount())-1)
			}
			x, err := masked(t.at(r, c), data, m)
			if err != nil {
				return err
			}
			t.set(r, c, x)
		}
	}
	return nil
}

func pickInt(yes bool, a, b int) int {
	if yes {
		return a
	}
	return b
}

// masked gives a cell with the masked fields of CellData replaced.
func masked(old *cell, data object, m mask) (*cell, error) {
	if v := sub(data, "userEnteredValue"); len(v) > 1 {
		return nil, fmt.Errorf("userEnteredValue holds %d values, it takes one", len(v))
	}
	if text := str(sub(data, "userEnteredValue"), "stringValue"); len(text) > 50000 {
		return nil, invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
	}
	return cellFrom(m.apply(old.json(), data)), nil
}

func updateCells(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("CellData", withRowMask(req))
	if err != nil {
		return nil, err
	}
	rows := list(req, "rows")
	if start := sub(req, "start"); start != nil {
		t := b.tab(num(start, "sheetId"))
		if t == nil {
			return nil, noGrid(num(start, "sheetId"))
		}
		return nil, t.putRows(rows, area{num(start, "rowIndex"), -1, num(start, "columnIndex"), -1}, m)
	}
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	if err := t.putRows(rows, a, m); err != nil {
		return nil, err
	}
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ { // cells of the range that no row mentions are emptied
		var given []any
		if r-a.r0 < len(rows) {
			given = list(rows[r-a.r0].(object), "values")
		}
		for c := a.c0 + len(given); c < a.c1; c++ {
			if old := t.at(r, c); old != nil {
				x, err := masked(old, object{}, m)
				if err != nil {
					return nil, err
				}
				t.set(r, c, x)
			}
		}
	}
	return nil, nil
}

// withRowMask reads a mask over RowData ("values.note") or over CellData ("note"): callers send both.
func withRowMask(req object) object {
	m, err := parseMask(str(req, "fields"))
	if err != nil {
		return req
	}
	below, ok := m["values"]
	if !ok || len(m) != 1 {
		return req
	}
	out := maps.Clone(req)
	out["fields"] = "*"
	if !below.all() {
		out["fields"] = below.text()
	}
	return out
}

// text spells a mask.
func (m mask) text() string {
	out := ""
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if out != "" {
			out += ","
		}
		out += k
		if len(m[k]) > 0 {
			out += "(" + m[k].text() + ")"
		}
	}
	return out
}

func repeatCell(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("CellData", req)
	if err != nil {
		return nil, err
	}
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	data := sub(req, "cell")
	if data == nil {
		data = object{}
	}
	base, isFormula := sub(data, "userEnteredValue")["formulaValue"].(string)
	made := map[*cell]*cell{} // equal cells stay one cell: a formatted column costs nothing
	for r := a.r0; r < a.r1; r++ {
		for c := a.c0; c < a.c1; c++ {
			old := t.at(r, c)
			x, ok := made[old]
			if !ok || isFormula {
				if x, err = masked(old, data, m); err != nil {
					return nil, err
				}
				if isFormula && m.has("userEnteredValue") {
					x = x.with(formula(slideFormula(base, r-a.r0, c-a.c0)))
				}
				made[old] = x
			}
			t.set(r, c, x)
		}
	}
	return nil, nil
}

func appendCells(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("CellData", withRowMask(req))
	if err != nil {
		return nil, err
	}
	id := num(req, "sheetId")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	rows := list(req, "rows")
	start, _ := t.used()
	width := 0
	for _, line := range objects(rows) {
		width = max(width, len(list(line, "values")))
	}
	if more := start + len(rows) - t.rowCount(); more > 0 {
		t.setGrid("rowCount", float64(t.rowCount()+more))
	}
	if width > t.colCount() {
		t.setGrid("columnCount", float64(width))
	}
	return nil, t.putRows(rows, area{start, -1, 0, -1}, m)
}

func updateBorders(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	for r := a.r0; r < a.r1; r++ {
		for c := a.c0; c < a.c1; c++ {
			side := func(outer bool, edge, inner string) object {
				if outer {
					return sub(req, edge)
				}
				return sub(req, inner)
			}
			sides := object{}
			for name, v := range map[string]object{
				"top": side(r == a.r0, "top", "innerHorizontal"), "bottom": side(r == a.r1-1, "bottom", "innerHorizontal"),
				"left": side(c == a.c0, "left", "innerVertical"), "right": side(c == a.c1-1, "right", "innerVertical"),
			} {
				if v != nil {
					sides[name] = v
				}
			}
			if len(sides) == 0 {
				continue
			}
			x := t.at(r, c).with(t.at(r, c).raw())
			format := object{}
			maps.Copy(format, x.format)
			borders := object{}
			maps.Copy(borders, sub(format, "borders"))
			for name, v := range sides {
				if str(v.(object), "style") == "NONE" {
					delete(borders, name)
				} else {
					borders[name] = v
				}
			}
			format["borders"] = borders
			x.format = format
			t.set(r, c, x)
		}
	}
	return nil, nil
}

// mergeCells joins cells; what they hold except the first one is lost, as on the service.
func mergeCells(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	var parts []area
	switch str(req, "mergeType") {
	case "MERGE_ALL", "":
		parts = []area{a}
	case "MERGE_ROWS":
		for r := a.r0; r < a.r1; r++ {
			parts = append(parts, area{r, r + 1, a.c0, a.c1})
		}
	case "MERGE_COLUMNS":
		for c := a.c0; c < a.c1; c++ {
			parts = append(parts, area{a.r0, a.r1, c, c + 1})
		}
	}
	if err := t.unmerge(a); err != nil {
		return nil, err
	}
	for _, p := range parts {
		if p.cells() < 2 {
			continue
		}
		t.merges = append(t.merges, p)
		for r := p.r0; r < min(p.r1, len(t.rows)); r++ {
			for c := p.c0; c < p.c1; c++ {
				if x := t.at(r, c); x.raw() != nil && (r != p.r0 || c != p.c0) {
					t.set(r, c, x.with(nil))
				}
			}
		}
	}
	return nil, nil
}

func unmergeCells(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	return nil, t.unmerge(a)
}

func (t *tab) unmerge(a area) error {
	kept := t.merges[:0:0]
	for _, m := range t.merges {
		switch {
		case a.covers(m):
		case a.overlaps(m):
			return invalid("You must select all cells in a merged range to merge or unmerge them.")
		default:
			kept = append(kept, m)
		}
	}
	t.merges = kept
	return nil
}

// setDataValidation sets or, without a rule, clears the rule of every cell of a range; rows that a filter hides are
// left out unless filteredRowsIncluded says otherwise.
func setDataValidation(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	rule := nonEmpty(sub(req, "rule"))
	if rule != nil {
		if err := b.checkRule(rule); err != nil {
			return nil, err
		}
	}
	var hidden map[int]bool
	if !boolean(req, "filteredRowsIncluded") {
		hidden = t.hiddenByFilter(b.calculation(t))
	}
	blank := &cell{validation: rule}
	for r := a.r0; r < a.r1; r++ {
		if hidden[r] {
			continue
		}
		for c := a.c0; c < a.c1; c++ {
			old := t.at(r, c)
			if old == nil {
				t.set(r, c, blank)
				continue
			}
			x := *old
			x.validation = rule
			t.set(r, c, &x)
		}
	}
	return nil, nil
}

// checkRule refuses a validation rule whose condition lacks what its type needs.
func (b *book) checkRule(rule object) error {
	condition := sub(rule, "condition")
	typ, values := str(condition, "type"), objects(list(condition, "values"))
	text := ""
	if len(values) > 0 {
		text = str(values[0], "userEnteredValue")
	}
	switch typ {
	case "", "CONDITION_TYPE_UNSPECIFIED":
		return fmt.Errorf("condition.type is required")
	case "ONE_OF_LIST":
		if len(values) == 0 {
			return fmt.Errorf("ONE_OF_LIST needs at least one value")
		}
	case "ONE_OF_RANGE":
		if len(values) != 1 || len(text) < 2 || text[0] != '=' {
			return invalid("Invalid ConditionValue.userEnteredValue: %s", text)
		}
		if _, err := b.find(text[1:]); err != nil {
			return invalid("Invalid ConditionValue.userEnteredValue: %s", text)
		}
	case "BOOLEAN":
		if len(values) > 2 {
			return fmt.Errorf("BOOLEAN takes at most two values, found %d", len(values))
		}
	case "CUSTOM_FORMULA":
		if len(values) != 1 {
			return fmt.Errorf("CUSTOM_FORMULA needs exactly one value")
		}
	}
	return nil
}
