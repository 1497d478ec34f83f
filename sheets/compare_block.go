package sheets

import (
	"slices"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// wantBlock makes a tab of ours what the block says.
//
//	| tab            | how                                                                                           |
//	|----------------|-----------------------------------------------------------------------------------------------|
//	| Preview, Runs  | row by row from the top; the tail is emptied                                                  |
//	| Quality        | lines stay in their row, beside their tick; new ones take empty rows; a ticked row is not reused |
//	| Review         | rows whose ID is not in the block are removed, with whatever people have beside them          |
func (p *tabPlan) wantBlock(want func(int, string, any), meant map[int]bool, next *step) {
	if p.block == nil {
		return
	}
	switch p.layout.Tab {
	case workbook.Review:
		p.wantFewer(next)
	case workbook.Quality:
		p.wantLines(want, meant)
	default:
		for position := range max(len(p.block.Rows), p.longest()) {
			meant[position] = true
			var cells map[string]workbook.Cell
			if position < len(p.block.Rows) {
				cells = p.block.Rows[position]
			}
			for _, c := range p.layout.Columns {
				want(position, c.Key, p.plainValue(cells[c.Key]))
			}
		}
	}
}

func (p *tabPlan) wantLines(want func(int, string, any), meant map[int]bool) {
	idKey := p.layout.IDColumn().Key
	at, free := map[string]int{}, []int{}
	for position := range max(p.longest(), len(p.block.Rows)) + len(p.block.Rows) {
		id := workbook.TextOf(p.now.cell(idKey, position))
		if _, twice := at[id]; id != "" && !twice {
			at[id] = position
		}
	}
	keep := map[int]bool{}
	for _, row := range p.block.Rows {
		if position, ok := at[workbook.TextOf(row[idKey])]; ok {
			keep[position] = true
		}
	}
	for position := range max(p.longest(), len(p.block.Rows)) + len(p.block.Rows) {
		ticked := p.now.cell("accept", position) == true
		if !keep[position] && !ticked {
			free = append(free, position)
		}
		if !keep[position] {
			meant[position] = true
			for _, c := range p.layout.Columns {
				if c.Writer != workbook.People && p.now.cell(c.Key, position) != nil {
					want(position, c.Key, "")
				}
			}
		}
	}
	for _, row := range p.block.Rows {
		position, ok := at[workbook.TextOf(row[idKey])]
		if !ok {
			position, free = free[0], free[1:]
		}
		meant[position] = true
		for _, c := range p.layout.Columns {
			if c.Writer != workbook.People {
				want(position, c.Key, p.plainValue(row[c.Key]))
			}
		}
	}
}

// wantFewer removes settled rows, from the bottom up, and puts back those that went by mistake because rows moved in between.
func (p *tabPlan) wantFewer(next *step) {
	idKey := p.layout.IDColumn().Key
	keep := map[string]bool{}
	for _, row := range p.block.Rows {
		keep[workbook.TextOf(row[idKey])] = true
	}
	for _, row := range slices.Backward(p.now.rows) {
		if row.ID == "" || keep[row.ID] || p.first.ids[row.ID] == 0 {
			continue
		}
		next.remove = append(next.remove, &api.Request{DeleteDimension: &api.DeleteDimensionRequest{Range: &api.DimensionRange{
			SheetId: p.layout.SheetID, Dimension: "ROWS", StartIndex: int64(row.Position) + 1, EndIndex: int64(row.Position) + 2}}})
	}
	if p.now == p.first {
		return
	}
	for _, row := range p.first.rows {
		if row.ID == "" || !keep[row.ID] || p.now.ids[row.ID] > 0 {
			continue
		}
		whole := map[string]workbook.Cell{idKey: row.ID}
		for key := range p.first.columns {
			if v := p.first.cell(key, row.Position); v != nil {
				whole[key] = v
			}
		}
		p.pending = append(p.pending, workbook.RowAppend{Tab: workbook.Review, Cells: whole})
	}
}
