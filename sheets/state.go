package sheets

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// state is a tab as one reading showed it.
type state struct {
	// columns are the cells below the header, by column key and row.
	columns map[string][]any
	// rows are those that are not empty in what was read.
	rows []workbook.Row
	// ids counts how often an ID is there.
	ids map[string]int
	// at is the index in rows by position.
	at map[int]int
}

func (st *state) cell(key string, position int) any {
	values := st.columns[key]
	if position < 0 || position >= len(values) {
		return nil
	}
	return values[position]
}

// order is the sequence of IDs by position, new ones left out: whether rows have moved.
func (st *state) order(idKey string, without map[string]*workbook.Row) string {
	var b strings.Builder
	for _, v := range st.columns[idKey] {
		if id := workbook.TextOf(v); without[id] == nil {
			b.WriteString(id)
		}
		b.WriteByte(0)
	}
	return strings.TrimRight(b.String(), "\x00")
}

func (s *Sheet) observeOnce(ctx context.Context, plans []*tabPlan) (bool, error) {
	var filters []*api.DataFilter
	for _, p := range plans {
		filters = append(filters, p.place.filters(p.wants)...)
	}
	got, err := s.batchGet(ctx, "read the sheet before writing", filters, "COLUMNS")
	if err != nil {
		return false, err
	}
	a := indexed(got)
	for _, p := range plans {
		st := &state{columns: map[string][]any{}, ids: map[string]int{}, at: map[int]int{}}
		for _, c := range p.layout.Columns {
			at, found := p.place.spots[c.Key]
			if !found || !p.wants(c) {
				continue
			}
			v, came := a.byMetadata[at.metadata]
			if !came {
				return false, nil
			}
			if index := columnIndex(v.Range); index >= 0 {
				p.place.spots[c.Key] = spot{metadata: at.metadata, index: index} // rows are appended by where columns are now
			}
			if len(v.Values) > 0 && len(v.Values[0]) > 0 {
				st.columns[c.Key] = v.Values[0][1:]
			}
		}
		st.rows = p.place.rowsOf(st.columns)
		for i := range st.rows {
			keep := map[string]workbook.Cell{}
			for key, v := range st.rows[i].Cells {
				if c, _ := p.layout.Column(key); c.Writer == workbook.People {
					keep[key] = v
				}
			}
			st.rows[i].Cells = keep
			st.at[st.rows[i].Position] = i
			if id := st.rows[i].ID; id != "" {
				st.ids[id]++
			}
		}
		p.now = st
		if p.first == nil {
			p.first = st
		}
	}
	return true, nil
}

// rowKey knows a row again in a later reading: by its ID, by ID and content where the ID is there twice, by content where there is no ID.
func (p *tabPlan) rowKey(st *state, row workbook.Row) string {
	if row.ID != "" && st.ids[row.ID] == 1 {
		return row.ID
	}
	return row.ID + "\x00" + p.contentOf(row)
}

func (p *tabPlan) contentOf(row workbook.Row) string {
	var b strings.Builder
	for c := range p.layout.PeopleColumns() {
		if unticked, isTick := row.Cells[c.Key].(bool); !isTick || unticked {
			b.WriteString(workbook.TextOf(row.Cells[c.Key]))
		}
		b.WriteByte(0)
	}
	return b.String()
}

// same compares a cell as read with a cell to be written. Empty is empty in every form.
func same(a, b any) bool {
	if a == nil {
		a = ""
	}
	if b == nil {
		b = ""
	}
	fa, oka := a.(float64)
	fb, okb := b.(float64)
	if oka && okb {
		return fa == fb || math.Abs(fa-fb) <= 1e-9*math.Max(math.Abs(fa), math.Abs(fb))
	}
	return a == b
}

// maxCell is what a cell holds at most (Google: 50,000 characters).
const maxCell = 49_000

// plainValue makes a cell what the API takes: string, float64 or bool; nil and what is no number become "".
func (p *tabPlan) plainValue(v workbook.Cell) any {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		if len(x) > maxCell {
			r := []rune(x)
			if len(r) > maxCell {
				return string(r[:maxCell]) + "..."
			}
		}
		return strings.ToValidUTF8(x, "")
	case bool:
		return x
	case int:
		return float64(x)
	case int64:
		return float64(x)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return ""
		}
		return x
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return workbook.Serial(x, p.zone)
	}
	return workbook.TextOf(v)
}

// columnSet sets cells of one column.
type columnSet struct {
	at    spot
	cells map[int]any // by position below the header
}

// step is what one round sends.
type step struct {
	sets    []columnSet
	remove  []*api.Request
	appends bool
	repairs int
}

func (s step) empty() bool { return len(s.sets) == 0 && len(s.remove) == 0 && !s.appends }

// bodyLimit keeps every request well below the 2 MB that Google advises.
const bodyLimit = 800_000

// chunks parts a step's sets into bodies of less than bodyLimit. A column is parted by rows when it alone is larger.
func chunks(sets []columnSet) [][]columnSet {
	var out [][]columnSet
	var chunk []columnSet
	size := 0
	flush := func() {
		if len(chunk) > 0 {
			out, chunk, size = append(out, chunk), nil, 0
		}
	}
	for _, set := range sets {
		part := columnSet{at: set.at, cells: map[int]any{}}
		positions := make([]int, 0, len(set.cells))
		for position := range set.cells {
			positions = append(positions, position)
		}
		slices.Sort(positions)
		start := 0
		for _, position := range positions {
			cost := sizeOf(set.cells[position]) + 6*(position-start)
			if size+cost > bodyLimit && (len(part.cells) > 0 || len(chunk) > 0) {
				if len(part.cells) > 0 {
					chunk = append(chunk, part)
				}
				flush()
				part, cost = columnSet{at: set.at, cells: map[int]any{}}, sizeOf(set.cells[position])+6*position
			}
			part.cells[position] = set.cells[position]
			size += cost
			start = position
		}
		if len(part.cells) > 0 {
			chunk = append(chunk, part)
		}
	}
	flush()
	return out
}

// sizeOf is about what a cell takes in JSON.
func sizeOf(v any) int {
	if s, ok := v.(string); ok {
		return 2*len(s) + 8 // letters may be escaped
	}
	return 24
}

// set writes cells of columns in one atomic call. What is null in the body stays as it is (Values reference: "Null values will be skipped").
func (s *Sheet) set(ctx context.Context, sets []columnSet) error {
	body := &api.BatchUpdateValuesByDataFilterRequest{ValueInputOption: "RAW"}
	for _, set := range sets {
		last := 0
		for position := range set.cells {
			last = max(last, position)
		}
		column := make([]any, last+2) // the header is the first
		for position, v := range set.cells {
			column[position+1] = v
		}
		body.Data = append(body.Data, &api.DataFilterValueRange{DataFilter: byMetadata(set.at), MajorDimension: "COLUMNS", Values: [][]any{column}})
	}
	_, err := s.service.Spreadsheets.Values.BatchUpdateByDataFilter(s.id, body).Context(ctx).Fields("spreadsheetId").Do()
	return s.explain("write the sheet", err)
}
