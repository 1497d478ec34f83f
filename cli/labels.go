package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rolecall/evaluation"
)

// readLabels reads a file of labelled titles, which may be any table that classify reads; columns are the label columns, none for
// those that evaluation.ReadLabels finds. A row may lack cells at its end, which are mostly blank in such files. Lines that are no
// rows are named on faults; left is how many they are.
func readLabels(in io.Reader, faults io.Writer, columns []string) (labels evaluation.Labels, left int, err error) {
	table, err := openTable(in, "")
	if errors.Is(err, errNoTitles) {
		return labels, 0, fmt.Errorf("%w: call one title; the columns are %s", errNoTitles, strings.Join(table.header, ", "))
	}
	if err != nil {
		return labels, 0, err
	}
	table.short = true
	var records [][]string
	for {
		record, err := table.next()
		var fault *lineFault
		switch {
		case errors.As(err, &fault):
			left++
			sayFault(faults, fault, left)
		case errors.Is(err, io.EOF):
			labels, err := evaluation.ReadLabels(table.header, table.title, records, columns...)
			return labels, left, err
		case err != nil:
			return labels, left, err
		default:
			records = append(records, slices.Clone(record))
		}
	}
}
