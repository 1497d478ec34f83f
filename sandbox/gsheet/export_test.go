package gsheet

// ParseCells and CellsText let the fuzz test reach the A1 parser.
func ParseCells(s string) (r0, r1, c0, c1 int, ok bool) {
	a, _, ok := parseCells(s)
	return a.r0, a.r1, a.c0, a.c1, ok
}

func CellsText(r0, r1, c0, c1 int) string { return area{r0, r1, c0, c1}.text() }

func SplitA1(s string) (tab, cells string, bare bool, err error) { return splitA1(s) }

func QuoteTab(s string) string { return quoteTab(s) }

// Shown formats a number; Lexed tells whether a formula can be split into tokens.
func Shown(v float64, kind, pattern string) string {
	return show(v, object{"type": kind, "pattern": pattern})
}

func Slide(text string, dr, dc int) string { return slideFormula(text, dr, dc) }

func ParseMask(s string) error { _, err := parseMask(s); return err }

// SchemaJSON is the built-in list of message types.
func SchemaJSON() []byte { return schemaJSON }
