// Command train builds the title model that rolecall carries in its binary from public occupation data. See docs/model.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/schollz/progressbar/v3"

	"rolecall/embedding"
)

// recipe is the version of the recipe that the model file's header names.
const recipe = "2"

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	var o options
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", "", "folder with the public occupation data: esco, onet, other (see docs/model.md)")
	out := flags.String("out", "", "file to write the model to")
	eval := flags.String("eval", "", "folder with talentclef/ and survey_function.tsv to measure the model on")
	model := flags.String("model", "", "measure this model file instead of training")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of everything random")
	flags.IntVar(&o.threads, "threads", min(2, runtime.NumCPU()), "threads; the result is the same with any number")
	flags.IntVar(&o.dimension, "dimension", 96, "length of a vector, a multiple of 8")
	flags.IntVar(&o.slots, "rows", 150000, "rows of the feature table")
	flags.IntVar(&o.atLeast, "at-least", 4, "how often a feature must be seen to get a row")
	flags.IntVar(&o.epochs, "epochs", 16, "passes over the data")
	flags.IntVar(&o.batch, "batch", 512, "pairs of titles that contrast with one another")
	flags.Float64Var(&o.tau, "tau", 0.08, "temperature of the contrast")
	flags.Float64Var(&o.rate, "rate", 0.05, "learning rate at the start")
	flags.Float64Var(&o.dropout, "dropout", 0.15, "share of a title's features left out at random")
	flags.Float64Var(&o.typos, "typos", 0.03, "share of titles given a typing error")
	flags.Float64Var(&o.context, "context", 0.15, "share of titles given a place, a term of work or the like that says nothing of the work")
	flags.Float64Var(&o.linked, "linked", 0.2, "share of positives from a linked occupation")
	flags.Float64Var(&o.grouped, "grouped", 0.15, "share of positives from the same unit group")
	flags.Float64Var(&o.fielded, "fields", 0.5, "how much the fields of work count beside the contrast")
	flags.BoolVar(&o.maskGroup, "mask-group", false, "titles of one unit group do not contrast")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil // the flags have been listed
	} else if err != nil {
		return err
	}
	var file []byte
	var err error
	switch {
	case *model != "":
		file, err = os.ReadFile(*model)
	case *data == "" || *out == "" && *eval == "":
		return fmt.Errorf("-data FOLDER and -out FILE are needed, for instance: go run ./train -data ../shared/data -out embedding/titles.bin")
	default:
		file, err = build(*data, sources(), o, stdout, stderr)
	}
	if err != nil {
		return err
	}
	if *out != "" {
		if err := os.WriteFile(*out, file, 0o644); err != nil {
			return fmt.Errorf("write model: %w", err)
		}
	}
	parsed, err := embedding.ParseStatic(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s, %d bytes, sha256 %s\n", parsed.ID(), len(file), parsed.Checksum())
	if *eval != "" {
		return evaluate(stdout, parsed, *eval)
	}
	return nil
}

// build reads the sources in the data folder, trains and returns the model file.
func build(data string, from []source, o options, stdout, stderr io.Writer) ([]byte, error) {
	c, err := newCorpus()
	if err != nil {
		return nil, err
	}
	for _, s := range from {
		if err := s.read(c, data); err != nil {
			return nil, fmt.Errorf("%s: %w; docs/model.md says where the files come from", s.credit, err)
		}
		c.sources = append(c.sources, s.credit)
	}
	if c.contexts, err = readContexts(); err != nil {
		return nil, err
	}
	c.finish()
	rows, placed := vocabulary(c, o.slots, o.atLeast)
	fmt.Fprintf(stdout, "%d titles of %d occupations, %d features\n", len(c.labels), len(c.members), placed)
	t := newTrainer(c, rows, o)
	t.train(stderr)
	return embedding.Encode(embedding.Header{
		Version: recipe, Seed: o.seed, Epochs: o.epochs, Data: c.sources,
		Licence: "the sources' licences and credits are in NOTICE",
	}, rows, t.weights)
}

// train runs the epochs under a progress bar.
func (t *trainer) train(stderr io.Writer) {
	var bar *progressbar.ProgressBar
	steps, done, loss := 0, 0, 0.0
	for e := range t.epochs {
		list := t.epoch()
		if e == 0 {
			steps = len(list) / t.batch * t.epochs
			bar = progressbar.NewOptions(steps, progressbar.OptionSetWriter(stderr), progressbar.OptionShowIts(),
				progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(500_000_000))
		}
		for len(list) >= t.batch {
			loss = 0.99*loss + 0.01*t.step(list[:t.batch], min(1, float64(done)/float64(steps)))
			list = list[t.batch:]
			done++
			if done%100 == 0 {
				bar.Describe(fmt.Sprintf("epoch %d, loss %.3f", e+1, loss))
			}
			_ = bar.Set(min(done, steps))
		}
	}
	_ = bar.Finish()
	fmt.Fprintln(stderr)
}
