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
//
// Each method does all of what it is asked or nothing, and errs where the State cannot be read or written, or an ID has
// not the form of one. Times are kept in UTC to the millisecond. No method errs because something is not known, unless it
// says so.
type State interface {
	Mirror
	Decisions
	Outbox
	Queue
	Reviews
	Corrections
	SheetMemory
}

// Mirror is what is known of HubSpot's contacts. A contact is dirty when something happened that the next plan has to look at.
type Mirror interface {
	// SaveContacts keeps contacts as read, with their TitleKey set; one that is older than what is known is dropped. Those
	// whose title, labels or archived flag differ become dirty; changed counts them and the new ones.
	SaveContacts(ctx context.Context, contacts []label.Contact) (changed int, err error)
	// PlanRows gives the dirty contacts with ids above after ("" for all), in the order of their ids, limit at most; archived
	// ones and those with a write under way are left out. revision is the rulebook's: what an undo holds for it is Held.
	PlanRows(ctx context.Context, revision string, after label.ContactID, limit int) ([]plan.Row, error)
	// Sample gives the lowest ids of contacts with a title, limit at most.
	Sample(ctx context.Context, titleKey string, limit int) ([]label.ContactID, error)
	// Contact gives one contact; false when it is not known.
	Contact(ctx context.Context, id label.ContactID) (label.Contact, bool, error)
	// MarkGone archives contacts that HubSpot does not show any more, and drops their questions and writes.
	MarkGone(ctx context.Context, ids []label.ContactID) error
	// MarkDirty has the next plan look at contacts.
	MarkDirty(ctx context.Context, ids []label.ContactID) error
	// MarkSwept says that the sweep of this number, which grows from one to the next, has seen contacts.
	MarkSwept(ctx context.Context, ids []label.ContactID, sweep int64) error
	// Unswept gives the contacts that neither this sweep nor a later one has seen, with ids above after ("" for all), in the
	// order of their ids, limit at most.
	Unswept(ctx context.Context, sweep int64, after label.ContactID, limit int) ([]label.ContactID, error)
	// Purge forgets all about contacts that were deleted for good, and their titles where nobody else has or spoke of them.
	Purge(ctx context.Context, ids []label.ContactID) error
	// Portal counts all contacts, for the guard: it reads the whole mirror.
	Portal(ctx context.Context) (plan.Portal, error)
	// Cursor gives a cursor by its name; the zero Cursor where none is kept or it cannot be understood.
	Cursor(ctx context.Context, name string) (label.Cursor, error)
	// SaveCursor keeps a cursor under its name.
	SaveCursor(ctx context.Context, name string, c label.Cursor) error
	// Setting gives a small value by its name; "" where none is kept.
	Setting(ctx context.Context, name string) (string, error)
	// SaveSetting keeps a small value under its name.
	SaveSetting(ctx context.Context, name, value string) error
}

// Decisions are the distinct titles and what was decided for them. A decision is of a rulebook's revision and a labeller's ModelID.
type Decisions interface {
	// UndecidedTitles gives titles that somebody has and that revision and model have not decided, limit at most. after is 0
	// at first and then the number that came with the titles before.
	UndecidedTitles(ctx context.Context, revision, model string, after int64, limit int) ([]label.TitleRow, int64, error)
	// SaveDecisions keeps the Decision of titles by their Key. Contacts become dirty where what holds for them is another. A
	// title that is not known any more is passed over.
	SaveDecisions(ctx context.Context, revision, model string, titles []label.TitleRow) error
	// Title gives one title; false when it is not known.
	Title(ctx context.Context, key string) (label.TitleRow, bool, error)
	// UnsureTitles gives titles on which the classifier abstained on an axis, those with most contacts first, limit at most.
	UnsureTitles(ctx context.Context, limit int) ([]label.TitleRow, error)
	// LabelledTitles gives limit titles at most that the machine labelled on both axes and that nobody was ever asked about:
	// a random sample, which is the same each time.
	LabelledTitles(ctx context.Context, limit int) ([]label.TitleRow, error)
	// Tally counts contacts by where they stand: it reads the whole mirror.
	Tally(ctx context.Context) (label.Tally, error)
	// RuleHits counts contacts by the ID of a rule that decides an axis of them; rules that decide none are not in it.
	RuleHits(ctx context.Context) (map[string]int, error)
}

// Outbox is what is to be written, what was, and what came of it. A contact has one row at most.
type Outbox interface {
	// Settle keeps what a part of the plan needs no write for: bases, questions and lessons. rows are all contacts that the
	// part looked at; they are clean then, but for those with something still to be written.
	Settle(ctx context.Context, p plan.Plan, rows []plan.Row, lessons []label.Lesson, at time.Time) error
	// Post puts rows in as pending and returns them with their IDs; their contacts are clean then, but for those of an undo.
	// It replaces a refused row of the contact and errs where one is under way.
	Post(ctx context.Context, rows []plan.OutboxRow, at time.Time) ([]plan.OutboxRow, error)
	// MarkInFlight says that rows are about to be sent: nobody knows what becomes of them until told. A row that is not in the
	// outbox is an error, and then none may be sent.
	MarkInFlight(ctx context.Context, rows []plan.OutboxRow) error
	// Confirm says that HubSpot holds what rows wanted: journal, base and mirror follow. at has HubSpot's time of each row's
	// write, zero where it is not known; as many times as rows, else it errs.
	Confirm(ctx context.Context, rows []plan.OutboxRow, at []time.Time) error
	// Drop takes rows out that were not sent, or are to be planned anew: their contacts become dirty.
	Drop(ctx context.Context, rows []plan.OutboxRow) error
	// Refuse keeps a row that HubSpot refused, with its words, and leaves its contact dirty. The row waits until next.
	Refuse(ctx context.Context, r plan.OutboxRow, result plan.Result, next time.Time) error
	// Outbox gives the rows in a state, plan.OutboxPending and its like, in the order in which they were posted.
	Outbox(ctx context.Context, state string) ([]plan.OutboxRow, error)
	// Journal gives what a run wrote, by contact and axis; nothing where it wrote nothing or is not known.
	Journal(ctx context.Context, runID int64) ([]plan.Applied, error)
	// Hold keeps cells from being pushed again as long as the rulebook has this revision.
	Hold(ctx context.Context, keys []plan.Key, revision string) error
	// ReleaseHolds ends the holds of all revisions but this; the contacts become dirty.
	ReleaseHolds(ctx context.Context, revision string) error
}

// Queue is the requests and the runs they led to.
type Queue interface {
	// Enqueue adds a request. Where one for the same action waits already, that is left as it is: id is its own and existed is true.
	Enqueue(ctx context.Context, r label.Request) (id int64, existed bool, err error)
	// TakeRequest starts the request that has waited longest; false when none waits.
	TakeRequest(ctx context.Context, now time.Time) (label.Request, bool, error)
	// FinishRequest closes a request; result is a sentence for a marketer.
	FinishRequest(ctx context.Context, id int64, result string, now time.Time) error
	// LastRequests gives the newest request of each action, in whatever state.
	LastRequests(ctx context.Context) (map[label.Action]label.Request, error)
	// BeginRun opens a run and gives it its number. kind is a plan.Report's.
	BeginRun(ctx context.Context, kind string, now time.Time) (int64, error)
	// EndRun keeps the report of a run, without its Groups.
	EndRun(ctx context.Context, id int64, r plan.Report) error
	// Runs gives the reports of ended runs, newest first, limit at most.
	Runs(ctx context.Context, limit int) ([]plan.Report, error)
	// LastUndoable is the number of the newest "run" that wrote something and was not undone; 0 when there is none.
	LastUndoable(ctx context.Context) (int64, error)
	// MarkUndone has LastUndoable pass a run over from now on.
	MarkUndone(ctx context.Context, id int64) error
	// Measure keeps one point of a series over time, for the status pages: a count, or a share of 0 to 1.
	Measure(ctx context.Context, series string, at time.Time, value float64) error
}

// Reviews are the questions to people.
type Reviews interface {
	// Questions gives the conflicts of all contacts, one Question a title, in the order of the titles' keys.
	Questions(ctx context.Context) ([]label.Question, error)
	// AnswerQuestions settles a title's conflicts on axes: what HubSpot showed becomes the base, and the contacts dirty. A
	// contact whose value has changed since shown is left alone: it is a conflict of its own.
	AnswerQuestions(ctx context.Context, titleKey string, axes [label.AxisCount]bool, shown, at time.Time) error
	// PutReview opens a row for each item's Key, or renews the open one, whose state and first day stay. An item of a title
	// that is not known any more is passed over.
	PutReview(ctx context.Context, items []label.ReviewItem, now time.Time) error
	// OpenReviews gives the rows that are still questions, whether or not they stand in the sheet, oldest first.
	OpenReviews(ctx context.Context) ([]label.ReviewRow, error)
	// PublishedReviews gives the rows that stand in the sheet, whatever their state, oldest first.
	PublishedReviews(ctx context.Context) ([]label.ReviewRow, error)
	// ReviewHistory gives the rows whose answer was applied, oldest first.
	ReviewHistory(ctx context.Context) ([]label.ReviewRow, error)
	// SaveReviewStates keeps State, Message, Seen, Answered and the rest of the item of rows, by ID.
	SaveReviewStates(ctx context.Context, rows []label.ReviewRow) error
	// MarkReviewsPublished says whether rows of these IDs stand in the sheet.
	MarkReviewsPublished(ctx context.Context, ids []string, published bool) error
}

// Corrections are people's verdicts, and the edits in HubSpot that may become some.
type Corrections interface {
	// SaveCorrection keeps a verdict and returns it with its ID, which is new where c has none, and its Revision. Of one
	// title, scope and contact the last is active alone; the contacts that it concerns become dirty.
	SaveCorrection(ctx context.Context, c label.Correction, titleKey string) (label.Correction, error)
	// Corrections gives the active ones, oldest first.
	Corrections(ctx context.Context) ([]label.KeptCorrection, error)
	// AllCorrections gives all that are kept, in force or not, by ID.
	AllCorrections(ctx context.Context) (map[string]label.KeptCorrection, error)
	// UnpublishedCorrections gives active ones that have no row in the sheet yet, oldest first, limit at most.
	UnpublishedCorrections(ctx context.Context, limit int) ([]label.KeptCorrection, error)
	// MarkCorrectionsPublished says that rows of these IDs stand in the sheet.
	MarkCorrectionsPublished(ctx context.Context, ids []string) error
	// ArchiveCorrections keeps corrections in force that shall have no row in the sheet, for it is full.
	ArchiveCorrections(ctx context.Context, ids []string) error
	// LessonGroups counts the contacts whose edits say the same of a title on an axis; of one title and axis the most first.
	LessonGroups(ctx context.Context) ([]label.LessonGroup, error)
	// ForgetLessons drops the lessons of a title on an axis: a person has decided, or they have become a correction.
	ForgetLessons(ctx context.Context, titleKey string, a label.Axis) error
}

// SheetMemory is what was seen and written in the sheet. Tabs, rows and columns go by their IDs and keys.
type SheetMemory interface {
	// SaveEdits compares people's cells (tab, row, column, text) with those last seen, keeps every difference for good and
	// returns it. Tabs that are not given are not compared; a row that has vanished keeps its last texts.
	SaveEdits(ctx context.Context, cells map[string]map[string]map[string]string, now time.Time) ([]label.CellEdit, error)
	// Edits gives what people changed in one row, oldest first.
	Edits(ctx context.Context, tab, rowID string) ([]label.CellEdit, error)
	// WrittenRows gives what was last written into our cells of a tab, as JSON by row.
	WrittenRows(ctx context.Context, tab string) (map[string]string, error)
	// SaveWrittenRows keeps what was written (tab, row, JSON); "" forgets the row.
	SaveWrittenRows(ctx context.Context, texts map[string]map[string]string) error
}
