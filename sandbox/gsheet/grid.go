package gsheet

import "maps"

// formula is the text of a cell that begins with "=", the sign included.
type formula string

// cell is one cell as a person or a program left it. Cells are immutable: a change puts another one in place.
type cell struct {
	value      any    // nil, float64, string, bool or formula
	format     object // CellFormat
	note       string
	validation object // DataValidationRule
	more       object // the rest of CellData that a caller may set: textFormatRuns, hyperlink, chipRuns
}

func (c *cell) empty() bool {
	return c == nil || c.value == nil && c.note == "" && c.format == nil && c.validation == nil && c.more == nil
}

func (c *cell) with(value any) *cell {
	out := cell{}
	if c != nil {
		out = *c
	}
	out.value = value
	if value == nil && out.more != nil {
		out.more = nil
	}
	return &out
}

func (c *cell) raw() any {
	if c == nil {
		return nil
	}
	return c.value
}

// row is a row of cells with the properties of the row; cells beyond len are empty.
type row struct {
	owner *tab // the only tab copy that may change this row in place
	cells []*cell
	props object // DimensionProperties
}

// tab is one sheet of a spreadsheet.
type tab struct {
	props  object // SheetProperties without index, gridProperties included
	rows   []*row // rows beyond len are empty
	cols   []object
	merges []area

	protected, filterViews, formats, banding, charts, rowGroups, colGroups []object
	basicFilter                                                            object
}

// book is a spreadsheet.
type book struct {
	id       string
	props    object
	tabs     []*tab
	named    []object
	metadata []object
	revision int64
	sc       schema
	srv      *Server
}

// clone makes a copy that can be changed without touching the original; unchanged rows are shared.
func (b *book) clone() *book {
	out := *b
	out.tabs = make([]*tab, len(b.tabs))
	for i, t := range b.tabs {
		out.tabs[i] = t.clone()
	}
	out.named = append([]object(nil), b.named...)
	out.metadata = append([]object(nil), b.metadata...)
	return &out
}

func (t *tab) clone() *tab {
	out := *t
	out.rows = append([]*row(nil), t.rows...)
	out.cols = append([]object(nil), t.cols...)
	out.merges = append([]area(nil), t.merges...)
	for _, l := range out.lists() {
		*l.list = append([]object(nil), *l.list...)
	}
	return &out
}

// objectList is one of a tab's lists of things that lie on ranges, with the message type of its items.
type objectList struct {
	typ  string
	list *[]object
}

func (t *tab) lists() []objectList {
	return []objectList{
		{"ProtectedRange", &t.protected}, {"FilterView", &t.filterViews}, {"ConditionalFormatRule", &t.formats},
		{"BandedRange", &t.banding}, {"EmbeddedChart", &t.charts}, {"DimensionGroup", &t.rowGroups}, {"DimensionGroup", &t.colGroups},
	}
}

func (t *tab) id() int         { return num(t.props, "sheetId") }
func (t *tab) title() string   { return str(t.props, "title") }
func (t *tab) grid() object    { g, _ := t.props["gridProperties"].(object); return g }
func (t *tab) rowCount() int   { return num(t.grid(), "rowCount") }
func (t *tab) colCount() int   { return num(t.grid(), "columnCount") }
func (t *tab) bounds() area    { return area{0, t.rowCount(), 0, t.colCount()} }
func (t *tab) fit(a area) area { return a.within(t.rowCount(), t.colCount()) }

func (t *tab) setGrid(name string, v any) {
	g := maps.Clone(t.grid())
	g[name] = v
	p := maps.Clone(t.props)
	p["gridProperties"] = g
	t.props = p
}

func (t *tab) at(r, c int) *cell {
	if r < len(t.rows) && t.rows[r] != nil && c < len(t.rows[r].cells) {
		return t.rows[r].cells[c]
	}
	return nil
}

// edit returns row r, ready to be changed in place.
func (t *tab) edit(r int) *row {
	for len(t.rows) <= r {
		t.rows = append(t.rows, nil)
	}
	switch old := t.rows[r]; {
	case old == nil:
		t.rows[r] = &row{owner: t}
	case old.owner != t:
		t.rows[r] = &row{owner: t, cells: append([]*cell(nil), old.cells...), props: old.props}
	}
	return t.rows[r]
}

func (t *tab) set(r, c int, x *cell) {
	if x.empty() {
		if t.at(r, c) == nil {
			return
		}
		x = nil
	}
	rw := t.edit(r)
	for len(rw.cells) <= c {
		rw.cells = append(rw.cells, nil)
	}
	rw.cells[c] = x
}

// used is the smallest area from A1 that holds every value.
func (t *tab) used() (rows, cols int) {
	for r, rw := range t.rows {
		if rw == nil {
			continue
		}
		for c, x := range rw.cells {
			if x.raw() != nil {
				rows, cols = r+1, max(cols, c+1)
			}
		}
	}
	return rows, cols
}

func (t *tab) col(c int) object {
	if c < len(t.cols) {
		return t.cols[c]
	}
	return nil
}

func (t *tab) setCol(c int, props object) {
	for len(t.cols) <= c {
		t.cols = append(t.cols, nil)
	}
	t.cols[c] = props
}

func (t *tab) rowProps(r int) object {
	if r < len(t.rows) && t.rows[r] != nil {
		return t.rows[r].props
	}
	return nil
}

// mergeAt returns the merge that covers a cell.
func (t *tab) mergeAt(r, c int) (area, bool) {
	for _, m := range t.merges {
		if m.has(r, c) {
			return m, true
		}
	}
	return area{}, false
}

func (b *book) tab(id int) *tab {
	for _, t := range b.tabs {
		if t.id() == id {
			return t
		}
	}
	return nil
}

func (b *book) tabNamed(title string) *tab {
	for _, t := range b.tabs {
		if equalFold(t.title(), title) {
			return t
		}
	}
	return nil
}

// Reading of JSON objects.

func str(o object, name string) string   { s, _ := o[name].(string); return s }
func boolean(o object, name string) bool { v, _ := o[name].(bool); return v }
func sub(o object, name string) object   { v, _ := o[name].(object); return v }
func list(o object, name string) []any   { v, _ := o[name].([]any); return v }
func num(o object, name string) int      { v, _ := number(o, name); return v }

func number(o object, name string) (int, bool) {
	switch v := o[name].(type) {
	case float64:
		return int(v), true
	case int:
		return v, true
	}
	return 0, false
}

func objects(items []any) []object {
	out := make([]object, 0, len(items))
	for _, x := range items {
		if o, ok := x.(object); ok {
			out = append(out, o)
		}
	}
	return out
}

func anys(items []object) []any {
	out := make([]any, len(items))
	for i, x := range items {
		out[i] = x
	}
	return out
}
