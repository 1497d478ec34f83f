package gsheet

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

func appendDimension(b *book, req object) (object, error) {
	id, n := num(req, "sheetId"), num(req, "length")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	if n < 1 {
		return nil, fmt.Errorf("length must be at least 1, found %d", n)
	}
	switch str(req, "dimension") {
	case "ROWS":
		t.setGrid("rowCount", float64(t.rowCount()+n))
	case "COLUMNS":
		t.setGrid("columnCount", float64(t.colCount()+n))
	default:
		return nil, fmt.Errorf("dimension must be ROWS or COLUMNS")
	}
	return nil, b.checkGrid(t)
}

func insertDimension(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	if n := t.count(rows); from > n {
		return nil, fmt.Errorf("range.startIndex[%d] must be less than or equal to the grid size [%d]", from, n)
	}
	inherit := boolean(req, "inheritFromBefore")
	if inherit && from == 0 {
		return nil, fmt.Errorf("inheritFromBefore cannot be true when inserting at index 0")
	}
	b.insertLines(t, rows, from, to-from, inherit)
	return nil, b.checkGrid(t)
}

func deleteDimension(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	n := t.count(rows)
	kind := pickText(rows, "rows", "columns")
	if from >= n {
		return nil, invalid("Cannot delete a %s that doesn't exist. Tried to delete %s index %d but there are only %d %s.",
			kind[:len(kind)-1], kind[:len(kind)-1], from, n, kind)
	}
	to = min(to, n)
	if to-from == n {
		return nil, invalid("You can't delete all the %s on the sheet.", kind)
	}
	frozen := "frozenRowCount"
	if !rows {
		frozen = "frozenColumnCount"
	}
	if f := num(t.grid(), frozen); f > 0 {
		if n-f <= to-from && from >= f {
			return nil, invalid("Sorry, it is not possible to delete all non-frozen %s.", kind)
		}
		if inside := min(to, f) - from; inside > 0 {
			t.setGrid(frozen, float64(f-inside))
		}
	}
	b.deleteLines(t, rows, from, to)
	return nil, nil
}

func moveDimension(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "source"))
	if err != nil {
		return nil, err
	}
	dest, n := num(req, "destinationIndex"), t.count(rows)
	if to > n || dest < 0 || dest > n {
		return nil, fmt.Errorf("move of %d to %d, before index %d, leaves a grid of %d", from, to, dest, n)
	}
	if dest >= from && dest <= to {
		return nil, nil
	}
	b.moveLines(t, rows, from, to, dest)
	return nil, nil
}

// autoResizeDimensions gives columns the width of their longest text, about 7 pixels a character; rows go back to
// the default height.
func autoResizeDimensions(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "dimensions"))
	if err != nil {
		return nil, err
	}
	calc := b.calculation(t)
	for i := from; i < min(to, t.count(rows)); i++ {
		if rows {
			t.setLine(true, i, "pixelSize", 21.0)
			continue
		}
		longest := 0
		for r := range t.rows {
			if x := t.at(r, i); x.raw() != nil {
				longest = max(longest, utf8.RuneCountInString(show(calc.value(t, r, i), sub(x.format, "numberFormat"))))
			}
		}
		if longest > 0 {
			t.setLine(false, i, "pixelSize", float64(min(14+7*longest, 800)))
		}
	}
	return nil, nil
}

// setLine sets one property of a row or column.
func (t *tab) setLine(rows bool, i int, name string, v any) {
	p := object{}
	if rows {
		maps.Copy(p, t.rowProps(i))
		p[name] = v
		t.edit(i).props = p
		return
	}
	maps.Copy(p, t.col(i))
	p[name] = v
	t.setCol(i, p)
}

func updateDimensionProperties(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("DimensionProperties", req)
	if err != nil {
		return nil, err
	}
	t, rows, from, to, err := b.dimension(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	n := t.count(rows)
	if from >= n || to > n {
		return nil, fmt.Errorf("the range %d to %d leaves the grid of %d %s", from, to, n, pickText(rows, "rows", "columns"))
	}
	p := sub(req, "properties")
	if p == nil {
		p = object{}
	}
	for i := from; i < to; i++ {
		if rows {
			next := m.apply(t.rowProps(i), p)
			t.edit(i).props = next
		} else {
			t.setCol(i, m.apply(t.col(i), p))
		}
	}
	return nil, nil
}

// insertRange opens a gap within the range's own rows or columns; cells there move down or right.
func insertRange(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	if str(req, "shiftDimension") == "ROWS" {
		used, _ := t.used()
		if over := max(used, a.r0) + a.rows() - t.rowCount(); over > 0 {
			t.setGrid("rowCount", float64(t.rowCount()+over))
		}
		for r := max(len(t.rows), a.r0) - 1; r >= a.r0; r-- {
			for c := a.c0; c < a.c1; c++ {
				t.set(r+a.rows(), c, t.at(r, c))
			}
		}
	} else {
		for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
			if t.rows[r] == nil {
				continue
			}
			for c := len(t.rows[r].cells) - 1; c >= a.c0; c-- {
				if over := c + a.cols() + 1 - t.colCount(); over > 0 && !t.at(r, c).empty() {
					t.setGrid("columnCount", float64(t.colCount()+over))
				}
				t.set(r, c+a.cols(), t.at(r, c))
			}
		}
	}
	t.blank(a)
	return nil, b.checkGrid(t)
}

// deleteRange closes a gap: cells below or to the right move up or left.
func deleteRange(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	if str(req, "shiftDimension") == "ROWS" {
		for r := a.r0; r < len(t.rows); r++ {
			for c := a.c0; c < a.c1; c++ {
				t.set(r, c, t.at(r+a.rows(), c))
			}
		}
		return nil, nil
	}
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
		for c := a.c0; c < t.colCount(); c++ {
			t.set(r, c, t.at(r, c+a.cols()))
		}
	}
	return nil, nil
}

func (t *tab) blank(a area) {
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
		for c := a.c0; c < a.c1; c++ {
			t.set(r, c, nil)
		}
	}
}

// groups gives the list of a dimension's groups.
func (t *tab) groups(rows bool) *[]object {
	if rows {
		return &t.rowGroups
	}
	return &t.colGroups
}

// addDimensionGroup raises the depth of a span by one: groups are stored as the service answers them, one entry for
// each nested span.
func addDimensionGroup(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	if to > t.count(rows) {
		return nil, fmt.Errorf("the range %d to %d leaves the grid", from, to)
	}
	groups := t.groups(rows)
	depth := 1
	for i, g := range *groups {
		s, e := span(g)
		switch {
		case s <= from && to <= e:
			depth = max(depth, num(g, "depth")+1)
		case from <= s && e <= to: // what lies inside sinks one level
			inner := maps.Clone(g)
			inner["depth"] = float64(num(g, "depth") + 1)
			(*groups)[i] = inner
		}
	}
	r := maps.Clone(sub(req, "range"))
	r["startIndex"], r["endIndex"] = float64(from), float64(to)
	*groups = append(*groups, object{"range": r, "depth": float64(depth)})
	slices.SortStableFunc(*groups, func(x, y object) int {
		xs, _ := span(x)
		ys, _ := span(y)
		if d := num(x, "depth") - num(y, "depth"); d != 0 {
			return d
		}
		return xs - ys
	})
	t.setGrid(pickText(rows, "rowGroupControlAfter", "columnGroupControlAfter"), true)
	return object{"dimensionGroups": anys(*groups)}, nil
}

func span(g object) (from, to int) {
	r := sub(g, "range")
	return num(r, "startIndex"), num(r, "endIndex")
}

// deleteDimensionGroup lowers the depth of a span by one: the deepest group over it is cut there.
func deleteDimensionGroup(b *book, req object) (object, error) {
	t, rows, from, to, err := b.dimension(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	groups := t.groups(rows)
	deepest := -1
	for i, g := range *groups {
		if s, e := span(g); s < to && from < e && (deepest < 0 || num(g, "depth") > num((*groups)[deepest], "depth")) {
			deepest = i
		}
	}
	if deepest < 0 {
		return nil, fmt.Errorf("no group covers the range %d to %d", from, to)
	}
	g := (*groups)[deepest]
	s, e := span(g)
	kept := slices.Delete(slices.Clone(*groups), deepest, deepest+1)
	for _, rest := range [][2]int{{s, from}, {to, e}} {
		if rest[0] < rest[1] {
			part := deepCopy(g).(object)
			r := sub(part, "range")
			r["startIndex"], r["endIndex"] = float64(rest[0]), float64(rest[1])
			kept = append(kept, part)
		}
	}
	*groups = kept
	return object{"dimensionGroups": anys(kept)}, nil
}

func updateDimensionGroup(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("DimensionGroup", req)
	if err != nil {
		return nil, err
	}
	want := sub(req, "dimensionGroup")
	t, rows, from, to, err := b.dimension(sub(want, "range"))
	if err != nil {
		return nil, err
	}
	groups := t.groups(rows)
	for i, g := range *groups {
		if s, e := span(g); s == from && e == to && num(g, "depth") == num(want, "depth") {
			if m.has("collapsed") {
				g = maps.Clone(g)
				g["collapsed"] = boolean(want, "collapsed")
				(*groups)[i] = g
				for j := from; j < to; j++ {
					t.setLine(rows, j, "hiddenByUser", boolean(want, "collapsed"))
				}
			}
			return nil, nil
		}
	}
	return nil, fmt.Errorf("no group of depth %d spans %d to %d", num(want, "depth"), from, to)
}
