package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/store"
)

// t0 is the tests' first moment; after(n) is n seconds later.
var t0 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func after(n int) time.Time { return t0.Add(time.Duration(n) * time.Second) }

func mustOpen(tb testing.TB, path string) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func newStore(tb testing.TB) *store.Store {
	tb.Helper()
	return mustOpen(tb, filepath.Join(tb.TempDir(), "rolecall.db"))
}

// look opens a second, plain connection to the file, as an operator with the sqlite3 shell would.
func look(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

func mustScan[T any](tb testing.TB, db *sql.DB, query string, args ...any) (v T) {
	tb.Helper()
	if err := db.QueryRow(query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// contact is a contact with a title; its key is the title in lower case.
func contact(id int, title string, role label.Value, at time.Time) label.Contact {
	return label.Contact{ID: label.ContactID(strconv.Itoa(id)), Title: title, TitleKey: strings.ToLower(title), Labels: [label.AxisCount]label.Value{role}, ModifiedAt: at}
}

func mustSave(tb testing.TB, s *store.Store, contacts ...label.Contact) int {
	tb.Helper()
	n, err := s.SaveContacts(context.Background(), contacts)
	must(tb, err)
	return n
}

// dirty reads which contacts the next plan looks at.
func dirty(tb testing.TB, s *store.Store) string {
	tb.Helper()
	return ids(rows(tb, s, "rev"))
}

func rows(tb testing.TB, s *store.Store, revision string) []plan.Row {
	tb.Helper()
	rows, err := s.PlanRows(context.Background(), revision, "", 1<<40)
	must(tb, err)
	return rows
}

func ids(rows []plan.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, string(r.ContactID))
	}
	return strings.Join(out, " ")
}

// settleAll makes every dirty contact clean, as a run with an empty plan does.
func settleAll(tb testing.TB, s *store.Store) {
	tb.Helper()
	must(tb, s.Settle(context.Background(), plan.Plan{}, rows(tb, s, "rev"), nil, t0))
}

func value(v label.Value) *label.Value { return &v }

// write is an outbox row that sets the role.
func write(run int64, id int, key string, before, want label.Value) plan.OutboxRow {
	r := plan.OutboxRow{RunID: run, ContactID: label.ContactID(strconv.Itoa(id)), TitleKey: key, Reason: "rule R-1"}
	r.Want[label.Role], r.Before[label.Role] = value(want), before
	return r
}

func mustPost(tb testing.TB, s *store.Store, rows ...plan.OutboxRow) []plan.OutboxRow {
	tb.Helper()
	out, err := s.Post(context.Background(), rows, t0)
	must(tb, err)
	return out
}

// send posts, marks and confirms rows at a time.
func send(tb testing.TB, s *store.Store, at time.Time, rows ...plan.OutboxRow) {
	tb.Helper()
	posted := mustPost(tb, s, rows...)
	must(tb, s.MarkInFlight(context.Background(), posted))
	times := make([]time.Time, len(posted))
	for i := range times {
		times[i] = at
	}
	must(tb, s.Confirm(context.Background(), posted, times))
}

func decided(key string, role, seniority label.Finding) label.TitleRow {
	return label.TitleRow{Key: key, Decision: label.Decision{Findings: [label.AxisCount]label.Finding{role, seniority}}}
}

func sure(v label.Value) label.Finding {
	return label.Finding{Value: v, Accepted: true, Method: label.ByNeighbors, Confidence: 0.97}
}
