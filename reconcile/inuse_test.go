package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"rolecall/label"
	"rolecall/reconcile"
	"rolecall/workbook"
)

// inUse fails unless a setting's "In use now" says this.
func (h *house) inUse(t *testing.T, when, id, want string) {
	t.Helper()
	for _, row := range h.sheet.rows(workbook.Settings) {
		if row.ID == id {
			if got := workbook.TextOf(row.Cells["in_use_now"]); got != want {
				t.Errorf("%s: %s says %q, want %q", when, id, got, want)
			}
			return
		}
	}
	t.Fatalf("there is no setting %s", id)
}

func (h *house) poll(t *testing.T) {
	t.Helper()
	if err := h.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// quiet fails when f writes to the sheet.
func (h *house) quiet(t *testing.T, when string, f func()) {
	t.Helper()
	_, before := h.sheet.counts()
	f()
	if _, after := h.sheet.counts(); after != before {
		t.Errorf("%s the sheet was written %d times: %+v", when, after-before, h.sheet.writes[before:])
	}
}

// restart forgets all that a Reconciler keeps in memory.
func (h *house) restart() { h.Reconciler = reconcile.New(h.Options) }

// from is the cell of an axis's target precision with the confidence that the labeller at hand answers from.
func (h *house) from(t *testing.T, precision string, a label.Axis) string {
	t.Helper()
	view, ok := h.View()
	if !ok || view.Labeller == nil {
		t.Fatal("nothing has been fitted")
	}
	at := view.Labeller.Quality()[a].Threshold
	if at <= 0 || at >= 1 {
		t.Fatalf("the threshold is %v", at)
	}
	return fmt.Sprintf("%s, from a confidence of %.2f on", precision, at)
}

func TestInUseNowSaysFromWhichConfidenceLabelsAreGiven(t *testing.T) {
	h := newHouse(t, people("Account Manager"))
	h.poll(t)
	h.inUse(t, "before the first fit", "S-05", "95 %")
	h.run(t)
	h.poll(t)
	role := h.from(t, "95 %", label.Role)
	h.inUse(t, "after it", "S-05", role)
	h.inUse(t, "after it", "S-06", h.from(t, "95 %", label.Seniority))
	h.inUse(t, "after it", "S-07", "1 %")
	h.inUse(t, "after it", "S-09", "built-in")
	h.run(t) // sees the echo of the first
	h.poll(t)
	h.quiet(t, "in a quiet hour", func() { h.run(t); h.poll(t) })

	h.restart()
	h.quiet(t, "after a start", func() { h.poll(t); h.run(t); h.poll(t) })
	h.restart()
	h.sheet.person(t, workbook.Settings, "id", "S-05", map[string]workbook.Cell{"in_use_now": "typed over"})
	if _, err := h.CheckSheet(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.inUse(t, "checked after a start", "S-05", role)

	h.run(t)
	h.sheet.person(t, workbook.Settings, "id", "S-05", map[string]workbook.Cell{"value": "90 %"})
	h.poll(t)
	h.inUse(t, "as soon as it is changed", "S-05", "90 %")
	h.run(t)
	if lower := h.from(t, "90 %", label.Role); lower[4:] == role[4:] {
		t.Errorf("90 %% has the threshold of 95 %%: %s", lower)
	}
	h.inUse(t, "after a run", "S-05", h.from(t, "90 %", label.Role))
}

// A sheet that was written by a program which did not say it yet is told at the first run, though nothing else has changed.
func TestInUseNowIsSaidWhereNothingElseHasChanged(t *testing.T) {
	h := newHouse(t, people("Account Manager"))
	h.run(t)
	h.run(t)
	plain := map[string]map[string]string{string(workbook.Settings): {"S-05": `{"in_use_now":"95 %","row_check":"OK"}`}}
	if err := h.store.SaveWrittenRows(context.Background(), plain); err != nil {
		t.Fatal(err)
	}
	h.sheet.person(t, workbook.Settings, "id", "S-05", map[string]workbook.Cell{"in_use_now": "95 %"})
	h.restart()
	h.poll(t)
	h.run(t)
	h.inUse(t, "after the first run", "S-05", h.from(t, "95 %", label.Role))
}

func TestInUseNowSaysWhenNothingIsSureEnough(t *testing.T) {
	h := newHouse(t, people("Account Manager"))
	h.sheet.mu.Lock()
	h.sheet.tables[workbook.Examples] = nil
	h.sheet.mu.Unlock()
	h.run(t)
	h.inUse(t, "without examples", "S-05", "95 %, not reached yet: only corrections and rules decide")
}

func TestInUseNowSaysWhichLanguageModelAnswers(t *testing.T) {
	const away = "built-in, because openai:tiny@64 cannot be used now: service away"
	service := &embedder{fault: status(503)}
	h, _ := newHouseWithModel(t, service, "Account Manager")
	h.poll(t)
	h.inUse(t, "before the first fit", "S-09", "openai:tiny@64")
	h.run(t)
	h.poll(t)
	h.inUse(t, "while it is away", "S-09", away)
	h.run(t)
	h.poll(t)
	h.quiet(t, "while it stays away", func() { h.run(t); h.poll(t) })
	for _, name := range []string{"built-in", "openai:tiny@64"} {
		h.sheet.person(t, workbook.Settings, "id", "S-09", map[string]workbook.Cell{"value": name})
		h.poll(t)
		h.inUse(t, "as soon as it is chosen", "S-09", map[string]string{"built-in": "built-in", "openai:tiny@64": away}[name])
	}
	h.restart()
	h.poll(t)
	h.inUse(t, "after a start, before anything is fitted", "S-09", away)

	service.lasts(1 << 30)
	h.run(t)
	h.inUse(t, "when it is back", "S-09", "openai:tiny@64")

	// It goes while a title is tried, and the next look says so.
	service.lasts(0)
	h.sheet.types(workbook.Try, map[string]workbook.Cell{"title": "VP of Marketing"})
	h.poll(t)
	h.inUse(t, "when it is gone again", "S-09", away)
}
