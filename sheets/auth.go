package sheets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/impersonate"
	"google.golang.org/api/option"
	api "google.golang.org/api/sheets/v4"
)

// Auth says as whom the sheet is used. The first that is set counts; Impersonate goes with a key too.
//
//	| field              | who                                                                                         |
//	|--------------------|---------------------------------------------------------------------------------------------|
//	| None               | nobody: for a sandbox that asks for no token                                                |
//	| ServiceAccountJSON | a service account, its key as text                                                          |
//	| ServiceAccountFile | a service account, its key as a file                                                        |
//	| Impersonate        | another service account, with the rights of the key or of Application Default Credentials   |
//	| TokenFile          | a person, who said yes with rolecall auth google; ClientID and ClientSecret are the app's   |
//	| none of them       | Application Default Credentials                                                             |
type Auth struct {
	None               bool
	ServiceAccountJSON string
	ServiceAccountFile string
	Impersonate        string // the service account's e-mail
	Subject            string // with Impersonate: the person to act for (domain-wide delegation)
	TokenFile          string
	ClientID           string
	ClientSecret       string
	TokenURL           string // with TokenFile: where a token is renewed; Google's when blank
}

// options are the client options for this way of signing in, and the e-mail that the sheet must be shared with.
func (a Auth) options(ctx context.Context, base http.RoundTripper) ([]option.ClientOption, string, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: base})
	switch {
	case a.None:
		return []option.ClientOption{option.WithoutAuthentication()}, "", nil
	case a.ServiceAccountJSON != "":
		return a.key(ctx, []byte(a.ServiceAccountJSON), "the service account key")
	case a.ServiceAccountFile != "":
		raw, err := os.ReadFile(a.ServiceAccountFile)
		if err != nil {
			return nil, "", fmt.Errorf("read the service account key: %w", err)
		}
		return a.key(ctx, raw, a.ServiceAccountFile)
	case a.Impersonate != "":
		return a.actAs(ctx)
	case a.TokenFile != "":
		source, err := a.person(ctx)
		if err != nil {
			return nil, "", err
		}
		return []option.ClientOption{option.WithTokenSource(source)}, "the Google account that gave its consent", nil
	}
	credentials, err := google.FindDefaultCredentials(ctx, api.SpreadsheetsScope)
	if err != nil {
		return nil, "", errors.New("no Google credentials are set - give rolecall a service account key, or sign in with rolecall auth google; docs/setup.md shows both")
	}
	return []option.ClientOption{option.WithTokenSource(credentials.TokenSource)}, emailOf(credentials.JSON), nil
}

// cloudScope is what a key needs in order to ask for another account's token.
const cloudScope = "https://www.googleapis.com/auth/cloud-platform"

// actAs asks Google for tokens of the account Impersonate, with the credentials of these options or else those of the machine.
func (a Auth) actAs(ctx context.Context, with ...option.ClientOption) ([]option.ClientOption, string, error) {
	source, err := impersonate.CredentialsTokenSource(ctx, impersonate.CredentialsConfig{
		TargetPrincipal: a.Impersonate, Subject: a.Subject, Scopes: []string{api.SpreadsheetsScope}}, with...)
	if err != nil {
		return nil, "", fmt.Errorf("act as %s: %w - the account that does so needs the role Service Account Token Creator on it", a.Impersonate, err)
	}
	return []option.ClientOption{option.WithTokenSource(source)}, a.Impersonate, nil
}

// key is the service account of a key, or another one that it acts as. It signs its own tokens. The type is checked
// here, because the library takes any.
func (a Auth) key(ctx context.Context, key []byte, where string) ([]option.ClientOption, string, error) {
	var head struct {
		Type  string `json:"type"`
		Email string `json:"client_email"`
	}
	if err := json.Unmarshal(key, &head); err != nil {
		return nil, "", fmt.Errorf("%s is no JSON: it must be the key file that Google Cloud gave you, whole", where)
	}
	if head.Type != "service_account" {
		return nil, "", fmt.Errorf("%s is of type %q, not service_account - make a key under IAM > Service accounts > Keys in Google Cloud", where, head.Type)
	}
	scope := api.SpreadsheetsScope
	if a.Impersonate != "" {
		scope = cloudScope
	}
	config, err := google.JWTConfigFromJSON(key, scope)
	if err != nil {
		return nil, "", fmt.Errorf("%s cannot be used: %w", where, err)
	}
	if a.Impersonate != "" {
		return a.actAs(ctx, option.WithHTTPClient(oauth2.NewClient(ctx, config.TokenSource(ctx))))
	}
	return []option.ClientOption{option.WithTokenSource(config.TokenSource(ctx))}, head.Email, nil
}

func emailOf(raw []byte) string {
	var head struct {
		Email string `json:"client_email"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &head) != nil {
		return ""
	}
	return head.Email
}

// person reads the token that AuthorizeUser stored, and stores a refreshed one again.
func (a Auth) person(ctx context.Context) (oauth2.TokenSource, error) {
	token, err := readToken(a.TokenFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("nobody has signed in yet (%s is missing) - run rolecall auth google", a.TokenFile)
	}
	if err != nil {
		return nil, err
	}
	endpoint := google.Endpoint
	if a.TokenURL != "" {
		endpoint.TokenURL = a.TokenURL
	}
	config := userConfig(a.ClientID, a.ClientSecret, endpoint)
	return &savedToken{path: a.TokenFile, last: token.RefreshToken, source: config.TokenSource(ctx, token)}, nil
}

// savedToken stores a token whose refresh token Google has replaced.
type savedToken struct {
	path, last string
	source     oauth2.TokenSource
}

// Token gives a valid token. It fails when the consent was withdrawn or has expired.
func (s *savedToken) Token() (*oauth2.Token, error) {
	t, err := s.source.Token()
	if err != nil {
		return nil, err
	}
	if t.RefreshToken != "" && t.RefreshToken != s.last {
		if err := writeToken(s.path, t); err != nil {
			return nil, err
		}
		s.last = t.RefreshToken
	}
	return t, nil
}
