package main

import (
	"math"
	"math/rand/v2"
	"sync"

	"github.com/viterin/vek/vek32"

	"rolecall/embedding"
)

// options are the numbers of a training run.
type options struct {
	seed      uint64
	threads   int
	dimension int
	slots     int     // rows of the feature table
	atLeast   int     // how often a feature must be seen to get a row
	epochs    int     // passes over the weighted data
	batch     int     // pairs that contrast with one another
	tau       float64 // temperature of the contrast
	rate      float64 // first learning rate; falls linearly to a twentieth
	dropout   float64 // share of features left out of a title
	typos     float64 // share of titles given a typing error
	linked    float64 // share of positives from a linked node
	grouped   float64 // share of positives from the same group
	context   float64 // share of titles given a context that says nothing of the work
	fielded   float64 // how much the fields of work count beside the contrast
	maskGroup bool    // titles of the same group do not contrast
}

// trainer holds the weights. Every step is cut into parts that do not touch one another's memory and are summed in a fixed order, so
// that the result depends on the seed and not on the number of threads.
type trainer struct {
	options
	corpus  *corpus
	rows    *embedding.Rows
	weights []float32 // slots x dimension
	state   []float32 // per row, the sum of squared gradients (row-wise Adagrad)
	rng     *rand.Rand
	items   []item // 2 x batch: the anchors, then their positives
	sums    []float32
	units   []float32 // the sums scaled to length 1
	norms   []float32
	grads   []float32
	flip    []float32 // units, transposed, a half each
	sim     []float32 // batch x batch
	simT    []float32
	masks   [][]int32
	fields  *fieldHead
}

type item struct {
	label int32
	seed  uint64
	rows  []int32
	hash  []uint64
}

func newTrainer(c *corpus, rows *embedding.Rows, o options) *trainer {
	t := &trainer{
		options: o, corpus: c, rows: rows, rng: rand.New(rand.NewPCG(o.seed, 1)),
		weights: make([]float32, o.slots*o.dimension), state: make([]float32, o.slots),
		items: make([]item, 2*o.batch), sums: make([]float32, 2*o.batch*o.dimension), units: make([]float32, 2*o.batch*o.dimension),
		norms: make([]float32, 2*o.batch), grads: make([]float32, 2*o.batch*o.dimension), flip: make([]float32, 2*o.batch*o.dimension),
		sim: make([]float32, o.batch*o.batch), simT: make([]float32, o.batch*o.batch), masks: make([][]int32, o.batch),
	}
	for i := range t.weights {
		t.weights[i] = float32(t.rng.NormFloat64()) * 0.05
	}
	t.fields = newFieldHead(c, o)
	return t
}

// parallel runs f for parts 0..threads-1 and waits.
func (t *trainer) parallel(f func(part int)) {
	if t.threads == 1 {
		f(0)
		return
	}
	var wait sync.WaitGroup
	for part := range t.threads {
		wait.Go(func() { f(part) })
	}
	wait.Wait()
}

// epoch lists the labels of one pass, shuffled; a label of a language of weight w is in it w times on average.
func (t *trainer) epoch() []int32 {
	var list []int32
	for i, l := range t.corpus.labels {
		if len(t.corpus.members[l.node]) < 2 && len(t.corpus.links[l.node]) == 0 {
			continue
		}
		w := languageWeight(l.language)
		for ; w >= 1; w-- {
			list = append(list, int32(i))
		}
		if t.rng.Float32() < w {
			list = append(list, int32(i))
		}
	}
	t.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// positive draws a title that means the same as the label, or nearly.
func (t *trainer) positive(anchor int32) int32 {
	c := t.corpus
	node := c.labels[anchor].node
	from := node
	switch x := t.rng.Float64(); {
	case x < t.grouped && c.group[node] >= 0:
		g := c.inGroup[c.group[node]]
		from = g[t.rng.IntN(len(g))]
	case x < t.grouped+t.linked && len(c.links[node]) > 0 || len(c.members[node]) < 2:
		if n := len(c.links[node]); n > 0 {
			from = c.links[node][t.rng.IntN(n)]
		}
	}
	members := c.members[from]
	if len(members) == 0 {
		members = c.members[node]
	}
	best := members[t.rng.IntN(len(members))]
	for range 6 {
		l := c.labels[best]
		if best != anchor && t.rng.Float32() < languageWeight(l.language) {
			break
		}
		best = members[t.rng.IntN(len(members))]
	}
	return best
}

// step trains one batch of anchors and returns its mean loss; progress runs from 0 to 1 over the training.
func (t *trainer) step(anchors []int32, progress float64) float64 {
	for i, a := range anchors {
		t.items[i].label, t.items[i].seed = a, t.rng.Uint64()
		t.items[t.batch+i].label, t.items[t.batch+i].seed = t.positive(a), t.rng.Uint64()
	}
	t.parallel(t.embed)
	t.mask()
	loss := t.contrast()
	if t.fielded > 0 {
		t.learnFields(progress)
	}
	t.apply(float32(t.rate * (1 - 0.95*progress)))
	return loss
}

// embed computes features, sums and unit vectors of a part of the items.
func (t *trainer) embed(part int) {
	d := t.dimension
	for i := part; i < len(t.items); i += t.threads {
		it := &t.items[i]
		rng := rand.New(rand.NewPCG(it.seed, 2))
		text := t.corpus.labels[it.label].text
		if rng.Float64() < t.context {
			text = inContext(text, t.corpus.contexts, rng)
		}
		if rng.Float64() < t.typos {
			text = typo(text, rng)
		}
		it.hash = embedding.AppendFeatures(it.hash[:0], text)
		it.rows = it.rows[:0]
		sum := t.sums[i*d : (i+1)*d]
		clear(sum)
		for _, h := range it.hash {
			if row := t.rows.Find(h); row >= 0 && rng.Float64() >= t.dropout {
				it.rows = append(it.rows, int32(row))
				vek32.Add_Inplace(sum, t.weights[row*d:(row+1)*d])
			}
		}
		norm := float32(math.Sqrt(float64(vek32.Dot(sum, sum))))
		t.norms[i] = norm
		unit := t.units[i*d : (i+1)*d]
		half, column := t.flip[:t.batch*d], i
		if i >= t.batch {
			half, column = t.flip[t.batch*d:], i-t.batch
		}
		for j, x := range sum {
			if norm > 0 {
				x /= norm
			}
			unit[j] = x
			half[j*t.batch+column] = x
		}
	}
}

// mask lists for each anchor the positives of the batch that are no contrast to it because they mean the same.
func (t *trainer) mask() {
	c := t.corpus
	byNode := make(map[int32][]int32, t.batch)
	byGroup := make(map[int32][]int32, t.batch)
	for j := range t.batch {
		node := c.labels[t.items[t.batch+j].label].node
		byNode[node] = append(byNode[node], int32(j))
		if g := c.group[node]; t.maskGroup && g >= 0 {
			byGroup[g] = append(byGroup[g], int32(j))
		}
	}
	for i := range t.batch {
		node := c.labels[t.items[i].label].node
		m := append(t.masks[i][:0], byNode[node]...)
		for _, other := range c.links[node] {
			m = append(m, byNode[other]...)
		}
		if g := c.group[node]; t.maskGroup && g >= 0 {
			m = append(m, byGroup[g]...)
		}
		t.masks[i] = m
	}
}

// contrast computes the symmetric InfoNCE loss (van den Oord et al. 2018) of the batch and the gradient of every unit vector. With
// E = exp of the scaled similarities, a pair's gradient is E/(sum of its row) + E/(sum of its column), less 2 for a true pair.
func (t *trainer) contrast() float64 {
	b, d := t.batch, t.dimension
	scale := float32(1 / t.tau)
	inRow, inColumn := make([]float32, b), make([]float32, b)
	losses := make([]float64, b)
	t.parallel(func(part int) {
		for i := part; i < b; i += t.threads {
			row := t.sim[i*b : (i+1)*b]
			for j := range row {
				row[j] = vek32.Dot(t.units[i*d:(i+1)*d], t.units[(b+j)*d:(b+j+1)*d])
			}
			for j, cosine := range row { // a cosine is at most 1: no sum overflows
				row[j] = float32(math.Exp(float64(scale * (cosine - 1))))
			}
			for _, j := range t.masks[i] {
				if int(j) != i {
					row[j] = 0
				}
			}
			inRow[i] = 1 / vek32.Sum(row)
		}
	})
	t.parallel(func(part int) {
		for j := part; j < b; j += t.threads {
			column := t.simT[j*b : (j+1)*b]
			for i := range column {
				column[i] = t.sim[i*b+j]
			}
			inColumn[j] = 1 / vek32.Sum(column)
			p := float64(column[j])
			losses[j] = -(math.Log(p*float64(inRow[j])) + math.Log(p*float64(inColumn[j]))) / 2
		}
	})
	gradient := func(row, others []float32, own float32, i int) {
		for j, other := range others {
			row[j] *= own + other
		}
		row[i] -= 2
	}
	t.parallel(func(part int) {
		for i := part; i < b; i += t.threads {
			row, column := t.sim[i*b:(i+1)*b], t.simT[i*b:(i+1)*b]
			gradient(row, inColumn, inRow[i], i)
			gradient(column, inRow, inColumn[i], i)
			for k := range d {
				t.grads[i*d+k] = scale / 2 * vek32.Dot(row, t.flip[(d+k)*b:(d+k+1)*b])
				t.grads[(b+i)*d+k] = scale / 2 * vek32.Dot(column, t.flip[k*b:(k+1)*b])
			}
		}
	})
	var loss float64
	for _, l := range losses {
		loss += l
	}
	return loss / float64(b)
}

// apply takes the gradients through the scaling to length 1 and moves the rows of every item's features by row-wise Adagrad. Each
// thread owns the rows of its parity.
func (t *trainer) apply(rate float32) {
	d := t.dimension
	squares := make([]float32, len(t.items))
	for i := range t.items {
		g, u := t.grads[i*d:(i+1)*d], t.units[i*d:(i+1)*d]
		if t.norms[i] == 0 {
			continue
		}
		along, inverse := vek32.Dot(g, u), 1/t.norms[i]
		for k := range g {
			g[k] = (g[k] - along*u[k]) * inverse
		}
		squares[i] = vek32.Dot(g, g) / float32(d)
	}
	t.parallel(func(part int) {
		for i := range t.items {
			if squares[i] == 0 {
				continue
			}
			g := t.grads[i*d : (i+1)*d]
			for _, row := range t.items[i].rows {
				if int(row)%t.threads != part {
					continue
				}
				t.state[row] += squares[i]
				step := rate / float32(math.Sqrt(float64(t.state[row])+1e-10))
				w := t.weights[int(row)*d : (int(row)+1)*d]
				for k, x := range g {
					w[k] -= step * x
				}
			}
		}
	})
}
