package hubspot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

// optionsOf renders a property's options: value=label, in brackets where hidden.
func optionsOf(s *portal.Server, name string) string {
	for _, p := range s.Properties() {
		if p.Name != name {
			continue
		}
		var out []string
		for _, o := range p.Options {
			text := o.Value + "=" + o.Label
			if o.Hidden {
				text = "(" + text + ")"
			}
			out = append(out, text)
		}
		return strings.Join(out, " ")
	}
	return "no such property"
}

// The table of mergeOptions.
func TestOptionsFollowTheTaxonomy(t *testing.T) {
	w, tapped := tap(t, 0)
	s, crm, _ := sandbox(t, 0, portal.Options{}, tapped)
	p := wanted("a", "b", "c")
	ensured(t, crm, p)
	terms := func(change func([]label.Term) []label.Term) {
		t.Helper()
		p.Taxonomies[label.Role].Terms = change(append([]label.Term{}, p.Taxonomies[label.Role].Terms...))
		ensured(t, crm, p)
	}
	expect := func(step, want string) {
		t.Helper()
		if got := optionsOf(s, "job_role"); got != want {
			t.Errorf("%s: %s, not %s", step, got, want)
		}
	}
	expect("made", "a=Name of a b=Name of b c=Name of c")
	terms(func(x []label.Term) []label.Term {
		return append(x, label.Term{ID: "r9", Name: "Fourth", Value: "d", Active: true})
	})
	expect("added", "a=Name of a b=Name of b c=Name of c d=Fourth")
	terms(func(x []label.Term) []label.Term { x[1].Name = "Renamed"; return x })
	expect("renamed", "a=Name of a b=Renamed c=Name of c d=Fourth")
	terms(func(x []label.Term) []label.Term { x[0].Active = false; return x })
	expect("made inactive", "b=Renamed c=Name of c d=Fourth (a=Name of a)")
	terms(func(x []label.Term) []label.Term { x[0].Active = true; return x })
	expect("made active again", "a=Name of a b=Renamed c=Name of c d=Fourth")
	terms(func(x []label.Term) []label.Term { return x[1:] })
	expect("row removed", "b=Renamed c=Name of c d=Fourth (a=Name of a)")
	terms(func(x []label.Term) []label.Term { x[0].Name = "Name of a"; return x })
	expect("a new name that a former row had", "b=Name of a c=Name of c d=Fourth (a=Name of a (former 1))")
	terms(func(x []label.Term) []label.Term { x[0].Name, x[1].Name = x[1].Name, x[0].Name; return x })
	expect("names swapped", "b=Name of c c=Name of a d=Fourth (a=Name of a (former 1))")
	terms(func(x []label.Term) []label.Term { x[0], x[2] = x[2], x[0]; return x })
	expect("reordered", "d=Fourth c=Name of a b=Name of c (a=Name of a (former 1))")

	before := len(w.all)
	ensured(t, crm, p)
	if n := len(w.all) - before; n != 0 {
		t.Errorf("%d requests for what this process has ensured already", n)
	}
	fresh := client(t, "http://"+hostOf(t, s), newClock(), tapped)
	before = len(w.all)
	ensured(t, fresh, p)
	if n := len(w.all) - before; n > 5 || w.count(func(e exchange) bool { return e.method == "PATCH" }) != 8 {
		t.Errorf("a new process needs %d requests; %d changes in all", n, w.count(func(e exchange) bool { return e.method == "PATCH" }))
	}
}

func TestUnusableTermsAreProblemsOfTheirRow(t *testing.T) {
	s, crm, _ := sandbox(t, 0, portal.Options{})
	p := wanted("a")
	p.Taxonomies[label.Role].Terms = append(p.Taxonomies[label.Role].Terms,
		label.Term{ID: "twice", Name: "name OF a", Value: "x", Active: true},
		label.Term{ID: "semicolon", Name: "S", Value: "x;y", Active: true},
		label.Term{ID: "nameless", Name: " ", Value: "z", Active: true},
		label.Term{ID: "asleep", Name: "", Value: "", Active: false},
		label.Term{ID: "good", Name: "Good", Value: "good", Active: true})
	problems, err := crm.EnsureProperties(t.Context(), p)
	if err != nil || len(problems) != 3 || problems["twice"] == "" || problems["semicolon"] == "" || problems["nameless"] == "" {
		t.Errorf("%v, %v", problems, err)
	}
	for id, text := range problems {
		if !strings.Contains(text, " - ") {
			t.Errorf("%s: no mend in %q", id, text)
		}
	}
	if got := optionsOf(s, "job_role"); got != "a=Name of a good=Good" {
		t.Error(got)
	}
	if again, _ := crm.EnsureProperties(t.Context(), p); len(again) != 3 {
		t.Errorf("problems are forgotten: %v", again)
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	w, tapped := tap(t, 0)
	_, crm, _ := sandbox(t, 0, portal.Options{}, tapped)
	p := wanted()
	p.DryRun = true
	ensured(t, crm, p)
	if n := w.count(func(e exchange) bool { return e.method != "GET" }); n > 0 {
		t.Errorf("%d requests that change something", n)
	}
	p.DryRun = false
	ensured(t, crm, p)
	if n := w.count(func(e exchange) bool { return e.method == "POST" }); n != 5 {
		t.Errorf("%d things made, a group and four properties were missing", n)
	}
}

func TestPropertiesThatCannotBeUsed(t *testing.T) {
	for name, def := range map[string]portal.Property{
		"text":      {Name: "job_role", Label: "R", Type: "string", FieldType: "text", GroupName: "contactinformation"},
		"several":   {Name: "job_role", Label: "R", Type: "enumeration", FieldType: "checkbox", GroupName: "contactinformation"},
		"read-only": {Name: "job_role", Label: "R", Type: "enumeration", FieldType: "select", GroupName: "contactinformation", Modification: portal.Modification{ReadOnlyValue: true}},
		"locked":    {Name: "job_role", Label: "R", Type: "enumeration", FieldType: "select", GroupName: "contactinformation", Modification: portal.Modification{ReadOnlyDefinition: true}},
	} {
		t.Run(name, func(t *testing.T) {
			s, crm, _ := sandbox(t, 0, portal.Options{})
			s.Define(def)
			_, err := crm.EnsureProperties(t.Context(), wanted())
			var bad *hubspot.PropertyError
			if !errors.As(err, &bad) || !errors.Is(err, hubspot.KindProperty) || bad.Property != "job_role" || bad.Mend == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestMappingOntoHubSpotsOwnProperty(t *testing.T) {
	s, crm, _ := sandbox(t, 5, portal.Options{}, func(o *hubspot.Options) {
		o.Mapping[label.Seniority] = map[label.Value]string{"lead": "director", "odd": "emperor"}
	})
	p := wanted("vp", "lead", "odd", "none")
	p.MapOnto[label.Seniority] = true
	problems, err := crm.EnsureProperties(t.Context(), p)
	if err != nil || len(problems) != 2 || !strings.Contains(problems["seniority-2"], "emperor") || !strings.Contains(problems["seniority-3"], "choose") && !strings.Contains(problems["seniority-3"], "map it") {
		t.Fatalf("%v, %v", problems, err)
	}
	first, _ := changed(t, crm, label.Cursor{})
	all := ids(first)
	for i, v := range []label.Value{"vp", "lead", "none", ""} {
		one := write(all[i], "")
		one.Labels = [label.AxisCount]*label.Value{nil, &v}
		if _, err := crm.Write(t.Context(), []plan.Write{one}); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"vp", "director", "", ""} {
		if got, _ := s.Record(string(all[i])); got.Properties["hs_seniority"] != want {
			t.Errorf("contact %d: hs_seniority is %q, not %q", i, got.Properties["hs_seniority"], want)
		}
	}
}

func TestHistoryTellsWhoseHandItWas(t *testing.T) {
	s, crm, c := sandbox(t, 12, portal.Options{})
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	mustWrite(t, crm, first, "alpha")
	c.advance(1e9)
	all := ids(first)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.EditAsUser(string(all[1]), 5, map[string]string{"job_role": "beta"}))
	must(s.EditAsMobile(string(all[2]), 5, map[string]string{"job_role": "beta"}))
	must(s.Clear(string(all[3]), 5, "job_role"))
	must(s.ImportEdit(string(all[4]), map[string]string{"job_role": "beta"}))
	must(s.WorkflowEdit(string(all[5]), map[string]string{"job_role": "beta"}))
	must(s.OtherIntegrationEdit(string(all[6]), 99, map[string]string{"job_role": "beta"}))
	read, err := crm.Read(t.Context(), all[:7], true)
	must(err)
	want := []label.EditKind{label.EditOurs, label.EditPerson, label.EditPerson, label.EditPerson, label.EditMachine, label.EditMachine, label.EditMachine}
	for i, x := range read {
		if e := x.Edits[label.Role]; e == nil || e.Kind != want[i] || e.Source == "" {
			t.Errorf("contact %d: %+v, not %s", i, e, want[i])
		}
	}
	if e := read[3].Edits[label.Role]; e.Value != "" {
		t.Errorf("clearing is an edit: %+v", e)
	}
	// Without a known source, the journal recognises the echo, by value and time.
	written := read[0].Edits[label.Role]
	journal := func(o *hubspot.Options) {
		o.Journal = func(id label.ContactID, a label.Axis) (label.Value, time.Time, bool) {
			return "alpha", written.At, id == all[0] && a == label.Role
		}
	}
	other := client(t, "http://"+hostOf(t, s), c, journal)
	read, err = other.Read(t.Context(), []label.ContactID{all[0], all[7]}, true)
	must(err)
	if read[0].Edits[label.Role].Kind != label.EditOurs || read[1].Edits[label.Role].Kind != label.EditMachine {
		t.Errorf("by journal: %+v, %+v", read[0].Edits[label.Role], read[1].Edits[label.Role])
	}
}
