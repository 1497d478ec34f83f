package workbook

// Writer says whose a column is. A column has one writer.
type Writer uint8

// The writers.
const (
	Ours   Writer = iota // grey header, warn-only protection
	People               // green header
	IDs                  // dark grey: ours, the row's identity
)

// Kind says what a column's cells hold, for formats, validation and parsing.
type Kind uint8

// The kinds of column.
const (
	Text Kind = iota
	LongText
	Number
	Percent
	Instant // date and time, in the spreadsheet's time zone
	Tick
	Choice    // one of Column.Choices
	RoleName  // a name of the Roles tab
	LevelName // a name of the Seniorities tab
)

// Column is one column of a tab.
type Column struct {
	// Key is the column's identity in code, CSV-safe and never shown; Header is what people read.
	Key, Header string
	Writer      Writer
	Kind        Kind
	Choices     []string
	// Note is the header's hover text, for a marketer.
	Note  string
	Width int // pixels
}

// Layout is one tab: its sheet id (fixed, never 0), title, note and columns in order. The first
// column with Writer IDs is the tab's identity column.
type Layout struct {
	Tab     Tab
	SheetID int64
	Title   string
	// Purpose is the sentence that the tab's first header note begins with.
	Purpose string
	Columns []Column
	// Ticked: rows is the number of rows the grid starts with.
	Rows int
	// Color of the tab, "#rrggbb".
	Color string
}
