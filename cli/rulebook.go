package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rolecall/config"
	"rolecall/label"
	"rolecall/workbook"
)

// addWorkbookFlag gives a command that reads the sheet a directory to read instead.
func addWorkbookFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "workbook", "", "directory of CSV files to use instead of the Google Sheet (see 'rolecall workbook default')")
}

// rowsShown is how many rows with something wrong are listed.
const rowsShown = 20

// rulebook is what decides: the directory's, else the configured sheet's, else the default workbook's. Rows with something
// wrong are listed on stderr, by the number that a spreadsheet shows beside them.
func (p *process) rulebook(ctx context.Context, dir string) (label.Rulebook, error) {
	snapshot, err := p.snapshot(ctx, dir)
	if err != nil {
		return label.Rulebook{}, err
	}
	reading := workbook.Parse(snapshot, workbook.LastGood{})
	for _, problem := range reading.Problems {
		fmt.Fprintln(p.stderr, "workbook:", problem)
	}
	wrong := rowsToMend(reading.Checks)
	for _, check := range wrong[:min(rowsShown, len(wrong))] {
		fmt.Fprintf(p.stderr, "workbook: %s, row %d: %s\n", check.Tab, check.Position+2, check.Text)
	}
	if more := len(wrong) - rowsShown; more > 0 {
		fmt.Fprintf(p.stderr, "workbook: %d more rows are to be mended; the worst stand above\n", more)
	}
	for _, axis := range label.Axes() {
		if len(reading.Rulebook.Taxonomies[axis].Active()) == 0 {
			return label.Rulebook{}, withCode(exitConfig, fmt.Errorf("the workbook has no %s that can be given: fill in its tab, or start from 'rolecall workbook default DIR'", axis))
		}
	}
	return reading.Rulebook, nil
}

// rowsToMend are the rows that are left out for an error, then those that wait for something to be filled in, then those of which
// a part has no effect. That a title stands twice in Examples or Corrections, as it does in most, is for the sheet alone to say.
func rowsToMend(checks []workbook.Check) []workbook.Check {
	var errors, waiting, warnings []workbook.Check
	for _, c := range checks {
		switch {
		case strings.HasPrefix(c.Text, "ERROR"):
			errors = append(errors, c)
		case strings.HasPrefix(c.Text, "WAITING"):
			waiting = append(waiting, c)
		case strings.HasPrefix(c.Text, "WARN") && c.Tab != workbook.Examples && c.Tab != workbook.Corrections:
			warnings = append(warnings, c)
		}
	}
	return slices.Concat(errors, waiting, warnings)
}

// snapshot reads the directory, else the configured sheet, else the default workbook.
func (p *process) snapshot(ctx context.Context, dir string) (workbook.Snapshot, error) {
	if dir != "" {
		return workbook.ReadDir(dir, now())
	}
	c, err := p.config()
	if err != nil {
		return workbook.Snapshot{}, err
	}
	if c.SheetURL == "" {
		return workbook.Default()
	}
	return p.readSheet(ctx, c)
}

func (p *process) readSheet(ctx context.Context, c config.Config) (workbook.Snapshot, error) {
	if err := c.Require(config.NeedGoogle); err != nil {
		return workbook.Snapshot{}, err
	}
	sheet, err := openSheet(ctx, c, "", fewTries, p.logger(c))
	if err != nil {
		return workbook.Snapshot{}, err
	}
	return sheet.Read(ctx)
}
