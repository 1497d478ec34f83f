package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox"
	"rolecall/sandbox/portal"
)

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask sends one request with a token and gives status and body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer any")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

func TestBothServersAnswerOverHTTP(t *testing.T) {
	s := start(t, sandbox.Options{Contacts: 25, Tier: "professional"})
	if status, body := ask(t, "POST", s.SheetsURL+"/v4/spreadsheets", `{"properties": {"title": "Mine"}}`); status != 200 || !strings.Contains(body, "spreadsheetId") {
		t.Errorf("create a spreadsheet: %d %s", status, body)
	}
	status, body := ask(t, "GET", s.HubSpotURL+"/crm/v3/objects/contacts?limit=100&properties=jobtitle", "")
	var page struct{ Results []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != 200 || len(page.Results) != 25 || s.Loaded != 25 {
		t.Errorf("list contacts: %d, %d results of %d, %v", status, len(page.Results), s.Loaded, err)
	}
}

func TestTheStateOutlivesTheProgram(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first, err := sandbox.Start(t.Context(), sandbox.Options{Contacts: 10, StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ask(t, "POST", first.SheetsURL+"/v4/spreadsheets", `{"properties": {"title": "Mine"}}`)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, sandbox.Options{Contacts: 999, StateDir: dir})
	if !again.Restored || again.HubSpot.Len() != 10 || len(again.Sheets.IDs()) != 1 {
		t.Errorf("restored %v: %d contacts, %d spreadsheets", again.Restored, again.HubSpot.Len(), len(again.Sheets.IDs()))
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("the state directory holds %v, %v", left, err)
	}
}

func TestContactsFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.csv")
	if err := os.WriteFile(path, []byte("Record ID,Job Title\n7,Head of Sales\n7,CFO\nnone of it\n8,\"Buyer, indirect\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Options{File: path})
	if s.Loaded != 3 || len(s.Faulty) != 2 {
		t.Errorf("loaded %d, faults %v", s.Loaded, s.Faulty)
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	torn := t.TempDir()
	if err := os.WriteFile(filepath.Join(torn, "sheets.json"), []byte(`{"version": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "sheets.json"), []byte(`{`), 0o600); err != nil {
		t.Fatal(err)
	}
	taken := start(t, sandbox.Options{})
	for name, o := range map[string]sandbox.Options{
		"no port":        {Addr: "127.0.0.1"},
		"free one":       {Addr: strings.TrimPrefix(taken.SheetsURL, "http://")},
		"is no port":     {Addr: "127.0.0.1:99999"},
		"no such file":   {File: filepath.Join(torn, "none.csv")},
		"only one of":    {StateDir: torn},
		"start anew":     {StateDir: broken},
		"is no tier":     {Tier: "gold"},
		"unknown kind":   {Faults: []portal.Fault{{Kind: "explode"}}},
		"write host:por": {Addr: "here"},
	} {
		if s, err := sandbox.Start(t.Context(), o); err == nil {
			t.Errorf("%s: it started", name)
			_ = s.Close()
		} else if want := name; want != "no port" && !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func TestPeopleEditBothWhileItRuns(t *testing.T) {
	s := start(t, sandbox.Options{Contacts: 50, PeopleRate: 500, SheetRate: 500})
	ask(t, "POST", s.SheetsURL+"/v4/spreadsheets", `{"properties": {"title": "Mine"}}`)
	for begun := time.Now(); time.Since(begun) < 30*time.Second; {
		if _, log := ask(t, "GET", s.SheetsURL+"/admin/log", ""); len(s.HubSpot.PeopleLog()) > 0 && strings.Contains(log, `"person"`) {
			return
		}
	}
	t.Errorf("nobody edited: %d edits in HubSpot", len(s.HubSpot.PeopleLog()))
}
