package sheets

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// appendRows appends what is pending, below the last used row as the service sees it at that moment. It is never sent twice blindly: when
// the answer is lost, the next round looks for the IDs.
func (s *Sheet) appendRows(ctx context.Context, p *tabPlan) error {
	for len(p.pending) > 0 {
		var rows []*api.RowData
		var ids []string
		size := 0
		for len(p.pending) > 0 && size < bodyLimit {
			row, cost := p.rowData(p.pending[0].Cells)
			rows = append(rows, row)
			p.sent = append(p.sent, p.sentRow(p.pending[0].Cells))
			ids = append(ids, workbook.TextOf(p.pending[0].Cells[p.layout.IDColumn().Key]))
			size += cost
			p.pending = p.pending[1:]
		}
		err := s.batch(ctx, "add rows to the sheet", []*api.Request{{AppendCells: &api.AppendCellsRequest{
			SheetId: p.layout.SheetID, Rows: rows, Fields: "userEnteredValue"}}}, false)
		if err != nil {
			if s.forgiving(err) != nil {
				return err
			}
			p.pending = nil // the next round looks what became of these before it adds more
			return nil
		}
		if p.appended == nil {
			p.appended = map[string]bool{}
		}
		for _, id := range ids {
			p.appended[id] = true
		}
	}
	return nil
}

// sentRow is a row that has been appended: its values by the index of the column that they went to.
type sentRow struct {
	id     string
	values map[int64]any
	places map[string]int64
}

func (p *tabPlan) sentRow(cells map[string]workbook.Cell) sentRow {
	r := sentRow{id: workbook.TextOf(cells[p.layout.IDColumn().Key]), values: map[int64]any{}, places: map[string]int64{}}
	for key, v := range cells {
		at, found := p.place.spots[key]
		if plain := p.plainValue(v); found && plain != "" {
			r.values[at.index], r.places[key] = plain, at.index
		}
	}
	return r
}

// retract takes rows back that went into the wrong columns because a column was moved between our look and our append: appending goes by
// position, the one thing that does. The next comparison appends them again.
func (s *Sheet) retract(ctx context.Context, p *tabPlan) (bool, error) {
	misplaced := p.sent[:0:0]
	for _, row := range p.sent {
		for key, index := range row.places {
			if at, found := p.place.spots[key]; !found || at.index != index {
				misplaced = append(misplaced, row)
				break
			}
		}
	}
	p.sent = nil
	if len(misplaced) == 0 {
		return false, nil
	}
	got, err := s.batchGet(ctx, "look for rows that went astray", []*api.DataFilter{{GridRange: &api.GridRange{SheetId: p.layout.SheetID}}}, "ROWS")
	if err != nil || len(got) == 0 {
		return false, err
	}
	var requests []*api.Request
	for _, row := range misplaced {
		delete(p.appended, row.id)
		for i, cells := range got[0].ValueRange.Values {
			if clears, found := row.clearing(p.layout.SheetID, int64(i), cells); found {
				requests = append(requests, clears...)
				break
			}
		}
	}
	if len(requests) == 0 {
		return false, nil
	}
	s.log.Info().Str("tab", string(p.layout.Tab)).Int("rows", len(misplaced)).Msg("a column was moved while rows were added; they are added again")
	return true, s.forgiving(s.batch(ctx, "take back rows that went astray", requests, false))
}

// clearing empties the cells of this line if they are exactly those of the row, wherever columns have gone since.
func (r sentRow) clearing(sheetID, line int64, cells []any) ([]*api.Request, bool) {
	var at []int
	for i, v := range cells {
		if !same(v, "") {
			at = append(at, i)
		}
	}
	if len(at) != len(r.values) {
		return nil, false
	}
	left := make([]any, 0, len(r.values))
	for _, v := range r.values {
		left = append(left, v)
	}
	var requests []*api.Request
	for _, i := range at {
		found := slices.IndexFunc(left, func(v any) bool { return same(v, cells[i]) })
		if found < 0 {
			return nil, false
		}
		left = slices.Delete(left, found, found+1)
		requests = append(requests, &api.Request{UpdateCells: &api.UpdateCellsRequest{
			Range: &api.GridRange{SheetId: sheetID, StartRowIndex: line, EndRowIndex: line + 1, StartColumnIndex: int64(i), EndColumnIndex: int64(i) + 1},
			Rows:  []*api.RowData{{Values: []*api.CellData{{}}}}, Fields: "userEnteredValue"}})
	}
	return requests, true
}

// rowData is a row in the order in which the columns stand.
func (p *tabPlan) rowData(cells map[string]workbook.Cell) (*api.RowData, int) {
	last := int64(-1)
	for key := range cells {
		if at, found := p.place.spots[key]; found {
			last = max(last, at.index)
		}
	}
	row := &api.RowData{Values: make([]*api.CellData, last+1)}
	for i := range row.Values {
		row.Values[i] = &api.CellData{}
	}
	size := 30 * int(last+1)
	for key, v := range cells {
		if at, found := p.place.spots[key]; found {
			plain := p.plainValue(v)
			row.Values[at.index].UserEnteredValue = extended(plain)
			size += sizeOf(plain) + 50
		}
	}
	return row, size
}

// extended is a value as cell data: never a formula.
func extended(v any) *api.ExtendedValue {
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
		return &api.ExtendedValue{StringValue: &x}
	case float64:
		return &api.ExtendedValue{NumberValue: &x}
	case bool:
		return &api.ExtendedValue{BoolValue: &x}
	}
	return nil
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func isAuth(err error) bool {
	var token *oauth2.RetrieveError
	return errors.As(err, &token) || strings.Contains(err.Error(), "oauth2:") || strings.Contains(err.Error(), "credentials")
}
