package workbook

import "rolecall/label"

// LastGood is what Parse remembers from one reading to the next: the last version of each row that made sense, so that a row spoilt
// by a slip of the hand goes on working as it did. The store keeps it as one JSON document; the zero value is a first reading.
type LastGood struct {
	// Rows holds people's cells by tab and row ID.
	Rows map[Tab]map[string]Row `json:"rows"`
	// Values holds the HubSpot value of each taxonomy row by row ID, so that renaming a role whose value cell is blank keeps it.
	Values map[string]label.Value `json:"values"`
	// Former holds the names that a taxonomy row had before, oldest first, by row ID.
	Former map[string][]string `json:"former"`
	// Highest is the highest number given out in an ID, by tab: a deleted row's ID is not given again.
	Highest map[Tab]int `json:"highest"`
	// Accept says that a person has ticked "Accept held changes": what looks like an accident is then taken as meant, once.
	Accept bool `json:"-"`
}

// Reading is what a snapshot means.
type Reading struct {
	Rulebook label.Rulebook
	// Checks are the texts for the Row check cells, one for each row that people edit.
	Checks []Check
	// NewIDs are the rows that people have added and that need an ID; the rows are in force already.
	NewIDs []NewID
	// Answers are the Review rows in which a person has written something.
	Answers []Answer
	// Tries are the Try rows that hold a title, something wrong, or the answer to a title that is there no longer.
	Tries []TryRow
	// CorrectionRows are the good rows of the Corrections tab, the unticked ones too.
	CorrectionRows []CorrectionRow
	// Requests are the ticked rows of Control.
	Requests []Request
	// Suggestions are the IDs of the Quality suggestions that were ticked.
	Suggestions []string
	// PeopleCells are all people's cells that are not empty.
	PeopleCells []PersonCell
	// Holds say what looks like an accident. Rows of those tabs stand as they did before it.
	Holds []Hold
	// Problems are sentences about tabs that could not be read and about lines of a file that are no rows.
	Problems []string
	// LastGood is for the next reading.
	LastGood LastGood
	// Errors, Warnings and Waiting count the Checks of each kind.
	Errors, Warnings, Waiting int
}

// Check is the verdict on one row: "OK", "WARN: ...", "ERROR: what - how to mend it" or "WAITING: ...".
type Check struct {
	Tab    Tab
	Target Target
	// Position is the row's place when it was read, 0 for the first below the header.
	Position int
	Text     string
}

// NewID proposes an ID for a row that has none.
type NewID struct {
	Tab    Tab
	Target Target
	ID     string
}

// Answer is a Review row with something of a person's in it.
type Answer struct {
	ID     string
	Target Target
	// Verdict is what was chosen; VerdictFix also when only a role or a seniority was picked; "" when nothing can be made of it.
	Verdict Verdict
	// Opinions are the labels that were picked. Accept: an axis without one takes the suggestion. None of these: an axis without one
	// has no label.
	Opinions [label.AxisCount]label.Opinion
	Note     string
	// Complete: it can be acted on. Otherwise Waiting says what is missing, or Error what is wrong, each ready for the Message cell.
	Complete       bool
	Waiting, Error string
	// Cells are the people's cells as text, by column key: what "unchanged for one more poll" compares.
	Cells map[string]string
}

// TryRow is a title that somebody wants to see labelled, or a row with an Error.
type TryRow struct {
	ID       string // proposed when the row is new
	Target   Target
	Title    string
	Opinions [label.AxisCount]label.Opinion
	// Error says what is wrong with the row or still to be filled in, ready for its Status cell.
	Error string
}

// CorrectionRow is one row of the Corrections tab. Source, author and time are ours and are not read back: the store knows them for an
// ID that it gave; for a row that people have added Source is label.SourceSheet.
type CorrectionRow struct {
	ID         string // proposed when New
	New        bool
	Target     Target
	Active     bool
	Correction label.Correction
}

// PersonCell is one people's cell as text, as it was read.
type PersonCell struct {
	Tab    Tab
	RowID  string
	Column string // key
	Text   string
}

// Hold is an accident's likeness: until somebody undoes it in the sheet or accepts it, nothing is acted on.
type Hold struct {
	Tab    Tab
	Reason string // a sentence for a marketer, with the mend
}
