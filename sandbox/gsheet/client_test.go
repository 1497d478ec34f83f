package gsheet_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/gsheet"
)

type object = map[string]any

// client talks to a server of its own over HTTP, as any program would.
type client struct {
	t   *testing.T
	srv *gsheet.Server
	url string
	id  string
}

func newClient(t *testing.T, o gsheet.Options) *client {
	t.Helper()
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewSource(1))
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }
	}
	srv := gsheet.New(o)
	hs := httptest.NewServer(srv)
	t.Cleanup(hs.Close)
	c := &client{t: t, srv: srv, url: hs.URL}
	c.id = c.ok("POST", "/v4/spreadsheets", `{"properties":{"title":"Book"},"sheets":[
		{"properties":{"sheetId":101,"title":"One","gridProperties":{"rowCount":20,"columnCount":8}}},
		{"properties":{"sheetId":102,"title":"Two's tab","gridProperties":{"rowCount":20,"columnCount":8}}}]}`)["spreadsheetId"].(string)
	return c
}

func (c *client) do(method, path, body string) (int, object) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+strings.ReplaceAll(path, "ID", c.id), bytes.NewBufferString(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer test")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var out object
	if err := json.Unmarshal(raw, &out); err != nil {
		c.t.Fatalf("%s %s answered %q", method, path, raw)
	}
	return resp.StatusCode, out
}

func (c *client) ok(method, path, body string) object {
	c.t.Helper()
	status, out := c.do(method, path, body)
	if status != 200 {
		c.t.Fatalf("%s %s answered %d: %v", method, path, status, out)
	}
	return out
}

// refused wants an error and gives its message.
func (c *client) refused(method, path, body string, status int) string {
	c.t.Helper()
	got, out := c.do(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s answered %d %v, want %d", method, path, got, out, status)
	}
	e, _ := out["error"].(object)
	if int(e["code"].(float64)) != status || e["status"] == "" {
		c.t.Fatalf("error body %v", out)
	}
	return e["message"].(string)
}

func (c *client) batch(requests string) object {
	c.t.Helper()
	return c.ok("POST", "/v4/spreadsheets/ID:batchUpdate", `{"requests":[`+requests+`]}`)
}

func (c *client) put(a1, values string) {
	c.t.Helper()
	c.ok("PUT", "/v4/spreadsheets/ID/values/"+a1+"?valueInputOption=USER_ENTERED", `{"values":`+values+`}`)
}

// want compares the values of a range with JSON.
func (c *client) want(a1, values string) {
	c.t.Helper()
	got, err := c.srv.Values(c.id, a1)
	if err != nil {
		c.t.Fatal(err)
	}
	c.same(got, values)
}

func (c *client) same(got any, want string) {
	c.t.Helper()
	raw, err := json.Marshal(got)
	if err != nil {
		c.t.Fatal(err)
	}
	var x, y any
	if err := json.Unmarshal(raw, &x); err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &y); err != nil {
		c.t.Fatal(err)
	}
	if !reflect.DeepEqual(x, y) {
		c.t.Fatalf("got  %s\nwant %s", raw, want)
	}
}

// look reads part of the spreadsheet by field mask.
func (c *client) look(fields string) object {
	c.t.Helper()
	return c.ok("GET", "/v4/spreadsheets/ID?fields="+fields, "")
}
