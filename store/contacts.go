package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"rolecall/label"
	"rolecall/plan"
)

// SaveContacts mirrors contacts as read from HubSpot. A reading older than what is known (search
// lags behind our own writes) is dropped. Contacts whose title, labels or archived flag differ from
// what is known become dirty: the next plan looks at them. TitleKey must be set. It returns how many
// are new or differ.
func (s *Store) SaveContacts(ctx context.Context, contacts []label.Contact) (changed int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		w, err := newMirror(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range contacts {
			differs, err := w.save(ctx, c)
			if err != nil {
				return fmt.Errorf("contact %s: %w", c.ID, err)
			}
			if differs {
				changed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("save %d contacts: %w", len(contacts), err)
	}
	return changed, nil
}

// mirror holds the prepared statements of one SaveContacts.
type mirror struct {
	addTitle, findTitle, find, put, gone *sql.Stmt
	titles                               map[string]titleRef
}

type titleRef struct {
	id       int64
	spelling string
}

func newMirror(ctx context.Context, tx *sql.Tx) (*mirror, error) {
	m := &mirror{titles: map[string]titleRef{}}
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&m.addTitle, `INSERT INTO title (key, spelling) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`},
		{&m.findTitle, `SELECT id, spelling FROM title WHERE key = ?`},
		{&m.find, `SELECT title_id, role, seniority, modified_ms, archived FROM contact WHERE id = ?`},
		{&m.put, `INSERT INTO contact (id, title_id, raw_title, company, role, seniority, modified_ms, archived, dirty) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,NOT ?8)
			ON CONFLICT (id) DO UPDATE SET title_id=excluded.title_id, raw_title=excluded.raw_title, company=excluded.company, role=excluded.role,
			seniority=excluded.seniority, modified_ms=max(modified_ms, excluded.modified_ms), archived=excluded.archived, dirty=CASE WHEN excluded.archived THEN 0 WHEN ?9 THEN 1 ELSE dirty END, moved = moved | ?10`},
		{&m.gone, `DELETE FROM question WHERE contact_id = ?`},
	} {
		stmt, err := tx.PrepareContext(ctx, p.text)
		if err != nil {
			return nil, fmt.Errorf("prepare: %w", err)
		}
		*p.stmt = stmt
	}
	return m, nil
}

func (m *mirror) title(ctx context.Context, key, spelling string) (titleRef, error) {
	if ref, ok := m.titles[key]; ok {
		return ref, nil
	}
	if _, err := m.addTitle.ExecContext(ctx, key, spelling); err != nil {
		return titleRef{}, err
	}
	var ref titleRef
	if err := m.findTitle.QueryRowContext(ctx, key).Scan(&ref.id, &ref.spelling); err != nil {
		return titleRef{}, err
	}
	m.titles[key] = ref
	return ref, nil
}

func (m *mirror) save(ctx context.Context, c label.Contact) (bool, error) {
	id, err := numeric(c.ID)
	if err != nil {
		return false, err
	}
	ref, err := m.title(ctx, c.TitleKey, c.Title)
	if err != nil {
		return false, err
	}
	archived := c.Archived || c.MergedInto != ""
	var was struct {
		title, modified int64
		role, seniority string
		archived        bool
	}
	err = m.find.QueryRowContext(ctx, id).Scan(&was.title, &was.role, &was.seniority, &was.modified, &was.archived)
	fresh := errors.Is(err, sql.ErrNoRows)
	if err != nil && !fresh {
		return false, err
	}
	if !fresh && millis(c.ModifiedAt) < was.modified && !archived {
		return false, nil
	}
	differs := fresh || was.title != ref.id || was.role != string(c.Labels[label.Role]) || was.seniority != string(c.Labels[label.Seniority]) || was.archived != archived
	if !differs && millis(c.ModifiedAt) == was.modified {
		return false, nil
	}
	moved := 0
	for i, old := range []string{was.role, was.seniority} {
		if !fresh && old != string(c.Labels[i]) {
			moved |= 1 << i
		}
	}
	var raw *string
	if c.Title != ref.spelling {
		raw = &c.Title
	}
	if archived {
		if _, err := m.gone.ExecContext(ctx, id); err != nil {
			return false, err
		}
	}
	_, err = m.put.ExecContext(ctx, id, ref.id, raw, c.Company, string(c.Labels[label.Role]), string(c.Labels[label.Seniority]), millis(c.ModifiedAt), archived, differs, moved)
	return differs, err
}

func numeric(id label.ContactID) (int64, error) {
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != string(id) {
		return 0, fmt.Errorf("contact id %q is not a HubSpot record id (digits)", id)
	}
	return n, nil
}

func contactID(n int64) label.ContactID { return label.ContactID(strconv.FormatInt(n, 10)) }

// PlanRows gives one plan.Row for each dirty contact with an id above after that is not archived and has no write
// under way, in id order, limit at most. Held cells are those that an undo holds for this revision. A base is
// protected, and an empty one known at all, as long as the contact has the title that it was said of: who gets a new
// job gets a new label.
func (s *Store) PlanRows(ctx context.Context, revision string, after label.ContactID, limit int) ([]plan.Row, error) {
	from := int64(0)
	if after != "" {
		var err error
		if from, err = numeric(after); err != nil {
			return nil, err
		}
	}
	rows, err := s.readers.QueryContext(ctx, planRowsQuery, revision, from, limit)
	if err != nil {
		return nil, fmt.Errorf("read the contacts to plan: %w", err)
	}
	defer rows.Close()
	var out []plan.Row
	intern := map[string]string{}
	for rows.Next() {
		row, err := scanPlanRow(rows, intern)
		if err != nil {
			return nil, fmt.Errorf("read a contact to plan: %w", err)
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

const planRowsQuery = `SELECT c.id, t.key, c.role, c.seniority,
		t.role_value, t.role_accepted, t.role_method, t.role_confidence, t.role_rule,
		t.seniority_value, t.seniority_accepted, t.seniority_method, t.seniority_confidence, t.seniority_rule,
		b0.value, coalesce(b0.protected_key = t.key, 0), b1.value, coalesce(b1.protected_key = t.key, 0),
		coalesce(h0.revision = ?1, 0), coalesce(h1.revision = ?1, 0), c.moved, c.attribution
		FROM contact c JOIN title t ON t.id = c.title_id
		LEFT JOIN base b0 ON b0.contact_id = c.id AND b0.axis = 0
		LEFT JOIN base b1 ON b1.contact_id = c.id AND b1.axis = 1
		LEFT JOIN undo_hold h0 ON h0.contact_id = c.id AND h0.axis = 0
		LEFT JOIN undo_hold h1 ON h1.contact_id = c.id AND h1.axis = 1
		WHERE c.dirty = 1 AND c.id > ?2 AND c.archived = 0 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = c.id AND o.state <> 'refused') ORDER BY c.id LIMIT ?3`

// scanPlanRow reads one row; repeated texts share memory through intern.
func scanPlanRow(rows *sql.Rows, intern map[string]string) (plan.Row, error) {
	var (
		id, axisText         = int64(0), [label.AxisCount]struct{ theirs, value, method, rule string }{}
		accepted, prot, held [label.AxisCount]bool
		confidence           [label.AxisCount]float64
		base                 [label.AxisCount]sql.NullString
		key                  string
		moved, attribution   int
	)
	r, s := &axisText[0], &axisText[1]
	if err := rows.Scan(&id, &key, &r.theirs, &s.theirs, &r.value, &accepted[0], &r.method, &confidence[0], &r.rule,
		&s.value, &accepted[1], &s.method, &confidence[1], &s.rule, &base[0], &prot[0], &base[1], &prot[1], &held[0], &held[1], &moved, &attribution); err != nil {
		return plan.Row{}, err
	}
	share := func(text string) string {
		if have, ok := intern[text]; ok {
			return have
		}
		intern[text] = text
		return text
	}
	out := plan.Row{ContactID: contactID(id), TitleKey: share(key), Held: held, Moved: [label.AxisCount]bool{moved&1 != 0, moved&2 != 0}}
	for i, t := range axisText {
		out.Attribution[i] = plan.Hand(attribution >> (2 * i) & 3)
		out.Theirs[i] = label.Value(share(t.theirs))
		out.Ours[i] = plan.OursOf(label.Finding{Value: label.Value(share(t.value)), Accepted: accepted[i], Method: label.Method(share(t.method)),
			Confidence: confidence[i], RuleID: share(t.rule)})
		if base[i].Valid && (base[i].String != "" || prot[i]) {
			out.Base[i] = plan.Base{Known: true, Value: label.Value(share(base[i].String)), Protected: prot[i]}
		}
	}
	return out, nil
}

const contactSelect = `SELECT c.id, coalesce(c.raw_title, t.spelling), t.key, c.company, c.role, c.seniority, c.modified_ms, c.archived
	FROM contact c JOIN title t ON t.id = c.title_id `

func scanContact(row interface{ Scan(...any) error }) (c label.Contact, err error) {
	var id, modified int64
	err = row.Scan(&id, &c.Title, &c.TitleKey, &c.Company, &c.Labels[label.Role], &c.Labels[label.Seniority], &modified, &c.Archived)
	c.ID, c.ModifiedAt = contactID(id), fromMillis(modified)
	return c, err
}

// Contact reads one contact from the mirror; ok is false when it is not known.
func (s *Store) Contact(ctx context.Context, id label.ContactID) (c label.Contact, ok bool, err error) {
	n, err := numeric(id)
	if err != nil {
		return c, false, err
	}
	c, err = scanContact(s.readers.QueryRowContext(ctx, contactSelect+`WHERE c.id = ?`, n))
	if errors.Is(err, sql.ErrNoRows) {
		return label.Contact{}, false, nil
	}
	if err != nil {
		return label.Contact{}, false, fmt.Errorf("read contact %s: %w", id, err)
	}
	return c, true, nil
}

// Sample reads up to limit contact ids with that title, lowest first.
func (s *Store) Sample(ctx context.Context, titleKey string, limit int) ([]label.ContactID, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT c.id FROM contact c JOIN title t ON t.id = c.title_id WHERE t.key = ? AND c.archived = 0 ORDER BY c.id LIMIT ?`, titleKey, limit)
	if err != nil {
		return nil, fmt.Errorf("read contacts of a title: %w", err)
	}
	defer rows.Close()
	var out []label.ContactID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read contacts of a title: %w", err)
		}
		out = append(out, contactID(id))
	}
	return out, rows.Err()
}

// MarkGone archives a contact in the mirror and drops its questions.
func (s *Store) MarkGone(ctx context.Context, ids []label.ContactID) error {
	return s.eachContact(ctx, "mark contacts as gone", ids, `UPDATE contact SET archived = 1, dirty = 0 WHERE id = ?`, `DELETE FROM question WHERE contact_id = ?`, `DELETE FROM outbox WHERE contact_id = ?`)
}

// MarkDirty makes the next plan look at these contacts.
func (s *Store) MarkDirty(ctx context.Context, ids []label.ContactID) error {
	return s.eachContact(ctx, "mark contacts for planning", ids, `UPDATE contact SET dirty = 1 WHERE id = ? AND archived = 0`)
}

func (s *Store) eachContact(ctx context.Context, what string, ids []label.ContactID, statements ...string) error {
	if len(ids) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			n, err := numeric(id)
			if err != nil {
				return err
			}
			for _, statement := range statements {
				if _, err := tx.ExecContext(ctx, statement, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Portal counts what the guard measures a plan against.
func (s *Store) Portal(ctx context.Context) (plan.Portal, error) {
	var p plan.Portal
	for _, a := range label.Axes() {
		p.Labelled[a] = map[label.Value]int{}
	}
	rows, err := s.readers.QueryContext(ctx, portalQuery)
	if err != nil {
		return p, fmt.Errorf("count labels: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v [label.AxisCount]label.Value
		var n int
		if err := rows.Scan(&v[0], &v[1], &n); err != nil {
			return p, fmt.Errorf("count labels: %w", err)
		}
		p.Contacts += n
		for a := range v {
			if v[a] != "" {
				p.Labelled[a][v[a]] += n
			}
		}
	}
	if err := rows.Err(); err != nil {
		return p, fmt.Errorf("count labels: %w", err)
	}
	approved, err := s.Setting(ctx, plan.BackfillSetting)
	p.BackfillApproved, p.BackfillUnderWay = approved != "", approved == plan.BackfillAccepted
	return p, err
}

const portalQuery = `SELECT role, seniority, count(*) FROM contact WHERE archived = 0 GROUP BY role, seniority`

// Setting reads a small named value; "" when it was never set.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := s.readers.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return v, nil
}

// SaveSetting keeps a small named value.
func (s *Store) SaveSetting(ctx context.Context, name, value string) error {
	_, err := s.writer.ExecContext(ctx, `INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}
