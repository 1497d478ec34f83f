// Package plan decides what shall change, and nothing else: it is pure. No
// clock, no network, no log, no map order. What it returns is data that can be
// shown, compared, checked against limits, stored and inverted.
package plan

import "rolecall/label"

// Verb is what the merge says of one contact and axis.
type Verb uint8

// The verbs.
const (
	Keep      Verb = iota // nothing to do
	Adopt                 // both sides already agree: remember it as the base
	Attribute             // the label stays, its confidence and source in HubSpot are brought up to date
	Push                  // write ours into HubSpot
	Pull                  // take theirs as the base; a person's hand teaches
	Review                // a person has to decide
)

// String is the verb in reports and the store.
func (v Verb) String() string {
	switch v {
	case Adopt:
		return "adopt"
	case Attribute:
		return "attribute"
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
	// Restated: a person has put Theirs there since the last plan, perhaps in the place of another edit.
	Restated bool
	// TakeOver is the team's choice for values found at first sight.
	TakeOver label.TakeOver
}

// Merge is the whole conflict rule, per contact AND axis. b, x, y are different
// values; x* is "none of these", decided by a person. b may be the empty value: a
// person wants no label there.
//
//	| base  | ours                          | theirs                | verb                                                        |
//	|-------|-------------------------------|-----------------------|-------------------------------------------------------------|
//	| any   | x                             | x                     | adopt (keep if base = x, unless put there again)            |
//	| any   | x*                            | empty                 | adopt (keep if base is empty)                               |
//	| not y | any but y                     | y not in the taxonomy | review: it is never learnt                                  |
//	| none  | none                          | any                   | keep                                                        |
//	| none  | x                             | empty                 | push                                                        |
//	| none  | x by machine                  | y                     | review; take-over "keep": pull; take-over "overwrite": push |
//	| none  | x or x* by a person           | y                     | review; take-over "overwrite": push                         |
//	| b     | none                          | b                     | keep: abstaining clears nothing                             |
//	| b     | x by machine                  | b                     | push; keep where b is protected or empty                    |
//	| b     | x or x* by a person           | b                     | push, in the taxonomy or not: a person said so              |
//	| b     | none, or x by machine         | b, put there again    | pull: a person changed it and changed it back               |
//	| b     | x or x* by a person           | b, put there again    | review: two people disagree                                 |
//	| b     | any but x*                    | empty                 | review: somebody cleared it                                 |
//	| b     | none, or b or x by machine    | y                     | pull: edited in HubSpot                                     |
//	| b     | b by a person                 | y                     | pull where a person wrote y; else review                    |
//	| b     | x or x* by a person, not b    | y                     | review: two people disagree                                 |
//
// Our own echo (TheirsBy is EditOurs, and there is a base) is nobody's edit: the base is only behind.
// The table is read as if theirs were the base, and where it says keep the base is adopted.
func Merge(v Versions) Verb {
	v.OursEmpty = v.OursEmpty && v.OursByPerson && v.Ours == ""
	behind := v.isEcho()
	if behind {
		v.Base = Base{Known: true, Value: v.Theirs}
	}
	verb := v.merge()
	if behind && verb == Keep {
		return Adopt
	}
	return verb
}

// isEcho says that HubSpot shows our own write and the base has not heard of it.
func (v Versions) isEcho() bool {
	return v.TheirsBy == label.EditOurs && v.Base.Known && v.Base.Value != v.Theirs
}

// restated says that a person has put a value there that is the base already.
func (v Versions) restated() bool { return v.Restated && v.Theirs != "" }

// decided says that there is an answer, be it "none of these".
func (v Versions) decided() bool { return v.Ours != "" || v.OursEmpty }

func (v Versions) merge() Verb {
	agreed := v.Base.Known && v.Base.Value == v.Theirs
	switch {
	case v.decided() && v.Ours == v.Theirs:
		if agreed && !v.restated() {
			return Keep
		}
		return Adopt
	case agreed:
		return v.unmoved()
	case v.TheirsUnknown && v.Theirs != "":
		return Review
	case !v.Base.Known:
		return v.firstSight()
	case v.Theirs == "":
		return Review
	}
	return v.moved()
}

// firstSight: there is no base.
func (v Versions) firstSight() Verb {
	switch {
	case !v.decided():
		return Keep
	case v.Theirs == "", v.TakeOver == label.TakeOverWrite:
		return Push
	case v.TakeOver == label.TakeOverKeep && !v.OursByPerson:
		return Pull
	}
	return Review
}

// unmoved: HubSpot still shows the base.
func (v Versions) unmoved() Verb {
	spared := v.Base.Value == "" || v.Base.Protected
	switch {
	case v.restated() && v.decided() && v.OursByPerson:
		return Review
	case v.restated():
		return Pull
	case !v.decided() || spared && !v.OursByPerson:
		return Keep
	}
	return Push
}

// moved: HubSpot shows another value than the base, and we did not write it.
func (v Versions) moved() Verb {
	switch {
	case !v.decided() || !v.OursByPerson:
		return Pull
	case v.Ours == v.Base.Value && v.TheirsBy == label.EditPerson:
		return Pull
	}
	return Review
}
