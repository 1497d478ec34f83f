package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"rolecall/label"
)

// Totals sum a plan up that is made part by part: the plan of a portal of millions never stands in memory whole. Add
// the parts in the order of their keys; what Totals then say is what they would say of the whole plan.
type Totals struct {
	samples int
	verbs   [Review + 1]int
	axes    [label.AxisCount]axisCounts
	print   hash.Hash
	groups  []Group
	at      map[groupID]int
}

// groupID is what the pushes of a group have in common.
type groupID struct {
	axis     label.Axis
	from, to label.Value
	method   label.Method
	rule     string
}

// NewTotals are those of an empty plan. samples is how many changes of each group are kept.
func NewTotals(samples int) *Totals {
	t := &Totals{samples: samples, print: sha256.New(), at: map[groupID]int{}}
	for a := range t.axes {
		t.axes[a] = axisCounts{byValue: map[label.Value]int{}, byRule: map[string]int{}, delta: map[label.Value]int{}}
	}
	return t
}

// Add counts a part in.
func (t *Totals) Add(p Plan) {
	for _, c := range p.Changes {
		t.verbs[c.Verb]++
		if c.Verb == Push {
			t.axes[c.Key.Axis].add(c)
			t.stamp(c)
			t.group(c)
		}
	}
}

// stamp takes a push into the fingerprint.
func (t *Totals) stamp(c Change) {
	for _, s := range []string{string(c.Key.ContactID), c.Key.Axis.String(), string(c.From), string(c.To)} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		t.print.Write(n[:])
		t.print.Write([]byte(s))
	}
}

func (t *Totals) group(c Change) {
	k := groupID{c.Key.Axis, c.From, c.To, c.Method, c.RuleID}
	i, ok := t.at[k]
	if !ok {
		i = len(t.groups)
		t.at[k] = i
		t.groups = append(t.groups, Group{Axis: k.axis, From: k.from, To: k.to, Method: k.method, RuleID: k.rule})
	}
	t.groups[i].Count++
	if len(t.groups[i].Samples) < t.samples {
		t.groups[i].Samples = append(t.groups[i].Samples, c)
	}
}

// Count is the number of changes with this verb.
func (t *Totals) Count(v Verb) int { return t.verbs[v] }

// Empty says that there is nothing to write, remember or ask.
func (t *Totals) Empty() bool { return t.verbs == [Review + 1]int{} }

// Fingerprint names the pushes: equal writes, equal fingerprint. An approval is bound to it.
func (t *Totals) Fingerprint() string { return hex.EncodeToString(t.print.Sum(nil)[:8]) }

// Group is a set of pushes that change one value into another for one reason.
type Group struct {
	Axis     label.Axis
	From, To label.Value
	Method   label.Method
	RuleID   string
	Count    int
	// Samples are the first few changes of the group.
	Samples []Change
}

// Groups sum the pushes up, biggest first (ties in the order of axis, from, to, reason).
func (t *Totals) Groups() []Group {
	out := slices.Clone(t.groups)
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.Axis, b.Axis), strings.Compare(string(a.From), string(b.From)),
			strings.Compare(string(a.To), string(b.To)), strings.Compare(string(a.Method), string(b.Method)), strings.Compare(a.RuleID, b.RuleID))
	})
	return out
}
