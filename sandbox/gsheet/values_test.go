package gsheet_test

import (
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

func TestValuesInEverySpelling(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("'Two''s tab'!A1", `[["a","b"],["","c"]]`)
	for _, path := range []string{
		"/v4/spreadsheets/ID/values/%27Two%27%27s%20tab%27%21A1%3AC3",
		"/v4/spreadsheets/ID/values/'Two''s%20tab'!A1:C3",
		"/v4/spreadsheets/ID/values/'Two''s%20tab'!A1:C3/",
		"/v4/spreadsheets/ID/values/'Two''s%20tab'!C3:A1",
		"/v4/spreadsheets/ID/values/Two's%20tab!$A$1:$C$3?alt=json&prettyPrint=false",
		"/v4/spreadsheets/ID/values/two's%20TAB!a1:c3?$.xgafv=2",
	} {
		got := c.ok("GET", path, "")
		c.same(got, `{"range":"'Two''s tab'!A1:C3","majorDimension":"ROWS","values":[["a","b"],["","c"]]}`)
	}
	c.ok("POST", "/v4/spreadsheets/ID/:batchUpdate", `{"requests":[{"trimWhitespace":{"range":{"sheetId":101}}}]}`)
	many := c.ok("GET", "/v4/spreadsheets/ID/values:batchGet?ranges=%27Two%27%27s+tab%27%21B%3AB&ranges=One", "")
	c.same(many["valueRanges"], `[{"range":"'Two''s tab'!B1:B20","majorDimension":"ROWS","values":[["b"],["c"]]},{"range":"One!A1:H20","majorDimension":"ROWS"}]`)
	c.same(c.ok("GET", "/v4/spreadsheets/ID/?fields=sheets(properties(sheetId,title))&includeGridData=false", ""),
		`{"sheets":[{"properties":{"sheetId":101,"title":"One"}},{"properties":{"sheetId":102,"title":"Two's tab"}}]}`)
}

func TestTypedAgainstRaw(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	values := `[["=1+1","12%","2020-01-01","TRUE","'42","2,000.5",null,"x"]]`
	c.put("One!A1", values)
	c.want("One!A1:H1", `[[2,0.12,43831,true,"42",2000.5,"","x"]]`)
	shown := c.ok("GET", "/v4/spreadsheets/ID/values/One!A1:H1", "")
	c.same(shown["values"], `[["2","12%","2020-01-01","TRUE","42","2,000.50","","x"]]`)
	c.ok("PUT", "/v4/spreadsheets/ID/values/One!A2?valueInputOption=RAW", `{"values":`+values+`}`)
	c.want("One!A2:H2", `[["=1+1","12%","2020-01-01","TRUE","'42","2,000.5","","x"]]`)
	c.same(c.ok("GET", "/v4/spreadsheets/ID/values/One!A1:A2?valueRenderOption=FORMULA", "")["values"], `[["=1+1"],["=1+1"]]`)
	c.put("One!H1", `[[""]]`) // "" empties
	c.want("One!H1", `null`)
}

func TestFormulas(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[[1],[2],[3]]`)
	for text, want := range map[string]string{
		"=SUM(A1:A)-6+0": `[[0]]`, "=-2^2": `[[-4]]`, "=10/4%": `[[250]]`, `="a"&A1`: `[["a1"]]`, "=1/0": `[["#DIV/0!"]]`, "=NOPE(1)": `[["#NAME?"]]`,
		"=Two!A1": `[["#REF!"]]`, "='Two''s tab'!A1+1": `[[1]]`, `=IF(A1>A2,"yes","no")`: `[["no"]]`, "=C1": `[["#REF!"]]`,
		`=COUNTIF(A1:A3,">1")`: `[[2]]`, `=AND(LEFT("ERROR: x",5)="ERROR",NOT(ISBLANK(A1)))`: `[[true]]`, `=REGEXMATCH("abc","^a.c$")`: `[[true]]`, "=(1": `[["#ERROR!"]]`,
	} {
		c.put("One!C1", `[["`+strings.ReplaceAll(text, `"`, `\"`)+`"]]`)
		got, err := c.srv.Values(c.id, "One!C1")
		if err != nil {
			t.Fatal(err)
		}
		t.Log(text)
		c.same(got, want)
	}
}

func TestWritesOutsideAreRefusedAndChangeNothing(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	put := "/v4/spreadsheets/ID/values/"
	for _, x := range []struct{ method, path, body, message string }{
		{"PUT", put + "Nope!A1?valueInputOption=RAW", `{"values":[[1]]}`, "Unable to parse range: Nope!A1"},
		{"PUT", put + "One!A1", `{"values":[[1]]}`, "'valueInputOption' is required but not specified"},
		{"PUT", put + "One!A1?valueInputOption=LOUD", `{"values":[[1]]}`, "Invalid value at 'value_input_option'"},
		{"PUT", put + "One!A21?valueInputOption=RAW", `{"values":[[1]]}`, "Range (One!A21) exceeds grid limits. Max rows: 20, max columns: 8"},
		{"PUT", put + "One!H20?valueInputOption=RAW", `{"values":[[1,2]]}`, "exceeds grid limits"},
		{"PUT", put + "One!A1:B2?valueInputOption=RAW", `{"values":[[1],[2],[3]]}`, "Requested writing within range ['One'!A1:B2], but tried writing to row [3]"},
		{"PUT", put + "One!A1:B2?valueInputOption=RAW", `{"values":[[1,2,3]]}`, "tried writing to column [C]"},
		{"PUT", put + "One!A1?valueInputOption=RAW", `{"values":"A1:D4"}`, `Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), "A1:D4"`},
		{"PUT", put + "One!A1?valueInputOption=RAW", `{"valuez":[[1]]}`, `Invalid JSON payload received. Unknown name "valuez" at 'data': Cannot find field.`},
		{"PUT", put + "One!A1?valueInputOption=RAW", `{"values":[[1],[{"a":1}]]}`, "struct_value"},
		{"PUT", put + "One!A1?valueInputOption=RAW", `{"values":`, "Invalid JSON payload received."},
		{"POST", put + "One!A1:append?valueInputOption=RAW&insertDataOption=NO", `{"values":[[1]]}`, "insert_data_option"},
		{"GET", put + "One!A1?valueRenderOption=NICE", ``, "value_render_option"},
		{"POST", "/v4/spreadsheets/ID/values:batchUpdate", `{"valueInputOption":"RAW","data":[{"range":"One!A1","values":[[1]]},{"range":"One!A99","values":[[2]]}]}`, "Invalid data[1]: Range (One!A99)"},
	} {
		if got := c.refused(x.method, x.path, x.body, 400); !strings.Contains(got, x.message) {
			t.Errorf("%s %s: %q does not say %q", x.method, x.path, got, x.message)
		}
		c.want("One!A1:H20", `null`)
	}
	c.refused("GET", "/v4/spreadsheets/unknown", "", 404)
	c.refused("POST", "/v4/spreadsheets/ID:frobnicate", "", 404)
}

func TestAppendFindsTheTable(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["h","i"],["1","2"]]`)
	c.put("One!D1", `[["other"]]`)
	post := func(path, values string) object {
		return c.ok("POST", "/v4/spreadsheets/ID/values/"+path, `{"values":`+values+`}`)
	}
	got := post("One!A1:B:append?valueInputOption=RAW", `[["3","4"]]`)
	if got["tableRange"] != "One!A1:B2" || got["updates"].(object)["updatedRange"] != "One!A3:B3" {
		t.Fatal(got)
	}
	got = post("One!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS", `[["5","6"]]`)
	if got["updates"].(object)["updatedRange"] != "One!A4:B4" {
		t.Fatal(got)
	}
	c.same(c.look("sheets.properties.gridProperties.rowCount")["sheets"].([]any)[0], `{"properties":{"gridProperties":{"rowCount":21}}}`)
}

func TestDataFilters(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["id","role"],["1","x"],["2","y"]]`)
	c.batch(`{"createDeveloperMetadata":{"developerMetadata":{"metadataKey":"col","metadataValue":"Role","visibility":"PROJECT","metadataId":7,
		"location":{"dimensionRange":{"sheetId":101,"dimension":"COLUMNS","startIndex":1,"endIndex":2}}}}}`)
	got := c.ok("POST", "/v4/spreadsheets/ID/values:batchGetByDataFilter", `{"valueRenderOption":"UNFORMATTED_VALUE","dataFilters":[
		{"gridRange":{"sheetId":101,"endColumnIndex":1}},{"developerMetadataLookup":{"metadataKey":"col","metadataValue":"Role"}},{"a1Range":"One!A2:B2"},
		{"developerMetadataLookup":{"metadataKey":"none"}}]}`)
	c.same(got["valueRanges"], `[
		{"valueRange":{"range":"One!A1:A20","majorDimension":"ROWS","values":[["id"],[1],[2]]},"dataFilters":[{"gridRange":{"sheetId":101,"endColumnIndex":1}}]},
		{"valueRange":{"range":"One!B1:B20","majorDimension":"ROWS","values":[["role"],["x"],["y"]]},"dataFilters":[{"developerMetadataLookup":{"metadataKey":"col","metadataValue":"Role"}}]},
		{"valueRange":{"range":"One!A2:B2","majorDimension":"ROWS","values":[[1,"x"]]},"dataFilters":[{"a1Range":"One!A2:B2"}]}]`)
	c.ok("POST", "/v4/spreadsheets/ID/values:batchUpdateByDataFilter", `{"valueInputOption":"RAW","data":[{"dataFilter":{"developerMetadataLookup":{"metadataId":7}},"majorDimension":"COLUMNS","values":[[null,"p","q"]]}]}`)
	c.want("One!A1:B", `[["id","role"],[1,"p"],[2,"q"]]`)
	c.ok("POST", "/v4/spreadsheets/ID/values:batchClearByDataFilter", `{"dataFilters":[{"gridRange":{"sheetId":101,"startRowIndex":2}}]}`)
	c.want("One!A1:B", `[["id","role"],[1,"p"]]`)
	by := c.ok("POST", "/v4/spreadsheets/ID:getByDataFilter", `{"dataFilters":[{"gridRange":{"sheetId":102}}]}`)
	if sheets := by["sheets"].([]any); len(sheets) != 1 || sheets[0].(object)["properties"].(object)["title"] != "Two's tab" {
		t.Fatal(by)
	}
	for _, bad := range []string{`{"gridRange":{"sheetId":5}}`, `{}`, `{"a1Range":"Nope!A1"}`, `{"a1Range":"One!A1","gridRange":{}}`} {
		c.refused("POST", "/v4/spreadsheets/ID/values:batchGetByDataFilter", `{"dataFilters":[`+bad+`]}`, 400)
	}
}
