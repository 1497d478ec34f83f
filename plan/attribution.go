package plan

import "rolecall/label"

// Hand says whose decision a label is that rolecall did not write, and that the two properties beside the labels have
// still to be told.
type Hand uint8

// The hands.
const (
	// NobodysHand: there is nothing to tell.
	NobodysHand Hand = iota
	// PersonsHand: a person set it in HubSpot.
	PersonsHand
	// ProgramsHand: an import, a workflow or another integration set it in HubSpot.
	ProgramsHand
	// AnswersHand: somebody accepted what HubSpot shows in answer to a question in the sheet.
	AnswersHand
)

// The sources that HubSpot is told of such labels, beside the methods of the classifier.
const (
	ByPersonInHubSpot  label.Method = "person in HubSpot"
	ByProgramInHubSpot label.Method = "program in HubSpot"
)

// source is what is said of a hand. sure is false where rolecall cannot say how sure the label is: that is blank then.
func (h Hand) source() (method label.Method, sure bool) {
	switch h {
	case PersonsHand:
		return ByPersonInHubSpot, true
	case ProgramsHand:
		return ByProgramInHubSpot, false
	}
	return label.ByCorrection, true
}

// hand is whose decision the label is after a Pull or an Adopt, where something else was said of it before: at first sight
// nothing was.
func hand(verb Verb, v Versions) Hand {
	switch {
	case !v.Base.Known || verb != Pull && verb != Adopt || v.TheirsBy == label.EditOurs:
		return NobodysHand
	case verb == Adopt && v.Base.Value == v.Theirs && !v.restated():
		return NobodysHand
	case v.TheirsBy == label.EditPerson:
		return PersonsHand
	}
	return ProgramsHand
}

// attribute is the Change that tells HubSpot whose a label is which stays as it is.
//
//	| the hand  | source             | confidence                                        |
//	|-----------|--------------------|---------------------------------------------------|
//	| person's  | person in HubSpot  | that of the other label where it is ours, else 1  |
//	| answer's  | correction         | that of the other label where it is ours, else 1  |
//	| program's | program in HubSpot | blank: rolecall has not judged it                 |
func attribute(row *Row, a label.Axis) Change {
	method, sure := row.Attribution[a].source()
	c := Change{Key: Key{row.ContactID, a}, Verb: Attribute, TitleKey: row.TitleKey, Base: row.Base[a], From: row.Theirs[a], To: row.Theirs[a], Method: method, Unsure: !sure}
	if !sure {
		return c
	}
	c.Confidence = 1
	for _, o := range label.Axes() {
		ours := row.Ours[o]
		if o != a && row.Attribution[o] == NobodysHand && row.Base[o].Known && ours.Value != "" && ours.Value == row.Theirs[o] {
			c.Confidence = min(c.Confidence, ours.Confidence)
		}
	}
	return c
}
