package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"rolecall/embedding"
)

func newVersion(p *process) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program and of the title model in it",
		Example: "  rolecall version",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return writeVersion(p.stdout) },
	}
}

func writeVersion(out io.Writer) error {
	model, err := embedding.NewStatic()
	if err != nil {
		return fmt.Errorf("read the title model in the program: %w", err)
	}
	_, err = fmt.Fprintf(out, "rolecall %s\n%s %s/%s\ntitle model %s\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, model.ID())
	return err
}

// programVersion is what the Go toolchain stamped into the binary: the module's version, or the commit.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = " with changes"
		}
	}
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	case commit != "":
		return "commit " + commit[:min(12, len(commit))] + dirty
	}
	return "development build"
}
