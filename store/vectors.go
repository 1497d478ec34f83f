package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Vectors reads cached vectors of a model, by text; see embedding.Cache.
func (s *Store) Vectors(ctx context.Context, model string, texts []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	stmt, err := s.readers.PrepareContext(ctx, `SELECT vec FROM vector WHERE model = ? AND text = ?`)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	defer stmt.Close()
	for _, t := range texts {
		var raw []byte
		err := stmt.QueryRowContext(ctx, model, t).Scan(&raw)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read vectors: %w", err)
		}
		out[t] = raw
	}
	return out, nil
}

// SaveVectors caches vectors of a model.
func (s *Store) SaveVectors(ctx context.Context, model string, vectors map[string][]byte) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO vector VALUES (?, ?, ?)`)
		if err != nil {
			return err
		}
		for t, v := range vectors {
			if _, err := stmt.ExecContext(ctx, model, t, v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cache %d vectors: %w", len(vectors), err)
	}
	return nil
}
