package sheets_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// discovery is the part of Google's discovery document that says what a body may hold.
type discovery struct {
	Schemas map[string]*schema `json:"schemas"`
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Enum       []string           `json:"enum"`
	Items      *schema            `json:"items"`
	Properties map[string]*schema `json:"properties"`
	Additional *schema            `json:"additionalProperties"`
}

// document reads sheets-api.json of the module that the client was made from.
var document = sync.OnceValues(func() (*discovery, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "sheets", "v4", "sheets-api.json"))
	if err != nil {
		return nil, err
	}
	var d discovery
	return &d, json.Unmarshal(raw, &d)
})

// validRequest checks a request's body against the type that its path takes.
func validRequest(path string, body []byte) error {
	d, err := document()
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	for suffix, name := range map[string]string{
		"/values:batchGetByDataFilter":    "BatchGetValuesByDataFilterRequest",
		"/values:batchUpdateByDataFilter": "BatchUpdateValuesByDataFilterRequest",
		":batchUpdate":                    "BatchUpdateSpreadsheetRequest",
	} {
		if strings.HasSuffix(path, suffix) {
			return d.check(&schema{Ref: name}, value, name)
		}
	}
	return fmt.Errorf("%s is no path that this package should ask for", path)
}

func (d *discovery) check(s *schema, v any, at string) error {
	if s.Ref != "" {
		return d.check(d.Schemas[s.Ref], v, at)
	}
	switch x := v.(type) {
	case nil:
		if s.Type == "any" {
			return nil
		}
	case map[string]any:
		if s.Type != "object" {
			return fmt.Errorf("%s: an object instead of %s", at, s.Type)
		}
		for key, item := range x {
			field := s.Properties[key]
			if field == nil {
				field = s.Additional
			}
			if field == nil {
				return fmt.Errorf("%s: no field %q", at, key)
			}
			if err := d.check(field, item, at+"."+key); err != nil {
				return err
			}
		}
		return nil
	case []any:
		if s.Type != "array" {
			return fmt.Errorf("%s: an array instead of %s", at, s.Type)
		}
		for i, item := range x {
			if err := d.check(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case string:
		if s.Type == "any" || s.Type == "string" && len(s.Enum) == 0 {
			return nil
		}
		for _, e := range s.Enum {
			if e == x {
				return nil
			}
		}
	case float64:
		if s.Type == "any" || s.Type == "number" || s.Type == "integer" && x == float64(int64(x)) {
			return nil
		}
	case bool:
		if s.Type == "any" || s.Type == "boolean" {
			return nil
		}
	}
	return fmt.Errorf("%s: %v is no %s %v", at, v, s.Type, s.Enum)
}

func TestTheValidatorSeesMistakes(t *testing.T) {
	for body, bad := range map[string]bool{
		`{"requests":[{"addSheet":{"properties":{"sheetId":101}}}]}`:                                                               false,
		`{"requests":[{"addSheet":{"colour":1}}]}`:                                                                                 true,
		`{"requests":[{"setDataValidation":{"rule":{"condition":{"type":"ONE_OF_RANG"}}}}]}`:                                       true,
		`{"requests":[{"appendCells":{"rows":[{"values":[{"userEnteredValue":{"stringValue":1}}]}]}}]}`:                            true,
		`{"requests":[{"appendCells":{"rows":{"values":[]}}}]}`:                                                                    true,
		`{"requests":[{"setDataValidation":{"rule":{"condition":{"type":"ONE_OF_RANGE","values":[{"userEnteredValue":"=A"}]}}}}]}`: false,
	} {
		if err := validRequest("/v4/spreadsheets/x:batchUpdate", []byte(body)); (err != nil) != bad {
			t.Errorf("%s: %v", body, err)
		}
	}
}
