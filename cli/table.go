package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	quotedLines = 50      // a quoted cell that runs on for longer is taken for a stray quotation mark
	longestLine = 1 << 20 // bytes of a record
)

// lineFault is a line of a table that is no row: it is left out and reported.
type lineFault struct {
	line int // from 1
	why  string
}

func (f *lineFault) Error() string { return fmt.Sprintf("line %d left out: %s", f.line, f.why) }

// tableReader reads records of a comma-, semicolon- or tab-separated table, one at a time in constant memory. Unlike
// encoding/csv it goes on behind a line that cannot be read, above all behind a quotation mark that nobody closed.
type tableReader struct {
	in     *bufio.Reader
	comma  rune
	header []string
	// title is the column of job titles.
	title int
	// list: the file has one column without a heading, or a heading and one column: a line is a title.
	list bool

	ahead []string // lines that were looked at and are still to be read
	line  int
	row   []string

	quoted strings.Reader // a record with quotation marks,
	buffer *bufio.Reader  // which csv.NewReader takes as it is, where it would make one for every record
}

// openTable reads the heading and finds the column of titles: the one called column, or the first whose name is
// usual for job titles. The error lists the columns that there are.
func openTable(in io.Reader, column string) (*tableReader, error) {
	t := &tableReader{in: bufio.NewReaderSize(in, 1<<18), comma: ',', buffer: bufio.NewReader(nil)}
	first := ""
	for strings.TrimSpace(first) == "" {
		line, err := t.readLine()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the table is empty: its first line must name the columns")
		}
		if err != nil {
			return nil, err
		}
		first = strings.TrimPrefix(line, "\ufeff")
	}
	if strings.HasPrefix(first, "\xff\xfe") || strings.HasPrefix(first, "\xfe\xff") || strings.Contains(first, "\x00") {
		return nil, errors.New("the table is no UTF-8 text: save it as \"CSV UTF-8\"")
	}
	if strings.ContainsRune(strings.TrimRight(first, "\r"), '\r') {
		return nil, errors.New("its lines end in a way that only very old programs use: save it as \"CSV UTF-8\"")
	}
	for _, c := range []rune{'\t', ';'} {
		if strings.Count(first, string(c)) > strings.Count(first, string(t.comma)) {
			t.comma = c
		}
	}
	header, err := t.split(first)
	if err != nil {
		return nil, fmt.Errorf("line 1: the heading cannot be read: %w", err)
	}
	t.header = slices.Clone(header)
	return t, t.findTitles(first, column)
}

// findTitles sets title and list. Where no column can be meant, a file of one column is a list of titles.
func (t *tableReader) findTitles(first, column string) error {
	usual := []string{"jobtitle", "title", "position", "jobtitel", "stellenbezeichnung", "berufsbezeichnung", "intituléduposte", "poste", "fonction",
		"cargo", "puesto", "qualifica", "ruolo", "functietitel", "functie", "befattning", "stanowisko", "job"}
	if column != "" {
		usual = []string{plainName(column)}
	}
	for _, want := range usual {
		for i, h := range t.header {
			if h == column || plainName(h) == want {
				t.title, t.list = i, len(t.header) == 1
				return nil
			}
		}
	}
	if column == "" && len(t.header) == 1 {
		t.list, t.header = true, []string{"title"}
		t.ahead = append([]string{first}, t.ahead...)
		t.line--
		return nil
	}
	if column != "" {
		return fmt.Errorf("there is no column %q: the columns are %s", column, strings.Join(t.header, ", "))
	}
	return fmt.Errorf("no column is known to hold job titles: name one with --column; the columns are %s", strings.Join(t.header, ", "))
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// next returns a record, a *lineFault for a line that is none, or io.EOF. The record is good until the next call.
func (t *tableReader) next() ([]string, error) {
	for {
		record, err := t.readLine()
		if err != nil {
			return nil, err
		}
		start := t.line
		if len(record) > longestLine {
			return nil, &lineFault{start, "it is longer than a megabyte"}
		}
		if strings.TrimSpace(record) == "" {
			continue
		}
		fields, why := t.fields(record)
		if why != "" {
			return nil, &lineFault{start, why}
		}
		if len(fields) != len(t.header) {
			return nil, &lineFault{start, fmt.Sprintf("it has %d cells, the heading has %d (put cells that hold a %s into quotation marks)", len(fields), len(t.header), separatorName(t.comma))}
		}
		return fields, nil
	}
}

func separatorName(r rune) string {
	switch r {
	case '\t':
		return "tab"
	case ';':
		return "semicolon"
	}
	return "comma"
}

func (t *tableReader) fields(record string) (fields []string, why string) {
	if t.list && !strings.HasPrefix(record, `"`) {
		return t.single(record), ""
	}
	fields, err := t.split(record)
	if err == nil {
		return fields, ""
	}
	if fields, ok := t.extend(record); ok {
		return fields, ""
	}
	if t.list {
		return t.single(record), ""
	}
	return nil, "its quotation marks do not match"
}

func (t *tableReader) single(record string) []string {
	t.row = append(t.row[:0], record)
	return t.row
}

// split cuts a record into cells. A tab-separated one has no quoting unless a cell begins with a quotation mark.
func (t *tableReader) split(record string) ([]string, error) {
	if !strings.Contains(record, `"`) || t.comma == '\t' && !strings.Contains(record, "\t\"") && !strings.HasPrefix(record, `"`) {
		t.row = t.row[:0]
		for {
			i := strings.IndexRune(record, t.comma)
			if i < 0 {
				t.row = append(t.row, record)
				return t.row, nil
			}
			t.row = append(t.row, record[:i])
			record = record[i+1:]
		}
	}
	t.quoted.Reset(record)
	t.buffer.Reset(&t.quoted)
	r := csv.NewReader(t.buffer)
	r.Comma, r.FieldsPerRecord = t.comma, -1
	return r.Read()
}

// extend tries to close an open quotation mark with the lines that follow; when that fails they are put back.
func (t *tableReader) extend(record string) ([]string, bool) {
	if strings.Count(record, `"`)%2 == 0 {
		return nil, false
	}
	var read []string
	from := t.line
	for range quotedLines {
		line, err := t.readLine()
		if err != nil {
			break
		}
		read = append(read, line)
		if record += "\n" + line; len(record) > longestLine {
			break
		}
		if strings.Count(line, `"`)%2 == 0 {
			continue
		}
		if fields, err := t.split(record); err == nil {
			return fields, true
		}
		break
	}
	t.ahead = append(read, t.ahead...)
	t.line = from
	return nil, false
}

// readLine gives a line without its end. What lies beyond longestLine is read and dropped, so that one monstrous line
// costs no memory.
func (t *tableReader) readLine() (string, error) {
	if len(t.ahead) > 0 {
		line := t.ahead[0]
		t.ahead = t.ahead[1:]
		t.line++
		return line, nil
	}
	raw, err := t.in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && (len(raw) == 0 || !errors.Is(err, io.EOF)) {
		return "", err
	}
	t.line++
	if !errors.Is(err, bufio.ErrBufferFull) {
		return decodeLine(raw), nil
	}
	long := bytes.Clone(raw)
	for errors.Is(err, bufio.ErrBufferFull) {
		raw, err = t.in.ReadSlice('\n')
		if len(long) <= longestLine {
			long = append(long, raw...)
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return decodeLine(long), nil
}

// decodeLine takes a line that is no UTF-8 for Latin-1, as older spreadsheets write it.
func decodeLine(raw []byte) string {
	raw = bytes.TrimSuffix(raw, []byte{'\n'})
	raw = bytes.TrimSuffix(raw, []byte{'\r'})
	if utf8.Valid(raw) || bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		return string(raw)
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}
