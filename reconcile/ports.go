// Package reconcile is the hall: the only package that knows the whole cycle
// of observe, decide, plan, check, apply and record. It talks to the outside
// through the interfaces of this file.
package reconcile

import (
	"context"

	"rolecall/label"
	"rolecall/plan"
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
	EnsureProperties(ctx context.Context, want label.Properties) (map[string]string, error)
	// Changed calls page for every page of contacts changed since the cursor and returns the next cursor.
	// The zero Cursor reads everything by the list. A contact may come more than once. When page returns
	// an error, Changed stops and returns it. After an error the cursor of the last good page is returned
	// with it, so that a first read resumes where it stopped.
	Changed(ctx context.Context, since label.Cursor, page func([]label.Contact, label.Cursor) error) (label.Cursor, error)
	// Sweep reads every contact through the list, for what search has missed. It resumes like Changed.
	Sweep(ctx context.Context, since label.Cursor, page func([]label.Contact, label.Cursor) error) (label.Cursor, error)
	// Read reads contacts by id, in any number, with the provenance of our properties when history is
	// true. A merged id answers with MergedInto set, a deleted one is left out.
	Read(ctx context.Context, ids []label.ContactID, history bool) ([]label.Contact, error)
	// Write sets our properties, in batches, ids unique. It returns one plan.Result for every plan.Write, in order.
	// The error is for what ends the whole run (credentials, daily budget); refused rows and unknown
	// outcomes are Results.
	Write(ctx context.Context, writes []plan.Write) ([]plan.Result, error)
}
