package portal

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// OAuthApp is an app that this portal has installed.
type OAuthApp struct {
	ClientID, ClientSecret string
	AppID                  int64
	Scopes                 []string // nil means all
	RefreshToken           string
	Code                   string // an authorization code that can be used once
	// RotateRefresh makes each refresh return a new refresh token and end the old one.
	RotateRefresh bool
}

// oauth answers below /oauth/{v1,v3,2026-03,2026-09}/: token, introspection and
// revocation. The token endpoint takes form-encoded bodies only.
func (s *Server) oauth(c *call) {
	parts := strings.Split(strings.Trim(c.path, "/"), "/")
	if len(parts) < 3 || parts[1] != "v1" && !knownVersion(parts[1]) {
		s.fail(c, &problem{status: 404, message: "No such endpoint: " + c.path})
		return
	}
	rest := strings.Join(parts[2:], "/")
	switch {
	case c.method == "GET" && parts[1] == "v1" && len(parts) == 4 && parts[2] == "access-tokens":
		s.describeToken(c, parts[3])
	case c.method == "POST" && (rest == "token" || rest == "token/introspect" || rest == "token/revoke"):
		form, err := url.ParseQuery(string(c.body))
		if !c.form || err != nil {
			s.oauthFail(c, 415, "invalid_request", "BAD_REQUEST", "the body must be application/x-www-form-urlencoded")
			return
		}
		switch rest {
		case "token":
			s.grant(c, form)
		case "token/introspect":
			s.describeToken(c, form.Get("token"))
		default:
			delete(s.tokens, form.Get("token"))
			delete(s.refresh, form.Get("token"))
			c.out = []byte("{}")
		}
	default:
		s.fail(c, &problem{status: 404, message: "No such endpoint: " + c.method + " " + c.path})
	}
}

func (s *Server) oauthFail(c *call, status int, code, legacy, message string) {
	c.out, _ = json.Marshal(map[string]string{"error": code, "error_description": message, "status": legacy,
		"message": message, "correlationId": s.correlationID()}) // strings always marshal
	c.status = status
}

func (s *Server) grant(c *call, form url.Values) {
	client, secret := form.Get("client_id"), form.Get("client_secret")
	app, ok := -1, s.open() && client != "" && secret != ""
	for i, a := range s.opt.OAuth {
		if a.ClientID == client {
			app, ok = i, a.ClientSecret == secret
		}
	}
	if !ok {
		s.oauthFail(c, 400, "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id or client secret")
		return
	}
	refresh := form.Get("refresh_token")
	switch form.Get("grant_type") {
	case "refresh_token":
		if i, known := s.refresh[refresh]; refresh == "" || !s.open() && (!known || i != app) {
			s.oauthFail(c, 400, "invalid_grant", "BAD_REFRESH_TOKEN", "missing or unknown refresh token")
			return
		}
	case "authorization_code":
		code := form.Get("code")
		if i, known := s.codes[code]; code == "" || !s.open() && (!known || i != app) {
			s.oauthFail(c, 400, "invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
			return
		}
		delete(s.codes, code)
		refresh = fmt.Sprintf("na1-%016x", s.rand.Uint64())
		if app >= 0 && s.opt.OAuth[app].RefreshToken != "" {
			refresh = s.opt.OAuth[app].RefreshToken
		}
		s.refresh[refresh] = app
	default:
		s.oauthFail(c, 400, "unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
		return
	}
	s.issue(c, app, client, refresh)
}

// issue makes an access token, as long as HubSpot's may be.
func (s *Server) issue(c *call, app int, client, refresh string) {
	access := fmt.Sprintf("C%s%064x%0232x", client, s.rand.Uint64(), s.rand.Uint64())
	t := Token{AppID: 5_550_001, Expires: s.opt.Now().Add(s.opt.TokenLife), OAuth: true}
	if app >= 0 {
		a := s.opt.OAuth[app]
		t.AppID, t.Scopes = a.AppID, a.Scopes
		if a.RotateRefresh {
			delete(s.refresh, refresh)
			refresh = fmt.Sprintf("na1-%016x", s.rand.Uint64())
			s.refresh[refresh] = app
		}
	}
	s.tokens[access] = t
	c.out, _ = json.Marshal(map[string]any{"access_token": access, "refresh_token": refresh, "token_type": "bearer", "token_use": "access_token",
		"expires_in": int(s.opt.TokenLife / time.Second), "hub_id": s.opt.PortalID, "scopes": t.scopes()}) // plain values always marshal
}

func (t Token) scopes() []string {
	if t.Scopes != nil {
		return t.Scopes
	}
	return []string{"oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write"}
}

func (s *Server) describeToken(c *call, token string) {
	t, ok := s.tokens[token]
	now := s.opt.Now()
	if !ok || !t.Expires.IsZero() && !now.Before(t.Expires) {
		s.fail(c, &problem{status: 404, category: "OBJECT_NOT_FOUND", message: "the token is unknown or has expired"})
		return
	}
	life := 0
	if !t.Expires.IsZero() {
		life = int(t.Expires.Sub(now) / time.Second)
	}
	c.out, _ = json.Marshal(map[string]any{"token": token, "active": true, "hub_id": s.opt.PortalID, "app_id": t.AppID, "user_id": 28604240,
		"scopes": t.scopes(), "token_type": "access", "token_use": "access_token", "expires_in": life}) // plain values always marshal
}
