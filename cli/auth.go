package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"rolecall/config"
)

const (
	sheetsScope = "https://www.googleapis.com/auth/spreadsheets"
	// signInTime is how long the browser's answer is waited for.
	signInTime = 10 * time.Minute
)

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

// signIn is the authorization code flow for native apps: a browser, a listener on loopback and PKCE (RFC 8252, RFC 7636).
func (p *process) signIn(ctx context.Context, c config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the browser: %w", err)
	}
	client := googleClient(c.Google, "http://"+listener.Addr().String())
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	fmt.Fprintf(p.stderr, "Open this address in a browser on this machine and agree:\n\n")
	fmt.Fprintln(p.stdout, client.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.ApprovalForce, oauth2.S256ChallengeOption(verifier)))
	code, err := awaitCode(ctx, listener, state)
	if err != nil {
		return err
	}
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return fmt.Errorf("exchange the code for a sign-in: %w", err)
	}
	if token.RefreshToken == "" {
		return errors.New("Google gave no lasting sign-in: take rolecall's access away at https://myaccount.google.com/connections and try again")
	}
	if err := saveToken(c.Google.OAuthTokenFile, token); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "\nSigned in; kept in %s. Next: rolecall check\n", c.Google.OAuthTokenFile)
	return nil
}

func googleClient(g config.Google, redirect string) *oauth2.Config {
	endpoint := google.Endpoint
	if g.AuthURL != "" {
		endpoint.AuthURL = g.AuthURL
	}
	if g.TokenURL != "" {
		endpoint.TokenURL = g.TokenURL
	}
	return &oauth2.Config{ClientID: g.OAuthClientID, ClientSecret: g.OAuthClientSecret.Reveal(), Endpoint: endpoint, RedirectURL: redirect, Scopes: []string{sheetsScope}}
}

// awaitCode serves the redirect until the browser brings a code with our state, or the person refuses.
func awaitCode(ctx context.Context, listener net.Listener, state string) (string, error) {
	type answer struct {
		code string
		err  error
	}
	answers := make(chan answer, 1)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		a := answer{code: q.Get("code")}
		switch {
		case q.Get("state") != state:
			http.Error(w, "This address belongs to another sign-in.", http.StatusBadRequest)
			return // not ours: go on waiting
		case q.Get("error") != "":
			a.err = fmt.Errorf("the sign-in was refused (%s): run 'rolecall auth google' again and agree", q.Get("error"))
		case a.code == "":
			a.err = errors.New("the browser brought no code: run 'rolecall auth google' again")
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "You can close this window and go back to the terminal.\n")
		select {
		case answers <- a:
		default: // the page was loaded twice
		}
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer server.Close()
	select {
	case a := <-answers:
		shut, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_ = server.Shutdown(shut) // lets the browser read its page
		return a.code, a.err
	case err := <-served:
		return "", fmt.Errorf("listen for the browser: %w", err)
	case <-ctx.Done():
		return "", fmt.Errorf("the browser did not come back: %w: run 'rolecall auth google' again", ctx.Err())
	}
}

// saveToken keeps the sign-in, readable by this user only, replaced in one step.
func saveToken(path string, token *oauth2.Token) error {
	raw, err := json.Marshal(token)
	if err != nil {
		return fmt.Errorf("encode the sign-in: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the sign-in: %w", err)
	}
	if err := errors.Join(os.WriteFile(path+".new", raw, 0o600), os.Chmod(path+".new", 0o600)); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	return nil
}
