package classifier

import (
	"sync"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// scratch is the memory of one worker, who has some titles before him at once.
type scratch struct {
	reader    title.Reader
	memory    *memory
	lecture   lecture
	desks     [abreast * 16]desk
	waiting   []*desk // for the neighbours
	questions questions
	probe     nearest
	sayings   map[saying]string
}

// desk is what is known of one title.
type desk struct {
	input
	vector   []float32 // the embedding
	inputs   []float32 // of the dense heads: the embedding, and what the teacher says
	embedded bool      // vector is that of this title
	heard    bool      // the heads
	asked    bool      // the neighbours
	scores   [2][]float32
	nearest  nearest
	hits     []ruleHit
	voices   [label.AxisCount]voices
	shares   [label.AxisCount][]float32
	open     [label.AxisCount]bool // the axis waits for the neighbours
	decision *label.Decision       // where it is to be written
}

// workers lends scratches to no more callers at once than there are processors: each remembers words of its own. What nobody has
// used for a while is left to the garbage collector.
type workers struct {
	seats chan struct{}
	idle  sync.Pool
}

func newWorkers(n int, hire func() *scratch) *workers {
	return &workers{make(chan struct{}, n), sync.Pool{New: func() any { return hire() }}}
}

func (w *workers) take() *scratch {
	w.seats <- struct{}{}
	return w.idle.Get().(*scratch)
}

func (w *workers) give(s *scratch) {
	w.idle.Put(s)
	<-w.seats
}

func (c *Classifier) newScratch() *scratch {
	s := &scratch{memory: c.newMemory(), sayings: map[saying]string{}}
	for i := range s.desks {
		c.furnish(&s.desks[i])
	}
	return s
}

func (c *Classifier) furnish(d *desk) {
	d.inputs = make([]float32, max(c.model.inputs(), c.model.dimension)) // a model without classes has no inputs
	d.vector = d.inputs[:c.model.dimension]
	d.scores = [2][]float32{make([]float32, c.model.sparse.stride), make([]float32, c.model.dense.stride)}
	for _, a := range label.Axes() {
		n := len(c.model.axes[a].values)
		room := make([]float32, 2*n)
		d.voices[a] = voices{sparse: c.model.sparse.part(d.scores[0], int(a)), dense: c.model.dense.part(d.scores[1], int(a)), near: room[:n:n]}
		d.shares[a] = room[n:]
	}
}

// lay puts a title on a desk; vector is its embedding, nil where that is still to be made.
func (d *desk) lay(in input, vector embedding.Vector, decision *label.Decision) {
	d.decision = decision
	d.input, d.heard, d.asked, d.open, d.embedded = in, false, false, [label.AxisCount]bool{}, vector != nil
	copy(d.vector, vector)
}

// newMemory remembers for the model and, where there is one, its teacher.
func (c *Classifier) newMemory() *memory {
	ears := []ear{{c.model.vocabulary, c.model.sparse}}
	if c.teacher != nil {
		ears = append(ears, ear{c.teacher.model.vocabulary, c.teacher.model.sparse})
	}
	if d, ok := c.embedder.(direct); ok {
		return newMemory(d, c.model.dimension, ears...)
	}
	return newMemory(nil, 0, ears...)
}
