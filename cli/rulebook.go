package cli

import (
	"context"
	"fmt"
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

// errorsShown is how many rows with errors are listed.
const errorsShown = 20

// rulebook is what decides: the directory's, else the configured sheet's, else the default workbook's. Rows that are
// left out for an error are listed on stderr, by the number that a spreadsheet shows beside them.
func (p *process) rulebook(ctx context.Context, dir string) (label.Rulebook, error) {
	snapshot, err := p.snapshot(ctx, dir)
	if err != nil {
		return label.Rulebook{}, err
	}
	reading := workbook.Parse(snapshot, workbook.LastGood{})
	for _, problem := range reading.Problems {
		fmt.Fprintln(p.stderr, "workbook:", problem)
	}
	shown := 0
	for _, check := range reading.Checks {
		if !strings.HasPrefix(check.Text, "ERROR") {
			continue
		}
		if shown++; shown <= errorsShown {
			fmt.Fprintf(p.stderr, "workbook: %s, row %d: %s\n", check.Tab, check.Position+2, check.Text)
		}
	}
	if shown > errorsShown {
		fmt.Fprintf(p.stderr, "workbook: %d more rows have errors and are left out\n", shown-errorsShown)
	}
	for _, axis := range label.Axes() {
		if len(reading.Rulebook.Taxonomies[axis].Active()) == 0 {
			return label.Rulebook{}, withCode(exitConfig, fmt.Errorf("the workbook has no %s that can be given: fill in its tab, or start from 'rolecall workbook default DIR'", axis))
		}
	}
	return reading.Rulebook, nil
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
