package store

import (
	"context"
	"fmt"

	"rolecall/label"
)

// MarkSwept says that a sweep has seen these contacts.
func (s *Store) MarkSwept(ctx context.Context, ids []label.ContactID, sweep int64) error {
	return s.eachContact(ctx, "mark contacts as swept", ids, fmt.Sprintf(`UPDATE contact SET sweep = %d WHERE id = ?`, sweep))
}

// Unswept reads up to limit contacts that the sweep has not seen, lowest id first, above after.
func (s *Store) Unswept(ctx context.Context, sweep int64, after label.ContactID, limit int) ([]label.ContactID, error) {
	var from int64
	if after != "" {
		var err error
		if from, err = numeric(after); err != nil {
			return nil, err
		}
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT id FROM contact WHERE id > ? AND sweep < ? ORDER BY id LIMIT ?`, from, sweep, limit)
	if err != nil {
		return nil, fmt.Errorf("read contacts that no list shows: %w", err)
	}
	defer rows.Close()
	var out []label.ContactID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read contacts that no list shows: %w", err)
		}
		out = append(out, contactID(id))
	}
	return out, rows.Err()
}
