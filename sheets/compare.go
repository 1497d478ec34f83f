package sheets

import (
	"slices"

	"rolecall/workbook"
)

// compare says what must be sent so that the tab stands as it shall: desired cells against the cells as read.
func (p *tabPlan) compare(round int, next *step) {
	p.unplaced, p.pending = nil, nil
	desired := map[int]map[string]any{} // by position
	want := func(position int, key string, v any) {
		if desired[position] == nil {
			desired[position] = map[string]any{}
		}
		desired[position][key] = v
	}
	meant := p.wantCells(want)
	p.wantAppends(want, meant)
	p.wantBlock(want, meant, next)
	p.wantTicks(round, want)
	if round > 1 {
		p.wantRest(want, meant)
	}
	before := len(next.sets)
	for _, c := range p.layout.Columns {
		at, found := p.place.spots[c.Key]
		if !found || !p.columns[c.Key] {
			continue
		}
		set := columnSet{at: at, cells: map[int]any{}}
		for position, cells := range desired {
			if v, ok := cells[c.Key]; ok && !same(p.now.cell(c.Key, position), v) {
				set.cells[position] = v
				p.remember(c.Key, v)
			}
		}
		if len(set.cells) > 0 {
			next.sets = append(next.sets, set)
		}
	}
	for _, set := range next.sets[before:] {
		next.repairs += len(set.cells)
	}
	next.appends = next.appends || len(p.pending) > 0
}

func (p *tabPlan) remember(key string, v any) {
	if p.wrote == nil {
		p.wrote = map[string]map[any]bool{}
	}
	if p.wrote[key] == nil {
		p.wrote[key] = map[any]bool{}
	}
	p.wrote[key][v] = true
}

// wantCells finds the rows that are meant. It returns their positions.
func (p *tabPlan) wantCells(want func(int, string, any)) map[int]bool {
	meant := map[int]bool{}
	idKey := p.layout.IDColumn().Key
	targets := make([]workbook.Target, len(p.cells))
	for i, w := range p.cells {
		targets[i] = w.Target
		given := workbook.TextOf(w.Cells[idKey])
		if w.Target.New == nil || given == "" || p.now.ids[given] == 0 {
			continue
		}
		// The row has its ID already, from an earlier round or call: its cells are still those that were meant, or no row has moved since
		// we gave the ID, so that somebody has typed into it.
		for _, row := range p.now.rows {
			if row.ID == given && (p.contentOf(row) == p.contentOf(*w.Target.New) || p.stayed(row)) {
				copied := row
				targets[i] = workbook.Target{ID: given, New: &copied}
			}
		}
	}
	for i, at := range workbook.Locate(p.layout, p.now.rows, targets) {
		if at < 0 {
			p.unplaced = append(p.unplaced, p.cells[i].Target)
			continue
		}
		position := p.now.rows[at].Position
		meant[position] = true
		for key, v := range p.cells[i].Cells {
			want(position, key, p.plainValue(v))
		}
	}
	return meant
}

// wantAppends sets our cells of rows that are there already, and leaves the others to be appended.
func (p *tabPlan) wantAppends(want func(int, string, any), meant map[int]bool) {
	idKey := p.layout.IDColumn().Key
	for _, a := range p.appends {
		id := workbook.TextOf(a.Cells[idKey])
		at := slices.IndexFunc(p.now.rows, func(r workbook.Row) bool { return r.ID == id })
		if at < 0 {
			if p.appended[id] {
				p.unplaced = append(p.unplaced, workbook.Target{ID: id}) // it was there: somebody has removed it
				continue
			}
			p.pending = append(p.pending, a)
			continue
		}
		position := p.now.rows[at].Position
		meant[position] = true
		for key, v := range a.Cells {
			if c, _ := p.layout.Column(key); c.Writer == workbook.Ours {
				want(position, key, p.plainValue(v))
			}
		}
	}
}

// wantTicks takes ticks away. A tick that is there again in the second round, with no row moved, is a person's new request and stays.
func (p *tabPlan) wantTicks(round int, want func(int, string, any)) {
	if len(p.ticks) == 0 {
		return
	}
	idKey := p.layout.IDColumn().Key
	moved := p.first.order(idKey, nil) != p.now.order(idKey, nil)
	if round > 1 && !moved {
		return
	}
	for _, row := range p.now.rows {
		ticked := p.now.cell(p.tickKey, row.Position)
		switch {
		case slices.Contains(p.ticks, row.ID):
			if ticked == true {
				want(row.Position, p.tickKey, false)
			}
		case round > 1 && ticked == false:
			// Our FALSE may have hit this row while rows moved: what stood there before comes back.
			for _, was := range p.first.rows {
				if was.ID == row.ID && p.first.ids[row.ID] == 1 {
					if v := p.first.cell(p.tickKey, was.Position); v != false {
						want(row.Position, p.tickKey, orEmpty(v))
					}
				}
			}
		}
	}
	if round > 1 {
		p.blankTicks(want)
	}
}

// blankTicks empties tick cells of empty rows that our FALSE has hit.
func (p *tabPlan) blankTicks(want func(int, string, any)) {
	used := map[int]bool{}
	for _, row := range p.now.rows {
		used[row.Position] = row.ID != ""
	}
	for position, v := range p.now.columns[p.tickKey] {
		if v == false && !used[position] && p.first.cell(p.tickKey, position) == nil {
			want(position, p.tickKey, "")
		}
	}
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// wantRest puts back, in the rows that were not meant, what stood in the columns of ours before we began: an ID that was overwritten, and
// cells that a row got which was not meant.
func (p *tabPlan) wantRest(want func(int, string, any), meant map[int]bool) {
	before := map[string]workbook.Row{}
	for _, row := range p.first.rows {
		before[p.rowKey(p.first, row)] = row
	}
	p.wantIDs(want, meant)
	written := p.writes()
	for position := range p.longest() {
		if meant[position] || p.block != nil && p.layout.Tab != workbook.Review {
			continue
		}
		row, known := p.rowAt(position)
		was, remembered := workbook.Row{}, false
		if known {
			was, remembered = before[p.rowKey(p.now, row)]
		}
		for _, c := range written {
			if c.Writer != workbook.Ours {
				continue
			}
			switch v := p.now.cell(c.Key, position); {
			case remembered:
				want(position, c.Key, orEmpty(p.first.cell(c.Key, was.Position)))
			case v != nil && p.wrote[c.Key][v] && !same(p.first.cell(c.Key, position), v):
				want(position, c.Key, "") // ours, on a row that was not there before
			}
		}
	}
}

func (p *tabPlan) rowAt(position int) (workbook.Row, bool) {
	i, ok := p.now.at[position]
	if !ok {
		return workbook.Row{}, false
	}
	return p.now.rows[i], true
}

func (p *tabPlan) longest() int {
	n := 0
	for _, values := range p.now.columns {
		n = max(n, len(values))
	}
	return n
}

// wantIDs puts IDs back that a new ID has overwritten because rows moved.
//
//	| a row that shows an ID of this batch and was not meant                       | what is done                                |
//	|------------------------------------------------------------------------------|---------------------------------------------|
//	| has the cells of a row whose ID is gone                                      | it gets that ID back                        |
//	| is more like a row whose ID is gone than like the new row                    | the same: people have torn the row as well  |
//	| is the only such row, and one ID is gone                                     | the same                                    |
//	| anything else                                                                | it loses the ID, and is read as new next time |
func (p *tabPlan) wantIDs(want func(int, string, any), meant map[int]bool) {
	idKey := p.layout.IDColumn().Key
	given := p.given()
	var lost, hit []workbook.Row
	for _, row := range p.first.rows {
		if row.ID != "" && p.now.ids[row.ID] == 0 {
			lost = append(lost, row)
		}
	}
	for _, row := range p.now.rows {
		if given[row.ID] != nil && !meant[row.Position] && p.first.ids[row.ID] == 0 {
			hit = append(hit, row)
		}
	}
	// Rows with exactly the cells of a lost one come first, so that a torn row cannot take the ID of a whole one.
	slices.SortStableFunc(hit, func(a, b workbook.Row) int { return p.exact(b, lost) - p.exact(a, lost) })
	for _, row := range hit {
		best, likeness := -1, -1
		for i, candidate := range lost {
			n := p.alike(row, candidate)
			if p.contentOf(row) == p.contentOf(candidate) {
				n = len(p.layout.Columns) + 1
			}
			if n > likeness {
				best, likeness = i, n
			}
		}
		if best >= 0 && (likeness > 0 && likeness >= p.alike(row, *given[row.ID]) || len(lost) == 1 && len(hit) == 1) {
			want(row.Position, idKey, lost[best].ID)
			lost = slices.Delete(lost, best, best+1)
			continue
		}
		want(row.Position, idKey, "")
	}
}

// exact is 1 when one of the rows has the same people's cells.
func (p *tabPlan) exact(row workbook.Row, rows []workbook.Row) int {
	if slices.ContainsFunc(rows, func(r workbook.Row) bool { return p.contentOf(r) == p.contentOf(row) }) {
		return 1
	}
	return 0
}

// alike counts the people's cells that two rows have in common.
func (p *tabPlan) alike(a, b workbook.Row) int {
	n := 0
	for key, v := range a.Cells {
		if text := workbook.TextOf(v); text != "" && text == workbook.TextOf(b.Cells[key]) {
			n++
		}
	}
	return n
}

// given are the IDs that this batch gives to new rows, and those rows.
func (p *tabPlan) given() map[string]*workbook.Row {
	out := map[string]*workbook.Row{}
	for _, w := range p.cells {
		if id := workbook.TextOf(w.Cells[p.layout.IDColumn().Key]); id != "" && w.Target.New != nil {
			out[id] = w.Target.New
		}
	}
	return out
}

// stayed says that no row has moved since the first round, and that this one had no ID then.
func (p *tabPlan) stayed(row workbook.Row) bool {
	idKey, given := p.layout.IDColumn().Key, p.given()
	return p.now != p.first && workbook.TextOf(p.first.cell(idKey, row.Position)) == "" && p.first.order(idKey, given) == p.now.order(idKey, given)
}
