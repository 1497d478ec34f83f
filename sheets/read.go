package sheets

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// Read takes one reading of the IDs and people's columns of these tabs, or of all, in one call (and one more before it when the sheet's
// structure is not known yet or has changed). Each tab's header row comes along and is checked.
func (s *Sheet) Read(ctx context.Context, tabs ...workbook.Tab) (workbook.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.known == nil
	if fresh {
		if _, err := s.structure(ctx); err != nil {
			return workbook.Snapshot{}, err
		}
	}
	snap, sure, err := s.reading(ctx, tabs)
	if fresh || (sure && err == nil) || (err != nil && status(err) != http.StatusBadRequest) {
		return snap, err
	}
	// A column or a tab is not where it was, or a header has changed its place: look again.
	if _, err := s.structure(ctx); err != nil {
		return workbook.Snapshot{}, err
	}
	snap, _, err = s.reading(ctx, tabs)
	return snap, err
}

// reading reads with the structure that is known. It is not sure when something was not found where it should be.
func (s *Sheet) reading(ctx context.Context, tabs []workbook.Tab) (workbook.Snapshot, bool, error) {
	at := s.now().UTC()
	var filters []*api.DataFilter
	var wanted []workbook.Layout
	for _, layout := range workbook.Layouts() {
		if len(tabs) > 0 && !slices.Contains(tabs, layout.Tab) {
			continue
		}
		wanted = append(wanted, layout)
		if p := s.known.tabs[layout.Tab]; p != nil {
			filters = append(filters, &api.DataFilter{GridRange: &api.GridRange{SheetId: layout.SheetID, EndRowIndex: 1}})
			filters = append(filters, p.filters(readColumn)...)
		}
	}
	var got []*api.MatchedValueRange
	if len(filters) > 0 {
		var err error
		if got, err = s.batchGet(ctx, "read the sheet", filters, "COLUMNS"); err != nil {
			return workbook.Snapshot{}, false, err
		}
	}
	snap := workbook.Snapshot{At: at, TimeZone: s.known.timeZone, Tables: map[workbook.Tab]workbook.Table{}}
	sure := true
	answer := indexed(got)
	for _, layout := range wanted {
		p := s.known.tabs[layout.Tab]
		if p == nil {
			snap.Tables[layout.Tab] = workbook.Table{Tab: layout.Tab, Missing: true}
			sure = false
			continue
		}
		t, ok := p.table(answer)
		snap.Tables[layout.Tab] = t
		sure = sure && ok
	}
	return snap, sure, nil
}

// readColumn says that a column is read at every poll.
func readColumn(c workbook.Column) bool { return c.Writer != workbook.Ours }

func (p *place) filters(which func(workbook.Column) bool) []*api.DataFilter {
	var out []*api.DataFilter
	for _, c := range p.layout.Columns {
		if at, found := p.spots[c.Key]; found && which(c) {
			out = append(out, byMetadata(at))
		}
	}
	return out
}

// answers are matched ranges by what asked for them.
type answers struct {
	byMetadata map[int64]*api.ValueRange
	headers    map[int64][]any // by sheet id
}

func indexed(got []*api.MatchedValueRange) answers {
	a := answers{byMetadata: map[int64]*api.ValueRange{}, headers: map[int64][]any{}}
	for _, m := range got {
		for _, f := range m.DataFilters {
			switch {
			case f.DeveloperMetadataLookup != nil:
				a.byMetadata[f.DeveloperMetadataLookup.MetadataId] = m.ValueRange
			case f.GridRange != nil:
				header := make([]any, len(m.ValueRange.Values))
				for i, column := range m.ValueRange.Values {
					if len(column) > 0 {
						header[i] = column[0]
					}
				}
				a.headers[f.GridRange.SheetId] = header
			}
		}
	}
	return a
}

// table makes rows of the columns that came. It is false when a column did not come, or stands elsewhere than its header.
func (p *place) table(a answers) (workbook.Table, bool) {
	t := workbook.Table{Tab: p.layout.Tab, Problem: p.need()}
	if t.Problem != "" {
		return t, false
	}
	columns := map[string][]any{}
	where := map[string]int64{}
	for _, c := range p.layout.Columns {
		at, found := p.spots[c.Key]
		if !found || !readColumn(c) {
			continue
		}
		v, came := a.byMetadata[at.metadata]
		if !came {
			t.Problem = fmt.Sprintf("the column %s is missing - bring it back with Edit > Undo or the version history, or type the header again", c.Header)
			return t, false
		}
		where[c.Key] = columnIndex(v.Range)
		if len(v.Values) > 0 && len(v.Values[0]) > 0 {
			columns[c.Key] = v.Values[0][1:]
		}
	}
	if t.Problem = p.headerProblem(a.headers[p.layout.SheetID], where); t.Problem != "" {
		return t, false
	}
	t.Rows = p.rowsOf(columns)
	return t, true
}

// headerProblem compares the header row with where the columns are.
//
//	| the row shows                                                       | verdict                                     |
//	|---------------------------------------------------------------------|---------------------------------------------|
//	| any text, or none, above a column of ours                           | fine: headers may be renamed                |
//	| a header of ours above its own column and above another             | stop: people may fill in the wrong one      |
//	| a header of ours above another column only, as if pasted there      | stop: the cells below may be another column's |
func (p *place) headerProblem(header []any, where map[string]int64) string {
	for _, c := range p.layout.Columns {
		own, known := where[c.Key]
		if !known {
			continue
		}
		at := int64(-1)
		ownText := own >= 0 && own < int64(len(header)) && fold(workbook.TextOf(header[own])) == fold(c.Header)
		for i, cell := range header {
			if int64(i) != own && fold(workbook.TextOf(cell)) == fold(c.Header) {
				at = int64(i)
			}
		}
		switch {
		case at < 0:
		case ownText:
			return fmt.Sprintf("two columns are headed %s, in %s1 and %s1 - rename or delete the one that is not used", c.Header, columnName(own), columnName(at))
		default:
			return fmt.Sprintf("the header %s stands in %s1 and not in %s1, as if cells had been pasted over - undo it with Edit > Undo, or put the header back", c.Header, columnName(at), columnName(own))
		}
	}
	return ""
}

// rowsOf turns columns into rows; wholly empty rows are left out.
func (p *place) rowsOf(columns map[string][]any) []workbook.Row {
	id := p.layout.IDColumn().Key
	longest := 0
	for _, values := range columns {
		longest = max(longest, len(values))
	}
	var rows []workbook.Row
	for i := range longest {
		row := workbook.Row{Position: i, Cells: map[string]workbook.Cell{}}
		used := false
		for key, values := range columns {
			if i >= len(values) || values[i] == nil || values[i] == "" {
				continue
			}
			used = true
			if key == id {
				row.ID = workbook.TextOf(values[i])
				continue
			}
			row.Cells[key] = values[i]
		}
		if used {
			rows = append(rows, row)
		}
	}
	return rows
}
