package gsheet

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Edit is something that a person does on the grid. It goes the same way as a program's request: all or nothing, and
// into the log, but it counts neither as a read nor as a write.
//
//	kind             range                 further fields
//	set              one cell              value: as typed; a strict dropdown refuses other values
//	tick, untick     one cell              (writes the tick box's own values)
//	paste            top-left cell         values: rows of what is pasted, as typed; validation does not hold it up
//	fill-down        cells                 (copies the first row of the range over the rest)
//	clear            cells                 (Delete key: values go, formats stay)
//	sort             cells, no header      column: letter; descending
//	insert-rows      rows "5:6"            (opens rows before the first of them)
//	delete-rows      rows "5:6"
//	insert-columns   columns "C:D"         (opens columns before the first of them)
//	delete-columns   columns "C:D"
//	move-columns     columns "C:D"         to: the letter of the column that they are put before
//	swap-columns     columns "C:D"         (the first and the last of them change places)
//	rename-tab                             value: the new title
//	rename-header    one cell              value: the new header
type Edit struct {
	Spreadsheet string  `json:"spreadsheet"`
	Tab         string  `json:"tab"` // title
	Kind        string  `json:"kind"`
	Range       string  `json:"range,omitempty"` // A1 cells on the tab
	Value       string  `json:"value,omitempty"`
	Values      [][]any `json:"values,omitempty"`
	Column      string  `json:"column,omitempty"`
	Descending  bool    `json:"descending,omitempty"`
	To          string  `json:"to,omitempty"`
}

// Do makes one edit as a person would. It gives an error when there is no such spreadsheet, tab or range, and when a
// strict dropdown refuses the value; nothing is changed then.
func (s *Server) Do(e Edit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.books[e.Spreadsheet]
	if b == nil {
		return notFound()
	}
	next := b.clone()
	if err := next.edit(e); err != nil {
		return fmt.Errorf("%s on %s %s: %w", e.Kind, e.Tab, e.Range, err)
	}
	s.commit(next)
	s.recordLocked(LogEntry{Time: s.now(), Path: e.Spreadsheet, Status: 200, Person: strings.TrimSpace(e.Kind + " " + quoteTab(e.Tab) + "!" + e.Range)})
	return nil
}

func (b *book) edit(e Edit) error {
	t := b.tabNamed(e.Tab)
	if t == nil {
		return fmt.Errorf("there is no tab %q", e.Tab)
	}
	if e.Kind == "rename-tab" {
		return b.run("updateSheetProperties", object{"properties": object{"sheetId": float64(t.id()), "title": e.Value}, "fields": "title"})
	}
	open, _, ok := parseCells(e.Range)
	if !ok {
		return fmt.Errorf("%q is no range of cells", e.Range)
	}
	a := closed(open, t)
	grid := rangeObject(t.id(), a)
	switch e.Kind {
	case "set", "rename-header", "tick", "untick":
		return b.editCell(e, t, a)
	case "paste":
		return b.paste(e.Values, t, a)
	case "clear":
		t.clearValues(t.fit(a))
		return nil
	case "fill-down":
		first := a
		first.r1 = a.r0 + 1
		return b.run("copyPaste", object{"source": rangeObject(t.id(), first), "destination": grid, "pasteType": "PASTE_NORMAL"})
	case "sort":
		_, c, ok := parseCorner(e.Column)
		if !ok || c < 0 {
			return fmt.Errorf("%q is no column", e.Column)
		}
		order := pickText(e.Descending, "DESCENDING", "ASCENDING")
		return b.run("sortRange", object{"range": grid, "sortSpecs": []any{object{"dimensionIndex": float64(c), "sortOrder": order}}})
	}
	return b.editLines(e, t, a)
}

// run carries out one request of batchUpdate.
func (b *book) run(kind string, req object) error {
	checked, err := b.sc.check("Request", object{kind: req}, "")
	if err != nil {
		return err
	}
	_, err = requests()[kind](b, sub(checked, kind))
	return err
}

func (b *book) editCell(e Edit, t *tab, a area) error {
	if a.r0 >= t.rowCount() || a.c0 >= t.colCount() {
		return fmt.Errorf("%s lies outside the grid", e.Range)
	}
	if m, merged := t.mergeAt(a.r0, a.c0); merged {
		a.r0, a.c0 = m.r0, m.c0
	}
	old := t.at(a.r0, a.c0)
	rule := object(nil)
	if old != nil {
		rule = sub(old.validation, "condition")
	}
	if e.Kind == "tick" || e.Kind == "untick" {
		on, off := tickValues(rule)
		if e.Kind == "untick" {
			on = off
		}
		if on == "" {
			on = nil
		}
		t.set(a.r0, a.c0, old.with(on))
		return nil
	}
	x := enter(old, e.Value, true)
	t.set(a.r0, a.c0, x)
	if rule == nil || !boolean(old.validation, "strict") || x.value == nil {
		return nil
	}
	if calc := b.calculation(t); !calc.holds(rule, t, area{a.r0, a.r0 + 1, a.c0, a.c0 + 1}, a.r0, a.c0) {
		hint := str(old.validation, "inputMessage")
		if hint == "" {
			hint = "The data that you entered in cell " + cellName(a.r0, a.c0) + " violates the data validation rules set on this cell."
		}
		return fmt.Errorf("%s", hint)
	}
	return nil
}

// paste writes a block as typed, growing the grid where it does not fit.
func (b *book) paste(values [][]any, t *tab, a area) error {
	if over := a.r0 + len(values) - t.rowCount(); over > 0 {
		t.setGrid("rowCount", float64(t.rowCount()+over))
	}
	lines := make([]any, len(values))
	for i, v := range values {
		if over := a.c0 + len(v) - t.colCount(); over > 0 {
			t.setGrid("columnCount", float64(t.colCount()+over))
		}
		line := make([]any, len(v))
		for j, x := range v {
			if n, ok := x.(int); ok {
				x = float64(n)
			}
			line[j] = x
		}
		lines[i] = line
	}
	_, err := b.put(write{sel: selection{t: t, a: a, single: true}, values: lines, typed: true})
	return err
}

func (b *book) editLines(e Edit, t *tab, a area) error {
	rows := object{"sheetId": float64(t.id()), "dimension": "ROWS", "startIndex": float64(a.r0), "endIndex": float64(a.r1)}
	cols := object{"sheetId": float64(t.id()), "dimension": "COLUMNS", "startIndex": float64(a.c0), "endIndex": float64(a.c1)}
	switch e.Kind {
	case "insert-rows":
		return b.run("insertDimension", object{"range": rows, "inheritFromBefore": a.r0 > 0})
	case "delete-rows":
		return b.run("deleteDimension", object{"range": rows})
	case "insert-columns":
		return b.run("insertDimension", object{"range": cols, "inheritFromBefore": a.c0 > 0})
	case "delete-columns":
		return b.run("deleteDimension", object{"range": cols})
	case "move-columns":
		_, to, ok := parseCorner(e.To)
		if !ok || to < 0 {
			return fmt.Errorf("%q is no column", e.To)
		}
		return b.run("moveDimension", object{"source": cols, "destinationIndex": float64(to)})
	case "swap-columns":
		if a.cols() < 2 {
			return nil
		}
		if err := b.run("moveDimension", object{"source": cols1(t, a.c1-1), "destinationIndex": float64(a.c0)}); err != nil {
			return err
		}
		return b.run("moveDimension", object{"source": cols1(t, a.c0+1), "destinationIndex": float64(a.c1)})
	}
	return fmt.Errorf("unknown kind of edit")
}

func cols1(t *tab, c int) object {
	return object{"sheetId": float64(t.id()), "dimension": "COLUMNS", "startIndex": float64(c), "endIndex": float64(c + 1)}
}

// Values reads the values of an A1 range ("Roles!A2:C"), unformatted, trailing blanks left out: what a test compares.
func (s *Server) Values(spreadsheet, a1 string) ([][]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.books[spreadsheet]
	if b == nil {
		return nil, notFound()
	}
	sel, err := b.find(a1)
	if err != nil {
		return nil, err
	}
	a, err := sel.inGrid()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for _, line := range list(b.valueRange(sel.t, a, rendering{value: "UNFORMATTED_VALUE", date: "SERIAL_NUMBER"}), "values") {
		out = append(out, line.([]any))
	}
	return out, nil
}

// Wander makes one random edit on the spreadsheet, as people do who sort, paste and tidy up while a program is at
// work, and gives what it did. Tabs and columns are not deleted.
func (s *Server) Wander(spreadsheet string) (Edit, error) {
	e, err := s.whim(spreadsheet)
	if err != nil {
		return e, err
	}
	return e, s.Do(e)
}

// whim picks a random edit that makes sense on what is there.
func (s *Server) whim(spreadsheet string) (Edit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.books[spreadsheet]
	if b == nil {
		return Edit{}, notFound()
	}
	t := b.tabs[s.rng.Intn(len(b.tabs))]
	rows, cols := t.used()
	rows, cols = max(rows, 3), max(cols, 1)
	r, c := 1+s.rng.Intn(rows-1), s.rng.Intn(cols)
	e := Edit{Spreadsheet: spreadsheet, Tab: t.title(), Range: cellName(r, c)}
	line := fmt.Sprintf("%d:%d", r+1, r+1)
	switch s.rng.Intn(10) {
	case 0: // a sort of whole rows
		e.Kind, e.Range, e.Column, e.Descending = "sort", area{1, rows, 0, cols}.text(), columnName(c), s.rng.Intn(2) == 0
	case 1: // a sort of some columns, which tears rows apart
		from := s.rng.Intn(c + 1)
		e.Kind, e.Range, e.Column = "sort", area{1, rows, from, c + 1}.text(), columnName(c)
	case 2:
		e.Kind, e.Range = "insert-rows", line
	case 3:
		e.Kind, e.Range = "delete-rows", line
	case 4: // a row or a block copied over another place
		from := 1 + s.rng.Intn(rows-1)
		e.Kind = "paste"
		var block []any
		for k := c; k < min(cols, c+3); k++ {
			block = append(block, plainValue(b.calculation(t).value(t, from, k)))
		}
		e.Values = [][]any{block}
	case 5:
		e.Kind, e.Range = "fill-down", area{r, min(rows, r+3), c, c + 1}.text()
	case 6:
		e.Kind, e.Range = "insert-columns", columnName(c)+":"+columnName(c)
	case 7:
		e.Kind, e.Range, e.To = "move-columns", columnName(c)+":"+columnName(c), columnName(s.rng.Intn(cols))
	case 8:
		e.Kind = "clear"
	default:
		e.Kind, e.Value = "set", s.typing(b, t, r, c)
	}
	return e, nil
}

// typing is what somebody might type into a cell: one of its dropdown's values, or a few words.
func (s *Server) typing(b *book, t *tab, r, c int) string {
	if x := t.at(r, c); x != nil && x.validation != nil {
		condition := sub(x.validation, "condition")
		if offered, ok := b.calculation(t).choices(condition, t); ok && len(offered) > 0 {
			return offered[s.rng.Intn(len(offered))]
		}
		if str(condition, "type") == "BOOLEAN" {
			return pickText(s.rng.Intn(2) == 0, "TRUE", "FALSE")
		}
	}
	words := []string{"check", "later", "ask Kim", "42", "new title", "= done", "50%", "2026-01-31", " padded ", "Ünïcode ✓"}
	return words[s.rng.Intn(len(words))]
}

// Crowd makes a random edit at every tick of the given period until the context ends; each is in the log. An edit
// that the grid refuses (a strict dropdown, a merge in the way of a sort) is skipped.
func (s *Server) Crowd(ctx context.Context, spreadsheet string, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if _, err := s.Wander(spreadsheet); err != nil {
				s.record(LogEntry{Time: s.now(), Path: spreadsheet, Status: 400, Person: "refused: " + err.Error()})
			}
		}
	}
}
