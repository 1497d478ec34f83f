package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// OutboxRow is plan.OutboxRow, here for short.
type OutboxRow = plan.OutboxRow

// Settle records what needs no write: adopted and pulled values become the base, conflicts become
// questions, lessons are kept, and the contacts looked at are clean again, but for those with a push
// still to come. rows are all contacts that the plan looked at.
func (s *Store) Settle(ctx context.Context, p plan.Plan, rows []plan.Row, lessons []label.Lesson, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		pushed := map[label.ContactID]bool{}
		clean, err := tx.PrepareContext(ctx, `UPDATE contact SET dirty = 0 WHERE id = ?`)
		if err != nil {
			return err
		}
		forget, err := tx.PrepareContext(ctx, `DELETE FROM question WHERE contact_id = ?`)
		if err != nil {
			return err
		}
		for _, c := range p.Changes {
			pushed[c.Key.ContactID] = pushed[c.Key.ContactID] || c.Verb == plan.Push
		}
		for _, r := range rows {
			id, err := numeric(r.ContactID)
			if err != nil {
				return err
			}
			if _, err := forget.ExecContext(ctx, id); err != nil {
				return err
			}
			if !pushed[r.ContactID] {
				if _, err := clean.ExecContext(ctx, id); err != nil {
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
		if c.Protects {
			protected = c.TitleKey
		}
		return putBase(ctx, tx, id, c.Key.Axis, c.To, protected, at)
	case plan.Review:
		_, err := tx.ExecContext(ctx, `INSERT INTO question SELECT ?, ?, title_id, ?, ?, ? FROM contact WHERE id = ?
			ON CONFLICT (contact_id, axis) DO UPDATE SET title_id=excluded.title_id, ours=excluded.ours, theirs=excluded.theirs`,
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

// Post puts rows into the outbox as pending, before anything is sent, and gives them IDs. A contact
// has one row at most: an older one that was refused is replaced.
func (s *Store) Post(ctx context.Context, rows []OutboxRow, at time.Time) ([]OutboxRow, error) {
	out := append([]OutboxRow(nil), rows...)
	err := s.write(ctx, func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO outbox (run_id, contact_id, title_key, role_want, role_before, role_base, role_base_protected,
			seniority_want, seniority_before, seniority_base, seniority_base_protected, confidence, source, reason, undo, state, at_ms)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'pending',?)`)
		if err != nil {
			return err
		}
		for i, r := range out {
			id, err := numeric(r.ContactID)
			if err != nil {
				return err
			}
			args := []any{r.RunID, id, r.TitleKey}
			for a := range r.Want {
				args = append(args, text(r.Want[a]), string(r.Before[a]), baseText(r.Base[a]), r.Base[a].Protected)
			}
			args = append(args, r.Confidence, r.Source, r.Reason, r.Undo, millis(at))
			res, err := put.ExecContext(ctx, args...)
			if err != nil {
				return err
			}
			if out[i].ID, err = res.LastInsertId(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("post %d writes: %w", len(rows), err)
	}
	return out, nil
}

// MarkInFlight says that the rows are about to be sent: from here their fate is unknown until told.
func (s *Store) MarkInFlight(ctx context.Context, rows []OutboxRow) error {
	return s.eachOutbox(ctx, rows, `UPDATE outbox SET state = 'inflight', attempts = attempts + 1 WHERE id = ?`)
}

// Drop takes rows out of the outbox: they were not sent, or the next plan makes them anew. Their contacts become dirty.
func (s *Store) Drop(ctx context.Context, rows []OutboxRow) error {
	return s.eachOutbox(ctx, rows, `UPDATE contact SET dirty = 1 WHERE id = (SELECT contact_id FROM outbox WHERE id = ?)`, `DELETE FROM outbox WHERE id = ?`)
}

func (s *Store) eachOutbox(ctx context.Context, rows []OutboxRow, statements ...string) error {
	if len(rows) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			for _, statement := range statements {
				if _, err := tx.ExecContext(ctx, statement, r.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("change %d outbox rows: %w", len(rows), err)
	}
	return nil
}

// Confirm records that HubSpot holds what the rows wanted: journal, base and mirror in one
// transaction with the outbox. at is HubSpot's time of each write (zero: unknown).
func (s *Store) Confirm(ctx context.Context, rows []OutboxRow, at []time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for i, r := range rows {
			if err := confirm(ctx, tx, r, at[i]); err != nil {
				return fmt.Errorf("contact %s: %w", r.ContactID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("confirm %d writes: %w", len(rows), err)
	}
	return nil
}

func confirm(ctx context.Context, tx *sql.Tx, r OutboxRow, at time.Time) error {
	id, err := numeric(r.ContactID)
	if err != nil {
		return err
	}
	for _, a := range label.Axes() {
		if r.Want[a] == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)`, r.RunID, id, a,
			string(r.Before[a]), string(*r.Want[a]), r.Base[a].Known, string(r.Base[a].Value), r.Base[a].Protected, r.Reason, millis(at)); err != nil {
			return err
		}
		if err := rebase(ctx, tx, r, id, a, at); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE contact SET `+a.String()+` = ?, modified_ms = max(modified_ms, ?), dirty = 0 WHERE id = ?`, string(*r.Want[a]), millis(at), id); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE id = ?`, r.ID)
	return err
}

// rebase moves the base to what was written; an undo restores the base that was before instead.
func rebase(ctx context.Context, tx *sql.Tx, r OutboxRow, id int64, a label.Axis, at time.Time) error {
	if !r.Undo {
		return putBase(ctx, tx, id, a, *r.Want[a], "", at)
	}
	if !r.Base[a].Known {
		_, err := tx.ExecContext(ctx, `DELETE FROM base WHERE contact_id = ? AND axis = ?`, id, a)
		return err
	}
	protected := ""
	if r.Base[a].Protected {
		protected = r.TitleKey
	}
	return putBase(ctx, tx, id, a, r.Base[a].Value, protected, at)
}

// Refuse keeps a row that HubSpot refused in quarantine, with its words, until next.
func (s *Store) Refuse(ctx context.Context, r OutboxRow, result plan.Result, next time.Time) error {
	message := result.Message
	if len(message) > 500 {
		message = message[:500]
	}
	_, err := s.writer.ExecContext(ctx, `UPDATE outbox SET state = 'refused', code = ?, message = ?, mend = ?, next_ms = ? WHERE id = ?`, result.Code, message, result.Mend, millis(next), r.ID)
	if err != nil {
		return fmt.Errorf("quarantine a refused write: %w", err)
	}
	return nil
}

// Outbox reads the rows in a state: "pending", "inflight" or "refused".
func (s *Store) Outbox(ctx context.Context, state string) ([]OutboxRow, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT id, run_id, contact_id, title_key, role_want, role_before, role_base, role_base_protected,
		seniority_want, seniority_before, seniority_base, seniority_base_protected, confidence, source, reason, undo, attempts, next_ms, code, message, mend
		FROM outbox WHERE state = ? ORDER BY id`, state)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	defer rows.Close()
	var out []OutboxRow
	for rows.Next() {
		r, err := scanOutbox(rows)
		if err != nil {
			return nil, fmt.Errorf("read the outbox: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func scanOutbox(rows *sql.Rows) (OutboxRow, error) {
	var (
		r          OutboxRow
		id, next   int64
		want, base [label.AxisCount]sql.NullString
	)
	if err := rows.Scan(&r.ID, &r.RunID, &id, &r.TitleKey, &want[0], &r.Before[0], &base[0], &r.Base[0].Protected,
		&want[1], &r.Before[1], &base[1], &r.Base[1].Protected, &r.Confidence, &r.Source, &r.Reason, &r.Undo, &r.Attempts, &next, &r.Code, &r.Message, &r.Mend); err != nil {
		return r, err
	}
	r.ContactID, r.NextAt = contactID(id), fromMillis(next)
	for a := range want {
		if want[a].Valid {
			v := label.Value(want[a].String)
			r.Want[a] = &v
		}
		if base[a].Valid {
			r.Base[a].Known, r.Base[a].Value = true, label.Value(base[a].String)
		}
	}
	return r, nil
}

// Refused reads which contacts are in quarantine and until when.
func (s *Store) Refused(ctx context.Context) (map[label.ContactID]time.Time, error) {
	rows, err := s.Outbox(ctx, "refused")
	if err != nil {
		return nil, err
	}
	out := make(map[label.ContactID]time.Time, len(rows))
	for _, r := range rows {
		out[r.ContactID] = r.NextAt
	}
	return out, nil
}

// Journal reads what a run wrote, in contact order.
func (s *Store) Journal(ctx context.Context, runID int64) ([]plan.Applied, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT contact_id, axis, before, after, base_known, base, base_protected FROM journal WHERE run_id = ? ORDER BY contact_id, axis`, runID)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer rows.Close()
	var out []plan.Applied
	for rows.Next() {
		var a plan.Applied
		var id int64
		if err := rows.Scan(&id, &a.Key.Axis, &a.Before, &a.After, &a.BaseBefore.Known, &a.BaseBefore.Value, &a.BaseBefore.Protected); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		a.Key.ContactID = contactID(id)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Hold keeps the cells of an undone run from being pushed again while the revision stays the same.
func (s *Store) Hold(ctx context.Context, keys []plan.Key, revision string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, k := range keys {
			id, err := numeric(k.ContactID)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO undo_hold VALUES (?, ?, ?)`, id, k.Axis, revision); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hold %d undone labels: %w", len(keys), err)
	}
	return nil
}

// ReleaseHolds ends the holds of other revisions and makes their contacts dirty: the rulebook has changed.
func (s *Store) ReleaseHolds(ctx context.Context, revision string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = 1 WHERE id IN (SELECT contact_id FROM undo_hold WHERE revision <> ?)`, revision); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM undo_hold WHERE revision <> ?`, revision)
		return err
	})
	if err != nil {
		return fmt.Errorf("release undone labels: %w", err)
	}
	return nil
}

func text(v *label.Value) any {
	if v == nil {
		return nil
	}
	return string(*v)
}

func baseText(b plan.Base) any {
	if !b.Known {
		return nil
	}
	return string(b.Value)
}

// RunID is a run's number as people see it.
func RunID(n int64) string { return "run-" + strconv.FormatInt(n, 10) }

// ErrNoRun says that there is no such run.
var ErrNoRun = errors.New("no such run")
