package store

import (
	"context"
	"encoding/json"
	"fmt"

	"rolecall/label"
	"rolecall/plan"
)

// Quarantine reads up to limit writes that HubSpot refused, with its words, the mend, the number of
// attempts and the next try: the soonest first.
func (s *Store) Quarantine(ctx context.Context, limit int) ([]plan.OutboxRow, error) {
	return s.outbox(ctx, `WHERE state = 'refused' ORDER BY next_ms, id LIMIT ?`, limit)
}

// CountOutbox counts the rows of the outbox by state; every state is there, with 0 where none is in it.
func (s *Store) CountOutbox(ctx context.Context) (map[string]int, error) {
	out := map[string]int{plan.OutboxPending: 0, plan.OutboxInFlight: 0, plan.OutboxRefused: 0}
	rows, err := s.readers.QueryContext(ctx, `SELECT state, count(*) FROM outbox GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count the outbox: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count the outbox: %w", err)
		}
		out[state] = n
	}
	return out, rows.Err()
}

// Contacts reads contacts from the mirror in one query, by id; those that are not known are missing.
func (s *Store) Contacts(ctx context.Context, ids []label.ContactID) (map[label.ContactID]label.Contact, error) {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		n, err := numeric(id)
		if err != nil {
			return nil, err
		}
		numbers[i] = n
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, fmt.Errorf("read %d contacts: %w", len(ids), err)
	}
	rows, err := s.readers.QueryContext(ctx, contactSelect+`WHERE c.id IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, fmt.Errorf("read %d contacts: %w", len(ids), err)
	}
	defer rows.Close()
	out := make(map[label.ContactID]label.Contact, len(ids))
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, fmt.Errorf("read %d contacts: %w", len(ids), err)
		}
		out[c.ID] = c
	}
	return out, rows.Err()
}
