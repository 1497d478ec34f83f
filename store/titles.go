package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"rolecall/label"
)

// decisionColumns of one axis, in the order that decisionArgs fills and decisionInto reads.
func decisionColumns(a label.Axis) []string {
	n := a.String()
	return []string{n + "_value", n + "_accepted", n + "_method", n + "_confidence", n + "_second", n + "_second_confidence", n + "_rule", n + "_why"}
}

func decisionArgs(f label.Finding) []any {
	return []any{string(f.Value), f.Accepted, string(f.Method), f.Confidence, string(f.RunnerUp), f.RunnerUpConfidence, f.RuleID, f.Why}
}

func decisionInto(f *label.Finding) []any {
	return []any{&f.Value, &f.Accepted, &f.Method, &f.Confidence, &f.RunnerUp, &f.RunnerUpConfidence, &f.RuleID, &f.Why}
}

const undecidedQuery = `SELECT id, key, spelling FROM title WHERE id > ?1 AND (revision <> ?2 OR model <> ?3)
	AND EXISTS (SELECT 1 FROM contact WHERE title_id = title.id AND archived = 0) ORDER BY id LIMIT ?4`

// undecidedAny asks the index alone: whatever is not (revision, model) stands before or behind it.
const undecidedAny = `SELECT EXISTS (SELECT 1 FROM title WHERE revision < ?1) OR EXISTS (SELECT 1 FROM title WHERE revision > ?1)
	OR EXISTS (SELECT 1 FROM title WHERE revision = ?1 AND model < ?2) OR EXISTS (SELECT 1 FROM title WHERE revision = ?1 AND model > ?2)`

// UndecidedTitles reads up to limit distinct titles, above id after, that this revision and model have
// not decided yet and that at least one contact has. It returns the last id for the next call.
func (s *Store) UndecidedTitles(ctx context.Context, revision, model string, after int64, limit int) (titles []label.TitleRow, last int64, err error) {
	if after == 0 { // most runs end here, without reading the titles
		var any bool
		if err := s.readers.QueryRowContext(ctx, undecidedAny, revision, model).Scan(&any); err != nil || !any {
			return nil, after, err
		}
	}
	rows, err := s.readers.QueryContext(ctx, undecidedQuery, after, revision, model, limit)
	if err != nil {
		return nil, after, fmt.Errorf("read titles to decide: %w", err)
	}
	defer rows.Close()
	last = after
	for rows.Next() {
		var t label.TitleRow
		if err := rows.Scan(&last, &t.Key, &t.Title); err != nil {
			return nil, after, fmt.Errorf("read titles to decide: %w", err)
		}
		titles = append(titles, t)
	}
	return titles, last, rows.Err()
}

// SaveDecisions keeps what was decided. The contacts of a title whose accepted values changed become
// dirty; where only a confidence moved, nothing has to be planned again. A title that is no longer
// known, because its last contact was purged meanwhile, is passed over.
func (s *Store) SaveDecisions(ctx context.Context, revision, model string, titles []label.TitleRow) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		set := `UPDATE title SET revision = ?, model = ?`
		for _, a := range label.Axes() {
			for _, c := range decisionColumns(a) {
				set += ", " + c + " = ?"
			}
		}
		update, err := tx.PrepareContext(ctx, set+` WHERE id = ?`)
		if err != nil {
			return err
		}
		find, err := tx.PrepareContext(ctx, `SELECT id, role_value, role_accepted, role_method, seniority_value, seniority_accepted, seniority_method FROM title WHERE key = ?`)
		if err != nil {
			return err
		}
		dirty, err := tx.PrepareContext(ctx, `UPDATE contact SET dirty = 1 WHERE title_id = ? AND archived = 0`)
		if err != nil {
			return err
		}
		for _, t := range titles {
			var id int64
			var was [label.AxisCount]label.Finding
			if err := find.QueryRowContext(ctx, t.Key).Scan(&id, &was[0].Value, &was[0].Accepted, &was[0].Method, &was[1].Value, &was[1].Accepted, &was[1].Method); errors.Is(err, sql.ErrNoRows) {
				continue
			} else if err != nil {
				return err
			}
			args := []any{revision, model}
			changed := false
			for i, f := range t.Decision.Findings {
				args = append(args, decisionArgs(f)...)
				changed = changed || f.Label() != was[i].Label() || f.Accepted != was[i].Accepted || f.Method.IsPerson() != was[i].Method.IsPerson()
			}
			if _, err := update.ExecContext(ctx, append(args, id)...); err != nil {
				return err
			}
			if changed {
				if _, err := dirty.ExecContext(ctx, id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save %d decisions: %w", len(titles), err)
	}
	return nil
}

// titleSelect is the common part of queries that scanTitle reads.
func titleSelect() string {
	q := `SELECT t.key, t.spelling, t.revision, t.model`
	for _, a := range label.Axes() {
		for _, c := range decisionColumns(a) {
			q += ", t." + c
		}
	}
	return q + `, (SELECT count(*) FROM contact WHERE title_id = t.id AND archived = 0) AS contacts FROM title t `
}

func scanTitle(rows *sql.Rows) (label.TitleRow, error) {
	var t label.TitleRow
	into := []any{&t.Key, &t.Title, &t.Revision, &t.Decision.ModelID}
	for i := range t.Decision.Findings {
		into = append(into, decisionInto(&t.Decision.Findings[i])...)
	}
	err := rows.Scan(append(into, &t.Contacts)...)
	return t, err
}

func (s *Store) titles(ctx context.Context, where string, args ...any) ([]label.TitleRow, error) {
	rows, err := s.readers.QueryContext(ctx, titleSelect()+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read titles: %w", err)
	}
	defer rows.Close()
	var out []label.TitleRow
	for rows.Next() {
		t, err := scanTitle(rows)
		if err != nil {
			return nil, fmt.Errorf("read titles: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Title reads one distinct title by its key.
func (s *Store) Title(ctx context.Context, key string) (label.TitleRow, bool, error) {
	out, err := s.titles(ctx, `WHERE t.key = ?`, key)
	if err != nil || len(out) == 0 {
		return label.TitleRow{}, false, err
	}
	return out[0], true, nil
}

// UnsureTitles reads the titles with a contact on which the classifier abstained, most contacts first.
func (s *Store) UnsureTitles(ctx context.Context, limit int) ([]label.TitleRow, error) {
	return s.titles(ctx, `WHERE (t.role_method = ?1 OR t.seniority_method = ?1) AND contacts > 0 ORDER BY contacts DESC, t.id LIMIT ?2`, string(label.ByAbstaining), limit)
}

// LabelledTitles reads titles that were labelled automatically on both axes and that no Review row has
// ever asked about, in the order of a hash of their number: a random sample that is the same each time.
func (s *Store) LabelledTitles(ctx context.Context, limit int) ([]label.TitleRow, error) {
	return s.titles(ctx, `WHERE contacts > 0 AND t.role_accepted = 1 AND t.seniority_accepted = 1 AND t.role_method NOT IN (?1, ?2, ?3) AND t.seniority_method NOT IN (?1, ?2, ?3)
		AND t.id NOT IN (SELECT title_id FROM review) ORDER BY (t.id * 2654435761) % 4294967296 LIMIT ?4`,
		string(label.ByCorrection), string(label.ByContactCorrection), string(label.ByNonsense), limit)
}

// perTitle counts the contacts of each title from an index alone: joined with the titles it is many times
// quicker than joining the contacts. CROSS JOIN keeps SQLite from turning the order round.
const perTitle = `(SELECT title_id, count(*) AS n FROM contact WHERE archived = 0 GROUP BY title_id) c CROSS JOIN title t ON t.id = c.title_id`

// RuleHits counts, for each rule, the contacts whose title it decides on either axis.
func (s *Store) RuleHits(ctx context.Context) (map[string]int, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT CASE WHEN t.role_method = ?1 THEN t.role_rule ELSE '' END, CASE WHEN t.seniority_method = ?1 THEN t.seniority_rule ELSE '' END, sum(c.n)
		FROM `+perTitle+` WHERE t.role_method = ?1 OR t.seniority_method = ?1 GROUP BY 1, 2`, string(label.ByRule))
	if err != nil {
		return nil, fmt.Errorf("count rule hits: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var rule [label.AxisCount]string
		var hits int
		if err := rows.Scan(&rule[0], &rule[1], &hits); err != nil {
			return nil, fmt.Errorf("count rule hits: %w", err)
		}
		out[rule[0]] += hits
		if rule[1] != rule[0] {
			out[rule[1]] += hits
		}
	}
	delete(out, "")
	return out, rows.Err()
}

// standing is where a title's contacts stand: 0 labelled, 1 in Review, 2 without a title. ?1 is label.ByNonsense.
const standing = `CASE WHEN t.role_method = ?1 AND t.seniority_method = ?1 THEN 2 WHEN t.role_accepted AND t.seniority_accepted THEN 0 ELSE 1 END`

const tallyTitles = `SELECT ` + standing + `, sum(c.n), count(*) FROM ` + perTitle + ` GROUP BY 1`

const tallyQuestions = `SELECT ` + standing + `, count(DISTINCT q.contact_id), 0
	FROM question q CROSS JOIN contact c ON c.id = q.contact_id CROSS JOIN title t ON t.id = c.title_id WHERE c.archived = 0 GROUP BY 1`

// Tally counts contacts by where they stand.
func (s *Store) Tally(ctx context.Context) (label.Tally, error) {
	var t label.Tally
	in := [3]*int{&t.Labelled, &t.InReview, &t.NoTitle}
	err := s.eachStanding(ctx, tallyTitles, func(state, contacts, titles int) {
		*in[state] = contacts
		t.Contacts += contacts
		t.Titles += titles
	})
	if err != nil {
		return label.Tally{}, err
	}
	// A contact about which a person is asked is in Review, whatever its title's others are.
	err = s.eachStanding(ctx, tallyQuestions, func(state, contacts, _ int) {
		*in[state] -= contacts
		t.InReview += contacts
	})
	if err != nil {
		return label.Tally{}, err
	}
	return t, nil
}

func (s *Store) eachStanding(ctx context.Context, query string, f func(state, contacts, titles int)) error {
	rows, err := s.readers.QueryContext(ctx, query, string(label.ByNonsense))
	if err != nil {
		return fmt.Errorf("count contacts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state, contacts, titles int
		if err := rows.Scan(&state, &contacts, &titles); err != nil {
			return fmt.Errorf("count contacts: %w", err)
		}
		f(state, contacts, titles)
	}
	return rows.Err()
}
