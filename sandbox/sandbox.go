// Package sandbox is a laptop's own Google Sheets and HubSpot: two servers that behave as the real ones do where it
// matters, with sample contacts, pages for people, and a state that outlives the program. The demo and the tests run
// against it over HTTP. It imports none of rolecall's adapters, so that it stays an independent witness.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	randv2 "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/portal"
	"rolecall/sandbox/sample"
)

// Options say what to start. The zero Options start an empty portal and an empty Google account on free ports of
// this machine, without limits, and keep nothing.
type Options struct {
	// Addr is where Sheets listens, host:port; HubSpot takes the next port. Port 0, the default, takes two free ones.
	Addr string
	// StateDir keeps sheets and portal between starts: Close writes it, Start reads it. Contacts are only laid
	// into a portal that is not there yet.
	StateDir string
	// Contacts is the number of invented contacts; File, a CSV of contacts or titles, takes their place.
	Contacts int
	File     string
	// Seed makes contacts and everything random; 0 counts as 1.
	Seed uint64
	// PeopleRate is how many edits a second people, imports and workflows make in HubSpot, and SheetRate in the sheets.
	PeopleRate, SheetRate float64
	// Tier sets HubSpot's limits: free, starter, professional, enterprise; "" limits nothing.
	Tier string
	// AdoptSheets answers the first read of an unknown spreadsheet ID of Google's shape as a blank sheet that somebody
	// shared, so that a link that is configured already works here too.
	AdoptSheets bool
	// SheetsQuota is the reads and, apart from them, the writes a minute that Sheets allows; 0 is no limit.
	SheetsQuota int
	// IndexLag is how long HubSpot's search does not see a change.
	IndexLag time.Duration
	// Faults are failures of HubSpot from the start on.
	Faults []portal.Fault
	// Token is the one HubSpot token that is accepted; "" accepts any.
	Token string
	// WebhookURL and WebhookSecret make HubSpot send its events there.
	WebhookURL, WebhookSecret string
	// Report is told what goes wrong while serving; nil ignores it.
	Report func(error)
}

// Sandbox is a running pair of servers.
type Sandbox struct {
	// SheetsURL serves /v4/spreadsheets, /token and the grid; HubSpotURL serves the API and /contacts.
	SheetsURL, HubSpotURL string
	Sheets                *gsheet.Server
	HubSpot               *portal.Server
	// Loaded is the number of contacts laid into the portal at start; Faulty are the lines of File that were bent or left out.
	Loaded int
	Faulty []sample.Fault
	// Restored says that StateDir held a state.
	Restored bool

	options Options
	servers []*http.Server
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Start starts both servers. They serve until Close, whatever becomes of ctx, which only bounds the start. The
// errors name the file or the address and what can be done.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	o = o.withDefaults()
	if !slices.Contains([]string{"", "off", "free", "starter", "professional", "enterprise"}, o.Tier) {
		return nil, fmt.Errorf("start the sandbox: %q is no tier: use free, starter, professional or enterprise", o.Tier)
	}
	s := &Sandbox{options: o}
	s.Sheets = gsheet.New(gsheet.Options{Rand: rand.New(rand.NewSource(int64(o.Seed))), Quota: o.SheetsQuota, Adopt: o.AdoptSheets})
	s.HubSpot = portal.New(s.portalOptions())
	for _, f := range o.Faults {
		if err := s.HubSpot.AddFault(f); err != nil {
			return nil, fmt.Errorf("start the sandbox: %w", err)
		}
	}
	if err := s.restore(); err != nil {
		return nil, err
	}
	if !s.Restored {
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.shut())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Report == nil {
		o.Report = func(error) {}
	}
	return o
}

func (s *Sandbox) portalOptions() portal.Options {
	o := portal.Options{
		Rand: randv2.New(randv2.NewPCG(s.options.Seed, 2)), Limits: portal.Tier(s.options.Tier), IndexLag: s.options.IndexLag,
		WebhookURL: s.options.WebhookURL, WebhookSecret: s.options.WebhookSecret,
	}
	if s.options.Token != "" {
		o.Tokens = map[string]portal.Token{s.options.Token: {AppID: 1001}}
	}
	return o
}

// fill lays the first contacts into the portal.
func (s *Sandbox) fill() error {
	contacts := sample.Contacts(s.options.Seed, s.options.Contacts)
	if s.options.File != "" {
		f, err := os.Open(s.options.File)
		if err != nil {
			return fmt.Errorf("open the contacts: %w", err)
		}
		read, faulty, err := sample.FromCSV(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%s: %w", s.options.File, err)
		}
		contacts, s.Faulty = slices.Values(read), faulty
	}
	var err error
	if s.Loaded, err = s.HubSpot.Add(contacts); err != nil {
		return fmt.Errorf("fill the portal: %w", err)
	}
	return nil
}

// listen opens both addresses and serves them.
func (s *Sandbox) listen() error {
	host, port, err := net.SplitHostPort(s.options.Addr)
	if err != nil {
		return fmt.Errorf("listen on %q: write host:port, such as 127.0.0.1:0", s.options.Addr)
	}
	number, err := strconv.Atoi(port)
	if err != nil || number < 0 || number > 65534 {
		return fmt.Errorf("listen on %q: %q is no port from 0 to 65534", s.options.Addr, port)
	}
	next := "0"
	if number > 0 {
		next = strconv.Itoa(number + 1)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if s.SheetsURL, err = s.serve(net.JoinHostPort(host, port), s.Sheets); err != nil {
		return err
	}
	if s.HubSpotURL, err = s.serve(net.JoinHostPort(host, next), s.HubSpot); err != nil {
		return err
	}
	s.work.Go(func() { s.HubSpot.RunPeople(ctx, s.options.PeopleRate, "jobtitle", "job_role", "job_seniority") })
	s.work.Go(func() { s.wander(ctx) })
	if s.options.WebhookURL != "" {
		s.work.Go(func() { s.HubSpot.RunWebhooks(ctx, http.DefaultClient, time.Second, s.options.Report) })
	}
	return nil
}

func (s *Sandbox) serve(addr string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w: choose another --addr, or port 0 for a free one", addr, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	s.work.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.options.Report(fmt.Errorf("serve %s: %w", addr, err))
		}
	})
	return "http://" + listener.Addr().String(), nil
}

// wander edits the sheets at random, as people do, at SheetRate.
func (s *Sandbox) wander(ctx context.Context) {
	if s.options.SheetRate <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / min(s.options.SheetRate, 1000)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, id := range s.Sheets.IDs() {
			_, _ = s.Sheets.Wander(id) // an edit that the grid refuses is a person's slip
		}
	}
}

// Close ends serving, waits for what is under way, and keeps the state in StateDir.
func (s *Sandbox) Close() error {
	return errors.Join(s.shut(), s.Save())
}

func (s *Sandbox) shut() error {
	if s.stop != nil {
		s.stop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var errs []error
	for _, server := range s.servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	s.work.Wait()
	return errors.Join(errs...)
}

// The files of a state directory.
const (
	sheetsFile  = "sheets.json"
	hubspotFile = "hubspot.gob"
)

// restore reads StateDir. Both files belong together: one without the other is an error.
func (s *Sandbox) restore() error {
	if s.options.StateDir == "" {
		return nil
	}
	found := 0
	for _, part := range []struct {
		name string
		load func(*os.File) error
	}{
		{sheetsFile, func(f *os.File) error { return s.Sheets.Load(f) }},
		{hubspotFile, func(f *os.File) error { return s.HubSpot.Load(f) }},
	} {
		path := filepath.Join(s.options.StateDir, part.name)
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("open the sandbox's state: %w", err)
		}
		if err := errors.Join(part.load(f), f.Close()); err != nil {
			return fmt.Errorf("read the sandbox's state %s: %w: give another state directory, or delete this one to start anew", path, err)
		}
		found++
	}
	if found == 1 {
		return fmt.Errorf("the state directory %s holds only one of %s and %s: delete it to start anew", s.options.StateDir, sheetsFile, hubspotFile)
	}
	s.Restored = found == 2
	return nil
}

// Save keeps the present state in StateDir, each file replaced in one step; without a StateDir it does nothing.
func (s *Sandbox) Save() error {
	dir := s.options.StateDir
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the state directory: %w", err)
	}
	return errors.Join(
		replace(filepath.Join(dir, hubspotFile), func(f *os.File) error { return s.HubSpot.Save(f) }),
		replace(filepath.Join(dir, sheetsFile), func(f *os.File) error { return s.Sheets.Save(f) }),
	)
}

// replace writes a file beside path and moves it there once it is on the disk.
func replace(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("save the sandbox's state: %w", err)
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("save the sandbox's state: %w", err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("save the sandbox's state: %w", err)
	}
	return nil
}
