// Package plan decides what shall change, and nothing else: it is pure. No
// clock, no network, no log, no map order. What it returns is data that can be
// shown, compared, checked against limits, stored and inverted.
package plan

import "rolecall/label"

// Verb is what the merge says of one contact and axis.
type Verb uint8

// The verbs.
const (
	Keep   Verb = iota // nothing to do
	Adopt              // both sides already agree: remember it as the base
	Push               // write ours into HubSpot
	Pull               // take theirs as the base; a person's hand teaches
	Review             // a person has to decide
)

// String is the verb in reports and the store.
func (v Verb) String() string {
	switch v {
	case Adopt:
		return "adopt"
	case Push:
		return "push"
	case Pull:
		return "pull"
	case Review:
		return "review"
	}
	return "keep"
}

// Base is what both sides last agreed on. Known false: nothing yet. Known with
// an empty Value: a person said that the contact shall have no label.
type Base struct {
	Known bool
	Value label.Value
	// Protected: the value came by a machine's hand in HubSpot (an import, a workflow) or was there
	// before us. Our machine leaves it alone; a person's correction does not.
	Protected bool
}

// Versions are the three values that Merge compares, and what is known about them.
type Versions struct {
	Base Base
	// Ours is the value decided now; "" when nothing was decided.
	Ours label.Value
	// OursEmpty: a person decided that there shall be no label ("none of these").
	OursEmpty bool
	// OursByPerson: a correction decided, not the machine.
	OursByPerson bool
	// Theirs is in HubSpot now; "" when empty.
	Theirs label.Value
	// TheirsUnknown: Theirs is no value of the taxonomy.
	TheirsUnknown bool
	// TheirsBy is whose hand wrote Theirs, as far as the history says.
	TheirsBy label.EditKind
	// TakeOver is the team's choice for values found at first sight.
	TakeOver label.TakeOver
}

// Merge is the whole conflict rule, per contact AND axis. b, x, y are different
// values; x* is "none of these", decided by a person.
//
//	| base | ours              | theirs                   | verb                                                     |
//	|------|-------------------|--------------------------|----------------------------------------------------------|
//	| any  | x                 | x                        | adopt (keep if base = x)                                 |
//	| any  | x*                | empty                    | adopt (keep if base is empty)                            |
//	| any  | any but theirs    | y not in the taxonomy    | review (keep if base = y: it was answered)               |
//	| none | none              | any                      | keep                                                     |
//	| none | x                 | empty                    | push                                                     |
//	| none | x or x*           | y                        | review; take-over "keep": pull; take-over "overwrite": push |
//	| b    | none              | b                        | keep: abstaining clears nothing                          |
//	| b    | x                 | b                        | push; keep where b is protected and a machine decided x  |
//	| b    | x*                | b                        | push empty: a person said so                             |
//	| b    | any               | empty                    | review: somebody cleared it                              |
//	| b    | b or none         | y                        | pull: edited in HubSpot                                  |
//	| b    | x or x*, machine  | y                        | pull: HubSpot's edit beats the machine                   |
//	| b    | x or x*, person   | y                        | review: two people disagree                              |
//	| ""   | none or x machine | empty                    | keep: a person wants no label                            |
//	| ""   | x by a person     | empty                    | push                                                     |
//	| ""   | none or x machine | y                        | pull                                                     |
//	| ""   | x by a person     | y                        | review                                                   |
//
// Our own echo (TheirsBy is EditOurs) is never a person's edit: where the table says pull for it,
// the base is only behind and is adopted.
func Merge(v Versions) Verb {
	switch {
	case v.Ours != "" && v.Ours == v.Theirs, v.OursEmpty && v.Theirs == "":
		if v.Base.Known && v.Base.Value == v.Theirs {
			return Keep
		}
		return Adopt
	case v.Theirs != "" && v.TheirsUnknown:
		if v.Base.Known && v.Base.Value == v.Theirs {
			return Keep
		}
		return Review
	case !v.Base.Known:
		return firstSight(v)
	case v.Theirs == v.Base.Value:
		return unmoved(v)
	case v.Theirs == "":
		return Review
	}
	return moved(v)
}

// firstSight: there is no base.
func firstSight(v Versions) Verb {
	switch {
	case v.Ours == "" && !v.OursEmpty:
		return Keep
	case v.Theirs == "":
		return Push
	case v.TakeOver == label.TakeOverKeep:
		return Pull
	case v.TakeOver == label.TakeOverWrite:
		return Push
	}
	return Review
}

// unmoved: HubSpot still shows the base.
func unmoved(v Versions) Verb {
	switch {
	case (v.Base.Value == "" || v.Base.Protected) && !v.OursByPerson:
		return Keep
	case v.Ours == "" && !v.OursEmpty:
		return Keep
	}
	return Push
}

// moved: HubSpot shows another value than the base.
func moved(v Versions) Verb {
	if v.TheirsBy == label.EditOurs {
		return Adopt
	}
	decided := v.Ours != "" || v.OursEmpty
	if decided && v.OursByPerson && v.Ours != v.Base.Value {
		return Review
	}
	return Pull
}
