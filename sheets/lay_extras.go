package sheets

import (
	"fmt"
	"strings"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// ruleTag stands in the formula of every conditional colour of ours: it is always true, and tells ours from people's.
const ruleTag = `N("rolecall")=0`

// Charts and filter views have fixed ids, so that a second layout finds them.
const (
	firstFilterView = 20_101
	firstChart      = 30_101
)

// legendRoom is the number of columns beside a tab's own: for the legend on Control, for charts, and for notes of people's.
const legendRoom = 3

// legend explains the colours on Control, beside its columns.
func (l *layer) legend(p *place) {
	at := int64(len(p.layout.Columns) + 1)
	lines := []struct{ color, text string }{
		{"", "What the colours mean"},
		{peopleColor, "Green header: yours to fill in"},
		{oursColor, "Grey header: filled in by rolecall"},
		{idColor, "Dark grey header: the row's ID, leave it alone"},
		{amberColor, "Amber: waits for you"},
		{greenColor, "Green: decided, rolecall is about to use it"},
		{redColor, "Red: left out; the cell says what to do"},
		{paleColor, "Pale grey: settled"},
	}
	var rows []*api.RowData
	for i, line := range lines {
		cell := &api.CellData{UserEnteredValue: extended(line.text), UserEnteredFormat: &api.CellFormat{TextFormat: &api.TextFormat{Bold: i == 0}}}
		if line.color != "" {
			cell.UserEnteredFormat.BackgroundColorStyle = &api.ColorStyle{RgbColor: rgb(line.color)}
		}
		rows = append(rows, &api.RowData{Values: []*api.CellData{cell}})
	}
	l.add(&api.Request{UpdateCells: &api.UpdateCellsRequest{
		Start: &api.GridCoordinate{SheetId: p.layout.SheetID, RowIndex: 1, ColumnIndex: at}, Rows: rows, Fields: "userEnteredValue,userEnteredFormat"}},
		&api.Request{UpdateDimensionProperties: &api.UpdateDimensionPropertiesRequest{
			Range:      &api.DimensionRange{SheetId: p.layout.SheetID, Dimension: "COLUMNS", StartIndex: at - 1, EndIndex: at},
			Properties: &api.DimensionProperties{PixelSize: 20}, Fields: "pixelSize"}},
		&api.Request{UpdateDimensionProperties: &api.UpdateDimensionPropertiesRequest{
			Range:      &api.DimensionRange{SheetId: p.layout.SheetID, Dimension: "COLUMNS", StartIndex: at, EndIndex: at + 1},
			Properties: &api.DimensionProperties{PixelSize: 300}, Fields: "pixelSize"}})
}

// stateColors colours rows by what stands in their state column. The first rule that fits wins.
func (l *layer) stateColors(p *place) {
	column := func(key string) string {
		if at, found := p.spots[key]; found {
			return "$" + columnName(at.index) + "2"
		}
		return ""
	}
	paint := func(color, formula string) {
		if strings.Contains(formula, "()") {
			return // a column that the formula asks for is not there
		}
		l.add(&api.Request{AddConditionalFormatRule: &api.AddConditionalFormatRuleRequest{Index: l.rules(p), ForceSendFields: []string{"Index"}, Rule: &api.ConditionalFormatRule{
			Ranges: []*api.GridRange{{SheetId: p.layout.SheetID, StartRowIndex: 1, EndColumnIndex: int64(len(p.layout.Columns))}},
			BooleanRule: &api.BooleanRule{
				Condition: &api.BooleanCondition{Type: "CUSTOM_FORMULA", Values: conditionValues("=AND(" + ruleTag + "," + formula + ")")},
				Format:    &api.CellFormat{BackgroundColorStyle: &api.ColorStyle{RgbColor: rgb(color)}}}}}})
	}
	begins := func(key, text string) string {
		return fmt.Sprintf("LEFT((%s),%d)=%q", column(key), len(text), text)
	}
	switch p.layout.Tab {
	case workbook.Review:
		paint(redColor, begins("status", "ERROR"))
		paint(amberColor, begins("status", "HELD"))
		paint(paleColor, fmt.Sprintf("OR(%s,%s,%s)", begins("status", "APPLIED"), begins("status", "CLOSED"), begins("status", "SKIPPED")))
		paint(amberColor, begins("status", "WAITING"))
		paint(greenColor, fmt.Sprintf("OR((%s)<>\"\",(%s)<>\"\",(%s)<>\"\")", column("decision"), column("correct_role"), column("correct_seniority")))
		paint(amberColor, fmt.Sprintf("AND((%s)<>\"\",(%s)=\"\")", column("review_id"), column("decision")))
	case workbook.Control:
		paint(redColor, begins("status", "ERROR"))
		paint(amberColor, fmt.Sprintf("OR(%s,%s,%s)", begins("status", "HELD"), begins("status", "RUNNING"), begins("status", "REQUESTED")))
	case workbook.Try:
		paint(redColor, begins("status", "ERROR"))
	case workbook.Runs:
		paint(redColor, begins("outcome", "failed"))
		paint(amberColor, begins("outcome", "held"))
	case workbook.Preview, workbook.Quality:
	default:
		paint(redColor, begins("row_check", "ERROR"))
		paint(amberColor, fmt.Sprintf("OR(%s,%s)", begins("row_check", "WARN"), begins("row_check", "WAITING")))
	}
}

// rules counts the conditional rules laid on a tab in this layout: ours come first, in order.
func (l *layer) rules(p *place) int64 {
	n := int64(0)
	for _, r := range l.requests {
		if a := r.AddConditionalFormatRule; a != nil && a.Rule.Ranges[0].SheetId == p.layout.SheetID {
			n++
		}
	}
	return n
}

// replaceOld takes away what an earlier layout has laid and this one lays again: our colours and protections, and nobody else's.
func (l *layer) replaceOld(tabs []*api.Sheet) {
	var remove []*api.Request
	for _, sheet := range tabs {
		ours := false
		for _, p := range l.st.tabs {
			ours = ours || p.layout.SheetID == sheet.Properties.SheetId
		}
		if !ours {
			continue
		}
		for i := len(sheet.ConditionalFormats) - 1; i >= 0; i-- {
			b := sheet.ConditionalFormats[i].BooleanRule
			if b != nil && b.Condition != nil && len(b.Condition.Values) > 0 && strings.Contains(b.Condition.Values[0].UserEnteredValue, ruleTag) {
				remove = append(remove, &api.Request{DeleteConditionalFormatRule: &api.DeleteConditionalFormatRuleRequest{
					SheetId: sheet.Properties.SheetId, Index: int64(i), ForceSendFields: []string{"Index"}}})
			}
		}
		for _, r := range sheet.ProtectedRanges {
			if strings.HasPrefix(r.Description, oursTag) {
				remove = append(remove, &api.Request{DeleteProtectedRange: &api.DeleteProtectedRangeRequest{ProtectedRangeId: r.ProtectedRangeId}})
			}
		}
	}
	l.requests = append(remove, l.requests...)
}

// filterViews are ways to look at Review that move nothing: a sort in a filter view leaves the grid as it is.
func (l *layer) filterViews(p *place) {
	if p.layout.Tab != workbook.Review {
		return
	}
	at := func(key string) int64 { return p.spots[key].index }
	blank := &api.FilterCriteria{Condition: &api.BooleanCondition{Type: "BLANK"}}
	is := func(text string) *api.FilterCriteria {
		return &api.FilterCriteria{Condition: &api.BooleanCondition{Type: "TEXT_EQ", Values: conditionValues(text)}}
	}
	views := []struct {
		title   string
		filters map[string]*api.FilterCriteria
		sort    string
	}{
		{"To do, biggest first", map[string]*api.FilterCriteria{"decision": blank}, "contacts"},
		{"Spot checks", map[string]*api.FilterCriteria{"decision": blank, "kind": is("spot check")}, "contacts"},
		{"My skips", map[string]*api.FilterCriteria{"decision": is(string(workbook.VerdictSkip))}, "contacts"},
		{"Applied this week", map[string]*api.FilterCriteria{"status": is("APPLIED"),
			"first_seen": {Condition: &api.BooleanCondition{Type: "DATE_AFTER", Values: []*api.ConditionValue{{RelativeDate: "PAST_WEEK"}}}}}, "first_seen"},
	}
	for i, v := range views {
		view := &api.FilterView{FilterViewId: int64(firstFilterView + i), Title: v.title,
			Range:     &api.GridRange{SheetId: p.layout.SheetID, EndColumnIndex: int64(len(p.layout.Columns))},
			SortSpecs: []*api.SortSpec{{DimensionIndex: at(v.sort), SortOrder: "DESCENDING"}}}
		for key, f := range v.filters {
			view.FilterSpecs = append(view.FilterSpecs, &api.FilterSpec{ColumnIndex: at(key), FilterCriteria: f})
		}
		l.add(&api.Request{AddFilterView: &api.AddFilterViewRequest{Filter: view}})
	}
}

// charts are made together with the tab that they stand on, and are people's to move or delete after that.
func (l *layer) charts() {
	if p := l.places[workbook.Runs]; p != nil && l.made[workbook.Control] {
		l.chart(firstChart, "Accuracy over time", "LINE", p, "started", []string{"accuracy_role", "accuracy_seniority"}, workbook.Control, 12, 1)
		l.chart(firstChart+1, "Questions in Review, run by run", "COLUMN", p, "started", []string{"to_review"}, workbook.Control, 12, 7)
	}
	if p := l.places[workbook.Roles]; p != nil && l.made[workbook.Quality] {
		l.chart(firstChart+2, "Contacts by role", "BAR", p, "name", []string{"contacts"}, workbook.Quality, 1, 15)
	}
	if p := l.places[workbook.Seniorities]; p != nil && l.made[workbook.Quality] {
		l.chart(firstChart+3, "Contacts by seniority", "BAR", p, "name", []string{"contacts"}, workbook.Quality, 22, 15)
	}
}

func (l *layer) chart(id int64, title, kind string, from *place, domain string, series []string, on workbook.Tab, row, column int64) {
	host := l.places[on]
	if host == nil {
		return
	}
	if need := column + 1; host.columns < need {
		column = host.columns - 1
	}
	source := func(key string) *api.ChartData {
		at := from.spots[key].index
		return &api.ChartData{SourceRange: &api.ChartSourceRange{Sources: []*api.GridRange{{SheetId: from.layout.SheetID, EndRowIndex: from.rows, StartColumnIndex: at, EndColumnIndex: at + 1}}}}
	}
	basic := &api.BasicChartSpec{ChartType: kind, LegendPosition: "BOTTOM_LEGEND", HeaderCount: 1, Domains: []*api.BasicChartDomain{{Domain: source(domain)}}}
	axis := "LEFT_AXIS"
	if kind == "BAR" {
		axis = "BOTTOM_AXIS"
	}
	for _, key := range series {
		basic.Series = append(basic.Series, &api.BasicChartSeries{Series: source(key), TargetAxis: axis})
	}
	l.add(&api.Request{AddChart: &api.AddChartRequest{Chart: &api.EmbeddedChart{ChartId: id, Spec: &api.ChartSpec{Title: title, BasicChart: basic},
		Position: &api.EmbeddedObjectPosition{OverlayPosition: &api.OverlayPosition{
			AnchorCell: &api.GridCoordinate{SheetId: host.layout.SheetID, RowIndex: row, ColumnIndex: column}, WidthPixels: 560, HeightPixels: 340}}}}})
}
