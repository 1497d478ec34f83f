package cli

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newConfig(p *process) *cobra.Command {
	group := &cobra.Command{
		Use:     "config",
		Short:   "Look at the operator's settings",
		Example: "  rolecall config show --origin",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var origin, asJSON bool
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the settings in force, secrets masked",
		Long: `Print the settings in force. Secrets are masked: "(secret)" says that one is set. Faults are listed all at once,
each with its mend, and the exit code is 78 then.`,
		Example: `  rolecall config show
  rolecall config show --origin
  rolecall config show --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			entries := c.Entries()
			if asJSON {
				out := json.NewEncoder(p.stdout)
				out.SetIndent("", "  ")
				return out.Encode(entries)
			}
			table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
			for _, e := range entries {
				if origin {
					fmt.Fprintf(table, "%s\t%s\t%s\n", e.Key, e.Value, e.Origin)
					continue
				}
				fmt.Fprintf(table, "%s\t%s\n", e.Key, e.Value)
			}
			if err := table.Flush(); err != nil {
				return err
			}
			for _, w := range c.Warnings {
				fmt.Fprintln(p.stderr, "warning:", w)
			}
			return nil
		},
	}
	show.Flags().BoolVar(&origin, "origin", false, "say where each value came from")
	show.Flags().BoolVar(&asJSON, "json", false, "print as JSON, with origins and names in the environment")
	group.AddCommand(show)
	return group
}
