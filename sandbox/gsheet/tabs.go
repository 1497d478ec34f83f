package gsheet

import (
	"fmt"
	"maps"
	"slices"
)

func noGrid(id int) error {
	return invalid("No grid with id: %d", id)
}

// addTab makes a tab from SheetProperties; what is absent gets the service's default.
func (b *book) addTab(props object) (*tab, error) {
	p := maps.Clone(props)
	if p == nil {
		p = object{}
	}
	if str(p, "title") == "" {
		n := len(b.tabs) + 1
		for b.tabNamed(fmt.Sprintf("Sheet%d", n)) != nil {
			n++
		}
		p["title"] = fmt.Sprintf("Sheet%d", n)
	}
	if err := b.freeTitle(str(p, "title"), nil); err != nil {
		return nil, err
	}
	id, given := number(p, "sheetId")
	if given && b.tab(id) != nil {
		return nil, invalid("A sheet with the ID %d already exists. Please enter another ID.", id)
	}
	if given && id < 0 {
		return nil, fmt.Errorf("sheetId must not be negative")
	}
	if !given {
		id = b.srv.newNumber(func(n int) bool { return b.tab(n) != nil })
	}
	p["sheetId"] = float64(id)
	grid := object{"rowCount": 1000.0, "columnCount": 26.0}
	for k, v := range sub(p, "gridProperties") {
		grid[k] = v
	}
	p["gridProperties"] = grid
	t := &tab{props: p}
	if err := b.checkGrid(t); err != nil {
		return nil, err
	}
	index, ok := number(p, "index")
	delete(p, "index")
	if !ok || index > len(b.tabs) {
		index = len(b.tabs)
	}
	if len(b.tabs) >= 200 {
		return nil, fmt.Errorf("a spreadsheet holds at most 200 sheets")
	}
	b.tabs = slices.Insert(b.tabs, max(0, index), t)
	return t, nil
}

func (b *book) freeTitle(title string, but *tab) error {
	if title == "" || len([]rune(title)) > 100 {
		return fmt.Errorf("a sheet's title has 1 to 100 characters")
	}
	if other := b.tabNamed(title); other != nil && other != but {
		return invalid("A sheet with the name \"%s\" already exists. Please enter another name.", title)
	}
	return nil
}

// checkGrid refuses sizes that the service refuses: an empty grid, 18,278 columns, ten million cells.
func (b *book) checkGrid(t *tab) error {
	rows, cols := t.rowCount(), t.colCount()
	if rows < 1 || cols < 1 {
		return fmt.Errorf("a grid has at least one row and one column, found %d rows and %d columns", rows, cols)
	}
	if frozen := num(t.grid(), "frozenRowCount"); frozen >= rows {
		return invalid("You can't freeze all visible rows on the sheet.")
	}
	if frozen := num(t.grid(), "frozenColumnCount"); frozen >= cols {
		return invalid("You can't freeze all visible columns on the sheet.")
	}
	total := rows * cols
	for _, other := range b.tabs {
		if other != t {
			total += other.rowCount() * other.colCount()
		}
	}
	if cols > 18278 || total > 10_000_000 {
		return invalid("This action would increase the number of cells in the workbook above the limit of 10000000 cells.")
	}
	return nil
}

// propsOf answers a tab's SheetProperties with its index.
func (b *book) propsOf(t *tab) object {
	p := maps.Clone(t.props)
	p["index"] = float64(slices.Index(b.tabs, t))
	if str(p, "sheetType") == "" {
		p["sheetType"] = "GRID"
	}
	return p
}

func addSheet(b *book, req object) (object, error) {
	t, err := b.addTab(sub(req, "properties"))
	if err != nil {
		return nil, err
	}
	return object{"properties": b.propsOf(t)}, nil
}

func deleteSheet(b *book, req object) (object, error) {
	id := num(req, "sheetId")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	visible := 0
	for _, other := range b.tabs {
		if other != t && !boolean(other.props, "hidden") {
			visible++
		}
	}
	if visible == 0 {
		return nil, invalid("You can't remove all the visible sheets in a document.")
	}
	b.tabs = slices.DeleteFunc(b.tabs, func(x *tab) bool { return x == t })
	b.named = slices.DeleteFunc(b.named, func(o object) bool { return num(sub(o, "range"), "sheetId") == id })
	b.metadata = slices.DeleteFunc(b.metadata, func(o object) bool {
		l := sub(o, "location")
		return str(l, "locationType") != "SPREADSHEET" && (num(l, "sheetId") == id && l["dimensionRange"] == nil || l["dimensionRange"] != nil && num(sub(l, "dimensionRange"), "sheetId") == id)
	})
	for _, other := range b.tabs {
		other.rewriteFormulas(func(text string) string {
			return editRefs(text, func(k token) string {
				if k.hasTab && equalFold(k.tab, t.title()) {
					return "#REF!"
				}
				return text[1+k.start : 1+k.end]
			})
		})
	}
	return nil, nil
}

func duplicateSheet(b *book, req object) (object, error) {
	id := num(req, "sourceSheetId")
	source := b.tab(id)
	if source == nil {
		return nil, noGrid(id)
	}
	name := str(req, "newSheetName")
	if name == "" {
		name = "Copy of " + source.title()
	}
	index, ok := number(req, "insertSheetIndex")
	if !ok {
		index = 0
	}
	t, err := b.copyTab(source, name, num(req, "newSheetId"), index)
	if err != nil {
		return nil, err
	}
	return object{"properties": b.propsOf(t)}, nil
}

// copyTab adds a copy of a tab (of this or another book) under a free variant of the name; id 0 asks for a new one.
func (b *book) copyTab(source *tab, name string, id, index int) (*tab, error) {
	free := name
	for i := 1; b.tabNamed(free) != nil; i++ {
		free = fmt.Sprintf("%s %d", name, i)
	}
	props := maps.Clone(source.props)
	props["title"] = free
	props["index"] = float64(index)
	delete(props, "sheetId")
	if id != 0 {
		props["sheetId"] = float64(id)
	}
	t, err := b.addTab(props)
	if err != nil {
		return nil, err
	}
	from, to := source.id(), float64(t.id())
	copied := source.clone()
	copied.props = t.props
	for _, l := range copied.lists() {
		for i, old := range *l.list {
			o := deepCopy(old).(object)
			b.sc.visit(l.typ, o, func(_ string, o object) bool {
				if id, ok := number(o, "sheetId"); ok && id == from {
					o["sheetId"] = to
				}
				return true
			})
			for _, name := range []string{"protectedRangeId", "filterViewId", "chartId", "bandedRangeId"} {
				if _, ok := o[name]; ok {
					o[name] = float64(b.srv.newNumber(func(int) bool { return false }))
				}
			}
			(*l.list)[i] = o
		}
	}
	*t = *copied
	for i, rw := range t.rows { // rows stay shared with the source until one of the two changes them
		if rw != nil {
			t.rows[i] = &row{owner: t, cells: append([]*cell(nil), rw.cells...), props: rw.props}
		}
	}
	return t, nil
}

func updateSheetProperties(b *book, req object) (object, error) {
	p := sub(req, "properties")
	id := num(p, "sheetId")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	m, err := b.sc.updateMask("SheetProperties", req)
	if err != nil {
		return nil, err
	}
	if m.all() {
		m = mask{"title": {}, "hidden": {}, "tabColorStyle": {}, "gridProperties": {}, "rightToLeft": {}}
		if _, ok := p["index"]; ok {
			m["index"] = mask{}
		}
	}
	delete(m, "sheetId")
	oldTitle, oldRows, oldCols := t.title(), t.rowCount(), t.colCount()
	if _, ok := m["title"]; ok {
		if err := b.freeTitle(str(p, "title"), t); err != nil {
			return nil, err
		}
	}
	_, moves := m["index"]
	delete(m, "index")
	if len(m) > 0 {
		t.props = m.apply(t.props, p)
	}
	if err := b.checkGrid(t); err != nil {
		return nil, err
	}
	if boolean(t.props, "hidden") && !slices.ContainsFunc(b.tabs, func(x *tab) bool { return !boolean(x.props, "hidden") }) {
		return nil, invalid("You can't hide all the sheets in a document.")
	}
	if title := t.title(); title != oldTitle {
		for _, other := range b.tabs {
			other.rewriteFormulas(func(text string) string { return renameInFormula(text, oldTitle, title) })
		}
	}
	b.resized(t, oldRows, oldCols)
	if moves {
		from := slices.Index(b.tabs, t)
		to := max(0, num(p, "index"))
		if to > from { // counted before the move, as the service does
			to--
		}
		b.tabs = slices.Delete(b.tabs, from, from+1)
		b.tabs = slices.Insert(b.tabs, min(to, len(b.tabs)), t)
	}
	return nil, nil
}

// resized drops what lies outside after a grid has shrunk.
func (b *book) resized(t *tab, oldRows, oldCols int) {
	if n := t.rowCount(); n < oldRows {
		t.rows = t.rows[:min(n, len(t.rows))]
		b.shift(t, true, deleted(n, oldRows))
	}
	if n := t.colCount(); n < oldCols {
		for r, rw := range t.rows {
			if rw != nil && len(rw.cells) > n {
				rw = t.edit(r)
				rw.cells = rw.cells[:n:n]
			}
		}
		t.cols = t.cols[:min(n, len(t.cols))]
		b.shift(t, false, deleted(n, oldCols))
	}
}

func updateSpreadsheetProperties(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("SpreadsheetProperties", req)
	if err != nil {
		return nil, err
	}
	p := sub(req, "properties")
	if m.has("title") && !m.all() && str(p, "title") == "" {
		return nil, fmt.Errorf("a spreadsheet needs a title")
	}
	if m.all() {
		next := maps.Clone(b.props)
		maps.Copy(next, p)
		b.props = next
		return nil, nil
	}
	b.props = m.apply(b.props, p)
	return nil, nil
}
