package workbook

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

//go:embed defaults
var defaults embed.FS

// Default is the workbook that a team starts with: the taxonomy, the rules, the examples, the settings and an empty list of corrections, all
// rows with IDs. An error means that this build's own files are broken.
func Default() (Snapshot, error) {
	files, err := fs.Glob(defaults, "defaults/examples/*.csv")
	if err != nil {
		return Snapshot{}, fmt.Errorf("list the default examples: %w", err)
	}
	slices.Sort(files)
	tabs := []Tab{Roles, Seniorities, Rules, Settings}
	single, parts := make([]Table, len(tabs)), make([]Table, len(files))
	var g errgroup.Group
	read := func(to *Table, tab Tab, file string) {
		g.Go(func() (err error) {
			*to, err = defaultTable(tab, file)
			return err
		})
	}
	for i, file := range files {
		read(&parts[i], Examples, file)
	}
	for i, tab := range tabs {
		read(&single[i], tab, path.Join("defaults", fileName(tab)))
	}
	if err := g.Wait(); err != nil {
		return Snapshot{}, err
	}
	snap := Snapshot{TimeZone: "UTC", Tables: map[Tab]Table{Examples: join(parts), Corrections: {Tab: Corrections}, Control: controlRows()}}
	for i, tab := range tabs {
		snap.Tables[tab] = single[i]
	}
	for i := range snap.Tables[Settings].Rows {
		describeSetting(&snap.Tables[Settings].Rows[i])
	}
	return snap, nil
}

// join makes one tab of the examples' files and gives the rows their IDs.
func join(parts []Table) Table {
	all := Table{Tab: Examples}
	for _, t := range parts {
		all.Rows = slices.Grow(all.Rows, len(t.Rows))
		for _, row := range t.Rows {
			for _, axis := range []string{"role", "seniority"} {
				if TextOf(row.Cells[axis]) == "" {
					row.Cells[axis] = NoneOfThese // whoever wrote the file left it blank because the title has no such label
				}
			}
			row.Position = len(all.Rows)
			row.ID = IDText(Examples, row.Position+1)
			all.Rows = append(all.Rows, row)
		}
	}
	return all
}

func defaultTable(tab Tab, file string) (Table, error) {
	raw, err := defaults.ReadFile(file)
	if err != nil {
		return Table{}, fmt.Errorf("read the default %s tab: %w", tab, err)
	}
	layout, _ := LayoutOf(tab)
	t, err := readCSV(layout, path.Base(file), bytes.NewReader(raw))
	if err != nil {
		return Table{}, err
	}
	if t.Problem != "" {
		return Table{}, fmt.Errorf("the default %s tab: %s", tab, t.Problem)
	}
	if len(t.Rejected) > 0 {
		return Table{}, fmt.Errorf("the default %s tab: %s", tab, t.Rejected[0])
	}
	for i := range t.Rows {
		typed(layout, &t.Rows[i])
	}
	return t, nil
}

// typed turns a file's texts into ticks and numbers where the column holds those, as a sheet does.
func typed(layout Layout, row *Row) {
	for _, c := range layout.Columns {
		v, present := row.Cells[c.Key]
		if !present {
			continue
		}
		switch c.Kind {
		case Tick:
			if ticked, ok := tickOf(v, false); ok {
				row.Cells[c.Key] = ticked
			}
		case Number, Percent:
			if n, ok := numberOf(v); ok {
				row.Cells[c.Key] = n
			}
		case Instant:
			if at, err := time.Parse(time.DateTime, TextOf(v)); err == nil {
				row.Cells[c.Key] = Serial(at, time.UTC)
			}
		}
	}
}

// describeSetting puts the words of a setting into its row.
func describeSetting(row *Row) {
	for _, s := range SettingRows() {
		if s.ID == row.ID {
			row.Cells["setting"], row.Cells["unit"], row.Cells["allowed"], row.Cells["what_it_does"] = s.Name, s.Unit, s.Allowed, s.Does
		}
	}
}

// controlRows are the rows of Control: one an action, and the health line.
func controlRows() Table {
	t := Table{Tab: Control}
	for _, a := range Actions() {
		t.Rows = append(t.Rows, Row{Position: len(t.Rows), ID: string(a.Action), Cells: map[string]Cell{"action": a.Words, "request": false}})
	}
	t.Rows = append(t.Rows, Row{Position: len(t.Rows), ID: HealthID, Cells: map[string]Cell{"action": "Health", "result": "rolecall has not read this sheet yet."}})
	return t
}
