package classifier

import (
	"slices"
	"strings"

	"rolecall/embedding"
)

// memory remembers what single words come to, for titles are made of few words: what a word adds to the embedding, and what its
// pieces add to the scores of the heads over n-grams. Vectors are those of the embedder bit for bit; scores can differ from those
// that are summed feature by feature in the last bits, and do not depend on what is remembered. It is one goroutine's.
type memory struct {
	direct    direct   // nil where vectors come from elsewhere
	embedder  additive // the same; nil where its vectors are no sums over words
	dimension int      // of the embedder
	ears      []ear
	stride    int // of a row: the embedding's sums, then each ear's scores
	slots     map[string]int32
	rows      []float32
	words     []wordSums
	reading   reading
	features  features // of a word that is new
	sparse    sparse
}

// additive is an embedder whose vector of a title is a sum over its words and over pairs of words, made one of length 1.
type additive interface {
	direct
	AddWord(sums []float32, token string) (hash uint64, features int)
	AddPairs(sums []float32, words []uint64)
	Normalized(dst, sums []float32)
}

// ear is a model's head over n-grams.
type ear struct {
	vocabulary *vocabulary
	table      *table
}

// maxEars are those of the model and of its teacher.
const maxEars = 2

// wordSums is what a word comes to, beside its row.
type wordSums struct {
	hash     uint64 // as a feature here
	embedded uint64 // as a feature of the embedding
	features int    // of the embedding
	pieces   int
	heard    [maxEars]heard
}

// heard is what an ear knows of the pieces of a word or of a title.
type heard struct {
	squares float32 // of their rarities, summed
	known   int
}

// reading is a title that is being read.
type reading struct {
	memory   *memory
	slots    []int32
	ones     []float32
	weights  []float32 // of the words: laterWeight in later parts
	weight   float32   // of the next word
	sums     []float32 // as a row
	first    int       // how many features of words the first part has
	pieces   int
	features int      // of the embedding
	embedded []uint64 // the words, as features of the embedding
	heard    [maxEars]heard
	words    []uint64 // features
}

// remembered is how many words are kept. When there are more all are forgotten, for the common ones soon come again.
const remembered = 1 << 13

func newMemory(e direct, dimension int, ears ...ear) *memory {
	m := &memory{ears: ears, slots: map[string]int32{}, direct: e}
	if m.embedder, _ = e.(additive); m.embedder != nil {
		m.dimension = dimension
	}
	m.stride = m.dimension
	for _, e := range ears {
		m.stride += e.table.stride
	}
	m.reading = reading{memory: m, sums: make([]float32, m.stride)}
	return m
}

// read takes a normalised title in.
func (m *memory) read(normalized string) {
	r := &m.reading
	if len(m.words) > remembered {
		clear(m.slots)
		m.rows, m.words = m.rows[:0], m.words[:0]
	}
	clear(r.sums)
	r.slots, r.weights, r.weight, r.pieces, r.features, r.embedded, r.heard = r.slots[:0], r.weights[:0], 1, 0, 0, r.embedded[:0], [maxEars]heard{}
	r.words = readWords(r.words[:0], normalized, r)
	for len(r.ones) < len(r.slots) {
		r.ones = append(r.ones, 1)
	}
	sendFor(m.rows, m.stride, m.stride, r.slots)
	if m.embedder != nil {
		m.embedder.AddPairs(r.sums[:m.dimension], r.embedded)
	}
	if len(r.slots) > 0 {
		addRows(r.sums[:m.dimension], m.rows, m.stride, r.slots, r.ones[:len(r.slots)]) // the embedding weighs all parts alike
		addRows(r.sums[m.dimension:], m.rows[m.dimension:], m.stride, r.slots, r.weights)
	}
}

// embed writes the vector of the title that was read into dst.
func (m *memory) embed(dst []float32, normalized string) {
	if m.embedder == nil || m.reading.features >= embedding.MaxFeatures || len(m.reading.words)+m.reading.pieces >= maxFeatures { // it was not read to its end
		m.direct.EmbedInto(dst, normalized)
		return
	}
	m.embedder.Normalized(dst, m.reading.sums[:m.dimension])
}

// hear writes the scores of an ear for the title that was read into dst, which has its table's stride, and the shares of the title's
// words and of their pieces that the ear knows.
func (m *memory) hear(dst []float32, n int) (known, pieces float32) {
	r, e, s := &m.reading, m.ears[n], &m.sparse
	s.places, s.values = s.places[:0], s.values[:0]
	known = e.vocabulary.lookGroup(s, r.words, r.first)
	sendFor(e.table.weights, e.table.stride, e.table.stride, s.places)
	e.table.scores(dst, s)
	at := m.stride - e.table.stride
	for _, later := range m.ears[n+1:] {
		at -= later.table.stride
	}
	addScaled(dst, r.sums[at:at+e.table.stride], unit(r.heard[n].squares))
	return known, float32(r.heard[n].known) / float32(max(r.pieces, 1))
}

func (r *reading) count() int { return r.pieces }

func (r *reading) part(words int) { r.first, r.weight = words, laterWeight }

// word takes a word in.
func (r *reading) word(token string) uint64 {
	m := r.memory
	slot, ok := m.slots[token]
	if !ok {
		slot = m.learn(token)
	}
	w := &m.words[slot]
	r.slots = append(r.slots, slot)
	r.pieces += w.pieces
	r.weights = append(r.weights, r.weight)
	for i := range r.heard {
		r.heard[i].squares += r.weight * r.weight * w.heard[i].squares
		r.heard[i].known += w.heard[i].known
	}
	r.features += w.features
	if n := len(r.embedded); n > 0 && r.embedded[n-1] != 0 {
		r.features++ // the pair
	}
	r.embedded = append(r.embedded, w.embedded)
	return w.hash
}

// learn gives a word a slot.
func (m *memory) learn(token string) int32 {
	start := len(m.rows)
	if len(m.words) == remembered/64 { // there are many titles, then
		m.rows = slices.Grow(m.rows, remembered*m.stride)
	}
	m.rows = append(m.rows, make([]float32, m.stride)...)
	row := m.rows[start:]
	var w wordSums
	if m.embedder != nil {
		w.embedded, w.features = m.embedder.AddWord(row[:m.dimension], token)
	}
	m.features.reset()
	w.hash = m.features.word(token)
	w.pieces = m.features.count()
	row = row[m.dimension:]
	for i, e := range m.ears {
		s := &m.sparse
		s.places, s.values = s.places[:0], s.values[:0]
		w.heard[i].squares = e.vocabulary.weigh(s, m.features.chars, 1)
		w.heard[i].known = len(s.places)
		addRows(row[:e.table.stride], e.table.weights, e.table.stride, s.places, s.values)
		row = row[e.table.stride:]
	}
	slot := int32(len(m.words))
	m.words = append(m.words, w)
	m.slots[strings.Clone(token)] = slot
	return slot
}
