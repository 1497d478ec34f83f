package reconcile_test

import (
	"context"
	"testing"
	"time"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/sandbox/portal"
	"rolecall/workbook"
)

// beside is what HubSpot shows beside a contact's labels: how sure, and what decided.
func (h *house) beside(t testing.TB, id string) [2]string {
	t.Helper()
	rec, ok := h.portal.Record(id)
	if !ok {
		t.Fatalf("no contact %s", id)
	}
	return [2]string{rec.Properties["job_label_confidence"], rec.Properties["job_label_source"]}
}

// After an edit in HubSpot is taken, the two properties beside the labels say whose the label is: in the same run, once,
// and the label itself is not touched.
func TestHubSpotIsToldWhoseALabelIs(t *testing.T) {
	machine := [2]string{"0.97", "neighbours"}
	edit := func(who func(*portal.Server, string, map[string]string) error, values map[string]string) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			if err := who(h.portal, "101", values); err != nil {
				t.Fatal(err)
			}
		}
	}
	user := func(p *portal.Server, id string, v map[string]string) error { return p.EditAsUser(id, 7, v) }
	imported := func(p *portal.Server, id string, v map[string]string) error { return p.ImportEdit(id, v) }
	for _, c := range []struct {
		name   string
		edit   func(*testing.T, *house)
		labels [2]string
		beside [2]string
		values int // written because of it
	}{
		{"a person changes one label", edit(user, map[string]string{"job_role": "product"}), [2]string{"product", "professional"}, [2]string{"0.97", "person in HubSpot"}, 1},
		{"a person changes both", edit(user, map[string]string{"job_role": "product", "job_seniority": "senior"}), [2]string{"product", "senior"}, [2]string{"1", "person in HubSpot"}, 2},
		{"an import does", edit(imported, map[string]string{"job_role": "product"}), [2]string{"product", "professional"}, [2]string{"", "program in HubSpot"}, 2},
		{"an import changes one, a person the other", func(t *testing.T, h *house) {
			edit(imported, map[string]string{"job_role": "product"})(t, h)
			edit(user, map[string]string{"job_seniority": "senior"})(t, h)
		}, [2]string{"product", "senior"}, [2]string{"", "program in HubSpot"}, 2},
		{"the other way round", func(t *testing.T, h *house) {
			edit(user, map[string]string{"job_role": "product"})(t, h)
			edit(imported, map[string]string{"job_seniority": "senior"})(t, h)
		}, [2]string{"product", "senior"}, [2]string{"", "person in HubSpot"}, 2},
		{"a person empties one: that is asked about", edit(user, map[string]string{"job_role": ""}), [2]string{"", "professional"}, machine, 0},
		{"a person changes the title to one that is labelled the same", edit(user, map[string]string{"jobtitle": "Coder"}), [2]string{"engineering", "professional"}, machine, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, people("Software Engineer", "Head of Sales"))
			h.Fitter = &byTable{table: map[string][label.AxisCount]label.Value{"Software Engineer": {"engineering", "professional"}, "Coder": {"engineering", "professional"}, "Head of Sales": {"sales", "director"}}}
			h.run(t)
			if got := h.beside(t, "101"); got != machine {
				t.Fatalf("after the first run %v beside the labels", got)
			}
			h.clock.pass(time.Hour)
			c.edit(t, h)
			h.portal.ResetStats()
			h.run(t)
			if got := h.beside(t, "101"); got != c.beside || h.labels(t, "101") != c.labels {
				t.Errorf("%v with %v beside them; want %v with %v", h.labels(t, "101"), got, c.labels, c.beside)
			}
			stats := h.portal.Stats(true, "")
			for _, w := range stats.Writes {
				if w.Contact != "101" || w.Property == "job_role" || w.Property == "job_seniority" {
					t.Errorf("%s of contact %s was written", w.Property, w.Contact)
				}
			}
			if len(stats.Writes) != 2*min(c.values, 1) { // both properties go along, whatever they held
				t.Errorf("%d values written: %+v", len(stats.Writes), stats.Writes)
			}
			h.portal.ResetStats()
			if err := h.store.MarkDirty(context.Background(), []label.ContactID{"101"}); err != nil { // it is looked at again for another reason
				t.Fatal(err)
			}
			for range 3 {
				h.run(t)
			}
			if n := h.portal.Stats(false, "").Values; n != 0 || h.beside(t, "101") != c.beside {
				t.Errorf("%d values written afterwards, %v beside the labels", n, h.beside(t, "101"))
			}
		})
	}
}

// An answer that leaves in place what HubSpot shows is told as what it is, a correction.
func TestAnAnswerThatKeepsWhatHubSpotShowsIsTold(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.Fitter = &byTable{table: modelTitles}
	h.run(t)
	h.clock.pass(time.Hour)
	if err := h.portal.Clear("101", 7, "job_role"); err != nil {
		t.Fatal(err)
	}
	h.run(t)
	rows := h.sheet.rows(workbook.Review)
	if len(rows) != 1 {
		t.Fatalf("Review = %+v, want one question", rows)
	}
	h.sheet.person(t, workbook.Review, "id", rows[0].ID, map[string]workbook.Cell{"correct_role": workbook.NoneOfThese})
	h.run(t)
	h.run(t)
	if got := h.beside(t, "101"); got != [2]string{"0.97", "correction"} || h.labels(t, "101")[0] != "" {
		t.Errorf("%v with %v beside them", h.labels(t, "101"), got)
	}
}

// What has to be told is kept until it has been: through observing, through refused and lost writes, through a restart.
func TestWhatHubSpotHasToBeToldIsNotForgotten(t *testing.T) {
	mode := func(h *house, t *testing.T, value string) {
		h.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": value})
	}
	fault := func(h *house, t *testing.T, f portal.Fault) {
		if err := h.portal.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		before func(*house, *testing.T)
		after  func(*house, *testing.T)
		fails  bool
	}{
		{"observing", func(h *house, t *testing.T) { mode(h, t, "observe") }, func(h *house, t *testing.T) { mode(h, t, "apply") }, false},
		{"nobody answers the write", func(h *house, t *testing.T) {
			fault(h, t, portal.Fault{Match: "batch/", Kind: "lose-before", After: 1, Times: -1}) // the first is the reading of the history
		}, func(h *house, t *testing.T) { h.portal.ClearFaults() }, true},
		{"the answer is lost, and so is the look at what came of it", func(h *house, t *testing.T) {
			fault(h, t, portal.Fault{Match: "batch/update", Kind: "apply-then-lose", Times: 1})
			fault(h, t, portal.Fault{Match: "batch/read", Kind: "lose-before", After: 1, Times: -1})
		}, func(h *house, t *testing.T) { h.portal.ClearFaults() }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, people("Software Engineer"))
			h.Fitter = &byTable{table: modelTitles}
			h.run(t)
			h.clock.pass(time.Hour)
			if err := h.portal.EditAsUser("101", 7, map[string]string{"job_role": "product"}); err != nil {
				t.Fatal(err)
			}
			c.before(h, t)
			h.clock.pass(20 * time.Minute)
			if _, err := h.RunOnce(context.Background(), reconcile.Apply); (err != nil) != c.fails {
				t.Fatalf("the run: %v", err)
			}
			c.after(h, t)
			for range 2 {
				h.run(t)
			}
			if got := h.beside(t, "101"); got[1] != string(plan.ByPersonInHubSpot) || h.labels(t, "101")[0] != "product" {
				t.Errorf("%v with %v beside them", h.labels(t, "101"), got)
			}
			h.portal.ResetStats()
			h.run(t)
			if n := h.portal.Stats(false, "").Values; n != 0 {
				t.Errorf("%d values written at rest", n)
			}
		})
	}
}

// A label that is written in the same run is what the two properties speak of, as after every write.
func TestAWrittenLabelIsWhatIsSpokenOf(t *testing.T) {
	h := newHouse(t, people("Software Engineer"))
	h.Fitter = &byTable{table: modelTitles}
	h.run(t)
	h.clock.pass(time.Hour)
	for _, step := range []struct {
		mode string
		edit map[string]string
	}{{"observe", map[string]string{"job_role": "sales"}}, {"apply", map[string]string{"jobtitle": "Head of Sales"}}} {
		h.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": step.mode})
		if err := h.portal.EditAsUser("101", 7, step.edit); err != nil {
			t.Fatal(err)
		}
		h.run(t)
	}
	if got := h.beside(t, "101"); got != [2]string{"0.97", "neighbours"} || h.labels(t, "101") != [2]string{"sales", "director"} {
		t.Errorf("%v with %v beside them", h.labels(t, "101"), got)
	}
	h.portal.ResetStats()
	for range 3 {
		h.run(t)
	}
	if n := h.portal.Stats(false, "").Values; n != 0 {
		t.Errorf("%d values written at rest", n)
	}
}
