package gsheet

import (
	"maps"
	"reflect"
	"strconv"
)

// move says where a half-open span of rows or columns lies after a structural change; end -1 is open. ok is false when
// nothing of the span is left.
//
//	change                 span before it   around or at it    after it
//	insert n at i          stays            grows (start < i)  moves n on (start >= i)
//	delete [a,b)           stays            shrinks, vanishes  moves b-a back
//	move [a,b) to d        inside [a,b): goes along; elsewhere as a deletion and an insertion
type move func(start, end int) (newStart, newEnd int, ok bool)

func inserted(at, n int) move {
	return func(start, end int) (int, int, bool) {
		if start >= at {
			start += n
		}
		if end > at {
			end += n
		}
		return start, end, true
	}
}

func deleted(from, to int) move {
	one := func(x int) int {
		switch {
		case x <= from:
			return x
		case x < to:
			return from
		}
		return x - (to - from)
	}
	return func(start, end int) (int, int, bool) {
		if end < 0 {
			return one(start), -1, true
		}
		s, e := one(start), one(end)
		return s, e, s < e
	}
}

func moved(from, to, dest int) move {
	n := to - from
	target := dest
	if dest > from {
		target = dest - n
	}
	out, in := deleted(from, to), inserted(target, n)
	return func(start, end int) (int, int, bool) {
		if start >= from && end >= 0 && end <= to {
			return start - from + target, end - from + target, true
		}
		s, e, ok := out(start, end)
		if !ok {
			return start, end, true
		}
		return in(s, e)
	}
}

// shift moves everything in the book that refers to rows (or columns) of a tab: merges, named and protected ranges,
// filters, conditional formats, banding, charts, groups, developer metadata, validation rules and formulas.
func (b *book) shift(t *tab, rows bool, m move) {
	t.merges = shiftMerges(t.merges, rows, m)
	for _, other := range b.tabs {
		for _, l := range other.lists() {
			*l.list = b.shiftList(l.typ, *l.list, t, rows, m)
		}
		if other.basicFilter != nil && other == t {
			kept := b.shiftList("BasicFilter", []object{t.basicFilter}, t, rows, m)
			t.basicFilter = nil
			if len(kept) == 1 {
				t.basicFilter = kept[0]
			}
		}
		other.rewriteFormulas(func(text string) string { return shiftFormula(text, other == t, t.title(), rows, m) })
	}
	b.named = b.shiftList("NamedRange", b.named, t, rows, m)
	b.metadata = b.shiftList("DeveloperMetadata", b.metadata, t, rows, m)
}

func shiftMerges(in []area, rows bool, m move) []area {
	var out []area
	for _, a := range in {
		ok := false
		if rows {
			a.r0, a.r1, ok = m(a.r0, a.r1)
		} else {
			a.c0, a.c1, ok = m(a.c0, a.c1)
		}
		if ok && a.cells() > 1 {
			out = append(out, a)
		}
	}
	return out
}

func (b *book) shiftList(typ string, in []object, t *tab, rows bool, m move) []object {
	out := make([]object, 0, len(in))
	for _, old := range in {
		o := deepCopy(old).(object)
		b.sc.visit(typ, o, func(typ string, o object) bool { return shiftMessage(typ, o, t, rows, m) })
		if stillThere(typ, old, o) {
			out = append(out, o)
		}
	}
	return out
}

// stillThere tells whether an item that lay on a range has kept it.
func stillThere(typ string, before, after object) bool {
	switch typ {
	case "ConditionalFormatRule":
		return len(list(after, "ranges")) > 0
	case "DeveloperMetadata":
		return sub(sub(before, "location"), "dimensionRange") == nil || sub(sub(after, "location"), "dimensionRange") != nil
	case "EmbeddedChart":
		return true
	}
	return before["range"] == nil || after["range"] != nil
}

func shiftMessage(typ string, o object, t *tab, rows bool, m move) bool {
	startName, endName, indexName := "startRowIndex", "endRowIndex", "rowIndex"
	if !rows {
		startName, endName, indexName = "startColumnIndex", "endColumnIndex", "columnIndex"
	}
	switch typ {
	case "GridRange":
		return num(o, "sheetId") != t.id() || shiftSpan(o, startName, endName, m)
	case "DimensionRange":
		if num(o, "sheetId") == t.id() && (str(o, "dimension") == "ROWS") == rows {
			return shiftSpan(o, "startIndex", "endIndex", m)
		}
	case "GridCoordinate":
		if num(o, "sheetId") == t.id() {
			i := num(o, indexName)
			if s, _, ok := m(i, i+1); ok {
				o[indexName] = float64(s)
			} else {
				s, _, _ := m(i, -1)
				o[indexName] = float64(s)
			}
		}
	case "SortSpec", "FilterSpec":
		name := "dimensionIndex"
		if typ == "FilterSpec" {
			name = "columnIndex"
		}
		if i, has := number(o, name); has && !rows {
			s, _, ok := m(i, i+1)
			o[name] = float64(s)
			return ok
		}
	case "FilterView", "BasicFilter":
		if old := sub(o, "criteria"); old != nil && !rows {
			criteria := object{}
			for k, v := range old {
				if i, err := strconv.Atoi(k); err == nil {
					if s, _, ok := m(i, i+1); ok {
						criteria[strconv.Itoa(s)] = v
					}
				}
			}
			o["criteria"] = criteria
		}
	case "ConditionValue":
		if text := str(o, "userEnteredValue"); len(text) > 1 && text[0] == '=' {
			o["userEnteredValue"] = shiftFormula(text, true, t.title(), rows, m)
		}
	}
	return true
}

func shiftSpan(o object, startName, endName string, m move) bool {
	start, hasStart := number(o, startName)
	end, hasEnd := number(o, endName)
	if !hasStart && !hasEnd {
		return true
	}
	if !hasEnd {
		end = -1
	}
	s, e, ok := m(start, end)
	if hasStart {
		o[startName] = float64(s)
	}
	if hasEnd {
		o[endName] = float64(e)
	}
	return ok
}

// rewriteFormulas passes every formula of the tab's cells and of their validation rules through f. Cells of a column
// share their rule, so each rule is looked at once.
func (t *tab) rewriteFormulas(f func(string) string) {
	rules := map[uintptr]object{}
	for r, rw := range t.rows {
		if rw == nil {
			continue
		}
		for c, x := range rw.cells {
			if x == nil {
				continue
			}
			if text, ok := x.value.(formula); ok {
				if changed := f(string(text)); changed != string(text) {
					x = x.with(formula(changed))
					t.edit(r).cells[c] = x
				}
			}
			if x.validation == nil {
				continue
			}
			key := reflect.ValueOf(x.validation).Pointer()
			rule, seen := rules[key]
			if !seen {
				rule = rewriteRule(x.validation, f)
				rules[key] = rule
			}
			if rule != nil {
				y := *x
				y.validation = rule
				t.edit(r).cells[c] = &y
			}
		}
	}
}

// rewriteRule returns a changed copy of a validation rule, or nil when nothing in it changes.
func rewriteRule(rule object, f func(string) string) object {
	condition := sub(rule, "condition")
	values := list(condition, "values")
	for i, v := range values {
		text := str(v.(object), "userEnteredValue")
		if len(text) < 2 || text[0] != '=' {
			continue
		}
		changed := f(text)
		if changed == text {
			continue
		}
		out := maps.Clone(rule)
		inner := maps.Clone(condition)
		copied := append([]any(nil), values...)
		copied[i] = object{"userEnteredValue": changed}
		inner["values"] = copied
		out["condition"] = inner
		return out
	}
	return nil
}

// insertLines opens n empty rows or columns at index at; inherit copies the format of the line before.
func (b *book) insertLines(t *tab, rows bool, at, n int, inherit bool) {
	if rows {
		if at < len(t.rows) {
			t.rows = append(t.rows[:at:at], append(make([]*row, n), t.rows[at:]...)...)
		}
		t.setGrid("rowCount", float64(t.rowCount()+n))
	} else {
		for r, rw := range t.rows {
			if rw != nil && at < len(rw.cells) {
				rw = t.edit(r)
				rw.cells = append(rw.cells[:at:at], append(make([]*cell, n), rw.cells[at:]...)...)
			}
		}
		if at < len(t.cols) {
			t.cols = append(t.cols[:at:at], append(make([]object, n), t.cols[at:]...)...)
		}
		t.setGrid("columnCount", float64(t.colCount()+n))
	}
	b.shift(t, rows, inserted(at, n))
	from := at + n // the line after, as the service does by default
	if inherit {
		from = at - 1
	}
	if from >= 0 && from < t.count(rows) {
		t.inheritFormat(rows, from, at, n)
	}
}

// inheritFormat gives n new lines the format and validation of the line they inherit from.
func (t *tab) inheritFormat(rows bool, from, at, n int) {
	give := func(src *cell, r, c int) {
		if src != nil && (src.format != nil || src.validation != nil) {
			t.set(r, c, &cell{format: src.format, validation: src.validation})
		}
	}
	for i := at; i < at+n; i++ {
		if !rows {
			for r := range t.rows {
				give(t.at(r, from), r, i)
			}
		} else if from < len(t.rows) && t.rows[from] != nil {
			for c, src := range t.rows[from].cells {
				give(src, i, c)
			}
		}
	}
}

// deleteLines removes rows or columns [from,to).
func (b *book) deleteLines(t *tab, rows bool, from, to int) {
	if rows {
		if from < len(t.rows) {
			t.rows = append(t.rows[:from:from], t.rows[min(to, len(t.rows)):]...)
		}
		t.setGrid("rowCount", float64(t.rowCount()-(to-from)))
	} else {
		for r, rw := range t.rows {
			if rw != nil && from < len(rw.cells) {
				rw = t.edit(r)
				rw.cells = append(rw.cells[:from:from], rw.cells[min(to, len(rw.cells)):]...)
			}
		}
		if from < len(t.cols) {
			t.cols = append(t.cols[:from:from], t.cols[min(to, len(t.cols)):]...)
		}
		t.setGrid("columnCount", float64(t.colCount()-(to-from)))
	}
	b.shift(t, rows, deleted(from, to))
}

// moveLines takes rows or columns [from,to) out and puts them before index dest (counted before the move).
func (b *book) moveLines(t *tab, rows bool, from, to, dest int) {
	n := t.count(rows)
	order := make([]int, 0, n)
	for i := range n + 1 {
		if i == dest {
			for j := from; j < to; j++ {
				order = append(order, j)
			}
		}
		if i < n && (i < from || i >= to) {
			order = append(order, i)
		}
	}
	if rows {
		old := t.rows
		t.rows = make([]*row, n)
		for i, j := range order {
			if j < len(old) {
				t.rows[i] = old[j]
			}
		}
	} else {
		t.cols = permute(t.cols, order)
		for r, rw := range t.rows {
			if rw != nil && len(rw.cells) > 0 {
				rw = t.edit(r)
				rw.cells = permute(rw.cells, order)
			}
		}
	}
	b.shift(t, rows, moved(from, to, dest))
}

func permute[T any](in []T, order []int) []T {
	out := make([]T, len(order))
	for i, j := range order {
		if j < len(in) {
			out[i] = in[j]
		}
	}
	return out
}
