// Package workbook is the sheet as a thing of rows and columns, apart from the
// service that keeps it: which tabs and columns there are and whose they are,
// how rows become a rulebook, what is wrong with a row and how to mend it, and
// the default workbook. Google Sheets and a directory of CSV files both speak
// in its Snapshot and Writes.
package workbook

import (
	"time"
)

// Tab names a tab by its key; the title that people see may be renamed.
type Tab string

// The twelve tabs.
const (
	Control     Tab = "Control"
	Review      Tab = "Review"
	Try         Tab = "Try"
	Roles       Tab = "Roles"
	Seniorities Tab = "Seniorities"
	Rules       Tab = "Rules"
	Examples    Tab = "Examples"
	Corrections Tab = "Corrections"
	Settings    Tab = "Settings"
	Preview     Tab = "Preview"
	Runs        Tab = "Runs"
	Quality     Tab = "Quality"
)

// Cell is one cell's value as read: nil (empty), string, float64 (numbers, dates as
// serial days since 1899-12-30) or bool.
type Cell = any

// Row is one row as read. Cells are keyed by column key (see Column).
type Row struct {
	// Position is the row's place when it was read, 0 for the first row below the header. People sort: it is a hint, never an identity.
	Position int
	// ID is the text of the row's ID cell; "" for a row that a person has just added.
	ID    string
	Cells map[string]Cell
}

// Table is one tab as read: people's columns and IDs.
type Table struct {
	Tab Tab
	// Problem says why the tab cannot be read ("the header Role is missing - ..."); its rows are then not to be used.
	Problem string
	// Missing: the tab itself is gone.
	Missing bool
	Rows    []Row
	// Rejected are sentences about lines of a file that are no rows, with file and line.
	Rejected []string
}

// Snapshot is one reading of the workbook.
type Snapshot struct {
	At       time.Time // when it was read, UTC
	TimeZone string    // the spreadsheet's own, IANA
	Tables   map[Tab]Table
}

// Target names the row that a write is for. A known row is named by ID. A row that has none yet is
// named by the people's cells that it held (New): the adapter finds the one row with a blank ID whose
// people's cells still equal New, and does nothing when a person has changed it meanwhile.
type Target struct {
	ID  string
	New *Row
}

// CellWrite sets columns of ours in one existing row. Cells are keyed by column key; nil empties.
type CellWrite struct {
	Tab    Tab
	Target Target
	Cells  map[string]Cell
}

// RowAppend adds a whole row of ours below the last used row; Cells must hold the tab's ID column.
type RowAppend struct {
	Tab   Tab
	Cells map[string]Cell
}

// BlockReplace overwrites all rows of a tab that is wholly ours (Preview, Runs, Quality's figures), or
// compacts one (Review at night), and blanks the tail, in one step.
type BlockReplace struct {
	Tab  Tab
	Rows []map[string]Cell
}

// Writes is one batch for the workbook: applied together or not at all.
type Writes struct {
	Cells   []CellWrite
	Appends []RowAppend
	Blocks  []BlockReplace
	// ClearTicks names Control rows whose Request tick was accepted: the only cells of people that rolecall ever writes.
	ClearTicks []string
	// ClearSuggestions names Quality suggestion rows whose tick was accepted.
	ClearSuggestions []string
}

// Empty says that there is nothing to write.
func (w Writes) Empty() bool {
	return len(w.Cells) == 0 && len(w.Appends) == 0 && len(w.Blocks) == 0 && len(w.ClearTicks) == 0 && len(w.ClearSuggestions) == 0
}

// Written says what became of a batch.
type Written struct {
	// Unplaced are the targets whose row was not found (deleted, or changed meanwhile). Nothing was written for them.
	Unplaced []Target
	// Repaired counts cells that a person's sort had moved under the write and that were put right again.
	Repaired int
}
