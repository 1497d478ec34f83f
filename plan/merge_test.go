package plan_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/plan"
)

// mergeCase is one situation of a row of the table.
type mergeCase struct {
	name string
	v    plan.Versions
	want plan.Verb
}

func base(v label.Value) plan.Base { return plan.Base{Known: true, Value: v} }

func protected(v label.Value) plan.Base { return plan.Base{Known: true, Value: v, Protected: true} }

// mergeTable is the table of Merge's comment: the key is the row as it stands there.
func mergeTable() map[string][]mergeCase {
	const b, x, y = label.Value("b"), label.Value("x"), label.Value("y")
	return map[string][]mergeCase{
		"any|x|x|adopt (keep if base = x, unless put there again)": {
			{"put there again", plan.Versions{Base: base(x), Ours: x, Theirs: x, TheirsBy: label.EditPerson, Restated: true}, plan.Adopt},
			{"no base", plan.Versions{Ours: x, Theirs: x}, plan.Adopt},
			{"another base", plan.Versions{Base: base(b), Ours: x, Theirs: x}, plan.Adopt},
			{"a person typed what we decided", plan.Versions{Base: base(b), Ours: x, Theirs: x, TheirsBy: label.EditPerson}, plan.Adopt},
			{"the base already", plan.Versions{Base: base(x), Ours: x, Theirs: x}, plan.Keep},
			{"the base already, protected", plan.Versions{Base: protected(x), Ours: x, OursByPerson: true, Theirs: x}, plan.Keep},
		},
		"any|x*|empty|adopt (keep if base is empty)": {
			{"no base", plan.Versions{OursEmpty: true, OursByPerson: true}, plan.Adopt},
			{"cleared by a person as well", plan.Versions{Base: base(b), OursEmpty: true, OursByPerson: true, TheirsBy: label.EditPerson}, plan.Adopt},
			{"the base already", plan.Versions{Base: base(""), OursEmpty: true, OursByPerson: true}, plan.Keep},
		},
		"not y|any but y|y not in the taxonomy|review: it is never learnt": {
			{"first sight", plan.Versions{Ours: x, Theirs: y, TheirsUnknown: true}, plan.Review},
			{"first sight, nothing decided", plan.Versions{Theirs: y, TheirsUnknown: true}, plan.Review},
			{"first sight, take-over overwrite", plan.Versions{Ours: x, Theirs: y, TheirsUnknown: true, TakeOver: label.TakeOverWrite}, plan.Review},
			{"typed over ours", plan.Versions{Base: base(b), Ours: b, Theirs: y, TheirsUnknown: true, TheirsBy: label.EditPerson}, plan.Review},
		},
		"none|none|any|keep": {
			{"empty", plan.Versions{}, plan.Keep},
			{"a value", plan.Versions{Theirs: y, TakeOver: label.TakeOverWrite}, plan.Keep},
			{"a machine cannot decide none of these", plan.Versions{OursEmpty: true, Theirs: y, TakeOver: label.TakeOverWrite}, plan.Keep},
		},
		"none|x|empty|push": {
			{"by machine", plan.Versions{Ours: x}, plan.Push},
			{"by a person", plan.Versions{Ours: x, OursByPerson: true}, plan.Push},
		},
		`none|x by machine|y|review; take-over "keep": pull; take-over "overwrite": push`: {
			{"review", plan.Versions{Ours: x, Theirs: y, TakeOver: label.TakeOverReview}, plan.Review},
			{"no setting", plan.Versions{Ours: x, Theirs: y}, plan.Review},
			{"keep", plan.Versions{Ours: x, Theirs: y, TakeOver: label.TakeOverKeep}, plan.Pull},
			{"overwrite", plan.Versions{Ours: x, Theirs: y, TakeOver: label.TakeOverWrite}, plan.Push},
			{"our own value after the store was lost", plan.Versions{Ours: x, Theirs: y, TheirsBy: label.EditOurs}, plan.Review},
		},
		`none|x or x* by a person|y|review; take-over "overwrite": push`: {
			{"review", plan.Versions{Ours: x, OursByPerson: true, Theirs: y}, plan.Review},
			{"keep", plan.Versions{Ours: x, OursByPerson: true, Theirs: y, TakeOver: label.TakeOverKeep}, plan.Review},
			{"keep, none of these", plan.Versions{OursEmpty: true, OursByPerson: true, Theirs: y, TakeOver: label.TakeOverKeep}, plan.Review},
			{"overwrite, none of these", plan.Versions{OursEmpty: true, OursByPerson: true, Theirs: y, TakeOver: label.TakeOverWrite}, plan.Push},
		},
		"b|none|b|keep: abstaining clears nothing": {
			{"abstained", plan.Versions{Base: base(b), Theirs: b}, plan.Keep},
			{"a machine cannot decide none of these", plan.Versions{Base: base(b), OursEmpty: true, Theirs: b}, plan.Keep},
		},
		"b|x by machine|b|push; keep where b is protected or empty": {
			{"decided anew", plan.Versions{Base: base(b), Ours: x, Theirs: b}, plan.Push},
			{"protected", plan.Versions{Base: protected(b), Ours: x, Theirs: b}, plan.Keep},
			{"a person wants no label", plan.Versions{Base: base(""), Ours: x}, plan.Keep},
			{"a term has left the taxonomy", plan.Versions{Base: base(b), Ours: x, Theirs: b, TheirsUnknown: true}, plan.Push},
		},
		"b|x or x* by a person|b|push, in the taxonomy or not: a person said so": {
			{"corrected", plan.Versions{Base: base(b), Ours: x, OursByPerson: true, Theirs: b}, plan.Push},
			{"corrected, protected", plan.Versions{Base: protected(b), Ours: x, OursByPerson: true, Theirs: b}, plan.Push},
			{"none of these", plan.Versions{Base: base(b), OursEmpty: true, OursByPerson: true, Theirs: b}, plan.Push},
			{"cleared once, now answered", plan.Versions{Base: base(""), Ours: x, OursByPerson: true}, plan.Push},
			{"an unknown value, answered in Review", plan.Versions{Base: base(y), Ours: x, OursByPerson: true, Theirs: y, TheirsUnknown: true}, plan.Push},
		},
		"b|none, or x by machine|b, put there again|pull: a person changed it and changed it back": {
			{"nothing decided", plan.Versions{Base: base(b), Theirs: b, TheirsBy: label.EditPerson, Restated: true}, plan.Pull},
			{"restated", plan.Versions{Base: base(b), Ours: x, Theirs: b, TheirsBy: label.EditPerson, Restated: true}, plan.Pull},
			{"restated, protected already", plan.Versions{Base: protected(b), Ours: x, Theirs: b, TheirsBy: label.EditPerson, Restated: true}, plan.Pull},
		},
		"b|x or x* by a person|b, put there again|review: two people disagree": {
			{"restated", plan.Versions{Base: base(b), Ours: x, OursByPerson: true, Theirs: b, TheirsBy: label.EditPerson, Restated: true}, plan.Review},
			{"cleared twice is no value put there", plan.Versions{Base: base(""), Ours: x, OursByPerson: true, TheirsBy: label.EditPerson, Restated: true}, plan.Push},
		},
		"b|any but x*|empty|review: somebody cleared it": {
			{"nothing decided", plan.Versions{Base: base(b), TheirsBy: label.EditPerson}, plan.Review},
			{"by machine", plan.Versions{Base: base(b), Ours: b, TheirsBy: label.EditMachine}, plan.Review},
			{"by a person", plan.Versions{Base: base(b), Ours: x, OursByPerson: true}, plan.Review},
		},
		"b|none, or b or x by machine|y|pull: edited in HubSpot": {
			{"nothing decided", plan.Versions{Base: base(b), Theirs: y}, plan.Pull},
			{"still b", plan.Versions{Base: base(b), Ours: b, Theirs: y}, plan.Pull},
			{"a person beats the machine", plan.Versions{Base: base(b), Ours: x, Theirs: y, TheirsBy: label.EditPerson}, plan.Pull},
			{"nobody wanted a label until now", plan.Versions{Base: base(""), Ours: x, Theirs: y}, plan.Pull},
		},
		"b|b by a person|y|pull where a person wrote y; else review": {
			{"a person", plan.Versions{Base: base(b), Ours: b, OursByPerson: true, Theirs: y, TheirsBy: label.EditPerson}, plan.Pull},
			{"a person, after none of these", plan.Versions{Base: base(""), OursEmpty: true, OursByPerson: true, Theirs: y, TheirsBy: label.EditPerson}, plan.Pull},
			{"an import", plan.Versions{Base: base(b), Ours: b, OursByPerson: true, Theirs: y, TheirsBy: label.EditMachine}, plan.Review},
			{"nobody knows who", plan.Versions{Base: base(b), Ours: b, OursByPerson: true, Theirs: y}, plan.Review},
		},
		"b|x or x* by a person, not b|y|review: two people disagree": {
			{"corrected", plan.Versions{Base: base(b), Ours: x, OursByPerson: true, Theirs: y, TheirsBy: label.EditPerson}, plan.Review},
			{"none of these", plan.Versions{Base: base(b), OursEmpty: true, OursByPerson: true, Theirs: y, TheirsBy: label.EditPerson}, plan.Review},
		},
	}
}

func TestMergeTable(t *testing.T) {
	table := mergeTable()
	for _, row := range commentRows(t) {
		cases, ok := table[row]
		if !ok {
			t.Errorf("the comment's row %q has no test", row)
		}
		delete(table, row)
		for _, c := range cases {
			t.Run(row+"/"+c.name, func(t *testing.T) {
				if got := plan.Merge(c.v); got != c.want {
					t.Errorf("Merge(%+v) = %s; want %s", c.v, got, c.want)
				}
			})
		}
	}
	for row := range table {
		t.Errorf("row %q is tested but does not stand in Merge's comment", row)
	}
}

// commentRows reads the rows of the table in the doc comment of Merge.
func commentRows(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("merge.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, line := range strings.Split(string(raw), "\n") {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "//\t|") || len(cells) != 6 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, strings.Join(cells[1:5], "|"))
	}
	if len(rows) < 12 {
		t.Fatalf("merge.go has %d rows of a table; want the whole rule", len(rows))
	}
	return rows[2:] // header and rule
}

func TestMergeOfOurOwnEcho(t *testing.T) {
	const b, x, y = label.Value("b"), label.Value("x"), label.Value("y")
	for _, c := range []mergeCase{
		{"a crash came before the base was kept", plan.Versions{Base: base(b), Ours: x, Theirs: x, TheirsBy: label.EditOurs}, plan.Adopt},
		{"we abstain by now", plan.Versions{Base: base(b), Theirs: y, TheirsBy: label.EditOurs}, plan.Adopt},
		{"the decision has changed since: nothing is lost", plan.Versions{Base: base(b), Ours: x, Theirs: y, TheirsBy: label.EditOurs}, plan.Push},
		{"we emptied it for a person", plan.Versions{Base: base(b), OursEmpty: true, OursByPerson: true, TheirsBy: label.EditOurs}, plan.Adopt},
		{"we emptied it, and the correction was taken back", plan.Versions{Base: base(b), TheirsBy: label.EditOurs}, plan.Adopt},
		{"the term has left the taxonomy", plan.Versions{Base: base(b), Theirs: y, TheirsUnknown: true, TheirsBy: label.EditOurs}, plan.Adopt},
		{"nothing new", plan.Versions{Base: base(b), Ours: b, Theirs: b, TheirsBy: label.EditOurs}, plan.Keep},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := plan.Merge(c.v); got != c.want {
				t.Errorf("Merge(%+v) = %s; want %s", c.v, got, c.want)
			}
		})
	}
}

func TestVerbNames(t *testing.T) {
	got := fmt.Sprint(plan.Keep, plan.Adopt, plan.Push, plan.Pull, plan.Review)
	if want := "keep adopt push pull review"; got != want {
		t.Errorf("verbs = %q; want %q", got, want)
	}
}
