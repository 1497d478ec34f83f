package cli

import (
	"context"
	"net/http"
	"net/url"

	"github.com/rs/zerolog"

	"rolecall/config"
	"rolecall/reconcile"
	"rolecall/sheets"
	"rolecall/workbook"
)

// openSheet opens the directory, where one is given, else the Google Sheet of the settings. tries is how often Google is
// asked when it is in trouble; 0 is the client's own number.
func openSheet(ctx context.Context, c config.Config, dir string, tries int, log zerolog.Logger) (reconcile.ControlPlane, error) {
	if dir != "" {
		return workbook.OpenDirectory(dir, now)
	}
	o := sheets.Options{Sheet: c.SheetURL, Endpoint: c.SheetsEndpoint, Tries: tries, Now: now, Log: log}
	g := c.Google
	switch {
	case inSandbox(c):
		o.Auth, o.Transport, o.PerMinute = sheets.Auth{None: true}, sandboxToken{http.DefaultTransport}, -1
	default:
		o.Auth = sheets.Auth{ServiceAccountFile: g.ServiceAccountFile, ServiceAccountJSON: g.ServiceAccountJSON.Reveal(), Impersonate: g.Impersonate,
			ClientID: g.OAuthClientID, ClientSecret: g.OAuthClientSecret.Reveal(), TokenURL: g.TokenURL}
		if g.OAuthClientID != "" {
			o.Auth.TokenFile = g.OAuthTokenFile
		}
	}
	sheet, err := sheets.Open(ctx, o)
	return sheet, withCode(exitConfig, err)
}

// inSandbox says that the sheet is a stand-in on this machine and nobody signs in to Google.
func inSandbox(c config.Config) bool {
	at, err := url.Parse(c.SheetsEndpoint)
	return err == nil && c.SheetsEndpoint != "" && config.Loopback(at.Hostname()) && !c.SignsInToGoogle()
}

// sandboxToken shows a token that only the sandbox accepts.
type sandboxToken struct{ http.RoundTripper }

func (t sandboxToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer sandbox")
	return t.RoundTripper.RoundTrip(r)
}
