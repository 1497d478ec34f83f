package gsheet_test

import (
	"fmt"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

func TestABatchIsAppliedWholeOrNotAtAll(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["keep","b"],["2","d"]]`)
	before := fmt.Sprint(c.ok("GET", "/v4/spreadsheets/ID?includeGridData=true", ""))
	good := `{"updateCells":{"start":{"sheetId":101},"rows":[{"values":[{"userEnteredValue":{"stringValue":"changed"}}]}],"fields":"userEnteredValue"}},
		{"insertDimension":{"range":{"sheetId":101,"dimension":"ROWS","startIndex":0,"endIndex":3}}},{"addSheet":{"properties":{"title":"New"}}},
		{"updateSheetProperties":{"properties":{"sheetId":102,"title":"Renamed"},"fields":"title"}},
		{"repeatCell":{"range":{"sheetId":101},"cell":{"note":"n"},"fields":"note"}},{"deleteSheet":{"sheetId":102}},`
	for bad, message := range map[string]string{
		`{"deleteSheet":{"sheetId":999}}`:                                                                                             "Invalid requests[6].deleteSheet: No grid with id: 999",
		`{"addSheet":{"properties":{"title":"one"}}}`:                                                                                 `A sheet with the name "one" already exists. Please enter another name.`,
		`{"addSheet":{"properties":{"title":"x","sheetId":101}}}`:                                                                     "already exists",
		`{"updateCells":{"rows":[],"fields":"","start":{}}}`:                                                                          "At least one field must be listed in 'fields'",
		`{"repeatCell":{"range":{"sheetId":101},"cell":{},"fields":"colour"}}`:                                                        "Invalid field: colour",
		`{"repeatCell":{"range":{"sheetId":101,"endRowIndex":99},"fields":"*"}}`:                                                      "exceeds grid limits",
		`{"mergeCells":{"range":{"sheetId":101},"mergeType":"MERGE_SOME"}}`:                                                           "Invalid value at 'requests[6].merge_cells.merge_type'",
		`{"addSheet":{"properties":{"colour":1}}}`:                                                                                    `Unknown name "colour" at 'requests[6].add_sheet.properties'`,
		`{"deleteDimension":{"range":{"sheetId":101,"dimension":"COLUMNS"}}}`:                                                         "You can't delete all the columns on the sheet.",
		`{"deleteNamedRange":{"namedRangeId":"7"}}`:                                                                                   "No named range with id: 7",
		`{"sortRange":{"range":{"sheetId":101},"sortSpecs":[]}}`:                                                                      "at least one sort spec",
		`{"setDataValidation":{"range":{"sheetId":101},"rule":{"condition":{}}}}`:                                                     "condition.type",
		`{"addConditionalFormatRule":{"rule":{"ranges":[{"sheetId":101}]}}}`:                                                          "booleanRule",
		`{"updateSheetProperties":{"properties":{"sheetId":101,"gridProperties":{"rowCount":0}},"fields":"gridProperties.rowCount"}}`: "at least one row",
		`{}`: "exactly one kind",
		`{"createDeveloperMetadata":{"developerMetadata":{"metadataKey":"k","visibility":"PROJECT","location":{}}}}`: "location",
	} {
		got := c.refused("POST", "/v4/spreadsheets/ID:batchUpdate", `{"requests":[`+good+bad+`]}`, 400)
		if !strings.Contains(got, message) {
			t.Errorf("%s: %q does not say %q", bad, got, message)
		}
		if after := fmt.Sprint(c.ok("GET", "/v4/spreadsheets/ID?includeGridData=true", "")); after != before {
			t.Fatalf("%s: the refused batch left traces", bad)
		}
	}
	if replies := c.batch(strings.TrimSuffix(strings.TrimSpace(good), ","))["replies"].([]any); len(replies) != 6 {
		t.Fatalf("%d replies for 6 requests", len(replies))
	}
	c.want("One!A4:B5", `[["changed","b"],[2,"d"]]`)
}

func TestSortMovesTheRangeAndNothingElse(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["id","n","note"],["a",3,"left"],["b",1,"left"],["c",null,"left"],["d",2,"left"],["e","text","left"]]`)
	c.batch(`{"updateCells":{"start":{"sheetId":101,"rowIndex":1},"rows":[{"values":[{"note":"of a","userEnteredFormat":{"textFormat":{"bold":true}},
		"dataValidation":{"condition":{"type":"BOOLEAN"}}}]}],"fields":"note,userEnteredFormat,dataValidation"}}`)
	c.batch(`{"sortRange":{"range":{"sheetId":101,"startRowIndex":1,"startColumnIndex":0,"endColumnIndex":2},"sortSpecs":[{"dimensionIndex":1,"sortOrder":"ASCENDING"}]}}`)
	c.want("One!A2:C6", `[["b",1,"left"],["d",2,"left"],["a",3,"left"],["e","text","left"],["c","","left"]]`)
	c.batch(`{"sortRange":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":6,"endColumnIndex":2},"sortSpecs":[{"dimensionIndex":1,"sortOrder":"DESCENDING"}]}}`)
	c.want("One!A2:C6", `[["e","text","left"],["a",3,"left"],["d",2,"left"],["b",1,"left"],["c","","left"]]`)
	got := c.ok("GET", "/v4/spreadsheets/ID?ranges=One!A3&fields=sheets.data.rowData.values(note,dataValidation,userEnteredFormat)", "")
	c.same(got, `{"sheets":[{"data":[{"rowData":[{"values":[{"note":"of a","userEnteredFormat":{"textFormat":{"bold":true}},"dataValidation":{"condition":{"type":"BOOLEAN"}}}]}]}]}]}`)
}

func TestWhatLiesOnRangesFollowsInsertsDeletesAndMoves(t *testing.T) {
	setup := `{"createDeveloperMetadata":{"developerMetadata":{"metadataKey":"row","metadataId":1,"visibility":"DOCUMENT","location":{"dimensionRange":{"sheetId":101,"dimension":"ROWS","startIndex":4,"endIndex":5}}}}},
		{"createDeveloperMetadata":{"developerMetadata":{"metadataKey":"col","metadataId":2,"visibility":"DOCUMENT","location":{"dimensionRange":{"sheetId":101,"dimension":"COLUMNS","startIndex":2,"endIndex":3}}}}},
		{"addNamedRange":{"namedRange":{"name":"block","namedRangeId":"n","range":{"sheetId":101,"startRowIndex":4,"endRowIndex":6,"startColumnIndex":2,"endColumnIndex":4}}}},
		{"addProtectedRange":{"protectedRange":{"protectedRangeId":3,"warningOnly":true,"range":{"sheetId":101,"startColumnIndex":2,"endColumnIndex":3}}}},
		{"mergeCells":{"range":{"sheetId":101,"startRowIndex":4,"endRowIndex":6,"startColumnIndex":2,"endColumnIndex":4}}},
		{"addConditionalFormatRule":{"rule":{"ranges":[{"sheetId":101,"startRowIndex":4,"endRowIndex":6}],"booleanRule":{"condition":{"type":"CUSTOM_FORMULA","values":[{"userEnteredValue":"=$C5=\"x\""}]},"format":{}}}}},
		{"addFilterView":{"filter":{"filterViewId":9,"title":"f","range":{"sheetId":101,"startRowIndex":4,"endRowIndex":10,"endColumnIndex":4},"criteria":{"2":{"condition":{"type":"NOT_BLANK"}}}}}},
		{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":4,"endRowIndex":5,"startColumnIndex":2,"endColumnIndex":3},"rule":{"condition":{"type":"ONE_OF_RANGE","values":[{"userEnteredValue":"=One!$C$5:$C"}]}}}},
		{"updateCells":{"start":{"sheetId":102},"rows":[{"values":[{"userEnteredValue":{"formulaValue":"=SUM(One!C5:D6)+One!$C$5"}}]}],"fields":"userEnteredValue"}}`
	dim := func(kind, dimension string, from, to int, more string) string {
		name := "range"
		if kind == "moveDimension" {
			name = "source"
		}
		return fmt.Sprintf(`{"%s":{"%s":{"sheetId":101,"dimension":"%s","startIndex":%d,"endIndex":%d}%s}}`, kind, name, dimension, from, to, more)
	}
	for _, x := range []struct {
		name, request                 string
		row, col, r0, r1, c0, c1      int
		formula, rule, choices, where string
	}{
		{"insert rows before", dim("insertDimension", "ROWS", 1, 3, ""), 6, 2, 6, 8, 2, 4, "=SUM(One!C7:D8)+One!$C$7", `=$C7="x"`, "=One!$C$7:$C", "C7"},
		{"insert rows right before", dim("insertDimension", "ROWS", 4, 5, ""), 5, 2, 5, 7, 2, 4, "=SUM(One!C6:D7)+One!$C$6", `=$C6="x"`, "=One!$C$6:$C", "C6"},
		{"insert rows right after", dim("insertDimension", "ROWS", 6, 7, ""), 4, 2, 4, 6, 2, 4, "=SUM(One!C5:D6)+One!$C$5", `=$C5="x"`, "=One!$C$5:$C", "C5"},
		{"insert rows inside", dim("insertDimension", "ROWS", 5, 6, ""), 4, 2, 4, 7, 2, 4, "=SUM(One!C5:D7)+One!$C$5", `=$C5="x"`, "=One!$C$5:$C", "C5"},
		{"delete rows before", dim("deleteDimension", "ROWS", 0, 2, ""), 2, 2, 2, 4, 2, 4, "=SUM(One!C3:D4)+One!$C$3", `=$C3="x"`, "=One!$C$3:$C", "C3"},
		{"insert columns before", dim("insertDimension", "COLUMNS", 0, 1, ""), 4, 3, 4, 6, 3, 5, "=SUM(One!D5:E6)+One!$D$5", `=$D5="x"`, "=One!$D$5:$D", "D5"},
		{"insert columns after", dim("insertDimension", "COLUMNS", 6, 7, ""), 4, 2, 4, 6, 2, 4, "=SUM(One!C5:D6)+One!$C$5", `=$C5="x"`, "=One!$C$5:$C", "C5"},
		{"move both columns right", dim("moveDimension", "COLUMNS", 2, 4, `,"destinationIndex":6`), 4, 4, 4, 6, 4, 6, "=SUM(One!E5:F6)+One!$E$5", `=$E5="x"`, "=One!$E$5:$E", "E5"},
		{"move a column across", dim("moveDimension", "COLUMNS", 0, 1, `,"destinationIndex":6`), 4, 1, 4, 6, 1, 3, "=SUM(One!B5:C6)+One!$B$5", `=$B5="x"`, "=One!$B$5:$B", "B5"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newClient(t, gsheet.Options{})
			c.batch(setup)
			c.batch(x.request)
			for id, want := range map[int]int{1: x.row, 2: x.col} {
				m := c.ok("GET", fmt.Sprintf("/v4/spreadsheets/ID/developerMetadata/%d", id), "")
				if got := int(m["location"].(object)["dimensionRange"].(object)["startIndex"].(float64)); got != want {
					t.Errorf("metadata %d lies at %d, want %d", id, got, want)
				}
			}
			grid := fmt.Sprintf(`{"sheetId":101,"startRowIndex":%d,"endRowIndex":%d,"startColumnIndex":%d,"endColumnIndex":%d}`, x.r0, x.r1, x.c0, x.c1)
			all := c.look("namedRanges,sheets(merges,protectedRanges,conditionalFormats,filterViews)")
			c.same(all["namedRanges"].([]any)[0].(object)["range"], grid)
			one := all["sheets"].([]any)[0].(object)
			c.same(one["merges"], "["+grid+"]")
			c.same(one["protectedRanges"].([]any)[0].(object)["range"], fmt.Sprintf(`{"sheetId":101,"startColumnIndex":%d,"endColumnIndex":%d}`, x.c0, x.c0+1))
			condition := one["conditionalFormats"].([]any)[0].(object)["booleanRule"].(object)["condition"].(object)
			c.same(condition["values"], fmt.Sprintf(`[{"userEnteredValue":%q}]`, x.rule))
			c.same(one["filterViews"].([]any)[0].(object)["criteria"], fmt.Sprintf(`{"%d":{"condition":{"type":"NOT_BLANK"}}}`, x.col))
			c.same(c.ok("GET", "/v4/spreadsheets/ID/values/Two's%20tab!A1?valueRenderOption=FORMULA", "")["values"], fmt.Sprintf(`[[%q]]`, x.formula))
			got := c.ok("GET", "/v4/spreadsheets/ID?ranges=One!"+x.where+"&fields=sheets.data.rowData.values.dataValidation", "")
			c.same(got, fmt.Sprintf(`{"sheets":[{"data":[{"rowData":[{"values":[{"dataValidation":{"condition":{"type":"ONE_OF_RANGE","values":[{"userEnteredValue":%q}]}}}]}]}]}]}`, x.choices))
		})
	}
	t.Run("delete the column itself", func(t *testing.T) {
		c := newClient(t, gsheet.Options{})
		c.batch(setup)
		c.batch(dim("deleteDimension", "COLUMNS", 2, 3, ""))
		c.refused("GET", "/v4/spreadsheets/ID/developerMetadata/2", "", 404)
		c.ok("GET", "/v4/spreadsheets/ID/developerMetadata/1", "")
		c.same(c.ok("GET", "/v4/spreadsheets/ID/values/Two's%20tab!A1?valueRenderOption=FORMULA", "")["values"], `[["=SUM(One!C5:C6)+#REF!"]]`)
		if got := c.look("sheets.protectedRanges"); len(got["sheets"].([]any)[0].(object)) != 0 {
			t.Fatal(got)
		}
	})
	t.Run("rename the tab", func(t *testing.T) {
		c := newClient(t, gsheet.Options{})
		c.batch(setup)
		c.batch(`{"updateSheetProperties":{"properties":{"sheetId":101,"title":"My roles"},"fields":"title"}}`)
		c.same(c.ok("GET", "/v4/spreadsheets/ID/values/Two's%20tab!A1?valueRenderOption=FORMULA", "")["values"], `[["=SUM('My roles'!C5:D6)+'My roles'!$C$5"]]`)
	})
}

func TestTheStateAfterABatchInItsAnswer(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	got := c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", `{"requests":[{"updateCells":{"start":{"sheetId":101},"rows":[{"values":[{"userEnteredValue":{"stringValue":"=x"}},{"userEnteredValue":{"numberValue":0}}]}],"fields":"userEnteredValue"}}],
		"includeSpreadsheetInResponse":true,"responseRanges":["One!A1:B1"],"responseIncludeGridData":true}`)
	data := got["updatedSpreadsheet"].(object)["sheets"].([]any)[0].(object)["data"].([]any)[0].(object)
	first := data["rowData"].([]any)[0].(object)["values"].([]any)
	if first[0].(object)["formattedValue"] != "=x" || first[1].(object)["formattedValue"] != "0" {
		t.Fatal(first)
	}
	c.same(first[1].(object)["userEnteredValue"], `{"numberValue":0}`)
}

func TestFindReplaceIsCompareAndSet(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!B2", `[["REQUESTED"]]`)
	swap := `{"findReplace":{"find":"REQUESTED","replacement":"RUNNING","matchEntireCell":true,"matchCase":true,"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":2,"startColumnIndex":1,"endColumnIndex":2}}}`
	c.same(c.batch(swap)["replies"], `[{"findReplace":{"valuesChanged":1,"rowsChanged":1,"sheetsChanged":1,"occurrencesChanged":1}}]`)
	c.same(c.batch(swap)["replies"], `[{"findReplace":{}}]`)
	c.want("One!B2", `[["RUNNING"]]`)
}

func TestFieldMasksTouchOnlyWhatTheyName(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	cell := func(data, fields string) {
		c.batch(`{"updateCells":{"range":{"sheetId":101,"endRowIndex":1,"endColumnIndex":1},"rows":[{"values":[` + data + `]}],"fields":"` + fields + `"}}`)
	}
	cell(`{"userEnteredValue":{"stringValue":"v"},"note":"n","userEnteredFormat":{"backgroundColor":{"red":1},"textFormat":{"bold":true,"fontSize":12},"wrapStrategy":"WRAP"}}`, "*")
	cell(`{"userEnteredFormat":{"textFormat":{"bold":false}}}`, "userEnteredFormat.textFormat.bold,note")
	cell(`{"userEnteredFormat":{"backgroundColorStyle":{"rgbColor":{"green":0.5}}}}`, "userEnteredFormat(backgroundColorStyle)")
	got := c.ok("GET", "/v4/spreadsheets/ID?ranges=One!A1&fields=sheets.data.rowData.values(userEnteredValue,note,userEnteredFormat)", "")
	c.same(got, `{"sheets":[{"data":[{"rowData":[{"values":[{"userEnteredValue":{"stringValue":"v"},"userEnteredFormat":{"backgroundColor":{"green":0.49803922},
		"backgroundColorStyle":{"rgbColor":{"green":0.49803922}},"textFormat":{"bold":false,"fontSize":12},"wrapStrategy":"WRAP"}}]}]}]}]}`)
}

func TestMergesAreMergedAndUnmergedWhole(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["a","b"],["c","d"]]`)
	merge := func(kind string, r1, c1 int) string {
		return fmt.Sprintf(`{"requests":[{"%s":{"range":{"sheetId":101,"startRowIndex":0,"endRowIndex":%d,"startColumnIndex":0,"endColumnIndex":%d}}}]}`, kind, r1, c1)
	}
	c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", merge("mergeCells", 2, 2))
	c.want("One!A1:B2", `[["a"]]`)
	c.put("One!B2", `[["covered"]]`)
	c.want("One!A1:B2", `[["a"]]`)
	for _, kind := range []string{"mergeCells", "unmergeCells"} {
		if got := c.refused("POST", "/v4/spreadsheets/ID:batchUpdate", merge(kind, 1, 2), 400); !strings.Contains(got, "select all cells in a merged range") {
			t.Error(got)
		}
	}
	c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", merge("mergeCells", 3, 3))
	c.same(c.look("sheets.merges")["sheets"].([]any)[0], `{"merges":[{"sheetId":101,"startRowIndex":0,"endRowIndex":3,"startColumnIndex":0,"endColumnIndex":3}]}`)
	c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", merge("unmergeCells", 5, 5))
	c.same(c.look("sheets.merges")["sheets"].([]any)[0], `{}`)
}

func TestABasicFiltersSortMovesRowsAndAFilterViewsDoesNot(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["z header"],["b"],["a"]]`)
	filter := func(kind string) string {
		return `{"` + kind + `":{"filter":{"range":{"sheetId":101,"endColumnIndex":1},"sortSpecs":[{"dimensionIndex":0,"sortOrder":"ASCENDING"}]}}}`
	}
	c.batch(filter("addFilterView"))
	c.want("One!A1:A3", `[["z header"],["b"],["a"]]`)
	c.batch(filter("setBasicFilter"))
	c.want("One!A1:A3", `[["z header"],["a"],["b"]]`)
	c.batch(`{"clearBasicFilter":{"sheetId":101}}`)
	c.want("One!A1:A3", `[["z header"],["a"],["b"]]`)
}

func TestRowsThatAFilterHidesGetTheirRuleOnlyWhenAskedFor(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["h"],["hide"],["show"]]`)
	c.batch(`{"setBasicFilter":{"filter":{"range":{"sheetId":101,"endRowIndex":3,"endColumnIndex":1},"criteria":{"0":{"hiddenValues":["hide"]}}}}}`)
	rule := func(included bool) string {
		return fmt.Sprintf(`{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":3,"startColumnIndex":1,"endColumnIndex":2},"filteredRowsIncluded":%t,"rule":{"condition":{"type":"BOOLEAN"}}}}`, included)
	}
	const where, ruled = "/v4/spreadsheets/ID?ranges=One!B2:B3&fields=sheets.data.rowData.values.dataValidation", `{"values":[{"dataValidation":{"condition":{"type":"BOOLEAN"}}}]}`
	rows := func() any {
		return c.ok("GET", where, "")["sheets"].([]any)[0].(object)["data"].([]any)[0].(object)["rowData"]
	}
	c.batch(rule(false))
	c.same(rows(), `[{},`+ruled+`]`)
	c.batch(rule(true))
	c.same(rows(), `[`+ruled+`,`+ruled+`]`)
}

func TestMetadataIsFoundByKeyValueTypeAndPlace(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	for i, location := range []string{`{"spreadsheet":true}`, `{"sheetId":101}`, `{"dimensionRange":{"sheetId":101,"dimension":"ROWS","startIndex":3,"endIndex":4}}`, `{"dimensionRange":{"sheetId":101,"dimension":"COLUMNS","startIndex":3,"endIndex":4}}`, `{"sheetId":102}`} {
		c.batch(fmt.Sprintf(`{"createDeveloperMetadata":{"developerMetadata":{"metadataId":%d,"metadataKey":"k","metadataValue":"v%d","visibility":"DOCUMENT","location":%s}}}`, i+1, i%2, location))
	}
	for lookup, want := range map[string]string{
		`{"metadataKey":"k"}`: "[1 2 3 4 5]", `{"metadataKey":"other"}`: "[]", `{"metadataValue":"v1"}`: "[2 4]", `{"locationType":"ROW"}`: "[3]", `{"metadataId":4}`: "[4]", `{"visibility":"PROJECT"}`: "[]",
		`{"metadataLocation":{"sheetId":101}}`: "[2]", `{"metadataLocation":{"sheetId":101},"locationMatchingStrategy":"INTERSECTING_LOCATION"}`: "[1 2 3 4]",
	} {
		found := c.ok("POST", "/v4/spreadsheets/ID/developerMetadata:search", `{"dataFilters":[{"developerMetadataLookup":`+lookup+`}]}`)
		ids := []int{}
		matched, _ := found["matchedDeveloperMetadata"].([]any)
		for _, m := range matched {
			ids = append(ids, int(m.(object)["developerMetadata"].(object)["metadataId"].(float64)))
		}
		if got := fmt.Sprint(ids); got != want {
			t.Errorf("%s finds %s, want %s", lookup, got, want)
		}
	}
	c.batch(`{"deleteSheet":{"sheetId":101}}`)
	found := c.ok("POST", "/v4/spreadsheets/ID/developerMetadata:search", `{"dataFilters":[{"developerMetadataLookup":{"metadataKey":"k"}}]}`)
	if n := len(found["matchedDeveloperMetadata"].([]any)); n != 2 {
		t.Errorf("%d pieces of metadata are left after their tab was deleted, want 2", n)
	}
}
