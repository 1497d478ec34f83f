package gsheet

import "strings"

// rendering says how values are answered.
type rendering struct {
	columns bool   // majorDimension COLUMNS
	value   string // FORMATTED_VALUE, UNFORMATTED_VALUE, FORMULA
	date    string // SERIAL_NUMBER, FORMATTED_STRING
}

// readRendering checks the three options of a read; an absent one has the service's default.
func readRendering(get func(string) string, prefix string) (rendering, error) {
	name := func(s string) string {
		if prefix == "" {
			return s
		}
		return prefix + strings.ToUpper(s[:1]) + s[1:]
	}
	r := rendering{value: "FORMATTED_VALUE", date: "SERIAL_NUMBER"}
	option := func(field, typ string, to *string, allowed ...string) error {
		v := get(field)
		if v == "" {
			return nil
		}
		for _, a := range allowed {
			if v == a {
				*to = v
				return nil
			}
		}
		return violation(snake(field), "Invalid value at '"+snake(field)+"' (type.googleapis.com/google.apps.sheets.v4."+typ+"), "+quoteJSON(v))
	}
	if err := option(name("valueRenderOption"), "ValueRenderOption", &r.value, "FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"); err != nil {
		return r, err
	}
	if err := option(name("dateTimeRenderOption"), "DateTimeRenderOption", &r.date, "SERIAL_NUMBER", "FORMATTED_STRING"); err != nil {
		return r, err
	}
	major := ""
	if err := option("majorDimension", "Dimension", &major, "ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED"); err != nil {
		return r, err
	}
	r.columns = major == "COLUMNS"
	return r, nil
}

// one gives a cell's value in the asked form; nil for an empty cell.
func (r rendering) one(calc *calculation, t *tab, row, col int) any {
	x := t.at(row, col)
	if x.raw() == nil {
		return nil
	}
	if f, ok := x.value.(formula); ok && r.value == "FORMULA" {
		return string(f)
	}
	v := calc.value(t, row, col)
	format := sub(x.format, "numberFormat")
	if r.value == "FORMATTED_VALUE" {
		return show(v, format)
	}
	switch n := v.(type) {
	case cellError:
		return n.kind
	case float64:
		if isDate(format) && r.date == "FORMATTED_STRING" {
			return show(v, format)
		}
	}
	return v
}

// valueRange answers the values of a bounded area, trailing blanks left out.
func (b *book) valueRange(t *tab, a area, r rendering) object {
	out := object{"range": a.a1(t.title()), "majorDimension": "ROWS"}
	calc := b.calculation(t)
	lines, per := a.rows(), a.cols()
	if r.columns {
		out["majorDimension"] = "COLUMNS"
		lines, per = per, lines
	}
	stop := min(a.r1, len(t.rows))
	var values []any
	last := 0
	for i := range lines {
		if !r.columns && a.r0+i >= stop {
			break
		}
		line := []any{}
		filled := 0
		for j := range per {
			row, col := a.r0+i, a.c0+j
			if r.columns {
				row, col = a.r0+j, a.c0+i
			}
			if row >= stop {
				break
			}
			if !r.columns && (t.rows[row] == nil || col >= len(t.rows[row].cells)) {
				break
			}
			v := r.one(calc, t, row, col)
			if v == nil {
				v = ""
			} else {
				filled = j + 1
			}
			line = append(line, v)
		}
		values = append(values, line[:filled])
		if filled > 0 {
			last = i + 1
		}
	}
	if last > 0 {
		out["values"] = values[:last]
	}
	return out
}

// clearValues empties the values of an area; formats, notes and validation stay.
func (t *tab) clearValues(a area) {
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
		if t.rows[r] == nil {
			continue
		}
		for c := a.c0; c < min(a.c1, len(t.rows[r].cells)); c++ {
			if x := t.at(r, c); x.raw() != nil {
				t.set(r, c, x.with(nil))
			}
		}
	}
}

// write is one ValueRange to be written.
type write struct {
	sel     selection
	values  []any
	columns bool
	typed   bool // USER_ENTERED
}

// written is the outcome of one write.
type written struct {
	t                 *tab
	a                 area
	rows, cols, cells int
}

// put writes values: null leaves a cell alone, "" empties it. A selection of one cell spreads as far as the values
// do; any other one must hold them.
func (b *book) put(w write) (written, error) {
	t := w.sel.t
	a := w.sel.a
	if a.r0 >= t.rowCount() || a.c0 >= t.colCount() {
		_, err := w.sel.inGrid()
		return written{}, err
	}
	height, width := len(w.values), 0
	for _, line := range w.values {
		items, ok := line.([]any)
		if !ok {
			return written{}, violation("data.values", "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), "+quoteJSON(line))
		}
		width = max(width, len(items))
	}
	if w.columns {
		height, width = width, height
	}
	target := area{a.r0, a.r0 + height, a.c0, a.c0 + width}
	if err := w.room(target); err != nil {
		return written{}, err
	}
	touchedRows, touchedCols, cells := map[int]bool{}, map[int]bool{}, 0
	for i, line := range w.values {
		for j, v := range line.([]any) {
			r, c := a.r0+i, a.c0+j
			if w.columns {
				r, c = a.r0+j, a.c0+i
			}
			if v == nil {
				continue
			}
			if _, isList := v.([]any); isList {
				return written{}, invalid("Invalid values[%d][%d]: list_value", i, j)
			}
			if _, isObject := v.(object); isObject {
				return written{}, invalid("Invalid values[%d][%d]: struct_value", i, j)
			}
			touchedRows[r], touchedCols[c] = true, true
			cells++
			if m, merged := t.mergeAt(r, c); merged && (r != m.r0 || c != m.c0) {
				continue // a covered cell takes no value
			}
			if text, ok := v.(string); ok && len(text) > 50000 {
				return written{}, invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
			}
			t.set(r, c, enter(t.at(r, c), v, w.typed))
		}
	}
	if target.cells() <= 0 {
		target = area{a.r0, a.r0 + 1, a.c0, a.c0 + 1}
	}
	return written{t, target, len(touchedRows), len(touchedCols), cells}, nil
}

// room checks that the values fit into the range that was named, and into the grid.
func (w write) room(target area) error {
	t, a := w.sel.t, w.sel.a
	if !w.sel.single {
		asked := closed(a, t)
		name := "'" + strings.ReplaceAll(t.title(), "'", "''") + "'" + strings.TrimPrefix(asked.a1(t.title()), quoteTab(t.title()))
		if target.r1 > asked.r1 {
			return invalid("Requested writing within range [%s], but tried writing to row [%d]", name, asked.r1+1)
		}
		if target.c1 > asked.c1 {
			return invalid("Requested writing within range [%s], but tried writing to column [%s]", name, columnName(asked.c1))
		}
	}
	if target.r1 > t.rowCount() || target.c1 > t.colCount() {
		return invalid("Range (%s) exceeds grid limits. Max rows: %d, max columns: %d", target.a1(t.title()), t.rowCount(), t.colCount())
	}
	return nil
}

// json answers an UpdateValuesResponse.
func (w written) json(b *book, echo *rendering) object {
	out := object{"spreadsheetId": b.id, "updatedRange": w.a.a1(w.t.title())}
	for name, n := range map[string]int{"updatedRows": w.rows, "updatedColumns": w.cols, "updatedCells": w.cells} {
		if n > 0 {
			out[name] = n
		}
	}
	if echo != nil {
		out["updatedData"] = b.valueRange(w.t, w.a, *echo)
	}
	return out
}

// table finds the block of filled cells that an append continues: the one around the last filled cell of the range.
// ok is false when the range is empty.
func (t *tab) table(a area) (area, bool) {
	r0, c0 := -1, -1
	for r := min(a.r1, len(t.rows)) - 1; r >= a.r0 && r0 < 0; r-- {
		if t.rows[r] == nil {
			continue
		}
		for c := min(a.c1, len(t.rows[r].cells)) - 1; c >= a.c0; c-- {
			if t.at(r, c).raw() != nil {
				r0, c0 = r, c
				break
			}
		}
	}
	if r0 < 0 {
		return area{}, false
	}
	box := area{r0, r0 + 1, c0, c0 + 1}
	seen := map[[2]int]bool{{r0, c0}: true}
	queue := [][2]int{{r0, c0}}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		box = area{min(box.r0, at[0]), max(box.r1, at[0]+1), min(box.c0, at[1]), max(box.c1, at[1]+1)}
		for dr := -1; dr <= 1; dr++ {
			for dc := -1; dc <= 1; dc++ {
				n := [2]int{at[0] + dr, at[1] + dc}
				if n[0] >= 0 && n[1] >= 0 && !seen[n] && t.at(n[0], n[1]).raw() != nil {
					seen[n] = true
					queue = append(queue, n)
				}
			}
		}
	}
	return box, true
}
