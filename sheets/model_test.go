package sheets_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
	"rolecall/sheets"
	"rolecall/workbook"
)

var sequences = flag.Int("sequences", 300, "random sequences of people's edits in the model test; 10000 take some minutes")

// grid is a tab as the stand-in holds it, header first.
type grid struct {
	header []string
	rows   [][]string
}

func (d *desk) grid(tab workbook.Tab) grid {
	rows, err := d.server.Values(d.id, string(tab)+"!A1:AZ60")
	if err != nil {
		d.t.Fatal(err)
	}
	var g grid
	for i, row := range rows {
		line := make([]string, 52)
		for k, v := range row {
			line[k] = workbook.TextOf(v)
		}
		if i == 0 {
			g.header = line
			continue
		}
		g.rows = append(g.rows, line)
	}
	return g
}

// writer says whose the column at an index is, by its header; headers are only ever renamed by adding "~".
func (g grid) writer(layout workbook.Layout, index int) workbook.Writer {
	for _, c := range layout.Columns {
		if strings.TrimRight(g.header[index], "~") == c.Header {
			return c.Writer
		}
	}
	return workbook.People // no column of ours: somebody's own
}

func (g grid) index(header string) int {
	for i, h := range g.header {
		if strings.TrimRight(h, "~") == header {
			return i
		}
	}
	return -1
}

// beside maps each ID that is there once to the text of another column.
func (g grid) beside(idHeader, header string) map[string]string {
	out, twice := map[string]string{}, map[string]bool{}
	id, at := g.index(idHeader), g.index(header)
	for _, row := range g.rows {
		if row[id] == "" {
			continue
		}
		if _, seen := out[row[id]]; seen {
			twice[row[id]] = true
		}
		out[row[id]] = row[at]
	}
	for k := range twice {
		delete(out, k)
	}
	return out
}

// model is one run of people and daemon on a tab.
type model struct {
	d       *desk
	rng     *rand.Rand
	layout  workbook.Layout
	edits   int // left in this Write
	deleted bool
	typed   bool
	tornIDs bool // people sorted the IDs away from their rows: which row is which is then not to be known
	log     []string
	first   *grid
	moves   int
}

// person makes one random edit on the tab.
func (m *model) person() {
	g := m.d.grid(m.layout.Tab)
	width := 0
	for i, h := range g.header {
		if h != "" {
			width = i + 1
		}
	}
	height := max(len(g.rows), 1)
	row := 2 + m.rng.Intn(height)
	var mine []int
	for i := range width {
		if g.writer(m.layout, i) == workbook.People {
			mine = append(mine, i)
		}
	}
	own := mine[m.rng.Intn(len(mine))]
	e := gsheet.Edit{Spreadsheet: m.d.id, Tab: string(m.layout.Tab)}
	name := func(i int) string { return string(rune('A' + i%26)) }
	if width > 25 {
		width = 25
	}
	own = min(own, width-1)
	if g.writer(m.layout, own) != workbook.People {
		return
	}
	switch m.rng.Intn(12) {
	case 0, 1: // whole rows
		e.Kind, e.Range, e.Column, e.Descending = "sort", fmt.Sprintf("A2:%s%d", name(width-1), height+1), name(m.rng.Intn(width)), m.rng.Intn(2) == 0
	case 2: // some columns only
		from := m.rng.Intn(width)
		to := from + m.rng.Intn(width-from)
		e.Kind, e.Range, e.Column = "sort", fmt.Sprintf("%s2:%s%d", name(from), name(to), height+1), name(to)
		m.log = append(m.log, "tear:")
		id := g.index(m.layout.IDColumn().Header)
		m.tornIDs = m.tornIDs || from <= id && id <= to
	case 3:
		e.Kind, e.Range = "insert-rows", fmt.Sprintf("%d:%d", row, row)
	case 4:
		if height < 5 {
			return
		}
		e.Kind, e.Range = "delete-rows", fmt.Sprintf("%d:%d", row, row)
		m.deleted = true
	case 5:
		e.Kind, e.Range = "fill-down", fmt.Sprintf("%s%d:%s%d", name(own), row, name(own), row+2)
		m.typed = true
	case 6:
		e.Kind, e.Range, e.Values = "paste", fmt.Sprintf("%s%d", name(own), row), [][]any{{"pasted"}, {"block"}}
		m.typed = true
	case 7:
		if width > 23 {
			return
		}
		before := name(m.rng.Intn(width))
		e.Kind, e.Range = "insert-columns", before+":"+before
	case 8:
		from, to := m.rng.Intn(width), m.rng.Intn(width)
		e.Kind, e.Range, e.To = "move-columns", name(from)+":"+name(from), name(to)
	case 9:
		a, b := m.rng.Intn(width), m.rng.Intn(width)
		if a >= b {
			return
		}
		e.Kind, e.Range = "swap-columns", name(a)+":"+name(b)
	case 10:
		if len(g.header[own]) > 40 || g.header[own] == "" {
			return
		}
		e.Kind, e.Range, e.Value = "rename-header", name(own)+"1", g.header[own]+"~"
	default:
		e.Kind, e.Range, e.Value = "set", fmt.Sprintf("%s%d", name(own), row), "typed"
		m.typed = true
	}
	m.log = append(m.log, fmt.Sprintf("%s %s %s %s", e.Kind, e.Range, e.Column, e.To))
	if err := m.d.server.Do(e); err != nil {
		m.log = append(m.log, "  refused: "+err.Error())
		return
	}
	m.moves++
}

// watch sits before every request of ours: people may edit first, and no cell of theirs may change by it.
func (m *model) watch(r *http.Request) {
	if m.edits > 0 && m.rng.Intn(2) == 0 {
		m.edits--
		m.person()
	}
	if m.first == nil && strings.Contains(r.URL.Path, "batchGetByDataFilter") {
		g := m.d.grid(m.layout.Tab)
		m.first = &g
	}
	if strings.Contains(r.URL.Path, "batchUpdateByDataFilter") {
		before := m.d.grid(m.layout.Tab)
		m.d.after = func() {
			after := m.d.grid(m.layout.Tab)
			for i := range max(len(before.rows), len(after.rows)) {
				for k := range 52 {
					if was, is := at(before, i, k), at(after, i, k); was != is && before.writer(m.layout, k) == workbook.People {
						m.d.t.Fatalf("a people's cell changed from %q to %q in row %d of column %q\n%s", was, is, i+2, before.header[k], strings.Join(m.log, "\n"))
					}
				}
			}
		}
	}
}

func at(g grid, row, column int) string {
	if row >= len(g.rows) {
		return ""
	}
	return g.rows[row][column]
}

// TestPeopleWhoRearrangeTheSheetWhileItIsWritten: none of people's cells changes by us, no status is left on a wrong row, no ID is lost.
func TestPeopleWhoRearrangeTheSheetWhileItIsWritten(t *testing.T) {
	n := *sequences
	if testing.Short() {
		n = 100
	}
	repaired, rearranged, moves := 0, 0, 0
	var d *desk
	for i := range n {
		if i%100 == 0 {
			d = newDesk(t, int64(i))
			d.init(smallBook(t))
		}
		m := &model{d: d, rng: rand.New(rand.NewSource(int64(i)))}
		m.layout, _ = workbook.LayoutOf([]workbook.Tab{workbook.Review, workbook.Corrections}[i%2])
		out, err := m.sequence(i)
		if err != nil {
			if !errors.Is(err, sheets.ErrRearranged) {
				t.Fatalf("sequence %d: %v\n%s", i, err, strings.Join(m.log, "\n"))
			}
			rearranged++
		}
		repaired += out.Repaired
		moves += m.moves
		if t.Failed() {
			t.Fatalf("sequence %d:\n%s", i, strings.Join(m.log, "\n"))
		}
	}
	t.Logf("%d sequences, %d edits of people's, %d cells put right, %d writes put off", n, moves, repaired, rearranged)
}

// sequence is one write in the midst of edits.
func (m *model) sequence(i int) (workbook.Written, error) {
	d := m.d
	id := m.layout.IDColumn()
	check := workbook.CheckColumn(m.layout.Tab)
	checkColumn, _ := m.layout.Column(check)
	d.before, d.after = nil, nil
	var top []workbook.RowAppend
	for k := len(d.grid(m.layout.Tab).beside(id.Header, id.Header)); k < 8; k++ {
		cells := map[string]workbook.Cell{id.Key: fmt.Sprintf("%s-%d-%d", m.layout.Tab, i, k), "title": fmt.Sprintf("title %d %d", i, k), check: "old"}
		top = append(top, workbook.RowAppend{Tab: m.layout.Tab, Cells: cells})
	}
	if len(top) > 0 {
		d.write(workbook.Writes{Appends: top})
	}
	for range m.rng.Intn(3) {
		m.person()
	}
	snap := d.read(m.layout.Tab)
	table := snap.Tables[m.layout.Tab]
	if table.Problem != "" {
		d.t.Fatalf("the tab has a problem: %s", table.Problem)
	}
	var w workbook.Writes
	wrote := map[string]string{}
	fresh := map[string]workbook.Row{}
	for k, row := range table.Rows {
		text := fmt.Sprintf("done %d", i)
		switch {
		case row.ID != "" && m.rng.Intn(2) == 0:
			w.Cells = append(w.Cells, workbook.CellWrite{Tab: m.layout.Tab, Target: workbook.Target{ID: row.ID}, Cells: map[string]workbook.Cell{check: text}})
			wrote[row.ID] = text
		case row.ID == "" && len(row.Cells) > 0:
			given := fmt.Sprintf("N-%d-%d", i, k)
			copied := row
			w.Cells = append(w.Cells, workbook.CellWrite{Tab: m.layout.Tab, Target: workbook.Target{New: &copied}, Cells: map[string]workbook.Cell{id.Key: given, check: text}})
			wrote[given], fresh[given] = text, row
		}
	}
	if len(w.Cells) == 0 {
		return workbook.Written{}, nil
	}
	added := ""
	if m.rng.Intn(3) == 0 {
		added = fmt.Sprintf("A-%d", i)
		w.Appends = append(w.Appends, workbook.RowAppend{Tab: m.layout.Tab, Cells: map[string]workbook.Cell{id.Key: added, "title": "added " + added, check: "new"}})
	}
	m.log = append(m.log, "-- write")
	m.deleted, m.typed, m.tornIDs, m.edits = false, false, false, 3
	d.before = m.watch
	out, err := d.Write(context.Background(), w)
	d.before, d.after = nil, nil
	if err != nil {
		return out, err
	}
	m.verify(id.Header, checkColumn.Header, wrote, fresh, out)
	if added != "" {
		m.verifyAdded(added, checkColumn.Header)
	}
	return out, nil
}

func (m *model) verify(idHeader, checkHeader string, wrote map[string]string, fresh map[string]workbook.Row, out workbook.Written) {
	t := m.d.t
	g := m.d.grid(m.layout.Tab)
	now, first := g.beside(idHeader, checkHeader), m.first.beside(idHeader, checkHeader)
	for id, text := range wrote {
		if got, there := now[id]; there && got != text {
			t.Errorf("row %s shows %q, not %q", id, got, text)
		}
	}
	for id, was := range first {
		if _, meant := wrote[id]; meant {
			continue
		}
		got, there := now[id]
		if there && got != was {
			t.Errorf("row %s, which was not meant, shows %q instead of %q", id, got, was)
		}
		if !there && !m.deleted && !m.tornIDs && len(g.beside(idHeader, idHeader)) == count(g, idHeader) {
			t.Errorf("row %s has lost its ID", id)
		}
	}
	for id, row := range fresh {
		if _, there := now[id]; !there {
			continue
		}
		if title, _ := m.layout.Column("title"); !m.typed {
			if got, want := g.beside(idHeader, title.Header)[id], workbook.TextOf(row.Cells["title"]); m.layout.Tab == workbook.Corrections && got != want && !m.torn() {
				t.Errorf("the ID %s stands beside %q, not %q", id, got, want)
			}
		}
	}
}

// verifyAdded: an added row is there once under its ID, with what is ours beside it, unless people have torn it or typed over it.
func (m *model) verifyAdded(added, checkHeader string) {
	if m.torn() || m.typed || m.deleted {
		return
	}
	g := m.d.grid(m.layout.Tab)
	id, check := g.index(m.layout.IDColumn().Header), g.index(checkHeader)
	here := 0
	for _, row := range g.rows {
		for k, text := range row {
			if text != added {
				continue
			}
			here++
			if k != id || row[check] != "new" {
				m.d.t.Errorf("the added row %s went astray: %q", added, strings.Join(row, "|"))
			}
		}
	}
	if here != 1 {
		m.d.t.Errorf("the ID %s stands there %d times", added, here)
	}
}

// torn says that people sorted some columns only, so that rows are no longer what they were.
func (m *model) torn() bool {
	return slices.ContainsFunc(m.log, func(line string) bool { return strings.HasPrefix(line, "tear") })
}

// count is the number of rows with an ID.
func count(g grid, idHeader string) int {
	n, id := 0, g.index(idHeader)
	for _, row := range g.rows {
		if row[id] != "" {
			n++
		}
	}
	return n
}
