// Package reconcile is the hall: the only package that knows the whole cycle
// of observe, decide, plan, check, apply and record. It talks to the outside
// through the interfaces of this file.
package reconcile

import (
	"context"
	"time"

	"rolecall/classifier"
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
	// Write sets our properties, in batches, ids unique. It returns one plan.Result for every plan.Write,
	// in order. The error is for what ends the whole run (credentials, daily budget); refused rows and
	// unknown outcomes are Results.
	Write(ctx context.Context, writes []plan.Write) ([]plan.Result, error)
	// SetShare changes the share of the rate limits, 0 to 0.9, that is left to the portal's other apps.
	SetShare(share float64) error
}

// Labeller decides titles with one rulebook. It is safe for use by several goroutines.
type Labeller interface {
	// Classify decides titles, in their order; evidence is left out.
	Classify(ctx context.Context, titles []string) ([]label.Decision, error)
	// Evidence decides one title and names the closest labelled titles.
	Evidence(ctx context.Context, title string) (label.Decision, error)
	// Explain tells all that led to a decision.
	Explain(ctx context.Context, title string) (classifier.Explanation, error)
	// ModelID names what decides, for caches.
	ModelID() string
	// Quality says how well each axis does on labelled titles that were held out of the fit.
	Quality() [label.AxisCount]classifier.Quality
}

// Fitter makes a Labeller for a rulebook. It is called whenever the rulebook's Revision changes; what
// does not depend on the change is the Fitter's to keep. refit asks for a new fit whatever is kept.
type Fitter interface {
	Labeller(ctx context.Context, book label.Rulebook, refit bool) (Labeller, error)
}

// State is everything that outlives a run. *store.Store is one.
type State interface {
	Mirror
	Decisions
	Outbox
	Queue
	Reviews
	Corrections
	SheetMemory
}

// Mirror is what is known of HubSpot's contacts.
type Mirror interface {
	SaveContacts(ctx context.Context, contacts []label.Contact) (changed int, err error)
	PlanRows(ctx context.Context, revision string, after label.ContactID, limit int) ([]plan.Row, error)
	Sample(ctx context.Context, titleKey string, limit int) ([]label.ContactID, error)
	Contact(ctx context.Context, id label.ContactID) (label.Contact, bool, error)
	MarkGone(ctx context.Context, ids []label.ContactID) error
	MarkDirty(ctx context.Context, ids []label.ContactID) error
	MarkSwept(ctx context.Context, ids []label.ContactID, sweep int64) error
	Unswept(ctx context.Context, sweep int64, after label.ContactID, limit int) ([]label.ContactID, error)
	Purge(ctx context.Context, ids []label.ContactID) error
	Portal(ctx context.Context) (plan.Portal, error)
	Cursor(ctx context.Context, name string) (label.Cursor, error)
	SaveCursor(ctx context.Context, name string, c label.Cursor) error
	Setting(ctx context.Context, name string) (string, error)
	SaveSetting(ctx context.Context, name, value string) error
}

// Decisions are the titles and what was decided for them.
type Decisions interface {
	UndecidedTitles(ctx context.Context, revision, model string, after int64, limit int) ([]label.TitleRow, int64, error)
	SaveDecisions(ctx context.Context, revision, model string, titles []label.TitleRow) error
	Title(ctx context.Context, key string) (label.TitleRow, bool, error)
	UnsureTitles(ctx context.Context, limit int) ([]label.TitleRow, error)
	LabelledTitles(ctx context.Context, limit int) ([]label.TitleRow, error)
	Tally(ctx context.Context) (label.Tally, error)
	RuleHits(ctx context.Context) (map[string]int, error)
}

// Outbox is what is to be written, what was, and what came of it.
type Outbox interface {
	Settle(ctx context.Context, p plan.Plan, rows []plan.Row, lessons []label.Lesson, at time.Time) error
	Post(ctx context.Context, rows []plan.OutboxRow, at time.Time) ([]plan.OutboxRow, error)
	MarkInFlight(ctx context.Context, rows []plan.OutboxRow) error
	Confirm(ctx context.Context, rows []plan.OutboxRow, at []time.Time) error
	Drop(ctx context.Context, rows []plan.OutboxRow) error
	Refuse(ctx context.Context, r plan.OutboxRow, result plan.Result, next time.Time) error
	Outbox(ctx context.Context, state string) ([]plan.OutboxRow, error)
	Journal(ctx context.Context, runID int64) ([]plan.Applied, error)
	Hold(ctx context.Context, keys []plan.Key, revision string) error
	ReleaseHolds(ctx context.Context, revision string) error
}

// Queue is the requests and the runs they led to.
type Queue interface {
	Enqueue(ctx context.Context, r label.Request) (id int64, existed bool, err error)
	TakeRequest(ctx context.Context, now time.Time) (label.Request, bool, error)
	FinishRequest(ctx context.Context, id int64, result string, now time.Time) error
	LastRequests(ctx context.Context) (map[label.Action]label.Request, error)
	BeginRun(ctx context.Context, kind string, now time.Time) (int64, error)
	EndRun(ctx context.Context, id int64, r plan.Report) error
	Runs(ctx context.Context, limit int) ([]plan.Report, error)
	LastUndoable(ctx context.Context) (int64, error)
	MarkUndone(ctx context.Context, id int64) error
	Measure(ctx context.Context, series string, at time.Time, value float64) error
}

// Reviews are the questions to people.
type Reviews interface {
	Questions(ctx context.Context) ([]label.Question, error)
	AnswerQuestions(ctx context.Context, titleKey string, axes [label.AxisCount]bool, shown, at time.Time) error
	PutReview(ctx context.Context, items []label.ReviewItem, now time.Time) error
	OpenReviews(ctx context.Context) ([]label.ReviewRow, error)
	PublishedReviews(ctx context.Context) ([]label.ReviewRow, error)
	ReviewHistory(ctx context.Context) ([]label.ReviewRow, error)
	SaveReviewStates(ctx context.Context, rows []label.ReviewRow) error
	MarkReviewsPublished(ctx context.Context, ids []string, published bool) error
}

// Corrections are people's verdicts, and the edits in HubSpot that may become some.
type Corrections interface {
	SaveCorrection(ctx context.Context, c label.Correction, titleKey string) (label.Correction, error)
	Corrections(ctx context.Context) ([]label.KeptCorrection, error)
	AllCorrections(ctx context.Context) (map[string]label.KeptCorrection, error)
	UnpublishedCorrections(ctx context.Context, limit int) ([]label.KeptCorrection, error)
	MarkCorrectionsPublished(ctx context.Context, ids []string) error
	ArchiveCorrections(ctx context.Context, ids []string) error
	LessonGroups(ctx context.Context) ([]label.LessonGroup, error)
	ForgetLessons(ctx context.Context, titleKey string, a label.Axis) error
}

// SheetMemory is what was seen and written in the sheet.
type SheetMemory interface {
	SaveEdits(ctx context.Context, cells map[string]map[string]map[string]string, now time.Time) ([]label.CellEdit, error)
	Edits(ctx context.Context, tab, rowID string) ([]label.CellEdit, error)
	WrittenRows(ctx context.Context, tab string) (map[string]string, error)
	SaveWrittenRows(ctx context.Context, texts map[string]map[string]string) error
}
