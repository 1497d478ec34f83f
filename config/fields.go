package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// field is one setting: its key in the file, what it is for, and where its value goes. Exactly one of the
// targets is set. The environment's name and the flag's follow from the key.
type field struct {
	key  string
	help string
	// standard is the default as text.
	standard string
	// path says that the text is the path of a file or folder: a "~/" before it is the user's home.
	path bool
	// advanced settings are left out of credentials.example.json: they are for tests and proxies.
	advanced bool

	text     *string
	secret   *Secret
	toggle   *bool
	list     *[]string
	duration *time.Duration
}

// env is the setting's name in the environment: hubspot.base_url is ROLECALL_HUBSPOT_BASE_URL.
func (f field) env() string {
	return "ROLECALL_" + strings.ToUpper(strings.ReplaceAll(f.key, ".", "_"))
}

// fileSuffix makes the name of a secret in the environment that of its file.
const fileSuffix = "_FILE"

// flag is the setting's name on the command line: hubspot.base_url is hubspot-base-url. A secret has only
// its file there, since every user of the machine can read another's arguments.
func (f field) flag() string {
	name := strings.NewReplacer(".", "-", "_", "-").Replace(f.key)
	if f.secret != nil {
		return name + "-file"
	}
	return name
}

// fields is the table of all settings, in the order in which they are shown, aimed at c.
func fields(c *Config) []field {
	return []field{
		{key: "sheet_url", text: &c.SheetURL, help: "address of the Google Sheet, as the browser shows it, or its ID"},
		{key: "google.service_account_file", path: true, text: &c.Google.ServiceAccountFile, help: "path of a Google service account's key (JSON); share the sheet with its e-mail address as an editor"},
		{key: "google.service_account_json", secret: &c.Google.ServiceAccountJSON, help: "the key itself instead of a path"},
		{key: "google.adc", toggle: &c.Google.ADC, help: "use Application Default Credentials (gcloud, or the machine's own identity)"},
		{key: "google.impersonate", text: &c.Google.Impersonate, help: "e-mail address of a service account to act as, with the rights of the key above or of Application Default Credentials"},
		{key: "google.oauth_client_id", text: &c.Google.OAuthClientID, help: "OAuth client (type Desktop app) for signing in as a person, see 'rolecall auth google'"},
		{key: "google.oauth_client_secret", secret: &c.Google.OAuthClientSecret, help: "that client's secret"},
		{key: "google.oauth_token_file", path: true, text: &c.Google.OAuthTokenFile, help: "where 'rolecall auth google' keeps the sign-in; google-token.json beside the store when blank"},
		{key: "hubspot.token", secret: &c.HubSpot.Token, help: "token of a HubSpot service key or private app"},
		{key: "hubspot.oauth_client_id", text: &c.HubSpot.OAuthClientID, help: "client ID of a HubSpot OAuth app, instead of a token"},
		{key: "hubspot.oauth_client_secret", secret: &c.HubSpot.OAuthClientSecret, help: "that app's client secret"},
		{key: "hubspot.oauth_refresh_token", secret: &c.HubSpot.OAuthRefreshToken, help: "the refresh token that installing the app gave"},
		{key: "hubspot.oauth_token_file", path: true, text: &c.HubSpot.OAuthTokenFile, help: "where a renewed refresh token is kept; hubspot-token.json beside the store when blank"},
		{key: "hubspot.portal_id", text: &c.HubSpot.PortalID, help: "number of the portal that is meant; rolecall refuses to touch another one"},
		{key: "hubspot.version", text: &c.HubSpot.Version, standard: "2026-09", help: "HubSpot's API version: v3, 2026-03 or 2026-09"},
		{key: "embedding.openai_api_key", secret: &c.Embedding.OpenAIKey, help: "key of an OpenAI-compatible embedding service, if the sheet's Settings or --model choose one"},
		{key: "embedding.openai_base_url", text: &c.Embedding.OpenAIBaseURL, help: "its address, when it is not OpenAI's own (http://localhost:11434/v1 for Ollama)"},
		{key: "embedding.gemini_api_key", secret: &c.Embedding.GeminiKey, help: "key of Google's Gemini, if the sheet's Settings or --model choose it"},
		{key: "store", path: true, text: &c.Store, help: "path of the SQLite file that holds rolecall's state"},
		{key: "backups", path: true, text: &c.Backups, help: "folder for the nightly copies of the store; 'backups' beside the store when blank"},
		{key: "listen", text: &c.Listen, standard: "127.0.0.1:8321", help: "address of the status page, host:port"},
		{key: "hosts", list: &c.Hosts, help: "names under which the status page may be asked for, parted by commas"},
		{key: "admin_token", secret: &c.AdminToken, help: "password of the status page, needed when it listens beyond this machine (16 characters or more)"},
		{key: "public_url", text: &c.PublicURL, help: "https address under which HubSpot reaches this machine, for webhooks"},
		{key: "webhook_secret", secret: &c.WebhookSecret, help: "client secret of the HubSpot app that sends the webhooks"},
		{key: "log_level", text: &c.LogLevel, standard: "info", help: "debug, info, warn or error"},
		{key: "log_format", text: &c.LogFormat, standard: "auto", help: "auto, console or json"},
		{key: "poll_interval", duration: &c.PollInterval, standard: "15s", help: "time between two looks at the sheet for people's edits, 5s or more"},
		{key: "sheets_endpoint", text: &c.SheetsEndpoint, advanced: true, help: "address that stands in for https://sheets.googleapis.com/"},
		{key: "google.auth_url", text: &c.Google.AuthURL, advanced: true, help: "address that stands in for Google's consent page"},
		{key: "google.token_url", text: &c.Google.TokenURL, advanced: true, help: "address that stands in for Google's token endpoint"},
		{key: "hubspot.base_url", text: &c.HubSpot.BaseURL, advanced: true, help: "address that stands in for https://api.hubapi.com"},
		{key: "embedding.gemini_base_url", text: &c.Embedding.GeminiBaseURL, advanced: true, help: "address that stands in for Gemini's"},
	}
}

// set reads text into the field's target. The error says what was expected.
func (f field) set(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case f.text != nil:
		*f.text = text
	case f.secret != nil:
		*f.secret = NewSecret(text)
	case f.list != nil:
		*f.list = nil
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.ToLower(strings.TrimSpace(part)); part != "" {
				*f.list = append(*f.list, part)
			}
		}
	case f.toggle != nil:
		v, err := strconv.ParseBool(text)
		if err != nil && text != "" {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*f.toggle = v
	case f.duration != nil:
		v, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is no length of time: write it as 15s or 2m", text)
		}
		*f.duration = v
	}
	return nil
}

// show is the value as text, masked when it is a secret.
func (f field) show() string {
	switch {
	case f.secret != nil:
		return f.secret.String()
	case f.list != nil:
		return strings.Join(*f.list, ",")
	case f.toggle != nil:
		return strconv.FormatBool(*f.toggle)
	case f.duration != nil:
		return f.duration.String()
	}
	return *f.text
}

// Flag describes one command line flag of a setting.
type Flag struct {
	Name, Usage, Default string
	// Advanced flags are for tests and proxies: help need not list them.
	Advanced bool
}

// Flags lists the flags of all settings.
func Flags() []Flag {
	var out []Flag
	for _, f := range fields(&Config{}) {
		usage := f.help
		if f.secret != nil {
			usage = "file that holds the " + strings.TrimPrefix(f.help, "the ")
		}
		out = append(out, Flag{Name: f.flag(), Usage: usage, Default: f.standard, Advanced: f.advanced})
	}
	return out
}

// Entry is one line of what is in force.
type Entry struct {
	Key, Value, Origin string
	// Env is the setting's name in the environment; EnvFile, for a secret, that of the path of a file that holds it.
	Env, EnvFile string
	// Help says what the setting is for.
	Help string
}

// Entries lists what is in force, secrets masked, with where each value came from.
func (c Config) Entries() []Entry {
	var out []Entry
	for _, f := range fields(&c) {
		e := Entry{Key: f.key, Value: f.show(), Origin: c.origins[f.key], Env: f.env(), Help: f.help}
		if f.secret != nil {
			e.EnvFile = e.Env + fileSuffix
		}
		out = append(out, e)
	}
	return out
}
