package sample

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault is something wrong with a line of a file of contacts.
type Fault struct {
	Line int    // from 1
	Why  string // in words for the person who made the file
	Kept bool   // the contact was taken nevertheless
}

func (f Fault) String() string {
	if f.Kept {
		return fmt.Sprintf("line %d: %s", f.Line, f.Why)
	}
	return fmt.Sprintf("line %d left out: %s", f.Line, f.Why)
}

const (
	quotedLines = 50 // a quoted field that runs on for longer is taken for a stray quote
	maxLine     = 1 << 20
)

// FromCSV reads contacts from a HubSpot export or any table with a column of job
// titles. Columns are found by their names (Record ID, First Name, Last Name,
// Email, Job Title, Company name, Lifecycle Stage and what other languages and
// tools call them) in any order; commas, semicolons and tabs separate. A file of
// one column without a known heading is a list of titles. Every line that is no
// blank line gives a contact or a Fault; an error means that the file as a whole
// cannot be used.
func FromCSV(r io.Reader) ([]Contact, []Fault, error) {
	t := &tableReader{in: bufio.NewReaderSize(r, 1<<16)}
	head, err := t.header()
	if err != nil {
		return nil, nil, fmt.Errorf("read the contacts: %w", err)
	}
	var out []Contact
	var faults []Fault
	ids := map[int64]bool{}
	for {
		fields, line, err := t.next()
		if errors.Is(err, io.EOF) {
			return out, faults, nil
		}
		var bad *Fault
		if errors.As(err, &bad) {
			faults = append(faults, *bad)
			continue
		}
		if err != nil {
			return out, faults, fmt.Errorf("read the contacts after line %d: %w", line, err)
		}
		if len(fields) != head.width {
			faults = append(faults, Fault{Line: line, Why: fmt.Sprintf("it has %d fields, the heading has %d", len(fields), head.width)})
			continue
		}
		c, why := head.contact(fields, ids)
		if why != "" {
			faults = append(faults, Fault{Line: line, Why: why, Kept: true})
		}
		out = append(out, c)
	}
}

func (f *Fault) Error() string { return f.String() }

type heading struct {
	width int
	at    map[string]int // field -> column
}

// fieldNames lists how the columns are called, letters and digits only.
func fieldNames() map[string]string {
	out := map[string]string{}
	for field, names := range map[string]string{
		"id":        "recordid id contactid hsobjectid vid objectid",
		"first":     "firstname first givenname vorname prénom prenom nombre nome voornaam förnamn fornavn imię jméno",
		"last":      "lastname last surname familyname nachname nom apellidos apellido cognome sobrenome achternaam efternamn etternavn nazwisko příjmení",
		"email":     "email emailaddress mail emailadresse correo workemail",
		"title":     "jobtitle title position jobtitel titel stellenbezeichnung berufsbezeichnung positionsbezeichnung intituléduposte poste fonction cargo puesto qualifica ruolo functie functietitel befattning stilling stanowisko job",
		"company":   "companyname company organization organisation firma unternehmen société societe entreprise empresa azienda bedrijf företag",
		"lifecycle": "lifecyclestage",
	} {
		for name := range strings.FieldsSeq(names) {
			out[name] = field
		}
	}
	return out
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (h *heading) contact(fields []string, ids map[int64]bool) (c Contact, why string) {
	get := func(name string) string {
		if i, ok := h.at[name]; ok {
			return fields[i]
		}
		return ""
	}
	c = Contact{FirstName: get("first"), LastName: get("last"), Email: strings.ToLower(strings.TrimSpace(get("email"))),
		Company: get("company"), JobTitle: get("title"), LifecycleStage: plain(get("lifecycle"))}
	if text := strings.TrimSpace(get("id")); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil || id <= 0:
			why = fmt.Sprintf("record id %q is no positive number: the contact gets a new one", text)
		case ids[id]:
			why = fmt.Sprintf("record id %d is there twice: the contact gets a new one", id)
		default:
			ids[id] = true
			c.ID = id
		}
	}
	return c, why
}

// tableReader reads records; a record may run over lines inside quotes.
type tableReader struct {
	in    *bufio.Reader
	comma byte
	ahead []string // lines that were looked at and are still to be read
	line  int
	one   bool // a list of titles: lines are not split
}

func (t *tableReader) readLine() (string, error) {
	if len(t.ahead) > 0 {
		s := t.ahead[0]
		t.ahead = t.ahead[1:]
		t.line++
		return s, nil
	}
	s, err := t.in.ReadString('\n')
	if err != nil && (s == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	t.line++
	return decode(strings.TrimRight(s, "\r\n")), nil
}

// decode takes a line that is no UTF-8 for Latin-1, as older spreadsheets write it.
func decode(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func (t *tableReader) header() (*heading, error) {
	first := ""
	for strings.TrimSpace(first) == "" {
		line, err := t.readLine()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		if err != nil {
			return nil, err
		}
		first = strings.TrimPrefix(line, "\ufeff")
	}
	t.comma = ','
	for _, c := range []byte{'\t', ';'} {
		if strings.Count(first, string(c)) > strings.Count(first, string(t.comma)) {
			t.comma = c
		}
	}
	names := fieldNames()
	columns, err := t.split(first)
	if err != nil {
		return nil, fmt.Errorf("the heading cannot be read: %w", err)
	}
	h := &heading{width: len(columns), at: map[string]int{}}
	for i, c := range columns {
		if field, ok := names[plain(c)]; ok {
			if _, twice := h.at[field]; !twice {
				h.at[field] = i
			}
		}
	}
	_, titled := h.at["title"]
	switch {
	case titled:
		t.one = len(columns) == 1
	case len(h.at) == 0 && !strings.ContainsAny(first, "\t;"):
		// No heading at all: a list of titles, the first line among them.
		t.one, h.width, h.at = true, 1, map[string]int{"title": 0}
		t.ahead = append([]string{first}, t.ahead...)
		t.line--
	default:
		return nil, fmt.Errorf("no column holds job titles: the columns are %s; call the right one \"Job Title\"", strings.Join(columns, ", "))
	}
	return h, nil
}

func (t *tableReader) split(record string) ([]string, error) {
	if t.comma == '\t' && !strings.Contains(record, "\t\"") && !strings.HasPrefix(record, `"`) {
		return strings.Split(record, "\t"), nil
	}
	r := csv.NewReader(strings.NewReader(record))
	r.Comma, r.FieldsPerRecord = rune(t.comma), -1
	fields, err := r.Read()
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return nil, bad.Err
	}
	return fields, err
}

// next returns one record and the line on which it begins; a *Fault for one that
// cannot be read, after which reading goes on with the line behind it.
func (t *tableReader) next() ([]string, int, error) {
	for {
		record, err := t.readLine()
		start := t.line
		if err != nil {
			return nil, start, err
		}
		if strings.TrimSpace(record) == "" {
			continue
		}
		if len(record) > maxLine {
			return nil, start, &Fault{Line: start, Why: "the line is longer than a megabyte"}
		}
		if t.one && !strings.HasPrefix(record, `"`) {
			return []string{record}, start, nil
		}
		fields, err := t.split(record)
		if err == nil {
			return fields, start, nil
		}
		if joined, ok := t.extend(record); ok {
			return joined, start, nil
		}
		if t.one {
			return []string{record}, start, nil
		}
		return nil, start, &Fault{Line: start, Why: "the quotes do not match"}
	}
}

// extend tries to close an open quote with the lines that follow; when that fails
// they are put back.
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
		record += "\n" + line
		if len(record) > maxLine {
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
