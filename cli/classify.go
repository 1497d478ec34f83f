package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// classifyFlags are the choices of "rolecall classify".
type classifyFlags struct {
	column, workbook, model, out, format string
}

func newClassify(p *process) *cobra.Command {
	var f classifyFlags
	cmd := &cobra.Command{
		Use:   "classify [FILE.csv|FILE.tsv|-]",
		Short: "Label the job titles of a table, offline with the built-in model",
		Long: `Label the job titles of a table: commas, semicolons or tabs between the cells, a heading, any number of rows. "-" or
nothing reads standard input. Neither HubSpot nor any other service is asked; only when a sheet is configured and
--workbook is not given is that sheet read once. Without either the default workbook decides.

That is so with the built-in model. When --model, or the workbook's setting "Language model", names openai:MODEL or
gemini:MODEL, that service is sent the cells of the column with the titles, and the workbook's example titles and
corrected titles, and no other cell; standard error says so before the first is sent. One model labels the whole table:
a service that is away at the start is replaced by the built-in model, one that fails later ends the command. What it
answered is kept in the user's cache folder, so that the same command goes on from there.

The rows come out in their order, with these columns added:

  role, seniority                        the label, or the best suggestion where nobody was sure enough
  role_confidence, seniority_confidence  0 to 1; 0.90 is right nine times in ten
  role_method, seniority_method          correction, rule, neighbours, fallback, abstain (a suggestion only), no title
  why                                    one sentence an axis
  review                                 true where a person should look, that is where a method is abstain

A column that the table has already gets the prefix rolecall_ here, more than once where need be; of two columns of one
name the second gets a number in JSON ("Title", "Title_2"), so that no cell is lost. Lines that are no rows are left out and reported
on standard error with their numbers; the exit code is 5 then. Cells of the table come out as they came in, with commas
between them, or tabs where the name after --out ends in .tsv; cells that rolecall adds never begin like a formula.`,
		Example: `  rolecall classify contacts.csv --out labelled.csv
  rolecall classify export.tsv --column "Job Title" --workbook team-workbook --format json
  rolecall classify contacts.csv --out labelled.csv --model openai:nomic-embed-text@768
  echo "VP of Marketing" | rolecall classify -`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.format != "csv" && f.format != "json" {
				return usage(fmt.Errorf("--format %q is neither csv nor json", f.format))
			}
			return p.classify(cmd.Context(), strings.Join(args, ""), f)
		},
	}
	cmd.Flags().StringVar(&f.column, "column", "", "name of the column with the job titles (found by itself when it has a usual name)")
	addWorkbookFlag(cmd, &f.workbook)
	addModelFlag(cmd, &f.model)
	cmd.Flags().StringVar(&f.out, "out", "", "file to write instead of standard output; appears when it is complete")
	cmd.Flags().StringVar(&f.format, "format", "csv", "csv, or json for one list with an object for each row")
	return cmd
}

// batchGC lets the heap grow to four times what lives, mostly the model: a tenth less time for some 100 MB more, in a process that
// ends when the table does.
const batchGC = 300

// relaxGC sets how far the heap may grow between collections, in percent of what lives, unless the environment says so.
func (p *process) relaxGC(percent int) {
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// classify reads, labels and writes; what it counts goes to stderr.
func (p *process) classify(ctx context.Context, path string, f classifyFlags) (err error) {
	if sameFile(path, f.out) {
		return usage(fmt.Errorf("--out %s is the table itself: give another name, so that lines which are no rows are not lost", f.out))
	}
	in, size, err := p.openInput(path)
	if err != nil {
		return err
	}
	defer in.Close()
	counted := &countingReader{from: in}
	table, err := openTable(counted, f.column)
	if err != nil {
		return fmt.Errorf("read %s: %w", inputName(path), err)
	}
	book, err := p.rulebook(ctx, f.workbook)
	if err != nil {
		return err
	}
	labeller, err := p.labeller(ctx, book, f.model)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, labeller.close()) }()
	out, err := p.openOutput(f.out)
	if err != nil {
		return err
	}
	p.relaxGC(batchGC)
	job := &classification{table: table, labeller: labeller, names: book.Taxonomies, form: newForm(f, table.header), out: out, faults: p.stderr}
	stop := p.progress(size, counted, &job.rows)
	started := time.Now()
	err = job.run(ctx)
	err = errors.Join(err, out.close(err == nil))
	stop()
	if err != nil {
		err = ifModelFailed(err, "what it answered is kept: run the same again, or with --model builtin")
		return fmt.Errorf("classify %s: %w", inputName(path), err)
	}
	job.report(p.stderr, time.Since(started))
	if job.left > 0 {
		return withCode(exitPartial, errSaid)
	}
	return nil
}

// sameFile reports whether two names lead to one file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func inputName(path string) string {
	if path == "" || path == "-" {
		return "standard input"
	}
	return path
}

// openInput opens the table; size is its length in bytes, -1 where that is not known.
func (p *process) openInput(path string) (in io.ReadCloser, size int64, err error) {
	if path == "" && isTerminal(p.stdin) {
		return nil, 0, usage(errors.New("no table: give a file, or pipe one in; see 'rolecall classify --help'"))
	}
	if path == "" || path == "-" {
		return io.NopCloser(p.stdin), -1, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = withCode(exitIO, fmt.Errorf("%s is a folder: give a file", path))
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

type countingReader struct {
	from io.Reader
	read atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// progress draws a bar on a terminal until stop is called.
func (p *process) progress(size int64, in *countingReader, rows *atomic.Int64) (stop func()) {
	if !isTerminal(p.stderr) {
		return func() {}
	}
	bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.stderr), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(size > 0),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond))
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				_ = bar.Finish() // a bar that cannot be drawn is no reason to fail
				return
			case <-tick.C:
				bar.Describe(message.NewPrinter(language.English).Sprintf("%d titles", rows.Load()))
				_ = bar.Set64(in.read.Load())
			}
		}
	}()
	return func() { close(done); <-finished }
}
