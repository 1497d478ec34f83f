package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/portal"
	"rolecall/workbook"
)

// set changes what the workbook's Settings start with.
func set(id, value string) func(*workbook.Snapshot) {
	return func(book *workbook.Snapshot) {
		for _, row := range book.Tables[workbook.Settings].Rows {
			if row.ID == id {
				row.Cells["value"] = value
			}
		}
	}
}

// asks ticks an action on Control with a scope, and takes a turn.
func (e *estate) asks(action, scope string) {
	e.t.Helper()
	row, _ := e.where(workbook.Control, "action_id", action)
	if scope != "" {
		e.types(workbook.Control, row, "scope", scope)
	}
	e.must(e.google.Do(gsheet.Edit{Spreadsheet: e.id, Tab: "Control", Kind: "tick", Range: fmt.Sprintf("%s%d", letter(column(e.t, workbook.Control, header(e, workbook.Control), "request")), row)}))
	e.must(e.turn())
}

func header(e *estate, tab workbook.Tab) []string { h, _ := e.table(tab); return h }

func (e *estate) control(id string) map[string]string {
	_, cells := e.where(workbook.Control, "action_id", id)
	return cells
}

func TestAlertsWhenRunsFailAndWhenAllIsWellAgain(t *testing.T) {
	e := newEstate(t, people("Software Engineer"), set("S-20", "https://alerts.example/path"))
	e.must(e.runs())
	if err := e.portal.AddFault(portal.Fault{Match: ".*", Kind: "status", Status: 503, Times: 1000}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if e.runs() == nil {
			t.Fatal("a run went through although HubSpot was away")
		}
	}
	e.portal.ClearFaults()
	e.must(e.runs())
	e.must(e.runs())
	var kinds []reconcile.AlertKind
	for _, a := range e.alerts {
		kinds = append(kinds, a.Kind)
		if strings.Contains(a.Text, "Software") {
			t.Errorf("an alert holds a title: %s", a.Text)
		}
	}
	if want := []reconcile.AlertKind{reconcile.AlertFailed, reconcile.AlertResolved}; !slices.Equal(kinds, want) {
		t.Errorf("alerts %v, want %v", kinds, want)
	}
}

func TestAHeldRunAlertsOnce(t *testing.T) {
	e := newEstate(t, people("Software Engineer"), set("S-20", "https://alerts.example/path"))
	e.must(e.store.SaveSetting(context.Background(), "backfill_approved", ""))
	e.must(e.runs())
	e.must(e.runs())
	e.asks("accept", "")
	if len(e.alerts) != 2 || e.alerts[0].Kind != reconcile.AlertHeld || e.alerts[1].Kind != reconcile.AlertResolved {
		t.Errorf("alerts %+v, want held once, then resolved", e.alerts)
	}
	if got := e.labels("101")[0]; got != "engineering" {
		t.Errorf("after the yes the role is %q", got)
	}
}

func TestReviewOnlyWritesNothingButWhatPeopleDecided(t *testing.T) {
	e := newEstate(t, people("Software Engineer", "Gardener"), nil)
	e.must(e.runs())
	e.clock.pass(time.Hour)
	e.must(e.portal.EditAsUser("101", 7, map[string]string{"jobtitle": "VP Marketing"}))
	row := e.below(workbook.Corrections)
	e.types(workbook.Corrections, row, "title", "Gardener")
	e.types(workbook.Corrections, row, "role", "Sales")
	rep, err := e.RunScope(context.Background(), reconcile.Apply, "review only")
	e.must(err)
	if got := e.labels("102")[0]; got != "sales" || rep.Written != 1 {
		t.Errorf("the corrected contact is %q, %d written; want sales, 1", got, rep.Written)
	}
	if got := e.labels("101")[0]; got != "engineering" {
		t.Errorf("the other contact is %q, want engineering as before", got)
	}
	e.must(e.runs())
	if got := e.labels("101")[0]; got != "marketing" {
		t.Errorf("after an ordinary run the other contact is %q, want marketing", got)
	}
}

func TestASampleLabelsAHundredAndLeavesTheRestToAsk(t *testing.T) {
	titles := slices.Repeat([]string{"Software Engineer"}, 250)
	e := newEstate(t, people(titles...), nil)
	ctx := context.Background()
	e.must(e.store.SaveSetting(ctx, "backfill_approved", ""))
	rep, err := e.RunScope(ctx, reconcile.Apply, "sample 100")
	if e.must(err); rep.Written != 100 || rep.Read != 100 {
		t.Errorf("a sample read %d and wrote %d contacts, want 100 and 100", rep.Read, rep.Written)
	}
	rep, err = e.RunOnce(ctx, reconcile.Apply)
	if e.must(err); rep.Outcome != plan.Held || rep.Read < 150 {
		t.Errorf("the run after it was %s and read %d, want HELD and the rest", rep.Outcome, rep.Read)
	}
}

func TestARunSaysWhetherItDidWhatThePreviewShowed(t *testing.T) {
	e := newEstate(t, people("Software Engineer", "Head of Sales"), nil)
	e.asks("preview", "")
	e.asks("run", "")
	if got := e.control("run"); !strings.Contains(got["result"], "the same as the preview of 09:") || got["status"] != "DONE" {
		t.Errorf("Run now says %v", got)
	}
	e.clock.pass(time.Hour)
	e.must(e.portal.EditAsUser("101", 7, map[string]string{"jobtitle": "VP Marketing"}))
	e.asks("preview", "")
	e.must(e.portal.EditAsUser("102", 7, map[string]string{"jobtitle": "VP Marketing"}))
	e.clock.pass(time.Hour)
	e.asks("run", "")
	if got := e.control("run"); !strings.Contains(got["result"], "not the same as the preview of") {
		t.Errorf("Run now says %v", got)
	}
}

func TestControlSaysHowManyQuestionsWait(t *testing.T) {
	var titles []string
	for i := range 25 {
		titles = append(titles, fmt.Sprintf("Gardener of plot %d", i))
	}
	e := newEstate(t, people(titles...), set("S-08", "10"))
	e.must(e.runs())
	if got := e.control(workbook.HealthID)["result"]; !strings.Contains(got, "15 more questions are waiting") {
		t.Errorf("health = %q", got)
	}
}

func TestARefusedSettingKeepsTheOldValueAndSaysWhy(t *testing.T) {
	e := newEstate(t, people("Software Engineer"), nil)
	e.must(e.runs())
	row, _ := e.where(workbook.Settings, "setting_id", "S-08")
	e.types(workbook.Settings, row, "value", "many")
	e.must(e.turn())
	if _, got := e.where(workbook.Settings, "setting_id", "S-08"); !strings.HasPrefix(got["row_check"], "ERROR: ") || got["in_use_now"] != "2000" || got["value"] != "many" {
		t.Errorf("the refused setting's row is %v", got)
	}
}

// A long run keeps what people write meanwhile and says on Control how far it is.
func TestALongRunLooksAtTheSheet(t *testing.T) {
	e := newEstate(t, people(slices.Repeat([]string{"Software Engineer"}, 250)...), nil)
	ctx := context.Background()
	e.GlanceEvery = time.Minute
	row, _ := e.where(workbook.Settings, "setting_id", "S-07")
	wrote := false
	e.Progress = func(step string, _ int) {
		if step == "contacts written" && !wrote {
			wrote = true
			e.types(workbook.Settings, row, "value", "2 %")
			e.clock.pass(2 * time.Minute)
		}
	}
	_, _, err := e.store.Enqueue(ctx, label.Request{Action: label.ActionRun, Source: "start", RequestedAt: e.clock.Now()})
	e.must(err)
	if _, ok, err := e.Work(ctx); err != nil || !ok || !wrote {
		t.Fatalf("work: %v, %v, %v", ok, err, wrote)
	}
	if got := e.control("run"); got["status"] != "RUNNING" || !strings.Contains(got["result"], "contacts written so far: ") {
		t.Errorf("during the run Control showed %v", got)
	}
	if edits, err := e.store.Edits(ctx, "Settings", "S-07"); err != nil || len(edits) != 2 {
		t.Errorf("what was typed during the run was not kept: %+v, %v", edits, err)
	}
	e.must(e.turn())
	if got := e.control("run"); got["status"] != "DONE" {
		t.Errorf("after the run Control shows %v", got)
	}
}

// What the sheet had no place for is not counted as shown: a correction whose tab could not be written stays in force.
func TestACorrectionOutlivesABrokenTab(t *testing.T) {
	e := newEstate(t, people("Software Engineer", "Gardener"), nil)
	e.must(e.runs())
	at := fmt.Sprintf("%s1", letter(len(header(e, workbook.Corrections))+1))
	e.must(e.google.Do(gsheet.Edit{Spreadsheet: e.id, Tab: "Corrections", Kind: "set", Range: at, Value: "Role"}))
	row, _ := e.where(workbook.Review, "title", "Gardener")
	e.types(workbook.Review, row, "correct_role", "Sales")
	for range 2 {
		e.must(e.runs())
	}
	if got := e.control(workbook.HealthID); got["status"] == "OK" {
		t.Errorf("the broken tab is not told of: %v", got)
	}
	e.must(e.google.Do(gsheet.Edit{Spreadsheet: e.id, Tab: "Corrections", Kind: "clear", Range: at}))
	for range 2 {
		e.must(e.runs())
	}
	if got := e.labels("102")[0]; got != "sales" {
		t.Errorf("the contact is %q, want sales", got)
	}
	kept, err := e.store.Corrections(context.Background())
	if _, cells := e.where(workbook.Corrections, "title", "Gardener"); err != nil || len(kept) != 1 || cells["correction_id"] != kept[0].ID {
		t.Errorf("in force %+v (%v), in the sheet %v", kept, err, cells)
	}
}

// What changes between the check of a plan and its writing was not checked: it waits for the next run.
func TestOnlyWhatWasCheckedIsWritten(t *testing.T) {
	titles := slices.Repeat([]string{"Software Engineer"}, 12)
	titles[0] = "VP Marketing"
	e := newEstate(t, people(titles...), nil)
	ctx, edited := context.Background(), false
	e.Progress = func(step string, _ int) {
		if step == "contacts written" && !edited {
			edited = true
			e.clock.pass(time.Minute)
			e.must(e.portal.EditAsUser("112", 7, map[string]string{"jobtitle": "VP Marketing"}))
			e.must(e.Reread(ctx, []label.ContactID{"112"}, nil))
		}
	}
	rep, err := e.RunOnce(ctx, reconcile.Apply)
	if e.must(err); rep.Written != 11 || e.labels("112") != [2]string{} {
		t.Errorf("%d contacts written, the changed one is %v; want 11, and it empty", rep.Written, e.labels("112"))
	}
	e.must(e.runs())
	if got := e.labels("112"); got != [2]string{"marketing", "vp"} {
		t.Errorf("after the next run the changed contact is %v", got)
	}
}

// The Runs tab says which share of the answered questions had the right suggestion.
func TestRunsShowTheAcceptRate(t *testing.T) {
	e := newEstate(t, people("Sales Wizard", "Gardener"), nil)
	e.must(e.runs())
	row, _ := e.where(workbook.Review, "title", "Gardener")
	e.types(workbook.Review, row, "correct_role", "Sales") // nothing was suggested: not accepted
	e.must(e.runs())
	header, rows := e.table(workbook.Runs)
	last := rows[e.below(workbook.Runs)-3]
	if got := last[column(t, workbook.Runs, header, "accept_rate")]; got != "0" {
		t.Errorf("accept rate = %q, want 0: %v", got, last)
	}
}
