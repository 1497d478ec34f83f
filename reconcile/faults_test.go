package reconcile_test

import (
	"context"
	"testing"
	"time"

	"rolecall/workbook"
)

// bakery is a small portal in which something of every kind happens: an answer in Review, a correction, an edit in
// HubSpot, another job.
func bakery(t testing.TB) *estate {
	e := newEstate(t, people("Software Engineer", "Head of Sales", "VP Marketing", "Gardener", "Gardener", "Sales Wizard"), nil)
	e.must(e.runs())
	e.must(e.runs())
	row, _ := e.where(workbook.Review, "title", "Gardener")
	e.types(workbook.Review, row, "correct_role", "Sales")
	e.types(workbook.Review, row, "correct_seniority", "Manager")
	row = e.below(workbook.Corrections)
	e.types(workbook.Corrections, row, "title", "Head of Sales")
	e.types(workbook.Corrections, row, "role", "Marketing")
	e.clock.pass(time.Hour)
	e.must(e.portal.EditAsUser("101", 7, map[string]string{"job_role": "product"}))
	e.must(e.portal.EditAsUser("103", 7, map[string]string{"jobtitle": "Software Engineer"}))
	return e
}

// checkBakery says what of all that has not come to where it belongs.
func checkBakery(e *estate, what string) {
	t := e.t
	t.Helper()
	for id, want := range map[string][2]string{
		"101": {"product", "professional"}, "102": {"marketing", "director"}, "103": {"engineering", "professional"},
		"104": {"sales", "manager"}, "105": {"sales", "manager"}, "106": {"sales", ""},
	} {
		if got := e.labels(id); got != want {
			t.Errorf("%s: contact %s is %v, want %v", what, id, got, want)
		}
	}
	_, cells := e.where(workbook.Review, "title", "Gardener")
	if cells["status"] != "APPLIED" || cells["correct_role"] != "Sales" || cells["correct_seniority"] != "Manager" {
		t.Errorf("%s: the answered row is %v", what, cells)
	}
	header, rows := e.table(workbook.Corrections)
	seen := map[string]int{}
	for _, row := range rows {
		if title := row[column(t, workbook.Corrections, header, "title")]; title != "" {
			seen[title+" / "+row[column(t, workbook.Corrections, header, "applies_to")]]++
			if row[column(t, workbook.Corrections, header, "correction_id")] == "" {
				t.Errorf("%s: a correction has no ID: %v", what, row)
			}
		}
	}
	for title, n := range seen {
		if n != 1 {
			t.Errorf("%s: %d rows for the correction of %s", what, n, title)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%s: corrections %v, want those of Gardener, Head of Sales and contact 101", what, seen)
	}
	kept, err := e.store.Corrections(context.Background())
	if e.must(err); len(kept) != 3 {
		t.Errorf("%s: %d corrections in force, want 3", what, len(kept))
	}
}

// TestAFaultAtEachRequestOfARun breaks the nth request of a day's work, n = 1, 2, ..., on either side, in three ways:
// before it arrives, after it was carried out, and in the middle of its answer. Nothing may be lost; the next run heals.
func TestAFaultAtEachRequestOfARun(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an estate for each fault")
	}
	if underRace {
		t.Skip("takes minutes under the race detector: make test runs it without")
	}
	t.Parallel() // with the other long ones
	faults := 0
	for _, kind := range []string{"before", "after", "cut"} {
		for n := 1; ; n++ {
			e := bakery(t)
			e.wire.arm(n, kind)
			failure := e.runs() // may fail; the next one heals
			if e.wire.broke == "" {
				checkBakery(e, "without a fault")
				break
			}
			what := kind + " at " + e.wire.broke
			faults++
			e.wire.arm(0, "")
			for range 2 {
				if err := e.runs(); err != nil {
					t.Fatalf("%s (%v): the run after it: %v", what, failure, err)
				}
			}
			if checkBakery(e, what); t.Failed() {
				t.Fatalf("fault %d: %s: %v", n, what, failure)
			}
			e.must(e.store.Close())
		}
	}
	t.Logf("figure: %d faults, 0 lost, 0 twice", faults)
}

// TestAQuietRunAndAQuietPollCostNextToNothing counts at the services themselves.
func TestAQuietRunAndAQuietPollCostNextToNothing(t *testing.T) {
	e := bakery(t)
	for range 3 {
		e.must(e.runs())
	}
	checkBakery(e, "at rest")
	e.clock.pass(20 * time.Minute)
	e.google.ResetLog()
	e.portal.ResetStats()
	if _, err := e.RunOnce(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	g, p := e.google.Stats(), e.portal.Stats(false, "")
	if g.Reads > 2 || g.Writes != 0 || p.Requests > 2 || p.Values != 0 {
		t.Errorf("a quiet run: %d reads, %d writes of the sheet; %d calls of HubSpot, %d values; want at most 2, 0, 2, 0", g.Reads, g.Writes, p.Requests, p.Values)
	}
	t.Logf("figure: quiet run %d reads, %d writes of the sheet, %d calls of HubSpot", g.Reads, g.Writes, p.Requests)
	e.google.ResetLog()
	e.portal.ResetStats()
	e.must(e.Poll(context.Background()))
	g, p = e.google.Stats(), e.portal.Stats(false, "")
	if g.Reads != 1 || g.Writes != 0 || p.Requests != 0 {
		t.Errorf("a quiet poll: %d reads, %d writes of the sheet, %d calls of HubSpot; want 1, 0, 0", g.Reads, g.Writes, p.Requests)
	}
	t.Logf("figure: quiet poll %d read, %d writes", g.Reads, g.Writes)
}
