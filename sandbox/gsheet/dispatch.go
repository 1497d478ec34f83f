package gsheet

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// dispatch finds the method that a request line means. The caller holds the lock.
//
//	POST /                               create
//	GET  /ID                             get
//	POST /ID:getByDataFilter             get by data filter
//	POST /ID:batchUpdate                 batchUpdate
//	GET, PUT /ID/values/RANGE            values.get, values.update
//	POST /ID/values/RANGE:append|clear
//	GET  /ID/values:batchGet
//	POST /ID/values:batchUpdate|batchClear|batchGetByDataFilter|batchUpdateByDataFilter|batchClearByDataFilter
//	GET  /ID/developerMetadata/N
//	POST /ID/developerMetadata:search
//	POST /ID/sheets/N:copyTo
func (s *Server) dispatch(c *call) (object, error) {
	if c.id == "" {
		if c.method != http.MethodPost || c.rest != "" {
			return nil, unknownMethod()
		}
		c.kinds = []string{"create"}
		return s.create(c)
	}
	b := s.books[c.id]
	if b == nil && s.opts.Adopt && c.method == http.MethodGet && c.rest == "" && looksLikeFile(c.id) {
		b = s.newBook(c.id)
		if _, err := b.addTab(firstTab()); err != nil {
			return nil, err
		}
		s.books[c.id] = b
	}
	if b == nil {
		return nil, notFound()
	}
	rest, isValues := strings.CutPrefix(c.rest, "/values")
	switch {
	case c.method == http.MethodGet && c.rest == "":
		c.kinds = []string{"get"}
		return s.get(c, b)
	case c.method == http.MethodPost && c.rest == ":getByDataFilter":
		c.kinds = []string{"getByDataFilter"}
		return s.getByDataFilter(c, b)
	case c.method == http.MethodPost && c.rest == ":batchUpdate":
		return s.batchUpdate(c, b)
	case isValues && strings.HasPrefix(rest, "/"):
		return s.valuesOne(c, b, rest[1:])
	case isValues:
		return s.valuesMany(c, b, strings.TrimSuffix(rest, "/"))
	case strings.HasPrefix(c.rest, "/developerMetadata"):
		return s.metadataCall(c, b, strings.TrimPrefix(c.rest, "/developerMetadata"))
	case strings.HasPrefix(c.rest, "/sheets/") && c.method == http.MethodPost:
		text, ok := strings.CutSuffix(strings.TrimPrefix(c.rest, "/sheets/"), ":copyTo")
		if id, err := strconv.Atoi(text); ok && err == nil {
			c.kinds = []string{"copyTo"}
			return s.copyTo(c, b, id)
		}
	}
	return nil, unknownMethod()
}

func unknownMethod() error {
	return &apiError{code: http.StatusNotFound, status: "NOT_FOUND", message: "Method not found."}
}

// valuesOne answers /values/RANGE and /values/RANGE:verb. A range may hold ":" itself, so a verb is known by name.
func (s *Server) valuesOne(c *call, b *book, escaped string) (object, error) {
	text, err := url.PathUnescape(strings.TrimSuffix(escaped, "/"))
	if err != nil {
		return nil, invalid("Unable to parse range: %s", escaped)
	}
	verb := ""
	for _, v := range []string{":append", ":clear"} {
		if cut, ok := strings.CutSuffix(text, v); ok && c.method == http.MethodPost {
			text, verb = cut, v
		}
	}
	switch {
	case c.method == http.MethodGet:
		c.kinds = []string{"values.get"}
		return s.valuesGet(c, b, text)
	case c.method == http.MethodPut:
		c.kinds = []string{"values.update"}
		return s.valuesUpdate(c, b, text)
	case verb == ":append":
		c.kinds = []string{"values.append"}
		return s.valuesAppend(c, b, text)
	case verb == ":clear":
		c.kinds = []string{"values.clear"}
		return s.valuesClear(c, b, text)
	}
	return nil, unknownMethod()
}

func (s *Server) valuesMany(c *call, b *book, verb string) (object, error) {
	c.kinds = []string{"values." + strings.TrimPrefix(verb, ":")}
	if c.method == http.MethodGet && verb == ":batchGet" {
		return s.valuesBatchGet(c, b, false)
	}
	if c.method == http.MethodPost {
		switch verb {
		case ":batchUpdate":
			return s.valuesBatchUpdate(c, b, false)
		case ":batchUpdateByDataFilter":
			return s.valuesBatchUpdate(c, b, true)
		case ":batchClear":
			return s.valuesBatchClear(c, b, false)
		case ":batchClearByDataFilter":
			return s.valuesBatchClear(c, b, true)
		case ":batchGetByDataFilter":
			return s.valuesBatchGet(c, b, true)
		}
	}
	return nil, unknownMethod()
}

// message checks the body against a message type; an absent body is an empty message.
func (s *Server) message(c *call, typ, path string) (object, error) {
	if c.body == nil {
		return object{}, nil
	}
	return s.sc.check(typ, c.body, path)
}

// commit puts a changed copy in the place of the original.
func (s *Server) commit(b *book) {
	b.revision++
	s.books[b.id] = b
}

func (s *Server) create(c *call) (object, error) {
	req, err := s.message(c, "Spreadsheet", "")
	if err != nil {
		return nil, err
	}
	b := s.newBook("1" + s.newID(43))
	for k, v := range sub(req, "properties") {
		b.props[k] = v
	}
	for i, sheet := range objects(list(req, "sheets")) {
		props := sub(sheet, "properties")
		if props == nil {
			props = object{"title": fmt.Sprintf("Sheet%d", i+1)}
		}
		t, err := b.addTab(props)
		if err != nil {
			return nil, invalid("Invalid sheets[%d]: %s", i, err)
		}
		for _, data := range objects(list(sheet, "data")) {
			at := area{num(data, "startRow"), -1, num(data, "startColumn"), -1}
			if err := t.putRows(list(data, "rowData"), at, mask{"*": {}}); err != nil {
				return nil, invalid("Invalid sheets[%d].data: %s", i, err)
			}
		}
	}
	if len(b.tabs) == 0 {
		if _, err := b.addTab(firstTab()); err != nil {
			return nil, err
		}
	}
	s.books[b.id] = b
	return b.json(view{}), nil
}

func (s *Server) newBook(id string) *book {
	return &book{id: id, sc: s.sc, srv: s, revision: 1, props: object{"title": "Untitled spreadsheet", "locale": "en_US",
		"autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT", "defaultFormat": defaultFormat()}}
}

// firstTab is the tab that a new spreadsheet has.
func firstTab() object { return object{"sheetId": 0.0, "title": "Sheet1"} }

// looksLikeFile tells whether an id has the shape of Google's file ids.
func looksLikeFile(id string) bool {
	if len(id) != 44 || id[0] != '1' {
		return false
	}
	for i := range len(id) {
		if !isWord(id[i]) && id[i] != '-' {
			return false
		}
	}
	return true
}

// fieldsOf resolves the partial-response mask of a Spreadsheet answer.
func (s *Server) fieldsOf(c *call) (mask, error) {
	if c.fields == nil {
		return nil, nil
	}
	m, bad := s.sc.resolve("Spreadsheet", c.fields, true)
	if bad != "" {
		return nil, fieldsFault(bad)
	}
	return m, nil
}

func (s *Server) get(c *call, b *book) (object, error) {
	fields, err := s.fieldsOf(c)
	if err != nil {
		return nil, err
	}
	v := view{fields: fields, grid: isTrue(c.query.Get("includeGridData"))}
	if fields != nil {
		v.grid = fields.has("sheets") && maskBelow(fields, "sheets").has("data")
	}
	for _, text := range c.query["ranges"] {
		sel, err := b.find(text)
		if err != nil {
			return nil, err
		}
		if sel.a, err = sel.inGrid(); err != nil {
			return nil, err
		}
		v.ranges = append(v.ranges, sel)
	}
	return b.json(v), nil
}

func (s *Server) getByDataFilter(c *call, b *book) (object, error) {
	req, err := s.message(c, "GetSpreadsheetByDataFilterRequest", "")
	if err != nil {
		return nil, err
	}
	fields, err := s.fieldsOf(c)
	if err != nil {
		return nil, err
	}
	v := view{fields: fields, grid: boolean(req, "includeGridData")}
	if fields != nil {
		v.grid = fields.has("sheets") && maskBelow(fields, "sheets").has("data")
	}
	for i, f := range objects(list(req, "dataFilters")) {
		sels, err := b.filtered(f)
		if err != nil {
			return nil, invalid("Invalid dataFilters[%d]: %s", i, reason(err))
		}
		v.ranges = append(v.ranges, sels...)
	}
	return b.json(v), nil
}

func isTrue(s string) bool { return strings.EqualFold(s, "true") || s == "1" }

// reason is an error's text without the status in front.
func reason(err error) string {
	if e, ok := err.(*apiError); ok {
		return e.message
	}
	return err.Error()
}

func (s *Server) copyTo(c *call, b *book, id int) (object, error) {
	req, err := s.message(c, "CopySheetToAnotherSpreadsheetRequest", "")
	if err != nil {
		return nil, err
	}
	source := b.tab(id)
	if source == nil {
		return nil, notFound()
	}
	target := s.books[str(req, "destinationSpreadsheetId")]
	if target == nil {
		return nil, notFound()
	}
	target = target.clone()
	t, err := target.copyTab(source, "Copy of "+source.title(), 0, len(target.tabs))
	if err != nil {
		return nil, err
	}
	s.commit(target)
	return s.sc.finish("SheetProperties", target.propsOf(t)), nil
}
