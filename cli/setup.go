package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/sheets"
	"rolecall/workbook"
)

func newInit(p *process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Lay out the sheet and check the connection to HubSpot",
		Long: `Make rolecall's tabs in the sheet, with the default taxonomy, rules and examples, and check that HubSpot answers.
Nothing is written into HubSpot. Safe to repeat: tabs that are there are laid out again, what people typed stays.`,
		Example: "  rolecall init\n  rolecall init --sheet-url https://docs.google.com/spreadsheets/d/...",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd.Context(), openOptions{dir: dir}, func(a *app) error { return initialise(cmd.Context(), p.stdout, a) })
		},
	}
	addWorkbookFlag(cmd, &dir)
	return cmd
}

// layOut lays the workbook into a sheet; a directory of CSV files needs no layout. change may alter what a new
// sheet starts with.
func layOut(ctx context.Context, out io.Writer, a *app, change func(*workbook.Snapshot)) error {
	sheet, ok := a.sheet.(*sheets.Sheet)
	if !ok {
		return nil
	}
	book, err := workbook.Default()
	if err != nil {
		return err
	}
	if change != nil {
		change(&book)
	}
	laid, err := sheet.Init(ctx, book)
	if err != nil {
		return err
	}
	switch {
	case laid.Unchanged:
		fmt.Fprintln(out, "The sheet is laid out already; nothing was changed.")
	case len(laid.Made) > 0:
		fmt.Fprintf(out, "The sheet has its tabs: %s. Control says what each colour means.\n", strings.Join(laid.Made, ", "))
	default:
		fmt.Fprintln(out, "The sheet's layout was brought up to date; what people typed stays.")
	}
	return nil
}

func initialise(ctx context.Context, out io.Writer, a *app) error {
	if err := layOut(ctx, out, a, nil); err != nil {
		return err
	}
	account, err := a.crm.Account(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "HubSpot answers: portal %s (%s).\n\nNext:\n  rolecall check      see that every right is there\n  rolecall preview    see what a run would change\n  rolecall run        start. It observes until somebody sets Mode to \"apply\" in the Settings tab.\n", account.ID, account.Type)
	return nil
}

func newCheck(p *process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look for what is wrong with credentials, sheet, HubSpot and store, with the mend for each",
		Long: `Look whether everything is ready, without changing anything: the settings, the store, the sheet and every row in it,
HubSpot's token, rights, portal, properties and limits. Every fault comes with what to do about it. Exit code 1 when
there is a fault; warnings alone are no fault. It may be asked while the daemon runs.`,
		Example: "  rolecall check\n  rolecall check --workbook ./workbook",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd.Context(), openOptions{dir: dir, tries: fewTries, readOnly: true}, func(a *app) error { return check(cmd.Context(), p.stdout, a) })
		},
	}
	addWorkbookFlag(cmd, &dir)
	return cmd
}

func check(ctx context.Context, out io.Writer, a *app) error {
	faults := 0
	fault := func(what, mend string) {
		faults++
		fmt.Fprintf(out, "FAULT    %s\n         mend: %s\n", what, mend)
	}
	if err := a.store.Check(ctx); err != nil {
		fault(err.Error(), "see docs/setup.md, \"When something is wrong\"")
	} else {
		fmt.Fprintf(out, "ok       store %s\n", a.store.Path())
	}
	reading, ok := checkSheet(ctx, out, a, fault)
	if err := ctx.Err(); err != nil {
		return err // what follows would only say that it was interrupted
	}
	want := hubspot.Expected{PortalID: a.config.HubSpot.PortalID}
	if ok {
		s := reading.Rulebook.Settings
		want.Properties = label.Properties{Taxonomies: reading.Rulebook.Taxonomies, WriteConfidence: s.WriteConfidence, WriteSource: s.WriteSource, MapOnto: s.MapOntoHubSpot, DryRun: true}
	}
	found := a.crm.Check(ctx, want)
	for _, f := range found {
		if f.Warning {
			fmt.Fprintf(out, "warning  %s\n         mend: %s\n", f.What, f.Mend)
			continue
		}
		fault(f.What, f.Mend)
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "ok       HubSpot: token, rights, portal, properties, limits")
	}
	if faults > 0 {
		return errors.Join(errSaid, fmt.Errorf("%d faults", faults))
	}
	fmt.Fprintln(out, "Ready.")
	return nil
}

// faultyRows is how many faulty rows of a tab are listed: a missing tab makes thousands of others faulty.
const faultyRows = 5

// faultOf parts a text "what is wrong - how to mend it"; otherwise is the mend of a text without one.
func faultOf(fault func(what, mend string), text, otherwise string) {
	what, mend, ok := strings.Cut(text, " - ")
	if !ok {
		mend = otherwise
	}
	fault(what, mend)
}

// checkSheet reads the sheet and names every row that is wrong, and the first of those that wait or have a part without effect; ok is
// false when it cannot be read.
func checkSheet(ctx context.Context, out io.Writer, a *app, fault func(what, mend string)) (workbook.Reading, bool) {
	snap, err := a.sheet.Read(ctx)
	if err != nil && ctx.Err() == nil {
		faultOf(fault, err.Error(), "see docs/setup.md, \"Google\"")
	}
	if err != nil {
		return workbook.Reading{}, false
	}
	reading := workbook.Parse(snap, workbook.LastGood{})
	for _, problem := range reading.Problems {
		faultOf(fault, problem, "put it right in the sheet, or run rolecall init")
	}
	rows := map[workbook.Tab]int{}
	for _, c := range reading.Checks {
		text, wrong := strings.CutPrefix(c.Text, "ERROR: ")
		if !wrong {
			continue
		}
		if rows[c.Tab]++; rows[c.Tab] <= faultyRows {
			faultOf(fault, fmt.Sprintf("sheet, %s, row %d: %s", c.Tab, c.Position+2, text), "mend the row in the sheet")
		}
	}
	for _, tab := range slices.Sorted(maps.Keys(rows)) {
		if n := rows[tab] - faultyRows; n > 0 {
			fault(fmt.Sprintf("sheet, %s: %d more rows have an error", tab, n), "mend the faults above first, most of these go with them; the column Row check names each")
		}
	}
	lesser := slices.DeleteFunc(rowsToMend(reading.Checks), func(c workbook.Check) bool { return strings.HasPrefix(c.Text, "ERROR: ") })
	for _, c := range lesser[:min(rowsShown, len(lesser))] {
		fmt.Fprintf(out, "warning  sheet, %s, row %d: %s\n", c.Tab, c.Position+2, c.Text)
	}
	fmt.Fprintf(out, "ok       sheet read: %d roles, %d seniorities, %d rules, %d examples, mode %s\n", len(reading.Rulebook.Taxonomies[label.Role].Active()),
		len(reading.Rulebook.Taxonomies[label.Seniority].Active()), len(reading.Rulebook.Rules), len(reading.Rulebook.Exemplars), reading.Rulebook.Settings.Mode)
	return reading, true
}
