package workbook

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Files of a workbook in a directory, by tab.
func fileName(tab Tab) string { return strings.ToLower(string(tab)) + ".csv" }

// Safe makes text safe to open in a spreadsheet: what would be taken for a formula gets an apostrophe before it (OWASP, CWE-1236).
// Plain gives the text back; Plain(Safe(s)) == s for every s.
func Safe(s string) string {
	if formula(s) || strings.HasPrefix(s, "'") && formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// Plain takes the apostrophe away that Safe put there.
func Plain(s string) string {
	if strings.HasPrefix(s, "'") && formula(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

// formula is true for text that a spreadsheet may run: it begins with = + - @, their full-width forms, a tab or a line end.
func formula(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n':
		return true
	}
	return false
}

// readCSV reads one tab's file. Headers may be keys or header texts, in any order and case, with a byte order mark, semicolons or tabs
// between the cells, and CRLF. Lines that are no CSV are named in Rejected and left out.
func readCSV(layout Layout, name string, r io.Reader) (Table, error) {
	table := Table{Tab: layout.Tab}
	raw, err := io.ReadAll(r)
	if err != nil {
		return table, fmt.Errorf("read %s: %w", name, err)
	}
	raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) || !utf8.Valid(raw) {
		table.Problem = name + " is not UTF-8 text - save it as \"CSV UTF-8\""
		return table, nil
	}
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.Comma = separatorIn(raw)
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		table.Problem = name + " is empty - its first line must name the columns"
		return table, nil
	}
	if err != nil {
		table.Problem = fmt.Sprintf("%s: the first line cannot be read: %s", name, csvTrouble(err))
		return table, nil
	}
	columns, problem := columnsOf(layout, name, header)
	if problem != "" {
		table.Problem = problem
		return table, nil
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			table.Rejected = append(table.Rejected, fmt.Sprintf("%s: line %d is no row: %s", name, lineOf(err), csvTrouble(err)))
			continue
		}
		line, _ := reader.FieldPos(0)
		if row, ok := rowOf(layout, columns, record); ok {
			row.Position = len(table.Rows)
			table.Rows = append(table.Rows, row)
		}
		for _, extra := range record[min(len(record), len(header)):] {
			if strings.TrimSpace(extra) != "" {
				table.Rejected = append(table.Rejected, fmt.Sprintf("%s: line %d has %d cells, the header has %d - put cells that hold a comma into quotation marks", name, line, len(record), len(header)))
				break
			}
		}
	}
}

// separatorIn guesses what parts the cells from the header line.
func separatorIn(raw []byte) rune {
	line, _, _ := bufio.NewReader(bytes.NewReader(raw)).ReadLine()
	best, most := ',', bytes.Count(line, []byte{','})
	for _, r := range []rune{';', '\t'} {
		if n := bytes.Count(line, []byte{byte(r)}); n > most {
			best, most = r, n
		}
	}
	return best
}

func lineOf(err error) int {
	var e *csv.ParseError
	if errors.As(err, &e) {
		return e.StartLine
	}
	return 0
}

func csvTrouble(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return "a quotation mark stands inside a cell - double it, and put the cell into quotation marks"
	case errors.Is(err, csv.ErrQuote):
		return "a quotation mark is missing or too many"
	}
	return err.Error()
}

// columnsOf finds which column each header names; nil for columns that are not rolecall's.
func columnsOf(layout Layout, name string, header []string) ([]*Column, string) {
	columns := make([]*Column, len(header))
	seen := map[string]bool{}
	for i, h := range header {
		want := foldText(Plain(h))
		for _, c := range layout.Columns {
			if want != foldText(c.Header) && want != foldText(c.Key) {
				continue
			}
			if seen[c.Key] {
				return nil, fmt.Sprintf("%s has two columns named %s - rename one of them", name, c.Header)
			}
			seen[c.Key] = true
			columns[i] = &c
			break
		}
	}
	for _, c := range requiredColumns(layout.Tab) {
		if col, _ := layout.Column(c); !seen[c] {
			return nil, fmt.Sprintf("%s has no column %s - its first line must name the columns: %s", name, col.Header, strings.Join(headers(layout), ", "))
		}
	}
	return columns, ""
}

func headers(layout Layout) []string {
	var out []string
	for _, c := range layout.Columns {
		if c.Writer == People {
			out = append(out, c.Header)
		}
	}
	return out
}

// requiredColumns are the columns without which a tab's rows mean nothing.
func requiredColumns(tab Tab) []string {
	switch tab {
	case Roles, Seniorities:
		return []string{"name"}
	case Rules:
		return []string{"text"}
	case Examples, Corrections, Try:
		return []string{"title"}
	case Settings:
		return []string{"setting_id", "value"}
	case Control:
		return []string{"action_id", "request"}
	case Review:
		return []string{"review_id", "decision"}
	}
	return nil
}

func rowOf(layout Layout, columns []*Column, record []string) (Row, bool) {
	row := Row{Cells: map[string]Cell{}}
	id := layout.IDColumn().Key
	used := false
	for i, text := range record {
		if i >= len(columns) || columns[i] == nil {
			continue
		}
		text = Plain(text)
		if strings.TrimFunc(text, blankRune) == "" {
			continue
		}
		used = true
		if columns[i].Key == id {
			row.ID = strings.TrimFunc(text, blankRune)
			continue
		}
		row.Cells[columns[i].Key] = text
	}
	return row, used
}

// writeCSV writes rows under header texts, formula-safe, with \n line ends.
func writeCSV(w io.Writer, columns []Column, rows []Row, idKey string) error {
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.Header
	}
	if err := out.Write(record); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	for _, row := range rows {
		for i, c := range columns {
			record[i] = Safe(fileText(c, row.Cells[c.Key]))
			if c.Key == idKey {
				record[i] = Safe(row.ID)
			}
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write row %s: %w", row.ID, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
