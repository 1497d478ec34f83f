package workbook

// Locate finds the rows that targets name among the rows as they are now: the index into rows for every target, -1 where there is none.
//
//	| target         | its row                                                                                          |
//	|----------------|--------------------------------------------------------------------------------------------------|
//	| ID             | the one with that ID; when copies have it too, none of them is certain: the first              |
//	| New            | the one without an ID whose people's cells still are those of New                              |
//	| ID and New     | a copy: a row with that ID and those cells                                                     |
//
// Among rows that are alike the one nearest to New.Position is taken, and a row goes to one target with New at most, so that two new rows
// with the same cells get an ID each. A row whose people's cells a person has changed meanwhile is not found: it is read anew next time.
func Locate(layout Layout, rows []Row, targets []Target) []int {
	byID, blank := map[string][]int{}, map[string][]int{}
	for i, row := range rows {
		byID[row.ID] = append(byID[row.ID], i)
		if row.ID == "" {
			blank[cellsKey(layout, row)] = append(blank[cellsKey(layout, row)], i)
		}
	}
	out := make([]int, len(targets))
	taken := map[int]bool{}
	for i, t := range targets {
		out[i] = -1
		switch {
		case t.New == nil:
			if found := byID[t.ID]; t.ID != "" && len(found) > 0 {
				out[i] = found[0]
			}
			continue
		case t.ID == "":
			out[i] = nearestRow(rows, blank[cellsKey(layout, *t.New)], taken, t.New.Position)
		default:
			want := cellsKey(layout, *t.New)
			var alike []int
			for _, at := range byID[t.ID] {
				if cellsKey(layout, rows[at]) == want {
					alike = append(alike, at)
				}
			}
			out[i] = nearestRow(rows, alike, taken, t.New.Position)
		}
		if out[i] >= 0 {
			taken[out[i]] = true
		}
	}
	return out
}

// nearestRow is the candidate that no other target has and that lies closest to position.
func nearestRow(rows []Row, candidates []int, taken map[int]bool, position int) int {
	best := -1
	for _, at := range candidates {
		if !taken[at] && (best < 0 || distanceTo(rows[at], position) < distanceTo(rows[best], position)) {
			best = at
		}
	}
	return best
}

func distanceTo(row Row, position int) int { return max(row.Position-position, position-row.Position) }

// cellsKey is a row's people's cells as one text. An unticked box and an empty one are alike.
func cellsKey(layout Layout, row Row) string {
	keys := make([]string, 0, len(layout.Columns))
	cells := map[string]Cell{}
	for c := range layout.PeopleColumns() {
		keys = append(keys, c.Key)
		if unticked, isTick := row.Cells[c.Key].(bool); !isTick || unticked {
			cells[c.Key] = row.Cells[c.Key]
		}
	}
	return tuple(cells, keys)
}
