package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"rolecall/config"
	"rolecall/sheets"
)

// signInTime is how long the browser is waited for.
const signInTime = 10 * time.Minute

func newAuth(p *process) *cobra.Command {
	group := &cobra.Command{
		Use:     "auth",
		Short:   "Sign in to a service as a person",
		Example: "  rolecall auth google",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(&cobra.Command{
		Use:   "google",
		Short: "Sign in to Google as yourself",
		Long: `Sign in to Google as yourself, with an OAuth client of the type "Desktop app" (google.oauth_client_id and
google.oauth_client_secret). An address is printed: open it in a browser on this machine and agree; the sign-in is then
kept in google.oauth_token_file. Only spreadsheets are asked for. A service account needs no such step and suits a
server better.`,
		Example: `  rolecall auth google
  ROLECALL_GOOGLE_OAUTH_CLIENT_ID=... ROLECALL_GOOGLE_OAUTH_CLIENT_SECRET_FILE=secret.txt rolecall auth google`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			if c.Google.OAuthClientID == "" {
				return withCode(exitConfig, errors.New("there is no OAuth client: make one of the type \"Desktop app\" in Google's console and set google.oauth_client_id and google.oauth_client_secret"))
			}
			return p.signIn(cmd.Context(), c)
		},
	})
	return group
}

func (p *process) signIn(ctx context.Context, c config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	file := c.Google.OAuthTokenFile
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make the folder of the sign-in: %w", err)
	}
	err := sheets.AuthorizeUser(ctx, sheets.UserConsent{
		ClientID: c.Google.OAuthClientID, ClientSecret: c.Google.OAuthClientSecret.Reveal(), TokenFile: file, Endpoint: googleEndpoint(c.Google),
		Show: func(address string) {
			fmt.Fprintln(p.stderr, "Open this address in a browser on this machine and agree:")
			fmt.Fprintln(p.stdout, address)
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "Signed in; kept in %s. Next: rolecall check\n", file)
	return nil
}

// googleEndpoint is Google's, but for the addresses that tests and proxies set.
func googleEndpoint(g config.Google) oauth2.Endpoint {
	endpoint := google.Endpoint
	if g.AuthURL != "" {
		endpoint.AuthURL = g.AuthURL
	}
	if g.TokenURL != "" {
		endpoint.TokenURL = g.TokenURL
	}
	return endpoint
}
