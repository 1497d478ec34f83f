package workbook

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"rolecall/title"
)

//go:embed defaults
var defaults embed.FS

// Default is the workbook that a team starts with: the taxonomy, the rules, the examples, the settings and an empty list of corrections, all
// rows with IDs. An error means that this build's own files are broken.
func Default() (Snapshot, error) {
	snap := Snapshot{TimeZone: "UTC", Tables: map[Tab]Table{}}
	for _, tab := range []Tab{Roles, Seniorities, Rules} {
		t, err := defaultTable(tab, path.Join("defaults", fileName(tab)))
		if err != nil {
			return Snapshot{}, err
		}
		snap.Tables[tab] = t
	}
	files, err := fs.Glob(defaults, "defaults/examples/*.csv")
	if err != nil {
		return Snapshot{}, fmt.Errorf("list the default examples: %w", err)
	}
	slices.Sort(files)
	examples, seen := Table{Tab: Examples}, map[string]bool{}
	var reader title.Reader
	for _, file := range files {
		t, err := defaultTable(Examples, file)
		if err != nil {
			return Snapshot{}, err
		}
		for _, row := range t.Rows {
			key := string(reader.Read(TextOf(row.Cells["title"])).Key) + "\x00" + TextOf(row.Cells["role"]) + "\x00" + TextOf(row.Cells["seniority"])
			if seen[key] {
				continue // two files may hold the same title
			}
			seen[key] = true
			for _, axis := range []string{"role", "seniority"} {
				if TextOf(row.Cells[axis]) == "" {
					row.Cells[axis] = NoneOfThese // whoever wrote the file left it blank because the title has no such label
				}
			}
			row.Position = len(examples.Rows)
			row.ID = IDText(Examples, row.Position+1)
			examples.Rows = append(examples.Rows, row)
		}
	}
	snap.Tables[Examples] = examples
	snap.Tables[Corrections] = Table{Tab: Corrections}
	settings, err := defaultTable(Settings, "defaults/settings.csv")
	if err != nil {
		return Snapshot{}, err
	}
	for i := range settings.Rows {
		describeSetting(&settings.Rows[i])
	}
	snap.Tables[Settings] = settings
	snap.Tables[Control] = controlRows()
	return snap, nil
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
