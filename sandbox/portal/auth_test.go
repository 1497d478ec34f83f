package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/portal"
)

func TestTokensAndScopes(t *testing.T) {
	w := newWorld(t, 1, func(o *portal.Options) {
		o.Tokens = map[string]portal.Token{
			"all": {AppID: 1}, "reader": {AppID: 2, Scopes: []string{"crm.objects.contacts.read"}}, "old": {AppID: 3, Expires: newClock().now()},
		}
	})
	for _, c := range []struct {
		token, method, path string
		status              int
		words               []string
	}{
		{"", "GET", contacts, 401, []string{"INVALID_AUTHENTICATION", "Authentication credentials not found"}},
		{"wrong", "GET", contacts, 401, []string{"INVALID_AUTHENTICATION"}},
		{"old", "GET", contacts, 401, []string{"EXPIRED_AUTHENTICATION", "expired 60 second(s) ago"}},
		{"all", "GET", contacts, 200, nil},
		{"reader", "GET", contacts, 200, nil},
		{"reader", "GET", properties, 200, nil},
		{"reader", "GET", "/account-info/v3/details", 200, nil},
		{"reader", "POST", contacts + "/batch/update", 403, []string{"MISSING_SCOPES", "crm.objects.contacts.write"}},
		{"reader", "POST", properties, 403, []string{"requiredGranularScopes", "crm.schemas.contacts.write"}},
	} {
		w.token = c.token
		mustContain(t, w.want(c.status, c.method, c.path, nil), c.words...)
	}
}

func (w *world) form(path string, v url.Values, kind string) (int, object) {
	w.t.Helper()
	req, err := http.NewRequest("POST", w.url+path, strings.NewReader(v.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, decode(w.t, resp.Body)
}

const formType = "application/x-www-form-urlencoded"

func TestOAuthGrants(t *testing.T) {
	app := portal.OAuthApp{ClientID: "c", ClientSecret: "s", AppID: 99, RefreshToken: "r", Code: "once", Scopes: []string{"crm.objects.contacts.read"}}
	w := newWorld(t, 1, func(o *portal.Options) { o.OAuth = []portal.OAuthApp{app} })
	grant := func(change url.Values) url.Values {
		v := url.Values{"grant_type": {"refresh_token"}, "client_id": {"c"}, "client_secret": {"s"}, "refresh_token": {"r"}}
		for k, x := range change {
			v[k] = x
		}
		return v
	}
	for _, path := range []string{"/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token", "/oauth/2026-09/token"} {
		status, o := w.form(path, grant(nil), formType)
		if status != 200 || o["expires_in"] != 1800.0 || o["refresh_token"] != "r" || o["hub_id"] == nil || o["token_type"] != "bearer" {
			t.Fatalf("%s: %d %v", path, status, o)
		}
		w.token = o["access_token"].(string)
	}
	w.want(200, "GET", contacts, nil)
	w.want(403, "POST", properties, object{})
	if status, o := w.form("/oauth/2026-09/token/introspect", url.Values{"token": {w.token}}, formType); status != 200 || o["app_id"] != 99.0 {
		t.Errorf("introspect: %d %v", status, o)
	}
	w.want(200, "GET", "/oauth/v1/access-tokens/"+w.token, nil)
	w.clock.advance(30 * time.Minute)
	mustContain(t, w.want(401, "GET", contacts, nil), "EXPIRED_AUTHENTICATION")
	w.want(404, "GET", "/oauth/v1/access-tokens/"+w.token, nil)
	for _, c := range []struct {
		name   string
		form   url.Values
		kind   string
		status int
		word   string
	}{
		{"JSON body", grant(nil), "application/json", 415, "invalid_request"},
		{"wrong refresh token", grant(url.Values{"refresh_token": {"x"}}), formType, 400, "BAD_REFRESH_TOKEN"},
		{"wrong secret", grant(url.Values{"client_secret": {"x"}}), formType, 400, "invalid_client"},
		{"no grant type", grant(url.Values{"grant_type": {""}}), formType, 400, "unsupported_grant_type"},
		{"wrong code", grant(url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}), formType, 400, "BAD_AUTH_CODE"},
		{"code", grant(url.Values{"grant_type": {"authorization_code"}, "code": {"once"}}), formType, 200, "access_token"},
		{"code a second time", grant(url.Values{"grant_type": {"authorization_code"}, "code": {"once"}}), formType, 400, "BAD_AUTH_CODE"},
	} {
		status, o := w.form("/oauth/2026-09/token", c.form, c.kind)
		if status != c.status {
			t.Errorf("%s: status %d, want %d", c.name, status, c.status)
		}
		mustContain(t, o, c.word)
	}
}

func TestRefreshTokenRotates(t *testing.T) {
	w := newWorld(t, 1, func(o *portal.Options) {
		o.OAuth = []portal.OAuthApp{{ClientID: "c", ClientSecret: "s", RefreshToken: "r", RotateRefresh: true}}
		o.TokenLife = time.Minute
	})
	v := url.Values{"grant_type": {"refresh_token"}, "client_id": {"c"}, "client_secret": {"s"}, "refresh_token": {"r"}}
	_, o := w.form("/oauth/v3/token", v, formType)
	if o["refresh_token"] == "r" || o["expires_in"] != 60.0 {
		t.Fatalf("%v", o)
	}
	if status, _ := w.form("/oauth/v3/token", v, formType); status != 400 {
		t.Error("the old refresh token still works")
	}
	v.Set("refresh_token", o["refresh_token"].(string))
	if status, _ := w.form("/oauth/v3/token", v, formType); status != 200 {
		t.Error("the new refresh token does not work")
	}
}

func TestOpenPortalTakesAnyTokenAsAnAppOfItsOwn(t *testing.T) {
	w := newWorld(t, 1, nil)
	for _, token := range []string{"a", "b"} {
		w.token = token
		w.want(200, "PATCH", contacts+"/101", object{"properties": object{"city": token}})
	}
	h := w.s.History("101", "city")
	if len(h) != 2 || h[0].Source.ID == h[1].Source.ID {
		t.Errorf("%+v", h)
	}
	if status, _ := w.form("/oauth/v1/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {"x"}, "client_secret": {"y"}, "refresh_token": {"z"}}, formType); status != 200 {
		t.Errorf("status %d", status)
	}
}
