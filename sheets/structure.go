package sheets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// Developer metadata that marks what is ours. The visibility PROJECT keeps it out of other apps' sight.
const (
	columnKey = "rolecall.column" // on a column: "Review/decision"
	layoutKey = "rolecall.layout" // on the spreadsheet: the fingerprint of the layout that was laid last
	filledKey = "rolecall.filled" // on a tab: its default rows have been written
)

// structureFields are all that is needed to find everything: tabs by sheet id, columns by metadata. No cell is asked for.
const structureFields = "properties(timeZone,title),developerMetadata(metadataId,metadataKey,metadataValue)," +
	"sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),developerMetadata(metadataId,metadataKey,metadataValue)," +
	"data(startColumn,columnMetadata(developerMetadata(metadataId,metadataKey,metadataValue))))"

// structure is where everything stands.
type structure struct {
	title, timeZone string
	zone            *time.Location
	layout          string // fingerprint last laid
	layoutID        int64
	titles          map[string]int64 // every tab's title, the people's own too
	tabs            map[workbook.Tab]*place
}

// place is one tab in the spreadsheet.
type place struct {
	layout        workbook.Layout
	title         string
	rows, columns int64 // of the grid
	filled        bool
	// spots are the columns that were found, by key.
	spots map[string]spot
	// problem says why the tab cannot be used.
	problem string
}

// spot is one column: its metadata, which moves along with it, and where it was when we looked.
type spot struct {
	metadata int64
	index    int64
}

// structure looks for everything anew.
func (s *Sheet) structure(ctx context.Context) (*structure, error) {
	got, err := s.service.Spreadsheets.Get(s.id).Fields(googleapi.Field(structureFields)).Context(ctx).Do()
	if err != nil {
		return nil, s.explain("look at the sheet", err)
	}
	st := &structure{title: got.Properties.Title, timeZone: got.Properties.TimeZone, titles: map[string]int64{}, tabs: map[workbook.Tab]*place{}}
	if st.zone, err = time.LoadLocation(st.timeZone); err != nil {
		st.zone = time.UTC
	}
	for _, m := range got.DeveloperMetadata {
		if m.MetadataKey == layoutKey {
			st.layout, st.layoutID = m.MetadataValue, m.MetadataId
		}
	}
	byID := map[int64]*api.Sheet{}
	for _, sheet := range got.Sheets {
		st.titles[sheet.Properties.Title] = sheet.Properties.SheetId
		byID[sheet.Properties.SheetId] = sheet
	}
	var lost []*place
	for _, layout := range workbook.Layouts() {
		sheet, ok := byID[layout.SheetID]
		if !ok {
			continue
		}
		p := placeOf(layout, sheet)
		st.tabs[layout.Tab] = p
		if len(p.spots) < len(layout.Columns) {
			lost = append(lost, p)
		}
	}
	if len(lost) > 0 {
		if err := s.findByHeader(ctx, lost); err != nil {
			return nil, err
		}
	}
	s.known = st
	return st, nil
}

// placeOf finds the columns of a tab by their metadata.
func placeOf(layout workbook.Layout, sheet *api.Sheet) *place {
	p := &place{layout: layout, title: sheet.Properties.Title, spots: map[string]spot{}}
	if g := sheet.Properties.GridProperties; g != nil {
		p.rows, p.columns = g.RowCount, g.ColumnCount
	}
	for _, m := range sheet.DeveloperMetadata {
		p.filled = p.filled || m.MetadataKey == filledKey
	}
	for _, data := range sheet.Data {
		for i, c := range data.ColumnMetadata {
			for _, m := range c.DeveloperMetadata {
				key, ours := strings.CutPrefix(m.MetadataValue, string(layout.Tab)+"/")
				if m.MetadataKey != columnKey || !ours {
					continue
				}
				if _, known := layout.Column(key); !known {
					continue
				}
				at := spot{metadata: m.MetadataId, index: data.StartColumn + int64(i)}
				if other, twice := p.spots[key]; twice && other.index != at.index {
					column, _ := layout.Column(key)
					p.problem = fmt.Sprintf("the column %s is there twice, in %s and %s - delete the one that is not used", column.Header, columnName(other.index), columnName(at.index))
				}
				p.spots[key] = at
			}
		}
	}
	return p
}

// findByHeader looks for columns whose metadata is gone by their exact header text, and marks them again.
func (s *Sheet) findByHeader(ctx context.Context, places []*place) error {
	var filters []*api.DataFilter
	for _, p := range places {
		filters = append(filters, &api.DataFilter{GridRange: &api.GridRange{SheetId: p.layout.SheetID, EndRowIndex: 1}})
	}
	got, err := s.batchGet(ctx, "look for the headers of the sheet", filters, "ROWS")
	if err != nil {
		return err
	}
	var marks []*api.Request
	for _, p := range places {
		header := []any{}
		for _, m := range got {
			if f := m.DataFilters[0].GridRange; f != nil && f.SheetId == p.layout.SheetID && len(m.ValueRange.Values) > 0 {
				header = m.ValueRange.Values[0]
			}
		}
		taken := map[int64]bool{}
		for _, at := range p.spots {
			taken[at.index] = true
		}
		for _, c := range p.layout.Columns {
			if _, found := p.spots[c.Key]; found {
				continue
			}
			for i, cell := range header {
				if fold(workbook.TextOf(cell)) == fold(c.Header) && !taken[int64(i)] {
					taken[int64(i)] = true
					id := s.metadataID(p, c.Key)
					p.spots[c.Key] = spot{metadata: id, index: int64(i)}
					marks = append(marks, markColumn(p.layout, c.Key, id, int64(i)))
					break
				}
			}
		}
	}
	if len(marks) == 0 {
		return nil
	}
	return s.batch(ctx, "mark the columns of the sheet", marks, false)
}

// metadataID chooses the id of a column's metadata: fixed by tab and column, and another one each time the mark was lost, because a deleted
// column may come back with its old mark by Edit > Undo.
func (s *Sheet) metadataID(p *place, key string) int64 {
	for i, c := range p.layout.Columns {
		if c.Key == key {
			return p.layout.SheetID*1_000_000 + int64(i)*10_000 + 1 + s.now().UnixMilli()%9_999
		}
	}
	return 0
}

func markColumn(layout workbook.Layout, key string, id, index int64) *api.Request {
	return &api.Request{CreateDeveloperMetadata: &api.CreateDeveloperMetadataRequest{DeveloperMetadata: &api.DeveloperMetadata{
		MetadataId: id, MetadataKey: columnKey, MetadataValue: string(layout.Tab) + "/" + key, Visibility: "PROJECT",
		Location: &api.DeveloperMetadataLocation{DimensionRange: &api.DimensionRange{
			SheetId: layout.SheetID, Dimension: "COLUMNS", StartIndex: index, EndIndex: index + 1, ForceSendFields: []string{"StartIndex"}}},
	}}}
}

// need says what is wrong with a tab whose columns of people's or IDs are not all there; "" when they are.
func (p *place) need() string {
	if p.problem != "" {
		return p.problem
	}
	var gone []string
	for _, c := range p.layout.Columns {
		if _, found := p.spots[c.Key]; !found && c.Writer != workbook.Ours {
			gone = append(gone, c.Header)
		}
	}
	if len(gone) == 0 {
		return ""
	}
	noun := "column " + gone[0] + " is"
	if len(gone) > 1 {
		noun = "columns " + strings.Join(gone, ", ") + " are"
	}
	return fmt.Sprintf("the %s missing - bring it back with Edit > Undo or the version history, or type the header again", noun)
}

// byMetadata addresses a column wherever it is at the moment of the call.
func byMetadata(at spot) *api.DataFilter {
	return &api.DataFilter{DeveloperMetadataLookup: &api.DeveloperMetadataLookup{MetadataId: at.metadata}}
}

// batchGet reads ranges in one call, unformatted, dates as serial numbers.
func (s *Sheet) batchGet(ctx context.Context, doing string, filters []*api.DataFilter, dimension string) ([]*api.MatchedValueRange, error) {
	got, err := s.service.Spreadsheets.Values.BatchGetByDataFilter(s.id, &api.BatchGetValuesByDataFilterRequest{
		DataFilters: filters, MajorDimension: dimension, ValueRenderOption: "UNFORMATTED_VALUE", DateTimeRenderOption: "SERIAL_NUMBER"}).Context(ctx).Do()
	if err != nil {
		return nil, s.explain(doing, err)
	}
	out := got.ValueRanges[:0]
	for _, m := range got.ValueRanges {
		if len(m.DataFilters) > 0 && m.ValueRange != nil {
			out = append(out, m)
		}
	}
	return out, nil
}

// batch sends requests in one atomic call. A repeatable one may be sent again by the transport when its answer is lost.
func (s *Sheet) batch(ctx context.Context, doing string, requests []*api.Request, repeatable bool) error {
	call := s.service.Spreadsheets.BatchUpdate(s.id, &api.BatchUpdateSpreadsheetRequest{Requests: requests}).Context(ctx).Fields("spreadsheetId")
	if repeatable {
		call.Header().Set(repeatableHeader, "1")
	}
	_, err := call.Do()
	return s.explain(doing, err)
}

// fold is a header for comparing.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// columnName writes a column index as A, B, ..., Z, AA.
func columnName(index int64) string {
	name := ""
	for index++; index > 0; index = (index - 1) / 26 {
		name = string(rune('A'+(index-1)%26)) + name
	}
	return name
}

// columnIndex reads the first column of an A1 range such as 'My tab'!C1:C20; -1 where there is none.
func columnIndex(a1 string) int64 {
	if i := strings.LastIndexByte(a1, '!'); i >= 0 {
		a1 = a1[i+1:]
	}
	index := int64(0)
	for _, r := range a1 {
		if r < 'A' || r > 'Z' {
			break
		}
		index = index*26 + int64(r-'A'+1)
	}
	return index - 1
}
