package workbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Directory is a workbook kept as CSV files, as a team does that wants it in git or tries rolecall without Google. It can stand wherever the
// Google Sheet does.
//
//	| file                                                                           | whose it is                                |
//	|--------------------------------------------------------------------------------|--------------------------------------------|
//	| roles, seniorities, rules, examples, corrections, settings .csv                | people's: IDs and people's columns only    |
//	| the same names with .check.csv                                                 | rolecall's: its columns of those rows, by ID |
//	| control, review, try, preview, runs, quality .csv                              | both: all columns                          |
//
// What people keep in their files (columns of their own, order, separator) stays as it is. rolecall writes into them only the IDs of new
// rows and the rows that it adds to Corrections, Rules and Examples. Each file is replaced in one step; several files are not one step, and
// a write that was cut short is completed by repeating it.
type Directory struct {
	path string
	now  func() time.Time
	mu   *sync.Mutex
}

// OpenDirectory opens the workbook in a directory. The error says what is missing.
func OpenDirectory(path string, now func() time.Time) (*Directory, error) {
	d := &Directory{path: path, now: now, mu: &sync.Mutex{}}
	if _, err := d.Read(context.Background(), Roles, Seniorities); err != nil {
		return nil, err
	}
	return d, nil
}

// filed are the tabs whose files hold people's columns only.
func filed() []Tab { return []Tab{Roles, Seniorities, Rules, Examples, Corrections, Settings} }

// Read reads the files of these tabs, or of all. A missing roles.csv or seniorities.csv is a missing tab, both missing an error; any other
// missing file is an empty tab.
func (d *Directory) Read(ctx context.Context, tabs ...Tab) (Snapshot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	snap := Snapshot{At: d.now().UTC(), TimeZone: "UTC", Tables: map[Tab]Table{}}
	for _, layout := range Layouts() {
		if len(tabs) > 0 && !slices.Contains(tabs, layout.Tab) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return Snapshot{}, err
		}
		t, err := d.readTab(layout)
		if err != nil {
			return Snapshot{}, err
		}
		snap.Tables[layout.Tab] = t
	}
	if snap.Tables[Roles].Missing && snap.Tables[Seniorities].Missing {
		return Snapshot{}, fmt.Errorf("%s holds neither roles.csv nor seniorities.csv - make a workbook there with: rolecall workbook default %s", d.path, d.path)
	}
	return snap, nil
}

// ReadDir reads a whole workbook from a directory.
func ReadDir(path string, at time.Time) (Snapshot, error) {
	d, err := OpenDirectory(path, func() time.Time { return at })
	if err != nil {
		return Snapshot{}, err
	}
	return d.Read(context.Background())
}

func (d *Directory) readTab(layout Layout) (Table, error) {
	name := fileName(layout.Tab)
	raw, err := os.ReadFile(filepath.Join(d.path, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t := Table{Tab: layout.Tab}
		if layout.Tab == Control {
			t = controlRows()
		}
		if layout.Tab == Roles || layout.Tab == Seniorities {
			t.Missing, t.Problem = true, name+" is missing - bring it back, or make it anew with rolecall workbook default"
		}
		return t, nil
	case err != nil:
		return Table{}, fmt.Errorf("read the workbook: %w", err)
	}
	t, err := readCSV(layout, name, bytes.NewReader(raw))
	for i := range t.Rows {
		keepPeople(layout, &t.Rows[i])
	}
	return t, err
}

// keepPeople drops our own columns: a reading holds IDs and people's columns.
func keepPeople(layout Layout, row *Row) {
	maps.DeleteFunc(row.Cells, func(key string, _ Cell) bool {
		c, ok := layout.Column(key)
		return !ok || c.Writer != People
	})
}

// WriteDir writes the people's files of a workbook into a directory, which is made if need be. It overwrites no file.
func WriteDir(path string, snap Snapshot) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	for _, tab := range filed() {
		name := filepath.Join(path, fileName(tab))
		if _, err := os.Stat(name); err == nil {
			return fmt.Errorf("%s is there already - choose an empty directory", name)
		}
	}
	for _, tab := range filed() {
		layout, _ := LayoutOf(tab)
		columns := fileColumns(layout)
		if tab == Settings {
			columns = layout.Columns[:6] // with the words that explain each setting
		}
		var b bytes.Buffer
		if err := writeCSV(&b, columns, snap.Tables[tab].Rows, layout.IDColumn().Key); err != nil {
			return fmt.Errorf("%s: %w", fileName(tab), err)
		}
		if err := replaceFile(filepath.Join(path, fileName(tab)), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// fileColumns are the columns of a people's file.
func fileColumns(layout Layout) []Column {
	return slices.AppendSeq([]Column{layout.IDColumn()}, layout.PeopleColumns())
}
