package workbook

import "rolecall/label"

// HealthID is the ID of the Control row whose Result says how rolecall is: "Sheet read 10:42 - 0 rows with errors - next run 11:00".
const HealthID = "health"

// Offer is an action that Control offers. Its Action is the row's ID.
type Offer struct {
	Action label.Action
	Words  string
}

// Actions lists the actions with the words of their rows, in the order of the rows.
func Actions() []Offer {
	return []Offer{
		{label.ActionRun, "Run now"},
		{label.ActionPreview, "Preview"},
		{label.ActionRetrain, "Retrain now"},
		{label.ActionUndo, "Undo last run"},
		{label.ActionCheck, "Check sheet"},
		{label.ActionAccept, "Accept held changes"},
	}
}

// Scopes are the choices of Control's Scope column; the first is meant when the cell is blank.
func Scopes() []string {
	return []string{label.RunChanged, label.RunReviewOnly, label.RunAll, label.RunSample}
}

// Request is a ticked Request on Control.
type Request struct {
	// ID is the row's, for Writes.ClearTicks.
	ID     string
	Action label.Action
	// Scope is one of Scopes.
	Scope string
}

// Verdict is what a person chose in Review's Decision column.
type Verdict string

// The verdicts. VerdictFix is also meant when a person picks a role or a seniority and leaves Decision blank.
const (
	VerdictAccept     Verdict = "accept"
	VerdictFix        Verdict = "fix"
	VerdictSkip       Verdict = "skip"
	VerdictNone       Verdict = NoneOfThese
	VerdictNotAPerson Verdict = "not a person"
)

// Decisions are the choices of Review's Decision column.
func Decisions() []string {
	return []string{string(VerdictAccept), string(VerdictFix), string(VerdictSkip), string(VerdictNone), string(VerdictNotAPerson)}
}
