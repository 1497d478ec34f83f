package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// Enqueue adds a request, or finds the open one for the same action: existed is true then.
func (s *Store) Enqueue(ctx context.Context, r label.Request) (id int64, existed bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, `SELECT id FROM request WHERE action = ? AND started_ms = 0`, string(r.Action))
		if err := row.Scan(&id); err == nil {
			existed = true
			return nil
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO request (action, scope, source, requested_ms) VALUES (?,?,?,?)`, string(r.Action), r.Scope, r.Source, millis(r.RequestedAt))
		if err != nil {
			return err
		}
		id, err = res.LastInsertId()
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("queue %q: %w", r.Action, err)
	}
	return id, existed, nil
}

// TakeRequest starts the oldest open request; ok is false when there is none.
func (s *Store) TakeRequest(ctx context.Context, now time.Time) (r label.Request, ok bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		var requested int64
		err := tx.QueryRowContext(ctx, `SELECT id, action, scope, source, requested_ms FROM request WHERE started_ms = 0 ORDER BY id LIMIT 1`).
			Scan(&r.ID, &r.Action, &r.Scope, &r.Source, &requested)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		ok, r.RequestedAt, r.StartedAt = true, fromMillis(requested), now
		_, err = tx.ExecContext(ctx, `UPDATE request SET started_ms = ? WHERE id = ?`, millis(now), r.ID)
		return err
	})
	if err != nil {
		return r, false, fmt.Errorf("take a request: %w", err)
	}
	return r, ok, nil
}

// FinishRequest closes a request with its result in plain words.
func (s *Store) FinishRequest(ctx context.Context, id int64, result string, now time.Time) error {
	_, err := s.writer.ExecContext(ctx, `UPDATE request SET finished_ms = ?, result = ? WHERE id = ?`, millis(now), result, id)
	if err != nil {
		return fmt.Errorf("finish request %d: %w", id, err)
	}
	return nil
}

// RestartRequests opens requests again that a crash left started but unfinished, unless the same
// action is already waiting; those are closed. It returns how many run again.
func (s *Store) RestartRequests(ctx context.Context, now time.Time) (n int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE request SET finished_ms = ?, result = 'interrupted by a restart' WHERE started_ms > 0 AND finished_ms = 0
			AND (action IN (SELECT action FROM request WHERE started_ms = 0) OR id NOT IN (SELECT max(id) FROM request WHERE started_ms > 0 AND finished_ms = 0 GROUP BY action))`, millis(now)); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE request SET started_ms = 0 WHERE started_ms > 0 AND finished_ms = 0`)
		if err != nil {
			return err
		}
		count, err := res.RowsAffected()
		n = int(count)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("restart requests: %w", err)
	}
	return n, nil
}

// LastRequests reads the newest request for each action.
func (s *Store) LastRequests(ctx context.Context) (map[label.Action]label.Request, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT id, action, scope, source, requested_ms, started_ms, finished_ms, result FROM request WHERE id IN (SELECT max(id) FROM request GROUP BY action)`)
	if err != nil {
		return nil, fmt.Errorf("read requests: %w", err)
	}
	defer rows.Close()
	out := map[label.Action]label.Request{}
	for rows.Next() {
		var r label.Request
		var requested, started, finished int64
		if err := rows.Scan(&r.ID, &r.Action, &r.Scope, &r.Source, &requested, &started, &finished, &r.Result); err != nil {
			return nil, fmt.Errorf("read requests: %w", err)
		}
		r.RequestedAt, r.StartedAt, r.FinishedAt = fromMillis(requested), fromMillis(started), fromMillis(finished)
		out[r.Action] = r
	}
	return out, rows.Err()
}

// BeginRun opens a run and gives it its number.
func (s *Store) BeginRun(ctx context.Context, kind string, now time.Time) (int64, error) {
	res, err := s.writer.ExecContext(ctx, `INSERT INTO run (kind, started_ms) VALUES (?, ?)`, kind, millis(now))
	if err != nil {
		return 0, fmt.Errorf("begin a run: %w", err)
	}
	return res.LastInsertId()
}

// EndRun keeps a run's report.
func (s *Store) EndRun(ctx context.Context, id int64, r plan.Report) error {
	r.Groups = nil // the plan's samples are for the sheet, not for keeping
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	_, err = s.writer.ExecContext(ctx, `UPDATE run SET ended_ms = ?, outcome = ?, report = ? WHERE id = ?`, max(1, millis(r.Started.Add(r.Duration))), string(r.Outcome), string(raw), id)
	if err != nil {
		return fmt.Errorf("end run %d: %w", id, err)
	}
	return nil
}

// Runs reads the newest reports of ended runs, newest first.
func (s *Store) Runs(ctx context.Context, limit int) ([]plan.Report, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT report FROM run WHERE ended_ms > 0 ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	defer rows.Close()
	var out []plan.Report
	for rows.Next() {
		var raw string
		var r plan.Report
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read runs: %w", err)
		}
		if err := json.Unmarshal([]byte(raw), &r); err != nil {
			return nil, fmt.Errorf("read a run's report: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// LastUndoable is the newest run that wrote something and was not undone; 0 when there is none.
func (s *Store) LastUndoable(ctx context.Context) (int64, error) {
	var id int64
	err := s.readers.QueryRowContext(ctx, `SELECT id FROM run WHERE undone = 0 AND kind = 'run' AND EXISTS (SELECT 1 FROM journal WHERE run_id = run.id) ORDER BY id DESC LIMIT 1`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the last run: %w", err)
	}
	return id, nil
}

// MarkUndone keeps a run from being undone twice.
func (s *Store) MarkUndone(ctx context.Context, id int64) error {
	if _, err := s.writer.ExecContext(ctx, `UPDATE run SET undone = 1 WHERE id = ?`, id); err != nil {
		return fmt.Errorf("mark run %d as undone: %w", id, err)
	}
	return nil
}

// Cursor reads a named cursor; the zero Cursor when there is none. A text that cannot be read counts as none.
func (s *Store) Cursor(ctx context.Context, name string) (label.Cursor, error) {
	raw, err := s.Setting(ctx, "cursor:"+name)
	if err != nil || raw == "" {
		return label.Cursor{}, err
	}
	var c label.Cursor
	if json.Unmarshal([]byte(raw), &c) != nil {
		return label.Cursor{}, nil // reading everything again is always safe
	}
	return c, nil
}

// SaveCursor keeps a named cursor.
func (s *Store) SaveCursor(ctx context.Context, name string, c label.Cursor) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode the cursor: %w", err)
	}
	return s.SaveSetting(ctx, "cursor:"+name, string(raw))
}

// Measure keeps one point of a series over time.
func (s *Store) Measure(ctx context.Context, series string, at time.Time, value float64) error {
	if _, err := s.writer.ExecContext(ctx, `INSERT OR REPLACE INTO measure VALUES (?, ?, ?)`, series, millis(at), value); err != nil {
		return fmt.Errorf("keep a measurement: %w", err)
	}
	return nil
}

// Point is one measurement.
type Point struct {
	At    time.Time
	Value float64
}

// Series reads the newest points of a series, oldest first.
func (s *Store) Series(ctx context.Context, series string, limit int) ([]Point, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT at_ms, value FROM (SELECT at_ms, value FROM measure WHERE series = ? ORDER BY at_ms DESC LIMIT ?) ORDER BY at_ms`, series, limit)
	if err != nil {
		return nil, fmt.Errorf("read measurements: %w", err)
	}
	defer rows.Close()
	var out []Point
	for rows.Next() {
		var ms int64
		var p Point
		if err := rows.Scan(&ms, &p.Value); err != nil {
			return nil, fmt.Errorf("read measurements: %w", err)
		}
		p.At = fromMillis(ms)
		out = append(out, p)
	}
	return out, rows.Err()
}
