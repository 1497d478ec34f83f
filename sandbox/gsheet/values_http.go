package gsheet

import "fmt"

// area resolves a range that must lie within the grid.
func (b *book) area(text string) (selection, area, error) {
	sel, err := b.find(text)
	if err != nil {
		return sel, area{}, err
	}
	a, err := sel.inGrid()
	return sel, a, err
}

func (s *Server) valuesGet(c *call, b *book, text string) (object, error) {
	r, err := readRendering(c.query.Get, "")
	if err != nil {
		return nil, err
	}
	sel, a, err := b.area(text)
	if err != nil {
		return nil, err
	}
	return b.valueRange(sel.t, a, r), nil
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

// valuesBody reads what values.update and values.append share: the values without a place, and what is to be echoed.
func (s *Server) valuesBody(c *call) (body object, w write, back *rendering, err error) {
	if body, err = s.message(c, "ValueRange", "data"); err != nil {
		return nil, w, nil, err
	}
	w.values, w.columns = list(body, "values"), str(body, "majorDimension") == "COLUMNS"
	if w.typed, err = inputOption(c.query.Get("valueInputOption")); err != nil {
		return nil, w, nil, err
	}
	back, err = echo(c.query.Get, isTrue(c.query.Get("includeValuesInResponse")))
	return body, w, back, err
}

func (s *Server) valuesUpdate(c *call, b *book, text string) (object, error) {
	body, w, back, err := s.valuesBody(c)
	if err != nil {
		return nil, err
	}
	next := b.clone()
	if w.sel, err = next.find(text); err != nil {
		return nil, err
	}
	if named := str(body, "range"); named != "" {
		other, err := next.find(named)
		if err != nil {
			return nil, err
		}
		if other.t != w.sel.t || other.a != w.sel.a {
			return nil, invalid("Requested writing within range [%s], but the body names range [%s]", text, named)
		}
	}
	done, err := next.put(w)
	if err != nil {
		return nil, err
	}
	s.commit(next)
	return done.json(next, back), nil
}

func (s *Server) valuesAppend(c *call, b *book, text string) (object, error) {
	_, w, back, err := s.valuesBody(c)
	if err != nil {
		return nil, err
	}
	insert := c.query.Get("insertDataOption")
	if insert != "" && insert != "OVERWRITE" && insert != "INSERT_ROWS" {
		return nil, violation("insert_data_option", fmt.Sprintf("Invalid value at 'insert_data_option' (type.googleapis.com/google.apps.sheets.v4.InsertDataOption), %q", insert))
	}
	next := b.clone()
	sel, a, err := next.area(text)
	if err != nil {
		return nil, err
	}
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
	sel, a, err := next.area(text)
	if err != nil {
		return nil, err
	}
	sel.t.clearValues(a)
	s.commit(next)
	return object{"spreadsheetId": b.id, "clearedRange": a.a1(sel.t.title())}, nil
}
