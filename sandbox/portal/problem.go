package portal

import (
	"encoding/json"
	"fmt"
	"strings"
)

// problem is HubSpot's error envelope.
type problem struct {
	status      int
	category    string
	subCategory string
	message     string
	errors      []detail
	context     map[string][]string
	links       map[string]string
}

type detail struct {
	Message string              `json:"message"`
	Code    string              `json:"code,omitempty"`
	In      string              `json:"in,omitempty"`
	Context map[string][]string `json:"context,omitempty"`
}

func (p *problem) Error() string { return p.message }

func invalid(format string, args ...any) *problem {
	return &problem{status: 400, category: "VALIDATION_ERROR", message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *problem {
	return &problem{status: 404, category: "OBJECT_NOT_FOUND", message: fmt.Sprintf(format, args...)}
}

func (s *Server) body(p *problem) []byte {
	b, err := json.Marshal(struct {
		Status        string              `json:"status"`
		Message       string              `json:"message"`
		CorrelationID string              `json:"correlationId"`
		Category      string              `json:"category,omitempty"`
		SubCategory   string              `json:"subCategory,omitempty"`
		Errors        []detail            `json:"errors,omitempty"`
		Context       map[string][]string `json:"context,omitempty"`
		Links         map[string]string   `json:"links,omitempty"`
	}{"error", p.message, s.correlationID(), p.category, p.subCategory, p.errors, p.context, p.links})
	if err != nil {
		panic(err) // strings and maps of strings always marshal
	}
	return b
}

func (s *Server) correlationID() string {
	a, b := s.rand.Uint64(), s.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a>>32), uint16(a>>16), uint16(a)&0xfff, 0x8000|uint16(b>>48)&0x3fff, b&0xffffffffffff)
}

// rowError is an element of errors[] in a batch answer.
type rowError struct {
	Status   string              `json:"status"`
	Category string              `json:"category"`
	Message  string              `json:"message"`
	Context  map[string][]string `json:"context"`
	Links    map[string]string   `json:"links"`
	Errors   []detail            `json:"errors"`
}

func rowFault(p *problem, key string, values ...string) rowError {
	errs := p.errors
	if errs == nil {
		errs = []detail{}
	}
	return rowError{Status: "error", Category: p.category, Message: p.message,
		Context: map[string][]string{key: values}, Links: map[string]string{}, Errors: errs}
}

// valuesInvalid joins the faults of one record's properties as HubSpot does:
// a JSON list inside the message, and the same once more in errors.
func valuesInvalid(faults []detail) *problem {
	type row struct {
		IsValid bool   `json:"isValid"`
		Message string `json:"message"`
		Error   string `json:"error"`
		Name    string `json:"name"`
	}
	var rows []row
	for _, f := range faults {
		rows = append(rows, row{false, f.Message, f.Code, strings.Join(f.Context["propertyName"], ",")})
	}
	list, err := json.Marshal(rows)
	if err != nil {
		panic(err) // strings always marshal
	}
	p := invalid("Property values were not valid: %s", list)
	p.errors = faults
	return p
}
