package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// ReviewID is a Review row's number as people see it.
func ReviewID(n int64) string { return fmt.Sprintf("Q-%06d", n) }

func reviewNumber(id string) (any, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "Q-"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("review id %q is not of the form Q-000123", id)
	}
	return n, nil
}

// Questions sums the conflicts up by title: how many contacts are asked about, and what HubSpot shows
// per axis (the most frequent; of equals the first in the alphabet).
func (s *Store) Questions(ctx context.Context) ([]label.Question, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT t.key, q.axis, q.theirs, count(*) AS n, (SELECT count(DISTINCT contact_id) FROM question WHERE title_id = t.id)
		FROM question q JOIN title t ON t.id = q.title_id GROUP BY t.key, q.axis, q.theirs ORDER BY t.key, q.axis, n DESC, q.theirs`)
	if err != nil {
		return nil, fmt.Errorf("read conflicts: %w", err)
	}
	defer rows.Close()
	var out []label.Question
	for rows.Next() {
		var key, theirs string
		var a label.Axis
		var n, contacts int
		if err := rows.Scan(&key, &a, &theirs, &n, &contacts); err != nil {
			return nil, fmt.Errorf("read conflicts: %w", err)
		}
		if len(out) == 0 || out[len(out)-1].TitleKey != key {
			out = append(out, label.Question{TitleKey: key, Contacts: contacts})
		}
		q := &out[len(out)-1]
		if !q.Asked[a] {
			q.Asked[a], q.Theirs[a] = true, label.Value(theirs)
		}
	}
	return out, rows.Err()
}

// AnswerQuestions settles a title's conflicts on the axes given: the base of every contact asked about
// moves to the value its question showed, and the contacts become dirty, so that the next plan does what was
// decided, and HubSpot is told whose decision it was. An empty value becomes the base for as long as the contact has this title. A contact whose value
// changed after shown, when the row was last brought up to date, is left alone: it was edited since, and is a
// conflict of its own.
func (s *Store) AnswerQuestions(ctx context.Context, titleKey string, axes [label.AxisCount]bool, shown, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, a := range label.Axes() {
			if !axes[a] {
				continue
			}
			const these = ` FROM question WHERE axis = ?1 AND title_id = (SELECT id FROM title WHERE key = ?2) AND at_ms <= ?3`
			if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO base SELECT contact_id, axis, theirs, CASE theirs WHEN '' THEN ?2 ELSE '' END, ?4`+these, a, titleKey, millis(shown), millis(at)); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = 1, moved = moved & ~(1 << ?1), attribution = (attribution & ~(3 << 2 * ?1)) | (?4 << 2 * ?1)
				WHERE id IN (SELECT contact_id`+these+`)`, a, titleKey, millis(shown), plan.AnswersHand); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE`+these, a, titleKey, millis(shown)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle the conflicts of a title: %w", err)
	}
	return nil
}

// PutReview opens a Review row for each item's title, or updates the open one, whose state and first
// day stay. An item of a title that is not known is passed over: nobody has it any more.
func (s *Store) PutReview(ctx context.Context, items []label.ReviewItem, now time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, it := range items {
			if it.FirstSeen.IsZero() {
				it.FirstSeen = now
			}
			raw, err := json.Marshal(it)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO review (title_id, kind, state, contacts, first_ms, item) SELECT id, ?, ?, ?, ?, ? FROM title WHERE key = ?
				ON CONFLICT (title_id) WHERE state IN ('OPEN', 'WAITING', 'HELD', 'ERROR', 'SKIPPED')
				DO UPDATE SET kind = excluded.kind, contacts = excluded.contacts, item = excluded.item`,
				string(it.Kind), string(label.ReviewOpen), it.Contacts, millis(it.FirstSeen), string(raw), it.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("open %d review rows: %w", len(items), err)
	}
	return nil
}

func (s *Store) reviews(ctx context.Context, where string, args ...any) ([]label.ReviewRow, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT id, state, contacts, first_ms, item, seen, published, correction FROM review `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read review rows: %w", err)
	}
	defer rows.Close()
	var out []label.ReviewRow
	for rows.Next() {
		var r label.ReviewRow
		var id, first, correction int64
		var raw string
		if err := rows.Scan(&id, &r.State, &r.Contacts, &first, &raw, &r.Seen, &r.Published, &correction); err != nil {
			return nil, fmt.Errorf("read review rows: %w", err)
		}
		state, contacts := r.State, r.Contacts
		if err := json.Unmarshal([]byte(raw), &r.ReviewItem); err != nil {
			return nil, fmt.Errorf("read review row %d: %w", id, err)
		}
		r.ID, r.State, r.Contacts, r.FirstSeen = ReviewID(id), state, contacts, fromMillis(first)
		if correction > 0 {
			r.Answered = CorrectionID(correction)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// OpenReviews reads every row that is still a question, published or not.
func (s *Store) OpenReviews(ctx context.Context) ([]label.ReviewRow, error) {
	return s.reviews(ctx, `WHERE state IN ('OPEN', 'WAITING', 'HELD', 'ERROR', 'SKIPPED') ORDER BY id`)
}

// PublishedReviews reads every row that stands in the sheet, whatever its state.
func (s *Store) PublishedReviews(ctx context.Context) ([]label.ReviewRow, error) {
	return s.reviews(ctx, `WHERE published = 1 ORDER BY id`)
}

// ReviewHistory reads settled rows, for the Quality tab.
func (s *Store) ReviewHistory(ctx context.Context) ([]label.ReviewRow, error) {
	return s.reviews(ctx, `WHERE state = 'APPLIED' ORDER BY id`)
}

// SaveReviewStates keeps state, message, seen cells and answer of rows, by ID.
func (s *Store) SaveReviewStates(ctx context.Context, rows []label.ReviewRow) error {
	if len(rows) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, r := range rows {
			id, err := reviewNumber(r.ID)
			if err != nil {
				return err
			}
			raw, err := json.Marshal(r.ReviewItem)
			if err != nil {
				return err
			}
			var correction any = 0
			if r.Answered != "" {
				if correction, err = correctionNumber(r.Answered); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, `UPDATE review SET state = ?, item = ?, seen = ?, correction = ? WHERE id = ?`, string(r.State), string(raw), r.Seen, correction, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save review rows: %w", err)
	}
	return nil
}

// MarkReviewsPublished says whether rows for these items stand in the sheet.
func (s *Store) MarkReviewsPublished(ctx context.Context, ids []string, published bool) error {
	statement := `UPDATE review SET published = 0 WHERE id = ?`
	if published {
		statement = `UPDATE review SET published = 1 WHERE id = ?`
	}
	return s.eachText(ctx, "mark review rows as published", ids, reviewNumber, statement)
}

// CountReviews counts rows by state.
func (s *Store) CountReviews(ctx context.Context) (map[label.ReviewState]int, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT state, count(*) FROM review GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count review rows: %w", err)
	}
	defer rows.Close()
	out := map[label.ReviewState]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count review rows: %w", err)
		}
		out[label.ReviewState(state)] = n
	}
	return out, rows.Err()
}
