package reconcile

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/title"
)

// Mode is how far a run goes.
type Mode uint8

// The modes.
const (
	// Preview plans and shows; nothing is remembered, nothing written into HubSpot.
	Preview Mode = iota
	// Observe plans and remembers what both sides agree on; nothing is written into HubSpot.
	Observe
	// Apply does all of it. The Settings tab must say apply as well.
	Apply
)

// String is the mode in reports.
func (m Mode) String() string { return [...]string{"preview", "observe", "apply"}[m%3] }

// Options are a Reconciler's parts.
type Options struct {
	Sheet  ControlPlane
	CRM    CRM
	State  State
	Fitter Fitter
	// Now is the clock, UTC.
	Now func() time.Time
	Log zerolog.Logger
	// Settle: a Review answer counts once it has stood unchanged for one more reading. The daemon
	// sets it; a single run from the command line takes what it finds.
	Settle bool
	// Progress is told how far a long step is: contacts read or written so far. May be nil.
	Progress func(step string, done int)
	// Metrics is told what happened. May be nil.
	Metrics Metrics
	// GlanceEvery is how often a long run looks at the sheet, to keep people's edits and to say how far it is; 0 for never.
	GlanceEvery time.Duration
	// Alert posts an alert to the address of the Settings; nil posts none.
	Alert func(ctx context.Context, address string, a Alert) error
	// Chunk is the number of contacts planned and sent at a time, 10,000 when 0.
	Chunk int
}

// Metrics counts what operators watch.
type Metrics interface {
	RunEnded(r plan.Report)
	SweepFound(missed int)
}

// Reconciler runs the cycle. Its methods may be called by several goroutines; runs and polls take turns.
type Reconciler struct {
	Options
	turn sync.Mutex
	told sync.Mutex // one step of Progress at a time; guards glanced
	// glances are the looks at the sheet during a run; one at a time.
	glances  sync.WaitGroup
	glancing sync.Mutex
	glanced  time.Time
	// labeller is of the last reading of the sheet, and revision the one that it was made for.
	labeller Labeller
	fitted   label.Settings // those that the labeller was made for
	revision string
	view     atomic.Pointer[View]
	ensured  map[string]string // problems of taxonomy terms in HubSpot, by term ID
	seen     lastReading
	unsaid   bool   // something may be left to say in people's tabs
	said     uint64 // the body of the reading of which all was said
	answered uint64 // the body of the reading of whose answers nothing was left to take in; 0 for none
}

// New makes a Reconciler.
func New(o Options) *Reconciler {
	if o.Progress == nil {
		o.Progress = func(string, int) {}
	}
	if o.Chunk == 0 {
		o.Chunk = applyChunk
	}
	return &Reconciler{Options: o, seen: lastReading{seed: maphash.MakeSeed()}, unsaid: true}
}

// View is what the last reading of the sheet and the last fit came to, for pages: it may be asked for at
// any time, also while a run is under way.
type View struct {
	Settings   label.Settings
	Taxonomies [label.AxisCount]label.Taxonomy
	// Labeller is nil until the first fit.
	Labeller Labeller
}

// View is the present one; ok is false while no reading has succeeded.
func (r *Reconciler) View() (v View, ok bool) {
	p := r.view.Load()
	if p == nil {
		return View{}, false
	}
	return *p, true
}

// show renews the View.
func (r *Reconciler) show(book label.Rulebook) {
	r.view.Store(&View{Settings: book.Settings, Taxonomies: book.Taxonomies, Labeller: r.labeller})
}

// errHeld marks a run that stopped before the first write.
var errHeld = errors.New("held")

// RunOnce is one run: observe, decide, plan, check, apply, record. The error is for what kept the run
// from doing its work; a held plan is no error but an outcome. The report says what happened either way.
func (r *Reconciler) RunOnce(ctx context.Context, mode Mode) (plan.Report, error) {
	return r.RunScope(ctx, mode, "")
}

// RunScope is RunOnce for what Control's Scope column says: "review only" writes nothing but the effects of what people
// decided, "sample 100" looks at the first hundred contacts that something happened to; anything else is all of them.
func (r *Reconciler) RunScope(ctx context.Context, mode Mode, scope string) (plan.Report, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	run, err := r.begin(ctx, "run", mode)
	if err != nil {
		return plan.Report{}, err
	}
	run.scope = scope
	return r.end(ctx, run, r.run(ctx, run))
}

// run tells the cycle, one paragraph a step.
func (r *Reconciler) run(ctx context.Context, run *run) error {
	// Observe: what people typed, what became of the writes of a run that was cut off, what changed in HubSpot.
	if err := r.observeSheet(ctx, run); err != nil {
		return err
	}
	if err := r.recover(ctx, run); err != nil {
		return err
	}
	if err := r.observeHubSpot(ctx, run); err != nil {
		return err
	}
	if reason := run.stopped(); reason != "" {
		run.report.Outcome, run.report.Message = plan.Held, reason
		return nil
	}

	r.lap(run, "observed")

	// Decide: every distinct title that this rulebook has not decided yet.
	if err := r.decide(ctx, run); err != nil {
		return err
	}

	r.lap(run, "decided")

	// Plan: base, ours and theirs, by the merge table. What needs no write is remembered at once.
	if err := r.plan(ctx, run); err != nil {
		return err
	}

	r.lap(run, "planned")

	// Check: a plan too large or too strange stops here, before the first write.
	err := r.check(ctx, run)
	if err != nil && !errors.Is(err, errHeld) {
		return err
	}
	held := err != nil

	// Apply: outbox first, then the call, then the base.
	if run.mode == Apply && !held {
		if err := r.apply(ctx, run); err != nil {
			return err
		}
	}

	r.lap(run, "applied")

	// Record: questions for people, what was learnt, and everything they read in the sheet.
	defer r.lap(run, "recorded")
	return r.record(ctx, run)
}

// lap tells how long a step of a run took.
func (r *Reconciler) lap(run *run, step string) {
	if !r.Log.Debug().Enabled() {
		return
	}
	now := r.Now()
	r.Log.Debug().Str("run_id", run.report.RunID).Str("step", step).Dur("took", now.Sub(run.lap)).Msg("run")
	run.lap = now
}

// run is one run under way.
type run struct {
	id      int64
	mode    Mode
	reading reading
	book    label.Rulebook // with the store's corrections
	scope   string         // one of Control's; "" means what has changed
	totals  *plan.Totals
	parts   []part         // the stretches of the plan that have something to write
	lessons []label.Lesson // edits of the part at hand
	whose   map[label.ContactID][label.AxisCount]label.EditKind
	report  plan.Report
	lap     time.Time // when the last step ended
	decided bool      // titles were decided while contacts were read
	found   int       // contacts that are new or have changed
	// changed: something happened that people's tabs have to show.
	changed bool
}

// begin opens a run.
func (r *Reconciler) begin(ctx context.Context, kind string, mode Mode) (*run, error) {
	now := r.Now()
	r.told.Lock()
	r.glanced = now
	r.told.Unlock()
	if mode == Preview {
		kind = "preview"
	}
	id, err := r.State.BeginRun(ctx, kind, now)
	if err != nil {
		return nil, err
	}
	return &run{id: id, mode: mode, lap: now, report: plan.Report{RunID: runID(id), Kind: kind, Mode: mode.String(), Started: now, Outcome: plan.Nothing, Planned: map[string]int{}}}, nil
}

// end closes a run, whatever became of it, even when ctx is over.
func (r *Reconciler) end(ctx context.Context, run *run, failure error) (plan.Report, error) {
	r.glances.Wait()
	ctx = context.WithoutCancel(ctx)
	rep := &run.report
	rep.Duration = r.Now().Sub(rep.Started)
	if failure != nil {
		rep.Outcome, rep.Message = plan.Failed, failure.Error()
	}
	err := r.State.EndRun(ctx, run.id, *rep)
	r.Log.Info().Str("run_id", rep.RunID).Str("outcome", string(rep.Outcome)).Str("mode", rep.Mode).Int("read", rep.Read).Int("titles", rep.Titles).
		Int("written", rep.Written).Int("refused", rep.Refused).Int("to_review", rep.ToReview).Dur("took", rep.Duration).Msg("run ended")
	if r.Metrics != nil {
		r.Metrics.RunEnded(*rep)
	}
	r.alert(ctx, *rep)
	if failure != nil {
		return *rep, fmt.Errorf("%s: %w", rep.RunID, failure)
	}
	return *rep, err
}

// keyOf is the title key that decisions are kept by.
func keyOf(raw string) string { return string(title.KeyOf(raw)) }

func runID(id int64) string { return fmt.Sprintf("run-%d", id) }
