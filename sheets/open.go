package sheets

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"google.golang.org/api/option"
	api "google.golang.org/api/sheets/v4"
	htransport "google.golang.org/api/transport/http"
)

// Options say which sheet, as whom, and through what.
type Options struct {
	// Sheet is the spreadsheet's link or its ID.
	Sheet string
	// Auth says as whom. Its zero value is Application Default Credentials.
	Auth Auth
	// Endpoint is another base address than Google's, for tests and proxies; "" for Google's.
	Endpoint string
	// Transport carries the requests; nil for http.DefaultTransport.
	Transport http.RoundTripper
	// PerMinute are the reads and, apart from them, the writes a minute that are allowed; 50 when 0, no limit when negative. Google allows 60.
	PerMinute int
	// Tries is how often a request is sent at most while the service is in trouble; 6 when 0. A person who waits for an answer wants it sooner.
	Tries int
	// Now, Sleep and Jitter (0 to 1) stand in for the clock and chance; nil for the real ones.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
	Log    zerolog.Logger
}

// Sheet is one workbook in Google Sheets. It is safe for concurrent use; its calls take turns.
type Sheet struct {
	id      string
	account string // the e-mail to share the sheet with, where known
	service *api.Service
	now     func() time.Time
	log     zerolog.Logger

	mu sync.Mutex
	// known is where the columns were when they were last looked for; nil before.
	known *structure
}

// Open makes a Sheet. It reads the credentials but calls nothing: the first call shows whether they are good.
func Open(ctx context.Context, o Options) (*Sheet, error) {
	id, err := SpreadsheetID(o.Sheet)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = realSleep
	}
	if o.Jitter == nil {
		o.Jitter = realJitter
	}
	if o.Tries == 0 {
		o.Tries = maxAttempts
	}
	paced := &transport{base: o.Transport, sleep: o.Sleep, jitter: o.Jitter, tries: o.Tries}
	if o.PerMinute >= 0 {
		if o.PerMinute == 0 {
			o.PerMinute = 50
		}
		paced.reads, paced.writes = newLimiter(o.PerMinute), newLimiter(o.PerMinute)
	}
	credentials, account, err := o.Auth.options(ctx, o.Transport)
	if err != nil {
		return nil, err
	}
	// Authentication sits above the retries, so that each attempt carries the token and fetching one costs no quota.
	authorised, err := htransport.NewTransport(ctx, paced, append(credentials, option.WithScopes(api.SpreadsheetsScope))...)
	if err != nil {
		return nil, fmt.Errorf("read the Google credentials: %w - see docs/setup.md for the four ways to sign in", err)
	}
	clientOptions := []option.ClientOption{option.WithHTTPClient(&http.Client{Transport: authorised, Timeout: 3 * time.Minute})}
	if o.Endpoint != "" {
		clientOptions = append(clientOptions, option.WithEndpoint(strings.TrimSuffix(o.Endpoint, "/")+"/"))
	}
	service, err := api.NewService(ctx, clientOptions...)
	if err != nil {
		return nil, fmt.Errorf("set up the Google Sheets client: %w", err)
	}
	return &Sheet{id: id, account: account, service: service, now: o.Now, log: o.Log}, nil
}

// SpreadsheetID takes the ID out of a spreadsheet's link; an ID stays as it is. The error shows what a link looks like.
func SpreadsheetID(link string) (string, error) {
	link = strings.TrimSpace(link)
	if link == "" {
		return "", errors.New("no sheet is named - paste the link of the Google Sheet, which looks like https://docs.google.com/spreadsheets/d/1AbC.../edit")
	}
	if m := regexp.MustCompile(`/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)`).FindStringSubmatch(link); m != nil {
		return m[1], nil
	}
	if regexp.MustCompile(`^[A-Za-z0-9_-]{5,}$`).MatchString(link) {
		return link, nil
	}
	return "", fmt.Errorf("%q is no link of a Google Sheet - it looks like https://docs.google.com/spreadsheets/d/1AbC.../edit", link)
}

// Account is the e-mail that the sheet must be shared with, where the credentials say so; "" otherwise.
func (s *Sheet) Account() string { return s.account }
