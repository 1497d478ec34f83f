package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"rolecall/label"
	"rolecall/workbook"
)

const (
	rowsInBatch = 4096
	// remembered is how many titles' answers are kept for when they come again; titles that are common come early.
	remembered = 1 << 16
	// faultsShown is how many lines are named one by one; the rest is only counted.
	faultsShown = 1000
)

// titleLabeller decides titles, in order.
type titleLabeller interface {
	Classify(ctx context.Context, titles []string) ([]label.Decision, error)
}

// classification labels a table: one goroutine reads, as many as there are processors label and render batches, one
// writes them in their order. Memory does not grow with the table.
type classification struct {
	table    *tableReader
	labeller titleLabeller
	names    [label.AxisCount]label.Taxonomy
	form     form
	out      io.Writer
	faults   io.Writer

	rows            atomic.Int64
	review, nothing atomic.Int64
	left            int

	idle   sync.Pool    // of batches that are written
	shares [1001]string // thousandths as they are written

	mu   sync.Mutex
	seen map[string]*answer
}

// batch is some rows on their way; done is sent to when rendered holds them. When they are written it is used again.
type batch struct {
	rows     [][]string
	cells    []string // of the rows
	first    bool
	rendered []byte
	done     chan struct{}

	answers []*answer      // by row
	asked   map[string]int // places in ask
	ask     []string
	fresh   []answer // to ask
}

// answer holds the added cells of one title, in the order of addedColumns.
type answer struct {
	cells  [columnsAdded]string
	also   string // the second sentence of why, if there are two
	review bool
	none   bool // no label on any axis
}

func (a *answer) why() string {
	if a.also == "" {
		return a.cells[whyColumn]
	}
	return a.cells[whyColumn] + " " + a.also
}

func (c *classification) run(ctx context.Context) error {
	c.seen = make(map[string]*answer)
	c.writeShares()
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *batch), make(chan *batch, 2*workers)
	group.Go(func() error {
		defer close(work)
		defer close(order)
		return c.read(ctx, work, order)
	})
	for range workers {
		group.Go(func() error {
			for b := range work {
				if err := c.label(ctx, b); err != nil {
					return err
				}
				b.done <- struct{}{}
			}
			return nil
		})
	}
	group.Go(func() error { return c.write(ctx, order) })
	return group.Wait()
}

func (c *classification) read(ctx context.Context, work, order chan<- *batch) error {
	send := func(b *batch) error {
		for _, to := range []chan<- *batch{order, work} {
			select {
			case to <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}
	next := c.newBatch()
	next.first = true
	for {
		row, err := c.table.next()
		var fault *lineFault
		switch {
		case errors.As(err, &fault):
			c.leaveOut(fault)
			continue
		case errors.Is(err, io.EOF):
			return send(next)
		case err != nil:
			return err
		}
		next.keep(row)
		if len(next.rows) == rowsInBatch {
			if err := send(next); err != nil {
				return err
			}
			next = c.newBatch()
		}
	}
}

func (c *classification) newBatch() *batch {
	b, ok := c.idle.Get().(*batch)
	if !ok {
		return &batch{done: make(chan struct{}, 1), asked: map[string]int{}}
	}
	clear(b.asked)
	b.rows, b.cells, b.first, b.rendered, b.answers, b.ask = b.rows[:0], b.cells[:0], false, b.rendered[:0], b.answers[:0], b.ask[:0]
	return b
}

// keep takes a copy of a row in.
func (b *batch) keep(row []string) {
	start := len(b.cells)
	b.cells = append(b.cells, row...) // where it moves, the rows before stay where they are
	b.rows = append(b.rows, b.cells[start:len(b.cells):len(b.cells)])
}

func (c *classification) leaveOut(fault *lineFault) {
	c.left++
	sayFault(c.faults, fault, c.left)
}

// sayFault names the nth line that is left out, as long as there are few.
func sayFault(to io.Writer, fault *lineFault, n int) {
	switch {
	case n <= faultsShown:
		fmt.Fprintln(to, fault)
	case n == faultsShown+1:
		fmt.Fprintln(to, "further lines that are left out are only counted")
	}
}

// label decides a batch's titles, each distinct one once, and renders its rows.
func (c *classification) label(ctx context.Context, b *batch) error {
	c.mu.Lock()
	for _, row := range b.rows {
		title := row[c.table.title]
		known := c.seen[title]
		b.answers = append(b.answers, known) // nil while it is asked
		if known != nil {
			continue
		}
		if _, known := b.asked[title]; !known {
			b.asked[title] = len(b.ask)
			b.ask = append(b.ask, title)
		}
	}
	c.mu.Unlock()
	decisions, err := c.labeller.Classify(ctx, b.ask)
	if err != nil {
		return err
	}
	b.fresh = slices.Grow(b.fresh[:0], len(b.ask))
	for _, d := range decisions {
		b.fresh = append(b.fresh, c.answer(d))
	}
	c.remember(b.ask, b.fresh)
	review, nothing := 0, 0
	for i, row := range b.rows {
		if b.answers[i] == nil {
			b.answers[i] = &b.fresh[b.asked[row[c.table.title]]]
		}
		if b.answers[i].review {
			review++
		}
		if b.answers[i].none {
			nothing++
		}
	}
	c.review.Add(int64(review))
	c.nothing.Add(int64(nothing))
	b.rendered, err = c.form.render(b.rendered, b.rows, b.answers)
	return err
}

func (c *classification) remember(titles []string, answers []answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, title := range titles {
		if len(c.seen) >= remembered {
			return
		}
		kept := answers[i] // apart from its batch, which can go
		c.seen[strings.Clone(title)] = &kept
	}
}

// answer puts a decision into words.
func (c *classification) answer(d label.Decision) answer {
	a := answer{none: true}
	why := &a.cells[whyColumn]
	for _, axis := range label.Axes() {
		f := d.Findings[axis]
		if f.Value != "" {
			a.cells[columnOf(axis, labelColumn)] = workbook.Safe(c.names[axis].Name(f.Value))
		}
		a.cells[columnOf(axis, confidenceColumn)] = c.share(f.Confidence)
		a.cells[columnOf(axis, methodColumn)] = string(f.Method)
		if f.Label() != "" {
			a.none = false
		}
		if !f.Accepted && f.Method != label.ByNonsense {
			a.review = true
		}
		switch {
		case *why == "":
			*why = workbook.Safe(f.Why) // what follows it cannot make a formula of it
		case f.Why != "" && f.Why != d.Findings[label.Role].Why:
			a.also = f.Why
		}
	}
	a.cells[reviewColumn] = strconv.FormatBool(a.review)
	return a
}

func (c *classification) writeShares() {
	for i := range c.shares {
		c.shares[i] = formatShare(float64(i) / 1000)
	}
}

// share writes a confidence as formatShare does.
func (c *classification) share(x float64) string {
	n := math.Round(1000 * x)
	if !math.Signbit(x) && n < float64(len(c.shares)) && math.Abs(1000*x-n) < 0.49 { // else it could be rounded the other way
		return c.shares[int(n)]
	}
	return formatShare(x)
}

func formatShare(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

func (c *classification) write(ctx context.Context, order <-chan *batch) error {
	if err := c.form.open(c.out); err != nil {
		return err
	}
	for b := range order {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		out := b.rendered
		if b.first {
			out = bytes.TrimPrefix(out, []byte(",")) // the comma between two JSON objects
		}
		if _, err := c.out.Write(out); err != nil {
			return err
		}
		c.rows.Add(int64(len(b.rows)))
		c.idle.Put(b)
	}
	return c.form.close(c.out)
}

// report says what came of it, in a line.
func (c *classification) report(to io.Writer, took time.Duration) {
	rows := c.rows.Load()
	message.NewPrinter(language.English).Fprintf(to, "%d titles: %d for a person to look at, %d without a label, %d lines left out; %.1f seconds, %.0f a second\n",
		rows, c.review.Load(), c.nothing.Load(), c.left, took.Seconds(), float64(rows)/max(took.Seconds(), 1e-3))
}
