package cli

import (
	"bufio"
	"bytes"
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

// errNoTitles is wrapped by openTable's error about a heading in which no column is known to hold job titles; the reader
// comes with it, so that its header can be named.
var errNoTitles = errors.New("no column is known to hold job titles")

// errQuotes says that a record has a quotation mark where none may be.
var errQuotes = errors.New("its quotation marks do not match")

// tableReader reads records of a comma-, semicolon- or tab-separated table, one at a time in constant memory. Unlike
// encoding/csv it goes on behind a line that cannot be read, above all behind a quotation mark that nobody closed, and
// keeps the line ends inside a cell as they are.
type tableReader struct {
	in     *bufio.Reader
	comma  rune
	header []string
	// title is the column of job titles.
	title int
	// list: the file has one column without a heading, or a heading and one column: a line is a title.
	list bool
	// short: a row may have fewer cells than the heading; those that are missing are blank.
	short bool

	ahead []string // lines that were looked at and are still to be read
	line  int
	row   []string
}

// openTable reads the heading and finds the column of titles: the one called column, or the first whose name is
// usual for job titles. The error lists the columns that there are.
func openTable(in io.Reader, column string) (*tableReader, error) {
	t := &tableReader{in: bufio.NewReaderSize(in, 1<<18), comma: ','}
	first := ""
	for strings.TrimSpace(first) == "" {
		line, err := t.readLine()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the table is empty: its first line must name the columns")
		}
		if err != nil {
			return nil, err
		}
		first = strings.TrimSuffix(strings.TrimPrefix(line, "\ufeff"), "\r")
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
		"cargo", "puesto", "qualifica", "ruolo", "functietitel", "functie", "befattning", "stanowisko", "titel", "titre", "job"}
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
	return fmt.Errorf("%w: name one with --column; the columns are %s", errNoTitles, strings.Join(t.header, ", "))
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
		for t.short && len(fields) < len(t.header) {
			fields = append(fields, "")
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

func (t *tableReader) fields(raw string) (fields []string, why string) {
	record := strings.TrimSuffix(raw, "\r")
	if t.list && !strings.HasPrefix(record, `"`) {
		return t.single(record), ""
	}
	fields, err := t.split(record)
	if err == nil {
		return fields, ""
	}
	if fields, ok := t.extend(raw); ok {
		return fields, ""
	}
	if t.list {
		return t.single(record), ""
	}
	if t.comma == '\t' {
		if fields := t.splitLetters(record); len(fields) == len(t.header) {
			return fields, ""
		}
	}
	return nil, errQuotes.Error()
}

func (t *tableReader) single(record string) []string {
	t.row = append(t.row[:0], record)
	return t.row
}

// split cuts a record into cells. A tab-separated one has no quoting unless a cell begins with a quotation mark. What
// encoding/csv takes for a record is one here, and nothing else is.
func (t *tableReader) split(record string) ([]string, error) {
	if !strings.Contains(record, `"`) || t.comma == '\t' && !strings.Contains(record, "\t\"") && !strings.HasPrefix(record, `"`) {
		return t.splitPlain(record), nil
	}
	t.row = t.row[:0]
	for {
		if strings.HasPrefix(record, `"`) {
			cell, rest, ok := unquote(record)
			if !ok || rest != "" && rest[0] != byte(t.comma) {
				return nil, errQuotes
			}
			t.row = append(t.row, cell)
			if rest == "" {
				return t.row, nil
			}
			record = rest[1:]
			continue
		}
		cell, rest, more := strings.Cut(record, string(t.comma))
		if strings.Contains(cell, `"`) {
			return nil, errQuotes
		}
		t.row = append(t.row, cell)
		if !more {
			return t.row, nil
		}
		record = rest
	}
}

func (t *tableReader) splitPlain(record string) []string {
	t.row = t.row[:0]
	for {
		i := strings.IndexRune(record, t.comma)
		if i < 0 {
			t.row = append(t.row, record)
			return t.row
		}
		t.row = append(t.row, record[:i])
		record = record[i+1:]
	}
}

// splitLetters cuts a tab-separated record in which a quotation mark is a letter, as in "The" Boss, unless marks stand
// at both ends of a cell.
func (t *tableReader) splitLetters(record string) []string {
	fields := t.splitPlain(record)
	for i, cell := range fields {
		if text, rest, ok := unquote(cell); ok && rest == "" {
			fields[i] = text
		}
	}
	return fields
}

// unquote takes the cell off that a record begins with, if it stands in quotation marks; two of them inside are one.
func unquote(record string) (cell, rest string, ok bool) {
	if !strings.HasPrefix(record, `"`) {
		return "", record, false
	}
	doubled := false
	for end := 1; ; {
		i := strings.IndexByte(record[end:], '"')
		if i < 0 {
			return "", record, false
		}
		if end += i; strings.HasPrefix(record[end+1:], `"`) {
			doubled = true
			end += 2
			continue
		}
		if cell = record[1:end]; doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		return cell, record[end+1:], true
	}
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
		if fields, err := t.split(strings.TrimSuffix(record, "\r")); err == nil {
			return fields, true
		}
		break
	}
	t.ahead = append(read, t.ahead...)
	t.line = from
	return nil, false
}

// readLine gives a line without its line feed; a carriage return stays, for inside a cell it is a part of it. What lies beyond longestLine is read and dropped, so that one monstrous line
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
	if utf8.Valid(raw) || bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		return string(raw)
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

// distinctNames gives the second column of a name the first number that no other column has for its end, for where columns are
// told apart by their names alone.
func distinctNames(header []string) []string {
	taken := map[string]bool{}
	out := slices.Clone(header)
	for i, name := range header {
		for n := 2; taken[out[i]] || out[i] != name && slices.Contains(header, out[i]); n++ {
			out[i] = fmt.Sprintf("%s_%d", name, n)
		}
		taken[out[i]] = true
	}
	return out
}
