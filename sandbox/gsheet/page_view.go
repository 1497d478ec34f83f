package gsheet

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strings"
)

// pageView is what the template shows of one tab.
type pageView struct {
	ID, Title, Tab string
	Gid, View      int
	Revision       int64
	Tabs           []pageTab
	Views          []pageFilter
	Cols           []pageCol
	Rows           []pageRow
	Lists          [][]string // dropdown choices; a cell names one by its index
	Charts         []chartView
	FrozenRows     int
	FrozenCols     int
	Width          int    // of the table in pixels
	Gridlines      bool   // false where the tab hides them
	Shape          string // changes when rows, columns or merges change place
	Shown, All     int    // rows
	More           int    // rows to ask for next, 0 when all are shown
}

type pageTab struct {
	Gid    int
	Title  string
	Color  template.CSS
	Active bool
}

type pageFilter struct {
	ID     int
	Title  string
	Active bool
}

type pageCol struct {
	Index     int
	Name      string
	Width     int
	Protected string
}

type pageRow struct {
	Index  int
	Name   int
	Style  template.CSS
	Frozen bool
	Cells  []pageCell
}

type pageCell struct {
	ID, Text, Edit, Note, Lock string
	Row, Col                   int
	ColSpan, RowSpan           int
	Class                      string
	Style                      template.CSS
	Tick, Ticked               bool
	List                       int // index into Lists plus 1, 0 for no dropdown
}

// page builds the view of a tab: gid -1 (or an unknown one) is the first visible tab, view 0 no filter view.
func (b *book) page(gid, view, rows int) pageView {
	t := b.tab(gid)
	p := pageView{ID: b.id, Title: str(b.props, "title"), Revision: b.revision}
	for _, x := range b.tabs {
		if boolean(x.props, "hidden") && x != t {
			continue
		}
		if t == nil {
			t = x
		}
		p.Tabs = append(p.Tabs, pageTab{x.id(), x.title(), paint("background", sub(x.props, "tabColorStyle")), x == t})
	}
	if t == nil {
		t = b.tabs[0]
	}
	p.Tab, p.Gid, p.View = t.title(), t.id(), view
	p.Gridlines = !boolean(t.grid(), "hideGridlines")
	p.FrozenRows, p.FrozenCols = num(t.grid(), "frozenRowCount"), num(t.grid(), "frozenColumnCount")
	calc := b.calculation(t)
	filter := t.basicFilter
	for _, f := range t.filterViews {
		active := num(f, "filterViewId") == view
		p.Views = append(p.Views, pageFilter{num(f, "filterViewId"), str(f, "title"), active})
		if active {
			filter = f
		}
	}
	p.columns(t)
	v := &viewer{b: b, t: t, p: &p, calc: calc, lists: map[string]int{}, rules: b.colourRules(t)}
	order := v.order(filter, view != 0)
	used, _ := t.used()
	limit := min(t.rowCount(), max(used+30, 50))
	p.All = limit
	var shape strings.Builder
	for _, r := range order {
		if r >= limit {
			continue
		}
		if len(p.Rows) >= rows {
			p.More = rows + 500
			break
		}
		p.Rows = append(p.Rows, v.row(r))
		fmt.Fprintf(&shape, "%d,", r)
	}
	p.Shown = len(p.Rows)
	for _, c := range p.Cols {
		p.Width += c.Width
		fmt.Fprintf(&shape, "%d:%d,", c.Index, c.Width)
	}
	fmt.Fprint(&shape, t.merges, p.FrozenRows, p.FrozenCols, len(t.charts), p.Views)
	p.Shape = fmt.Sprintf("%x", hash(shape.String()))
	for _, chart := range t.charts {
		p.Charts = append(p.Charts, b.chartView(chart, calc))
	}
	return p
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (p *pageView) columns(t *tab) {
	for c := range min(t.colCount(), 80) {
		props := t.col(c)
		if boolean(props, "hiddenByUser") {
			continue
		}
		width := num(props, "pixelSize")
		if width == 0 {
			width = 100
		}
		col := pageCol{Index: c, Name: columnName(c), Width: width}
		for _, pr := range t.protected {
			r := sub(pr, "range")
			from, to := num(r, "startColumnIndex"), num(r, "endColumnIndex")
			if r["endRowIndex"] == nil && num(r, "startRowIndex") <= 1 && c >= from && (to == 0 || c < to) {
				col.Protected = lockText(pr)
			}
		}
		p.Cols = append(p.Cols, col)
	}
}

func lockText(pr object) string {
	if d := str(pr, "description"); d != "" {
		return d
	}
	return "This part of the sheet is protected."
}

// viewer builds the rows of a page.
type viewer struct {
	b     *book
	t     *tab
	p     *pageView
	calc  *calculation
	lists map[string]int
	rules []colourRule
}

// order gives the rows to show: without those that a filter or a person hides, and in a filter view's own order.
func (v *viewer) order(filter object, sorted bool) []int {
	var hidden map[int]bool
	if filter != nil {
		hidden = v.t.filteredOut(filter, v.calc)
	}
	order := make([]int, 0, v.t.rowCount())
	for r := range v.t.rowCount() {
		if !hidden[r] && !boolean(v.t.rowProps(r), "hiddenByUser") {
			order = append(order, r)
		}
	}
	specs := objects(list(filter, "sortSpecs"))
	if !sorted || len(specs) == 0 {
		return order
	}
	_, a, err := v.b.gridRange(sub(filter, "range"))
	if err != nil {
		return order
	}
	a = v.t.fit(a)
	from := slices.IndexFunc(order, func(r int) bool { return r > a.r0 })
	to := slices.IndexFunc(order, func(r int) bool { return r >= a.r1 })
	if from < 0 {
		return order
	}
	if to < 0 {
		to = len(order)
	}
	slices.SortStableFunc(order[from:to], func(x, y int) int {
		for _, s := range specs {
			c := num(s, "dimensionIndex")
			l, r := v.calc.value(v.t, x, c), v.calc.value(v.t, y, c)
			if l == nil || r == nil {
				if (l == nil) != (r == nil) {
					return pickInt(l == nil, 1, -1)
				}
				continue
			}
			if d := compareValues(l, r); d != 0 {
				return pickInt(str(s, "sortOrder") == "DESCENDING", -d, d)
			}
		}
		return 0
	})
	return order
}

func (v *viewer) row(r int) pageRow {
	out := pageRow{Index: r, Name: r + 1, Frozen: r < v.p.FrozenRows}
	height := num(v.t.rowProps(r), "pixelSize")
	if height == 0 {
		height = 21
	}
	out.Style = template.CSS(fmt.Sprintf("height:%dpx", height)) // a number
	for _, col := range v.p.Cols {
		if m, ok := v.t.mergeAt(r, col.Index); ok && (r != m.r0 || col.Index != m.c0) {
			continue
		}
		out.Cells = append(out.Cells, v.cell(r, col))
	}
	return out
}

func (v *viewer) cell(r int, col pageCol) pageCell {
	c := col.Index
	out := pageCell{ID: fmt.Sprintf("c-%d-%d", r, c), Row: r, Col: c, Lock: v.lock(r, c)}
	if m, ok := v.t.mergeAt(r, c); ok {
		out.ColSpan, out.RowSpan = m.cols(), m.rows()
	}
	x := v.t.at(r, c)
	format := object{}
	var value any
	if x != nil {
		value = v.calc.value(v.t, r, c)
		maps.Copy(format, x.format)
		out.Text, out.Note, out.Edit = show(value, sub(x.format, "numberFormat")), x.note, editText(x, value)
		if rule := sub(x.validation, "condition"); rule != nil {
			v.control(&out, x, rule, value)
		}
	}
	v.banding(format, r, c)
	for _, rule := range v.rules {
		if rule.applies(v.calc, v.t, r, c) {
			for k, f := range rule.format {
				if base, ok := format[k].(object); ok && k == "textFormat" {
					merged := maps.Clone(base)
					maps.Copy(merged, f.(object))
					f = merged
				}
				format[k] = f
			}
			break // the first rule that holds wins
		}
	}
	out.Class, out.Style = look(format, value, out)
	if c < v.p.FrozenCols {
		out.Class += " fc"
	}
	return out
}

// editText is what the editor shows: the formula, or the value as it would be typed.
func editText(x *cell, value any) string {
	if f, ok := x.value.(formula); ok {
		return string(f)
	}
	if n, ok := value.(float64); ok {
		f := sub(x.format, "numberFormat")
		if str(f, "type") == "PERCENT" {
			return general(math.Round(n*1e12)/1e10) + "%"
		}
		if !isDate(f) {
			return general(n)
		}
		switch str(f, "type") {
		case "DATE":
			return formatNumber(n, "yyyy-mm-dd")
		case "DATE_TIME":
			return formatNumber(n, "yyyy-mm-dd hh:mm:ss")
		}
		return formatNumber(n, "hh:mm:ss")
	}
	return show(value, nil)
}

// control gives a cell its tick box or dropdown.
func (v *viewer) control(out *pageCell, x *cell, rule object, value any) {
	if str(rule, "type") == "BOOLEAN" {
		on, _ := tickValues(rule)
		out.Tick, out.Ticked = true, value != nil && compareValues(value, on) == 0
		return
	}
	key := quoteJSON(rule)
	index, ok := v.lists[key]
	if !ok {
		choices, isList := v.calc.choices(rule, v.t)
		if !isList {
			return
		}
		v.p.Lists = append(v.p.Lists, choices)
		index = len(v.p.Lists)
		v.lists[key] = index
	}
	out.List = index
	if value != nil && !slices.Contains(v.p.Lists[index-1], toText(value)) {
		out.Class = "bad"
	}
}

func (v *viewer) lock(r, c int) string {
	for _, pr := range v.t.protected {
		_, a, err := v.b.gridRange(sub(pr, "range"))
		if err != nil || !a.has(r, c) {
			continue
		}
		free := false
		for _, u := range objects(list(pr, "unprotectedRanges")) {
			if _, hole, err := v.b.gridRange(u); err == nil && hole.has(r, c) {
				free = true
			}
		}
		if !free {
			return lockText(pr)
		}
	}
	return ""
}

// banding paints alternating rows where no colour was set.
func (v *viewer) banding(format object, r, c int) {
	if format["backgroundColorStyle"] != nil {
		return
	}
	for _, band := range v.t.banding {
		_, a, err := v.b.gridRange(sub(band, "range"))
		props := sub(band, "rowProperties")
		if err != nil || !a.has(r, c) || props == nil {
			continue
		}
		names := []string{"firstBandColorStyle", "secondBandColorStyle"}
		i := r - a.r0
		if props["headerColorStyle"] != nil {
			if i == 0 {
				format["backgroundColorStyle"] = props["headerColorStyle"]
				return
			}
			i--
		}
		if colour := sub(props, names[i%2]); colour != nil {
			format["backgroundColorStyle"] = colour
		}
	}
}
