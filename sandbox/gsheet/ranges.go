package gsheet

import (
	"fmt"
	"strings"
)

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// gridRange resolves a GridRange message: an absent sheetId is 0, absent ends are open.
func (b *book) gridRange(o object) (*tab, area, error) {
	id := num(o, "sheetId")
	t := b.tab(id)
	if t == nil {
		return nil, area{}, invalid("No grid with id: %d", id)
	}
	a := whole()
	set := func(name string, to *int) error {
		if v, ok := number(o, name); ok {
			if v < 0 {
				return fmt.Errorf("%s must not be negative", name)
			}
			*to = v
		}
		return nil
	}
	for name, to := range map[string]*int{"startRowIndex": &a.r0, "endRowIndex": &a.r1, "startColumnIndex": &a.c0, "endColumnIndex": &a.c1} {
		if err := set(name, to); err != nil {
			return nil, area{}, err
		}
	}
	if a.r1 >= 0 && a.r1 <= a.r0 || a.c1 >= 0 && a.c1 <= a.c0 {
		return nil, area{}, fmt.Errorf("the range ends before it starts: rows %d to %d, columns %d to %d", a.r0, a.r1, a.c0, a.c1)
	}
	return t, a, nil
}

// bounded is gridRange with the open ends closed; a range that leaves the grid is refused.
func (b *book) bounded(o object) (*tab, area, error) {
	t, a, err := b.gridRange(o)
	if err != nil {
		return nil, area{}, err
	}
	if a.r1 > t.rowCount() || a.c1 > t.colCount() || a.r0 >= t.rowCount() || a.c0 >= t.colCount() {
		return nil, area{}, invalid("Range (%s) exceeds grid limits. Max rows: %d, max columns: %d",
			closed(a, t).a1(t.title()), t.rowCount(), t.colCount())
	}
	return t, t.fit(a), nil
}

// closed gives open ends the grid's end without clipping.
func closed(a area, t *tab) area {
	if a.r1 < 0 {
		a.r1 = max(t.rowCount(), a.r0+1)
	}
	if a.c1 < 0 {
		a.c1 = max(t.colCount(), a.c0+1)
	}
	return a
}

func rangeObject(sheet int, a area) object {
	o := object{"sheetId": float64(sheet)}
	o["startRowIndex"], o["startColumnIndex"] = float64(a.r0), float64(a.c0)
	if a.r1 >= 0 {
		o["endRowIndex"] = float64(a.r1)
	}
	if a.c1 >= 0 {
		o["endColumnIndex"] = float64(a.c1)
	}
	return o
}

// dimension resolves a DimensionRange: the tab, whether rows are meant, and the half-open span.
func (b *book) dimension(o object) (t *tab, rows bool, from, to int, err error) {
	id := num(o, "sheetId")
	if t = b.tab(id); t == nil {
		return nil, false, 0, 0, invalid("No grid with id: %d", id)
	}
	switch str(o, "dimension") {
	case "ROWS":
		rows = true
	case "COLUMNS":
	default:
		return nil, false, 0, 0, fmt.Errorf("dimension must be ROWS or COLUMNS")
	}
	from = num(o, "startIndex")
	to, ok := number(o, "endIndex")
	if !ok {
		to = t.count(rows)
	}
	if from < 0 || to <= from {
		return nil, false, 0, 0, fmt.Errorf("startIndex %d must be at least 0 and less than endIndex %d", from, to)
	}
	return t, rows, from, to, nil
}

func (t *tab) count(rows bool) int {
	if rows {
		return t.rowCount()
	}
	return t.colCount()
}

// selection is a range of one tab as a caller addressed it.
type selection struct {
	t      *tab
	a      area
	single bool   // one cell was named: a write may spread from there
	asked  string // the caller's spelling
}

// find resolves an A1 range or a named range. Order for a text without "!": tab, named range, cells of the first tab.
func (b *book) find(text string) (selection, error) {
	refused := func() (selection, error) { return selection{}, invalid("Unable to parse range: %s", text) }
	name, cells, bare, err := splitA1(text)
	if err != nil || text == "" {
		return refused()
	}
	t := b.tabs[0]
	if bare {
		if byName := b.tabNamed(cells); byName != nil {
			return selection{t: byName, a: whole(), asked: text}, nil
		}
		for _, n := range b.named {
			if equalFold(str(n, "name"), cells) {
				nt, a, err := b.gridRange(sub(n, "range"))
				if err != nil {
					return refused()
				}
				return selection{t: nt, a: a, asked: text}, nil
			}
		}
	} else if t = b.tabNamed(name); t == nil {
		return refused()
	}
	if cells == "" {
		return selection{t: t, a: whole(), asked: text}, nil
	}
	a, single, ok := parseCells(cells)
	if !ok {
		return refused()
	}
	return selection{t: t, a: a, single: single, asked: text}, nil
}

// inGrid bounds a selection; one that starts outside the grid is refused in the service's words.
func (s selection) inGrid() (area, error) {
	if s.a.r0 >= s.t.rowCount() || s.a.c0 >= s.t.colCount() {
		return area{}, invalid("Range (%s) exceeds grid limits. Max rows: %d, max columns: %d", closed(s.a, s.t).a1(s.t.title()), s.t.rowCount(), s.t.colCount())
	}
	return s.t.fit(s.a), nil
}
