package plan

import (
	"cmp"
	"slices"

	"rolecall/label"
)

// Key names one cell of the portal: a contact's label on one axis.
type Key struct {
	ContactID label.ContactID
	Axis      label.Axis
}

// Compare orders keys by contact id (shorter ids first, so that decimal ids stand in numeric order), then axis.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(len(k.ContactID), len(o.ContactID)), cmp.Compare(k.ContactID, o.ContactID), cmp.Compare(k.Axis, o.Axis))
}

// Ours is what the classifier says of one axis, cut down to what the merge needs.
type Ours struct {
	Value      label.Value
	Empty      bool // "none of these", decided
	ByPerson   bool
	Confidence float64
	Method     label.Method
	RuleID     string
}

// OursOf cuts a finding down. An abstaining finding gives the zero Ours with its confidence.
func OursOf(f label.Finding) Ours {
	o := Ours{Confidence: f.Confidence, Method: f.Method, RuleID: f.RuleID, ByPerson: f.Method.IsPerson()}
	if f.Accepted {
		o.Value = f.Value
		o.Empty = f.Value == "" && o.ByPerson
	}
	return o
}

// Row is everything known of one contact when the plan is made.
type Row struct {
	ContactID label.ContactID
	TitleKey  string
	Base      [label.AxisCount]Base
	Ours      [label.AxisCount]Ours
	Theirs    [label.AxisCount]label.Value
	TheirsBy  [label.AxisCount]label.EditKind
	// Moved: the value in HubSpot changed since the last plan, perhaps back to what it was.
	Moved [label.AxisCount]bool
	// Attribution: whose the label is, where HubSpot has still to be told.
	Attribution [label.AxisCount]Hand
	// Held: an undo holds this cell for the present revision; nothing is pushed.
	Held [label.AxisCount]bool
}

// Input is the whole observed state that a plan is made from.
type Input struct {
	Rows       []Row
	Taxonomies [label.AxisCount]label.Taxonomy
	TakeOver   label.TakeOver
	// MachineEditsTeach lets edits by imports, workflows and integrations teach.
	MachineEditsTeach bool
	// Attribute: confidence and source, or one of them, are kept in HubSpot beside the labels.
	Attribute bool
}

// Change is one thing to do, as comparable data.
type Change struct {
	Key      Key
	Verb     Verb
	TitleKey string
	Base     Base
	// From is in HubSpot now, To is what shall be there (for Push) or be remembered (Adopt, Pull).
	From, To label.Value
	// Teaches: a Pull, or an Adopt of what a person chose, that becomes a lesson, and a correction for its contact: a correction for the title would be pushed
	// over it otherwise.
	Teaches bool
	// Protects: a Pull, or an Adopt of what a person wrote, after which the machine leaves the cell alone.
	Protects bool
	// Hand: a Pull or Adopt after which HubSpot has to be told whose the label is.
	Hand       Hand
	Confidence float64
	// Unsure: of an Attribute, there is no Confidence to tell.
	Unsure bool
	Method label.Method
	RuleID string
}

// Plan is a sorted list of changes, one at most for each Key; Keep is absence.
type Plan struct {
	Changes []Change
}

// Compute makes the plan. It is pure: equal input gives an equal plan, whatever the order of its rows. Where a contact comes
// twice, which is a fault of the caller, the more careful verb (review, then pull) wins.
func Compute(in Input) Plan {
	known := [label.AxisCount]map[label.Value]bool{}
	for _, a := range label.Axes() {
		known[a] = make(map[label.Value]bool, len(in.Taxonomies[a].Terms))
		for _, term := range in.Taxonomies[a].Terms {
			known[a][term.Value] = true
		}
	}
	n := 0 // counted first: a plan of millions shall not be copied as it grows
	for i := range in.Rows {
		for _, a := range label.Axes() {
			if _, ok := change(&in, &in.Rows[i], a, known[a]); ok {
				n++
			}
		}
	}
	if n == 0 {
		return Plan{}
	}
	out := make([]Change, 0, n)
	for i := range in.Rows {
		for _, a := range label.Axes() {
			if c, ok := change(&in, &in.Rows[i], a, known[a]); ok {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, compareChanges)
	out = slices.CompactFunc(out, func(a, b Change) bool { return a.Key == b.Key })
	return Plan{Changes: out}
}

// compareChanges orders by key; a contact that came twice stands in an order that does not depend on the rows'.
func compareChanges(a, b Change) int {
	return cmp.Or(a.Key.Compare(b.Key), -cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
		cmp.Compare(a.TitleKey, b.TitleKey), cmp.Compare(a.Base.Value, b.Base.Value), cmp.Compare(a.Method, b.Method), cmp.Compare(a.RuleID, b.RuleID))
}

// change is the merge of one cell as a Change; ok is false for Keep.
func change(in *Input, row *Row, a label.Axis, known map[label.Value]bool) (Change, bool) {
	ours, theirs, by := row.Ours[a], row.Theirs[a], row.TheirsBy[a]
	if in.MachineEditsTeach && by != label.EditOurs {
		by = label.EditPerson
	}
	v := Versions{
		Base: row.Base[a], Ours: ours.Value, OursEmpty: ours.Empty, OursByPerson: ours.ByPerson,
		Theirs: theirs, TheirsUnknown: theirs != "" && !known[theirs], TheirsBy: by, TakeOver: in.TakeOver,
		Restated: row.Moved[a] && by == label.EditPerson,
	}
	verb := Merge(v)
	c := Change{
		Key: Key{row.ContactID, a}, Verb: verb, TitleKey: row.TitleKey, Base: v.Base,
		From: theirs, To: ours.Value, Confidence: ours.Confidence, Method: ours.Method, RuleID: ours.RuleID,
	}
	if in.Attribute {
		c.Hand = hand(verb, v)
	}
	switch verb {
	case Keep:
		if in.Attribute && row.Attribution[a] != NobodysHand {
			return attribute(row, a), true
		}
		return Change{}, false
	case Push:
		if v.isEcho() { // what an undo returns to is our own last write
			c.Base = Base{Known: true, Value: theirs}
		}
		return c, !row.Held[a]
	case Pull:
		c.To, c.Protects = theirs, true
		c.Teaches = v.Base.Known && by == label.EditPerson
	case Adopt:
		c.To, c.Protects = theirs, by == label.EditPerson
		c.Teaches = by == label.EditPerson && (v.Restated || v.Base.Known && theirs != v.Base.Value)
	}
	return c, true
}

// Only returns the changes with one of these verbs, in order.
func (p Plan) Only(verbs ...Verb) []Change {
	var out []Change
	for _, c := range p.Changes {
		if slices.Contains(verbs, c.Verb) {
			out = append(out, c)
		}
	}
	return out
}

// Count is the number of changes with this verb.
func (p Plan) Count(v Verb) int {
	n := 0
	for _, c := range p.Changes {
		if c.Verb == v {
			n++
		}
	}
	return n
}

// Empty says that there is nothing to write, remember or ask.
func (p Plan) Empty() bool { return len(p.Changes) == 0 }

// Applied is one push that reached HubSpot, as the journal keeps it.
type Applied struct {
	Key           Key
	Before, After label.Value
	BaseBefore    Base
}

// Inverse is the plan that takes pushes back: each cell returns to what it held before and its base to
// the base before. It applies only where HubSpot still shows our value; now gives that value per key.
// kept counts the cells that somebody has changed since.
func Inverse(done []Applied, now map[Key]label.Value) (p Plan, kept int) {
	for _, d := range done {
		if v, ok := now[d.Key]; !ok || v != d.After { // not there: deleted, or merged away
			kept++
			continue
		}
		p.Changes = append(p.Changes, Change{Key: d.Key, Verb: Push, Base: d.BaseBefore, From: d.After, To: d.Before})
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return a.Key.Compare(b.Key) })
	return p, kept
}
