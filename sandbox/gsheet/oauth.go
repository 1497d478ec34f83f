package gsheet

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenLife is how long an access token is good for, as Google's are.
const tokenLife = time.Hour

// oauth is the state of the token endpoint. Access tokens that it has not issued are accepted too (a test may use any
// fixed token); those that it has issued expire.
type oauth struct {
	access  map[string]time.Time // to expiry
	refresh map[string]string    // to scope
	codes   map[string]grant
}

// grant is an authorization code that waits to be exchanged.
type grant struct {
	redirect, challenge, method, scope, client string
	expires                                    time.Time
}

func newOAuth() oauth {
	return oauth{access: map[string]time.Time{}, refresh: map[string]string{}, codes: map[string]grant{}}
}

// authenticate gives the user that a request acts for: its bearer token.
func (s *Server) authenticate(r *http.Request) (string, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		token = firstOf(r.URL.Query(), "access_token", "oauth_token")
	}
	token = strings.TrimSpace(token)
	if token == "" {
		if s.opts.Open {
			return "anyone", nil
		}
		e := unauthenticated()
		return "", e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if expiry, issued := s.oauth.access[token]; issued && !s.now().Before(expiry) && !s.opts.Open {
		e := unauthenticated()
		e.message = strings.Replace(e.message, "Request is missing required authentication credential.", "Request had invalid authentication credentials.", 1)
		return "", e
	}
	return token, nil
}

// serveToken is the token endpoint of RFC 6749 for the grants that Google's clients use: a service account's signed
// assertion (RFC 7523; claims are checked, the signature is not, since the key's public half is not known here), an
// authorization code with PKCE (RFC 7636), and a refresh token.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	refuse := func(code, text string) {
		writeJSON(w, http.StatusBadRequest, object{"error": code, "error_description": text})
	}
	if r.Method != http.MethodPost {
		writeJSON(w, http.StatusMethodNotAllowed, object{"error": "invalid_request", "error_description": "use POST"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		refuse("invalid_request", "the form cannot be read")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var scope, refresh string
	switch f := r.PostForm; f.Get("grant_type") {
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		claimed, problem := s.assertion(f.Get("assertion"))
		if problem != "" {
			refuse("invalid_grant", problem)
			return
		}
		scope = claimed
	case "refresh_token":
		known, ok := s.oauth.refresh[f.Get("refresh_token")]
		if !ok {
			refuse("invalid_grant", "Token has been expired or revoked.")
			return
		}
		scope = known
	case "authorization_code":
		g, ok := s.oauth.codes[f.Get("code")]
		delete(s.oauth.codes, f.Get("code"))
		if !ok || s.now().After(g.expires) || g.redirect != f.Get("redirect_uri") || !g.proved(f.Get("code_verifier")) {
			refuse("invalid_grant", "Malformed auth code.")
			return
		}
		scope, refresh = g.scope, "1//"+s.newID(40)
		s.oauth.refresh[refresh] = scope
	default:
		refuse("unsupported_grant_type", "Invalid grant_type: "+f.Get("grant_type"))
		return
	}
	token := "ya29." + s.newID(60)
	s.oauth.access[token] = s.now().Add(tokenLife)
	answer := object{"access_token": token, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds()) - 1, "scope": scope}
	if refresh != "" {
		answer["refresh_token"] = refresh
	}
	writeJSON(w, http.StatusOK, answer)
}

// proved checks the PKCE verifier against the challenge of the consent.
func (g grant) proved(verifier string) bool {
	switch {
	case g.challenge == "":
		return true
	case g.method == "S256":
		sum := sha256.Sum256([]byte(verifier))
		return base64.RawURLEncoding.EncodeToString(sum[:]) == g.challenge
	}
	return verifier == g.challenge
}

// assertion reads a service account's JWT and gives its scope, or what is wrong with it.
func (s *Server) assertion(jwt string) (scope, problem string) {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return "", "Invalid JWT: three parts expected."
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", "Invalid JWT: the claims are not base64url."
	}
	var claims struct {
		Iss, Scope, Aud string
		Exp, Iat        int64
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return "", "Invalid JWT: the claims are not JSON."
	}
	switch now := s.now().Unix(); {
	case claims.Iss == "" || claims.Aud == "":
		return "", "Invalid JWT: iss and aud are required."
	case claims.Scope == "":
		return "", "Invalid OAuth scope or ID token audience provided."
	case claims.Exp <= now || claims.Iat > now+300 || claims.Exp-claims.Iat > 3600+600:
		return "", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
	}
	return claims.Scope, ""
}

// serveConsent is the consent page of an installed app: it agrees at once and redirects to the app's loopback address
// with a code (RFC 8252).
func (s *Server) serveConsent(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	target, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || !loopback(target) {
		http.Error(w, "Error 400: redirect_uri_mismatch: only http://127.0.0.1, http://[::1] and http://localhost are allowed here", http.StatusBadRequest)
		return
	}
	if q.Get("response_type") != "code" || q.Get("client_id") == "" {
		http.Error(w, "Error 400: invalid_request: response_type=code and client_id are required", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	code := "4/" + s.newID(40)
	s.oauth.codes[code] = grant{redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), method: q.Get("code_challenge_method"),
		scope: q.Get("scope"), client: q.Get("client_id"), expires: s.now().Add(10 * time.Minute)}
	s.mu.Unlock()
	back := target.Query()
	back.Set("code", code)
	back.Set("scope", q.Get("scope"))
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	target.RawQuery = back.Encode()
	http.Redirect(w, r, target.String(), http.StatusFound)
}

func loopback(u *url.URL) bool {
	if u == nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
