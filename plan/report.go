package plan

import "time"

// Report is what came of a run, for the Runs tab, the status page and the command line.
type Report struct {
	RunID    string
	Kind     string // "run", "preview", "undo", "retrain"
	Mode     string // "preview", "observe" or "apply"
	Started  time.Time
	Duration time.Duration
	Outcome  Outcome
	// Read is the number of contacts read from HubSpot in this run; Contacts is how many are known.
	Read, Contacts int
	// Titles is the number of distinct titles decided in this run.
	Titles int
	// Planned counts the plan's verbs; Written the contacts whose labels HubSpot took; Attributed those of which HubSpot was only told
	// whose their labels are; Refused what it refused.
	Planned           map[string]int
	Written, Refused  int
	Attributed        int
	Labelled          int // contacts with a label on every axis decided or present
	ToReview          int // Review rows open after the run
	CorrectionsUsed   int
	RowsWithErrors    int
	Revision, ModelID string
	Fingerprint       string
	// Message is the result in a sentence for a marketer.
	Message string
	// Cause is what a Failed run failed of, for whoever asked for it; it is not kept.
	Cause error `json:"-"`
	// Samples of the plan's groups, rendered for Preview.
	Groups []Group
}

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "DONE"
	Nothing Outcome = "NOTHING TO DO"
	Partial Outcome = "PARTIAL" // some rows were refused
	Held    Outcome = "HELD"
	Failed  Outcome = "FAILED"
)
