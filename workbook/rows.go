package workbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// draft is one row on its way to meaning something.
type draft struct {
	tab      Tab
	row      Row
	id       string // the row's own, or the one proposed
	fresh    bool   // it has no ID yet
	fromLast bool   // the last good version is being read, nobody is told
	errors   []string
	waiting  []string
	warnings []string
}

func (d *draft) fail(format string, args ...any) {
	d.errors = append(d.errors, fmt.Sprintf(format, args...))
}
func (d *draft) wait(format string, args ...any) {
	d.waiting = append(d.waiting, fmt.Sprintf(format, args...))
}
func (d *draft) warn(format string, args ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, args...))
}
func (d *draft) text(key string) string { return TextOf(d.row.Cells[key]) }
func (d *draft) good() bool             { return len(d.errors) == 0 && len(d.waiting) == 0 }

// tick reads a tick box; blank is what an empty cell means.
func (d *draft) tick(key, header string, blank bool) bool {
	ticked, ok := tickOf(d.row.Cells[key], blank)
	if !ok {
		d.fail("%s must be ticked or not, found %s - clear the cell and use Insert > Tick box", header, quote(d.text(key)))
	}
	return ticked
}

// target names the row for a write: by its ID, or by its cells when the ID is missing or not its own.
func (d *draft) target(duplicate bool) Target {
	if !d.fresh && !duplicate {
		return Target{ID: d.id}
	}
	row := d.row
	return Target{ID: row.ID, New: &row}
}

// verdict joins what there is to say, the worst first.
func (d *draft) verdict() string {
	switch {
	case len(d.errors) > 0:
		return "ERROR: " + strings.Join(d.errors, "; ")
	case len(d.waiting) > 0:
		return "WAITING: " + strings.Join(d.waiting, "; ")
	case len(d.warnings) > 0:
		return "WARN: " + strings.Join(d.warnings, "; ")
	}
	return "OK"
}

// item is a row that made sense, in the sheet's order.
type item[T any] struct {
	d     *draft
	value T
}

// readRows reads one tab with parse and keeps the house rules for every row: a tab that cannot be read keeps its last good rows whole;
// rows that vanished in numbers stay in force; a copied ID is refused; a bad row is replaced by its last good version; a new row is
// proposed an ID. A new row is remembered as good only once it has been read with its ID: one whose ID never came into the sheet, or
// came as another, would else seem to have vanished.
func readRows[T any](p *parser, tab Tab, parse func(*draft) (T, bool)) []item[T] {
	layout, _ := LayoutOf(tab)
	last := p.last.Rows[tab]
	table, here := p.snap.Tables[tab]
	if !here || table.Missing || table.Problem != "" {
		if here {
			p.problem(layout, table)
		}
		return wholeTab(p, tab, parse)
	}
	drafts := p.drafts(layout, table)
	if reason := p.cameApart(layout, drafts, last); reason != "" && !p.last.Accept {
		p.hold(tab, reason)
		return wholeTab(p, tab, parse)
	}
	p.out.PeopleCells = slices.Grow(p.out.PeopleCells, 3*len(drafts)) // a row has a few
	owner := owners(drafts, last)
	kept, items := make(map[string]Row, len(drafts)), make([]item[T], 0, len(drafts))
	for i, d := range drafts {
		if first := owner[d.id]; first != i && !d.fresh {
			d.fail("same ID as row %d (copied row?) - clear the ID cell to make this a new row", drafts[first].row.Position+firstRow)
			p.check(d, true)
			continue
		}
		if d.fresh && tab == Review {
			d.fail("rolecall asks nothing in this row - clear it, and answer in a row that has a job title")
			p.check(d, true)
			continue
		}
		p.number(tab, d)
		if !d.fresh || numbered(tab) {
			p.peopleCells(layout, d)
		}
		value, ok := readOne(d, layout, parse)
		if ok {
			if !d.fresh {
				kept[d.id] = Row{Position: d.row.Position, ID: d.id, Cells: peopleOf(layout, d.row)}
			}
			items = append(items, item[T]{d, value})
		} else if good, known := last[d.id]; known {
			kept[d.id] = good
			good.Position = d.row.Position
			again := &draft{tab: tab, row: good, id: d.id, fromLast: true}
			if value, ok := parse(again); ok && again.good() {
				d.goesOn()
				items = append(items, item[T]{again, value})
			}
		}
		p.check(d, false)
	}
	if held := p.vanished(layout, tab, last, owner); len(held) > 0 {
		for _, id := range held {
			kept[id] = last[id]
		}
		items = append(items, remembered(tab, parse, last, held)...)
	}
	p.out.LastGood.Rows[tab] = kept
	slices.SortStableFunc(items, func(a, b item[T]) int { return a.d.row.Position - b.d.row.Position })
	return items
}

// numbered says that the IDs of the tab's new rows are given here and are certain. Corrections are numbered by the store, a Try row
// gets its ID with its answer, if it gets one: until then nothing is remembered of either, or every reading would give it another ID.
func numbered(tab Tab) bool { return tab != Corrections && tab != Try }

// number proposes an ID for a row that has none.
func (p *parser) number(tab Tab, d *draft) {
	if !d.fresh {
		return
	}
	highest := p.out.LastGood.Highest[tab]
	if numbered(tab) {
		p.out.LastGood.Highest[tab]++
	} else {
		p.spare[tab]++
		highest += p.spare[tab] - 1
	}
	d.id = IDText(tab, highest+1)
	p.out.NewIDs = append(p.out.NewIDs, NewID{Tab: tab, Target: d.target(false), ID: d.id})
}

// ruleOff ends the complaint about a rule that is left out.
const ruleOff = "the rule is off until mended"

// goesOn adds to the row's complaint that its last good version stays in force.
func (d *draft) goesOn() {
	texts := d.errors
	if len(texts) == 0 {
		texts = d.waiting
	}
	if len(texts) == 0 {
		return
	}
	last := &texts[len(texts)-1]
	if before, off := strings.CutSuffix(*last, ruleOff); off {
		*last = before + "until it is mended the rule works as it did before"
		return
	}
	*last += "; until then the row works as it did before"
}

// readOne parses a row unless a cell of it shows a broken formula. A Try row is parsed in any case: its own answer says what is wrong.
func readOne[T any](d *draft, layout Layout, parse func(*draft) (T, bool)) (T, bool) {
	var none T
	if d.tab != Try {
		d.refuseFormulas(layout)
	}
	if len(d.errors) > 0 {
		return none, false
	}
	value, ok := parse(d)
	return value, ok && d.good()
}

// refuseFormulas complains of cells that show a broken formula.
func (d *draft) refuseFormulas(layout Layout) {
	for c := range layout.PeopleColumns() {
		if cellError(d.row.Cells[c.Key]) {
			d.fail("the cell %s shows %s - type the value itself instead of the formula", c.Header, TextOf(d.row.Cells[c.Key]))
		}
	}
}

// drafts are the rows that hold anything; wholly blank ones are no rows.
func (p *parser) drafts(layout Layout, table Table) []*draft {
	out := make([]*draft, 0, len(table.Rows))
	for _, row := range table.Rows {
		id := strings.TrimFunc(row.ID, blankRune)
		if id == "" && len(peopleOf(layout, row)) == 0 {
			continue
		}
		row.ID = id
		out = append(out, &draft{tab: layout.Tab, row: row, id: id, fresh: id == ""})
		p.seen(layout.Tab, id)
	}
	for id := range p.last.Rows[layout.Tab] {
		p.seen(layout.Tab, id)
	}
	return out
}

// peopleOf copies the people's cells of a row that are not blank; an unticked box counts as blank only where nothing else stands.
func peopleOf(layout Layout, row Row) map[string]Cell {
	out := map[string]Cell{}
	onlyUnticked := true
	for c := range layout.PeopleColumns() {
		if TextOf(row.Cells[c.Key]) == "" {
			continue
		}
		out[c.Key] = row.Cells[c.Key]
		if ticked, isTick := row.Cells[c.Key].(bool); !isTick || ticked {
			onlyUnticked = false
		}
	}
	if onlyUnticked && row.ID == "" {
		return nil
	}
	return out
}

// owners says which draft an ID belongs to when rows were copied: the one that still reads as it last did, else the uppermost.
func owners(drafts []*draft, last map[string]Row) map[string]int {
	owner := map[string]int{}
	for i, d := range drafts {
		if d.fresh {
			continue
		}
		first, taken := owner[d.id]
		if !taken || (!sameCells(drafts[first].row, last[d.id]) && sameCells(d.row, last[d.id])) {
			owner[d.id] = i
		}
	}
	return owner
}

// sameCells compares the cells of a row as read with those remembered.
func sameCells(row, remembered Row) bool {
	if remembered.ID == "" {
		return false
	}
	for key, c := range remembered.Cells {
		if TextOf(row.Cells[key]) != TextOf(c) {
			return false
		}
	}
	for key, c := range row.Cells {
		if _, known := remembered.Cells[key]; !known && TextOf(c) != "" {
			return false
		}
	}
	return true
}

// remembered reads the last good versions of these rows; what no longer makes sense is left out.
func remembered[T any](tab Tab, parse func(*draft) (T, bool), last map[string]Row, ids []string) []item[T] {
	var items []item[T]
	for _, id := range ids {
		d := &draft{tab: tab, row: last[id], id: id, fromLast: true}
		if value, ok := parse(d); ok && d.good() {
			items = append(items, item[T]{d, value})
		}
	}
	return items
}

// wholeTab keeps a tab as it last was.
func wholeTab[T any](p *parser, tab Tab, parse func(*draft) (T, bool)) []item[T] {
	last := p.last.Rows[tab]
	if last == nil {
		last = map[string]Row{}
	}
	p.out.LastGood.Rows[tab] = last
	return remembered(tab, parse, last, sortedIDs(last))
}

func sortedIDs(rows map[string]Row) []string {
	ids := slices.Collect(maps.Keys(rows))
	slices.SortFunc(ids, func(a, b string) int {
		if d := rows[a].Position - rows[b].Position; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return ids
}
