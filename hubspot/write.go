package hubspot

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"rolecall/label"
	"rolecall/plan"
)

// Write sets our properties and nothing else. It returns one result for every write, in order, also next to an
// error; the error is for what ends the run: credentials, scopes, the daily budget, HubSpot out of reach
// (*APIError and kin), and *StoppedError when too much is refused. Rows that were not reached are NotSent.
//
// Ten rows go first and are read back; then a hundred; then the rest, several batches at a time. A row whose
// outcome is unknown is never sent again: it is read back by id, and is Taken when HubSpot shows what was wanted.
func (c *CRM) Write(ctx context.Context, writes []plan.Write) ([]plan.Result, error) {
	w := &writing{c: c, results: make([]plan.Result, len(writes))}
	for i := range w.results {
		w.results[i] = plan.Result{Fate: plan.NotSent, Code: "NOT_SENT", Mend: "it is sent by the next run"}
	}
	for _, rows := range w.passes(writes) {
		if err := w.pass(ctx, rows); err != nil {
			return w.results, err
		}
	}
	return w.results, nil
}

// row is one contact's part of a batch.
type row struct {
	index int // in writes and results
	id    string
	trace string
	props map[string]string
}

// writing is one call of Write.
type writing struct {
	c *CRM

	mu      sync.Mutex
	results []plan.Result
	recent  []bool // the last recentRows settled rows: was it refused?
	stopped *StoppedError
}

// passes sorts the writes into rounds in which every contact stands once: a batch with a duplicate id is refused
// whole. Rows that cannot be sent are settled here.
func (w *writing) passes(writes []plan.Write) [][]row {
	var rounds [][]row
	times := map[label.ContactID]int{}
	for i, one := range writes {
		r := row{index: i, id: string(one.ContactID), trace: one.TraceID, props: w.c.propertiesOf(one)}
		switch {
		case !isID(r.id):
			w.results[i] = plan.Result{Fate: plan.Refused, Code: "BAD_ID", Mend: "the contact's id is not a HubSpot record id; read the contacts again"}
			continue
		case len(r.props) == 0:
			w.results[i] = plan.Result{Fate: plan.Refused, Code: "NOTHING_TO_WRITE", Mend: "the plan holds no value for this contact"}
			continue
		}
		round := times[one.ContactID]
		times[one.ContactID]++
		if round == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[round] = append(rounds[round], r)
	}
	return rounds
}

// propertiesOf is what is sent for one contact. An empty text clears. A label that is mapped onto HubSpot's own
// property is written there too; clearing ours leaves HubSpot's alone.
func (c *CRM) propertiesOf(one plan.Write) map[string]string {
	n, props := c.opt.Names, map[string]string{}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range label.Axes() {
		if one.Labels[a] == nil {
			continue
		}
		props[n.Labels[a]] = string(*one.Labels[a])
		if option := c.mapping[a][*one.Labels[a]]; option != "" {
			props[n.HubSpot[a]] = option
		}
	}
	if one.Confidence != nil {
		props[n.Confidence] = confidence(*one.Confidence)
	}
	if one.Source != nil {
		props[n.Source] = *one.Source
	}
	return props
}

// confidence is a number of at most three decimals; "" (no number) clears.
func confidence(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64)
}

// pass sends rows, each contact once.
func (w *writing) pass(ctx context.Context, rows []row) error {
	l := w.c.opt.Limits
	if w.c.canaryDue() {
		first := min(l.Canary, len(rows))
		if err := w.canary(ctx, rows[:first]); err != nil {
			return err
		}
		rows = rows[first:]
		second := min(l.Second, len(rows))
		for batch := range slices.Chunk(rows[:second], l.WriteBatch) {
			if err := w.batch(ctx, batch, nil); err != nil {
				return err
			}
		}
		rows = rows[second:]
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(l.InFlight)
	for batch := range slices.Chunk(rows, l.WriteBatch) {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return nil // ended elsewhere: its error is the one that counts
			}
			// Not gctx: a batch under way is brought to its end when another one ends the run.
			return w.batch(ctx, batch, nil)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// canaryDue says whether the next write begins with a canary.
func (c *CRM) canaryDue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.canaryAt.IsZero() || c.opt.Now().Sub(c.canaryAt) >= c.opt.Limits.CanaryEvery
}

func (c *CRM) setCanary(t time.Time) { c.mu.Lock(); c.canaryAt = t; c.mu.Unlock() }

// canary sends the first rows, reads them back with their history, and learns under which source HubSpot files
// our writes.
func (w *writing) canary(ctx context.Context, rows []row) error {
	if err := w.batch(ctx, rows, nil); err != nil {
		return err
	}
	var taken []row
	refused := 0
	for _, r := range rows {
		switch w.results[r.index].Fate {
		case plan.Taken:
			taken = append(taken, r)
		case plan.Refused:
			refused++
		}
	}
	if refused == len(rows) && refused >= 5 {
		return &StoppedError{Why: "HubSpot refused all of the first " + strconv.Itoa(refused) + " contacts", Refused: refused, Last: refused}
	}
	if len(taken) == 0 {
		return nil // nothing proven: the next batch is a canary again
	}
	if err := w.verify(ctx, taken); err != nil {
		return err
	}
	w.c.setCanary(w.c.opt.Now())
	return nil
}

// recentRows is how many settled rows the share of refusals is taken of.
const recentRows = 50

// settle notes what became of a row, and stops the writing when more than a fifth of the last fifty were refused.
func (w *writing) settle(r row, res plan.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.results[r.index] = res
	if w.recent = append(w.recent, res.Fate == plan.Refused); len(w.recent) > recentRows {
		w.recent = w.recent[1:]
	}
	refused := 0
	for _, bad := range w.recent {
		if bad {
			refused++
		}
	}
	if refused*5 > recentRows && w.stopped == nil {
		w.stopped = &StoppedError{Why: strconv.Itoa(refused) + " of the last " + strconv.Itoa(len(w.recent)) + " contacts were refused by HubSpot", Refused: refused, Last: len(w.recent)}
		w.c.setCanary(time.Time{})
	}
}

// halt is the reason not to send any more, or nil.
func (w *writing) halt() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped == nil {
		return nil
	}
	return w.stopped
}
