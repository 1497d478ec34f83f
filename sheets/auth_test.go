package sheets_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"rolecall/sandbox/gsheet"
	"rolecall/sheets"
)

// serviceKey is a key file whose tokens come from base.
func serviceKey(t *testing.T, base string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]string{"type": "service_account", "client_email": "robot@project.example", "private_key_id": "1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": base + "/token"})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAServiceAccountSignsInWithTheSpreadsheetsScopeOnly(t *testing.T) {
	server := gsheet.New(gsheet.Options{})
	web := httptest.NewServer(server)
	defer web.Close()
	var scopes []string
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			form, err := url.ParseQuery(string(raw))
			if err != nil {
				return nil, err
			}
			scopes = append(scopes, scopeOf(t, form.Get("assertion")))
			r.Body = io.NopCloser(strings.NewReader(string(raw)))
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: "https://docs.google.com/spreadsheets/d/not-there/edit#gid=0", Endpoint: web.URL,
		Auth: sheets.Auth{ServiceAccountJSON: serviceKey(t, web.URL)}, Transport: spy, PerMinute: -1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Read(context.Background())
	if err == nil || !strings.Contains(err.Error(), "check the link of the sheet") {
		t.Errorf("err %v", err)
	}
	if len(scopes) != 1 || scopes[0] != "https://www.googleapis.com/auth/spreadsheets" {
		t.Errorf("scopes %q", scopes)
	}
	if s.Account() != "robot@project.example" {
		t.Errorf("account %q", s.Account())
	}
}

func scopeOf(t *testing.T, jwt string) string {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("no assertion: %q", jwt)
	}
	var claims struct {
		Scope string `json:"scope"`
	}
	if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Scope
}

func TestBadCredentialsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none.json")
	for _, c := range []struct {
		name string
		auth sheets.Auth
		want string
	}{
		{"not JSON", sheets.Auth{ServiceAccountJSON: "hello"}, "key file that Google Cloud gave you"},
		{"an OAuth client instead of a key", sheets.Auth{ServiceAccountJSON: `{"type":"authorized_user"}`}, "not service_account"},
		{"no such file", sheets.Auth{ServiceAccountFile: missing}, "no such file"},
		{"nobody has signed in", sheets.Auth{TokenFile: missing}, "rolecall auth google"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := sheets.Open(context.Background(), sheets.Options{Sheet: "abcdefgh", Auth: c.auth, Log: zerolog.Nop()})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err %v, want %q", err, c.want)
			}
		})
	}
}

func TestTheServicesRefusalsCarryAMend(t *testing.T) {
	for _, c := range []struct {
		status     int
		text, want string
	}{
		{403, "The caller does not have permission", "share the sheet with robot@project.example as Editor"},
		{403, "Google Sheets API has not been used in project 1 before or it is disabled. SERVICE_DISABLED", "switch the Google Sheets API on"},
		{403, "Request had insufficient authentication scopes.", "do not reach Google Sheets"},
		{404, "Requested entity was not found.", "check the link"},
		{400, "This operation is not supported for this document", "Save as Google Sheets"},
	} {
		server := gsheet.New(gsheet.Options{})
		web := httptest.NewServer(server)
		if err := server.Break(gsheet.Fault{Match: "/v4/", Kind: gsheet.FaultStatus, Status: c.status, Message: c.text, Times: -1}); err != nil {
			t.Fatal(err)
		}
		s, err := sheets.Open(context.Background(), sheets.Options{Sheet: "abcdefgh", Endpoint: web.URL, Auth: sheets.Auth{ServiceAccountJSON: serviceKey(t, web.URL)}, PerMinute: -1, Log: zerolog.Nop()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Read(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d %s: %v", c.status, c.text, err)
		}
		web.Close()
	}
}

func TestAPersonSignsInThroughTheBrowser(t *testing.T) {
	server := gsheet.New(gsheet.Options{})
	web := httptest.NewServer(server)
	defer web.Close()
	file := filepath.Join(t.TempDir(), "token.json")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := sheets.AuthorizeUser(ctx, sheets.UserConsent{ClientID: "app", ClientSecret: "s", TokenFile: file,
		Endpoint: oauth2.Endpoint{AuthURL: web.URL + "/auth", TokenURL: web.URL + "/token"},
		Show: func(address string) {
			go func() { // the person's browser
				resp, err := http.Get(address)
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
			}()
		}})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the token's mode is %v", info.Mode().Perm())
	}
}

// A key may stand for another account: the key asks for its token, and the sheet sees only that one.
func TestAKeyActsAsAnotherAccount(t *testing.T) {
	server := gsheet.New(gsheet.Options{})
	web := httptest.NewServer(server)
	defer web.Close()
	asked, shown := "", ""
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		switch {
		case r.URL.Host == "iamcredentials.googleapis.com":
			asked = r.URL.Path
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
				Body: io.NopCloser(strings.NewReader(`{"accessToken": "borrowed", "expireTime": "2199-01-01T00:00:00Z"}`))}, nil
		case strings.HasPrefix(r.URL.Path, "/v4/"):
			shown = r.Header.Get("Authorization")
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: "not-there", Endpoint: web.URL, Transport: spy, PerMinute: -1, Log: zerolog.Nop(),
		Auth: sheets.Auth{ServiceAccountJSON: serviceKey(t, web.URL), Impersonate: "other@project.example"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Read(context.Background())
	if !strings.Contains(asked, "other@project.example") || shown != "Bearer borrowed" || s.Account() != "other@project.example" {
		t.Errorf("asked %q, shown %q, account %q, %v", asked, shown, s.Account(), err)
	}
}

func TestASignInIsRenewedWhereItIsSaid(t *testing.T) {
	server := gsheet.New(gsheet.Options{})
	web := httptest.NewServer(server)
	defer web.Close()
	file := filepath.Join(t.TempDir(), "token.json")
	if err := os.WriteFile(file, []byte(`{"access_token": "old", "refresh_token": "gone", "expiry": "2020-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	renewed := false
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		if "http://"+r.URL.Host != web.URL {
			t.Errorf("%s was called", r.URL)
			return nil, http.ErrServerClosed
		}
		renewed = renewed || r.URL.Path == "/token"
		return http.DefaultTransport.RoundTrip(r)
	})
	s, err := sheets.Open(context.Background(), sheets.Options{Sheet: "not-there", Endpoint: web.URL, Transport: spy, PerMinute: -1, Log: zerolog.Nop(),
		Auth: sheets.Auth{TokenFile: file, ClientID: "app", ClientSecret: "s", TokenURL: web.URL + "/token"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(context.Background()); err == nil || !renewed || !strings.Contains(err.Error(), "rolecall auth google") {
		t.Errorf("renewed %v, %v", renewed, err)
	}
}

func TestLinksOfSheets(t *testing.T) {
	for _, c := range []struct{ link, id string }{
		{"https://docs.google.com/spreadsheets/d/1AbC-d_9/edit?gid=0#gid=0", "1AbC-d_9"},
		{" https://docs.google.com/spreadsheets/u/1/d/1AbC-d_9 ", "1AbC-d_9"},
		{"1AbC-d_9", "1AbC-d_9"},
		{"", ""},
		{"https://example.com/x", ""},
	} {
		id, err := sheets.SpreadsheetID(c.link)
		if id != c.id || (err == nil) != (c.id != "") {
			t.Errorf("%q: %q, %v", c.link, id, err)
		}
	}
}
