package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"rolecall/classifier"
	"rolecall/config"
	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/store"
	"rolecall/web"
)

// status is the status page of a running daemon.
type status struct {
	config  config.Config
	log     zerolog.Logger
	metrics *web.Metrics
	address string
	// next is when the next run is due, last when the loop last turned; Unix seconds, 0: not known.
	next, last atomic.Int64
	// sheetURL is where the sheet is, for a link.
	sheetURL, portalURL string
}

// stalled is how long the loop may take for one turn before the process counts as hanging: a first back-fill
// of half a million contacts takes an hour.
const stalled = 3 * time.Hour

func newStatus(c config.Config, log zerolog.Logger) *status {
	return &status{config: c, log: log, metrics: web.NewMetrics(programVersion(), "built-in", now), sheetURL: sheetPage(c), portalURL: portalPage(c)}
}

// heartbeat notes that the daemon's loop is alive.
func (s *status) heartbeat(at time.Time) { s.last.Store(at.Unix()) }

// url is where the page is served; "" while it is not.
func (s *status) url() string { return s.address }

// serve serves the page until the returned stop is called.
func (s *status) serve(ctx context.Context, a *app) (stop func() error, err error) {
	source := statusSource{a}
	options := web.Options{
		Runs: a.store, Queue: a.store, Contacts: a.store, Measures: source, Explain: source, Judge: source, Taxonomies: source.taxonomies,
		Next: func() time.Time { return unix(s.next.Load()) }, Alive: s.alive, Ready: func(ctx context.Context) error { return s.ready(ctx, a) },
		Metrics: s.metrics, Hosts: hostsOf(s.config), Token: s.config.AdminToken.Reveal(), SheetURL: s.sheetURL, PortalURL: s.portalURL,
		About: []web.Fact{{Name: "Version", Value: programVersion()}, {Name: "Store", Value: s.config.Store}}, Now: now, Log: s.log,
	}
	if options.Webhook, err = s.webhook(ctx, a); err != nil {
		return nil, err
	}
	page, err := web.New(options)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return nil, withCode(exitConfig, fmt.Errorf("serve the status page on %s: %w: choose another --listen, or port 0 for a free one", s.config.Listen, err))
	}
	s.address = "http://" + listener.Addr().String()
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	s.log.Info().Str("status_page", s.address).Msg("serving")
	return func() error {
		if err := endServer(context.WithoutCancel(ctx), server, leaveTime); err != nil {
			return fmt.Errorf("end the status page: %w", err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the status page: %w", err)
		}
		return nil
	}, nil
}

// leaveTime is how long the status page's visitors have to take their answers when the program ends.
const leaveTime = 2 * time.Second

// endServer lets answers under way be given and cuts off, without an error, whoever has not gone after leave: a browser
// that keeps a connection ready for later must not make the end of the program look like a failure.
func endServer(ctx context.Context, server *http.Server, leave time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, leave)
	defer cancel()
	if err := server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

// hostsOf are the names under which the page may be asked for: those of the settings, and the one that it listens on.
func hostsOf(c config.Config) []string {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return c.Hosts
	}
	return append(slices.Clone(c.Hosts), strings.ToLower(host))
}

func unix(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func (s *status) alive() error {
	if last := unix(s.last.Load()); !last.IsZero() && now().Sub(last) > stalled {
		return fmt.Errorf("the loop has not turned since %s", last.Format(time.RFC3339))
	}
	return nil
}

func (s *status) ready(ctx context.Context, a *app) error {
	if err := a.store.SaveSetting(ctx, "ready_probe", now().Format(time.RFC3339)); err != nil {
		return err
	}
	if _, ok := a.View(); !ok {
		return errors.New("the sheet has not been read yet")
	}
	return nil
}

// statusSource shows an app as the status page wants to see it.
type statusSource struct{ *app }

func (s statusSource) taxonomies() [label.AxisCount]label.Taxonomy {
	v, _ := s.View()
	return v.Taxonomies
}

// Series reads a series from the store.
func (s statusSource) Series(ctx context.Context, series string, limit int) ([]web.Point, error) {
	points, err := s.store.Series(ctx, series, limit)
	out := make([]web.Point, len(points))
	for i, p := range points {
		out[i] = web.Point{At: p.At, Value: p.Value}
	}
	return out, err
}

// Quality is the labeller's.
func (s statusSource) Quality() (out [label.AxisCount]web.AxisQuality, ok bool) {
	v, ok := s.View()
	if !ok || v.Labeller == nil {
		return out, false
	}
	for a, q := range v.Labeller.Quality() {
		out[a] = web.AxisQuality(q)
	}
	return out, true
}

// Explain asks the labeller.
func (s statusSource) Explain(ctx context.Context, title string) (web.Explanation, error) {
	v, ok := s.View()
	if !ok || v.Labeller == nil {
		return web.Explanation{}, errors.New("nothing has been fitted yet: wait for the first run")
	}
	e, err := v.Labeller.Explain(ctx, title)
	if err != nil {
		return web.Explanation{}, err
	}
	out := web.Explanation{Title: e.Title, Normalized: e.Normalized, Kind: e.Kind, ModelID: v.Labeller.ModelID()}
	for a, x := range e.Axes {
		out.Axes[a] = axisExplanation(x, e.Decision.Findings[a])
	}
	return out, nil
}

func axisExplanation(x classifier.AxisExplanation, f label.Finding) web.AxisExplanation {
	out := web.AxisExplanation{Finding: f, Threshold: x.Threshold, Calibration: x.Calibration}
	for _, s := range x.Rules {
		out.Rules = append(out.Rules, web.RuleStep(s))
	}
	for _, v := range x.Votes {
		out.Votes = append(out.Votes, web.Vote(v))
	}
	return out
}

var _ web.Runs = (*store.Store)(nil)

// webhook is the receiver of HubSpot's events; nil where no secret is configured.
func (s *status) webhook(_ context.Context, a *app) (http.Handler, error) {
	if !s.config.WebhookSecret.IsSet() {
		return nil, nil
	}
	h, err := hubspot.Webhook(hubspot.WebhookOptions{
		Secret: hubspot.NewSecret(s.config.WebhookSecret.Reveal()), PublicURL: strings.TrimSuffix(s.config.PublicURL, "/") + "/hooks/hubspot",
		PortalID: s.config.HubSpot.PortalID, Now: now, Log: s.log,
		Hints: func(ctx context.Context, hints []hubspot.Hint) error {
			var ids, erased []label.ContactID
			for _, h := range hints {
				if h.Kind == hubspot.HintErased {
					erased = append(erased, h.ContactID)
					continue
				}
				ids = append(append(ids, h.ContactID), h.Merged...)
			}
			return a.Reread(ctx, ids, erased)
		},
	})
	return h, withCode(exitConfig, err)
}
