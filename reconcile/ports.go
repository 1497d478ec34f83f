// Package reconcile is the hall: the only package that knows the whole cycle
// of observe, decide, plan, check, apply and record. It talks to the outside
// through the interfaces of this file.
package reconcile

import (
	"context"
	"time"

	"rolecall/label"
	"rolecall/workbook"
)

// ControlPlane is the people's side: a Google Sheet, or a directory of CSV files.
type ControlPlane interface {
	// Read takes one reading of the IDs and people's columns of these tabs (all of them when none is
	// named) in one request. A tab that is missing or has a broken header is reported in its Table, not
	// as an error.
	Read(ctx context.Context, tabs ...workbook.Tab) (workbook.Snapshot, error)
	// Write applies one batch, all or nothing, and checks after it that every cell landed on the row it
	// was meant for. It may be repeated: writing the same values again changes nothing.
	Write(ctx context.Context, w workbook.Writes) (workbook.Written, error)
}

// CRM is HubSpot.
type CRM interface {
	// EnsureProperties brings our group, properties and their options in step with the taxonomies: adds,
	// renames, hides, never removes. It returns problems for the Row check of terms, by term ID.
	EnsureProperties(ctx context.Context, want Properties) (map[string]string, error)
	// Changed calls page for every page of contacts changed since the cursor and returns the next cursor.
	// The zero Cursor reads everything by the list. A contact may come more than once. When page returns
	// an error, Changed stops and returns it. After an error the cursor of the last good page is returned
	// with it, so that a first read resumes where it stopped.
	Changed(ctx context.Context, since Cursor, page func([]label.Contact, Cursor) error) (Cursor, error)
	// Sweep reads every contact through the list, for what search has missed. It resumes like Changed.
	Sweep(ctx context.Context, since Cursor, page func([]label.Contact, Cursor) error) (Cursor, error)
	// Read reads contacts by id, in any number, with the provenance of our properties when history is
	// true. A merged id answers with MergedInto set, a deleted one is left out.
	Read(ctx context.Context, ids []label.ContactID, history bool) ([]label.Contact, error)
	// Write sets our properties, in batches, ids unique. It returns one Result for every Write, in order.
	// The error is for what ends the whole run (credentials, daily budget); refused rows and unknown
	// outcomes are Results.
	Write(ctx context.Context, writes []Write) ([]Result, error)
}

// Properties is what our HubSpot properties shall look like.
type Properties struct {
	Taxonomies      [label.AxisCount]label.Taxonomy
	WriteConfidence bool
	WriteSource     bool
	// InUse counts contacts that carry a value, so that an option in use is hidden, not left visible, when its term goes.
	InUse [label.AxisCount]map[label.Value]int
	// MapOnto asks for hs_role or hs_seniority as well.
	MapOnto [label.AxisCount]bool
	// DryRun: look and report, change nothing.
	DryRun bool
}

// Cursor is how far HubSpot has been read.
type Cursor struct {
	// After is the list's paging token while a first read or a sweep is under way; "" otherwise.
	After string `json:"after,omitempty"`
	// Watermark is the highest lastmodifieddate seen in answers, UTC; never our own clock.
	Watermark time.Time `json:"watermark"`
	// Complete: the list has been read to its end at least once; later reads search from the watermark.
	Complete bool `json:"complete"`
}

// Write is one contact's new values. A nil pointer leaves a property alone.
type Write struct {
	// TraceID is the outbox row, sent as objectWriteTraceId.
	TraceID    string
	ContactID  label.ContactID
	Labels     [label.AxisCount]*label.Value
	Confidence *float64 // 0 to 1
	Source     *string
}

// Outcome is what HubSpot made of one Write.
type Outcome uint8

// The outcomes.
const (
	// Taken: HubSpot confirmed it.
	Taken Outcome = iota
	// Refused: HubSpot said no to this row; Result has its words and a mend.
	Refused
	// Unknown: no answer came, or one that does not tell. To be read back before anything is sent again.
	Unknown
	// Gone: the contact is deleted or merged away.
	Gone
	// NotSent: the run ended before this row was sent.
	NotSent
)

// Result is the outcome of one Write.
type Result struct {
	Outcome Outcome
	// Code is HubSpot's category or error name, Message its words (may hold personal data: never logged), Mend what a person can do.
	Code, Message, Mend string
	// At is HubSpot's updatedAt of a Taken write, UTC.
	At time.Time
}
