package gsheet_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

var update = flag.Bool("update", false, "write schema.json anew from the discovery document")

// discovery reads the document that ships with the official client.
func discovery(t *testing.T) object {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		t.Skip("the module google.golang.org/api is not at hand")
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "sheets", "v4", "sheets-api.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc object
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// kindOf writes a JSON schema of the discovery document in the short form of schema.json.
func kindOf(p object) string {
	if ref, ok := p["$ref"].(string); ok {
		return "@" + ref
	}
	switch p["type"] {
	case "array":
		return "[" + kindOf(p["items"].(object))
	case "object":
		if values, ok := p["additionalProperties"].(object); ok {
			return "{" + kindOf(values)
		}
		return "{any"
	case "boolean":
		return "bool"
	case "integer":
		return "int"
	case "number":
		return "num"
	case "string":
		if names, ok := p["enum"].([]any); ok {
			kind := "enum"
			for _, n := range names {
				kind += " " + n.(string)
			}
			return kind
		}
		if p["format"] == "google-fieldmask" {
			return "mask"
		}
		return "str"
	}
	return "any"
}

func TestTheSchemaIsThatOfTheDiscoveryDocument(t *testing.T) {
	want := map[string]map[string]string{}
	for name, s := range discovery(t)["schemas"].(object) {
		fields := map[string]string{}
		properties, _ := s.(object)["properties"].(object)
		for field, p := range properties {
			fields[field] = kindOf(p.(object))
		}
		want[name] = fields
	}
	if *update {
		var lines []string
		for name, fields := range want {
			lines = append(lines, mustJSON(name)+": "+mustJSON(fields))
		}
		sort.Strings(lines)
		if err := os.WriteFile("schema.json", []byte("{\n"+strings.Join(lines, ",\n")+"\n}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := map[string]map[string]string{}
	if err := json.Unmarshal(gsheet.SchemaJSON(), &got); err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("type %s differs from the discovery document: run go test -run Schema -update", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d types, the discovery document has %d", len(got), len(want))
	}
}

// valid checks an answer against the discovery document: every field known, every enum value listed.
func valid(t *testing.T, schemas object, kind string, v any, path string) {
	t.Helper()
	switch {
	case kind == "any" || v == nil:
	case kind[0] == '@':
		o, ok := v.(object)
		if !ok {
			t.Errorf("%s: %v is no message %s", path, v, kind[1:])
			return
		}
		properties, _ := schemas[kind[1:]].(object)["properties"].(object)
		for name, x := range o {
			p, known := properties[name].(object)
			if !known {
				t.Errorf("%s.%s is no field of %s", path, name, kind[1:])
				continue
			}
			valid(t, schemas, kindOf(p), x, path+"."+name)
		}
	case kind[0] == '[':
		items, ok := v.([]any)
		if !ok {
			t.Errorf("%s: %v is no list", path, v)
		}
		for _, x := range items {
			valid(t, schemas, kind[1:], x, path+"[]")
		}
	case kind[0] == '{':
		for k, x := range v.(object) {
			valid(t, schemas, kind[1:], x, path+"."+k)
		}
	case strings.HasPrefix(kind, "enum"):
		if s, _ := v.(string); !strings.Contains(kind+" ", " "+s+" ") {
			t.Errorf("%s: %v is none of %s", path, v, kind)
		}
	default:
		want := map[string]string{"str": "string", "mask": "string", "bool": "bool", "int": "float64", "num": "float64"}[kind]
		if got := reflect.TypeOf(v).String(); got != want {
			t.Errorf("%s: %v is %s, want %s", path, v, got, want)
		}
	}
}

func TestAnswersFitTheDiscoveryDocument(t *testing.T) {
	schemas := discovery(t)["schemas"].(object)
	c := newClient(t, gsheet.Options{})
	batch := func(requests string) {
		valid(t, schemas, "@BatchUpdateSpreadsheetResponse", c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", `{"requests":[`+requests+`]}`), "batch")
	}
	for _, r := range everyRequest() {
		batch(r)
	}
	valid(t, schemas, "@Spreadsheet", c.ok("GET", "/v4/spreadsheets/ID?includeGridData=true", ""), "get")
	valid(t, schemas, "@UpdateValuesResponse", c.ok("PUT", "/v4/spreadsheets/ID/values/One!A1?valueInputOption=RAW&includeValuesInResponse=true", `{"values":[[1]]}`), "update")
	valid(t, schemas, "@AppendValuesResponse", c.ok("POST", "/v4/spreadsheets/ID/values/One!A1:append?valueInputOption=RAW&includeValuesInResponse=true", `{"values":[[1]]}`), "append")
	valid(t, schemas, "@BatchUpdateValuesResponse", c.ok("POST", "/v4/spreadsheets/ID/values:batchUpdate", `{"valueInputOption":"RAW","includeValuesInResponse":true,"data":[{"range":"One!A1","values":[[1]]}]}`), "values:batchUpdate")
	valid(t, schemas, "@BatchUpdateValuesByDataFilterResponse", c.ok("POST", "/v4/spreadsheets/ID/values:batchUpdateByDataFilter", `{"valueInputOption":"RAW","data":[{"dataFilter":{"gridRange":{"sheetId":101}},"values":[[1]]}]}`), "filter")
	valid(t, schemas, "@BatchGetValuesByDataFilterResponse", c.ok("POST", "/v4/spreadsheets/ID/values:batchGetByDataFilter", `{"dataFilters":[{"gridRange":{"sheetId":101}}]}`), "batchGetByDataFilter")
	valid(t, schemas, "@SearchDeveloperMetadataResponse", c.ok("POST", "/v4/spreadsheets/ID/developerMetadata:search", `{"dataFilters":[{"developerMetadataLookup":{"visibility":"PROJECT"}}]}`), "search")
	valid(t, schemas, "@BatchClearValuesResponse", c.ok("POST", "/v4/spreadsheets/ID/values:batchClear", `{"ranges":["One!A1"]}`), "batchClear")
	valid(t, schemas, "@ClearValuesResponse", c.ok("POST", "/v4/spreadsheets/ID/values/One:clear", ``), "clear")
	valid(t, schemas, "@SheetProperties", c.ok("POST", "/v4/spreadsheets/ID/sheets/101:copyTo", `{"destinationSpreadsheetId":"`+c.id+`"}`), "copyTo")
}

// everyRequest exercises each kind of request once, in an order in which all of them succeed.
func everyRequest() []string {
	const r = `{"sheetId":101,"startRowIndex":1,"endRowIndex":5,"startColumnIndex":0,"endColumnIndex":3}`
	const red = `{"red":1}`
	chart := `{"title":"c","basicChart":{"chartType":"LINE","headerCount":1,"series":[{"series":{"sourceRange":{"sources":[` + r + `]}}}]}}`
	rule := `{"ranges":[` + r + `],"booleanRule":{"condition":{"type":"NOT_BLANK"},"format":{"backgroundColor":` + red + `}}}`
	return []string{
		`{"updateCells":{"range":` + r + `,"fields":"*","rows":[{"values":[{"userEnteredValue":{"numberValue":3},"note":"n"},{"userEnteredValue":{"formulaValue":"=1/0"}},{"userEnteredValue":{"boolValue":false}}]}]}}`,
		`{"repeatCell":{"range":` + r + `,"fields":"userEnteredFormat","cell":{"userEnteredFormat":{"backgroundColor":` + red + `,"numberFormat":{"type":"TEXT"}}}}}`,
		`{"appendCells":{"sheetId":101,"fields":"userEnteredValue","rows":[{"values":[{"userEnteredValue":{"stringValue":"x"}}]}]}}`,
		`{"appendDimension":{"sheetId":101,"dimension":"ROWS","length":5}}`, `{"insertRange":{"range":` + r + `,"shiftDimension":"ROWS"}}`,
		`{"deleteRange":{"range":` + r + `,"shiftDimension":"COLUMNS"}}`, `{"autoResizeDimensions":{"dimensions":{"sheetId":101,"dimension":"COLUMNS","startIndex":0,"endIndex":2}}}`,
		`{"updateDimensionProperties":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":0,"endIndex":1},"properties":{"pixelSize":40},"fields":"pixelSize"}}`,
		`{"setDataValidation":{"range":` + r + `,"filteredRowsIncluded":true,"rule":{"condition":{"type":"ONE_OF_LIST","values":[{"userEnteredValue":"a"}]},"strict":true}}}`,
		`{"updateBorders":{"range":` + r + `,"top":{"style":"SOLID","color":` + red + `},"innerHorizontal":{"style":"DOTTED"}}}`,
		`{"addConditionalFormatRule":{"rule":` + rule + `,"index":0}}`, `{"updateConditionalFormatRule":{"index":0,"rule":` + rule + `}}`,
		`{"addProtectedRange":{"protectedRange":{"protectedRangeId":5,"range":` + r + `,"warningOnly":true}}}`,
		`{"updateProtectedRange":{"protectedRange":{"protectedRangeId":5,"description":"d"},"fields":"description"}}`,
		`{"addFilterView":{"filter":{"filterViewId":6,"title":"f","range":` + r + `,"sortSpecs":[{"dimensionIndex":0,"sortOrder":"DESCENDING"}]}}}`,
		`{"updateFilterView":{"filter":{"filterViewId":6,"title":"g"},"fields":"title"}}`, `{"duplicateFilterView":{"filterId":6}}`,
		`{"setBasicFilter":{"filter":{"range":` + r + `}}}`, `{"clearBasicFilter":{"sheetId":101}}`,
		`{"sortRange":{"range":` + r + `,"sortSpecs":[{"dimensionIndex":0,"sortOrder":"ASCENDING"}]}}`, `{"findReplace":{"find":"x","replacement":"y","allSheets":true}}`,
		`{"addNamedRange":{"namedRange":{"namedRangeId":"n","name":"block","range":` + r + `}}}`, `{"updateNamedRange":{"namedRange":{"namedRangeId":"n","name":"block2"},"fields":"name"}}`,
		`{"createDeveloperMetadata":{"developerMetadata":{"metadataId":8,"metadataKey":"k","visibility":"PROJECT","location":{"dimensionRange":{"sheetId":101,"dimension":"ROWS","startIndex":2,"endIndex":3}}}}}`,
		`{"createDeveloperMetadata":{"developerMetadata":{"metadataKey":"k","visibility":"PROJECT","location":{"spreadsheet":true}}}}`,
		`{"updateDeveloperMetadata":{"dataFilters":[{"developerMetadataLookup":{"metadataId":8}}],"developerMetadata":{"metadataValue":"v"},"fields":"metadataValue"}}`,
		`{"addChart":{"chart":{"chartId":9,"spec":` + chart + `,"position":{"overlayPosition":{"anchorCell":{"sheetId":101,"rowIndex":4}}}}}}`, `{"updateChartSpec":{"chartId":9,"spec":` + chart + `}}`,
		`{"updateEmbeddedObjectPosition":{"objectId":9,"newPosition":{"overlayPosition":{"anchorCell":{"sheetId":101,"rowIndex":7}}},"fields":"anchorCell"}}`,
		`{"addBanding":{"bandedRange":{"bandedRangeId":4,"range":` + r + `,"rowProperties":{"firstBandColor":` + red + `}}}}`,
		`{"updateBanding":{"bandedRange":{"bandedRangeId":4,"rowProperties":{"secondBandColor":` + red + `}},"fields":"rowProperties.secondBandColor"}}`,
		`{"mergeCells":{"range":{"sheetId":102,"endRowIndex":2,"endColumnIndex":2},"mergeType":"MERGE_ROWS"}}`, `{"unmergeCells":{"range":{"sheetId":102}}}`,
		`{"addDimensionGroup":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":1,"endIndex":4}}}`, `{"updateDimensionGroup":{"dimensionGroup":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":1,"endIndex":4},"depth":1,"collapsed":true},"fields":"collapsed"}}`,
		`{"deleteDimensionGroup":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":1,"endIndex":4}}}`,
		`{"copyPaste":{"source":` + r + `,"destination":{"sheetId":102,"startRowIndex":0,"endRowIndex":8,"startColumnIndex":0,"endColumnIndex":3},"pasteType":"PASTE_VALUES"}}`,
		`{"cutPaste":{"source":` + r + `,"destination":{"sheetId":101,"rowIndex":8}}}`, `{"trimWhitespace":{"range":` + r + `}}`,
		`{"pasteData":{"coordinate":{"sheetId":102,"rowIndex":12},"data":"a;b,\"c,d\"\n1,2","type":"PASTE_NORMAL","delimiter":","}}`,
		`{"textToColumns":{"source":{"sheetId":102,"startRowIndex":12,"endRowIndex":13,"endColumnIndex":1},"delimiterType":"SEMICOLON"}}`,
		`{"deleteDuplicates":{"range":{"sheetId":102}}}`,
		`{"insertDimension":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":1,"endIndex":2},"inheritFromBefore":true}}`, `{"moveDimension":{"source":{"sheetId":101,"dimension":"COLUMNS","startIndex":0,"endIndex":1},"destinationIndex":3}}`,
		`{"duplicateSheet":{"sourceSheetId":101,"insertSheetIndex":1,"newSheetId":55,"newSheetName":"Copy"}}`, `{"updateSpreadsheetProperties":{"properties":{"timeZone":"Europe/Berlin"},"fields":"timeZone"}}`,
		`{"deleteBanding":{"bandedRangeId":4}}`, `{"deleteConditionalFormatRule":{"sheetId":101,"index":0}}`, `{"deleteFilterView":{"filterId":6}}`, `{"deleteProtectedRange":{"protectedRangeId":5}}`,
		`{"deleteNamedRange":{"namedRangeId":"n"}}`, `{"deleteDeveloperMetadata":{"dataFilter":{"developerMetadataLookup":{"metadataId":8}}}}`, `{"deleteEmbeddedObject":{"objectId":9}}`,
		`{"deleteDimension":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":1,"endIndex":2}}}`, `{"addSheet":{"properties":{"title":"t","tabColor":` + red + `}}}`, `{"deleteSheet":{"sheetId":55}}`,
	}
}
