package plan_test

import (
	"slices"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

// Whose decision a label is after the merge, where HubSpot has to be told.
func TestWhoseALabelIsAfterTheMerge(t *testing.T) {
	red := plan.Ours{Value: "red", Method: label.ByNeighbors, Confidence: 0.8}
	for _, c := range []struct {
		name    string
		base    plan.Base
		ours    plan.Ours
		theirs  label.Value
		by      label.EditKind
		moved   bool
		teach   bool
		want    plan.Hand
		verb    plan.Verb
		without bool // neither confidence nor source is kept in HubSpot
	}{
		{"a person's edit", base("red"), red, "black", label.EditPerson, true, false, plan.PersonsHand, plan.Pull, false},
		{"an import's", base("red"), red, "black", label.EditMachine, true, false, plan.ProgramsHand, plan.Pull, false},
		{"an import's, where they teach as people do", base("red"), red, "black", label.EditMachine, true, true, plan.PersonsHand, plan.Pull, false},
		{"an edit of which the history says nothing", base("red"), red, "black", label.EditUnknown, true, false, plan.ProgramsHand, plan.Pull, false},
		{"a person types what we have decided meanwhile", base("black"), red, "red", label.EditPerson, true, false, plan.PersonsHand, plan.Adopt, false},
		{"away and back again", base("red"), red, "red", label.EditPerson, true, false, plan.PersonsHand, plan.Adopt, false},
		{"our own echo", base("black"), red, "red", label.EditOurs, true, false, plan.NobodysHand, plan.Adopt, false},
		{"there before us, and the same", plan.Base{}, red, "red", label.EditUnknown, false, false, plan.NobodysHand, plan.Adopt, false},
		{"it is asked about", base("red"), red, "", label.EditPerson, true, false, plan.NobodysHand, plan.Review, false},
		{"nothing is kept beside the labels", base("red"), red, "black", label.EditPerson, true, false, plan.NobodysHand, plan.Pull, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := plan.Row{ContactID: "7", Base: [2]plan.Base{c.base}, Ours: [2]plan.Ours{c.ours}, Theirs: [2]label.Value{c.theirs}, TheirsBy: [2]label.EditKind{c.by}, Moved: [2]bool{c.moved}}
			got := plan.Compute(plan.Input{Rows: []plan.Row{row}, Taxonomies: taxonomies(), MachineEditsTeach: c.teach, Attribute: !c.without}).Changes
			if len(got) != 1 || got[0].Verb != c.verb || got[0].Hand != c.want {
				t.Errorf("%+v; want %s by %d", got, c.verb, c.want)
			}
		})
	}
}

// What HubSpot is told of a label that stays as it is.
func TestAttribute(t *testing.T) {
	black := plan.Ours{Value: "red", Method: label.ByNeighbors, Confidence: 0.8} // HubSpot shows black
	upper := plan.Ours{Value: "upper", Method: label.ByNeighbors, Confidence: 0.7}
	row := func(change func(*plan.Row)) plan.Row {
		r := plan.Row{ContactID: "7", TitleKey: "k", Base: [2]plan.Base{{Known: true, Value: "black", Protected: true}, base("upper")}, Ours: [2]plan.Ours{black, upper}, Theirs: [2]label.Value{"black", "upper"}}
		change(&r)
		return r
	}
	type told struct {
		axis       label.Axis
		source     label.Method
		confidence float64
		unsure     bool
	}
	for _, c := range []struct {
		name string
		row  plan.Row
		want []told
	}{
		{"nothing to tell", row(func(*plan.Row) {}), nil},
		{"a person's, the other label is ours", row(func(r *plan.Row) { r.Attribution[0] = plan.PersonsHand }), []told{{0, "person in HubSpot", 0.7, false}}},
		{"a person's, the other label too", row(func(r *plan.Row) { r.Attribution = [2]plan.Hand{plan.PersonsHand, plan.PersonsHand} }),
			[]told{{0, "person in HubSpot", 1, false}, {1, "person in HubSpot", 1, false}}},
		{"a person's, there is no other label", row(func(r *plan.Row) {
			r.Attribution[0] = plan.PersonsHand
			r.Base[1], r.Ours[1], r.Theirs[1] = plan.Base{}, plan.Ours{}, ""
		}),
			[]told{{0, "person in HubSpot", 1, false}}},
		{"an import's", row(func(r *plan.Row) { r.Attribution[0] = plan.ProgramsHand }), []told{{0, "program in HubSpot", 0, true}}},
		{"accepted in the sheet", row(func(r *plan.Row) { r.Attribution[1] = plan.AnswersHand; r.Ours[1].ByPerson = true }), []told{{1, "correction", 1, false}}},
		{"somebody is asked about it once more", row(func(r *plan.Row) {
			r.Attribution[0] = plan.PersonsHand
			r.Theirs[0], r.TheirsBy[0] = "", label.EditPerson
		}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan.Compute(plan.Input{Rows: []plan.Row{c.row}, Taxonomies: taxonomies(), Attribute: true})
			var got []told
			for _, change := range p.Only(plan.Attribute) {
				got = append(got, told{change.Key.Axis, change.Method, change.Confidence, change.Unsure})
				if change.From != c.row.Theirs[change.Key.Axis] || change.To != change.From {
					t.Errorf("the label itself would change: %+v", change)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("told %+v; want %+v", got, c.want)
			}
			if p.Fingerprint() != (plan.Plan{}).Fingerprint() || p.Count(plan.Push) != 0 {
				t.Error("it counts as a label written")
			}
			if none := plan.Compute(plan.Input{Rows: []plan.Row{c.row}, Taxonomies: taxonomies()}).Only(plan.Attribute); none != nil {
				t.Errorf("told although nothing is kept beside the labels: %+v", none)
			}
		})
	}
}
