package plan

import (
	"strconv"
	"time"

	"rolecall/label"
)

// OutboxRow is one contact's intended write, kept before it is sent. Axes without Want are left alone.
type OutboxRow struct {
	ID        int64
	RunID     int64
	ContactID label.ContactID
	TitleKey  string
	Want      [label.AxisCount]*label.Value
	// Before is what HubSpot showed when the plan was made; Base the base then.
	Before     [label.AxisCount]label.Value
	Base       [label.AxisCount]Base
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

// Write is the row as HubSpot is asked.
func (r OutboxRow) Write() Write {
	return Write{TraceID: "rolecall-" + strconv.FormatInt(r.ID, 10), ContactID: r.ContactID, Labels: r.Want, Confidence: r.Confidence, Source: r.Source}
}
