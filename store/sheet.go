package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"rolecall/label"
)

// SaveEdits compares people's cells with those last seen and keeps every difference for good, in one
// transaction, before anything is written to the sheet. cells is tab -> row -> column -> value as text;
// only the tabs given are compared. A row that vanished keeps its last values: that is its undo.
func (s *Store) SaveEdits(ctx context.Context, cells map[string]map[string]map[string]string, now time.Time) (edits []label.CellEdit, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		find, err := tx.PrepareContext(ctx, `SELECT row_id, col, value FROM sheet_cell WHERE tab = ?`)
		if err != nil {
			return err
		}
		for tab, rows := range cells {
			seen, err := seenCells(ctx, find, tab)
			if err != nil {
				return err
			}
			for row, columns := range rows {
				for col, value := range columns {
					if was := seen[[2]string{row, col}]; was != value {
						edits = append(edits, label.CellEdit{Tab: tab, RowID: row, Column: col, Old: was, New: value, SeenAt: now})
					}
				}
			}
		}
		slices.SortFunc(edits, func(a, b label.CellEdit) int {
			return cmp.Or(strings.Compare(a.Tab, b.Tab), strings.Compare(a.RowID, b.RowID), strings.Compare(a.Column, b.Column))
		})
		for _, e := range edits {
			if _, err := tx.ExecContext(ctx, `INSERT INTO sheet_edit (tab, row_id, col, old, new, seen_ms) VALUES (?,?,?,?,?,?)`, e.Tab, e.RowID, e.Column, e.Old, e.New, millis(now)); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO sheet_cell VALUES (?,?,?,?)`, e.Tab, e.RowID, e.Column, e.New); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep the edits of the sheet: %w", err)
	}
	return edits, nil
}

func seenCells(ctx context.Context, find *sql.Stmt, tab string) (map[[2]string]string, error) {
	rows, err := find.QueryContext(ctx, tab)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[[2]string]string{}
	for rows.Next() {
		var row, col, value string
		if err := rows.Scan(&row, &col, &value); err != nil {
			return nil, err
		}
		out[[2]string{row, col}] = value
	}
	return out, rows.Err()
}

// Edits reads what people have changed in one row of the sheet, oldest first.
func (s *Store) Edits(ctx context.Context, tab, rowID string) ([]label.CellEdit, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT tab, row_id, col, old, new, seen_ms FROM sheet_edit WHERE tab = ? AND row_id = ? ORDER BY id`, tab, rowID)
	if err != nil {
		return nil, fmt.Errorf("read edits: %w", err)
	}
	defer rows.Close()
	var out []label.CellEdit
	for rows.Next() {
		var e label.CellEdit
		var at int64
		if err := rows.Scan(&e.Tab, &e.RowID, &e.Column, &e.Old, &e.New, &at); err != nil {
			return nil, fmt.Errorf("read edits: %w", err)
		}
		e.SeenAt = fromMillis(at)
		out = append(out, e)
	}
	return out, rows.Err()
}

// WrittenRows reads what our cells of a tab's rows hold, as last written: row -> text.
func (s *Store) WrittenRows(ctx context.Context, tab string) (map[string]string, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT row_id, written FROM sheet_row WHERE tab = ?`, tab)
	if err != nil {
		return nil, fmt.Errorf("read kept rows of the sheet: %w", err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var row, text string
		if err := rows.Scan(&row, &text); err != nil {
			return nil, fmt.Errorf("read kept rows of the sheet: %w", err)
		}
		out[row] = text
	}
	return out, rows.Err()
}

// SaveWrittenRows keeps what was written into our cells of rows; an empty text forgets the row.
func (s *Store) SaveWrittenRows(ctx context.Context, texts map[string]map[string]string) error {
	if len(texts) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO sheet_row VALUES (?,?,?)`)
		if err != nil {
			return err
		}
		for tab, rows := range texts {
			for row, text := range rows {
				if text == "" {
					_, err = tx.ExecContext(ctx, `DELETE FROM sheet_row WHERE tab = ? AND row_id = ?`, tab, row)
				} else {
					_, err = put.ExecContext(ctx, tab, row, text)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep rows of the sheet: %w", err)
	}
	return nil
}
