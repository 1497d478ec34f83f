package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"rolecall/workbook"
)

// sheetWrites gathers what our cells of the sheet shall hold and leaves out what they hold already.
type sheetWrites struct {
	// known is the cells last written, tab -> row ID -> JSON; a tab's is asked for when it is needed.
	known   func(tab workbook.Tab) (map[string]string, error)
	anew    bool // every cell is written again, even where a person has overwritten it
	cells   map[workbook.Tab]map[string]map[string]workbook.Cell
	fresh   []workbook.CellWrite // rows without an ID
	appends []workbook.RowAppend
	blocks  []workbook.BlockReplace
	ticks   []string
	taken   []string // Quality suggestions
	// What the State is told once the sheet has taken the batch.
	published []string // corrections
	reviews   []string // review rows
	retired   []string // review rows that leave the sheet
	// whole: what people's tabs shall show was gone through, so that nothing is left unsaid once this is written.
	whole bool
	body  uint64 // of the reading that was gone through
}

func (r *Reconciler) newSheetWrites(ctx context.Context) *sheetWrites {
	written := map[workbook.Tab]map[string]string{}
	return &sheetWrites{cells: map[workbook.Tab]map[string]map[string]workbook.Cell{}, known: func(tab workbook.Tab) (map[string]string, error) {
		if rows, ok := written[tab]; ok {
			return rows, nil
		}
		rows, err := r.State.WrittenRows(ctx, string(tab))
		written[tab] = rows
		return rows, err
	}}
}

// set says what cells of ours in one row shall hold; later calls add to earlier ones.
func (w *sheetWrites) set(tab workbook.Tab, target workbook.Target, cells map[string]workbook.Cell) {
	if target.New != nil {
		for i, f := range w.fresh {
			if f.Tab == tab && f.Target.New == target.New || f.Tab == tab && f.Target.New.Position == target.New.Position {
				maps.Copy(w.fresh[i].Cells, cells)
				return
			}
		}
		w.fresh = append(w.fresh, workbook.CellWrite{Tab: tab, Target: target, Cells: maps.Clone(cells)})
		return
	}
	if w.cells[tab] == nil {
		w.cells[tab] = map[string]map[string]workbook.Cell{}
	}
	if w.cells[tab][target.ID] == nil {
		w.cells[tab][target.ID] = map[string]workbook.Cell{}
	}
	maps.Copy(w.cells[tab][target.ID], cells)
}

// add appends a row.
func (w *sheetWrites) add(tab workbook.Tab, cells map[string]workbook.Cell) {
	w.appends = append(w.appends, workbook.RowAppend{Tab: tab, Cells: cells})
}

// last is what was last written into a cell; "" when nothing is known of it.
func (w *sheetWrites) last(tab workbook.Tab, id, key string) string {
	rows, err := w.known(tab)
	cells := map[string]workbook.Cell{}
	if err != nil || rows[id] == "" || json.Unmarshal([]byte(rows[id]), &cells) != nil {
		return ""
	}
	return workbook.TextOf(cells[key])
}

// batch is what differs from what was written before, and the memory of it.
func (w *sheetWrites) batch() (workbook.Writes, map[string]map[string]string, error) {
	out := workbook.Writes{Cells: slices.Clone(w.fresh), Appends: w.appends, Blocks: w.blocks, ClearTicks: w.ticks, ClearSuggestions: w.taken}
	memory := map[string]map[string]string{}
	remember := func(tab workbook.Tab, id string, cells map[string]workbook.Cell) error {
		raw, err := json.Marshal(cells)
		if err != nil {
			return fmt.Errorf("encode cells of %s: %w", tab, err)
		}
		if memory[string(tab)] == nil {
			memory[string(tab)] = map[string]string{}
		}
		memory[string(tab)][id] = string(raw)
		return nil
	}
	for _, tab := range slices.Sorted(maps.Keys(w.cells)) {
		written, err := w.known(tab)
		if err != nil {
			return out, nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(w.cells[tab])) {
			held := map[string]workbook.Cell{}
			if raw := written[id]; raw != "" && !w.anew {
				if err := json.Unmarshal([]byte(raw), &held); err != nil {
					return out, nil, fmt.Errorf("read the cells last written to %s %s: %w", tab, id, err)
				}
			}
			differs := map[string]workbook.Cell{}
			for key, cell := range w.cells[tab][id] {
				if was, ok := held[key]; !ok || !sameCell(was, cell) {
					differs[key], held[key] = cell, cell
				}
			}
			if len(differs) == 0 {
				continue
			}
			out.Cells = append(out.Cells, workbook.CellWrite{Tab: tab, Target: workbook.Target{ID: id}, Cells: differs})
			if err := remember(tab, id, held); err != nil {
				return out, nil, err
			}
		}
	}
	for _, a := range w.appends {
		layout, _ := workbook.LayoutOf(a.Tab)
		id, _ := a.Cells[layout.IDColumn().Key].(string)
		ours := map[string]workbook.Cell{}
		for key, cell := range a.Cells {
			if c, ok := layout.Column(key); ok && c.Writer == workbook.Ours {
				ours[key] = cell
			}
		}
		if err := remember(a.Tab, id, ours); err != nil {
			return out, nil, err
		}
	}
	return out, memory, nil
}

// sameCell compares a cell read back from JSON with one of now.
func sameCell(a, b workbook.Cell) bool {
	return workbook.TextOf(normal(a)) == workbook.TextOf(normal(b))
}

func normal(c workbook.Cell) workbook.Cell {
	if n, ok := c.(int); ok {
		return float64(n)
	}
	return c
}

// flush writes the batch and then remembers it: a crash between the two writes the same values again. What the sheet
// had no place for is not remembered, and is said again at the next look.
func (r *Reconciler) flush(ctx context.Context, w *sheetWrites) error {
	batch, memory, err := w.batch()
	if err != nil {
		return err
	}
	if batch.Empty() {
		if w.whole {
			r.unsaid, r.said = false, w.body
		}
		return nil
	}
	result, err := r.Sheet.Write(ctx, batch)
	if err != nil {
		return fmt.Errorf("write the sheet: %w", err)
	}
	unplaced := map[string]bool{}
	for _, t := range result.Unplaced {
		for _, rows := range memory {
			if t.ID != "" {
				delete(rows, t.ID)
				unplaced[t.ID] = true
			}
		}
	}
	if result.Repaired > 0 {
		r.Log.Info().Int("cells", result.Repaired).Msg("put cells right that a sort had moved")
	}
	if err := r.State.SaveWrittenRows(ctx, memory); err != nil {
		return err
	}
	missing := func(id string) bool { return unplaced[id] }
	if err := r.State.MarkCorrectionsPublished(ctx, slices.DeleteFunc(w.published, missing)); err != nil {
		return err
	}
	if err := r.State.MarkReviewsPublished(ctx, slices.DeleteFunc(w.reviews, missing), true); err != nil {
		return err
	}
	if w.whole {
		r.unsaid, r.said = len(result.Unplaced) > 0 || len(w.published) >= publishAtOnce, w.body
	}
	return r.State.MarkReviewsPublished(ctx, w.retired, false)
}
