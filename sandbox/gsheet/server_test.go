package gsheet_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/sheets/v4"

	"rolecall/sandbox/gsheet"
)

func TestTheOfficialGoClientWorks(t *testing.T) {
	c := newClient(t, gsheet.Options{Open: true})
	svc, err := sheets.NewService(context.Background(), option.WithEndpoint(c.url), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Spreadsheets.Values.Update(c.id, "'Two''s tab'!A1", &sheets.ValueRange{Values: [][]any{{"=1+1", nil, "", true, 1.5}}}).ValueInputOption("RAW").Do(); err != nil {
		t.Fatal(err)
	}
	got, err := svc.Spreadsheets.Values.BatchGet(c.id).Ranges("'Two''s tab'!A1:E", "One!A:A").ValueRenderOption("UNFORMATTED_VALUE").DateTimeRenderOption("SERIAL_NUMBER").Do()
	if err != nil {
		t.Fatal(err)
	}
	c.same(got.ValueRanges[0].Values, `[["=1+1","","",true,1.5]]`)
	_, err = svc.Spreadsheets.Get("missing").Fields("sheets(properties(sheetId,title))").Do()
	var fault *googleapi.Error
	if !errors.As(err, &fault) || fault.Code != 404 || fault.Message != "Requested entity was not found." {
		t.Fatal(err)
	}
	_, err = svc.Spreadsheets.BatchUpdate(c.id, &sheets.BatchUpdateSpreadsheetRequest{Requests: []*sheets.Request{{DeleteSheet: &sheets.DeleteSheetRequest{SheetId: 4}}}}).Do()
	if !errors.As(err, &fault) || fault.Code != 400 || fault.Message != "Invalid requests[0].deleteSheet: No grid with id: 4" {
		t.Fatal(err)
	}
}

func TestBearerTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := newClient(t, gsheet.Options{Now: func() time.Time { return now }})
	resp, err := http.Get(c.url + "/v4/spreadsheets/" + c.id)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 401 {
		t.Fatalf("without a token: %d", resp.StatusCode)
	}
}

func TestAServiceAccountSignsIn(t *testing.T) {
	c := newClient(t, gsheet.Options{Now: time.Now})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := mustJSON(object{"type": "service_account", "client_email": "bot@x.iam.gserviceaccount.com", "private_key_id": "1", "token_uri": c.url + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	conf, err := google.JWTConfigFromJSON([]byte(file), sheets.SpreadsheetsScope)
	if err != nil {
		t.Fatal(err)
	}
	svc, err := sheets.NewService(context.Background(), option.WithEndpoint(c.url), option.WithTokenSource(conf.TokenSource(context.Background())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Spreadsheets.Get(c.id).Do(); err != nil {
		t.Fatal(err)
	}
}

func TestAPersonConsentsWithPKCE(t *testing.T) {
	c := newClient(t, gsheet.Options{Now: time.Now})
	conf := oauth2.Config{ClientID: "app", ClientSecret: "s", RedirectURL: "http://127.0.0.1:1/back", Scopes: []string{"spreadsheets"}, Endpoint: oauth2.Endpoint{AuthURL: c.url + "/auth", TokenURL: c.url + "/token"}}
	consent := func(verifier string) string {
		browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := browser.Get(conf.AuthCodeURL("st", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		back, err := url.Parse(resp.Header.Get("Location"))
		if err != nil || back.Host != "127.0.0.1:1" || back.Query().Get("state") != "st" {
			t.Fatalf("redirected to %v %v", back, err)
		}
		return back.Query().Get("code")
	}
	ctx := context.Background()
	verifier := oauth2.GenerateVerifier()
	if _, err := conf.Exchange(ctx, consent(verifier), oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
		t.Fatal("a wrong verifier was accepted")
	}
	code := consent(verifier)
	token, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil || token.RefreshToken == "" || !token.Valid() {
		t.Fatal(token, err)
	}
	if _, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier)); err == nil {
		t.Fatal("a code was accepted twice")
	}
	if again, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token(); err != nil || again.AccessToken == token.AccessToken {
		t.Fatal(again, err)
	}
	if _, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: "other"}).Token(); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Fatal(err)
	}
	resp, err := http.Get(c.url + "/auth?response_type=code&client_id=a&redirect_uri=https://evil.example/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Fatalf("a foreign redirect was answered with %d", resp.StatusCode)
	}
}

func TestFaults(t *testing.T) {
	const write = "/v4/spreadsheets/ID/values/One!A1?valueInputOption=RAW"
	for _, x := range []struct {
		name, fault string
		status      int // 0: the connection breaks
		applied     bool
	}{
		{"error before applying", `{"match":"PUT .*values","kind":"error-before","status":503}`, 503, false},
		{"a status", `{"kind":"status","status":403}`, 403, false},
		{"error after applying", `{"match":"PUT","kind":"error-after","status":500}`, 500, true},
		{"cut answer", `{"match":"PUT","kind":"cut"}`, 0, true},
		{"slow", `{"match":"PUT","kind":"slow","delay_ms":1}`, 200, true},
		{"another request's fault", `{"match":"^POST","kind":"status"}`, 200, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newClient(t, gsheet.Options{})
			c.ok("POST", "/admin/faults", x.fault)
			req, err := http.NewRequest("PUT", c.url+strings.ReplaceAll(write, "ID", c.id), bytes.NewBufferString(`{"values":[["v"]]}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer b")
			status := 0
			if resp, err := http.DefaultClient.Do(req); err == nil {
				status = resp.StatusCode
				var body object
				if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
					status = 0
				}
				resp.Body.Close()
			}
			if status != x.status {
				t.Fatalf("answered %d, want %d", status, x.status)
			}
			want := `null`
			if x.applied {
				want = `[["v"]]`
			}
			c.want("One!A1", want)
			c.srv.Mend()
			c.ok("PUT", write, `{"values":[["again"]]}`)
			c.want("One!A1", `[["again"]]`)
		})
	}
	c := newClient(t, gsheet.Options{})
	c.refused("POST", "/admin/faults", `{"kind":"explode"}`, 400)
	c.refused("POST", "/admin/faults", `{"kind":"cut","match":"("}`, 400)
	c.refused("POST", "/admin/faults", `{"kind":"cut","mtach":""}`, 400)
	if err := c.srv.Break(gsheet.Fault{Kind: gsheet.FaultStatus, Skip: 1, Times: 2}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{200, 503, 503, 200} {
		if got, _ := c.do("GET", "/v4/spreadsheets/ID", ""); got != want {
			t.Errorf("request %d answered %d, want %d", i, got, want)
		}
	}
}

func TestQuotaIsPerMinuteAndUser(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 10, 0, time.UTC)
	c := newClient(t, gsheet.Options{Quota: 3, Now: func() time.Time { return now }})
	for range 3 {
		c.ok("GET", "/v4/spreadsheets/ID", "")
	}
	if got := c.refused("GET", "/v4/spreadsheets/ID", "", 429); !strings.Contains(got, "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'") {
		t.Error(got)
	}
	c.batch(`{"addSheet":{}}`) // writes have a quota of their own; making the book was one
	c.refused("POST", "/v4/spreadsheets/ID/values:batchGetByDataFilter", `{"dataFilters":[{"gridRange":{"sheetId":101}}]}`, 429)
	now = now.Add(time.Minute)
	c.ok("GET", "/v4/spreadsheets/ID", "")
}

func TestTheLogCountsReadsAndWrites(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	c.srv.ResetLog()
	c.batch(`{"addSheet":{}},{"addSheet":{}}`)
	c.ok("POST", "/v4/spreadsheets/ID/values:batchGetByDataFilter", `{"dataFilters":[{"gridRange":{"sheetId":101}}]}`)
	c.refused("GET", "/v4/spreadsheets/none", "", 404)
	if err := c.srv.Do(gsheet.Edit{Spreadsheet: c.id, Tab: "One", Kind: "set", Range: "A1", Value: "x"}); err != nil {
		t.Fatal(err)
	}
	s := c.srv.Stats()
	if s.Reads != 2 || s.Writes != 1 || s.Errors != 1 || s.People != 1 || s.Kinds["addSheet"] != 1 || s.Kinds["values.batchGetByDataFilter"] != 1 {
		t.Fatalf("%+v", s)
	}
	log := c.srv.Log()
	if len(log) != 4 || log[0].Kinds[1] != "addSheet x2" || log[0].Bytes == 0 || log[3].Person != "set One!A1" {
		t.Fatalf("%+v", log)
	}
}

func TestSavedAndLoadedItIsTheSame(t *testing.T) {
	c := newClient(t, gsheet.Options{})
	for _, r := range everyRequest()[:24] {
		c.batch(r)
	}
	c.batch(`{"mergeCells":{"range":{"sheetId":102,"endRowIndex":2,"endColumnIndex":2}}}`)
	before := mustJSON(c.ok("GET", "/v4/spreadsheets/ID?includeGridData=true", ""))
	var file bytes.Buffer
	if err := c.srv.Save(&file); err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{"cut": file.String()[:file.Len()/2], "another version": `{"version":99}`, "no tab": `{"version":1,"books":[{"id":"x"}]}`} {
		if err := c.srv.Load(strings.NewReader(damaged)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	other := gsheet.New(gsheet.Options{Open: true})
	if err := other.Load(&file); err != nil {
		t.Fatal(err)
	}
	_, got := play(other, "GET", "/v4/spreadsheets/"+c.id+"?includeGridData=true", nil)
	if after := mustJSON(got); after != before {
		t.Fatalf("before %s\nafter  %s", before, after)
	}
}
