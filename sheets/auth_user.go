package sheets

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	api "google.golang.org/api/sheets/v4"
)

// UserConsent is what AuthorizeUser needs.
type UserConsent struct {
	// ClientID and ClientSecret are those of an OAuth client of type "Desktop app".
	ClientID, ClientSecret string
	// TokenFile is where the token goes, readable by its owner only.
	TokenFile string
	// Show is given the address that the person must open in a browser on this machine.
	Show func(address string)
	// Endpoint is Google's when zero.
	Endpoint oauth2.Endpoint
}

func userConfig(id, secret string, endpoint oauth2.Endpoint) *oauth2.Config {
	return &oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: endpoint, Scopes: []string{api.SpreadsheetsScope}}
}

// AuthorizeUser asks a person for consent in the browser (RFC 8252: a loopback redirect, with PKCE, RFC 7636) and stores the token. It returns
// when the browser has come back, or with the context's error.
func AuthorizeUser(ctx context.Context, c UserConsent) error {
	if c.ClientID == "" {
		return errors.New("no OAuth client is set - make one of type Desktop app in Google Cloud under APIs & Services > Credentials, and put its ID and secret into credentials.json")
	}
	if c.Endpoint.AuthURL == "" {
		c.Endpoint = google.Endpoint
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("wait for the browser: %w", err)
	}
	config := userConfig(c.ClientID, c.ClientSecret, c.Endpoint)
	config.RedirectURL = "http://" + listener.Addr().String() + "/"
	verifier, state := oauth2.GenerateVerifier(), randomState()
	answer := make(chan callback, 1)
	server := &http.Server{Handler: callbackPage(state, answer), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with ErrServerClosed when we have the answer
	defer func() { _ = server.Close() }()
	c.Show(config.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.ApprovalForce, oauth2.S256ChallengeOption(verifier)))
	var got callback
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the consent: %w", ctx.Err())
	case got = <-answer:
	}
	if got.problem != "" {
		return fmt.Errorf("the consent was not given: Google says %s", got.problem)
	}
	token, err := config.Exchange(ctx, got.code, oauth2.VerifierOption(verifier))
	if err != nil {
		return fmt.Errorf("exchange the consent for a token: %w", err)
	}
	if token.RefreshToken == "" {
		return errors.New("google gave no lasting token - withdraw rolecall's access at https://myaccount.google.com/permissions and try again")
	}
	return writeToken(c.TokenFile, token)
}

type callback struct{ code, problem string }

// callbackPage takes the browser's return. Requests with another state are none of ours.
func callbackPage(state string, answer chan<- callback) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("state") != state {
			http.Error(w, "This page belongs to another sign-in.", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "Thank you. You can close this window and go back to the terminal.")
		select {
		case answer <- callback{code: q.Get("code"), problem: q.Get("error")}:
		default: // the browser came twice
		}
	})
}

func randomState() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

func readToken(path string) (*oauth2.Token, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the Google token: %w", err)
	}
	var t oauth2.Token
	if err := json.Unmarshal(raw, &t); err != nil || t.RefreshToken == "" {
		return nil, fmt.Errorf("%s holds no token - run rolecall auth google again", path)
	}
	return &t, nil
}

// writeToken stores a token so that only its owner can read it, in one step.
func writeToken(path string, t *oauth2.Token) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode the Google token: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".token.*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("store the Google token: %w", err)
	}
	_, err = temp.Write(raw)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store the Google token: %w", err), os.Remove(temp.Name()))
	}
	return nil
}
