package plan

import (
	"time"

	"rolecall/label"
)

// Write is one contact's new values. A nil pointer leaves a property alone.
type Write struct {
	// TraceID is the outbox row, sent as objectWriteTraceId.
	TraceID    string
	ContactID  label.ContactID
	Labels     [label.AxisCount]*label.Value
	Confidence *float64 // 0 to 1, or not a number: blank
	Source     *string
}

// Fate is what became of one Write.
type Fate uint8

// The fates.
const (
	// Taken: HubSpot confirmed it.
	Taken Fate = iota
	// Refused: HubSpot said no to this row; Result has its words and a mend.
	Refused
	// Unknown: no answer came, or one that does not tell. To be read back before anything is sent again.
	Unknown
	// Gone: the contact is deleted or merged away.
	Gone
	// NotSent: the run ended before this row was sent.
	NotSent
)

// Result is what became of one Write.
type Result struct {
	Fate Fate
	// Code is HubSpot's category or error name, Message its words (may hold personal data: never logged), Mend what a person can do.
	Code, Message, Mend string
	// At is HubSpot's updatedAt of a Taken write, UTC.
	At time.Time
}
