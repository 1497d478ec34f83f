// Package config reads the operator's settings: where the sheet and HubSpot are, how to sign in, where the
// state is kept. What marketers choose is in the sheet's Settings tab, not here.
//
// A setting comes from the first of these that has it:
//
//	flag          --hubspot-version 2026-09        (a secret only as --hubspot-token-file FILE: arguments are public)
//	environment   ROLECALL_HUBSPOT_VERSION=2026-09 (a secret also as ROLECALL_HUBSPOT_TOKEN_FILE=FILE)
//	file          credentials.json: {"hubspot": {"version": "2026-09"}}
//	default
//
// Load reports every fault at once, each with its mend.
package config

import "time"

// Config is a checked set of settings. Blank means that nobody has set it and there is no default.
type Config struct {
	// SheetURL is the address of the Google Sheet, or its bare ID.
	SheetURL string
	// SheetsEndpoint stands in for https://sheets.googleapis.com/, for tests and proxies.
	SheetsEndpoint string
	Google         Google
	HubSpot        HubSpot
	Embedding      Embedding
	// Store is the path of the SQLite file.
	Store string
	// Backups is the folder for nightly copies of the store.
	Backups string
	// Listen is the status page's address, host:port.
	Listen string
	// Hosts are the names under which the status page may be asked for, besides loopback and Listen's own.
	Hosts []string
	// AdminToken is asked for where the status page can be reached from other machines.
	AdminToken Secret
	// PublicURL is where HubSpot reaches the webhook receiver; WebhookSecret is the app's client secret.
	PublicURL     string
	WebhookSecret Secret
	// LogLevel is debug, info, warn or error; LogFormat auto (console on a terminal, else JSON), console or json.
	LogLevel, LogFormat string
	// PollInterval is the time between two looks at the sheet for people's edits.
	PollInterval time.Duration

	// Warnings are sentences about settings that work and could be safer.
	Warnings []string
	origins  map[string]string // key -> where the value came from
}

// Google says how to sign in to Google: one of the ways, or Application Default Credentials.
type Google struct {
	ServiceAccountFile string
	// ServiceAccountJSON is the key itself, for platforms that hand secrets over as text.
	ServiceAccountJSON Secret
	// ADC asks for Application Default Credentials (gcloud, a cloud machine's own identity).
	ADC bool
	// Impersonate is the e-mail of a service account to act as, with the rights of a key or, where there is none, of ADC.
	Impersonate string
	// OAuthClientID, OAuthClientSecret and OAuthTokenFile are a person's own sign-in, see "rolecall auth google".
	OAuthClientID     string
	OAuthClientSecret Secret
	OAuthTokenFile    string
	// AuthURL and TokenURL stand in for Google's own sign-in addresses, for tests.
	AuthURL, TokenURL string
}

// HubSpot says how to reach the portal.
type HubSpot struct {
	// Token is a service key's or a private app's.
	Token Secret
	// OAuthClientID, OAuthClientSecret and OAuthRefreshToken are an OAuth app's.
	OAuthClientID     string
	OAuthClientSecret Secret
	OAuthRefreshToken Secret
	// OAuthTokenFile is where a refresh token that HubSpot renewed is kept.
	OAuthTokenFile string
	// Version is the API version in paths: v3, 2026-03 or 2026-09.
	Version string
	// PortalID is the portal that is meant; another one is refused. Blank: any.
	PortalID string
	// BaseURL stands in for https://api.hubapi.com, for tests and proxies.
	BaseURL string
}

// Embedding holds the keys of remote embedding services. Which one is used is chosen in the sheet.
type Embedding struct {
	OpenAIKey     Secret
	OpenAIBaseURL string
	GeminiKey     Secret
	GeminiBaseURL string
}

// Secrets lists every secret that is set, for Redact.
func (c Config) Secrets() []Secret {
	var out []Secret
	for _, f := range fields(&c) {
		if f.secret != nil && f.secret.IsSet() {
			out = append(out, *f.secret)
		}
	}
	return out
}

// HasCredentials says whether anything here could reach a real sheet or portal. The demo refuses to run then.
func (c Config) HasCredentials() bool {
	return c.HubSpot.Token.IsSet() || c.HubSpot.OAuthRefreshToken.IsSet() || c.SignsInToGoogle()
}

// SignsInToGoogle says whether any way to sign in to Google is configured.
func (c Config) SignsInToGoogle() bool {
	g := c.Google
	return g.ServiceAccountFile != "" || g.ServiceAccountJSON.IsSet() || g.ADC || g.Impersonate != "" || g.OAuthClientID != ""
}
