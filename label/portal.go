package label

import "time"

// Properties is what our HubSpot properties shall look like.
type Properties struct {
	Taxonomies      [AxisCount]Taxonomy
	WriteConfidence bool
	WriteSource     bool
	// MapOnto asks for hs_role or hs_seniority as well.
	MapOnto [AxisCount]bool
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

// Tally counts contacts by where they stand: every contact is in exactly one of Labelled, InReview
// and NoTitle.
type Tally struct {
	Contacts int // not archived
	Titles   int // distinct
	Labelled int // sure on both axes, or a person's word
	InReview int // unsure on an axis, or a conflict
	NoTitle  int // the text is no job title on either axis
}
