package gsheet

import "maps"

// view says which part of a spreadsheet to answer.
type view struct {
	ranges []selection // none: every tab whole
	grid   bool        // with cells
	fields mask        // nil: everything
}

// json answers the spreadsheet as a Spreadsheet message.
func (b *book) json(v view) object {
	var sheets []any
	calc := b.calculation(nil)
	for i, t := range b.tabs {
		var parts []area
		for _, s := range v.ranges {
			if s.t == t {
				parts = append(parts, t.fit(s.a))
			}
		}
		if len(v.ranges) > 0 && parts == nil {
			continue
		}
		if parts == nil {
			parts = []area{t.bounds()}
		}
		sheets = append(sheets, b.sheetJSON(i, t, parts, v, calc))
	}
	out := object{"spreadsheetId": b.id, "properties": b.props, "sheets": sheets, "namedRanges": anys(b.named),
		"developerMetadata": b.metadataAt("SPREADSHEET", 0, 0),
		"spreadsheetUrl":    "https://docs.google.com/spreadsheets/d/" + b.id + "/edit"}
	out = b.sc.finish("Spreadsheet", out)
	if v.fields == nil {
		return out
	}
	picked, _ := v.fields.pick(out).(object)
	return picked
}

func (b *book) sheetJSON(index int, t *tab, parts []area, v view, calc *calculation) object {
	props := maps.Clone(t.props)
	props["index"] = float64(index)
	if str(props, "sheetType") == "" {
		props["sheetType"] = "GRID"
	}
	merges := make([]any, len(t.merges))
	for i, m := range t.merges {
		merges[i] = rangeObject(t.id(), m)
	}
	out := object{"properties": props, "merges": merges, "conditionalFormats": anys(t.formats), "filterViews": anys(t.filterViews),
		"protectedRanges": anys(t.protected), "charts": anys(t.charts), "bandedRanges": anys(t.banding),
		"developerMetadata": b.metadataAt("SHEET", t.id(), 0), "rowGroups": anys(t.rowGroups), "columnGroups": anys(t.colGroups)}
	if t.basicFilter != nil {
		out["basicFilter"] = t.basicFilter
	}
	if v.grid {
		var data []any
		below := maskBelow(v.fields, "sheets", "data")
		for _, a := range parts {
			data = append(data, b.gridData(t, a, below, calc))
		}
		out["data"] = data
	}
	return out
}

// maskBelow follows a path down a mask; nil means everything.
func maskBelow(m mask, path ...string) mask {
	for _, name := range path {
		if m.all() {
			return nil
		}
		m = m[name]
	}
	return m
}

func (b *book) gridData(t *tab, a area, fields mask, calc *calculation) object {
	out := object{"startRow": float64(a.r0), "startColumn": float64(a.c0)}
	if fields.has("rowData") {
		out["rowData"] = b.rowData(t, a, maskBelow(fields, "rowData", "values"), calc)
	}
	if fields.has("rowMetadata") {
		hidden := t.hiddenByFilter(calc)
		rows := make([]any, 0, a.rows())
		for r := a.r0; r < a.r1; r++ {
			p := b.lineProps(t, t.rowProps(r), true, r, 21)
			if hidden[r] {
				p["hiddenByFilter"] = true
			}
			rows = append(rows, p)
		}
		out["rowMetadata"] = rows
	}
	if fields.has("columnMetadata") {
		cols := make([]any, 0, a.cols())
		for c := a.c0; c < a.c1; c++ {
			cols = append(cols, b.lineProps(t, t.col(c), false, c, 100))
		}
		out["columnMetadata"] = cols
	}
	return out
}

func (b *book) lineProps(t *tab, props object, rows bool, i, pixels int) object {
	p := maps.Clone(props)
	if p == nil {
		p = object{}
	}
	if num(p, "pixelSize") == 0 {
		p["pixelSize"] = float64(pixels)
	}
	kind := "COLUMN"
	if rows {
		kind = "ROW"
	}
	if found := b.metadataAt(kind, t.id(), i); len(found) > 0 {
		p["developerMetadata"] = found
	}
	return p
}

// rowData answers the cells of an area; trailing empty rows and cells are left out.
func (b *book) rowData(t *tab, a area, fields mask, calc *calculation) []any {
	var rows []any
	last := 0
	for r := a.r0; r < a.r1 && r < len(t.rows); r++ {
		line := object{}
		if rw := t.rows[r]; rw != nil {
			end := min(a.c1, len(rw.cells))
			for end > a.c0 && rw.cells[end-1].empty() {
				end--
			}
			var cells []any
			for c := a.c0; c < end; c++ {
				cells = append(cells, b.cellJSON(t, r, c, fields, calc))
			}
			if cells != nil {
				line["values"] = cells
				last = r - a.r0 + 1
			}
		}
		rows = append(rows, line)
	}
	return rows[:last]
}

// cellJSON answers one CellData; the costly parts only where the mask asks for them.
func (b *book) cellJSON(t *tab, r, c int, fields mask, calc *calculation) object {
	x := t.at(r, c)
	if x == nil {
		return object{}
	}
	out := x.json()
	if x.value != nil {
		v := calc.value(t, r, c)
		if fields.has("effectiveValue") {
			out["effectiveValue"] = extended(v)
		}
		if fields.has("formattedValue") {
			out["formattedValue"] = show(v, sub(x.format, "numberFormat"))
		}
	}
	if (x.value != nil || x.format != nil) && fields.has("effectiveFormat") {
		f := maps.Clone(defaultFormat())
		for k, v := range x.format {
			if base, ok := f[k].(object); ok && k == "textFormat" {
				base = maps.Clone(base)
				maps.Copy(base, v.(object))
				v = base
			}
			f[k] = v
		}
		out["effectiveFormat"] = f
	}
	return out
}

// json gives the part of CellData that a caller has set.
func (c *cell) json() object {
	out := object{}
	if c == nil {
		return out
	}
	for k, v := range c.more {
		out[k] = v
	}
	if c.value != nil {
		out["userEnteredValue"] = extended(c.value)
	}
	if c.format != nil {
		out["userEnteredFormat"] = c.format
	}
	if c.validation != nil {
		out["dataValidation"] = c.validation
	}
	if c.note != "" {
		out["note"] = c.note
	}
	return out
}

// cellFrom is the inverse of json; what the service computes (effective values, formatted value) is ignored.
func cellFrom(o object) *cell {
	c := &cell{note: str(o, "note"), format: nonEmpty(sub(o, "userEnteredFormat")), validation: nonEmpty(sub(o, "dataValidation"))}
	for k, v := range sub(o, "userEnteredValue") {
		switch k {
		case "numberValue", "stringValue", "boolValue":
			c.value = v
		case "formulaValue":
			if text, _ := v.(string); text != "" {
				c.value = formula(text)
			}
		}
	}
	if c.value == "" {
		c.value = nil
	}
	for _, k := range []string{"textFormatRuns", "chipRuns", "pivotTable"} {
		if v, ok := o[k]; ok && !zero(v) {
			if c.more == nil {
				c.more = object{}
			}
			c.more[k] = v
		}
	}
	return c
}

func nonEmpty(o object) object {
	if len(o) == 0 {
		return nil
	}
	return o
}

// extended writes a value as an ExtendedValue message.
func extended(v any) object {
	switch t := v.(type) {
	case float64:
		return object{"numberValue": t}
	case bool:
		return object{"boolValue": t}
	case string:
		return object{"stringValue": t}
	case formula:
		return object{"formulaValue": string(t)}
	case cellError:
		kind := map[string]string{"#REF!": "REF", "#DIV/0!": "DIVIDE_BY_ZERO", "#VALUE!": "VALUE", "#NAME?": "NAME", "#NUM!": "NUM", "#N/A": "N_A"}[t.kind]
		if kind == "" {
			kind = "ERROR"
		}
		return object{"errorValue": object{"type": kind, "message": t.message}}
	}
	return object{}
}

// defaultFormat is the format of a cell that nobody has formatted.
func defaultFormat() object {
	white := object{"red": 1.0, "green": 1.0, "blue": 1.0}
	return object{
		"backgroundColorStyle": object{"rgbColor": white},
		"padding":              object{"top": 2.0, "right": 3.0, "bottom": 2.0, "left": 3.0},
		"verticalAlignment":    "BOTTOM",
		"wrapStrategy":         "OVERFLOW_CELL",
		"textFormat": object{"fontFamily": "arial,sans,sans-serif", "fontSize": 10.0, "bold": false, "italic": false, "strikethrough": false,
			"underline": false, "foregroundColorStyle": object{"rgbColor": object{}}},
	}
}
