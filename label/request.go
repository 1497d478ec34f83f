package label

import "time"

// Action is what somebody, or the clock, asks the daemon to do.
type Action string

// The actions. Those that the Control tab offers have the IDs of its rows.
const (
	ActionRun     Action = "run"
	ActionPreview Action = "preview"
	ActionRetrain Action = "retrain"
	ActionUndo    Action = "undo"
	ActionCheck   Action = "check"
	ActionAccept  Action = "accept"
	// ActionSweep reads every contact again; the clock asks for it at night.
	ActionSweep Action = "sweep"
	// ActionTidy compacts Review, trims Runs and renews Quality; the clock asks for it at night.
	ActionTidy Action = "tidy"
)

// The scopes of a run: how much of HubSpot it looks at. The Scope column of the Control tab has these words; "" means RunChanged.
const (
	RunChanged    = "changed"     // the contacts that something happened to
	RunReviewOnly = "review only" // nothing but the effects of what people decided
	RunAll        = "all"         // every contact, read again
	RunSample     = "sample 100"  // a hundred contacts, for a first look
)

// Request is one row of the queue that every run goes through: the sheet's tick,
// the clock, the command line. At most one open request for each action.
type Request struct {
	ID          int64
	Action      Action
	Scope       string // RunChanged, RunReviewOnly, RunAll, RunSample; or the run to undo
	Source      string // "sheet", "schedule", "start", "command line", "webhook", "status page", "lesson"
	RequestedAt time.Time
	StartedAt   time.Time // zero while it waits
	FinishedAt  time.Time // zero while it runs
	Result      string
}

// TitleRow is one distinct title with what was decided for it.
type TitleRow struct {
	Key      string
	Title    string // a spelling of it
	Contacts int
	Decision Decision
	Revision string // of the rulebook that decided; "" when nothing has yet
}

// Lesson is a person's edit in HubSpot, seen on one contact.
type Lesson struct {
	ContactID ContactID
	TitleKey  string
	Title     string
	Axis      Axis
	Value     Value // "" for cleared
	By        string
	At        time.Time
}

// CellEdit is one change that a person made to a cell of the sheet, kept for good.
type CellEdit struct {
	Tab, RowID, Column string
	Old, New           string
	SeenAt             time.Time
}

// LessonGroup is how many contacts' edits in HubSpot say the same of a title.
type LessonGroup struct {
	TitleKey string
	Title    string
	Axis     Axis
	Value    Value
	Contacts int
	By       string
	At       time.Time // of the newest
}
