package plan

import (
	"strconv"
	"time"

	"rolecall/label"
)

// The states of a row of the outbox.
const (
	OutboxPending  = "pending"  // posted, not sent
	OutboxInFlight = "inflight" // sent, fate unknown
	OutboxRefused  = "refused"  // in quarantine until its next try
)

// OutboxRow is one contact's intended write, kept before it is sent. Axes without Want are left alone; a row that wants
// neither only says whose the labels are.
type OutboxRow struct {
	ID        int64
	RunID     int64
	ContactID label.ContactID
	TitleKey  string
	Want      [label.AxisCount]*label.Value
	// Before is what HubSpot showed when the plan was made; Base the base then.
	Before [label.AxisCount]label.Value
	Base   [label.AxisCount]Base
	// Confidence is not a number where it shall be blank.
	Confidence *float64
	Source     *string
	// Reason says why, for the journal.
	Reason string
	// Undo: the base returns to Base instead of moving to Want.
	Undo     bool
	Attempts int
	// NextAt, Code, Message and Mend are of a refused row.
	NextAt              time.Time
	Code, Message, Mend string
}

// WantsLabel says whether the row writes a label.
func (r OutboxRow) WantsLabel() bool { return r.Want != [label.AxisCount]*label.Value{} }

// Write is the row as HubSpot is asked.
func (r OutboxRow) Write() Write {
	return Write{TraceID: "rolecall-" + strconv.FormatInt(r.ID, 10), ContactID: r.ContactID, Labels: r.Want, Confidence: r.Confidence, Source: r.Source}
}
