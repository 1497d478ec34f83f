package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/portal"
)

const (
	goodToken = "pat-acceptance-0123456789"
	sheetID   = "1AcceptanceSheetOfTheTests_0123456789abcdefg"
)

// sheetURL is how a browser shows the sheet.
func sheetURL(id string) string {
	return "https://docs.google.com/spreadsheets/d/" + id + "/edit#gid=0"
}

// office is a user with a sheet and a portal in the test's own process, where anything about both can be bent.
type office struct {
	*user
	sheets *gsheet.Server
	portal *portal.Server
	// front is asked before HubSpot's own answer; see before.
	front atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]

	// kept is what a test has put aside: cells that somebody deletes.
	kept [][]string

	sheetsURL, hubspotURL string
}

func newOffice(t *testing.T, adopt bool) *office {
	t.Helper()
	o := &office{user: newUser(t)}
	o.sheets = gsheet.New(gsheet.Options{Adopt: adopt})
	scopes := []string{"crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write"}
	tokens := map[string]portal.Token{
		goodToken:           {AppID: 1001, Scopes: scopes},
		"pat-expired-01234": {AppID: 1001, Scopes: scopes, Expires: time.Now().Add(-time.Hour)},
	}
	for i := range scopes {
		var rest []string
		for j, s := range scopes {
			if j != i {
				rest = append(rest, s)
			}
		}
		tokens["pat-without-"+scopes[i]] = portal.Token{AppID: 1001, Scopes: rest}
	}
	o.portal = portal.New(portal.Options{Tokens: tokens})
	o.sheetsURL = serve(t, o.sheets)
	o.hubspotURL = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if front := o.front.Load(); front == nil || !(*front)(w, r) {
			o.portal.ServeHTTP(w, r)
		}
	}))
	o.set("ROLECALL_SHEETS_ENDPOINT", o.sheetsURL+"/", "ROLECALL_SHEET_URL", sheetURL(sheetID), "ROLECALL_HUBSPOT_BASE_URL", o.hubspotURL,
		"ROLECALL_HUBSPOT_TOKEN", goodToken, "ROLECALL_STORE", o.dir+"/store/rolecall.db")
	return o
}

// before puts front before HubSpot: it is asked first, and true means that it has answered.
func (o *office) before(front func(w http.ResponseWriter, r *http.Request) bool) {
	o.front.Store(&front)
}

// alone takes away what before put there.
func (o *office) alone() { o.front.Store(nil) }

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// ask sends one request as another program with every right would, and decodes the answer; it fails the test on an error.
func ask(t *testing.T, method, address string, body, out any) {
	t.Helper()
	if err := tryAsk(t, method, address, body, out); err != nil {
		t.Fatal(err)
	}
}

func tryAsk(t *testing.T, method, address string, body, out any) error {
	t.Helper()
	var payload []byte
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = raw
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+goodToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // it has been read whole
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, address, response.Status, raw)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w: %s", method, address, err, raw)
	}
	return nil
}

// spreadsheet is a sheet as a program with a token sees it.
type spreadsheet struct {
	t        *testing.T
	base, id string
}

// rows reads a tab, each row by header; "row" is its number in the grid.
func (s spreadsheet) rows(tab string) []map[string]string {
	s.t.Helper()
	var got struct{ Values [][]any }
	ask(s.t, "GET", s.base+"/v4/spreadsheets/"+s.id+"/values/"+url.PathEscape(tab+"!A1:Z"), nil, &got)
	var out []map[string]string
	for i, cells := range got.Values {
		if i == 0 {
			continue
		}
		row := map[string]string{"row": fmt.Sprint(i + 1)}
		for j, cell := range cells {
			if j < len(got.Values[0]) {
				row[fmt.Sprint(got.Values[0][j])] = fmt.Sprint(cell)
			}
		}
		out = append(out, row)
	}
	return out
}

// find gives the first row where a column has a value; nil when there is none.
func (s spreadsheet) find(tab, header, value string) map[string]string {
	s.t.Helper()
	for _, row := range s.rows(tab) {
		if row[header] == value {
			return row
		}
	}
	return nil
}

// column is the letter of a header.
func (s spreadsheet) column(tab, header string) string {
	s.t.Helper()
	var got struct{ Values [][]string }
	ask(s.t, "GET", s.base+"/v4/spreadsheets/"+s.id+"/values/"+url.PathEscape(tab+"!1:1"), nil, &got)
	for i, h := range got.Values[0] {
		if h == header {
			return string(rune('A' + i))
		}
	}
	s.t.Fatalf("%s has no column %s: %v", tab, header, got.Values)
	return ""
}

// person does something on the grid as a person would.
func (s spreadsheet) person(edit map[string]any) {
	s.t.Helper()
	edit["spreadsheet"] = s.id
	ask(s.t, "POST", s.base+"/admin/people", edit, nil)
}

// put types a value into a row's cell.
func (s spreadsheet) put(tab string, row map[string]string, header, value string) {
	s.t.Helper()
	if row == nil {
		s.t.Fatalf("%s has no such row", tab)
	}
	kind := "set"
	if value == "tick" {
		kind = "tick"
	}
	s.person(map[string]any{"tab": tab, "kind": kind, "range": s.column(tab, header) + row["row"], "value": value})
}

// paste puts cells below the last row of a tab, by header.
func (s spreadsheet) paste(tab string, cells map[string]string) {
	s.t.Helper()
	at := fmt.Sprint(len(s.rows(tab)) + 2)
	for header, value := range cells {
		s.person(map[string]any{"tab": tab, "kind": "paste", "range": s.column(tab, header) + at, "values": [][]string{{value}}})
	}
}

// apply sets Mode to apply, as the person who starts the whole thing does.
func (s spreadsheet) apply() {
	s.t.Helper()
	s.put("Settings", s.find("Settings", "Setting", "Mode"), "Value", "apply")
}

// sheet is the office's.
func (o *office) sheet() spreadsheet { return spreadsheet{o.t, o.sheetsURL, sheetID} }

// closedPort is an address of this machine where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return strings.TrimSuffix(server.URL, "/")
}
