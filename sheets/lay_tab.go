package sheets

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// The three colours of headers, and the marks of states.
const (
	peopleColor = "#b6d7a8" // green: people's
	oursColor   = "#d9d9d9" // grey: rolecall's
	idColor     = "#999999" // dark grey: the ID
	amberColor  = "#fff2cc"
	greenColor  = "#d9ead3"
	redColor    = "#f4cccc"
	paleColor   = "#efefef"
)

// oursTag begins the description of our protections, so that a later layout finds and replaces them and nobody else's.
const oursTag = "rolecall: "

// layer gathers the requests of one layout.
type layer struct {
	st       *structure
	book     workbook.Snapshot
	now      time.Time
	places   map[workbook.Tab]*place
	made     map[workbook.Tab]bool
	requests []*api.Request
}

func newLayer(st *structure, book workbook.Snapshot, now time.Time) *layer {
	l := &layer{st: st, book: book, now: now, places: map[workbook.Tab]*place{}, made: map[workbook.Tab]bool{}}
	for tab, p := range st.tabs {
		l.places[tab] = p
	}
	return l
}

func (l *layer) add(r ...*api.Request) { l.requests = append(l.requests, r...) }

// makeTab makes a tab with its columns. A title that people use already gets "(rolecall)" behind it.
func (l *layer) makeTab(layout workbook.Layout) string {
	title := layout.Title
	for n := 1; ; n++ {
		if _, taken := l.st.titles[title]; !taken {
			break
		}
		title = layout.Title + " (rolecall" + strings.Repeat("+", n-1) + ")"
	}
	rows := max(layout.Rows, len(l.book.Tables[layout.Tab].Rows)+1000)
	if len(l.book.Tables[layout.Tab].Rows) == 0 {
		rows = layout.Rows
	}
	p := &place{layout: layout, title: title, rows: int64(rows), columns: int64(len(layout.Columns) + legendRoom), spots: map[string]spot{}}
	l.add(&api.Request{AddSheet: &api.AddSheetRequest{Properties: &api.SheetProperties{
		SheetId: layout.SheetID, Title: title, Index: int64(slices.IndexFunc(workbook.Layouts(), func(x workbook.Layout) bool { return x.Tab == layout.Tab })),
		ForceSendFields: []string{"Index"}, TabColorStyle: &api.ColorStyle{RgbColor: rgb(layout.Color)},
		GridProperties: &api.GridProperties{RowCount: p.rows, ColumnCount: p.columns, FrozenRowCount: 1, FrozenColumnCount: 1},
	}}})
	for i, c := range layout.Columns {
		p.spots[c.Key] = spot{metadata: layout.SheetID*1_000_000 + int64(i)*10_000 + 1, index: int64(i)}
		l.header(p, c)
		l.add(markColumn(layout, c.Key, p.spots[c.Key].metadata, int64(i)))
	}
	l.places[layout.Tab], l.made[layout.Tab] = p, true
	l.st.titles[title] = layout.SheetID
	if layout.Tab == workbook.Control {
		l.rowsOf(p)
		l.legend(p)
	}
	l.filterViews(p)
	return title
}

// rowsOf writes the rows of Control at the top: appending would put them below the legend.
func (l *layer) rowsOf(p *place) {
	plan := &tabPlan{layout: p.layout, place: p, zone: l.st.zone}
	var rows []*api.RowData
	for _, row := range l.book.Tables[p.layout.Tab].Rows {
		cells := map[string]workbook.Cell{p.layout.IDColumn().Key: row.ID}
		maps.Copy(cells, row.Cells)
		data, _ := plan.rowData(cells)
		rows = append(rows, data)
	}
	if len(rows) > 0 {
		l.add(&api.Request{UpdateCells: &api.UpdateCellsRequest{
			Start: &api.GridCoordinate{SheetId: p.layout.SheetID, RowIndex: 1}, Rows: rows, Fields: "userEnteredValue"}})
	}
}

// addColumns appends the columns that a tab does not have, on the right of everything that is there.
func (l *layer) addColumns(p *place) []string {
	var added []string
	for i, c := range p.layout.Columns {
		if _, found := p.spots[c.Key]; found {
			continue
		}
		at := spot{metadata: p.layout.SheetID*1_000_000 + int64(i)*10_000 + 1 + l.now.UnixMilli()%9_999, index: p.columns}
		l.add(&api.Request{AppendDimension: &api.AppendDimensionRequest{SheetId: p.layout.SheetID, Dimension: "COLUMNS", Length: 1}})
		p.columns++
		p.spots[c.Key] = at
		l.header(p, c)
		l.add(markColumn(p.layout, c.Key, at.metadata, at.index))
		added = append(added, c.Header)
	}
	return added
}

// header writes a header's text: only into a column that has just been made, since people may rename theirs.
func (l *layer) header(p *place, c workbook.Column) {
	l.add(&api.Request{UpdateCells: &api.UpdateCellsRequest{
		Start: &api.GridCoordinate{SheetId: p.layout.SheetID, ColumnIndex: p.spots[c.Key].index},
		Rows:  []*api.RowData{{Values: []*api.CellData{{UserEnteredValue: extended(c.Header)}}}}, Fields: "userEnteredValue"}})
}

// dress gives a tab its look and its helps: all of it may be repeated, none of it touches a value.
func (l *layer) dress(p *place) {
	first := true
	for _, c := range p.layout.Columns {
		at, found := p.spots[c.Key]
		if !found {
			continue
		}
		l.headerLook(p, c, at, first)
		first = false
		if l.made[p.layout.Tab] {
			l.width(p, c, at)
		}
		l.cellLook(p, c, at)
		l.validation(p, c, at)
		if c.Writer != workbook.People {
			l.protect(p, c, at)
		}
	}
	l.stateColors(p)
}

func (l *layer) headerLook(p *place, c workbook.Column, at spot, first bool) {
	color := map[workbook.Writer]string{workbook.People: peopleColor, workbook.Ours: oursColor, workbook.IDs: idColor}[c.Writer]
	note := map[workbook.Writer]string{workbook.People: "Yours to fill in. ", workbook.Ours: "Filled in by rolecall. ", workbook.IDs: ""}[c.Writer] + c.Note
	if first {
		note = p.layout.Purpose + "\n\n" + note
	}
	l.add(&api.Request{RepeatCell: &api.RepeatCellRequest{
		Range: &api.GridRange{SheetId: p.layout.SheetID, EndRowIndex: 1, StartColumnIndex: at.index, EndColumnIndex: at.index + 1},
		Cell: &api.CellData{Note: note, UserEnteredFormat: &api.CellFormat{
			BackgroundColorStyle: &api.ColorStyle{RgbColor: rgb(color)}, TextFormat: &api.TextFormat{Bold: true},
			WrapStrategy: "WRAP", VerticalAlignment: "MIDDLE"}},
		Fields: "note,userEnteredFormat(backgroundColorStyle,textFormat.bold,wrapStrategy,verticalAlignment)"}})
}

func (l *layer) width(p *place, c workbook.Column, at spot) {
	if c.Width == 0 {
		return
	}
	l.add(&api.Request{UpdateDimensionProperties: &api.UpdateDimensionPropertiesRequest{
		Range:      &api.DimensionRange{SheetId: p.layout.SheetID, Dimension: "COLUMNS", StartIndex: at.index, EndIndex: at.index + 1, ForceSendFields: []string{"StartIndex"}},
		Properties: &api.DimensionProperties{PixelSize: int64(c.Width)}, Fields: "pixelSize"}})
}

// below is a column without its header, to the end of the grid and whatever is added to it.
func below(p *place, at spot) *api.GridRange {
	return &api.GridRange{SheetId: p.layout.SheetID, StartRowIndex: 1, StartColumnIndex: at.index, EndColumnIndex: at.index + 1}
}

func (l *layer) cellLook(p *place, c workbook.Column, at spot) {
	format := &api.CellFormat{WrapStrategy: "CLIP", VerticalAlignment: "TOP"}
	if c.Kind == workbook.LongText {
		format.WrapStrategy = "WRAP"
	}
	fields := "userEnteredFormat(wrapStrategy,verticalAlignment,numberFormat"
	switch c.Kind {
	case workbook.Number:
		format.NumberFormat = &api.NumberFormat{Type: "NUMBER", Pattern: "0"}
	case workbook.Percent:
		format.NumberFormat = &api.NumberFormat{Type: "PERCENT", Pattern: "0%"}
	case workbook.Instant:
		format.NumberFormat = &api.NumberFormat{Type: "DATE_TIME", Pattern: "yyyy-mm-dd hh:mm"}
	case workbook.Tick:
		format.HorizontalAlignment = "CENTER"
		fields += ",horizontalAlignment"
	default:
		format.NumberFormat = &api.NumberFormat{Type: "TEXT"} // a title like =1+1 stays text when somebody edits the cell
	}
	l.add(&api.Request{RepeatCell: &api.RepeatCellRequest{Range: below(p, at), Cell: &api.CellData{UserEnteredFormat: format}, Fields: fields + ")"}})
}

// validation lays dropdowns and tick boxes. They only warn: people paste over them anyway, and Row check says what is wrong.
func (l *layer) validation(p *place, c workbook.Column, at spot) {
	rule := &api.DataValidationRule{ShowCustomUi: true, InputMessage: c.Note}
	where := below(p, at)
	if p.layout.Tab == workbook.Control {
		where.EndRowIndex = int64(1 + len(workbook.Actions())) // nothing can be asked for below the actions
	}
	switch c.Kind {
	case workbook.Tick:
		rule.Condition = &api.BooleanCondition{Type: "BOOLEAN"}
		if p.layout.Tab == workbook.Quality {
			return // only suggestions have a box, and the daemon writes those lines: a box in every row would say otherwise
		}
	case workbook.Choice:
		rule.Condition = &api.BooleanCondition{Type: "ONE_OF_LIST", Values: conditionValues(c.Choices...)}
	case workbook.RoleName:
		rule.Condition = l.fromTab(workbook.Roles)
	case workbook.LevelName:
		rule.Condition = l.fromTab(workbook.Seniorities)
	default:
		if p.layout.Tab == workbook.Settings && c.Key == "value" && l.made[workbook.Settings] {
			l.settingChoices(p, at)
		}
		return
	}
	if rule.Condition == nil {
		return
	}
	l.add(&api.Request{SetDataValidation: &api.SetDataValidationRequest{Range: where, Rule: rule, FilteredRowsIncluded: true}})
}

// fromTab is a dropdown of the names on a taxonomy tab.
func (l *layer) fromTab(tab workbook.Tab) *api.BooleanCondition {
	p := l.places[tab]
	if p == nil {
		return nil
	}
	at, found := p.spots["name"]
	if !found {
		return nil
	}
	name := columnName(at.index)
	return &api.BooleanCondition{Type: "ONE_OF_RANGE", Values: conditionValues(fmt.Sprintf("=%s!$%s$2:$%s", quoteTitle(p.title), name, name))}
}

// settingChoices gives a setting with a few values its own dropdown.
func (l *layer) settingChoices(p *place, at spot) {
	choices := map[string][]string{}
	for _, setting := range workbook.SettingRows() {
		choices[setting.ID] = setting.Choices
	}
	for i, row := range l.book.Tables[workbook.Settings].Rows {
		if len(choices[row.ID]) == 0 {
			continue
		}
		where := &api.GridRange{SheetId: p.layout.SheetID, StartRowIndex: int64(i) + 1, EndRowIndex: int64(i) + 2, StartColumnIndex: at.index, EndColumnIndex: at.index + 1}
		l.add(&api.Request{SetDataValidation: &api.SetDataValidationRequest{Range: where, FilteredRowsIncluded: true, Rule: &api.DataValidationRule{
			ShowCustomUi: true, Condition: &api.BooleanCondition{Type: "ONE_OF_LIST", Values: conditionValues(choices[row.ID]...)}}}})
	}
}

func (l *layer) protect(p *place, c workbook.Column, at spot) {
	l.add(&api.Request{AddProtectedRange: &api.AddProtectedRangeRequest{ProtectedRange: &api.ProtectedRange{
		Range:       &api.GridRange{SheetId: p.layout.SheetID, StartColumnIndex: at.index, EndColumnIndex: at.index + 1},
		Description: oursTag + c.Header + " is filled in by rolecall", WarningOnly: true}}})
}

func conditionValues(values ...string) []*api.ConditionValue {
	var out []*api.ConditionValue
	for _, v := range values {
		out = append(out, &api.ConditionValue{UserEnteredValue: v})
	}
	return out
}

// quoteTitle writes a tab's title for a formula.
func quoteTitle(title string) string { return "'" + strings.ReplaceAll(title, "'", "''") + "'" }

// rgb reads "#rrggbb".
func rgb(hex string) *api.Color {
	var r, g, b int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return &api.Color{}
	}
	return &api.Color{Red: float64(r) / 255, Green: float64(g) / 255, Blue: float64(b) / 255}
}
