package reconcile_test

import (
	"context"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/workbook"
)

func TestFirstRunLabelsAndTheSecondWritesNothing(t *testing.T) {
	h := newHouse(t, people("VP of Marketing", "Software Engineer", "Chief Financial Officer", "n/a", "Geschäftsführer", "Head of Sales"))
	rep := h.run(t)
	if rep.Outcome != plan.Done || rep.Written == 0 || rep.Contacts != 6 {
		t.Fatalf("first run = %+v", rep)
	}
	if got := h.labels(t, "101"); got != [2]string{"marketing", "vp"} {
		t.Errorf("VP of Marketing = %v, want marketing, vp", got)
	}

	h.run(t) // sees the echo of the first run's writes
	h.portal.ResetStats()
	reads, writesNow := h.sheet.counts()
	rep = h.run(t)
	after := h.portal.Stats(true, "")
	readsNow, writesLast := h.sheet.counts()
	if rep.Outcome != plan.Nothing {
		t.Errorf("third run = %s, want %s", rep.Outcome, plan.Nothing)
	}
	t.Logf("by kind: %v", after.ByKind)
	if after.Requests > 2 {
		t.Errorf("a run with nothing to do made %d HubSpot requests, want at most 2", after.Requests)
	}
	if n := readsNow - reads; n > 2 {
		t.Errorf("a run with nothing to do read the sheet %d times, want at most 2", n)
	}
	if writesLast != writesNow {
		t.Errorf("a run with nothing to do wrote the sheet %d times", writesLast-writesNow)
	}
}

func TestAReviewAnswerBecomesACorrectionForEveryContactWithTheTitle(t *testing.T) {
	h := newHouse(t, people("Gardener", "Gardener", "gardener", "Software Engineer"))
	h.Fitter = &byTable{table: modelTitles} // what the classifier is unsure of changes with its model
	h.run(t)
	ctx := context.Background()
	rows := h.sheet.rows(workbook.Review)
	if len(rows) != 1 {
		t.Fatalf("Review = %+v, want one question", rows)
	}
	id := rows[0].ID
	h.sheet.person(t, workbook.Review, "id", id, map[string]workbook.Cell{"correct_role": "Sales", "correct_seniority": "Senior"})
	if err := h.Poll(ctx); err != nil {
		t.Fatal(err)
	}
	for {
		_, ok, err := h.Work(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
	}
	for _, contact := range []string{"101", "102", "103"} {
		if got := h.labels(t, contact); got != [2]string{"sales", "senior"} {
			t.Errorf("contact %s = %v, want sales, senior", contact, got)
		}
	}
	for _, r := range h.sheet.rows(workbook.Review) {
		if r.ID == id && workbook.TextOf(r.Cells["status"]) != string(label.ReviewApplied) {
			t.Errorf("status = %v (%v), want APPLIED", r.Cells["status"], r.Cells["message"])
		}
	}
	corrections := h.sheet.rows(workbook.Corrections)
	if len(corrections) != 1 || workbook.TextOf(corrections[0].Cells["role"]) != "Sales" {
		t.Errorf("corrections = %+v", corrections)
	}
}

func TestAPersonsEditInHubSpotIsKeptAndLearnt(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Software Engineer", "Software Engineer"))
	h.run(t)
	h.clock.pass(time.Hour)
	edit := func(id string) {
		if err := h.portal.EditAsUser(id, 7, map[string]string{"job_role": "product"}); err != nil {
			t.Fatal(err)
		}
	}
	edit("101")
	h.run(t)
	h.run(t)
	if got := h.labels(t, "101")[0]; got != "product" {
		t.Errorf("the edited contact = %s, want product", got)
	}
	if got := h.labels(t, "102")[0]; got != "engineering" {
		t.Errorf("another contact = %s after one edit, want engineering still", got)
	}
	h.clock.pass(time.Hour)
	edit("102")
	h.run(t)
	h.run(t)
	if got := h.labels(t, "103")[0]; got != "product" {
		t.Errorf("the third contact = %s after two agreed, want product", got)
	}
}

func TestAnImportIsProtectedAndTeachesNothing(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Software Engineer"))
	h.run(t)
	h.clock.pass(time.Hour)
	if err := h.portal.ImportEdit("101", map[string]string{"job_role": "product"}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h.run(t)
	}
	if got := h.labels(t, "101")[0]; got != "product" {
		t.Errorf("imported value = %s, want product", got)
	}
	if got := h.labels(t, "102")[0]; got != "engineering" {
		t.Errorf("other contact = %s, want engineering", got)
	}
}

func TestAClearedLabelGoesToReview(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.run(t)
	h.clock.pass(time.Hour)
	if err := h.portal.Clear("101", 7, "job_role"); err != nil {
		t.Fatal(err)
	}
	h.run(t)
	if got := h.labels(t, "101")[0]; got != "" {
		t.Errorf("cleared label came back as %s", got)
	}
	rows := h.sheet.rows(workbook.Review)
	if len(rows) != 1 || workbook.TextOf(rows[0].Cells["kind"]) != "conflict" {
		t.Fatalf("review = %+v, want one conflict", rows)
	}
	h.sheet.person(t, workbook.Review, "id", rows[0].ID, map[string]workbook.Cell{"decision": "accept"})
	h.run(t)
	if got := h.labels(t, "101")[0]; got != "engineering" {
		t.Errorf("after accept = %q, want engineering", got)
	}
}

func TestUndoRestoresAndIsNotPushedAgain(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Head of Sales"))
	rep := h.run(t)
	h.clock.pass(time.Hour)
	if err := h.portal.EditAsUser("102", 7, map[string]string{"job_role": "marketing"}); err != nil {
		t.Fatal(err)
	}
	undone, err := h.Undo(context.Background(), rep.RunID)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(undone.Message)
	for range 2 {
		h.run(t)
	}
	if got := h.labels(t, "101"); got != [2]string{"", ""} {
		t.Errorf("undone contact = %v, want empty", got)
	}
	if got := h.beside(t, "101"); got != [2]string{"", ""} {
		t.Errorf("beside the undone labels stands %v", got)
	}
	if got := h.labels(t, "102")[0]; got != "marketing" {
		t.Errorf("a person's edit = %s, want marketing", got)
	}
}

func TestAnEmptiedTaxonomyHoldsEverything(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.run(t)
	h.clock.pass(time.Hour)
	if err := h.portal.EditAsUser("101", 7, map[string]string{"jobtitle": "Head of Sales"}); err != nil {
		t.Fatal(err)
	}
	h.sheet.mu.Lock()
	h.sheet.tables[workbook.Roles] = nil
	h.sheet.mu.Unlock()
	rep := h.run(t)
	if rep.Outcome != plan.Held || rep.Written != 0 {
		t.Fatalf("run = %+v, want held, nothing written", rep)
	}
	if got := h.labels(t, "101")[0]; got != "engineering" {
		t.Errorf("label = %s, want engineering as before", got)
	}
}

func TestTheFirstBackfillWaitsForAYes(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	ctx := context.Background()
	if err := h.store.SaveSetting(ctx, "backfill_approved", ""); err != nil {
		t.Fatal(err)
	}
	if rep := h.run(t); rep.Outcome != plan.Held || rep.Written != 0 {
		t.Fatalf("run = %+v, want held", rep)
	}
	if _, err := h.Approve(ctx); err != nil {
		t.Fatal(err)
	}
	if rep := h.run(t); rep.Written != 1 {
		t.Fatalf("run after yes = %+v, want one written", rep)
	}
}

func TestObserveWritesNothingIntoHubSpot(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": "observe"})
	h.run(t)
	if _, err := h.RunOnce(context.Background(), reconcile.Preview); err != nil {
		t.Fatal(err)
	}
	if got := h.labels(t, "101"); got != [2]string{} {
		t.Errorf("labels = %v, want none", got)
	}
	if rows := h.sheet.rows(workbook.Preview); len(rows) == 0 {
		t.Error("Preview is empty")
	}
}

func TestTryLabelsAndLearns(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	ctx := context.Background()
	h.sheet.types(workbook.Try, map[string]workbook.Cell{"title": "VP of Marketing"})
	if err := h.Poll(ctx); err != nil {
		t.Fatal(err)
	}
	rows := h.sheet.rows(workbook.Try)
	if len(rows) != 1 || workbook.TextOf(rows[0].Cells["role"]) != "Marketing" || rows[0].ID == "" {
		t.Fatalf("try = %+v", rows)
	}
	h.sheet.person(t, workbook.Try, "id", rows[0].ID, map[string]workbook.Cell{"correct_role": "Sales"})
	if err := h.Poll(ctx); err != nil {
		t.Fatal(err)
	}
	rows = h.sheet.rows(workbook.Try)
	if got := workbook.TextOf(rows[0].Cells["role"]); got != "Sales" {
		t.Errorf("after the correction = %s, want Sales", got)
	}
}

func TestDeletedForGoodIsPurgedAndArchivedOnlyLeaves(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Software Engineer", "Software Engineer"))
	h.run(t)
	ctx := context.Background()
	if err := h.portal.GDPRDelete("101"); err != nil {
		t.Fatal(err)
	}
	if err := h.portal.Archive("102"); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(time.Hour)
	if _, err := h.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if _, known, err := h.store.Contact(ctx, "101"); err != nil || known {
		t.Errorf("a contact deleted by a privacy request is still known (%v)", err)
	}
	if c, known, err := h.store.Contact(ctx, "102"); err != nil || !known || !c.Archived {
		t.Errorf("archived contact = %+v, %v, %v; want it kept as archived", c, known, err)
	}
	if c, known, err := h.store.Contact(ctx, "103"); err != nil || !known || c.Archived {
		t.Errorf("the third contact = %+v, %v, %v; want it untouched", c, known, err)
	}
	if err := h.portal.Restore("102"); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(time.Hour)
	if _, err := h.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if c, _, _ := h.store.Contact(ctx, "102"); c.Archived {
		t.Error("a restored contact still counts as archived")
	}
}

func TestAMergedContactLeavesAndItsSurvivorStays(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Head of Sales"))
	h.run(t)
	survivor, err := h.portal.Merge("101", "102")
	if err != nil {
		t.Fatal(err)
	}
	h.clock.pass(time.Hour)
	if _, err := h.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		h.run(t)
	}
	rec, _ := h.portal.Record(survivor)
	if rec.State != "live" || rec.Properties["job_role"] == "" {
		t.Errorf("survivor = %+v, want it live and labelled", rec)
	}
	gone := "102"
	if survivor == "102" {
		gone = "101"
	}
	if c, known, _ := h.store.Contact(context.Background(), label.ContactID(gone)); known && !c.Archived {
		t.Errorf("the merged contact %s still counts: %+v", gone, c)
	}
}

func TestRetrainKeepsCorrectionsAndFillsQuality(t *testing.T) {
	h := newHouse(t, people("Software Engineer", "Head of Sales"))
	h.run(t)
	h.sheet.types(workbook.Corrections, map[string]workbook.Cell{"title": "Head of Sales", "role": "Marketing", "active": true})
	said, err := h.Retrain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(said)
	runs := h.sheet.rows(workbook.Runs)
	if kind := workbook.TextOf(runs[len(runs)-1].Cells["kind"]); kind != "retrain" {
		t.Errorf("the Runs tab calls it %q", kind)
	}
	if len(h.sheet.rows(workbook.Quality)) < 34 {
		t.Errorf("Quality has %d rows, want one for each of 26 roles and 8 seniorities", len(h.sheet.rows(workbook.Quality)))
	}
	h.run(t)
	h.run(t)
	if got := h.labels(t, "102")[0]; got != "marketing" {
		t.Errorf("corrected contact = %s, want marketing", got)
	}
	h.sheet.person(t, workbook.Corrections, "title", "Head of Sales", map[string]workbook.Cell{"active": false})
	h.run(t)
	h.run(t)
	if got := h.labels(t, "102")[0]; got != "sales" {
		t.Errorf("after unticking the correction = %s, want sales again", got)
	}
}

// What a person said of a contact under one title holds again when the title comes back, whatever was said under another.
func TestAContactsTitleComesBackAndWithItWhatWasSaid(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.run(t)
	edit := func(values map[string]string) {
		t.Helper()
		h.clock.pass(time.Hour)
		if err := h.portal.EditAsUser("101", 7, values); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			h.run(t)
		}
	}
	edit(map[string]string{"job_role": "product"})
	edit(map[string]string{"jobtitle": "Head of Sales"})
	edit(map[string]string{"job_role": "marketing"})
	edit(map[string]string{"jobtitle": "Software Engineer"})
	if got := h.labels(t, "101")[0]; got != "product" {
		t.Errorf("after the title came back the role is %s, want product", got)
	}
}
