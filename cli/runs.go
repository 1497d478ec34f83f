package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"rolecall/config"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/store"
)

// needsOf are what a command that works with HubSpot and the sheet cannot do without.
func needsOf(dir string) []config.Need {
	if dir != "" {
		return []config.Need{config.NeedHubSpot}
	}
	return []config.Need{config.NeedHubSpot, config.NeedSheet, config.NeedGoogle}
}

// withApp opens an app, calls f and closes it again.
func (p *process) withApp(ctx context.Context, opts openOptions, f func(*app) error) error {
	c, err := p.config(needsOf(opts.dir)...)
	if err != nil {
		return err
	}
	bar := newSteps(p.stderr)
	defer bar.done()
	opts.progress = bar.step
	a, err := open(ctx, c, p.logger(c), opts)
	if errors.Is(err, store.ErrLocked) && opts.readOnly {
		return p.onCopy(ctx, c, opts, f)
	}
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// onCopy calls f with a copy of a store that a running rolecall holds, and forgets the copy.
func (p *process) onCopy(ctx context.Context, c config.Config, opts openOptions, f func(*app) error) (err error) {
	dir, err := os.MkdirTemp("", "rolecall-look-")
	if err != nil {
		return fmt.Errorf("make a folder for a copy of the store: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	held := c.Store
	c.Store = filepath.Join(dir, "rolecall.db")
	if err := store.Copy(ctx, held, c.Store); err != nil {
		return withCode(exitIO, err)
	}
	fmt.Fprintf(p.stdout, "ok       rolecall is running on %s: a copy of the store is looked at\n", held)
	a, err := open(ctx, c, p.logger(c), opts)
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// one puts a request into the queue and works it off, as the daemon would.
func (a *app) one(ctx context.Context, action label.Action, scope string) (plan.Report, error) {
	if _, err := a.store.RestartRequests(ctx, now()); err != nil {
		return plan.Report{}, err
	}
	if _, _, err := a.store.Enqueue(ctx, label.Request{Action: action, Scope: scope, Source: "command line", RequestedAt: now()}); err != nil {
		return plan.Report{}, err
	}
	var last plan.Report
	for {
		report, ok, err := a.Work(ctx)
		if err != nil {
			return last, err
		}
		if !ok {
			return last, nil
		}
		last = report
		if report.Cause != nil {
			return last, report.Cause // it has its exit code in it
		}
	}
}

// said prints a report and turns its outcome into an exit code.
func said(out io.Writer, rep plan.Report) error {
	if _, err := fmt.Fprintf(out, "%s\n", summaryOf(rep)); err != nil {
		return err
	}
	switch rep.Outcome {
	case plan.Held:
		return withCode(exitHeld, errors.Join(errSaid, errors.New("held")))
	case plan.Partial:
		return withCode(exitPartial, errors.Join(errSaid, errors.New("partly done")))
	}
	return nil
}

// summaryOf is a run for a person: what was read, labelled, asked, and how long it took.
func summaryOf(rep plan.Report) string {
	if rep.Kind == "" {
		return rep.Message
	}
	text := fmt.Sprintf("%s %s (%s): %d contacts read, %d titles decided, %d contacts updated in HubSpot, %d titles in Review, %.1f seconds", rep.RunID, rep.Outcome, rep.Mode,
		rep.Read, rep.Titles, rep.Written, rep.ToReview, rep.Duration.Seconds())
	if rep.Message != "" {
		text += "\n" + rep.Message
	}
	return text
}

func newSync(p *process) *cobra.Command {
	var dir string
	var all, accept bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Do one run now and end",
		Long: `Do one run: read the sheet and what changed in HubSpot, decide, plan, check, and write what the plan says
(only when Mode in the Settings tab is "apply"). Exit code 4 when the plan is held, 5 when HubSpot refused some rows.
While Mode is "observe" nothing is written anyway: what would be held is said, and is no failure.`,
		Example: `  rolecall sync
  rolecall sync --all
  rolecall sync --accept-held      # say yes to a plan that was held`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd.Context(), openOptions{dir: dir}, func(a *app) error {
				action, scope := label.ActionRun, label.RunChanged
				if all {
					scope = label.RunAll
				}
				if accept {
					action = label.ActionAccept
				}
				rep, err := a.one(cmd.Context(), action, scope)
				if err != nil {
					return err
				}
				return said(p.stdout, rep)
			})
		},
	}
	addWorkbookFlag(cmd, &dir)
	cmd.Flags().BoolVar(&all, "all", false, "read every contact again, not only those that changed")
	cmd.Flags().BoolVar(&accept, "accept-held", false, "accept the plan, or the accident in the sheet, that was held, and run")
	return cmd
}

func newPreview(p *process) *cobra.Command {
	var dir string
	var changes bool
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Show what a run would change; write nothing into HubSpot",
		Long:  "Plan a run and show it, grouped by what changes into what and why. The Preview tab is filled too. Nothing is written into HubSpot.",
		Example: `  rolecall preview
  rolecall preview --workbook ./workbook
  rolecall preview --expect-no-changes    # exit code 3 when there are any`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd.Context(), openOptions{dir: dir}, func(a *app) error {
				rep, err := a.RunOnce(cmd.Context(), reconcile.Preview)
				if err != nil {
					return err
				}
				if err := writePreview(p.stdout, rep); err != nil {
					return err
				}
				if changes && rep.Planned[plan.Push.String()] > 0 {
					return withCode(exitChanges, errors.Join(errSaid, errors.New("there are changes")))
				}
				return nil
			})
		},
	}
	addWorkbookFlag(cmd, &dir)
	cmd.Flags().BoolVar(&changes, "expect-no-changes", false, "end with exit code 3 when the plan would write anything")
	return cmd
}

func writePreview(out io.Writer, rep plan.Report) error {
	for _, g := range rep.Groups {
		from, to := string(g.From), string(g.To)
		if from == "" {
			from = "(empty)"
		}
		if to == "" {
			to = "(empty)"
		}
		why := string(g.Method)
		if g.RuleID != "" {
			why += " " + g.RuleID
		}
		if _, err := fmt.Fprintf(out, "%-9s  %s -> %s: %d, %s\n", g.Axis, from, to, g.Count, why); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%s\n", rep.Message)
	return err
}

func newUndo(p *process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "undo [RUN]",
		Short: "Take back what a run wrote into HubSpot",
		Long: `Restore what a run changed in HubSpot, only where HubSpot still shows what rolecall wrote: what somebody has
changed since stays. Without RUN the last run that wrote something is undone. The undone labels are not written again
until the rules, the examples or the corrections change.`,
		Example: "  rolecall undo\n  rolecall undo run-12",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			if name != "" && !regexp.MustCompile(`^run-[1-9][0-9]*$`).MatchString(name) {
				return usage(fmt.Errorf("%q is no run: write it as run-12; the Runs tab lists them", name))
			}
			return p.withApp(cmd.Context(), openOptions{dir: dir}, func(a *app) error {
				rep, err := a.one(cmd.Context(), label.ActionUndo, name)
				if err != nil {
					return err
				}
				return said(p.stdout, rep)
			})
		},
	}
	addWorkbookFlag(cmd, &dir)
	return cmd
}
