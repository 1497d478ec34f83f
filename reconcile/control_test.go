package reconcile_test

import (
	"context"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/workbook"
)

// work does everything that waits, as the daemon does.
func (h *house) work(t *testing.T) (requests int) {
	t.Helper()
	for {
		_, ok, err := h.Work(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return requests
		}
		requests++
	}
}

func (h *house) ask(t *testing.T, source string) {
	t.Helper()
	if _, _, err := h.store.Enqueue(context.Background(), label.Request{Action: label.ActionRun, Scope: "changed", Source: source, RequestedAt: h.clock.Now()}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTwoEditsTaughtIsAppliedWithoutAnotherAsking(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Software Engineer", "Software Engineer"))
	h.run(t)
	for _, id := range []string{"101", "102"} {
		h.clock.pass(time.Hour)
		if err := h.portal.EditAsUser(id, 7, map[string]string{"job_role": "product"}); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.pass(time.Minute)
	h.ask(t, "schedule")
	if n := h.work(t); n != 2 {
		t.Errorf("%d runs, want the one that was asked for and the one that applies the lesson", n)
	}
	if got := h.labels(t, "103")[0]; got != "product" {
		t.Errorf("the third contact = %s, want product", got)
	}
}

func TestControlSaysWhatCameOfATickAndIsSilentAboutTheClocksQuietRuns(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	ctx := context.Background()
	poll := func() {
		t.Helper()
		if err := h.Poll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	h.ask(t, "start")
	h.work(t)
	h.clock.pass(time.Hour)
	poll()
	_, before := h.sheet.counts()
	h.ask(t, "schedule")
	poll()
	h.work(t)
	poll()
	if _, after := h.sheet.counts(); after != before {
		t.Errorf("the clock's quiet run made %d writes to the sheet", after-before)
	}

	h.sheet.person(t, workbook.Control, "id", "run", map[string]workbook.Cell{"request": true})
	poll()
	h.work(t)
	poll()
	row := h.sheet.rows(workbook.Control)[0]
	if got := workbook.TextOf(row.Cells["status"]); got != "DONE" {
		t.Errorf("status = %q, want DONE", got)
	}
	if got := workbook.TextOf(row.Cells["result"]); got != "Nothing to do: nothing has changed since the last run." {
		t.Errorf("result = %q", got)
	}
	if ticked, _ := row.Cells["request"].(bool); ticked {
		t.Error("the tick still stands")
	}
}
