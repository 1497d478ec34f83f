package evaluation

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Labels is a file of labelled titles.
type Labels struct {
	// Columns are the label columns, two at most, in the order of the axes: role first, seniority second; for columns of other
	// names, as they stand in the file.
	Columns []string
	Rows    []Row
}

// Row is one labelled title.
type Row struct {
	Title string
	// Answers are the right answers by column, any one of which will do; none where the title is not labelled. The answers "-" and,
	// unless the taxonomy has a label of that name, Other mean that no label fits.
	Answers [][]string
	// Doubt: a careful person could choose otherwise.
	Doubt bool
}

// ErrLabels is wrapped by errors about a file of labels.
var ErrLabels = errors.New("labels file")

// Columns of a labels file that are no labels.
const (
	doubtColumn     = "doubt"
	peopleColumn    = "people"
	agreementColumn = "agreement"
)

// The answers that say that no label fits: a real job that none covers, and text that is no job title.
const (
	noneFits = "Other"
	noTitle  = "-"
)

// What a row needs to be used, where the file says how many people labelled it and how far they agreed.
const (
	leastPeople    = 2
	leastAgreement = 0.75
)

// ReadLabels reads a table of labelled titles: its header, the place of the column of titles in it, and its records, which may lack cells
// at their end.
//
//	| column            | what is read                                                                          |
//	|-------------------|---------------------------------------------------------------------------------------|
//	| of titles         | the title                                                                             |
//	| doubt             | "?" for a row that a careful person could label otherwise                             |
//	| people, agreement | rows of fewer than 2 people or less than 0.75 agreement are left out                  |
//	| source, language  | nothing                                                                               |
//	| any other         | a label; a|b: either is right; blank: not labelled. Two columns count, role first     |
//
// columns names the label columns to use; none means role and seniority where they stand, else the first two. Case does not matter.
// Errors, of kind ErrLabels: no such column, two of its name, more than two label columns, or no label in any row.
func ReadLabels(names []string, title int, records [][]string, columns ...string) (Labels, error) {
	header := make([]string, len(names))
	for i, name := range names {
		header[i] = strings.ToLower(strings.TrimSpace(name))
	}
	at := func(name string) int { return slices.Index(header, name) }
	chosen, err := labelColumns(header, title, columns)
	if err != nil {
		return Labels{}, err
	}
	out := Labels{}
	for _, c := range chosen {
		out.Columns = append(out.Columns, header[c])
	}
	doubt, people, agreement := at(doubtColumn), at(peopleColumn), at(agreementColumn)
	cell := func(record []string, i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	for _, record := range records {
		if tooFew(cell(record, people), leastPeople) || tooFew(cell(record, agreement), leastAgreement) {
			continue
		}
		row := Row{Title: cell(record, title), Doubt: cell(record, doubt) == "?"}
		labelled := false
		for _, c := range chosen {
			answers := parted(cell(record, c))
			row.Answers = append(row.Answers, answers)
			labelled = labelled || len(answers) > 0
		}
		if labelled {
			out.Rows = append(out.Rows, row)
		}
	}
	if len(out.Rows) == 0 {
		return Labels{}, fmt.Errorf("%w: no row has a label in %s", ErrLabels, strings.Join(out.Columns, " or "))
	}
	return out, nil
}

// labelColumns finds the label columns.
func labelColumns(header []string, title int, wanted []string) ([]int, error) {
	var chosen []int
	if len(wanted) == 0 {
		for _, name := range []string{"role", "seniority"} {
			if i := slices.Index(header, name); i >= 0 {
				chosen = append(chosen, i)
			}
		}
		for i, h := range header {
			known := []string{doubtColumn, peopleColumn, agreementColumn, "source", "language", "id"}
			if len(chosen) == 0 || len(chosen) == 1 && header[chosen[0]] != "role" && header[chosen[0]] != "seniority" {
				if i != title && h != "" && !slices.Contains(known, h) {
					chosen = append(chosen, i)
				}
			}
		}
	}
	for _, name := range wanted {
		i := slices.Index(header, strings.ToLower(strings.TrimSpace(name)))
		if i < 0 {
			return nil, fmt.Errorf("%w: no column is called %s; the header is %s", ErrLabels, name, strings.Join(header, ", "))
		}
		chosen = append(chosen, i)
	}
	if len(chosen) == 0 || len(chosen) > 2 {
		return nil, fmt.Errorf("%w: one or two label columns are needed beside the title; the header is %s", ErrLabels, strings.Join(header, ", "))
	}
	for i, c := range chosen {
		if slices.Contains(chosen[:i], c) || slices.Contains(header[:c], header[c]) || slices.Contains(header[c+1:], header[c]) {
			return nil, fmt.Errorf("%w: column %s is there twice: it is not clear whose labels are right; give one of the two another name", ErrLabels, header[c])
		}
	}
	return chosen, nil
}

func tooFew(text string, least float64) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n < least
}

func parted(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, "|") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
