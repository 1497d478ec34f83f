package classifier

import (
	"sync"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// scratch is what one goroutine works with: its caches, its buffers, and the titles that it decides at once.
type scratch struct {
	reader    title.Reader
	words     *wordCache
	teacher   teacherScratch
	states    [queriesAtOnce * 16]titleState
	waiting   []*titleState // for the neighbours
	queries   queryBatch
	probe     nearest
	sentences map[sentenceKey]string
}

// titleState is what is known of one title.
type titleState struct {
	input
	vector     []float32    // the embedding
	inputs     []float32    // of the dense heads: the embedding, and the teacher's soft labels
	embedded   bool         // vector is that of this title
	scored     bool         // headScores are those of this title
	searched   bool         // nearest are those of this title
	headScores [2][]float32 // of the sparse and of the dense table, both axes
	nearest    nearest
	hits       []ruleHit
	scores     [label.AxisCount]axisScores
	shares     [label.AxisCount][]float32
	undecided  [label.AxisCount]bool // the axis waits for the neighbours
	decision   *label.Decision       // where it is to be written
}

// scratchPool lends scratches to no more callers at once than there are workers: each has a word cache of its own. What has not been
// used for a while is left to the garbage collector.
type scratchPool struct {
	slots chan struct{}
	idle  sync.Pool
}

func newScratchPool(n int, newScratch func() *scratch) *scratchPool {
	return &scratchPool{make(chan struct{}, n), sync.Pool{New: func() any { return newScratch() }}}
}

func (p *scratchPool) get() *scratch {
	p.slots <- struct{}{}
	return p.idle.Get().(*scratch)
}

func (p *scratchPool) put(s *scratch) {
	p.idle.Put(s)
	<-p.slots
}

func (c *Classifier) newScratch() *scratch {
	s := &scratch{words: c.newWordCache(), sentences: map[sentenceKey]string{}}
	for i := range s.states {
		c.initTitleState(&s.states[i])
	}
	return s
}

// initTitleState gives a state its buffers.
func (c *Classifier) initTitleState(st *titleState) {
	st.inputs = make([]float32, max(c.model.inputs(), c.model.dimension)) // a model without classes has no inputs
	st.vector = st.inputs[:c.model.dimension]
	st.headScores = [2][]float32{make([]float32, c.model.sparse.stride), make([]float32, c.model.dense.stride)}
	for _, a := range label.Axes() {
		n := len(c.model.axes[a].values)
		room := make([]float32, 2*n)
		st.scores[a] = axisScores{sparse: c.model.sparse.part(st.headScores[0], int(a)), dense: c.model.dense.part(st.headScores[1], int(a)), near: room[:n:n]}
		st.shares[a] = room[n:]
	}
}

// reset begins another title; vector is its embedding, nil where that is still to be made.
func (st *titleState) reset(in input, vector embedding.Vector, decision *label.Decision) {
	st.decision = decision
	st.input, st.scored, st.searched, st.undecided, st.embedded = in, false, false, [label.AxisCount]bool{}, vector != nil
	copy(st.vector, vector)
}

// newWordCache caches words for the model and, where there is one, its teacher.
func (c *Classifier) newWordCache() *wordCache {
	scorers := []wordScorer{{c.model.vocabulary, c.model.sparse}}
	if c.teacher != nil {
		scorers = append(scorers, wordScorer{c.teacher.model.vocabulary, c.teacher.model.sparse})
	}
	if d, ok := c.embedder.(direct); ok {
		return newWordCache(d, c.model.dimension, scorers...)
	}
	return newWordCache(nil, 0, scorers...)
}
