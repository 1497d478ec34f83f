package portal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

type batchBody struct {
	Inputs     []input  `json:"inputs"`
	Properties []string `json:"properties"`
	History    []string `json:"propertiesWithHistory"`
	IDProperty string   `json:"idProperty"`
}

func (c *call) batch(most func(batchBody) int) (batchBody, *problem) {
	var in batchBody
	if p := c.decode(&in); p != nil {
		return in, p
	}
	if in.Inputs == nil {
		return in, invalid("Invalid input JSON: inputs is required")
	}
	if n := most(in); len(in.Inputs) > n {
		if n == batchHistory {
			return in, invalid("The maximum number of inputs supported in a batch request for property histories is 50. Please reduce the number of items and try again")
		}
		return in, invalid("The maximum number of inputs supported in a batch request is %d. Please reduce the number of items and try again", n)
	}
	return in, nil
}

func always(n int) func(batchBody) int { return func(batchBody) int { return n } }

// partly is a batch answer that grows: results already written as JSON, and errors.
type partly struct {
	started int64
	n       int
	results []byte
	errors  []rowError
}

func (a *partly) add(row func([]byte) []byte) {
	if a.n > 0 {
		a.results = append(a.results, ',')
	}
	a.results = row(a.results)
	a.n++
}

// finish writes the body. Versions differ in the status of an answer with errors:
// 207 up to 2026-03; from 2026-09 on it is the status of success.
func (a *partly) finish(s *Server, c *call, ok int) *problem {
	c.status = ok
	if len(a.errors) > 0 && c.version != "2026-09" {
		c.status = 207
	}
	b := append(c.out, `{"status":"COMPLETE","results":[`...)
	b = append(b, a.results...)
	b = append(b, ']')
	if len(a.errors) > 0 {
		errs, err := json.Marshal(a.errors)
		if err != nil {
			return &problem{status: 500, category: "INTERNAL_ERROR", message: err.Error()}
		}
		b = append(b, fmt.Sprintf(`,"numErrors":%d,"errors":%s`, len(a.errors), errs)...)
	}
	c.out = append(b, fmt.Sprintf(`,"startedAt":"%s","completedAt":"%s"}`, iso(a.started), iso(s.nowMS()))...)
	return nil
}

// batchRead answers in the order of the ids, not of the inputs; merged ids answer
// as their survivor; what is not there is named once, in errors.
func (s *Server) batchRead(c *call) *problem {
	in, p := c.batch(func(b batchBody) int {
		if len(b.History) > 0 {
			return batchHistory
		}
		return batchMost
	})
	if p != nil {
		return p
	}
	want, p := c.flag("archived")
	if p != nil {
		return p
	}
	var found []int32
	var missing []string
	for _, row := range in.Inputs {
		i, p := s.target(row.ID, in.IDProperty)
		switch {
		case p != nil && p.status == 400:
			return p
		case p != nil || (s.contacts[i].state == archived) != want:
			missing = append(missing, row.ID)
		default:
			found = append(found, i)
		}
	}
	slices.Sort(found)
	a := partly{started: s.nowMS()}
	v := s.choose(in.Properties, in.History)
	for _, i := range slices.Compact(found) {
		a.add(func(b []byte) []byte { return s.appendContact(b, i, v, "") })
	}
	if len(missing) > 0 {
		a.errors = append(a.errors, rowFault(notFound("Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid."), "ids", missing...))
	}
	return a.finish(s, c, 200)
}

// row is one checked input of a batch.
type row struct {
	in     input
	idx    int32 // -1 for a contact to be created
	values map[propID]string
	fault  *problem
}

// settleRows applies the rule for bad rows of a batch write:
//
//	a contact that is not there      an entry in errors, by its id
//	bad values, row has a trace id   an entry in errors, by its objectWriteTraceId
//	bad values, row has none         the whole batch is refused, for the first such row
func settleRows(rows []row) ([]rowError, *problem) {
	var errs []rowError
	for _, r := range rows {
		switch {
		case r.fault == nil:
		case r.in.Trace != "":
			errs = append(errs, rowFault(r.fault, "objectWriteTraceId", r.in.Trace))
		case r.fault.status == 404:
			errs = append(errs, rowFault(r.fault, "ids", r.in.ID))
		default:
			return nil, r.fault
		}
	}
	return errs, nil
}

func duplicates(inputs []input) *problem {
	seen := map[string]bool{}
	for _, in := range inputs {
		if seen[in.ID] {
			return invalid("Duplicate IDs found in batch input: [%s]. IDs must be unique", in.ID)
		}
		seen[in.ID] = true
	}
	return nil
}

// distinctBatch reads a batch that must not name a record twice.
func (c *call) distinctBatch() (batchBody, *problem) {
	in, p := c.batch(always(batchMost))
	if p == nil {
		p = duplicates(in.Inputs)
	}
	return in, p
}

// batchUpdate refuses the whole batch for a duplicate id, an unusable id
// property, or a bad row without a trace id; before anything is written.
func (s *Server) batchUpdate(c *call) *problem {
	in, p := c.distinctBatch()
	if p != nil {
		return p
	}
	rows := make([]row, len(in.Inputs))
	for n, one := range in.Inputs {
		rows[n].in = one
		if one.IDProperty != "" && one.IDProperty != "email" {
			return invalid("Unable to perform update/upsert by non-unique property: %s", one.IDProperty)
		}
		if one.ID == "" || one.Properties == nil {
			return invalid("Invalid input JSON: input %d needs id and properties", n)
		}
		i, p := s.target(one.ID, one.IDProperty)
		if p != nil || s.contacts[i].state != live {
			rows[n].fault = notFound("Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.")
			continue
		}
		rows[n].idx = i
		rows[n].values, rows[n].fault = s.checkUpdate(i, one)
	}
	return s.writeRows(c, rows, 200, false)
}

func (s *Server) batchCreate(c *call) *problem {
	in, p := c.batch(always(batchMost))
	if p != nil {
		return p
	}
	rows := make([]row, len(in.Inputs))
	seen := map[string]bool{}
	for n, one := range in.Inputs {
		rows[n] = row{in: one, idx: -1}
		rows[n].values, rows[n].fault = s.readValues(one.Properties)
		if rows[n].fault == nil {
			rows[n].fault = s.emailFree(rows[n].values, -1)
		}
		e := rows[n].values[s.emailProp]
		if e != "" && seen[e] && rows[n].fault == nil {
			rows[n].fault = &problem{status: 409, category: "CONFLICT", message: "Contact already exists. Duplicate email in the batch: " + e}
		}
		seen[e] = true
	}
	return s.writeRows(c, rows, 201, false)
}

func (s *Server) batchUpsert(c *call) *problem {
	in, p := c.distinctBatch()
	if p != nil {
		return p
	}
	rows := make([]row, len(in.Inputs))
	for n, one := range in.Inputs {
		rows[n] = row{in: one, idx: -1}
		if one.IDProperty != "email" {
			return invalid("Unable to perform update/upsert by non-unique property: %q; batch upsert needs idProperty", one.IDProperty)
		}
		if i, p := s.target(one.ID, "email"); p == nil && s.contacts[i].state == live {
			rows[n].idx = i
			rows[n].values, rows[n].fault = s.checkUpdate(i, one)
			continue
		}
		if one.Properties == nil {
			rows[n].in.Properties = map[string]json.RawMessage{}
		}
		quoted := appendString(nil, one.ID)
		rows[n].in.Properties["email"] = quoted
		rows[n].values, rows[n].fault = s.readValues(rows[n].in.Properties)
	}
	return s.writeRows(c, rows, 200, true)
}

func (s *Server) writeRows(c *call, rows []row, ok int, upsert bool) *problem {
	errs, p := settleRows(rows)
	if p != nil {
		return p
	}
	a := partly{started: s.nowMS(), errors: errs}
	for _, r := range rows {
		if r.fault != nil {
			continue
		}
		isNew := r.idx < 0
		if isNew {
			r.idx = s.createFrom(c, r.values, r.in.Trace)
		} else {
			s.update(c, r.idx, r.values, r.in.Trace)
		}
		v := s.choose(names(s, r.values), nil)
		a.add(func(b []byte) []byte {
			b = s.appendContact(b, r.idx, v, r.in.Trace)
			if upsert {
				b = append(b[:len(b)-1], `,"new":`...)
				b = append(strconv.AppendBool(b, isNew), '}')
			}
			return b
		})
	}
	return a.finish(s, c, ok)
}

func (s *Server) batchArchive(c *call) *problem {
	in, p := c.batch(always(batchMost))
	if p != nil {
		return p
	}
	for _, one := range in.Inputs {
		if i, p := s.target(one.ID, in.IDProperty); p == nil {
			s.archive(i)
		}
	}
	c.status = 204
	return nil
}
