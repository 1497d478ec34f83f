package gsheet

import (
	"fmt"
	"strings"
)

func (s *Server) valuesGet(c *call, b *book, text string) (object, error) {
	r, err := readRendering(c.query.Get, "")
	if err != nil {
		return nil, err
	}
	sel, err := b.find(text)
	if err != nil {
		return nil, err
	}
	a, err := sel.inGrid()
	if err != nil {
		return nil, err
	}
	return b.valueRange(sel.t, a, r), nil
}

func (s *Server) valuesBatchGet(c *call, b *book) (object, error) {
	r, err := readRendering(c.query.Get, "")
	if err != nil {
		return nil, err
	}
	var out []any
	for _, text := range c.query["ranges"] {
		sel, err := b.find(text)
		if err != nil {
			return nil, err
		}
		a, err := sel.inGrid()
		if err != nil {
			return nil, err
		}
		out = append(out, b.valueRange(sel.t, a, r))
	}
	answer := object{"spreadsheetId": b.id}
	if out != nil {
		answer["valueRanges"] = out
	}
	return answer, nil
}

func (s *Server) valuesBatchGetByDataFilter(c *call, b *book) (object, error) {
	req, err := s.message(c, "BatchGetValuesByDataFilterRequest", "")
	if err != nil {
		return nil, err
	}
	r, err := readRendering(func(name string) string { return str(req, name) }, "")
	if err != nil {
		return nil, err
	}
	filters := objects(list(req, "dataFilters"))
	if len(filters) == 0 {
		return nil, invalid("Must specify at least one data filter.")
	}
	var out []any
	for i, f := range filters {
		sels, err := b.filtered(f)
		if err != nil {
			return nil, invalid("Invalid dataFilter[%d]: %s", i, reason(err))
		}
		for _, sel := range sels {
			a, err := sel.inGrid()
			if err != nil {
				return nil, invalid("Invalid dataFilter[%d]: %s", i, reason(err))
			}
			out = append(out, object{"valueRange": b.valueRange(sel.t, a, r), "dataFilters": []any{b.sc.finish("DataFilter", f)}})
		}
	}
	answer := object{"spreadsheetId": b.id}
	if out != nil {
		answer["valueRanges"] = out
	}
	return answer, nil
}

// inputOption reads valueInputOption; true is USER_ENTERED.
func inputOption(v string) (bool, error) {
	switch v {
	case "RAW":
		return false, nil
	case "USER_ENTERED":
		return true, nil
	case "", "INPUT_VALUE_OPTION_UNSPECIFIED":
		return false, invalid("'valueInputOption' is required but not specified")
	}
	return false, violation("value_input_option", "Invalid value at 'value_input_option' (type.googleapis.com/google.apps.sheets.v4.ValueInputOption), "+quoteJSON(v))
}

// echo reads the includeValuesInResponse options; nil means no echo.
func echo(get func(string) string, wanted bool) (*rendering, error) {
	if !wanted {
		return nil, nil
	}
	r, err := readRendering(get, "response")
	return &r, err
}

func (s *Server) valuesUpdate(c *call, b *book, text string) (object, error) {
	body, err := s.message(c, "ValueRange", "data")
	if err != nil {
		return nil, err
	}
	typed, err := inputOption(c.query.Get("valueInputOption"))
	if err != nil {
		return nil, err
	}
	back, err := echo(c.query.Get, isTrue(c.query.Get("includeValuesInResponse")))
	if err != nil {
		return nil, err
	}
	sel, err := b.find(text)
	if err != nil {
		return nil, err
	}
	if named := str(body, "range"); named != "" {
		other, err := b.find(named)
		if err != nil {
			return nil, err
		}
		if other.t != sel.t || other.a != sel.a {
			return nil, invalid("Requested writing within range [%s], but the body names range [%s]", text, named)
		}
	}
	next := b.clone()
	done, err := next.put(write{sel: next.again(sel), values: list(body, "values"), columns: str(body, "majorDimension") == "COLUMNS", typed: typed})
	if err != nil {
		return nil, err
	}
	s.commit(next)
	return done.json(next, back), nil
}

// again is a selection of an earlier copy of the book, on this one.
func (b *book) again(sel selection) selection {
	sel.t = b.tab(sel.t.id())
	return sel
}

func (s *Server) valuesAppend(c *call, b *book, text string) (object, error) {
	body, err := s.message(c, "ValueRange", "data")
	if err != nil {
		return nil, err
	}
	typed, err := inputOption(c.query.Get("valueInputOption"))
	if err != nil {
		return nil, err
	}
	back, err := echo(c.query.Get, isTrue(c.query.Get("includeValuesInResponse")))
	if err != nil {
		return nil, err
	}
	insert := c.query.Get("insertDataOption")
	if insert != "" && insert != "OVERWRITE" && insert != "INSERT_ROWS" {
		return nil, violation("insert_data_option", fmt.Sprintf("Invalid value at 'insert_data_option' (type.googleapis.com/google.apps.sheets.v4.InsertDataOption), %q", insert))
	}
	next := b.clone()
	sel, err := next.find(text)
	if err != nil {
		return nil, err
	}
	a, err := sel.inGrid()
	if err != nil {
		return nil, err
	}
	w := write{values: list(body, "values"), columns: str(body, "majorDimension") == "COLUMNS", typed: typed}
	answer := object{"spreadsheetId": b.id}
	at := area{a.r0, a.r0 + 1, a.c0, a.c0 + 1}
	if box, ok := sel.t.table(a); ok {
		answer["tableRange"] = box.a1(sel.t.title())
		at = area{box.r1, box.r1 + 1, box.c0, box.c0 + 1}
	}
	height, width := w.size()
	if insert == "INSERT_ROWS" && height > 0 && at.r0 < sel.t.rowCount() {
		next.insertLines(sel.t, true, at.r0, height, true)
	}
	if more := at.r0 + height - sel.t.rowCount(); more > 0 {
		sel.t.setGrid("rowCount", float64(sel.t.rowCount()+more))
	}
	if more := at.c0 + width - sel.t.colCount(); more > 0 {
		sel.t.setGrid("columnCount", float64(sel.t.colCount()+more))
	}
	w.sel = selection{t: sel.t, a: at, single: true, asked: text}
	done, err := next.put(w)
	if err != nil {
		return nil, err
	}
	s.commit(next)
	answer["updates"] = done.json(next, back)
	return answer, nil
}

// size is the height and width that the values will cover.
func (w write) size() (height, width int) {
	height = len(w.values)
	for _, line := range w.values {
		if items, ok := line.([]any); ok {
			width = max(width, len(items))
		}
	}
	if w.columns {
		return width, height
	}
	return height, width
}

func (s *Server) valuesClear(c *call, b *book, text string) (object, error) {
	if _, err := s.message(c, "ClearValuesRequest", ""); err != nil {
		return nil, err
	}
	next := b.clone()
	sel, err := next.find(text)
	if err != nil {
		return nil, err
	}
	a, err := sel.inGrid()
	if err != nil {
		return nil, err
	}
	sel.t.clearValues(a)
	s.commit(next)
	return object{"spreadsheetId": b.id, "clearedRange": a.a1(sel.t.title())}, nil
}

func (s *Server) valuesBatchClear(c *call, b *book, byFilter bool) (object, error) {
	typ := "BatchClearValuesRequest"
	if byFilter {
		typ = "BatchClearValuesByDataFilterRequest"
	}
	req, err := s.message(c, typ, "")
	if err != nil {
		return nil, err
	}
	next := b.clone()
	var sels []selection
	if byFilter {
		for i, f := range objects(list(req, "dataFilters")) {
			found, err := next.filtered(f)
			if err != nil {
				return nil, invalid("Invalid dataFilter[%d]: %s", i, reason(err))
			}
			sels = append(sels, found...)
		}
	}
	for _, text := range list(req, "ranges") {
		sel, err := next.find(text.(string))
		if err != nil {
			return nil, err
		}
		sels = append(sels, sel)
	}
	var cleared []any
	for _, sel := range sels {
		a, err := sel.inGrid()
		if err != nil {
			return nil, err
		}
		sel.t.clearValues(a)
		cleared = append(cleared, a.a1(sel.t.title()))
	}
	s.commit(next)
	answer := object{"spreadsheetId": b.id}
	if cleared != nil {
		answer["clearedRanges"] = cleared
	}
	return answer, nil
}

func (s *Server) valuesBatchUpdate(c *call, b *book, byFilter bool) (object, error) {
	typ := "BatchUpdateValuesRequest"
	if byFilter {
		typ = "BatchUpdateValuesByDataFilterRequest"
	}
	req, err := s.message(c, typ, "")
	if err != nil {
		return nil, err
	}
	typed, err := inputOption(str(req, "valueInputOption"))
	if err != nil {
		return nil, err
	}
	get := func(name string) string { return str(req, name) }
	back, err := echo(get, boolean(req, "includeValuesInResponse"))
	if err != nil {
		return nil, err
	}
	next := b.clone()
	var responses []any
	rows, cols, tabs, cells := map[[2]int]bool{}, map[[2]int]bool{}, map[int]bool{}, 0
	for i, d := range objects(list(req, "data")) {
		sels, err := next.targets(d, byFilter)
		if err != nil {
			return nil, invalid("Invalid data[%d]: %s", i, reason(err))
		}
		for _, sel := range sels {
			done, err := next.put(write{sel: sel, values: list(d, "values"), columns: str(d, "majorDimension") == "COLUMNS", typed: typed})
			if err != nil {
				return nil, invalid("Invalid data[%d]: %s", i, reason(err))
			}
			answer := done.json(next, back)
			if byFilter {
				answer["dataFilter"] = b.sc.finish("DataFilter", sub(d, "dataFilter"))
				delete(answer, "spreadsheetId")
			}
			responses = append(responses, answer)
			cells += done.cells
			if done.cells > 0 {
				tabs[sel.t.id()] = true
			}
			for r := done.a.r0; r < done.a.r1 && done.rows > 0; r++ {
				rows[[2]int{sel.t.id(), r}] = true
			}
			for k := done.a.c0; k < done.a.c1 && done.cols > 0; k++ {
				cols[[2]int{sel.t.id(), k}] = true
			}
		}
	}
	s.commit(next)
	out := object{"spreadsheetId": b.id, "totalUpdatedRows": len(rows), "totalUpdatedColumns": len(cols), "totalUpdatedCells": cells, "totalUpdatedSheets": len(tabs)}
	for name, v := range out {
		if zero(v) {
			delete(out, name)
		}
	}
	if responses != nil {
		out["responses"] = responses
	}
	return out, nil
}

// targets resolves where one element of a batch of values goes.
func (b *book) targets(d object, byFilter bool) ([]selection, error) {
	if !byFilter {
		sel, err := b.find(str(d, "range"))
		if err != nil {
			return nil, err
		}
		return []selection{sel}, nil
	}
	sels, err := b.filtered(sub(d, "dataFilter"))
	if err == nil && len(sels) == 0 {
		return nil, invalid("the data filter matches nothing: %s", strings.TrimSpace(quoteJSON(sub(d, "dataFilter"))))
	}
	return sels, err
}
