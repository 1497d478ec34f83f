package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rolecall/label"
	"rolecall/plan"
)

// scrapeTime bounds how long a scrape may read the store.
const scrapeTime = 5 * time.Second

// Metrics counts what operators watch, in a registry of its own (https://prometheus.io/docs/practices/naming/). Make
// it with NewMetrics; it is safe for use by several goroutines.
type Metrics struct {
	registry  *prometheus.Registry
	runs      *prometheus.CounterVec
	duration  prometheus.Histogram
	success   *prometheus.GaugeVec
	writes    *prometheus.CounterVec
	holds     prometheus.Counter
	conflicts prometheus.Counter
	decided   prometheus.Counter
	missed    prometheus.Counter
	calls     *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	events    *prometheus.CounterVec

	mu           sync.Mutex
	last, newest *plan.Report // the newest report whose plan has groups, and the newest of all
	now          func() time.Time
}

// NewMetrics makes the registry; version and model name the build.
func NewMetrics(version, model string, now func() time.Time) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), now: now}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "rolecall", Name: name, Help: help}, labels)
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "rolecall", Name: name, Help: help})
	}
	m.runs = counters("run_total", "Runs by how they ended.", "result")
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "rolecall", Name: "run_duration_seconds", Help: "Duration of runs.",
		Buckets: []float64{0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400}})
	m.success = prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "rolecall", Name: "last_success_timestamp_seconds", Help: "When a stage last went well."}, []string{"stage"})
	m.writes = counters("writes_total", "Contacts written into HubSpot, and refused by it.", "result")
	m.holds = counter("guard_holds_total", "Plans that the guard held.")
	m.conflicts = counter("conflicts_total", "Cells on which HubSpot and the sheet disagree, as planned by runs.")
	m.decided = counter("decisions_total", "Distinct titles decided.")
	m.missed = counter("reconcile_missed_total", "Changed contacts that only the nightly sweep found.")
	m.calls = counters("api_requests_total", "Calls to remote APIs by what they were for and their status; 0 is no answer.", "api", "op", "code")
	m.latency = prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "rolecall", Name: "api_request_duration_seconds", Help: "Duration of calls to remote APIs.",
		Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}}, []string{"api", "op"})
	m.events = counters("api_events_total", "Things worth counting in the talk with remote APIs.", "api", "event")
	info := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "rolecall", Name: "build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "model": model}})
	info.Set(1)
	for _, o := range []plan.Outcome{plan.Done, plan.Nothing, plan.Partial, plan.Held, plan.Failed} {
		m.runs.WithLabelValues(resultOf(o)) // a series that begins at zero, so that the first failure counts as a rise
	}
	m.registry.MustRegister(m.runs, m.duration, m.success, m.writes, m.holds, m.conflicts, m.decided, m.missed, m.calls, m.latency, m.events, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// resultOf is an outcome as the value of a label.
func resultOf(o plan.Outcome) string {
	return strings.ToLower(strings.ReplaceAll(string(o), " ", "_"))
}

// RunEnded counts a run and keeps its plan for the Plan page.
func (m *Metrics) RunEnded(r plan.Report) {
	m.runs.WithLabelValues(resultOf(r.Outcome)).Inc()
	m.duration.Observe(r.Duration.Seconds())
	m.writes.WithLabelValues("written").Add(float64(r.Written))
	m.writes.WithLabelValues("refused").Add(float64(r.Refused))
	m.conflicts.Add(float64(r.Planned[plan.Review.String()]))
	m.decided.Add(float64(r.Titles))
	switch r.Outcome {
	case plan.Held:
		m.holds.Inc()
	case plan.Failed:
	default:
		m.success.WithLabelValues(r.Kind).Set(float64(m.now().Unix()))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.newest = &r
	if len(r.Groups) > 0 {
		m.last = &r
	}
}

// lastPlan is the newest report whose plan has groups, and the newest of all; nil where there is none.
func (m *Metrics) lastPlan() (last, newest *plan.Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last, m.newest
}

// SweepFound counts contacts that only the nightly sweep found.
func (m *Metrics) SweepFound(missed int) {
	m.missed.Add(float64(missed))
	m.success.WithLabelValues("sweep").Set(float64(m.now().Unix()))
}

// BackedUp says that a backup has been made and checked.
func (m *Metrics) BackedUp() { m.success.WithLabelValues("backup").Set(float64(m.now().Unix())) }

// Call counts a call to HubSpot: what for, its status (0: no answer), how long it took.
func (m *Metrics) Call(doing string, status int, took time.Duration) {
	m.calls.WithLabelValues("hubspot", doing, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues("hubspot", doing).Observe(took.Seconds())
}

// Event counts something in the talk with HubSpot, such as "rate limited".
func (m *Metrics) Event(name string) { m.events.WithLabelValues("hubspot", name).Inc() }

// handler serves the registry, with gauges of the store's state read at each scrape.
func (m *Metrics) handler(s *Server) http.Handler {
	state := prometheus.NewRegistry()
	state.MustRegister(stateCollector{s, describe()})
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, state}, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
}

// stateDescriptions are the gauges that a scrape reads from the store.
type stateDescriptions struct{ contacts, labels, outbox, review *prometheus.Desc }

func describe() stateDescriptions {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("rolecall_"+name, help, labels, nil)
	}
	return stateDescriptions{
		contacts: desc("contacts", "Contacts known, by state.", "state"),
		labels:   desc("labels", "Contacts that carry a label in HubSpot.", "kind", "label"),
		outbox:   desc("outbox_rows", "Writes by state.", "state"),
		review:   desc("review_rows", "Review rows by state.", "state"),
	}
}

type stateCollector struct {
	server *Server
	desc   stateDescriptions
}

// Describe lists the gauges.
func (c stateCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.desc.contacts, c.desc.labels, c.desc.outbox, c.desc.review} {
		to <- d
	}
}

// Collect reads the store; what cannot be read is reported as an error of the scrape.
func (c stateCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	gauge := func(d *prometheus.Desc, n int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	if tally, err := c.server.Contacts.Tally(ctx); err != nil {
		to <- prometheus.NewInvalidMetric(c.desc.contacts, err)
	} else {
		for state, n := range map[string]int{"known": tally.Contacts, "labelled": tally.Labelled, "in_review": tally.InReview, "no_title": tally.NoTitle} {
			gauge(c.desc.contacts, n, state)
		}
	}
	if portal, err := c.server.Contacts.Portal(ctx); err != nil {
		to <- prometheus.NewInvalidMetric(c.desc.labels, err)
	} else {
		for _, a := range label.Axes() {
			for v, n := range portal.Labelled[a] {
				gauge(c.desc.labels, n, a.String(), string(v))
			}
		}
	}
	if counts, err := c.server.Queue.CountOutbox(ctx); err != nil {
		to <- prometheus.NewInvalidMetric(c.desc.outbox, err)
	} else {
		for _, state := range []string{plan.OutboxPending, plan.OutboxInFlight, plan.OutboxRefused} {
			gauge(c.desc.outbox, counts[state], state)
		}
	}
	if counts, err := c.server.Contacts.CountReviews(ctx); err != nil {
		to <- prometheus.NewInvalidMetric(c.desc.review, err)
	} else {
		for state, n := range counts {
			gauge(c.desc.review, n, strings.ToLower(string(state)))
		}
	}
}
