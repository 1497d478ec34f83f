package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"rolecall/classifier"
	"rolecall/config"
	"rolecall/embedding"
	"rolecall/label"
	"rolecall/store"
)

// addModelFlag gives a command that compares titles another language model than the workbook's.
func addModelFlag(cmd *cobra.Command, model *string) {
	cmd.Flags().StringVar(model, "model", "", "language model to use instead of the workbook's: builtin, openai:MODEL, gemini:MODEL (each with @LENGTH behind it where its vectors have another length than 1536 or 3072), or model2vec:DIRECTORY")
}

// comparer is the embedder that a command compares titles with.
type comparer struct {
	embedding.Embedder
	builtIn bool
	close   func() error // of the vectors kept
}

// comparer is the language model that the flag names, else the workbook's. Where it is not the built-in one, stderr says so, and where
// titles go, before the first goes there.
func (p *process) comparer(ctx context.Context, book label.Rulebook, flag string) (comparer, error) {
	text, from := flag, "--model"
	if flag == "" {
		text, from = book.Settings.Embedder, "the workbook's Language model"
	}
	chosen, err := parseLanguageModel(text)
	switch {
	case err != nil && flag != "":
		return comparer{}, usage(fmt.Errorf("%s: %w", from, err))
	case err != nil:
		return comparer{}, withCode(exitConfig, fmt.Errorf("%s: %w", from, err))
	case chosen.builtIn():
		return builtInComparer()
	}
	c, err := p.config()
	if err != nil {
		return comparer{}, err
	}
	return p.chosenComparer(ctx, chosen, c, fmt.Sprintf("%s (%s)", text, from))
}

func builtInComparer() (comparer, error) {
	model, err := newBuiltIn()
	return comparer{model, true, func() error { return nil }}, err
}

// chosenComparer makes another model than the built-in one.
func (p *process) chosenComparer(ctx context.Context, chosen languageModel, c config.Config, name string) (comparer, error) {
	to := chosen.sendsTo(c)
	if to == "" {
		model, err := chosen.embedder(c, nil)
		if err != nil {
			return comparer{}, withCode(exitConfig, fmt.Errorf("language model %s: %w", name, err))
		}
		fmt.Fprintf(p.stderr, "language model: %s; no title leaves this machine\n", name)
		return comparer{model, false, func() error { return nil }}, nil
	}
	kept, closeKept, err := p.keptVectors(ctx)
	if err != nil {
		return comparer{}, err
	}
	model, err := chosen.embedder(c, embedding.NewByteCache(kept))
	if err != nil {
		return comparer{}, errors.Join(withCode(exitConfig, fmt.Errorf("language model %s: %w", name, err)), closeKept())
	}
	fmt.Fprintf(p.stderr, "language model: %s; titles are sent to %s\n", name, to)
	return comparer{model, false, closeKept}, nil
}

// keptVectors is where what a service answered is kept between commands: in the user's cache folder, or, where there is none or another
// command has it, for this command only.
func (p *process) keptVectors(ctx context.Context) (*store.Store, func() error, error) {
	if dir := cacheFolder(p.getenv); dir != "" {
		kept, err := store.Open(ctx, filepath.Join(dir, "vectors.db"))
		if err == nil {
			return kept, kept.Close, nil
		}
		if !errors.Is(err, store.ErrLocked) {
			return nil, nil, fmt.Errorf("keep the language model's answers: %w", err)
		}
		fmt.Fprintln(p.stderr, "language model: what it answers is not kept, for another rolecall is using the folder", dir)
	}
	dir, err := os.MkdirTemp("", "rolecall-vectors-*")
	if err != nil {
		return nil, nil, fmt.Errorf("keep the language model's answers: %w", err)
	}
	kept, err := store.Open(ctx, filepath.Join(dir, "vectors.db"))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("keep the language model's answers: %w", err), os.RemoveAll(dir))
	}
	return kept, func() error { return errors.Join(kept.Close(), os.RemoveAll(dir)) }, nil
}

// fitted is a classifier and what it must give back.
type fitted struct {
	*classifier.Classifier
	close func() error
}

// labeller fits the classifier with the language model that the flag names, else the workbook's, and has it label the titles, if there
// are any. The built-in model stands in, and stderr says so, for a service that is away; and for whatever the workbook names that cannot be
// used. What the flag asks for and can never be had is an error.
func (p *process) labeller(ctx context.Context, book label.Rulebook, flag string, titles ...string) (fitted, error) {
	c, err := p.comparer(ctx, book, flag)
	if err == nil {
		var l fitted
		if l, err = p.fit(ctx, book, c, titles); err == nil {
			return l, nil
		}
	}
	var remote *embedding.RemoteError
	refused := errors.As(err, &remote) && !remote.Temporary()
	switch {
	case c.builtIn || ctx.Err() != nil || flag != "" && remote == nil:
		return fitted{}, err
	case flag != "" && refused:
		return fitted{}, withCode(exitConfig, err)
	}
	fmt.Fprintf(p.stderr, "language model: it cannot be used now, so the built-in one answers (%s)\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	if c, err = builtInComparer(); err != nil {
		return fitted{}, err
	}
	return p.fit(ctx, book, c, titles)
}

// fit fits and tries the classifier on some titles, so that what cannot be had is known.
func (p *process) fit(ctx context.Context, book label.Rulebook, c comparer, titles []string) (fitted, error) {
	l, err := classifier.Fit(ctx, book, c.Embedder, classifier.Options{Cache: newModelCache(p.getenv)})
	if err == nil && !c.builtIn {
		_, err = l.Classify(ctx, titles)
	}
	if err != nil {
		return fitted{}, errors.Join(err, c.close())
	}
	return fitted{l, c.close}, nil
}

// ifModelFailed adds a mend to the error of a language model that is asked over a network.
func ifModelFailed(err error, mend string) error {
	if remote := (*embedding.RemoteError)(nil); errors.As(err, &remote) {
		return fmt.Errorf("%w; %s", err, mend)
	}
	return err
}
