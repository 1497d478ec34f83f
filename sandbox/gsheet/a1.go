package gsheet

import (
	"fmt"
	"strconv"
	"strings"
)

// area is a rectangle of cells, half-open and zero-based; an end of -1 reaches to the end of the grid.
type area struct{ r0, r1, c0, c1 int }

func whole() area { return area{0, -1, 0, -1} }

// within bounds the open ends by a grid of rows x cols and clips what reaches past it.
func (a area) within(rows, cols int) area {
	if a.r1 < 0 || a.r1 > rows {
		a.r1 = rows
	}
	if a.c1 < 0 || a.c1 > cols {
		a.c1 = cols
	}
	return a
}

func (a area) rows() int  { return a.r1 - a.r0 }
func (a area) cols() int  { return a.c1 - a.c0 }
func (a area) cells() int { return a.rows() * a.cols() }

func (a area) has(r, c int) bool {
	return r >= a.r0 && (a.r1 < 0 || r < a.r1) && c >= a.c0 && (a.c1 < 0 || c < a.c1)
}

// overlaps and covers want both areas bounded.
func (a area) overlaps(b area) bool {
	return a.r0 < b.r1 && b.r0 < a.r1 && a.c0 < b.c1 && b.c0 < a.c1
}

func (a area) covers(b area) bool {
	return a.r0 <= b.r0 && b.r1 <= a.r1 && a.c0 <= b.c0 && b.c1 <= a.c1
}

// splitA1 separates the tab from the cells of an A1 range. The tab may be quoted, with ' doubled inside. A range
// without "!" may be cells of the first tab, a tab, or a named range: bare is then true and cells holds all of it.
func splitA1(s string) (tab, cells string, bare bool, err error) {
	if strings.HasPrefix(s, "'") {
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			if s[i] != '\'' {
				b.WriteByte(s[i])
				continue
			}
			if i+1 < len(s) && s[i+1] == '\'' {
				b.WriteByte('\'')
				i++
				continue
			}
			rest := s[i+1:]
			if rest == "" {
				return b.String(), "", false, nil
			}
			if rest[0] != '!' {
				return "", "", false, fmt.Errorf("text after the quoted tab name in %q", s)
			}
			return b.String(), rest[1:], false, nil
		}
		return "", "", false, fmt.Errorf("quote is not closed in %q", s)
	}
	if i := strings.LastIndexByte(s, '!'); i >= 0 {
		return s[:i], s[i+1:], false, nil
	}
	return "", s, true, nil
}

// parseCells reads "A1", "A1:B2", "A:B", "2:3", "A1:B", "A2:3", "$A$1", corners in any order. single tells that one
// cell and no colon was given.
func parseCells(s string) (a area, single bool, ok bool) {
	left, right, colon := strings.Cut(s, ":")
	r0, c0, ok := parseCorner(left)
	if !ok {
		return area{}, false, false
	}
	if !colon {
		if r0 < 0 || c0 < 0 {
			return area{}, false, false
		}
		return area{r0, r0 + 1, c0, c0 + 1}, true, true
	}
	r1, c1, ok := parseCorner(right)
	if !ok {
		return area{}, false, false
	}
	if r0 >= 0 && r1 >= 0 && r1 < r0 {
		r0, r1 = r1, r0
	}
	if c0 >= 0 && c1 >= 0 && c1 < c0 {
		c0, c1 = c1, c0
	}
	if r0 < 0 && r1 >= 0 { // "A:B5" means A5:B
		r0, r1 = r1, -1
	}
	if c0 < 0 && c1 >= 0 {
		c0, c1 = c1, -1
	}
	a = area{max(r0, 0), -1, max(c0, 0), -1}
	if r1 >= 0 {
		a.r1 = r1 + 1
	}
	if c1 >= 0 {
		a.c1 = c1 + 1
	}
	return a, false, true
}

// parseCorner reads "B7", "B" (row -1) or "7" (column -1); "$" is allowed before either part.
func parseCorner(s string) (row, col int, ok bool) {
	row, col = -1, -1
	i := 0
	dollar := func() {
		if i < len(s) && s[i] == '$' {
			i++
		}
	}
	dollar()
	start := i
	n := 0
	for i < len(s) && isLetter(s[i]) {
		n = n*26 + int(s[i]&^0x20-'A') + 1
		i++
		if i-start > 3 {
			return 0, 0, false
		}
	}
	if i > start {
		col = n - 1
		dollar()
	}
	if i < len(s) {
		digits := s[i:]
		v, err := strconv.Atoi(digits)
		if err != nil || v < 1 || v > 100_000_000 || digits[0] == '+' {
			return 0, 0, false
		}
		row = v - 1
	} else if i > 0 && s[i-1] == '$' {
		return 0, 0, false
	}
	return row, col, row >= 0 || col >= 0
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// columnName gives the letters of a zero-based column: 0 is A, 26 is AA.
func columnName(c int) string {
	var b [8]byte
	i := len(b)
	for c++; c > 0 && i > 0; c = (c - 1) / 26 {
		i--
		b[i] = byte('A' + (c-1)%26)
	}
	return string(b[i:])
}

func cellName(r, c int) string { return columnName(c) + strconv.Itoa(r+1) }

// a1 writes a bounded area as the service does: Sheet1!A1:B2, a single cell without colon.
func (a area) a1(tab string) string {
	return quoteTab(tab) + "!" + a.text()
}

// text writes a bounded area without its tab.
func (a area) text() string {
	if a.cells() == 1 {
		return cellName(a.r0, a.c0)
	}
	return cellName(a.r0, a.c0) + ":" + cellName(a.r1-1, a.c1-1)
}

// quoteTab puts a tab's name in quotes where A1 needs them.
func quoteTab(name string) string {
	plain := name != ""
	for i, r := range name {
		if !(r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' && i > 0) {
			plain = false
		}
	}
	if _, _, ok := parseCells(name); plain && ok && len(name) > 1 && name[len(name)-1] <= '9' {
		plain = false // a tab called A1 or AB12 would read as a cell
	}
	if plain {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", "''") + "'"
}
