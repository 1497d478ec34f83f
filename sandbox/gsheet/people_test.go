package gsheet_test

import (
	"context"
	"io"
	"math/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/gsheet"
)

func TestWhatPeopleDo(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["id","n","tick"],["a",3,"x"],["b",1,"y"],["c",2,"z"]]`)
	c.batch(`{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":4,"startColumnIndex":3,"endColumnIndex":4},"rule":{"condition":{"type":"BOOLEAN"}}}},
		{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":4,"startColumnIndex":4,"endColumnIndex":5},"rule":{"strict":true,"condition":{"type":"ONE_OF_RANGE","values":[{"userEnteredValue":"=$A$2:$A"}]}}}}`)
	for _, x := range []struct {
		name, a1, want string
		edit           gsheet.Edit
	}{
		{"type a number", "One!B2", `[[7]]`, gsheet.Edit{Kind: "set", Range: "B2", Value: "7"}},
		{"sort rows", "One!A2:C4", `[["b",1,"y"],["c",2,"z"],["a",7,"x"]]`, gsheet.Edit{Kind: "sort", Range: "A2:C4", Column: "B"}},
		{"sort a part", "One!A2:C4", `[["a",1,"y"],["b",2,"z"],["c",7,"x"]]`, gsheet.Edit{Kind: "sort", Range: "A2:A4", Column: "A"}},
		{"insert a row", "One!A1:A5", `[["id"],["a"],[],["b"],["c"]]`, gsheet.Edit{Kind: "insert-rows", Range: "3:3"}},
		{"delete it again", "One!A1:A5", `[["id"],["a"],["b"],["c"]]`, gsheet.Edit{Kind: "delete-rows", Range: "3:3"}},
		{"paste past the end", "One!A20:B21", `[["p","q"],["r"]]`, gsheet.Edit{Kind: "paste", Range: "A20", Values: [][]any{{"p", "q"}, {"r"}}}},
		{"fill down", "One!C2:C4", `[["y"],["y"],["y"]]`, gsheet.Edit{Kind: "fill-down", Range: "C2:C4"}},
		{"tick", "One!D2", `[[true]]`, gsheet.Edit{Kind: "tick", Range: "D2"}},
		{"untick", "One!D2", `[[false]]`, gsheet.Edit{Kind: "untick", Range: "D2"}},
		{"choose from the list", "One!E2", `[["b"]]`, gsheet.Edit{Kind: "set", Range: "E2", Value: "b"}},
		{"rename a header", "One!B1", `[["number"]]`, gsheet.Edit{Kind: "rename-header", Range: "B1", Value: "number"}},
		{"swap columns", "One!A1:C2", `[["tick","number","id"],["y",1,"a"]]`, gsheet.Edit{Kind: "swap-columns", Range: "A:C"}},
		{"insert a column", "One!A1:C1", `[["","tick","number"]]`, gsheet.Edit{Kind: "insert-columns", Range: "A:A"}},
		{"delete a column", "One!A1:B1", `[["tick","number"]]`, gsheet.Edit{Kind: "delete-columns", Range: "A:A"}},
		{"move a column", "One!A1:C1", `[["number","tick","id"]]`, gsheet.Edit{Kind: "move-columns", Range: "A:A", To: "C"}},
		{"clear", "One!A2:C2", `[["","","a"]]`, gsheet.Edit{Kind: "clear", Range: "A2:B2"}},
		{"rename the tab", "Uno!A1", `[["number"]]`, gsheet.Edit{Kind: "rename-tab", Value: "Uno"}},
	} {
		x.edit.Spreadsheet, x.edit.Tab = c.id, "One"
		if err := c.srv.Do(x.edit); err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		t.Log(x.name)
		c.want(x.a1, x.want)
	}
	for _, bad := range []gsheet.Edit{{Kind: "set", Range: "E2", Value: "nobody"}, {Kind: "set", Range: "Z99"}, {Kind: "dance", Range: "A1"}, {Kind: "set", Range: "?"}, {Kind: "delete-columns", Range: "A:H"}} {
		bad.Spreadsheet, bad.Tab = c.id, "Uno"
		if err := c.srv.Do(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
	c.want("Uno!E2", `[["b"]]`)
}

func TestRandomPeopleLeaveAReadableSheet(t *testing.T) {
	c := newClient(t, gsheet.Options{Rand: rand.New(rand.NewSource(7))})
	c.put("One!A1", `[["id","role","n"],["1","x",5],["2","y",4],["3","z",3],["4","x",2]]`)
	done := 0
	for range 2000 {
		if _, err := c.srv.Wander(c.id); err == nil {
			done++
		}
	}
	c.ok("GET", "/v4/spreadsheets/ID?includeGridData=true", "")
	if done < 1800 || c.srv.Stats().People != done {
		t.Fatalf("%d of 2000 edits were made, %d logged", done, c.srv.Stats().People)
	}
	c.ok("POST", "/admin/people", `[{"spreadsheet":"`+c.id+`","tab":"One","kind":"set","range":"A1","value":"by post"},{"spreadsheet":"`+c.id+`","kind":"random"}]`)
	c.refused("POST", "/admin/people", `{"spreadsheet":"none","kind":"random"}`, 404)
	done += 2
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { c.srv.Crowd(ctx, c.id, time.Millisecond); close(finished) }()
	for before := done; c.srv.Stats().People <= before; {
		c.ok("GET", "/v4/spreadsheets/ID", "")
	}
	cancel()
	<-finished
}

func (c *client) page(method, path, body string, header map[string]string) (int, string, http.Header) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+strings.ReplaceAll(path, "ID", c.id), strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(raw), resp.Header
}

func TestThePage(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.put("One!A1", `[["<script>alert(1)</script>","0.5","2020-02-01"],["ERROR: x"]]`)
	c.batch(`{"repeatCell":{"range":{"sheetId":101,"endRowIndex":1},"cell":{"note":"hover \"me\"","userEnteredFormat":{"backgroundColor":{"green":1}}},"fields":"note,userEnteredFormat.backgroundColor"}},
		{"updateSheetProperties":{"properties":{"sheetId":101,"gridProperties":{"frozenRowCount":1}},"fields":"gridProperties.frozenRowCount"}},
		{"updateDimensionProperties":{"range":{"sheetId":101,"dimension":"COLUMNS","startIndex":1,"endIndex":2},"properties":{"hiddenByUser":true},"fields":"hiddenByUser"}},
		{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":3,"startColumnIndex":3,"endColumnIndex":4},"rule":{"condition":{"type":"ONE_OF_LIST","values":[{"userEnteredValue":"one"},{"userEnteredValue":"two"}]}}}},
		{"setDataValidation":{"range":{"sheetId":101,"startRowIndex":1,"endRowIndex":3,"startColumnIndex":4,"endColumnIndex":5},"rule":{"condition":{"type":"BOOLEAN"}}}},
		{"addConditionalFormatRule":{"rule":{"ranges":[{"sheetId":101,"startRowIndex":1}],"booleanRule":{"condition":{"type":"CUSTOM_FORMULA","values":[{"userEnteredValue":"=LEFT($A2,5)=\"ERROR\""}]},"format":{"backgroundColor":{"red":1}}}}}},
		{"addProtectedRange":{"protectedRange":{"range":{"sheetId":101,"startColumnIndex":2,"endColumnIndex":3},"warningOnly":true,"description":"ours"}}},
		{"addFilterView":{"filter":{"filterViewId":5,"title":"Only errors","range":{"sheetId":101},"criteria":{"0":{"condition":{"type":"TEXT_STARTS_WITH","values":[{"userEnteredValue":"ERROR"}]}}}}}}`)
	status, html, header := c.page("GET", "/sheet/ID?gid=101", "", nil)
	if status != 200 || !strings.Contains(header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Fatal(status, header)
	}
	for _, want := range []string{
		`&lt;script&gt;alert(1)&lt;/script&gt;`, `data-note="hover &#34;me&#34;"`, `background:#00ff00;`, `class="frozen"`, `<option value="two"></option>`, `type="checkbox"`,
		`background:#ff0000;`, `data-lock="ours"`, `data-edit="2020-02-01"`, `<option value="5">Only errors</option>`, `>Two&#39;s tab<`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script>alert", `id="c-0-1"`, "http://", "https://"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if _, filtered, _ := c.page("GET", "/sheet/ID/grid?gid=101&fv=5", "", nil); !strings.Contains(filtered, `id="c-1-0"`) || strings.Contains(filtered, `id="c-2-0"`) {
		t.Error("the filter view shows other rows than its own")
	}
	json := map[string]string{"Content-Type": "application/json"}
	edit := `{"tab":"One","kind":"set","range":"A3","value":"12%"}`
	if status, body, _ := c.page("POST", "/sheet/ID/edit", edit, json); status != 200 {
		t.Fatal(status, body)
	}
	c.want("One!A3", `[[0.12]]`)
	for name, h := range map[string]map[string]string{
		"another origin": {"Content-Type": "application/json", "Origin": "https://evil.example"}, "cross-site": {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, "a form": {"Content-Type": "text/plain"},
	} {
		if status, _, _ := c.page("POST", "/sheet/ID/edit", strings.Replace(edit, "12%", "no", 1), h); status != 403 {
			t.Errorf("%s: answered %d", name, status)
		}
	}
	c.want("One!A3", `[[0.12]]`)
	_, _, h := c.page("GET", "/sheet/ID/grid?gid=101", "", nil)
	if status, _, _ := c.page("GET", "/sheet/ID/grid?gid=101&rev="+h.Get("X-Revision"), "", nil); status != 204 {
		t.Errorf("an unchanged grid was answered with %d", status)
	}
	for path, want := range map[string]int{"/": 200, "/assets/grid.js": 200, "/assets/grid.css": 200, "/sheet/none": 404, "/nonsense": 404, "/assets/sheet.html": 404} {
		if status, _, _ := c.page("GET", path, "", nil); status != want {
			t.Errorf("%s answered %d, want %d", path, status, want)
		}
	}
}
