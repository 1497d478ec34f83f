package workbook

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Write applies a batch. Every file that it needs is read and changed in memory before the first is replaced.
func (d *Directory) Write(ctx context.Context, w Writes) (Written, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out Written
	batch := &fileBatch{dir: d.path, files: map[string]*sheetFile{}}
	for _, layout := range Layouts() {
		if err := ctx.Err(); err != nil {
			return Written{}, err
		}
		unplaced, err := batch.tab(layout, w)
		if err != nil {
			return Written{}, err
		}
		out.Unplaced = append(out.Unplaced, unplaced...)
	}
	for _, name := range batch.order {
		if err := batch.files[name].save(); err != nil {
			return Written{}, err
		}
	}
	return out, nil
}

// fileBatch holds the files that a batch changes.
type fileBatch struct {
	dir   string
	files map[string]*sheetFile
	order []string
}

func (b *fileBatch) open(name string, layout Layout, columns []Column) (*sheetFile, error) {
	if f, ok := b.files[name]; ok {
		return f, nil
	}
	f, err := openFile(filepath.Join(b.dir, name), layout, columns)
	if err != nil {
		return nil, err
	}
	b.files[name] = f
	b.order = append(b.order, name)
	return f, nil
}

// main opens the tab's own file, ours the one that holds rolecall's columns.
func (b *fileBatch) main(layout Layout) (*sheetFile, error) {
	columns := layout.Columns
	if slices.Contains(filed(), layout.Tab) {
		columns = fileColumns(layout)
	}
	f, err := b.open(fileName(layout.Tab), layout, columns)
	if err == nil && layout.Tab == Control && len(f.records) == 0 {
		for _, row := range controlRows().Rows {
			at := f.add()
			f.set(at, layout.IDColumn(), row.ID)
			for key, v := range row.Cells {
				c, _ := layout.Column(key)
				f.set(at, c, v)
			}
		}
	}
	return f, err
}

func (b *fileBatch) ours(layout Layout) (*sheetFile, error) {
	if !slices.Contains(filed(), layout.Tab) {
		return b.main(layout)
	}
	columns := []Column{layout.IDColumn()}
	for _, c := range layout.Columns {
		if c.Writer == Ours {
			columns = append(columns, c)
		}
	}
	checked := layout
	checked.Tab = Quality // none of its columns is asked for: a check file may lack any
	name := strings.TrimSuffix(fileName(layout.Tab), ".csv") + ".check.csv"
	_, opened := b.files[name]
	f, err := b.open(name, checked, columns)
	if err == nil && !opened {
		at := f.column(layout.IDColumn())
		f.records = slices.DeleteFunc(f.records, func(r []string) bool { return at < len(r) && strings.HasPrefix(r[at], rowWithoutID) })
	}
	return f, err
}

// rowWithoutID stands, with the row's number, in a check file for a row that has no ID yet. Such lines are written anew each time.
const rowWithoutID = "row "

func (b *fileBatch) tab(layout Layout, w Writes) ([]Target, error) {
	var cells []CellWrite
	for _, c := range w.Cells {
		if c.Tab == layout.Tab {
			cells = append(cells, c)
		}
	}
	unplaced, err := b.cells(layout, cells)
	if err != nil {
		return nil, err
	}
	for _, a := range w.Appends {
		if a.Tab == layout.Tab {
			if err := b.append(layout, a); err != nil {
				return nil, err
			}
		}
	}
	for _, block := range w.Blocks {
		if block.Tab == layout.Tab {
			if err := b.block(layout, block); err != nil {
				return nil, err
			}
		}
	}
	if layout.Tab == Control {
		err = b.untick(layout, "request", w.ClearTicks)
	}
	if layout.Tab == Quality {
		err = b.untick(layout, "accept", w.ClearSuggestions)
	}
	return unplaced, err
}

func (b *fileBatch) cells(layout Layout, writes []CellWrite) ([]Target, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	f, err := b.main(layout)
	if err != nil {
		return nil, err
	}
	targets := make([]Target, len(writes))
	for i, w := range writes {
		targets[i] = w.Target
	}
	var unplaced []Target
	rows := f.rows()
	for i, at := range Locate(layout, rows, targets) {
		if at < 0 {
			unplaced = append(unplaced, targets[i])
			continue
		}
		if err := b.cell(layout, f, at, rows[at].ID, writes[i]); err != nil {
			return nil, err
		}
	}
	return unplaced, nil
}

// cell writes the cells of the row at, whose ID was id.
func (b *fileBatch) cell(layout Layout, f *sheetFile, at int, id string, w CellWrite) error {
	for key, v := range w.Cells {
		c, ok := layout.Column(key)
		switch {
		case !ok:
			return fmt.Errorf("the %s tab has no column %s", layout.Tab, key)
		case c.Writer == People:
			return fmt.Errorf("the column %s of the %s tab is people's and is never written", key, layout.Tab)
		case c.Writer == IDs:
			f.set(at, c, v)
			id = TextOf(v)
		}
	}
	for key, v := range w.Cells {
		if c, _ := layout.Column(key); c.Writer == Ours {
			if err := b.setOurs(layout, f, at, id, c, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// setOurs writes a cell of ours: in the tab's file, or by ID in its check file.
func (b *fileBatch) setOurs(layout Layout, f *sheetFile, at int, id string, c Column, v Cell) error {
	if !slices.Contains(filed(), layout.Tab) {
		f.set(at, c, v)
		return nil
	}
	check, err := b.ours(layout)
	if err != nil {
		return err
	}
	if id == "" {
		id = rowWithoutID + strconv.Itoa(at+firstRow)
	}
	row, known := check.byID(layout.IDColumn())[id]
	if !known {
		row = check.add()
		check.set(row, layout.IDColumn(), id)
		check.index[id] = row
	}
	check.set(row, c, v)
	return nil
}

// append adds a row, or completes the row with that ID when the batch is a repetition.
func (b *fileBatch) append(layout Layout, a RowAppend) error {
	f, err := b.main(layout)
	if err != nil {
		return err
	}
	id := TextOf(a.Cells[layout.IDColumn().Key])
	if id == "" {
		return fmt.Errorf("a row for the %s tab has no ID", layout.Tab)
	}
	at := slices.IndexFunc(f.rows(), func(r Row) bool { return r.ID == id })
	fresh := at < 0
	if fresh {
		at = f.add()
	}
	for _, c := range layout.Columns {
		v, given := a.Cells[c.Key]
		switch {
		case !given:
		case c.Writer == Ours:
			if err := b.setOurs(layout, f, at, id, c, v); err != nil {
				return err
			}
		case fresh:
			f.set(at, c, v)
		}
	}
	return nil
}

func (b *fileBatch) block(layout Layout, block BlockReplace) error {
	if slices.Contains(filed(), layout.Tab) {
		return fmt.Errorf("the %s tab is people's and is never replaced whole", layout.Tab)
	}
	f, err := b.main(layout)
	if err != nil {
		return err
	}
	people := map[string]Row{}
	for _, row := range f.rows() {
		people[row.ID] = row
	}
	f.records = nil
	for _, cells := range block.Rows {
		at := f.add()
		for _, c := range layout.Columns {
			if v, given := cells[c.Key]; given && c.Writer != People {
				f.set(at, c, v)
			}
			if old, ok := people[TextOf(cells[layout.IDColumn().Key])]; ok && c.Writer == People {
				f.set(at, c, old.Cells[c.Key])
			}
		}
	}
	return nil
}

func (b *fileBatch) untick(layout Layout, key string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	f, err := b.main(layout)
	if err != nil {
		return err
	}
	c, _ := layout.Column(key)
	for i, row := range f.rows() {
		if slices.Contains(ids, row.ID) {
			f.set(i, c, false)
		}
	}
	return nil
}
