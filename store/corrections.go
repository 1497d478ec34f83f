package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"rolecall/label"
)

// CorrectionID is a correction's number as people see it.
func CorrectionID(n int64) string { return fmt.Sprintf("C-%06d", n) }

func correctionNumber(id string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "C-"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("correction id %q is not of the form C-000123", id)
	}
	return n, nil
}

const correctionSelect = `SELECT id, revision, title, title_key, role_given, role, seniority_given, seniority, scope, contact_id, source, source_id, author, at_ms, note, active, published = 1, replaced_by FROM correction `

// SaveCorrection keeps a person's verdict and returns it with ID and Revision. Every revision stays in
// the history, and the contacts it concerns become dirty.
//
//	| ID    | active correction for the same title, scope, contact | what happens                                       |
//	|-------|------------------------------------------------------|----------------------------------------------------|
//	| given | -                                                    | that correction gets a new revision; unknown: new  |
//	| none  | none                                                 | a new correction                                   |
//	| none  | one without a row in the sheet                       | it gets a new revision; axes not given keep theirs |
//	| none  | one whose row stands in the sheet                    | a new correction replaces it; likewise             |
//	| none  | any, but the new one is inactive                     | a new correction, for the record                   |
//
// Of one title, scope and contact at most one correction is active: the one saved last retires the others.
func (s *Store) SaveCorrection(ctx context.Context, c label.Correction, titleKey string) (label.Correction, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		was, err := findCorrection(ctx, tx, c, titleKey)
		if err != nil {
			return err
		}
		var id int64
		c.Revision = 1
		if was != nil {
			if id, err = correctionNumber(was.ID); err != nil {
				return err
			}
			for _, a := range label.Axes() {
				if c.ID == "" && !c.Labels[a].Given {
					c.Labels[a] = was.Labels[a]
				}
			}
			c.Revision = was.Revision + 1
			if c.ID == "" && was.Published {
				id = 0
			}
		}
		if id == 0 {
			res, err := tx.ExecContext(ctx, `INSERT INTO correction (title, title_key, role_given, role, seniority_given, seniority, scope, contact_id, source, source_id, author, at_ms, note, active)
				VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`, correctionArgs(c, titleKey)...)
			if err != nil {
				return err
			}
			if id, err = res.LastInsertId(); err != nil {
				return err
			}
		} else if _, err := tx.ExecContext(ctx, `UPDATE correction SET title=?, title_key=?, role_given=?, role=?, seniority_given=?, seniority=?, scope=?, contact_id=?,
				source=?, source_id=?, author=?, at_ms=?, note=?, active=?, revision=? WHERE id=?`, append(correctionArgs(c, titleKey), c.Revision, id)...); err != nil {
			return err
		}
		c.ID = CorrectionID(id)
		return keepCorrection(ctx, tx, c, titleKey, id, was)
	})
	if err != nil {
		return c, fmt.Errorf("save a correction: %w", err)
	}
	return c, nil
}

// keepCorrection writes the history, retires the corrections that were replaced and marks the contacts.
func keepCorrection(ctx context.Context, tx *sql.Tx, c label.Correction, titleKey string, id int64, was *label.KeptCorrection) error {
	if c.Active {
		if _, err := tx.ExecContext(ctx, `UPDATE correction SET active = 0, replaced_by = ?1 WHERE title_key = ?2 AND scope = ?3 AND contact_id = ?4 AND active = 1 AND id <> ?1`,
			id, titleKey, string(c.Scope), string(c.ContactID)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE correction SET replaced_by = 0 WHERE id = ?`, id); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO correction_history (correction_id, revision, content, at_ms) VALUES (?,?,?,?)`, id, c.Revision, string(raw), millis(c.At)); err != nil {
		return err
	}
	if was != nil { // a person may have retyped the title or the scope: what it concerned before changes too
		if err := dirtyTitle(ctx, tx, was.TitleKey, was.Correction); err != nil {
			return err
		}
	}
	return dirtyTitle(ctx, tx, titleKey, c)
}

func correctionArgs(c label.Correction, key string) []any {
	r, s := c.Labels[label.Role], c.Labels[label.Seniority]
	return []any{c.Title, key, r.Given, string(r.Value), s.Given, string(s.Value), string(c.Scope), string(c.ContactID), string(c.Source), c.SourceID, c.By, millis(c.At), c.Note, c.Active}
}

func findCorrection(ctx context.Context, tx *sql.Tx, c label.Correction, key string) (*label.KeptCorrection, error) {
	if c.ID == "" && !c.Active {
		return nil, nil
	}
	where, args := `WHERE title_key = ? AND scope = ? AND contact_id = ? AND active = 1`, []any{key, string(c.Scope), string(c.ContactID)}
	if c.ID != "" {
		n, err := correctionNumber(c.ID)
		if err != nil {
			return nil, err
		}
		where, args = `WHERE id = ?`, []any{n}
	}
	rows, err := tx.QueryContext(ctx, correctionSelect+where+` LIMIT 1`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	row, err := scanCorrection(rows)
	return &row, err
}

func dirtyTitle(ctx context.Context, tx *sql.Tx, key string, c label.Correction) error {
	if c.Scope == label.ScopeContact {
		_, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = 1 WHERE id = CAST(? AS INTEGER)`, string(c.ContactID))
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE contact SET dirty = 1 WHERE title_id = (SELECT id FROM title WHERE key = ?)`, key)
	return err
}

func scanCorrection(rows *sql.Rows) (label.KeptCorrection, error) {
	var c label.KeptCorrection
	var id, at, replaced int64
	r, s := &c.Labels[label.Role], &c.Labels[label.Seniority]
	err := rows.Scan(&id, &c.Revision, &c.Title, &c.TitleKey, &r.Given, &r.Value, &s.Given, &s.Value, &c.Scope, &c.ContactID, &c.Source, &c.SourceID, &c.By, &at, &c.Note, &c.Active, &c.Published, &replaced)
	c.ID, c.At = CorrectionID(id), fromMillis(at)
	if replaced > 0 {
		c.ReplacedBy = CorrectionID(replaced)
	}
	return c, err
}

func (s *Store) corrections(ctx context.Context, where string, args ...any) ([]label.KeptCorrection, error) {
	rows, err := s.readers.QueryContext(ctx, correctionSelect+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	defer rows.Close()
	var out []label.KeptCorrection
	for rows.Next() {
		c, err := scanCorrection(rows)
		if err != nil {
			return nil, fmt.Errorf("read corrections: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Corrections reads every active correction, oldest first.
func (s *Store) Corrections(ctx context.Context) ([]label.KeptCorrection, error) {
	return s.corrections(ctx, `WHERE active = 1 ORDER BY id`)
}

// AllCorrections reads the corrections that are not undone and those that are, by ID.
func (s *Store) AllCorrections(ctx context.Context) (map[string]label.KeptCorrection, error) {
	rows, err := s.corrections(ctx, `ORDER BY id`)
	if err != nil {
		return nil, err
	}
	out := make(map[string]label.KeptCorrection, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}

// UnpublishedCorrections reads active corrections that have no row in the sheet yet.
func (s *Store) UnpublishedCorrections(ctx context.Context, limit int) ([]label.KeptCorrection, error) {
	return s.corrections(ctx, `WHERE published = 0 AND active = 1 ORDER BY id LIMIT ?`, limit)
}

// ArchiveCorrections keeps corrections in force without a row in the sheet, where the tab is full.
func (s *Store) ArchiveCorrections(ctx context.Context, ids []string) error {
	return s.eachText(ctx, "archive corrections", ids, func(id string) (any, error) { return correctionNumber(id) }, `UPDATE correction SET published = 2 WHERE id = ?`)
}

// MarkCorrectionsPublished says that rows for these corrections stand in the sheet.
func (s *Store) MarkCorrectionsPublished(ctx context.Context, ids []string) error {
	return s.eachText(ctx, "mark corrections as published", ids, func(id string) (any, error) { return correctionNumber(id) }, `UPDATE correction SET published = 1 WHERE id = ?`)
}

func (s *Store) eachText(ctx context.Context, what string, ids []string, number func(string) (any, error), statement string) error {
	if len(ids) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			n, err := number(id)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, statement, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// LessonGroups reads, for each title and axis with lessons, how many contacts say which value; By and
// At are of the newest.
func (s *Store) LessonGroups(ctx context.Context) ([]label.LessonGroup, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT l.title_key, coalesce(t.spelling, l.title_key), l.axis, l.value, count(*), l.author, max(l.at_ms)
		FROM lesson l LEFT JOIN title t ON t.key = l.title_key GROUP BY l.title_key, l.axis, l.value ORDER BY l.title_key, l.axis, count(*) DESC, l.value`)
	if err != nil {
		return nil, fmt.Errorf("read lessons: %w", err)
	}
	defer rows.Close()
	var out []label.LessonGroup
	for rows.Next() {
		var g label.LessonGroup
		var at int64
		if err := rows.Scan(&g.TitleKey, &g.Title, &g.Axis, &g.Value, &g.Contacts, &g.By, &at); err != nil {
			return nil, fmt.Errorf("read lessons: %w", err)
		}
		g.At = fromMillis(at)
		out = append(out, g)
	}
	return out, rows.Err()
}

// ForgetLessons drops the lessons of a title: they have become a correction, or a person has decided.
func (s *Store) ForgetLessons(ctx context.Context, titleKey string, a label.Axis) error {
	if _, err := s.writer.ExecContext(ctx, `DELETE FROM lesson WHERE title_key = ? AND axis = ?`, titleKey, a); err != nil {
		return fmt.Errorf("forget lessons: %w", err)
	}
	return nil
}
