package gsheet

import (
	"encoding/csv"
	"fmt"
	"strings"
)

func trimWhitespace(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "range"))
	if err != nil {
		return nil, err
	}
	n := 0
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
		for c := a.c0; c < a.c1; c++ {
			if text, ok := t.at(r, c).raw().(string); ok {
				if trimmed := strings.Join(strings.Fields(text), " "); trimmed != text {
					t.set(r, c, t.at(r, c).with(nilIfEmpty(trimmed)))
					n++
				}
			}
		}
	}
	return object{"cellsChangedCount": n}, nil
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// pasteData writes delimited text as if it were pasted, growing the grid where it does not fit.
func pasteData(b *book, req object) (object, error) {
	at := sub(req, "coordinate")
	t := b.tab(num(at, "sheetId"))
	if t == nil {
		return nil, noGrid(num(at, "sheetId"))
	}
	delimiter := []rune(str(req, "delimiter"))
	if boolean(req, "html") {
		return nil, fmt.Errorf("the sandbox pastes delimited text, not HTML")
	}
	if len(delimiter) != 1 {
		return nil, fmt.Errorf("delimiter must be one character")
	}
	r := csv.NewReader(strings.NewReader(str(req, "data")))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = delimiter[0], -1, true
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	values := make([][]any, len(lines))
	for i, line := range lines {
		for _, text := range line {
			values[i] = append(values[i], text)
		}
	}
	r0, c0 := num(at, "rowIndex"), num(at, "columnIndex")
	return nil, b.paste(values, t, area{r0, r0 + 1, c0, c0 + 1})
}

// textToColumns splits the texts of one column over the columns to its right.
func textToColumns(b *book, req object) (object, error) {
	t, a, err := b.bounded(sub(req, "source"))
	if err != nil {
		return nil, err
	}
	if a.cols() != 1 {
		return nil, fmt.Errorf("the source must be one column, found %d", a.cols())
	}
	delimiter := map[string]string{"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " ", "CUSTOM": str(req, "delimiter")}[str(req, "delimiterType")]
	for r := a.r0; r < min(a.r1, len(t.rows)); r++ {
		text, ok := t.at(r, a.c0).raw().(string)
		if !ok {
			continue
		}
		split := delimiter
		if split == "" { // AUTODETECT: the first of the usual ones that occurs
			for _, d := range []string{",", ";", "\t", "."} {
				if strings.Contains(text, d) {
					split = d
					break
				}
			}
		}
		if split == "" || !strings.Contains(text, split) {
			continue
		}
		var line []any
		for _, part := range strings.Split(text, split) {
			line = append(line, strings.TrimSpace(part))
		}
		if err := b.paste([][]any{line}, t, area{r, r + 1, a.c0, a.c0 + 1}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
