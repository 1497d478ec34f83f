package hubspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// OAuthOptions is an installed app's access to one portal.
type OAuthOptions struct {
	BaseURL      string  // as in Options
	AllowPlain   bool    // as in Options
	Version      Version // the token endpoint is dated: /oauth/2026-09/token
	ClientID     string
	ClientSecret Secret
	RefreshToken Secret // the first one; what File holds is newer and wins
	// File keeps the refresh token that HubSpot returned last, mode 0600; "" keeps it in memory only.
	File string
	// Early is how long before its end a token is refreshed. Default 5 minutes, of 30.
	Early time.Duration
	HTTP  *http.Client
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// OAuth signs in with a refresh token (RFC 6749, section 6; form-encoded, as HubSpot wants it). One refresh is
// under way at a time, and everybody waits for it. It calls nobody; faults are of KindOptions.
func OAuth(o OAuthOptions) (TokenSource, error) {
	as := Options{BaseURL: o.BaseURL, Version: o.Version, HTTP: o.HTTP, Now: o.Now, Sleep: o.Sleep}
	as.fill()
	base, faults := checkBase(as.BaseURL, o.AllowPlain)
	if !as.Version.known() {
		faults = append(faults, fmt.Errorf("API version %q is not known: choose one of %v", as.Version, Versions()))
	}
	if o.ClientID == "" || o.ClientSecret.IsZero() {
		faults = append(faults, errors.New("OAuth needs the app's client id and client secret"))
	}
	s := &oauthSource{opt: o, now: as.Now, sleep: as.Sleep, refresh: o.RefreshToken}
	setDefault(&s.opt.Early, 5*time.Minute)
	if kept, err := readTokenFile(o.File); err != nil {
		faults = append(faults, err)
	} else if !kept.IsZero() {
		s.refresh = kept
	}
	if s.refresh.IsZero() {
		faults = append(faults, errors.New("OAuth needs a refresh token: install the app in HubSpot once more"))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("set up HubSpot's OAuth: %w", errors.Join(append(faults, KindOptions)...))
	}
	client := *as.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.http = &client
	s.config = &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret.reveal(),
		Endpoint: oauth2.Endpoint{TokenURL: join(base, as.Version.path(token), nil), AuthStyle: oauth2.AuthStyleInParams}}
	return s, nil
}

type oauthSource struct {
	opt    OAuthOptions
	config *oauth2.Config
	http   *http.Client
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error

	mu      sync.Mutex // held during a refresh: single flight
	access  Secret
	until   time.Time
	refresh Secret
}

// Token is the access token, refreshed when less than Early is left of it.
func (s *oauthSource) Token(ctx context.Context) (Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.access.IsZero() && s.now().Before(s.until.Add(-s.opt.Early)) {
		return s.access, nil
	}
	return s.fetch(ctx)
}

// Renew refreshes, unless somebody else has done so since used was given out.
func (s *oauthSource) Renew(ctx context.Context, used Secret) (Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.access.IsZero() && !s.access.Equal(used) {
		return s.access, nil
	}
	return s.fetch(ctx)
}

// fetch refreshes, with patience for a 429 (whose Retry-After is honoured) and for a server in trouble. The caller
// holds the lock.
func (s *oauthSource) fetch(ctx context.Context) (Secret, error) {
	const tries = 5
	for n := 1; ; n++ {
		got, err := s.config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, s.http), &oauth2.Token{RefreshToken: s.refresh.reveal()}).Token()
		if err == nil {
			return s.accept(got)
		}
		wait, failed := s.judge(err)
		if wait == 0 || n == tries {
			return Secret{}, failed
		}
		if err := s.sleep(ctx, wait*time.Duration(1<<min(n-1, 4))); err != nil {
			return Secret{}, errors.Join(err, failed)
		}
	}
}

// judge sorts a failed refresh: what it is, and how long to wait before the next try; 0: it will not get better. The
// answer's body is not quoted: it may repeat what was sent.
func (s *oauthSource) judge(err error) (time.Duration, error) {
	e := &APIError{Doing: "refresh HubSpot's access token", Kind: KindTransport, Mend: "check the network and the proxy; the next run tries again"}
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) || answered.Response == nil {
		v := judgeSilence(ask{doing: e.Doing}, err, s.config.Endpoint.TokenURL)
		return time.Second, v.err
	}
	var body envelope
	_ = json.Unmarshal(answered.Body, &body)
	e.Status, e.Category, e.CorrelationID = answered.Response.StatusCode, answered.ErrorCode, string(body.CorrelationID)
	if e.Category == "" {
		e.Category = string(body.Status)
	}
	after := min(retryAfter(answered.Response.Header, s.now()), time.Minute)
	switch {
	case e.Status == http.StatusTooManyRequests:
		return max(after, time.Second), e.as(KindRateLimit, "other apps refresh too often; the next run tries again")
	case e.Status >= 500:
		return max(after, time.Second), e.as(KindServer, "HubSpot is in trouble; the next run tries again")
	case e.Status >= 300 && e.Status < 400:
		return 0, e.as(KindRedirect, "set the base URL to HubSpot's own address, "+DefaultBaseURL)
	case e.Status >= 200 && e.Status < 300:
		return 0, e.as(KindNotJSON, "something else than HubSpot's API answers at this address: check the base URL")
	}
	return 0, e.as(KindCredentials, "install the app in HubSpot once more for a new refresh token; check client id and client secret")
}

// accept keeps what a refresh brought. A refresh token that came along replaces the old one, on disk first.
func (s *oauthSource) accept(got *oauth2.Token) (Secret, error) {
	s.access = NewSecret(got.AccessToken)
	s.until = s.now().Add(30 * time.Minute)
	// Seconds, by our own clock: the library's Expiry is by the machine's.
	if seconds, err := strconv.ParseFloat(fmt.Sprint(got.Extra("expires_in")), 64); err == nil && seconds > 0 && seconds < 1e8 {
		s.until = s.now().Add(time.Duration(seconds * float64(time.Second)))
	}
	if got.RefreshToken != "" && got.RefreshToken != s.refresh.reveal() {
		s.refresh = NewSecret(got.RefreshToken)
		if err := writeTokenFile(s.opt.File, s.refresh); err != nil {
			return s.access, err
		}
	}
	return s.access, nil
}

// readTokenFile reads a kept refresh token; none where there is no file. A file that others can read is refused.
func readTokenFile(path string) (Secret, error) {
	if path == "" {
		return Secret{}, nil
	}
	stat, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return Secret{}, nil
	}
	if err == nil && stat.Mode().Perm()&0o077 != 0 {
		return Secret{}, fmt.Errorf("token file %s can be read by others: chmod 600 %s", path, path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("read the token file: %w", err)
	}
	var kept struct {
		RefreshToken string `json:"refresh_token"`
	}
	if err := json.Unmarshal(raw, &kept); err != nil || kept.RefreshToken == "" {
		return Secret{}, fmt.Errorf("token file %s is not what rolecall wrote: remove it and install the app in HubSpot once more", path)
	}
	return NewSecret(kept.RefreshToken), nil
}

// writeTokenFile replaces the file in one step, mode 0600.
func writeTokenFile(path string, refresh Secret) error {
	if path == "" {
		return nil
	}
	fail := func(err error) error {
		return &APIError{Kind: KindPermission, Doing: "keep HubSpot's new refresh token", cause: err,
			Mend: "let rolecall write into the token file's directory: without it the next start has no access"}
	}
	raw, err := json.Marshal(map[string]string{"refresh_token": refresh.reveal()})
	if err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".token-*") // CreateTemp makes it 0600
	if err != nil {
		return fail(err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fail(err)
	}
	return nil
}
