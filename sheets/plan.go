package sheets

import (
	"fmt"
	"slices"
	"time"

	"rolecall/workbook"
)

// tabPlan is what a batch wants of one tab, and what has been seen of it.
type tabPlan struct {
	layout workbook.Layout
	place  *place
	zone   *time.Location

	cells   []workbook.CellWrite
	appends []workbook.RowAppend
	block   *workbook.BlockReplace
	ticks   []string // IDs whose tick goes
	tickKey string
	columns map[string]bool // the columns that this batch sets
	content bool            // people's cells are needed to tell rows apart
	added   map[string]bool // the columns that appended rows fill, people's too

	first, now *state
	wrote      map[string]map[any]bool // what we have written so far, by column
	appended   map[string]bool         // IDs whose append was answered with success
	sent       []sentRow               // what has been appended, and where
	pending    []workbook.RowAppend    // to append in this step
	unplaced   []workbook.Target
}

// collect takes from the batch what concerns the tab. An error names a column that is not ours to write.
func (p *tabPlan) collect(w workbook.Writes) error {
	tab := p.layout.Tab
	for _, c := range w.Cells {
		if c.Tab != tab {
			continue
		}
		if err := p.take(c.Cells, false); err != nil {
			return err
		}
		p.content = p.content || c.Target.New != nil
		p.cells = append(p.cells, c)
	}
	for _, a := range w.Appends {
		if a.Tab != tab {
			continue
		}
		if workbook.TextOf(a.Cells[p.layout.IDColumn().Key]) == "" {
			return fmt.Errorf("a row for the %s tab has no ID", tab)
		}
		if err := p.take(a.Cells, true); err != nil {
			return err
		}
		p.appends = append(p.appends, a)
	}
	for _, b := range w.Blocks {
		if b.Tab != tab {
			continue
		}
		if err := p.takeBlock(b); err != nil {
			return err
		}
	}
	switch tab {
	case workbook.Control:
		p.ticks, p.tickKey = w.ClearTicks, "request"
	case workbook.Quality:
		p.ticks, p.tickKey = w.ClearSuggestions, "accept"
	}
	if len(p.ticks) > 0 {
		p.columns[p.tickKey] = true
	}
	return nil
}

// take notes the columns of a row that will be set. People's columns are refused, but in rows that we append.
func (p *tabPlan) take(cells map[string]workbook.Cell, appending bool) error {
	for key := range cells {
		c, ok := p.layout.Column(key)
		switch {
		case !ok:
			return fmt.Errorf("the %s tab has no column %s", p.layout.Tab, key)
		case c.Writer == workbook.People && !appending:
			return fmt.Errorf("the column %s of the %s tab is people's and is never written", key, p.layout.Tab)
		case c.Writer != workbook.People:
			p.columns[key] = true
		}
		if appending {
			if p.added == nil {
				p.added = map[string]bool{}
			}
			p.added[key] = true
		}
	}
	return nil
}

func (p *tabPlan) takeBlock(b workbook.BlockReplace) error {
	switch p.layout.Tab {
	case workbook.Preview, workbook.Runs, workbook.Quality:
		for _, c := range p.layout.Columns {
			if c.Writer != workbook.People {
				p.columns[c.Key] = true
			}
		}
	case workbook.Review:
		p.content = true
		for _, c := range p.layout.Columns { // a full copy, in case a row must be put back
			if c.Writer == workbook.Ours {
				p.columns[c.Key] = true
			}
		}
	default:
		return fmt.Errorf("the %s tab is people's and is never replaced whole", p.layout.Tab)
	}
	for _, row := range b.Rows {
		if workbook.TextOf(row[p.layout.IDColumn().Key]) == "" {
			return fmt.Errorf("a row for the %s tab has no ID", p.layout.Tab)
		}
	}
	p.block = &b
	return nil
}

func (p *tabPlan) idle() bool {
	return len(p.cells) == 0 && len(p.appends) == 0 && p.block == nil && len(p.ticks) == 0
}

// targets are all rows that the batch means, for a tab that cannot be written.
func (p *tabPlan) targets() []workbook.Target {
	var out []workbook.Target
	for _, c := range p.cells {
		out = append(out, c.Target)
	}
	for _, a := range p.appends {
		out = append(out, workbook.Target{ID: workbook.TextOf(a.Cells[p.layout.IDColumn().Key])})
	}
	return out
}

// wants says that a column is read in a round: the ID, what is written, people's cells where they tell rows apart.
func (p *tabPlan) wants(c workbook.Column) bool {
	return c.Writer == workbook.IDs || p.columns[c.Key] || p.added[c.Key] || p.content && c.Writer == workbook.People
}

// writes says that a column may be set by this batch.
func (p *tabPlan) writes() []workbook.Column {
	var out []workbook.Column
	for _, c := range p.layout.Columns {
		if _, found := p.place.spots[c.Key]; found && p.columns[c.Key] && !(p.block != nil && p.layout.Tab == workbook.Review && !p.named(c.Key)) {
			out = append(out, c)
		}
	}
	return out
}

// named says that a cell write names the column.
func (p *tabPlan) named(key string) bool {
	return slices.ContainsFunc(p.cells, func(c workbook.CellWrite) bool { _, ok := c.Cells[key]; return ok }) ||
		slices.ContainsFunc(p.appends, func(a workbook.RowAppend) bool { _, ok := a.Cells[key]; return ok })
}
