package hubspot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"rolecall/label"
)

// DefaultBaseURL is HubSpot's only address for API calls.
const DefaultBaseURL = "https://api.hubapi.com"

// Options is what a CRM is made from. The zero value of everything but Auth is a good default.
type Options struct {
	// BaseURL is HubSpot's address, DefaultBaseURL when "". https, unless it is loopback or AllowPlain is set.
	BaseURL    string
	AllowPlain bool
	// Version is the API's version, V202609 when "".
	Version Version
	// Auth gives the bearer token; see Static and OAuth.
	Auth TokenSource
	// HTTP is the client underneath; its redirect policy is replaced: none is followed. Default: 60 s a call, and no
	// proxy, whatever the environment says: who wants one passes a client that has it.
	HTTP *http.Client
	// Now, Sleep and Rand are time and chance. Sleep returns the context's error when it ends first.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Rand  func() float64 // 0 to 1, for jitter
	Log   zerolog.Logger
	// Share is the share of the rate limits left to the portal's other apps, 0 to 0.9.
	Share  float64
	Limits Limits
	// Overlap is how far before the watermark a read starts, against the lag of HubSpot's search. Default 10 minutes.
	Overlap time.Duration
	// Names are the properties that are read and written.
	Names Names
	// PersonSources are the sourceTypes of history that are a person's hand; see PersonSources for the default.
	PersonSources []string
	// KnownSource is what OnSource was given in an earlier process: who we are in HubSpot's history.
	KnownSource string
	// OnSource is called once, when the first confirmed write shows under which source HubSpot files our writes.
	OnSource func(source string)
	// Journal says what we last wrote into a contact's property and when, to recognise our own echo. nil: nothing.
	Journal func(id label.ContactID, axis label.Axis) (value label.Value, at time.Time, ok bool)
	// Mapping says, per axis, which option of hs_role or hs_seniority stands for a value of ours. Values that are
	// missing here are matched by name. Used only where label.Properties.MapOnto asks for it.
	Mapping [label.AxisCount]map[label.Value]string
	// Metrics hears of what happens; nil for nobody.
	Metrics Metrics
}

// Names are property names in HubSpot.
type Names struct {
	Labels     [label.AxisCount]string // job_role, job_seniority
	Confidence string                  // job_label_confidence
	Source     string                  // job_label_source
	Title      string                  // jobtitle
	Company    string                  // company
	Group      string                  // rolecall
	// HubSpot are HubSpot's own properties that MapOnto writes: hs_role, hs_seniority.
	HubSpot [label.AxisCount]string
}

// DefaultNames are the names of a portal that was set up by rolecall.
func DefaultNames() Names {
	return Names{
		Labels:     [label.AxisCount]string{"job_role", "job_seniority"},
		Confidence: "job_label_confidence",
		Source:     "job_label_source",
		Title:      "jobtitle",
		Company:    "company",
		Group:      "rolecall",
		HubSpot:    [label.AxisCount]string{"hs_role", "hs_seniority"},
	}
}

// Limits are HubSpot's sizes, in one place because HubSpot changes them, and ours.
type Limits struct {
	ListPage     int // contacts a page of the list, 100
	SearchPage   int // contacts a page of search, 200
	ReadBatch    int // ids a batch read, 100
	HistoryBatch int // ids a batch read with history, 50
	WriteBatch   int // rows a batch update, 100
	Burst        int // calls per ten seconds until headers say otherwise, 190
	// SearchPerSecond is the account's searches a second, 5.
	SearchPerSecond int
	// DailyStop is the used share of the daily allowance at which rolecall stops, 0.8.
	DailyStop float64
	// InFlight is how many batches are under way at once, 6.
	InFlight int
	// Tries is how often a call is made at most when HubSpot is in trouble, 6; and Waits how often it may be told to wait (429, 423), 20.
	Tries, Waits int
	// LongestWait is the longest wait that HubSpot may ask for within a run, 1 minute; asked for more, the run ends and says when to go on.
	LongestWait time.Duration
	// Canary and Second are the first two steps of a write, 10 and 100 rows; CanaryEvery is how long a passed canary holds, 1 hour.
	Canary, Second int
	CanaryEvery    time.Duration
	// Body is the largest answer taken, in bytes, 64 MB.
	Body int64
}

// DefaultLimits are HubSpot's limits of 2026 and our own.
func DefaultLimits() Limits {
	return Limits{ListPage: 100, SearchPage: 200, ReadBatch: 100, HistoryBatch: 50, WriteBatch: 100,
		Burst: 190, SearchPerSecond: 5, DailyStop: 0.8, InFlight: 6, Tries: 6, Waits: 20, LongestWait: time.Minute,
		Canary: 10, Second: 100, CanaryEvery: time.Hour, Body: 64 << 20}
}

// Metrics hears of what happens, for counters. Its methods are called from several goroutines.
type Metrics interface {
	// Call is one HTTP call: what for, its status (0: no answer), how long it took.
	Call(doing string, status int, took time.Duration)
	// Event is something worth counting: "rate limited", "cursor clamped", "batch bisected", "unknown outcome", "list restarted".
	Event(name string)
}

type noMetrics struct{}

func (noMetrics) Call(string, int, time.Duration) {}
func (noMetrics) Event(string)                    {}

// CRM is a HubSpot portal. It is safe for use by several goroutines.
type CRM struct {
	opt    Options
	base   *url.URL
	http   *http.Client
	limits *limiter

	mu        sync.Mutex
	skew      time.Duration // HubSpot's clock minus ours, by the Date header
	skewKnown bool
	source    string                                  // who we are in history
	ensured   string                                  // hash of the label.Properties that are in force
	problems  map[string]string                       // what EnsureProperties found for them
	mapping   [label.AxisCount]map[label.Value]string // our value -> option of HubSpot's own property
	canaryAt  time.Time                               // when a canary last passed
	seen      overlapMemory
}

// New checks the options, every fault at once, and makes a CRM. It calls nobody. Faults are of KindOptions.
func New(o Options) (*CRM, error) {
	o.fill()
	base, faults := checkBase(o.BaseURL, o.AllowPlain)
	if !o.Version.known() {
		faults = append(faults, fmt.Errorf("API version %q is not known: choose one of %v", o.Version, Versions()))
	}
	if o.Auth == nil {
		faults = append(faults, errors.New("no credentials: give a service key, a private app token or OAuth"))
	}
	if !(o.Share >= 0 && o.Share <= 0.9) { // not a number is no share either
		faults = append(faults, fmt.Errorf("share of limits left to other apps is %v: choose 0 to 0.9", o.Share))
	}
	faults = append(faults, o.Limits.check()...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("set up HubSpot: %w", errors.Join(append(faults, KindOptions)...))
	}
	c := &CRM{opt: o, base: base, source: o.KnownSource, limits: newLimiter(o)}
	client := *o.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &client
	return c, nil
}

// SetShare changes the share of the rate limits that is left to the portal's other apps, 0 to 0.9: it stands in the
// sheet, and the sheet is read after the CRM is made. Faults are of KindOptions.
func (c *CRM) SetShare(share float64) error {
	if !(share >= 0 && share <= 0.9) {
		return fmt.Errorf("share of limits left to other apps is %v: choose 0 to 0.9: %w", share, KindOptions)
	}
	c.limits.setShare(share)
	return nil
}

// fill puts defaults where nothing was said.
func (o *Options) fill() {
	setDefault(&o.BaseURL, DefaultBaseURL)
	setDefault(&o.Version, V202609)
	setDefault(&o.Overlap, 10*time.Minute)
	o.Limits.fill()
	setDefault(&o.Names, DefaultNames())
	if o.HTTP == nil {
		o.HTTP = directClient()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.PersonSources == nil {
		o.PersonSources = PersonSources()
	}
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
}

// fill gives every limit that is not set its default.
func (l *Limits) fill() {
	d := DefaultLimits()
	for to, def := range map[*int]int{&l.ListPage: d.ListPage, &l.SearchPage: d.SearchPage,
		&l.ReadBatch: d.ReadBatch, &l.HistoryBatch: d.HistoryBatch, &l.WriteBatch: d.WriteBatch, &l.Burst: d.Burst,
		&l.SearchPerSecond: d.SearchPerSecond, &l.InFlight: d.InFlight, &l.Tries: d.Tries, &l.Waits: d.Waits,
		&l.Canary: d.Canary, &l.Second: d.Second} {
		setDefault(to, def)
	}
	setDefault(&l.DailyStop, d.DailyStop)
	setDefault(&l.LongestWait, d.LongestWait)
	setDefault(&l.CanaryEvery, d.CanaryEvery)
	setDefault(&l.Body, d.Body)
}

func setDefault[T comparable](to *T, def T) {
	var zero T
	if *to == zero {
		*to = def
	}
}

// check finds limits that cannot work.
func (l Limits) check() []error {
	var faults []error
	for name, n := range map[string]int{"list page": l.ListPage, "search page": l.SearchPage,
		"read batch": l.ReadBatch, "history batch": l.HistoryBatch, "write batch": l.WriteBatch, "burst": l.Burst,
		"searches a second": l.SearchPerSecond, "in flight": l.InFlight, "tries": l.Tries, "waits": l.Waits, "canary": l.Canary, "second step": l.Second} {
		if n < 1 {
			faults = append(faults, fmt.Errorf("limit %q is %d: it must be 1 or more", name, n))
		}
	}
	if l.DailyStop <= 0 || l.DailyStop > 1 || l.Body < 1 {
		faults = append(faults, fmt.Errorf("daily stop %v must be above 0 and at most 1, body %d at least 1", l.DailyStop, l.Body))
	}
	return faults
}

// checkBase reads the base address: https, or http where it is loopback or plain is allowed; no user, no query.
func checkBase(address string, plain bool) (*url.URL, []error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, []error{errors.New("the base URL cannot be read: it should look like " + DefaultBaseURL)}
	}
	switch {
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, []error{errors.New("the base URL must hold no user, query or fragment: it should look like " + DefaultBaseURL)}
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, []error{fmt.Errorf("the base URL's scheme %q is not https", u.Scheme)}
	case !plain && !loopback(u.Hostname()):
		return nil, []error{fmt.Errorf("the base URL http://%s would send the token in the clear: use https", u.Host)}
	}
	return u, nil
}

// directClient keeps as many connections as batches are under way.
func directClient() *http.Client {
	client := &http.Client{Timeout: time.Minute}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.Proxy, t.MaxIdleConnsPerHost = nil, 16
		client.Transport = t
	}
	return client
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// sleep waits in real time.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
