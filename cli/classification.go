package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

	mu   sync.Mutex
	seen map[string]*answer
}

// batch is some rows on their way; done is closed when rendered holds them.
type batch struct {
	rows     [][]string
	first    bool
	rendered bytes.Buffer
	done     chan struct{}
}

// answer holds the added cells of one title, in the order of addedColumns.
type answer struct {
	cells  [len(addedColumns{})]string
	review bool
	none   bool // no label on any axis
}

// addedColumns gives the number of columns that newForm adds.
type addedColumns [8]struct{}

func (c *classification) run(ctx context.Context) error {
	c.seen = make(map[string]*answer)
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
				close(b.done)
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
	next := &batch{done: make(chan struct{}), first: true}
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
		next.rows = append(next.rows, slices.Clone(row))
		if len(next.rows) == rowsInBatch {
			if err := send(next); err != nil {
				return err
			}
			next = &batch{done: make(chan struct{})}
		}
	}
}

func (c *classification) leaveOut(fault *lineFault) {
	c.left++
	switch {
	case c.left <= faultsShown:
		fmt.Fprintln(c.faults, fault)
	case c.left == faultsShown+1:
		fmt.Fprintln(c.faults, "further lines that are left out are only counted")
	}
}

// label decides a batch's titles, each distinct one once, and renders its rows.
func (c *classification) label(ctx context.Context, b *batch) error {
	answers := make([]*answer, len(b.rows)) // by row; nil while it is asked
	asked := make(map[string]int, len(b.rows))
	var ask []string
	c.mu.Lock()
	for i, row := range b.rows {
		title := row[c.table.title]
		if answers[i] = c.seen[title]; answers[i] != nil {
			continue
		}
		if _, known := asked[title]; !known {
			asked[title] = len(ask)
			ask = append(ask, title)
		}
	}
	c.mu.Unlock()
	decisions, err := c.labeller.Classify(ctx, ask)
	if err != nil {
		return err
	}
	fresh := make([]answer, len(ask))
	for i, d := range decisions {
		fresh[i] = c.answer(d)
	}
	c.remember(ask, fresh)
	review, nothing := 0, 0
	for i, row := range b.rows {
		if answers[i] == nil {
			answers[i] = &fresh[asked[row[c.table.title]]]
		}
		if answers[i].review {
			review++
		}
		if answers[i].none {
			nothing++
		}
	}
	c.review.Add(int64(review))
	c.nothing.Add(int64(nothing))
	return c.form.render(&b.rendered, b.rows, answers)
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
	var why string
	for _, axis := range label.Axes() {
		f := d.Findings[axis]
		at := 3 * int(axis)
		if f.Value != "" {
			a.cells[at] = workbook.Safe(c.names[axis].Name(f.Value))
		}
		a.cells[at+1] = strconv.FormatFloat(f.Confidence, 'f', 3, 64)
		a.cells[at+2] = string(f.Method)
		if f.Label() != "" {
			a.none = false
		}
		if !f.Accepted && f.Method != label.ByNonsense {
			a.review = true
		}
		switch {
		case why == "":
			why = f.Why
		case f.Why != "" && f.Why != why:
			why += " " + f.Why
		}
	}
	a.cells[6] = workbook.Safe(why)
	a.cells[7] = strconv.FormatBool(a.review)
	return a
}

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
		out := b.rendered.Bytes()
		if b.first {
			out = bytes.TrimPrefix(out, []byte(",")) // the comma between two JSON objects
		}
		if _, err := c.out.Write(out); err != nil {
			return err
		}
		c.rows.Add(int64(len(b.rows)))
	}
	return c.form.close(c.out)
}

// report says what came of it, in a line.
func (c *classification) report(to io.Writer, took time.Duration) {
	rows := c.rows.Load()
	message.NewPrinter(language.English).Fprintf(to, "%d titles: %d for a person to look at, %d without a label, %d lines left out; %.1f seconds, %.0f a second\n",
		rows, c.review.Load(), c.nothing.Load(), c.left, took.Seconds(), float64(rows)/max(took.Seconds(), 1e-3))
}

// form is how rows are written.
type form struct {
	json    bool
	comma   rune
	columns []string // of the table, then ours
}

func newForm(f classifyFlags, header []string) form {
	out := form{json: f.format == "json", comma: ',', columns: slices.Clone(header)}
	if strings.HasSuffix(f.out, ".tsv") {
		out.comma = '\t'
	}
	for _, name := range []string{"role", "role_confidence", "role_method", "seniority", "seniority_confidence", "seniority_method", "why", "review"} {
		if slices.Contains(header, name) {
			name = "rolecall_" + name
		}
		out.columns = append(out.columns, name)
	}
	return out
}

func (f form) csv(to io.Writer) *csv.Writer {
	w := csv.NewWriter(to)
	w.Comma = f.comma
	return w
}

func (f form) open(to io.Writer) error {
	if f.json {
		_, err := io.WriteString(to, "[")
		return err
	}
	w := f.csv(to)
	err := w.Write(f.columns)
	w.Flush()
	return errors.Join(err, w.Error())
}

func (f form) close(to io.Writer) error {
	if !f.json {
		return nil
	}
	_, err := io.WriteString(to, "\n]\n")
	return err
}

func (f form) render(to *bytes.Buffer, rows [][]string, answers []*answer) error {
	if f.json {
		return f.renderJSON(to, rows, answers)
	}
	w := f.csv(to)
	record := make([]string, 0, len(f.columns))
	for i, row := range rows {
		record = append(append(record[:0], row...), answers[i].cells[:]...)
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// renderJSON writes one object a line; confidences are numbers and review is a truth value. Of two columns with one
// name the later one's value stands.
func (f form) renderJSON(to *bytes.Buffer, rows [][]string, answers []*answer) error {
	keys := make([][]byte, len(f.columns))
	for i, c := range f.columns {
		key, err := json.Marshal(c)
		if err != nil {
			return err
		}
		keys[i] = append(key, ':')
	}
	for n, row := range rows {
		to.WriteString(",\n{")
		a := answers[n]
		for i := range f.columns {
			if i > 0 {
				to.WriteByte(',')
			}
			to.Write(keys[i])
			if i < len(row) {
				writeJSONText(to, row[i])
				continue
			}
			switch at := i - len(row); at {
			case 1, 4, 7:
				to.WriteString(a.cells[at])
			default:
				writeJSONText(to, a.cells[at])
			}
		}
		to.WriteByte('}')
	}
	return nil
}

func writeJSONText(to *bytes.Buffer, text string) {
	raw, err := json.Marshal(text)
	if err != nil {
		raw = []byte(`""`) // cannot happen: every string has a JSON form
	}
	to.Write(raw)
}
