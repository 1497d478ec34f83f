package plan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

func taxonomies() [label.AxisCount]label.Taxonomy {
	list := func(a label.Axis, names ...string) label.Taxonomy {
		t := label.Taxonomy{Axis: a}
		for _, n := range names {
			t.Terms = append(t.Terms, label.Term{ID: "T-" + n, Name: n, Value: label.Slug(n), Active: true})
		}
		return t
	}
	return [label.AxisCount]label.Taxonomy{
		list(label.Role, "Red", "Green & Blue", "Black", "White"),
		list(label.Seniority, "Upper", "Middle", "Lower"),
	}
}

// randomRows draws n contacts in every state that the merge knows.
func randomRows(r *rand.Rand, n int) []plan.Row {
	values := [label.AxisCount][]label.Value{{"", "red", "green_blue", "black", "gone"}, {"", "upper", "middle", "lower"}}
	rows := make([]plan.Row, n)
	for i := range rows {
		row := plan.Row{ContactID: label.ContactID(strconv.Itoa(i + 1)), TitleKey: "t" + strconv.Itoa(r.IntN(50))}
		for a := range values {
			pick := func() label.Value { return values[a][r.IntN(len(values[a]))] }
			row.Base[a] = plan.Base{Known: r.IntN(3) > 0}
			if row.Base[a].Known {
				row.Base[a].Value, row.Base[a].Protected = pick(), r.IntN(4) == 0
			}
			row.Ours[a] = plan.Ours{Value: values[a][r.IntN(4)], ByPerson: r.IntN(3) == 0, Method: label.ByNeighbors}
			row.Ours[a].Empty = row.Ours[a].Value == "" && row.Ours[a].ByPerson
			row.Theirs[a], row.TheirsBy[a] = pick(), label.EditKind(r.IntN(4))
		}
		rows[i] = row
	}
	return rows
}

// carryOut makes the world after a plan, contact by contact.
func carryOut(rows []plan.Row, p plan.Plan) []plan.Row {
	out := slices.Clone(rows)
	at := map[label.ContactID]int{}
	for i, r := range out {
		at[r.ContactID] = i
	}
	for _, c := range p.Changes {
		r, a := &out[at[c.Key.ContactID]], c.Key.Axis
		switch c.Verb {
		case plan.Push:
			r.Theirs[a], r.TheirsBy[a], r.Base[a] = c.To, label.EditOurs, plan.Base{Known: true, Value: c.To}
		case plan.Adopt, plan.Pull:
			r.Base[a] = plan.Base{Known: true, Value: c.To, Protected: c.Protects}
			if c.Teaches {
				r.Ours[a] = plan.Ours{Value: c.To, ByPerson: true, Method: label.ByContactCorrection}
			}
		case plan.Review: // answered with what HubSpot shows
			r.Base[a] = plan.Base{Known: true, Value: c.From}
			r.Ours[a] = plan.Ours{Value: c.From, Empty: c.From == "", ByPerson: true, Method: label.ByCorrection}
		}
	}
	return out
}

func TestComputeDoesNotDependOnTheOrderOfRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	in := plan.Input{Rows: randomRows(r, 2000), Taxonomies: taxonomies()}
	in.Rows = append(in.Rows, randomRows(r, 50)...) // the same contacts twice, with other content
	want := plan.Compute(in)
	for range 5 {
		in.Rows = slices.Clone(in.Rows)
		r.Shuffle(len(in.Rows), func(i, j int) { in.Rows[i], in.Rows[j] = in.Rows[j], in.Rows[i] })
		if got := plan.Compute(in); !reflect.DeepEqual(got, want) {
			t.Fatal("another order of rows gave another plan")
		}
	}
	seen := map[plan.Key]bool{}
	for i, c := range want.Changes {
		if seen[c.Key] {
			t.Errorf("two changes of %v", c.Key)
		}
		seen[c.Key] = true
		if i > 0 && want.Changes[i-1].Key.Compare(c.Key) >= 0 {
			t.Errorf("change %d is not in order", i)
		}
	}
}

func TestIdempotency(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, takeOver := range []label.TakeOver{label.TakeOverReview, label.TakeOverKeep, label.TakeOverWrite} {
		for _, teach := range []bool{false, true} {
			t.Run(fmt.Sprint(takeOver, " machines teach ", teach), func(t *testing.T) {
				in := plan.Input{Rows: randomRows(r, 5000), Taxonomies: taxonomies(), TakeOver: takeOver, MachineEditsTeach: teach}
				first := plan.Compute(in)
				if first.Empty() {
					t.Fatal("the first plan is empty; the test proves nothing")
				}
				in.Rows = carryOut(in.Rows, first)
				if second := plan.Compute(in); !second.Empty() {
					t.Errorf("after %d changes the second plan still has %d, such as %+v", len(first.Changes), len(second.Changes), second.Changes[0])
				}
			})
		}
	}
}

func TestComputeMarks(t *testing.T) {
	red := plan.Ours{Value: "red", Method: label.ByRule, RuleID: "R-1"}
	row := func(base plan.Base, ours plan.Ours, theirs label.Value, by label.EditKind) plan.Row {
		return plan.Row{ContactID: "7", TitleKey: "k", Base: [2]plan.Base{base}, Ours: [2]plan.Ours{ours}, Theirs: [2]label.Value{theirs}, TheirsBy: [2]label.EditKind{by}}
	}
	held := row(plan.Base{}, red, "", 0)
	held.Held[label.Role] = true
	tests := []struct {
		name  string
		row   plan.Row
		teach bool
		want  []plan.Change
	}{
		{"a person's edit teaches and is protected", row(base("red"), red, "black", label.EditPerson), false,
			[]plan.Change{{Verb: plan.Pull, Base: base("red"), From: "black", To: "black", Teaches: true, Protects: true}}},
		{"an import's edit is protected and teaches nothing", row(base("red"), red, "black", label.EditMachine), false,
			[]plan.Change{{Verb: plan.Pull, Base: base("red"), From: "black", To: "black", Protects: true}}},
		{"an import's edit teaches where the settings say so", row(base("red"), red, "black", label.EditMachine), true,
			[]plan.Change{{Verb: plan.Pull, Base: base("red"), From: "black", To: "black", Teaches: true, Protects: true}}},
		{"our own echo teaches never", row(base("black"), red, "red", label.EditOurs), true,
			[]plan.Change{{Verb: plan.Adopt, Base: base("black"), From: "red", To: "red"}}},
		{"a person typed what we decided", row(base("black"), red, "red", label.EditPerson), false,
			[]plan.Change{{Verb: plan.Adopt, Base: base("black"), From: "red", To: "red", Teaches: true, Protects: true}}},
		{"an undo holds the cell", held, false, nil},
		{"a push over our own echo returns to the echo when undone", row(base("black"), red, "white", label.EditOurs), false,
			[]plan.Change{{Verb: plan.Push, Base: base("white"), From: "white", To: "red"}}},
		{"a first label", row(plan.Base{}, red, "", 0), false, []plan.Change{{Verb: plan.Push, To: "red"}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			for i := range tc.want {
				tc.want[i].Key, tc.want[i].TitleKey, tc.want[i].Method, tc.want[i].RuleID = plan.Key{ContactID: "7"}, "k", label.ByRule, "R-1"
			}
			got := plan.Compute(plan.Input{Rows: []plan.Row{tc.row}, Taxonomies: taxonomies(), MachineEditsTeach: tc.teach}).Changes
			if !slices.Equal(got, tc.want) {
				t.Errorf("Compute = %+v; want %+v", got, tc.want)
			}
		})
	}
}

func TestOursOf(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   label.Finding
		want plan.Ours
	}{
		{"accepted", label.Finding{Value: "red", Accepted: true, Method: label.ByRule, RuleID: "R-1", Confidence: 1}, plan.Ours{Value: "red", Method: label.ByRule, RuleID: "R-1", Confidence: 1}},
		{"abstained", label.Finding{Value: "red", Method: label.ByAbstaining, Confidence: 0.4}, plan.Ours{Method: label.ByAbstaining, Confidence: 0.4}},
		{"none of these, by a person", label.Finding{Accepted: true, Method: label.ByCorrection}, plan.Ours{Empty: true, ByPerson: true, Method: label.ByCorrection}},
		{"nothing, by a machine, empties nothing", label.Finding{Accepted: true, Method: label.ByNonsense}, plan.Ours{Method: label.ByNonsense}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := plan.OursOf(tc.in); got != tc.want {
				t.Errorf("OursOf = %+v; want %+v", got, tc.want)
			}
		})
	}
}

// TestInverse: a run of 10,000 changes, 37 edits by people since, 3 contacts deleted and an emptied cell.
func TestInverse(t *testing.T) {
	var done []plan.Applied
	now := map[plan.Key]label.Value{}
	for i := range 10_000 {
		k := plan.Key{ContactID: label.ContactID(strconv.Itoa(10_000 - i)), Axis: label.Axis(i % 2)}
		done = append(done, plan.Applied{Key: k, Before: "old", After: "new", BaseBefore: base("old")})
		now[k] = "new"
	}
	for i := range 37 {
		now[done[i*101].Key] = "edited"
	}
	p, kept := plan.Inverse(done, now)
	if len(p.Changes) != 9_963 || kept != 37 {
		t.Fatalf("restored %d, kept %d; want 9,963 and 37", len(p.Changes), kept)
	}
	for i, c := range p.Changes {
		if c.Verb != plan.Push || c.From != "new" || c.To != "old" || c.Base != base("old") {
			t.Fatalf("change %+v does not take it back", c)
		}
		if i > 0 && p.Changes[i-1].Key.Compare(c.Key) >= 0 {
			t.Fatal("the inverse is not in order")
		}
	}
	gone := plan.Key{ContactID: "1"}
	if p, kept := plan.Inverse([]plan.Applied{{Key: gone, Before: "old", After: ""}}, nil); !p.Empty() || kept != 1 {
		t.Errorf("a contact that is gone was to be restored: %+v", p)
	}
	t.Logf("figure: %d restored, %d kept", len(p.Changes), kept)
}

func TestGroupsAreTheGreatestFirst(t *testing.T) {
	var p plan.Plan
	add := func(n int, c plan.Change) {
		for range n {
			c.Key.ContactID = label.ContactID(strconv.Itoa(len(p.Changes) + 1))
			p.Changes = append(p.Changes, c)
		}
	}
	add(5, plan.Change{Verb: plan.Push, To: "red", Method: label.ByNeighbors})
	add(1214, plan.Change{Verb: plan.Push, From: "red", To: "green_blue", Method: label.ByRule, RuleID: "R-012"})
	add(5, plan.Change{Verb: plan.Push, To: "black", Method: label.ByFallback})
	add(2, plan.Change{Verb: plan.Push, From: "black", Method: label.ByCorrection, RuleID: "C-000123"})
	add(1, plan.Change{Verb: plan.Push, From: "retired", To: "black", Method: label.ByContactCorrection, RuleID: "C-000124"})
	add(3, plan.Change{Verb: plan.Push, Key: plan.Key{Axis: label.Seniority}, From: "upper", To: "lower"})
	add(4, plan.Change{Verb: plan.Review})
	add(6, plan.Change{Verb: plan.Pull})
	add(1000, plan.Change{Verb: plan.Adopt})
	groups := p.Groups(3)
	if len(groups) != 6 || groups[0].Count != 1214 || len(groups[0].Samples) != 3 || groups[1].To != "black" || groups[2].To != "red" {
		t.Errorf("groups = %+v", groups)
	}
	if groups[0].Method != label.ByRule || groups[0].RuleID != "R-012" || groups[1].Method != label.ByFallback {
		t.Errorf("groups have lost their reasons: %+v", groups)
	}
}

func TestFingerprintNamesTheWrites(t *testing.T) {
	push := plan.Change{Key: plan.Key{ContactID: "12"}, Verb: plan.Push, From: "a", To: "b"}
	one := plan.Plan{Changes: []plan.Change{push}}
	other := push
	other.Confidence, other.Method, other.Base = 0.7, label.ByRule, base("a")
	if got := (plan.Plan{Changes: []plan.Change{other, {Verb: plan.Review}}}).Fingerprint(); got != one.Fingerprint() {
		t.Error("what is not written changes the fingerprint")
	}
	for name, edit := range map[string]func(*plan.Change){
		"contact": func(c *plan.Change) { c.Key.ContactID = "13" }, "axis": func(c *plan.Change) { c.Key.Axis = 1 },
		"from": func(c *plan.Change) { c.From = "c" }, "to": func(c *plan.Change) { c.To = "c" },
	} {
		c := push
		edit(&c)
		if (plan.Plan{Changes: []plan.Change{c}}).Fingerprint() == one.Fingerprint() {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

// FuzzFingerprint: a border between two fields cannot move without a trace.
func FuzzFingerprint(f *testing.F) {
	f.Add("12", "a", "bc", "12", "ab", "c")
	f.Add("1", "2a", "", "12", "a", "")
	f.Add("1", "a\x00\x00\x00\x00b", "c", "1", "a", "b\x00\x00\x00\x00c")
	f.Add("1", "", "x\x00\x00\x00\x01y", "1", "x", "y")
	f.Fuzz(func(t *testing.T, id1, from1, to1, id2, from2, to2 string) {
		print := func(id, from, to string) string {
			return plan.Plan{Changes: []plan.Change{{Key: plan.Key{ContactID: label.ContactID(id)}, Verb: plan.Push, From: label.Value(from), To: label.Value(to)}}}.Fingerprint()
		}
		same := id1 == id2 && from1 == from2 && to1 == to2
		if (print(id1, from1, to1) == print(id2, from2, to2)) != same {
			t.Errorf("fingerprints of (%q, %q, %q) and (%q, %q, %q): equal is %v", id1, from1, to1, id2, from2, to2, !same)
		}
	})
}

func BenchmarkCompute(b *testing.B) {
	in := plan.Input{Rows: randomRows(rand.New(rand.NewPCG(9, 9)), 500_000), Taxonomies: taxonomies()}
	b.ReportAllocs()
	for b.Loop() {
		p := plan.Compute(in)
		_ = p.Fingerprint()
	}
}
