package label

import "time"

// ContactID is HubSpot's record id (hs_object_id): decimal digits.
type ContactID string

// EditKind says whose hand an edit in HubSpot was.
type EditKind uint8

// The kinds of edit.
const (
	// EditUnknown: the history was not read or does not say. Treated as a machine's.
	EditUnknown EditKind = iota
	// EditPerson: a person in HubSpot's screens or app.
	EditPerson
	// EditMachine: an import, a workflow, another integration, enrichment, a merge.
	EditMachine
	// EditOurs: our own write coming back.
	EditOurs
)

// String is the kind in logs and on pages.
func (k EditKind) String() string {
	return [...]string{"unknown", "person", "machine", "ours"}[k&3]
}

// Edit is the newest entry of a property's history.
type Edit struct {
	Value  Value
	At     time.Time // UTC
	Kind   EditKind
	Source string // HubSpot's sourceType, e.g. CRM_UI
	By     string // user id or app id, as far as HubSpot says
}

// Contact is what rolecall knows of one HubSpot contact: no name, no e-mail.
type Contact struct {
	ID    ContactID
	Title string // jobtitle as typed
	// TitleKey is the normalised title that decisions are kept by; adapters leave it blank.
	TitleKey string
	Company  string
	// Labels are our two properties' present values.
	Labels [AxisCount]Value
	// ModifiedAt is HubSpot's lastmodifieddate, UTC, to the millisecond.
	ModifiedAt time.Time
	// Archived: deleted in HubSpot, restorable.
	Archived bool
	// MergedInto is the surviving contact when this id was merged away; "" otherwise.
	MergedInto ContactID
	// Edits is the provenance of Labels, where it was asked for.
	Edits [AxisCount]*Edit
}
