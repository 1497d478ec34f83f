package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rolecall/config"
	"rolecall/sandbox"
	"rolecall/sandbox/portal"
)

func newSandbox(p *process) *cobra.Command {
	o := sandbox.Options{AdoptSheets: true}
	var contacts string
	var faults []string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve a local Google Sheets and a local HubSpot",
		Long: `Serve a local Google Sheets and a local HubSpot, for trying things out and for tests. Their addresses are printed, one a
line, and they serve until the command is interrupted:

  sheets http://127.0.0.1:PORT     /v4/spreadsheets below it; the grid for people in a browser
  hubspot http://127.0.0.1:PORT    the API; /contacts for people in a browser

Point ROLECALL_SHEETS_ENDPOINT and ROLECALL_HUBSPOT_BASE_URL there. A spreadsheet ID of Google's shape that is not
known yet stands for a blank sheet that somebody shared, so a sheet_url that is configured already works here too. Nothing of it is meant for other machines: there
are no passwords. Endpoints below /admin make it fail, lag and limit while it runs.

A --fault is JSON: {"match": "POST .*/batch/update", "kind": "apply-then-lose", "times": 2}; its kinds are status, html,
truncate, apply-then-lose, lose-before, slow and expire-token.`,
		Example: `  rolecall sandbox
  rolecall sandbox --addr 127.0.0.1:8400 --contacts export.csv --state sandbox-state
  rolecall sandbox --contacts 200000 --tier professional --lag 5s --people 2`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n, err := strconv.Atoi(contacts); err != nil {
				o.File = contacts
			} else if o.Contacts = n; n < 0 || n > 2_000_000 {
				return usage(fmt.Errorf("--contacts %d: give a number from 0 to 2000000, or a file", n))
			}
			for _, text := range faults {
				var f portal.Fault
				if err := json.Unmarshal([]byte(text), &f); err != nil {
					return usage(fmt.Errorf("--fault %s is no JSON of a fault: %w", text, err))
				}
				o.Faults = append(o.Faults, f)
			}
			return p.serveSandbox(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Addr, "addr", "127.0.0.1:0", "address of Sheets; HubSpot gets the next port; port 0 takes two free ones")
	flags.StringVar(&contacts, "contacts", "0", "number of invented contacts, or a CSV file of contacts or titles")
	flags.StringVar(&o.StateDir, "state", "", "folder that keeps sheets and contacts between starts")
	flags.Uint64Var(&o.Seed, "seed", 1, "what everything random starts from")
	flags.Float64Var(&o.PeopleRate, "people", 0, "edits a second by people, imports and workflows in HubSpot")
	flags.Float64Var(&o.SheetRate, "sheet-people", 0, "edits a second by people in the sheets: sorts, pastes, renamed headers")
	flags.StringVar(&o.Tier, "tier", "off", "HubSpot's limits: off, free, starter, professional, enterprise")
	flags.IntVar(&o.SheetsQuota, "sheets-quota", 0, "reads, and writes, a minute that Sheets allows (Google: 60); 0 for no limit")
	flags.DurationVar(&o.IndexLag, "lag", 0, "how long HubSpot's search does not see a change")
	flags.StringVar(&o.Token, "token", "", "the one HubSpot token that is accepted; any when blank")
	flags.StringArrayVar(&faults, "fault", nil, "failure of HubSpot, as JSON; may be repeated")
	return cmd
}

func (p *process) serveSandbox(ctx context.Context, o sandbox.Options) error {
	o.Report = func(err error) { fmt.Fprintln(p.stderr, "sandbox:", err) }
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		return unlessTold(ctx, err)
	}
	for _, f := range s.Faulty {
		fmt.Fprintln(p.stderr, "contacts:", f)
	}
	if host, _, err := net.SplitHostPort(o.Addr); err == nil && !config.Loopback(host) {
		fmt.Fprintln(p.stderr, "warning: other machines can reach the sandbox, and it asks for no password")
	}
	fmt.Fprintf(p.stdout, "sheets %s\nhubspot %s\n", s.SheetsURL, s.HubSpotURL)
	if o.StateDir != "" {
		p.keepState(ctx, s)
	}
	<-ctx.Done()
	return s.Close()
}

// keepState saves every minute, so that a power cut costs a minute at most, until ctx ends.
func (p *process) keepState(ctx context.Context, s *sandbox.Sandbox) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Save(); err != nil {
				fmt.Fprintln(p.stderr, "sandbox:", strings.TrimSpace(err.Error()))
			}
		}
	}
}
