package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rolecall/label"
)

// LastWrite is what rolecall last wrote into a contact's label and when HubSpot took it: how our own
// echo is known. ok is false when it never wrote there.
func (s *Store) LastWrite(ctx context.Context, id label.ContactID, a label.Axis) (value label.Value, at time.Time, ok bool, err error) {
	n, err := numeric(id)
	if err != nil {
		return "", time.Time{}, false, err
	}
	var ms int64
	err = s.readers.QueryRowContext(ctx, `SELECT after, at_ms FROM journal WHERE contact_id = ? AND axis = ? ORDER BY run_id DESC LIMIT 1`, n, a).Scan(&value, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	if err != nil {
		return "", time.Time{}, false, fmt.Errorf("read what was last written: %w", err)
	}
	return value, fromMillis(ms), true, nil
}

// LoadModel reads a fitted classifier by key; see classifier.Cache.
func (s *Store) LoadModel(ctx context.Context, key string) ([]byte, bool, error) {
	got, err := s.Vectors(ctx, "fitted", []string{key})
	raw, ok := got[key]
	return raw, ok, err
}

// StoreModel keeps a fitted classifier under key; only the newest is kept.
func (s *Store) StoreModel(ctx context.Context, key string, model []byte) error {
	if _, err := s.writer.ExecContext(ctx, `DELETE FROM vector WHERE model = 'fitted'`); err != nil {
		return fmt.Errorf("forget the old model: %w", err)
	}
	return s.SaveVectors(ctx, "fitted", map[string][]byte{key: model})
}
