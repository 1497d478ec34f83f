package reconcile_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"rolecall/reconcile"
	"rolecall/workbook"
)

// grid is a workbook in memory: a ControlPlane whose people are the test.
type grid struct {
	mu     sync.Mutex
	tables map[workbook.Tab][]workbook.Row
	reads  int
	writes []workbook.Writes
	fail   func(workbook.Writes) error // what a Write answers, after applying nothing
}

var _ reconcile.ControlPlane = (*grid)(nil)

// newGrid is the default workbook as init makes it, with every twelfth example, so that a fit is quick.
func newGrid(t testing.TB) *grid {
	t.Helper()
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	g := &grid{tables: map[workbook.Tab][]workbook.Row{}}
	for _, l := range workbook.Layouts() {
		g.tables[l.Tab] = nil
	}
	for tab, table := range snap.Tables {
		for i, row := range table.Rows {
			if tab != workbook.Examples || i%12 == 0 {
				g.tables[tab] = append(g.tables[tab], row)
			}
		}
	}
	for _, a := range workbook.Actions() {
		g.tables[workbook.Control] = append(g.tables[workbook.Control], workbook.Row{ID: string(a.Action), Cells: map[string]workbook.Cell{}})
	}
	g.tables[workbook.Control] = append(g.tables[workbook.Control], workbook.Row{ID: workbook.HealthID, Cells: map[string]workbook.Cell{}})
	return g
}

// fill puts every example of the default workbook in.
func (g *grid) fill(t testing.TB) {
	t.Helper()
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	g.tables[workbook.Examples] = snap.Tables[workbook.Examples].Rows
}

func (g *grid) Read(context.Context, ...workbook.Tab) (workbook.Snapshot, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reads++
	snap := workbook.Snapshot{At: time.Now().UTC(), TimeZone: "UTC", Tables: map[workbook.Tab]workbook.Table{}}
	for tab, rows := range g.tables {
		layout, _ := workbook.LayoutOf(tab)
		table := workbook.Table{Tab: tab}
		for i, row := range rows {
			cells := map[string]workbook.Cell{}
			for c := range layout.PeopleColumns() {
				if v, ok := row.Cells[c.Key]; ok {
					cells[c.Key] = v
				}
			}
			table.Rows = append(table.Rows, workbook.Row{Position: i, ID: row.ID, Cells: cells})
		}
		snap.Tables[tab] = table
	}
	return snap, nil
}

func (g *grid) Write(_ context.Context, w workbook.Writes) (workbook.Written, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fail != nil {
		if err := g.fail(w); err != nil {
			return workbook.Written{}, err
		}
	}
	g.writes = append(g.writes, w)
	var out workbook.Written
	for _, c := range w.Cells {
		i := g.find(c.Tab, c.Target)
		if i < 0 {
			out.Unplaced = append(out.Unplaced, c.Target)
			continue
		}
		g.put(c.Tab, i, c.Cells)
	}
	for _, a := range w.Appends {
		g.tables[a.Tab] = append(g.tables[a.Tab], workbook.Row{Cells: map[string]workbook.Cell{}})
		g.put(a.Tab, len(g.tables[a.Tab])-1, a.Cells)
	}
	for _, b := range w.Blocks {
		g.tables[b.Tab] = nil
		for _, cells := range b.Rows {
			g.tables[b.Tab] = append(g.tables[b.Tab], workbook.Row{Cells: map[string]workbook.Cell{}})
			g.put(b.Tab, len(g.tables[b.Tab])-1, cells)
		}
	}
	for _, id := range w.ClearTicks {
		g.put(workbook.Control, g.find(workbook.Control, workbook.Target{ID: id}), map[string]workbook.Cell{"request": false})
	}
	return out, nil
}

func (g *grid) find(tab workbook.Tab, t workbook.Target) int {
	return slices.IndexFunc(g.tables[tab], func(r workbook.Row) bool {
		if t.New == nil {
			return r.ID == t.ID
		}
		if r.ID != t.ID {
			return false
		}
		for k, v := range t.New.Cells {
			if workbook.TextOf(r.Cells[k]) != workbook.TextOf(v) {
				return false
			}
		}
		return true
	})
}

func (g *grid) put(tab workbook.Tab, i int, cells map[string]workbook.Cell) {
	layout, _ := workbook.LayoutOf(tab)
	row := &g.tables[tab][i]
	row.Cells = maps.Clone(row.Cells)
	for k, v := range cells {
		if k == layout.IDColumn().Key {
			row.ID = workbook.TextOf(v)
			continue
		}
		row.Cells[k] = v
	}
}

// person edits cells as somebody at the sheet does; the row is found by a cell's text.
func (g *grid) person(t testing.TB, tab workbook.Tab, key, text string, cells map[string]workbook.Cell) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.tables[tab], func(r workbook.Row) bool {
		if key == "id" {
			return r.ID == text
		}
		return workbook.TextOf(r.Cells[key]) == text
	})
	if i < 0 {
		t.Fatalf("%s has no row with %s = %q", tab, key, text)
	}
	g.put(tab, i, cells)
}

// types adds a row without an ID.
func (g *grid) types(tab workbook.Tab, cells map[string]workbook.Cell) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tables[tab] = append(g.tables[tab], workbook.Row{Cells: cells})
}

// rows copies a tab's rows.
func (g *grid) rows(tab workbook.Tab) []workbook.Row {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.tables[tab])
}

func (g *grid) counts() (reads, writes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reads, len(g.writes)
}
