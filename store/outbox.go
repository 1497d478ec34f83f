package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// Post puts rows into the outbox as pending, before anything is sent, and gives them IDs. From here the
// outbox speaks for the contacts and they are clean, but for those of an undo; what makes one dirty
// again meanwhile stays. A contact has one row at most: an older one that was refused is replaced; one whose fate is not known
// yet is an error, for it would never be read back.
func (s *Store) Post(ctx context.Context, rows []plan.OutboxRow, at time.Time) ([]plan.OutboxRow, error) {
	out := append([]plan.OutboxRow(nil), rows...)
	err := s.write(ctx, func(tx *sql.Tx) error {
		clear, err := tx.PrepareContext(ctx, `DELETE FROM outbox WHERE contact_id = ? AND state = 'refused'`)
		if err != nil {
			return err
		}
		clean, err := tx.PrepareContext(ctx, `UPDATE contact SET dirty = 0,
			moved = moved & coalesce((SELECT sum(1 << axis) FROM question WHERE contact_id = contact.id), 0) WHERE id = ?`)
		if err != nil {
			return err
		}
		put, err := tx.PrepareContext(ctx, `INSERT INTO outbox (run_id, contact_id, title_key, role_want, role_before, role_base, role_base_protected,
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
			if _, err := clear.ExecContext(ctx, id); err != nil {
				return err
			}
			res, err := put.ExecContext(ctx, args...)
			if err != nil {
				return fmt.Errorf("contact %s: %w (has it a write under way?)", r.ContactID, err)
			}
			if !r.Undo { // an undo follows no plan: what is to be planned of the contact stays so
				if _, err := clean.ExecContext(ctx, id); err != nil {
					return err
				}
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

// MarkInFlight says that the rows are about to be sent: from here their fate is unknown until told. It
// marks all or none; a row that is not in the outbox is an error, for it must not be sent.
func (s *Store) MarkInFlight(ctx context.Context, rows []plan.OutboxRow) error {
	if len(rows) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		mark, err := tx.PrepareContext(ctx, `UPDATE outbox SET state = 'inflight', attempts = attempts + 1 WHERE id = ?`)
		if err != nil {
			return err
		}
		for _, r := range rows {
			res, err := mark.ExecContext(ctx, r.ID)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return errors.Join(err, fmt.Errorf("row %d is not in the outbox", r.ID))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark %d writes as sent: %w", len(rows), err)
	}
	return nil
}

// Drop takes rows out of the outbox: they were not sent, or the next plan makes them anew. Their contacts become dirty.
func (s *Store) Drop(ctx context.Context, rows []plan.OutboxRow) error {
	return s.eachOutbox(ctx, rows, `UPDATE contact SET dirty = 1 WHERE archived = 0 AND id = (SELECT contact_id FROM outbox WHERE id = ?)`, `DELETE FROM outbox WHERE id = ?`)
}

func (s *Store) eachOutbox(ctx context.Context, rows []plan.OutboxRow, statements ...string) error {
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
// transaction with the outbox. at is HubSpot's time of each write, one for each row (zero: unknown).
func (s *Store) Confirm(ctx context.Context, rows []plan.OutboxRow, at []time.Time) error {
	if len(rows) != len(at) {
		return fmt.Errorf("confirm %d writes: %d times are given", len(rows), len(at))
	}
	if len(rows) == 0 {
		return nil
	}
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

func confirm(ctx context.Context, tx *sql.Tx, r plan.OutboxRow, at time.Time) error {
	id, err := numeric(r.ContactID)
	if err != nil {
		return err
	}
	for _, a := range label.Axes() {
		if r.Want[a] == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (run_id, contact_id, axis) DO UPDATE SET after=excluded.after, reason=excluded.reason, at_ms=excluded.at_ms`, r.RunID, id, a,
			string(r.Before[a]), string(*r.Want[a]), r.Base[a].Known, string(r.Base[a].Value), r.Base[a].Protected, r.Reason, millis(at)); err != nil {
			return err
		}
		if err := rebase(ctx, tx, r, id, a, at); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE contact SET `+a.String()+` = ?, modified_ms = max(modified_ms, ?) WHERE id = ?`, string(*r.Want[a]), millis(at), id); err != nil {
			return err
		}
	}
	if !r.Undo { // what it said of the labels is the latest
		if _, err := tx.ExecContext(ctx, `UPDATE contact SET attribution = 0, modified_ms = max(modified_ms, ?) WHERE id = ?`, millis(at), id); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE id = ?`, r.ID)
	return err
}

// rebase moves the base to what was written; an undo restores the base that was before instead.
func rebase(ctx context.Context, tx *sql.Tx, r plan.OutboxRow, id int64, a label.Axis, at time.Time) error {
	key, err := titleKeyOf(ctx, tx, r, id)
	if err != nil {
		return err
	}
	if !r.Undo {
		protected := ""
		if *r.Want[a] == "" {
			protected = key
		}
		return putBase(ctx, tx, id, a, *r.Want[a], protected, at)
	}
	if !r.Base[a].Known {
		_, err := tx.ExecContext(ctx, `DELETE FROM base WHERE contact_id = ? AND axis = ?`, id, a)
		return err
	}
	protected := ""
	if r.Base[a].Protected || r.Base[a].Value == "" {
		protected = key
	}
	return putBase(ctx, tx, id, a, r.Base[a].Value, protected, at)
}

// titleKeyOf is the row's title key, or the one that the contact has now where the row has none.
func titleKeyOf(ctx context.Context, tx *sql.Tx, r plan.OutboxRow, id int64) (string, error) {
	if r.TitleKey != "" {
		return r.TitleKey, nil
	}
	var key string
	err := tx.QueryRowContext(ctx, `SELECT t.key FROM contact c JOIN title t ON t.id = c.title_id WHERE c.id = ?`, id).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return key, err
}

// maxMessage is the number of bytes kept of HubSpot's words.
const maxMessage = 500

// Refuse keeps a row that HubSpot refused in quarantine, with its words, until next. Its contact is
// dirty: every plan looks at it, and the row waits there.
func (s *Store) Refuse(ctx context.Context, r plan.OutboxRow, result plan.Result, next time.Time) error {
	message := strings.ToValidUTF8(result.Message, "?")
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "")
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'refused', code = ?, message = ?, mend = ?, next_ms = ? WHERE id = ?`, result.Code, message, result.Mend, millis(next), r.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = 1 WHERE archived = 0 AND id = (SELECT contact_id FROM outbox WHERE id = ?)`, r.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("quarantine a refused write: %w", err)
	}
	return nil
}

// Outbox reads the rows in a state (plan.OutboxPending and its like), in the order in which they were posted.
func (s *Store) Outbox(ctx context.Context, state string) ([]plan.OutboxRow, error) {
	return s.outbox(ctx, `WHERE state = ? ORDER BY id`, state)
}

func (s *Store) outbox(ctx context.Context, where string, args ...any) ([]plan.OutboxRow, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT id, run_id, contact_id, title_key, role_want, role_before, role_base, role_base_protected,
		seniority_want, seniority_before, seniority_base, seniority_base_protected, confidence, source, reason, undo, attempts, next_ms, code, message, mend
		FROM outbox `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	defer rows.Close()
	var out []plan.OutboxRow
	for rows.Next() {
		r, err := scanOutbox(rows)
		if err != nil {
			return nil, fmt.Errorf("read the outbox: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func scanOutbox(rows *sql.Rows) (plan.OutboxRow, error) {
	var (
		r          plan.OutboxRow
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
