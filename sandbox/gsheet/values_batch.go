package gsheet

import "strings"

// aim is one element of a batch: an A1 range, or a data filter, which may match several.
type aim struct {
	text   string
	filter object // nil for a range
}

func rangeAims(texts []string) []aim {
	var out []aim
	for _, text := range texts {
		out = append(out, aim{text: text})
	}
	return out
}

func filterAims(filters []object) []aim {
	var out []aim
	for _, f := range filters {
		out = append(out, aim{filter: f})
	}
	return out
}

// selections are the places that an aim names.
func (b *book) selections(a aim) ([]selection, error) {
	if a.filter != nil {
		return b.filtered(a.filter)
	}
	sel, err := b.find(a.text)
	return []selection{sel}, err
}

// each visits the places of every aim in turn. An error says at which element of the field called name it arose, where
// there is such a field: A1 ranges of a query are told by their own text.
func (b *book) each(aims []aim, name string, visit func(i int, sel selection) error) error {
	for i, a := range aims {
		sels, err := b.selections(a)
		for k := 0; err == nil && k < len(sels); k++ {
			err = visit(i, sels[k])
		}
		if err != nil && name != "" {
			return invalid("Invalid %s[%d]: %s", name, i, reason(err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// batch is the body of a batch call, whose message type has another name when it goes by data filter.
func (s *Server) batch(c *call, name string, byFilter bool) (object, error) {
	if byFilter {
		name += "ByDataFilter"
	}
	return s.message(c, name+"Request", "")
}

// answerWith is an answer with a list in it, which is left out when it is empty.
func answerWith(b *book, name string, items []any) object {
	answer := object{"spreadsheetId": b.id}
	if items != nil {
		answer[name] = items
	}
	return answer
}

func (s *Server) valuesBatchGet(c *call, b *book, byFilter bool) (object, error) {
	get, aims, field := c.query.Get, rangeAims(c.query["ranges"]), ""
	if byFilter {
		req, err := s.message(c, "BatchGetValuesByDataFilterRequest", "")
		if err != nil {
			return nil, err
		}
		get, aims, field = func(name string) string { return str(req, name) }, filterAims(objects(list(req, "dataFilters"))), "dataFilter"
		if len(aims) == 0 {
			return nil, invalid("Must specify at least one data filter.")
		}
	}
	r, err := readRendering(get, "")
	if err != nil {
		return nil, err
	}
	var out []any
	err = b.each(aims, field, func(i int, sel selection) error {
		a, err := sel.inGrid()
		if err != nil {
			return err
		}
		v := b.valueRange(sel.t, a, r)
		if byFilter {
			v = object{"valueRange": v, "dataFilters": []any{b.sc.finish("DataFilter", aims[i].filter)}}
		}
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answerWith(b, "valueRanges", out), nil
}

func (s *Server) valuesBatchClear(c *call, b *book, byFilter bool) (object, error) {
	req, err := s.batch(c, "BatchClearValues", byFilter)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, text := range list(req, "ranges") {
		texts = append(texts, text.(string)) // the schema lets nothing else through
	}
	aims, field := rangeAims(texts), ""
	if byFilter {
		aims, field = filterAims(objects(list(req, "dataFilters"))), "dataFilter"
	}
	next := b.clone()
	var cleared []any
	err = next.each(aims, field, func(_ int, sel selection) error {
		a, err := sel.inGrid()
		if err != nil {
			return err
		}
		sel.t.clearValues(a)
		cleared = append(cleared, a.a1(sel.t.title()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.commit(next)
	return answerWith(b, "clearedRanges", cleared), nil
}

func (s *Server) valuesBatchUpdate(c *call, b *book, byFilter bool) (object, error) {
	req, err := s.batch(c, "BatchUpdateValues", byFilter)
	if err != nil {
		return nil, err
	}
	typed, err := inputOption(str(req, "valueInputOption"))
	if err != nil {
		return nil, err
	}
	back, err := echo(func(name string) string { return str(req, name) }, boolean(req, "includeValuesInResponse"))
	if err != nil {
		return nil, err
	}
	data := objects(list(req, "data"))
	var aims []aim
	for _, d := range data {
		a := aim{text: str(d, "range")}
		if byFilter {
			if a.filter = sub(d, "dataFilter"); a.filter == nil {
				a.filter = object{}
			}
		}
		aims = append(aims, a)
	}
	next := b.clone()
	var responses []any
	sum := newTally()
	hit := make([]bool, len(data))
	err = next.each(aims, "data", func(i int, sel selection) error {
		d := data[i]
		done, err := next.put(write{sel: sel, values: list(d, "values"), columns: str(d, "majorDimension") == "COLUMNS", typed: typed})
		if err != nil {
			return err
		}
		answer := done.json(next, back)
		if byFilter {
			answer["dataFilter"] = b.sc.finish("DataFilter", aims[i].filter)
			delete(answer, "spreadsheetId")
		}
		responses = append(responses, answer)
		sum.add(done)
		hit[i] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range data {
		if !hit[i] {
			return nil, invalid("Invalid data[%d]: the data filter matches nothing: %s", i, strings.TrimSpace(quoteJSON(aims[i].filter)))
		}
	}
	s.commit(next)
	out := answerWith(b, "responses", responses)
	sum.into(out)
	return out, nil
}

// tally counts what a batch has updated; a row that two of its elements touch counts once.
type tally struct {
	rows, cols map[[2]int]bool // tab and index
	tabs       map[int]bool
	cells      int
}

func newTally() *tally {
	return &tally{rows: map[[2]int]bool{}, cols: map[[2]int]bool{}, tabs: map[int]bool{}}
}

func (y *tally) add(w written) {
	y.cells += w.cells
	if w.cells > 0 {
		y.tabs[w.t.id()] = true
	}
	for r := w.a.r0; r < w.a.r1 && w.rows > 0; r++ {
		y.rows[[2]int{w.t.id(), r}] = true
	}
	for k := w.a.c0; k < w.a.c1 && w.cols > 0; k++ {
		y.cols[[2]int{w.t.id(), k}] = true
	}
}

// into adds the totals to an answer; those that are zero are left out, as in every answer of Google's.
func (y *tally) into(out object) {
	for name, n := range map[string]int{"totalUpdatedRows": len(y.rows), "totalUpdatedColumns": len(y.cols), "totalUpdatedCells": y.cells, "totalUpdatedSheets": len(y.tabs)} {
		if n > 0 {
			out[name] = n
		}
	}
}
