// Package cli is the command line. A command stands in the file of its name, but for sync, preview and undo, which do
// one run (runs.go), init and check, which set up (setup.go), and run, the daemon (daemon.go). It is also where the
// packages are joined: the only one that knows them all.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Run carries out one command line (without the program's name) and returns the exit code:
//
//	0   done
//	1   failed, or interrupted before it was done
//	2   the command line makes no sense
//	3   the plan has changes (only where a command says that it may return this)
//	4   the guard holds the plan, or the sheet shows an accident; nothing was written (observing holds no plan)
//	5   partly done: some rows were refused
//	74  the store or a file cannot be read or written
//	75  another rolecall is running on this store
//	77  a credential is missing a right
//	78  the configuration is wrong
//
// SIGINT and SIGTERM end the command in good order, a second one at once.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal then has its usual effect
	return run(ctx, args, stdin, stdout, stderr, getenv)
}

// run is Run with the caller's own end.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	p := &process{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv}
	root := newRoot(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var ran *ranError
	if !errors.As(err, &ran) {
		fmt.Fprintf(stderr, "rolecall: %v\nSee '%s --help'.\n", err, cmd.CommandPath())
		return exitUsage
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "rolecall: interrupted before it was done: %v\n", ran.err)
		return exitFailure
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintf(stderr, "rolecall: %v\n", ran.err)
	}
	return exitCode(ran.err)
}

const rootHelp = `rolecall keeps the job roles and seniorities of HubSpot's contacts in step with a Google Sheet: the sheet
holds the roles, the seniorities, the rules and everybody's corrections, rolecall does the rest.

Try it without any account:   rolecall demo
Set it up:                    docs/setup.md, then rolecall init, rolecall check, rolecall preview, rolecall run`

func newRoot(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:   "rolecall",
		Short: "Label HubSpot contacts' job titles from a Google Sheet",
		Long:  rootHelp,
		Example: `  rolecall demo
  rolecall explain "VP of Marketing"`,
		Args:          onlyCommands,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2, // letters; cobra asks for it where Args is our own
		SilenceUsage:               true,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.CompletionOptions.HiddenDefaultCmd = true
	p.addSettings(root)
	root.AddCommand(commands(p)...)
	root.AddCommand(newSettingsTopic())
	markRan(root)
	return root
}

// onlyCommands refuses what is no command, and names those that it may have been meant for.
func onlyCommands(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q", args[0])
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		text += ": did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(text)
}

// commands lists the commands, in the order of their names.
func commands(p *process) []*cobra.Command {
	return []*cobra.Command{
		newAuth(p),
		newBackup(p),
		newCheck(p),
		newClassify(p),
		newConfig(p),
		newDemo(p),
		newEval(p),
		newExplain(p),
		newHealthcheck(p),
		newInit(p),
		newPreview(p),
		newRun(p),
		newSandbox(p),
		newSync(p),
		newUndo(p),
		newVersion(p),
		newWorkbook(p),
	}
}

// ranError wraps what a command returned, as against what cobra found wrong with the command line.
type ranError struct{ err error }

func (e *ranError) Error() string { return e.err.Error() }
func (e *ranError) Unwrap() error { return e.err }

func markRan(cmd *cobra.Command) {
	if inner := cmd.RunE; inner != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := inner(cmd, args); err != nil {
				return &ranError{err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markRan(sub)
	}
}
