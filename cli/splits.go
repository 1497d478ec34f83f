package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"rolecall/evaluation"
)

// writeSplits writes the titles that --shots learns from and is measured on, so that other programs can be measured on
// the same: DIR/COLUMN-SEED-train.tsv and -test.tsv, each with the title and its right labels, parted by |.
func (p *process) writeSplits(dir string, labels evaluation.Labels, shots, seeds int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of splits: %w", err)
	}
	for column, name := range labels.Columns {
		for seed := range seeds {
			train, test := evaluation.Draw(labels, column, shots, uint64(seed))
			for part, rows := range map[string][]evaluation.Row{"train": train, "test": test} {
				path := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.tsv", name, seed, part))
				err := p.writeFile(path, func(w io.Writer) error {
					out := csv.NewWriter(w)
					out.Comma = '\t'
					for _, row := range rows {
						if err := out.Write([]string{row.Title, strings.Join(row.Answers[column], "|")}); err != nil {
							return err
						}
					}
					out.Flush()
					return out.Error()
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}
