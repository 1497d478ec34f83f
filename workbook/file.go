package workbook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// byteOrderMark begins a file by which some spreadsheets know UTF-8.
const byteOrderMark = "\ufeff"

// sheetFile is a CSV file as its owner keeps it: with columns of their own, their order, their separator, their line ends
// and their byte order mark, which all stay.
type sheetFile struct {
	path    string
	layout  Layout
	comma   rune
	crlf    bool
	mark    bool // begins with a byte order mark
	header  []string
	columns []*Column // which of ours each header is; nil for the owner's own
	records [][]string
	index   map[string]int // see byID
}

// openFile reads the file, or starts one with these columns where there is none. An error names what must be mended before rolecall may write.
func openFile(path string, layout Layout, columns []Column) (*sheetFile, error) {
	f := &sheetFile{path: path, layout: layout, comma: ','}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		for _, c := range columns {
			f.header = append(f.header, c.Header)
			f.columns = append(f.columns, &c)
		}
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	name := filepath.Base(path)
	raw, f.mark = bytes.CutPrefix(raw, []byte(byteOrderMark))
	f.comma, f.crlf = separatorIn(raw), bytes.Contains(raw, []byte("\r\n"))
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.Comma, reader.FieldsPerRecord = f.comma, -1
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d is no row: %s; nothing was written into the file", name, lineOf(err), csvTrouble(err))
		}
		if f.header == nil {
			f.header = record
			continue
		}
		f.records = append(f.records, record)
	}
	var problem string
	if f.columns, problem = columnsOf(layout, name, f.header); problem != "" {
		return nil, fmt.Errorf("%s; nothing was written into the file", problem)
	}
	for _, c := range columns {
		f.column(c)
	}
	return f, nil
}

// column is the place of a column, which is added on the right where it is missing.
func (f *sheetFile) column(c Column) int {
	for i, have := range f.columns {
		if have != nil && have.Key == c.Key {
			return i
		}
	}
	f.header = append(f.header, c.Header)
	f.columns = append(f.columns, &c)
	return len(f.header) - 1
}

// rows are the records as rows; blank ones are kept, so that indexes agree.
func (f *sheetFile) rows() []Row {
	out := make([]Row, len(f.records))
	for i, record := range f.records {
		row, _ := rowOf(f.layout, f.columns, record)
		row.Position = i
		out[i] = row
	}
	return out
}

// byID is where the record with an ID is, the first of several. It is made at the first call; whoever adds records
// later keeps it.
func (f *sheetFile) byID(c Column) map[string]int {
	if f.index == nil {
		f.index = make(map[string]int, len(f.records))
		at := f.column(c)
		for i, record := range slices.Backward(f.records) {
			if at < len(record) {
				f.index[Plain(record[at])] = i
			}
		}
	}
	return f.index
}

// set writes a cell of a record.
func (f *sheetFile) set(record int, c Column, v Cell) {
	at := f.column(c)
	for len(f.records[record]) <= at {
		f.records[record] = append(f.records[record], "")
	}
	f.records[record][at] = Safe(fileText(c, v))
}

// add appends an empty record and returns its index.
func (f *sheetFile) add() int {
	f.records = append(f.records, make([]string, len(f.header)))
	return len(f.records) - 1
}

// save replaces the file in one step.
func (f *sheetFile) save() error {
	var b bytes.Buffer
	if f.mark {
		b.WriteString(byteOrderMark)
	}
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = f.comma, f.crlf
	if err := w.WriteAll(append([][]string{f.header}, f.records...)); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(f.path), err)
	}
	return replaceFile(f.path, b.Bytes())
}

// replaceFile writes a file beside the old one and renames it, so that a reader sees the old or the new one whole. It
// keeps the old one's mode; a new one is as open as the files of its folder are.
func replaceFile(path string, content []byte) error {
	mode, err := modeFor(path)
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", filepath.Base(path), err), os.Remove(temp.Name()))
	}
	return nil
}

// modeFor is the mode of the file, or for a new one that of roles.csv beside it; 0644 where there is neither.
func modeFor(path string) (fs.FileMode, error) {
	for _, like := range []string{path, filepath.Join(filepath.Dir(path), fileName(Roles))} {
		info, err := os.Stat(like)
		if err == nil {
			return info.Mode().Perm(), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
	}
	return 0o644, nil
}
