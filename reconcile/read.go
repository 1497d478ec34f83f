package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"

	"rolecall/workbook"
)

// lastReading is the reading before, kept so that a sheet in which nobody has changed anything costs nothing to
// understand again. It may be used for a snapshot of the same print once the last good version that came of it is the
// one that it was made with: Parse is pure, and would say the same again.
type lastReading struct {
	seed    maphash.Seed
	print   uint64
	settled bool
	reading reading
	good    string // the last good version as the State has it; "" when it must be asked
}

// readSheet takes one reading and keeps it: the edits first, then what was good.
func (r *Reconciler) readSheet(ctx context.Context, accept bool) (reading, error) {
	snap, err := r.Sheet.Read(ctx)
	if err != nil {
		return reading{}, fmt.Errorf("read the sheet: %w", err)
	}
	last := &r.seen
	print, body := printOf(last.seed, snap)
	if last.settled && last.print == print && !accept {
		out := last.reading
		out.writes = r.newSheetWrites(ctx)
		return out, nil
	}
	last.settled = false
	if last.good == "" {
		if last.good, err = r.State.Setting(ctx, settingLastGood); err != nil {
			return reading{}, err
		}
	}
	read, err := r.understand(snap, last.good, accept)
	if err != nil {
		return reading{}, err
	}
	read.body = body
	edits, err := r.State.SaveEdits(ctx, cellsOf(read.PeopleCells), r.Now())
	if err != nil {
		return reading{}, err
	}
	raw, err := json.Marshal(read.LastGood)
	if err != nil {
		return reading{}, fmt.Errorf("keep the last good version of the sheet: %w", err)
	}
	if good := string(raw); good != last.good {
		if err := r.State.SaveSetting(ctx, settingLastGood, good); err != nil {
			return reading{}, err
		}
		last.good = good
	} else {
		last.settled, last.print, last.reading = !accept, print, read
	}
	if len(edits) > 0 {
		r.Log.Info().Int("edits", len(edits)).Msg("edits seen in the sheet")
	}
	read.writes = r.newSheetWrites(ctx)
	return read, nil
}

// understand says what a snapshot means, given the last good version as JSON.
func (r *Reconciler) understand(snap workbook.Snapshot, good string, accept bool) (reading, error) {
	var last workbook.LastGood
	if good != "" {
		if err := json.Unmarshal([]byte(good), &last); err != nil {
			return reading{}, fmt.Errorf("read the last good version of the sheet: %w", err)
		}
	}
	last.Accept = accept
	read := reading{Reading: workbook.Parse(snap, last), here: map[workbook.Tab]map[string]bool{}, broken: map[workbook.Tab]bool{}}
	for tab, table := range snap.Tables {
		read.broken[tab] = table.Missing || table.Problem != ""
		read.here[tab] = make(map[string]bool, len(table.Rows))
		for _, row := range table.Rows {
			if row.ID != "" {
				read.here[tab][row.ID] = true
			}
		}
	}
	return read, nil
}

// cellsOf sorts people's cells by tab, row and column.
func cellsOf(people []workbook.PersonCell) map[string]map[string]map[string]string {
	cells := map[string]map[string]map[string]string{}
	for _, c := range people {
		rows := cells[string(c.Tab)]
		if rows == nil {
			rows = map[string]map[string]string{}
			cells[string(c.Tab)] = rows
		}
		if rows[c.RowID] == nil {
			rows[c.RowID] = map[string]string{}
		}
		rows[c.RowID][c.Column] = c.Text
	}
	return cells
}

// printOf is a hash of all that a snapshot holds, whatever the order of its maps, and one of all but Control, where
// ticks come and go without anything to say in people's tabs.
func printOf(seed maphash.Seed, snap workbook.Snapshot) (all, body uint64) {
	all = maphash.String(seed, snap.TimeZone)
	body = all
	for tab, table := range snap.Tables {
		sum := maphash.Comparable(seed, struct {
			tab     workbook.Tab
			problem string
			missing bool
			rows    int
		}{tab, table.Problem, table.Missing, len(table.Rows)})
		for _, row := range table.Rows {
			for key, cell := range row.Cells {
				sum += maphash.Comparable(seed, place{tab, row.ID, row.Position, key, cell})
			}
			sum += maphash.Comparable(seed, place{tab: tab, id: row.ID, position: row.Position})
		}
		all += sum
		if tab != workbook.Control {
			body += sum
		}
	}
	return all, body
}

// place is one cell and where it stands.
type place struct {
	tab      workbook.Tab
	id       string
	position int
	key      string
	cell     workbook.Cell
}
