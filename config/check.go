package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	shortestPoll  = 5 * time.Second // one read of the sheet; Google allows 60 a minute
	shortestToken = 16              // characters of the admin token
)

// check finds what is wrong across settings; every fault has its mend.
func (c *Config) check(getenv func(string) string) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.SheetURL != "" && c.SpreadsheetID() == "" {
		fault("sheet_url: %q is not the address of a Google Sheet: copy it from the browser (https://docs.google.com/spreadsheets/d/...)", c.SheetURL)
	}
	for _, at := range []struct{ key, value string }{
		{"sheets_endpoint", c.SheetsEndpoint}, {"google.auth_url", c.Google.AuthURL}, {"google.token_url", c.Google.TokenURL},
		{"hubspot.base_url", c.HubSpot.BaseURL}, {"embedding.openai_base_url", c.Embedding.OpenAIBaseURL},
		{"embedding.gemini_base_url", c.Embedding.GeminiBaseURL}, {"public_url", c.PublicURL},
	} {
		if err := checkURL(at.value); err != nil {
			fault("%s: %w", at.key, err)
		}
	}
	for _, one := range []struct {
		key, value string
		of         []string
	}{
		{"hubspot.version", c.HubSpot.Version, []string{"v3", "2026-03", "2026-09"}},
		{"log_level", c.LogLevel, []string{"debug", "info", "warn", "error"}},
		{"log_format", c.LogFormat, []string{"auto", "console", "json"}},
	} {
		if !slices.Contains(one.of, one.value) {
			fault("%s: %q is not one of %s", one.key, one.value, strings.Join(one.of, ", "))
		}
	}
	if c.HubSpot.PortalID != "" && strings.Trim(c.HubSpot.PortalID, "0123456789") != "" {
		fault("hubspot.portal_id: %q is not a number: it stands in the address of every HubSpot page, after /contacts/", c.HubSpot.PortalID)
	}
	if c.PollInterval < shortestPoll {
		fault("poll_interval: %v is too short for Google's limits: %v or more", c.PollInterval, shortestPoll)
	}
	faults = append(faults, c.checkGoogle(getenv)...)
	faults = append(faults, c.checkHubSpot()...)
	return append(faults, c.checkListen()...)
}

func (c *Config) checkGoogle(getenv func(string) string) []error {
	var faults []error
	g := c.Google
	var ways []string
	for name, used := range map[string]bool{
		"google.service_account_file": g.ServiceAccountFile != "", "google.service_account_json": g.ServiceAccountJSON.IsSet(),
		"google.adc": g.ADC, "google.oauth_client_id": g.OAuthClientID != "",
	} {
		if used {
			ways = append(ways, name)
		}
	}
	if slices.Sort(ways); len(ways) > 1 {
		faults = append(faults, fmt.Errorf("there are %d ways to sign in to Google (%s): keep one", len(ways), strings.Join(ways, ", ")))
	}
	if g.Impersonate != "" && g.OAuthClientID != "" {
		faults = append(faults, errors.New("google.impersonate goes with a key or with google.adc, not with google.oauth_client_id: keep one"))
	}
	if g.ServiceAccountFile != "" {
		if _, err := os.ReadFile(g.ServiceAccountFile); errors.Is(err, os.ErrPermission) {
			faults = append(faults, unreadable("google.service_account_file", g.ServiceAccountFile, err))
		} else if err != nil {
			faults = append(faults, fmt.Errorf("google.service_account_file: %w: give the path of the JSON key that Google's console let you download", err))
		} else if err := private(g.ServiceAccountFile, getenv); err != nil {
			faults = append(faults, err)
		}
	}
	if (g.OAuthClientID != "") != g.OAuthClientSecret.IsSet() {
		faults = append(faults, errors.New("google.oauth_client_id and google.oauth_client_secret belong together: set both, or neither"))
	}
	return faults
}

func (c *Config) checkHubSpot() []error {
	h := c.HubSpot
	set := 0
	for _, is := range []bool{h.OAuthClientID != "", h.OAuthClientSecret.IsSet(), h.OAuthRefreshToken.IsSet()} {
		if is {
			set++
		}
	}
	var faults []error
	if set > 0 && set < 3 {
		faults = append(faults, errors.New("hubspot.oauth_client_id, hubspot.oauth_client_secret and hubspot.oauth_refresh_token belong together: set all three, or none"))
	}
	if set > 0 && h.Token.IsSet() {
		faults = append(faults, errors.New("there are two ways to sign in to HubSpot (hubspot.token and hubspot.oauth_...): keep one"))
	}
	return faults
}

func (c *Config) checkListen() []error {
	var faults []error
	host, port, err := net.SplitHostPort(c.Listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	switch {
	case err != nil:
		faults = append(faults, fmt.Errorf("listen: %q is not an address: write host:port, such as 127.0.0.1:8321", c.Listen))
	case !Loopback(host) && !c.AdminToken.IsSet():
		faults = append(faults, fmt.Errorf("listen: %s can be reached from other machines: set admin_token (a long random text), or listen on 127.0.0.1", c.Listen))
	}
	for _, name := range c.Hosts {
		if strings.ContainsAny(name, ":/") && net.ParseIP(name) == nil {
			faults = append(faults, fmt.Errorf("hosts: %q is more than a name: leave away http:// and the port", name))
		}
	}
	if c.AdminToken.IsSet() && len(c.AdminToken.Reveal()) < shortestToken {
		faults = append(faults, fmt.Errorf("admin_token: it has fewer than %d characters: make one with 'openssl rand -hex 16'", shortestToken))
	}
	if (c.PublicURL != "") != c.WebhookSecret.IsSet() {
		faults = append(faults, errors.New("public_url and webhook_secret belong together: set both to receive webhooks, or neither"))
	}
	return faults
}

// checkURL asks for https, or http on this machine; "" passes.
func checkURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("%q is not an address: write it whole, such as https://example.com", text)
	case u.User != nil:
		return errors.New("an address must not hold a user name or password: use the settings for secrets")
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q is not https: tokens would travel in the clear (http is accepted for this machine only)", text)
}

// Loopback says whether a host name or IP address, without a port, is this machine.
func Loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// private refuses a file of secrets that others may read. A file that root laid into $CREDENTIALS_DIRECTORY
// (systemd, Kubernetes, Docker secrets) may be readable by its group or by all, since the folder guards it.
func private(path string, getenv func(string) string) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // whoever reads the file says so better
	}
	mode := info.Mode().Perm()
	if mode&0o077 == 0 {
		return nil
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" && strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/") && mode&0o022 == 0 {
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s can be read by other users (mode %04o) and holds secrets: run 'chmod 600 %s'", path, mode, path)
}

// SpreadsheetID is the ID within SheetURL; "" when there is none.
func (c Config) SpreadsheetID() string {
	if m := regexp.MustCompile(`/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{10,})`).FindStringSubmatch(c.SheetURL); m != nil {
		return m[1]
	}
	if regexp.MustCompile(`^[A-Za-z0-9_-]{10,}$`).MatchString(c.SheetURL) {
		return c.SheetURL
	}
	return ""
}

// Need is something that a command cannot do without.
type Need string

// The needs.
const (
	NeedSheet   Need = "sheet"   // the address of a sheet
	NeedGoogle  Need = "google"  // a way to sign in to Google
	NeedHubSpot Need = "hubspot" // a way to sign in to HubSpot
)

// Require says, as an *Error, which of a command's needs are not met and how to meet them.
func (c Config) Require(needs ...Need) error {
	var faults []error
	for _, need := range needs {
		switch {
		case need == NeedSheet && c.SheetURL == "":
			faults = append(faults, errors.New("there is no sheet: set sheet_url in credentials.json, or ROLECALL_SHEET_URL, or --sheet-url (or use --workbook DIR to work without Google)"))
		case need == NeedGoogle && !c.SignsInToGoogle() && !c.sheetIsHere():
			faults = append(faults, errors.New("there is no way to sign in to Google: set google.service_account_file (see docs/setup.md), or google.adc, or run 'rolecall auth google'"))
		case need == NeedHubSpot && !c.HubSpot.Token.IsSet() && !c.HubSpot.OAuthRefreshToken.IsSet():
			faults = append(faults, errors.New("there is no way to sign in to HubSpot: set hubspot.token in credentials.json, or ROLECALL_HUBSPOT_TOKEN_FILE (see docs/setup.md)"))
		}
	}
	if len(faults) > 0 {
		return &Error{faults}
	}
	return nil
}

// sheetIsHere says that the sheet is kept by a stand-in on this machine, which asks for no sign-in.
func (c Config) sheetIsHere() bool {
	u, err := url.Parse(c.SheetsEndpoint)
	return err == nil && c.SheetsEndpoint != "" && Loopback(u.Hostname())
}

func sortedKeys(m map[string]setting) []string { return slices.Sorted(maps.Keys(m)) }

// levenshtein is the edit distance in bytes; keys are ASCII.
func levenshtein(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
