package sheets

import (
	"context"
	"errors"
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

// sentRow is a row that has been appended, and the index of each column that it was made for.
type sentRow struct {
	id     string
	places map[string]int64
}

func (p *tabPlan) sentRow(cells map[string]workbook.Cell) sentRow {
	r := sentRow{id: workbook.TextOf(cells[p.layout.IDColumn().Key]), places: map[string]int64{}}
	for key := range cells {
		if at, found := p.place.spots[key]; found {
			r.places[key] = at.index
		}
	}
	return r
}

// retract deals with rows that went into the wrong columns because a column was moved between our look and our append: appending goes by
// position, the one thing that does. Their ID is taken away wherever it stands, so that the row can be added again. It is found by its text,
// which is nowhere else; the row's other cells stay for a person to delete, because clearing them by position could hit what is people's.
func (s *Sheet) retract(ctx context.Context, p *tabPlan) (bool, error) {
	var requests []*api.Request
	for _, row := range p.sent {
		if p.now.ids[row.id] > 0 || !p.moved(row) {
			continue
		}
		delete(p.appended, row.id)
		requests = append(requests, &api.Request{FindReplace: &api.FindReplaceRequest{
			Find: row.id, MatchCase: true, MatchEntireCell: true, SheetId: p.layout.SheetID, ForceSendFields: []string{"Replacement"}}})
	}
	p.sent = nil
	if len(requests) == 0 {
		return false, nil
	}
	s.log.Warn().Str("tab", string(p.layout.Tab)).Int("rows", len(requests)).Msg("a column was moved at the moment in which rows were added: they are added again, and a line without an ID is left that may be deleted")
	return true, s.forgiving(s.batch(ctx, "add rows again that went astray", requests, true))
}

// moved says that a column of the row is no longer where it was when the row was sent.
func (p *tabPlan) moved(row sentRow) bool {
	for key, index := range row.places {
		if at, found := p.place.spots[key]; !found || at.index != index {
			return true
		}
	}
	return false
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
