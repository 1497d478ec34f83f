package cli

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rolecall/label"
)

// The columns that are added to a table. The first three are those of the first axis; those of the second follow, see columnOf.
const (
	labelColumn = iota
	confidenceColumn
	methodColumn
	axisColumns

	whyColumn    = axisColumns * label.AxisCount
	reviewColumn = whyColumn + 1
	columnsAdded = reviewColumn + 1
)

// columnOf is the place of labelColumn, confidenceColumn or methodColumn for an axis.
func columnOf(a label.Axis, column int) int { return axisColumns*int(a) + column }

// addedColumn is one of the columns that are added.
type addedColumn struct {
	name    string
	literal bool // written into JSON as it is: a number or a truth value
}

func addedColumns() [columnsAdded]addedColumn {
	return [...]addedColumn{
		labelColumn:                    {name: "role"},
		confidenceColumn:               {name: "role_confidence", literal: true},
		methodColumn:                   {name: "role_method"},
		axisColumns + labelColumn:      {name: "seniority"},
		axisColumns + confidenceColumn: {name: "seniority_confidence", literal: true},
		axisColumns + methodColumn:     {name: "seniority_method"},
		whyColumn:                      {name: "why"},
		reviewColumn:                   {name: "review", literal: true},
	}
}

// form is how rows are written.
type form struct {
	json    bool
	comma   rune
	columns []string // of the table, then ours
}

func newForm(f classifyFlags, header []string) form {
	out := form{json: f.format == "json", comma: ',', columns: slices.Clone(header)}
	if strings.HasSuffix(f.out, ".tsv") {
		out.comma = '\t'
	}
	if out.json { // readers of an object keep one of two equal keys
		out.columns = distinctNames(header)
	}
	for _, column := range addedColumns() {
		name := column.name
		for slices.Contains(out.columns, name) {
			name = "rolecall_" + name
		}
		out.columns = append(out.columns, name)
	}
	return out
}

func (f form) open(to io.Writer) error {
	if f.json {
		_, err := io.WriteString(to, "[")
		return err
	}
	w := csv.NewWriter(to)
	w.Comma = f.comma
	err := w.Write(f.columns)
	w.Flush()
	return errors.Join(err, w.Error())
}

func (f form) close(to io.Writer) error {
	if !f.json {
		return nil
	}
	_, err := io.WriteString(to, "\n]\n")
	return err
}

func (f form) render(dst []byte, rows [][]string, answers []*answer) ([]byte, error) {
	if f.json {
		return f.renderJSON(dst, rows, answers)
	}
	comma := byte(f.comma)
	for i, row := range rows {
		for _, cell := range row {
			dst = append(appendCell(dst, comma, cell, ""), comma)
		}
		a := answers[i]
		for at, cell := range a.cells {
			also := ""
			if at == whyColumn {
				also = a.also
			}
			dst = append(appendCell(dst, comma, cell, also), comma)
		}
		dst[len(dst)-1] = '\n'
	}
	return dst, nil
}

// appendCell writes a cell as encoding/csv does, several times as fast. The text also, where there is one, follows after a space.
func appendCell(dst []byte, comma byte, text, also string) []byte {
	quotes := mustQuote(text, comma) || mustQuote(also, comma) || text == `\.` && also == ""
	if first, _ := utf8.DecodeRuneInString(text); unicode.IsSpace(first) {
		quotes = true
	}
	if !quotes {
		dst = append(dst, text...)
		if also != "" {
			dst = append(append(dst, ' '), also...)
		}
		return dst
	}
	dst = appendQuoted(append(dst, '"'), text)
	if also != "" {
		dst = appendQuoted(append(dst, ' '), also)
	}
	return append(dst, '"')
}

func mustQuote(text string, comma byte) bool {
	return strings.IndexByte(text, '"') >= 0 || strings.IndexByte(text, comma) >= 0 || strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0
}

func appendQuoted(dst []byte, text string) []byte {
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i+1]...), '"')
		text = text[i+1:]
	}
}

// renderJSON writes one object a line; confidences are numbers and review is a truth value.
func (f form) renderJSON(dst []byte, rows [][]string, answers []*answer) ([]byte, error) {
	added := addedColumns()
	keys := make([][]byte, len(f.columns))
	for i, c := range f.columns {
		key, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		keys[i] = append(key, ':')
	}
	for n, row := range rows {
		dst = append(dst, ",\n{"...)
		a := answers[n]
		for i := range f.columns {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, keys[i]...)
			var text string
			switch at := i - len(row); {
			case at < 0:
				text = row[i]
			case at == whyColumn:
				text = a.why()
			case added[at].literal:
				dst = append(dst, a.cells[at]...)
				continue
			default:
				text = a.cells[at]
			}
			raw, err := json.Marshal(text)
			if err != nil {
				return nil, err
			}
			dst = append(dst, raw...)
		}
		dst = append(dst, '}')
	}
	return dst, nil
}
