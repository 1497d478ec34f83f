package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// called is what came of one command line.
type called struct {
	code     int
	out, err string
}

// call runs a command line with a home of its own and these settings of the environment, in pairs.
func call(t *testing.T, stdin string, args []string, env ...string) called {
	t.Helper()
	values := map[string]string{"HOME": t.TempDir()}
	for i := 0; i < len(env); i += 2 {
		values[env[i]] = env[i+1]
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(stdin), &out, &errs, func(name string) string { return values[name] })
	return called{code, out.String(), errs.String()}
}

func (c called) want(t *testing.T, code int, in ...string) {
	t.Helper()
	if c.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", c.code, code, c.out, c.err)
	}
	for _, text := range in {
		if !strings.Contains(c.out+c.err, text) {
			t.Errorf("it does not say %q:\n%s%s", text, c.out, c.err)
		}
	}
}

func TestEveryCommandHasHelpAndAnExample(t *testing.T) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		switch {
		case cmd.Name() == "help" || cmd.Name() == "completion" || cmd.Parent() != nil && cmd.Parent().Name() == "completion":
			return
		case cmd.Example == "":
			t.Errorf("%s has no example", path)
		case cmd.Short == "" || strings.HasSuffix(cmd.Short, "."):
			t.Errorf("%s: its short help is %q", path, cmd.Short)
		case !strings.Contains(cmd.Example, "rolecall"):
			t.Errorf("%s: its example calls something else: %s", path, cmd.Example)
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&process{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }}))
}

func TestWhatMakesNoSense(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"clasify"}, exitUsage, "unknown command"},
		{[]string{"classify", "--nope"}, exitUsage, "unknown flag"},
		{[]string{"classify", "a", "b"}, exitUsage, "accepts at most 1 arg"},
		{[]string{"classify", "--format", "xml", "-"}, exitUsage, "neither csv nor json"},
		{[]string{"classify", "no-such-file.csv"}, exitIO, "no-such-file.csv"},
		{[]string{"explain"}, exitUsage, "no title"},
		{[]string{"explain", "VP", "Sales"}, exitUsage, `put it into quotation marks, as in rolecall explain "VP Sales"`},
		{[]string{"workbook", "default"}, exitUsage, "accepts 1 arg"},
		{[]string{"sandbox", "--contacts", "-5"}, exitUsage, "0 to 2000000"},
		{[]string{"sandbox", "--contacts", "none.csv"}, exitIO, "none.csv"},
		{[]string{"sandbox", "--fault", "{"}, exitUsage, "no JSON"},
		{[]string{"sandbox", "--tier", "gold"}, exitFailure, "is no tier"},
		{[]string{"demo", "--once", "--every", "0s"}, exitUsage, "above zero"},
		{[]string{"demo", "--once", "--poll", "-1s"}, exitUsage, "above zero"},
		{[]string{"auth", "google"}, exitConfig, "no OAuth client"},
		{[]string{"backup"}, exitIO, "there is no store"},
		{[]string{"healthcheck", "--listen", "127.0.0.1:1"}, exitFailure, "rolecall run"},
		{[]string{"config", "show", "--log-level", "loud", "--hubspot-version", "v1"}, exitConfig, "2 faults"},
		{[]string{"eval"}, exitUsage, "--labels FILE is missing"},
		{[]string{"eval", "--labels", "x", "--splits", "y"}, exitUsage, "goes with --shots"},
		{[]string{"eval", "--labels", "none.tsv"}, exitIO, "none.tsv"},
		{[]string{"eval", "--labels", "x", "--folds", "1"}, exitUsage, "2 or more"},
		{[]string{"eval", "--labels", "x", "--shots", "-1"}, exitUsage, "1 or more"},
		{[]string{"eval", "--labels", "x", "--shots", "3", "--seeds", "0"}, exitUsage, "1 or more"},
		{[]string{"eval", "--labels", "x", "--folds", "2", "--shots", "3"}, exitUsage, "folds"},
		{[]string{"explain", "x", "--workbook", "no-such-folder"}, exitFailure, "no-such-folder"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			call(t, "", test.args).want(t, test.code, test.want)
		})
	}
}

func TestConfigShowMasksSecrets(t *testing.T) {
	const secret = "canary-5b1e-token"
	env := []string{"ROLECALL_HUBSPOT_TOKEN", secret, "ROLECALL_LOG_LEVEL", "warn"}
	for _, args := range [][]string{{"config", "show"}, {"config", "show", "--origin"}, {"config", "show", "--json"}} {
		got := call(t, "", args, env...)
		got.want(t, exitOK, "(secret)", "warn")
		if strings.Contains(got.out+got.err, secret) {
			t.Errorf("%v prints the secret", args)
		}
	}
	call(t, "", []string{"config", "show", "--origin"}, env...).want(t, exitOK, "environment ROLECALL_HUBSPOT_TOKEN", "_FILE is safer")
}

func TestVersionAndSettings(t *testing.T) {
	call(t, "", []string{"version"}).want(t, exitOK, "rolecall", "title model builtin/")
	for _, args := range [][]string{{"settings"}, {"help", "settings"}} {
		call(t, "", args).want(t, exitOK, "ROLECALL_SHEETS_ENDPOINT", "--hubspot-token-file", "(default 2026-09)")
	}
	call(t, "", nil).want(t, exitOK, "Available Commands")
}

func TestAnInterruptedCommandEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if code := run(ctx, []string{"classify", "-"}, strings.NewReader("title\nCEO\n"), &out, &out, func(string) string { return "" }); code == exitOK {
		t.Errorf("exit code 0: %s", out.String())
	}
}
