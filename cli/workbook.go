package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"rolecall/config"
	"rolecall/workbook"
)

func newWorkbook(p *process) *cobra.Command {
	group := &cobra.Command{
		Use:   "workbook",
		Short: "Write the workbook's tabs as CSV files",
		Long: `Write the workbook's tabs as CSV files: roles.csv, seniorities.csv, rules.csv, examples.csv, corrections.csv and
settings.csv. Commands that read the sheet take such a folder with --workbook DIR, so that a team can keep its
workbook in git, or try things without Google. Cells that a spreadsheet would run as a formula get an apostrophe in
front; reading takes it away again.`,
		Example: `  rolecall workbook default team-workbook
  rolecall workbook export team-workbook
  rolecall classify contacts.csv --workbook team-workbook`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(newWorkbookDefault(p), newWorkbookExport(p))
	return group
}

func newWorkbookDefault(p *process) *cobra.Command {
	return &cobra.Command{
		Use:     "default DIR",
		Short:   "Write the default workbook",
		Long:    `Write the default workbook: the one that a new sheet starts with. Files that are there already are not overwritten.`,
		Example: `  rolecall workbook default team-workbook`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			snapshot, err := workbook.Default()
			if err != nil {
				return err
			}
			return p.writeWorkbook(args[0], snapshot)
		},
	}
}

func newWorkbookExport(p *process) *cobra.Command {
	return &cobra.Command{
		Use:     "export DIR",
		Short:   "Write the configured sheet's tabs",
		Long:    `Write the tabs of the configured Google Sheet as they stand, bad rows among them. Files that are there already are not overwritten.`,
		Example: `  rolecall workbook export team-workbook`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.config(config.NeedSheet)
			if err != nil {
				return err
			}
			snapshot, err := p.readSheet(cmd.Context(), c)
			if err != nil {
				return err
			}
			return p.writeWorkbook(args[0], snapshot)
		},
	}
}

func (p *process) writeWorkbook(dir string, snapshot workbook.Snapshot) error {
	if err := workbook.WriteDir(dir, snapshot); err != nil {
		return withCode(exitIO, err)
	}
	_, err := fmt.Fprintf(p.stdout, "wrote %d roles, %d seniorities, %d rules and %d examples into %s\n", len(snapshot.Tables[workbook.Roles].Rows),
		len(snapshot.Tables[workbook.Seniorities].Rows), len(snapshot.Tables[workbook.Rules].Rows), len(snapshot.Tables[workbook.Examples].Rows), dir)
	return err
}
