package gsheet_test

import (
	"fmt"
	"strings"
	"testing"

	"rolecall/sandbox/gsheet"
)

// full makes a server with one tab of 10,000 rows and 12 columns.
func full(b *testing.B) (*gsheet.Server, string) {
	srv := gsheet.New(gsheet.Options{Open: true})
	_, made := play(srv, "POST", "/v4/spreadsheets", object{"sheets": []any{object{"properties": object{"sheetId": 7, "title": "T", "gridProperties": object{"rowCount": 10000, "columnCount": 12}}}}})
	id := made["spreadsheetId"].(string)
	var rows []any
	for r := range 10000 {
		line := make([]any, 12)
		for c := range line {
			line[c] = fmt.Sprintf("value %d of row %d", c, r)
		}
		rows = append(rows, line)
	}
	if status, out := play(srv, "PUT", "/v4/spreadsheets/"+id+"/values/T!A1?valueInputOption=RAW", object{"values": rows}); status != 200 {
		b.Fatal(out)
	}
	return srv, id
}

func BenchmarkPoll(b *testing.B) {
	srv, id := full(b)
	b.ReportAllocs()
	for b.Loop() {
		if status, _ := play(srv, "POST", "/v4/spreadsheets/"+id+"/values:batchGetByDataFilter", object{"dataFilters": []any{object{"gridRange": object{"sheetId": 7, "endRowIndex": 2000, "endColumnIndex": 5}}}}); status != 200 {
			b.Fatal(status)
		}
	}
}

func BenchmarkWriteOneCell(b *testing.B) {
	srv, id := full(b)
	b.ReportAllocs()
	for b.Loop() {
		if status, _ := play(srv, "PUT", "/v4/spreadsheets/"+id+"/values/T!A1?valueInputOption=RAW", object{"values": []any{[]any{"x"}}}); status != 200 {
			b.Fatal(status)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	srv, id := full(b)
	b.ReportAllocs()
	for b.Loop() {
		if html := fetch(srv, "/sheet/"+id); !strings.Contains(html, "row 199") {
			b.Fatal("the page lacks its rows")
		}
	}
}
