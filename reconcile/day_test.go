package reconcile_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/sample"
	"rolecall/workbook"
)

// TestADayOfPollingKeepsTheQuota polls every 15 seconds, with 2,000 open questions in Review and 50 answers an
// hour, a run each hour. Google allows 60 reads and 60 writes a minute; we want half of the one and a quarter of the other.
func TestADayOfPollingKeepsTheQuota(t *testing.T) {
	if testing.Short() {
		t.Skip("polls 5,760 times")
	}
	if underRace {
		t.Skip("takes minutes under the race detector: make test runs it without")
	}
	t.Parallel() // with the other long ones
	const open, perHour = 2000, 50
	hours := 1 // the others are like it; ROLECALL_HOURS=24 takes the day
	if n, err := strconv.Atoi(os.Getenv("ROLECALL_HOURS")); err == nil {
		hours = n
	}
	var contacts []sample.Contact
	for i := range open + hours*perHour {
		contacts = append(contacts, sample.Contact{ID: int64(1000 + i), JobTitle: fmt.Sprintf("Gardener of plot %d", i), Company: "Acme"})
	}
	e := newEstate(t, contacts, nil)
	e.must(e.runs())
	if rows, err := e.store.PublishedReviews(context.Background()); err != nil || len(rows) != open {
		t.Fatalf("%d open rows, %v; want %d", len(rows), err, open)
	}
	e.google.ResetLog()
	begin := e.clock.Now()
	answered := 0
	var worst minute
	var bytes int
	byMinute := map[int64]*minute{}
	count := func() {
		for _, x := range e.google.Log() {
			if x.Person != "" {
				continue
			}
			m := byMinute[x.Time.Unix()/60]
			if m == nil {
				m = &minute{}
				byMinute[x.Time.Unix()/60] = m
			}
			if x.Read {
				m.reads++
			} else {
				m.writes++
			}
			bytes = max(bytes, x.Bytes, x.AnswerBytes)
		}
		e.google.ResetLog()
	}
	for hour := range hours {
		for n := range 240 {
			if n*perHour/240 != (n+1)*perHour/240 {
				e.answers(2 + answered%open)
				answered++
			}
			if n == 0 && hour > 0 {
				_, _, err := e.store.Enqueue(context.Background(), label.Request{Action: label.ActionRun, Source: "schedule", RequestedAt: e.clock.Now()})
				e.must(err)
			}
			e.must(e.turn())
			count()
		}
	}
	for _, m := range byMinute {
		worst.reads, worst.writes = max(worst.reads, m.reads), max(worst.writes, m.writes)
	}
	applied, err := e.store.ReviewHistory(context.Background())
	e.must(err)
	t.Logf("figure: %s, %d answers of which %d applied; at the worst minute %d reads, %d writes; largest call %.2f MB", e.clock.Now().Sub(begin).Round(time.Minute), answered, len(applied), worst.reads, worst.writes, float64(bytes)/1e6)
	if worst.reads >= 30 || worst.writes >= 15 || bytes >= 2_000_000 {
		t.Errorf("worst minute %+v, largest call %d bytes; want below 30 reads, 15 writes, 2,000,000 bytes", worst, bytes)
	}
	if len(applied) < answered-2 {
		t.Errorf("%d answers, %d applied", answered, len(applied))
	}
}

type minute struct{ reads, writes int }

// answers makes a person decide the question that stands in a row.
func (e *estate) answers(row int) {
	for key, value := range map[string]string{"correct_role": "Sales", "correct_seniority": "Manager"} {
		e.must(e.google.Do(gsheet.Edit{Spreadsheet: e.id, Tab: string(workbook.Review), Kind: "set", Range: fmt.Sprintf("%s%d", e.reviewColumn(key), row), Value: value}))
	}
}

func (e *estate) reviewColumn(key string) string {
	layout, _ := workbook.LayoutOf(workbook.Review)
	for i, c := range layout.Columns {
		if c.Key == key {
			return letter(i)
		}
	}
	e.t.Fatalf("Review has no column %s", key)
	return ""
}
