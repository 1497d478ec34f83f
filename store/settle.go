package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// Settle records what needs no write: adopted and pulled values become the base, conflicts become
// questions, lessons are kept, and the contacts looked at are clean again, but for those with something still to be
// written: a push, or whose a label is. rows are all contacts that the plan looked at.
func (s *Store) Settle(ctx context.Context, p plan.Plan, rows []plan.Row, lessons []label.Lesson, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		pushed, asked := map[label.ContactID]bool{}, map[plan.Key]bool{}
		clean, err := tx.PrepareContext(ctx, `UPDATE contact SET dirty = 0, moved = moved & ? WHERE id = ?`)
		if err != nil {
			return err
		}
		forget, err := tx.PrepareContext(ctx, `DELETE FROM question WHERE contact_id = ? AND axis = ?`)
		if err != nil {
			return err
		}
		var questions bool // without any, two deletions for each contact of a large portal are spared
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM question)`).Scan(&questions); err != nil {
			return err
		}
		for _, c := range p.Changes {
			pushed[c.Key.ContactID] = pushed[c.Key.ContactID] || c.Verb == plan.Push || c.Verb == plan.Attribute
			asked[c.Key] = asked[c.Key] || c.Verb == plan.Review
		}
		for _, r := range rows {
			id, err := numeric(r.ContactID)
			if err != nil {
				return err
			}
			open := 0 // an edit that is asked about stays an edit until somebody answers
			for _, a := range label.Axes() {
				if asked[plan.Key{ContactID: r.ContactID, Axis: a}] {
					open |= 1 << a
					continue // asked again: since when it shows this value is kept
				}
				if !questions {
					continue
				}
				if _, err := forget.ExecContext(ctx, id, a); err != nil {
					return err
				}
			}
			if !pushed[r.ContactID] {
				if _, err := clean.ExecContext(ctx, open, id); err != nil {
					return err
				}
			}
		}
		for _, c := range p.Changes {
			if err := settle(ctx, tx, c, at); err != nil {
				return fmt.Errorf("contact %s: %w", c.Key.ContactID, err)
			}
		}
		return saveLessons(ctx, tx, lessons)
	})
	if err != nil {
		return fmt.Errorf("settle the plan: %w", err)
	}
	return nil
}

func settle(ctx context.Context, tx *sql.Tx, c plan.Change, at time.Time) error {
	id, err := numeric(c.Key.ContactID)
	if err != nil {
		return err
	}
	switch c.Verb {
	case plan.Adopt, plan.Pull:
		protected := ""
		if c.Protects || c.To == "" {
			protected = c.TitleKey
		}
		if err := putBase(ctx, tx, id, c.Key.Axis, c.To, protected, at); err != nil || c.Hand == plan.NobodysHand {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = NOT archived, attribution = (attribution & ~(3 << 2 * ?1)) | (?2 << 2 * ?1) WHERE id = ?3`, c.Key.Axis, c.Hand, id)
		return err
	case plan.Review:
		_, err := tx.ExecContext(ctx, `INSERT INTO question SELECT ?, ?, title_id, ?, ?, ? FROM contact WHERE id = ?
			ON CONFLICT (contact_id, axis) DO UPDATE SET title_id=excluded.title_id, ours=excluded.ours, theirs=excluded.theirs,
				at_ms = CASE WHEN question.theirs = excluded.theirs THEN question.at_ms ELSE excluded.at_ms END`,
			id, c.Key.Axis, string(c.To), string(c.From), millis(at), id)
		return err
	}
	return nil
}

func putBase(ctx context.Context, tx *sql.Tx, id int64, a label.Axis, v label.Value, protectedKey string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO base VALUES (?, ?, ?, ?, ?) ON CONFLICT (contact_id, axis)
		DO UPDATE SET value=excluded.value, protected_key=excluded.protected_key, at_ms=excluded.at_ms`, id, a, string(v), protectedKey, millis(at))
	return err
}

func saveLessons(ctx context.Context, tx *sql.Tx, lessons []label.Lesson) error {
	for _, l := range lessons {
		id, err := numeric(l.ContactID)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO lesson VALUES (?,?,?,?,?,?) ON CONFLICT (contact_id, axis)
			DO UPDATE SET title_key=excluded.title_key, value=excluded.value, author=excluded.author, at_ms=excluded.at_ms`,
			id, l.Axis, l.TitleKey, string(l.Value), l.By, millis(l.At)); err != nil {
			return fmt.Errorf("keep a lesson: %w", err)
		}
	}
	return nil
}
