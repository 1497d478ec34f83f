package evaluation

import (
	"fmt"
	"io"
	"strings"
)

// Text writes the report for a terminal. The error is the writer's.
func (r Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured: %s.\n", r.Mode)
	if r.TitlesASecond > 0 {
		fmt.Fprintf(&b, "Classified %d titles, %.0f a second.\n", r.Titles, r.TitlesASecond)
	}
	for i := range r.Columns {
		r.Columns[i].text(&b)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (c *Column) text(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s\n%s\n", strings.ToUpper(c.Name[:1])+c.Name[1:], strings.Repeat("-", len(c.Name)))
	fmt.Fprintf(b, "  answers measured             %7d\n", c.Measured)
	fmt.Fprintf(b, "  right                        %7.3f", c.Accuracy)
	if c.Spread > 0 {
		fmt.Fprintf(b, "  (spread %.3f)", c.Spread)
	}
	fmt.Fprintf(b, "\n  right, rows without doubt    %7.3f\n", c.Undoubted)
	fmt.Fprintf(b, "  macro F1                     %7.3f\n", c.MacroF1)
	fmt.Fprintf(b, "  calibration error            %7.3f\n", c.ECE)
	fmt.Fprintf(b, "  given without a person       %7.3f  of the titles, %.3f of these right (asked for: %.2f)\n", c.Coverage, c.Precision, c.Target)
	for _, s := range c.Strange {
		fmt.Fprintf(b, "  NOT IN THE WORKBOOK: %q, %d times; counts as wrong. Add it to the taxonomy, or correct the file.\n", s.Label, s.Count)
	}
	b.WriteString("\n  who decided             titles   right\n")
	for _, m := range c.Methods {
		fmt.Fprintf(b, "  %-22s %7d %7.3f\n", m.Name, m.Count, m.Accuracy)
	}
	b.WriteString("\n  confidence     titles    said   right\n")
	for _, bin := range c.Bins {
		if bin.Count > 0 {
			fmt.Fprintf(b, "  %.1f to %.1f  %8d %7.3f %7.3f  %s\n", bin.From, bin.To, bin.Count, bin.Confidence, bin.Accuracy, strings.Repeat("#", int(bin.Accuracy*30+0.5)))
		}
	}
	if worst := c.Confusion.worst(8); len(worst) > 0 {
		b.WriteString("\n  most often confused\n")
		for _, x := range worst {
			fmt.Fprintf(b, "  %5d  %s taken for %s\n", x.Count, x.Want, x.Got)
		}
	}
	if len(c.Curve) > 0 {
		b.WriteString("\n  corrections   right   given  right of those\n")
		for _, p := range c.Curve {
			fmt.Fprintf(b, "  %11d %7.3f %7.3f %7.3f\n", p.Corrections, p.Accuracy, p.Coverage, p.Precision)
		}
	}
}
