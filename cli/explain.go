package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"rolecall/classifier"
	"rolecall/label"
)

func newExplain(p *process) *cobra.Command {
	var dir, model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   `explain "TITLE"`,
		Short: "Say how a job title is labelled, and why",
		Long: `Say how a job title is labelled, and why: the title as it is compared, the rules that found something in it, the five
closest labelled titles with who taught them, the votes, the confidence and the decision.

No title leaves this machine unless --model, or the workbook's setting "Language model", names a service: that is sent
the title, and the workbook's example titles and corrected titles. Standard error says which model answers when it is
not the built-in one. Its key comes from the settings file or the environment (see 'rolecall help settings').`,
		Example: `  rolecall explain "VP of Marketing"
  rolecall explain "Responsable RH" --workbook team-workbook
  rolecall explain --json "Head of Growth"
  rolecall explain "Head of Growth" --model openai:text-embedding-3-small`,
		Args: oneTitle,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.relaxGC(explainGC)
			book, err := p.rulebook(cmd.Context(), dir)
			if err != nil {
				return err
			}
			labeller, err := p.labeller(cmd.Context(), book, model, args[0])
			if err != nil {
				return err
			}
			explanation, err := labeller.Explain(cmd.Context(), args[0])
			if err := errors.Join(err, labeller.close()); err != nil {
				return fmt.Errorf("explain the title: %w", err)
			}
			if asJSON {
				return writeExplanationJSON(p.stdout, explanation, book)
			}
			return writeExplanation(p.stdout, explanation, book)
		},
	}
	addWorkbookFlag(cmd, &dir)
	addModelFlag(cmd, &model)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// explainGC lets the heap grow to three times what lives: a twentieth less time until the answer, in a process that ends with it.
const explainGC = 200

// oneTitle asks for one title; a blank one is explained like any other.
func oneTitle(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("no title: write it behind the command, as in rolecall explain \"VP of Marketing\"")
	case len(args) > 1:
		return fmt.Errorf("one title at a time: put it into quotation marks, as in rolecall explain %q", strings.Join(args, " "))
	}
	return nil
}

// writeExplanation is the explanation for a terminal.
func writeExplanation(to io.Writer, e classifier.Explanation, book label.Rulebook) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Title      %s\nRead as    %s\n", oneLine(e.Title), oneLine(e.Normalized))
	if e.Kind != "title" {
		fmt.Fprintf(&b, "It is      %s\n", e.Kind)
	}
	for _, a := range label.Axes() {
		explainAxis(&b, e.Axes[a], e.Decision.Findings[a], book.Taxonomies[a])
	}
	fmt.Fprintf(&b, "\nModel      %s\n", e.Decision.ModelID)
	_, err := io.WriteString(to, b.String())
	return err
}

func explainAxis(b *strings.Builder, x classifier.AxisExplanation, f label.Finding, names label.Taxonomy) {
	fmt.Fprintf(b, "\n%-10s %s\n", strings.ToUpper(x.Axis.String()), verdict(f, names))
	fmt.Fprintf(b, "  Why      %s\n", f.Why)
	if f.Method == label.ByNonsense {
		return // nobody was asked
	}
	if f.RunnerUp != "" {
		fmt.Fprintf(b, "  Next     %s %.2f\n", names.Name(f.RunnerUp), f.RunnerUpConfidence)
	}
	switch {
	case len(x.Rules) == 0:
		fmt.Fprintf(b, "  Rules    none has a word for it\n")
	default:
		fmt.Fprintf(b, "  Rules    asked in this order\n")
	}
	for _, r := range x.Rules {
		fmt.Fprintf(b, "           %s: %q says %s%s\n", r.RuleID, r.Text, nameOf(names, r.Value), ruleEnd(r))
	}
	if len(x.Neighbors) > 0 {
		fmt.Fprintf(b, "  Closest  labelled titles\n")
	}
	for _, n := range x.Neighbors {
		fmt.Fprintf(b, "           %.2f  %s is %s (%s)\n", n.Similarity, oneLine(n.Title), nameOf(names, n.Value), n.Origin)
	}
	if len(x.Votes) > 0 {
		fmt.Fprintf(b, "  Votes    %s\n", votes(names, x.Votes))
		fmt.Fprintf(b, "           of the words: %s\n           of the neighbours: %s\n", votes(names, x.HeadVotes), votes(names, x.NeighborVotes))
	}
	fmt.Fprintf(b, "  Given without a person from %.2f on. %s\n", x.Threshold, x.Calibration)
}

// verdict is the decision in a few words.
func verdict(f label.Finding, names label.Taxonomy) string {
	switch {
	case f.Method == label.ByNonsense:
		return "no label: this is no job title"
	case f.Accepted:
		return fmt.Sprintf("%s, confidence %.2f, by %s", nameOf(names, f.Value), f.Confidence, f.Method)
	case f.Value == "":
		return "no suggestion: a person decides in Review"
	}
	return fmt.Sprintf("not sure enough: %s, confidence %.2f; a person decides in Review", nameOf(names, f.Value), f.Confidence)
}

func ruleEnd(r classifier.RuleStep) string {
	switch {
	case r.Decides:
		return " and decides"
	case r.Blocked != "":
		return fmt.Sprintf(", but %q stands in the title too", r.Blocked)
	}
	return ", too late"
}

// nameOf is a label's name; "" is none of these.
func nameOf(names label.Taxonomy, v label.Value) string {
	if v == "" {
		return "none of these"
	}
	return names.Name(v)
}

func votes(names label.Taxonomy, list []classifier.Vote) string {
	var parts []string
	for _, v := range list[:min(3, len(list))] {
		parts = append(parts, fmt.Sprintf("%s %.2f", nameOf(names, v.Value), v.Share))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// oneLine keeps a stranger's text from moving the cursor or filling the screen.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\u00b7'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return s
}
