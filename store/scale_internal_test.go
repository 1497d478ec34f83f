package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// TestHotQueriesUseIndexes: what every run asks must not read a whole table.
func TestHotQueriesUseIndexes(t *testing.T) {
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, tc := range []struct {
		name, query string
		args        []any
		want        []string // each stands in the plan
		never       []string // none of these does
	}{
		{"PlanRows", planRowsQuery, []any{"r", 0, 10}, []string{"c USING INDEX contact_dirty", "o USING INDEX outbox_contact"}, []string{"TEMP B-TREE"}},
		{"PlanRows' count", `SELECT count(*) FROM contact WHERE dirty = 1`, nil, []string{"contact_dirty"}, nil},
		{"Portal", portalQuery, nil, []string{"USING COVERING INDEX contact_labels"}, []string{"TEMP B-TREE"}},
		{"UndecidedTitles, nothing to do", undecidedAny, []any{"r", "m"}, []string{"title_revision"}, []string{"SCAN title"}},
		{"UndecidedTitles", undecidedQuery, []any{0, "r", "m", 10}, []string{"USING COVERING INDEX contact_title"}, []string{"TEMP B-TREE"}},
		{"Tally by title", tallyTitles, []any{"n"}, []string{"USING COVERING INDEX contact_title", "SEARCH t USING INTEGER PRIMARY KEY"}, []string{"SCAN t"}},
		{"Tally of questions", tallyQuestions, []any{"n"}, []string{"SCAN q", "SEARCH c USING", "SEARCH t USING"}, []string{"SCAN contact", "SCAN t"}},
		{"SaveDecisions", `UPDATE contact SET dirty = 1 WHERE title_id = ? AND archived = 0`, []any{1}, []string{"USING INDEX contact_title"}, []string{"SCAN"}},
		{"Outbox", `SELECT id FROM outbox WHERE state = ? ORDER BY id`, []any{"pending"}, []string{"outbox_state"}, []string{"SCAN"}},
		{"Post", `DELETE FROM outbox WHERE contact_id = ? AND state = 'refused'`, []any{1}, []string{"outbox_contact"}, []string{"SCAN"}},
		{"Journal", `SELECT after FROM journal WHERE run_id = ? ORDER BY contact_id, axis`, []any{1}, []string{"USING PRIMARY KEY"}, []string{"SCAN", "TEMP B-TREE"}},
		{"TakeRequest", `SELECT id FROM request WHERE started_ms = 0 ORDER BY id LIMIT 1`, nil, []string{"request_open"}, nil},
		{"corrections of a title", correctionSelect + `WHERE title_key = ? AND active = 1`, []any{"k"}, []string{"correction_key"}, []string{"SCAN"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+tc.query, tc.args...)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = rows.Close() }()
			var steps []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				steps = append(steps, step)
			}
			text := strings.Join(steps, "\n")
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			for _, never := range tc.never {
				if strings.Contains(text, never) {
					t.Errorf("%q in\n%s", never, text)
				}
			}
		})
	}
}

// BenchmarkScale is a portal of 500,000 contacts (ROLECALL_BENCH_CONTACTS for another number) with one distinct
// title for four of them: each step that a run takes over all of it, and what a run asks when nothing is to do.
func BenchmarkScale(b *testing.B) {
	ctx := context.Background()
	n := 500_000
	if text := os.Getenv("ROLECALL_BENCH_CONTACTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "x.db")
	s, err := Open(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	once := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
	start := time.Now()
	saveAll(ctx, b, s, n)
	b.Logf("%d contacts saved in %s (%.0f a second)", n, time.Since(start).Round(time.Millisecond), float64(n)/time.Since(start).Seconds())
	start = time.Now()
	decideAll(ctx, b, s)
	b.Logf("titles decided and saved in %s", time.Since(start).Round(time.Millisecond))
	var p plan.Plan
	once("PlanRows and Compute, all dirty", func() {
		rows, err := s.PlanRows(ctx, "r1", "", 1<<40)
		must(err)
		p = plan.Compute(plan.Input{Rows: rows})
		if len(rows) != n || p.Count(plan.Push) != 2*n {
			b.Fatalf("%d rows, %d pushes", len(rows), p.Count(plan.Push))
		}
	})
	start = time.Now()
	writeAll(ctx, b, s, p)
	p = plan.Plan{}
	b.Logf("all posted and confirmed in %s", time.Since(start).Round(time.Millisecond))
	once("PlanRows, nothing to do", func() { _, err := s.PlanRows(ctx, "r1", "", 1<<40); must(err) })
	once("UndecidedTitles, nothing to do", func() { _, _, err := s.UndecidedTitles(ctx, "r1", "m", 0, 5000); must(err) })
	once("UndecidedTitles, a page of all", func() { _, _, err := s.UndecidedTitles(ctx, "r2", "m", 0, 5000); must(err) })
	once("Portal", func() { _, err := s.Portal(ctx); must(err) })
	once("Tally", func() { _, err := s.Tally(ctx); must(err) })
	once("RuleHits", func() { _, err := s.RuleHits(ctx); must(err) })
	once("UnsureTitles", func() { _, err := s.UnsureTitles(ctx, 2000); must(err) })
	once("LabelledTitles", func() { _, err := s.LabelledTitles(ctx, 500); must(err) })
	once("Questions", func() { _, err := s.Questions(ctx); must(err) })
	once("LastUndoable", func() { _, err := s.LastUndoable(ctx); must(err) })
	fi, err := os.Stat(path)
	must(err)
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.Logf("file %d MB, Go memory from the system %d MB", fi.Size()>>20, mem.Sys>>20)
}

func saveAll(ctx context.Context, b *testing.B, s *Store, n int) {
	b.Helper()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	page := make([]label.Contact, 0, 1000)
	for i := range n {
		title := fmt.Sprintf("Senior Manager of Department %d", i*7919%(n/4+1))
		page = append(page, label.Contact{ID: contactID(int64(i + 1)), Title: title, TitleKey: strings.ToLower(title), Company: "Example Company Ltd", ModifiedAt: at})
		if len(page) == cap(page) || i == n-1 {
			if _, err := s.SaveContacts(ctx, page); err != nil {
				b.Fatal(err)
			}
			page = page[:0]
		}
	}
}

func decideAll(ctx context.Context, b *testing.B, s *Store) {
	b.Helper()
	var after int64
	for {
		titles, last, err := s.UndecidedTitles(ctx, "r1", "m", after, 5000)
		if err != nil {
			b.Fatal(err)
		}
		if len(titles) == 0 {
			return
		}
		for i := range titles {
			for _, a := range label.Axes() {
				titles[i].Decision.Findings[a] = label.Finding{Value: label.Value("value_" + strconv.Itoa(i%20)), Accepted: true, Method: label.ByRule, RuleID: "R-" + strconv.Itoa(i%50),
					Confidence: 0.97, Why: "Rule R-001 says so: the title has the words \"manager of\"."}
			}
		}
		if err := s.SaveDecisions(ctx, "r1", "m", titles); err != nil {
			b.Fatal(err)
		}
		after = last
	}
}

func writeAll(ctx context.Context, b *testing.B, s *Store, p plan.Plan) {
	b.Helper()
	run, err := s.BeginRun(ctx, "run", time.Unix(1, 0))
	if err != nil {
		b.Fatal(err)
	}
	var rows []plan.OutboxRow
	flush := func() {
		posted, err := s.Post(ctx, rows, time.Unix(1, 0))
		if err == nil {
			err = s.MarkInFlight(ctx, posted)
		}
		if err == nil {
			err = s.Confirm(ctx, posted, make([]time.Time, len(posted)))
		}
		if err != nil {
			b.Fatal(err)
		}
		rows = rows[:0]
	}
	for _, c := range p.Changes {
		if len(rows) == 0 || rows[len(rows)-1].ContactID != c.Key.ContactID {
			if len(rows) == 10_000 {
				flush()
			}
			rows = append(rows, plan.OutboxRow{RunID: run, ContactID: c.Key.ContactID, TitleKey: c.TitleKey, Reason: "rule " + c.RuleID})
		}
		to := c.To
		rows[len(rows)-1].Want[c.Key.Axis] = &to
	}
	flush()
}
