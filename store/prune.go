package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rolecall/label"
)

// keptRuns is the number of newest runs that Prune always leaves.
const keptRuns = 1000

// orphan is the condition of a title that nothing speaks of any more.
const orphan = `NOT EXISTS (SELECT 1 FROM contact WHERE title_id = title.id) AND NOT EXISTS (SELECT 1 FROM review WHERE title_id = title.id)
	AND NOT EXISTS (SELECT 1 FROM question WHERE title_id = title.id) AND NOT EXISTS (SELECT 1 FROM lesson WHERE title_key = title.key)
	AND NOT EXISTS (SELECT 1 FROM correction WHERE title_key = title.key)`

// Pruned counts what Prune took away.
type Pruned struct {
	Requests, Runs, Journal, Measures, Titles int
}

// Prune takes away what has served its time, in one transaction:
//
//	| what                 | goes when                                                              |
//	|----------------------|------------------------------------------------------------------------|
//	| finished requests    | finished before before, and not the newest of their action             |
//	| ended runs           | ended before before, and not among the newest 1,000                    |
//	| their journal        | with the run: it can no longer be undone                               |
//	| measurements         | taken before before                                                    |
//	| titles               | nobody has them, no Review row, conflict, lesson or correction is of them |
//
// What people wrote (corrections and their history, edits of the sheet, answered Review rows) stays for good.
func (s *Store) Prune(ctx context.Context, before time.Time) (p Pruned, err error) {
	ms := millis(before)
	err = s.write(ctx, func(tx *sql.Tx) error {
		for _, step := range []struct {
			n         *int
			statement string
			args      []any
		}{
			{&p.Requests, `DELETE FROM request WHERE finished_ms > 0 AND finished_ms < ? AND id NOT IN (SELECT max(id) FROM request GROUP BY action)`, []any{ms}},
			{&p.Runs, `DELETE FROM run WHERE ended_ms > 0 AND ended_ms < ? AND id <= (SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?)`, []any{ms, keptRuns}},
			{&p.Journal, `DELETE FROM journal WHERE run_id < (SELECT max(id) FROM run) AND run_id NOT IN (SELECT id FROM run)`, nil},
			{&p.Measures, `DELETE FROM measure WHERE at_ms < ?`, []any{ms}},
			{&p.Titles, `DELETE FROM title WHERE ` + orphan, nil},
		} {
			res, err := tx.ExecContext(ctx, step.statement, step.args...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			*step.n = int(n)
		}
		return nil
	})
	if err != nil {
		return Pruned{}, fmt.Errorf("prune the store: %w", err)
	}
	return p, nil
}

// Purge forgets everything about contacts whose deletion was asked for by law (GDPR), and their titles
// where no other contact has them and nobody was asked or has said anything about them.
func (s *Store) Purge(ctx context.Context, ids []label.ContactID) error {
	if len(ids) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			n, err := numeric(id)
			if err != nil {
				return err
			}
			if err := purge(ctx, tx, n, string(id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("purge contacts: %w", err)
	}
	return nil
}

func purge(ctx context.Context, tx *sql.Tx, n int64, id string) error {
	var title int64
	if err := tx.QueryRowContext(ctx, `SELECT title_id FROM contact WHERE id = ?`, n).Scan(&title); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, step := range []struct {
		statement string
		arg       any
	}{
		{`DELETE FROM contact WHERE id = ?`, n}, {`DELETE FROM base WHERE contact_id = ?`, n}, {`DELETE FROM question WHERE contact_id = ?`, n},
		{`DELETE FROM lesson WHERE contact_id = ?`, n}, {`DELETE FROM outbox WHERE contact_id = ?`, n}, {`DELETE FROM journal WHERE contact_id = ?`, n},
		{`DELETE FROM undo_hold WHERE contact_id = ?`, n},
		{`DELETE FROM correction_history WHERE correction_id IN (SELECT id FROM correction WHERE contact_id = ?1 AND contact_id <> '')`, id},
		{`DELETE FROM correction WHERE contact_id = ?1 AND contact_id <> ''`, id},
		{`DELETE FROM title WHERE id = ? AND ` + orphan, title},
	} {
		if _, err := tx.ExecContext(ctx, step.statement, step.arg); err != nil {
			return err
		}
	}
	return nil
}
