package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"rolecall/classifier"
	"rolecall/evaluation"
	"rolecall/label"
)

// evalFlags are the choices of "rolecall eval".
type evalFlags struct {
	labels, workbook, model, html, splits string
	columns                               []string
	folds, shots, seeds                   int
	curve, json                           bool
}

// check says what makes no sense.
func (f evalFlags) check() error {
	switch {
	case f.labels == "":
		return errors.New("--labels FILE is missing: the file of titles and their right labels")
	case f.folds < 0 || f.folds == 1:
		return fmt.Errorf("--folds %d: give 2 or more", f.folds)
	case f.shots < 0:
		return fmt.Errorf("--shots %d: give 1 or more", f.shots)
	case f.seeds < 1:
		return fmt.Errorf("--seeds %d: give 1 or more", f.seeds)
	case f.shots > 0 && f.workbook != "":
		return errors.New("--shots measures a taxonomy made of the file's labels, without any workbook: leave one of --shots and --workbook out")
	case f.splits != "" && f.shots == 0:
		return errors.New("--splits goes with --shots K: only those draw titles")
	}
	return nil
}

func newEval(p *process) *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "eval --labels FILE",
		Short: "Measure the labels on titles whose right labels are known",
		Long: `Measure the labels on titles whose right labels are known: accuracy, macro-F1, calibration, precision and coverage at the
target precision, the confusion of labels, and on request the learning curve.

The file is any table that classify reads, with a column of titles and one or two columns of labels (role, seniority, or
others of your own). a|b means that either is right; "?" in a column doubt marks rows that a careful person could label
otherwise. Lines that are no rows are left out and reported on standard error; the exit code is 5 then.

Without --folds and --shots the workbook is measured as it is. --folds N adds the titles outside each fold as
corrections. --shots K measures another taxonomy, made of the labels, learnt from K titles a label alone.

--model measures another language model than the one that the workbook's setting "Language model" names. A service is
sent the titles of the file and the titles that are learnt from, no label. Where it cannot be used, eval ends with an
error: the built-in model's figures would be no measure of it.`,
		Example: `  rolecall eval --labels our-titles.csv
  rolecall eval --labels our-titles.csv --workbook team-workbook --curve --html report.html
  rolecall eval --labels departments.tsv --shots 25 --seeds 5 --json
  rolecall eval --labels our-titles.csv --model openai:nomic-embed-text@768`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return usage(err)
			}
			return p.eval(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.labels, "labels", "", "file of titles and their right labels")
	flags.StringSliceVar(&f.columns, "columns", nil, "label columns to use, where the names do not say it")
	addWorkbookFlag(cmd, &f.workbook)
	addModelFlag(cmd, &f.model)
	flags.IntVar(&f.folds, "folds", 0, "cross-validate with this many folds")
	flags.IntVar(&f.shots, "shots", 0, "learn another taxonomy from this many titles a label")
	flags.IntVar(&f.seeds, "seeds", 5, "how often the titles for --shots are drawn")
	flags.BoolVar(&f.curve, "curve", false, "take the learning curve: accuracy after 0, 25, 50, 100, 200 and 400 corrections")
	flags.StringVar(&f.html, "html", "", "write a report with charts to this file, too")
	flags.StringVar(&f.splits, "splits", "", "folder for the titles that --shots learns from and is measured on, for measuring other programs")
	flags.BoolVar(&f.json, "json", false, "print as JSON")
	cmd.MarkFlagsMutuallyExclusive("folds", "shots")
	return cmd
}

func (p *process) eval(ctx context.Context, f evalFlags) (err error) {
	file, err := os.Open(f.labels)
	if err != nil {
		return err
	}
	labels, left, err := readLabels(file, p.stderr, f.columns)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("read %s: %w", f.labels, err)
	}
	book, err := p.rulebook(ctx, f.workbook)
	if err != nil {
		return err
	}
	model, err := p.comparer(ctx, book, f.model)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.close()) }()
	o := evaluation.Options{Book: book, Labels: labels, Folds: f.folds, Shots: f.shots, Seeds: f.seeds, Now: time.Now,
		Fit: func(ctx context.Context, book label.Rulebook) (*classifier.Classifier, error) {
			return classifier.Fit(ctx, book, model.Embedder, classifier.Options{})
		}}
	if f.curve {
		o.Curve = evaluation.CurvePoints()
	}
	report, err := evaluation.Run(ctx, o)
	if err != nil {
		return ifModelFailed(err, "--model builtin measures the built-in model")
	}
	if f.splits != "" {
		if err := p.writeSplits(f.splits, labels, f.shots, f.seeds); err != nil {
			return err
		}
	}
	if err := p.writeReport(report, f); err != nil {
		return err
	}
	if left > 0 {
		return withCode(exitPartial, errSaid)
	}
	return nil
}

// writeReport writes the page, if one is asked for, and prints the figures.
func (p *process) writeReport(report evaluation.Report, f evalFlags) error {
	if f.html != "" {
		if err := p.writeFile(f.html, report.HTML); err != nil {
			return err
		}
	}
	if f.json {
		out := json.NewEncoder(p.stdout)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	return report.Text(p.stdout)
}
