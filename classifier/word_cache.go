package classifier

import (
	"slices"
	"strings"

	"rolecall/embedding"
)

// wordCache caches what single words come to, for titles are made of few words: what a word adds to the embedding, and what its
// pieces add to the scores of the heads over n-grams. Vectors are those of the embedder bit for bit; scores can differ from those
// that are summed feature by feature in the last bits, and do not depend on what is cached. It is one goroutine's.
type wordCache struct {
	direct    direct   // nil where vectors come from elsewhere
	embedder  additive // the same; nil where its vectors are no sums over words
	dimension int      // of the embedder
	scorers   []wordScorer
	stride    int // of a row: the embedding's sums, then each scorer's scores
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

// wordScorer is a model's head over n-grams.
type wordScorer struct {
	vocabulary *vocabulary
	table      *table
}

// maxScorers are those of the model and of its teacher.
const maxScorers = 2

// wordSums is what a word comes to, beside its row.
type wordSums struct {
	hash     uint64 // as a feature here
	embedded uint64 // as a feature of the embedding
	features int    // of the embedding
	pieces   int
	stats    [maxScorers]pieceStats
}

// pieceStats is what a scorer's vocabulary knows of the pieces of a word or of a title.
type pieceStats struct {
	squares float32 // of their rarities, summed
	known   int
}

// reading is a title that is being read.
type reading struct {
	cache    *wordCache
	slots    []int32
	ones     []float32
	weights  []float32 // of the words: laterWeight in later parts
	weight   float32   // of the next word
	sums     []float32 // as a row
	first    int       // how many features of words the first part has
	pieces   int
	features int      // of the embedding
	embedded []uint64 // the words, as features of the embedding
	stats    [maxScorers]pieceStats
	words    []uint64 // features
}

// maxCachedWords is how many words are cached. When there are more all are dropped, for the common ones soon come again.
const maxCachedWords = 1 << 13

func newWordCache(e direct, dimension int, scorers ...wordScorer) *wordCache {
	cache := &wordCache{scorers: scorers, slots: map[string]int32{}, direct: e}
	if cache.embedder, _ = e.(additive); cache.embedder != nil {
		cache.dimension = dimension
	}
	cache.stride = cache.dimension
	for _, e := range scorers {
		cache.stride += e.table.stride
	}
	cache.reading = reading{cache: cache, sums: make([]float32, cache.stride)}
	return cache
}

// read takes a normalised title in.
func (cache *wordCache) read(normalized string) {
	r := &cache.reading
	if len(cache.words) > maxCachedWords {
		clear(cache.slots)
		cache.rows, cache.words = cache.rows[:0], cache.words[:0]
	}
	clear(r.sums)
	r.slots, r.weights, r.weight, r.pieces, r.features, r.embedded, r.stats = r.slots[:0], r.weights[:0], 1, 0, 0, r.embedded[:0], [maxScorers]pieceStats{}
	r.words = readWords(r.words[:0], normalized, r)
	for len(r.ones) < len(r.slots) {
		r.ones = append(r.ones, 1)
	}
	sendFor(cache.rows, cache.stride, cache.stride, r.slots)
	if cache.embedder != nil {
		cache.embedder.AddPairs(r.sums[:cache.dimension], r.embedded)
	}
	if len(r.slots) > 0 {
		addRows(r.sums[:cache.dimension], cache.rows, cache.stride, r.slots, r.ones[:len(r.slots)]) // the embedding weighs all parts alike
		addRows(r.sums[cache.dimension:], cache.rows[cache.dimension:], cache.stride, r.slots, r.weights)
	}
}

// embed writes the vector of the title that was read into dst.
func (cache *wordCache) embed(dst []float32, normalized string) {
	if cache.embedder == nil || cache.reading.features >= embedding.MaxFeatures || len(cache.reading.words)+cache.reading.pieces >= maxFeatures { // it was not read to its end
		cache.direct.EmbedInto(dst, normalized)
		return
	}
	cache.embedder.Normalized(dst, cache.reading.sums[:cache.dimension])
}

// score writes the nth scorer's scores for the title that was read into dst, which has its table's stride, and returns the shares of
// the title's words and of their pieces that its vocabulary knows.
func (cache *wordCache) score(dst []float32, n int) (known, pieces float32) {
	r, e, s := &cache.reading, cache.scorers[n], &cache.sparse
	s.places, s.values = s.places[:0], s.values[:0]
	known = e.vocabulary.lookUpGroup(s, r.words, r.first)
	sendFor(e.table.weights, e.table.stride, e.table.stride, s.places)
	e.table.scores(dst, s)
	at := cache.stride - e.table.stride
	for _, later := range cache.scorers[n+1:] {
		at -= later.table.stride
	}
	addScaled(dst, r.sums[at:at+e.table.stride], unit(r.stats[n].squares))
	return known, float32(r.stats[n].known) / float32(max(r.pieces, 1))
}

func (r *reading) count() int { return r.pieces }

func (r *reading) part(words int) { r.first, r.weight = words, laterWeight }

// word takes a word in.
func (r *reading) word(token string) uint64 {
	cache := r.cache
	slot, ok := cache.slots[token]
	if !ok {
		slot = cache.add(token)
	}
	w := &cache.words[slot]
	r.slots = append(r.slots, slot)
	r.pieces += w.pieces
	r.weights = append(r.weights, r.weight)
	for i := range r.stats {
		r.stats[i].squares += r.weight * r.weight * w.stats[i].squares
		r.stats[i].known += w.stats[i].known
	}
	r.features += w.features
	if n := len(r.embedded); n > 0 && r.embedded[n-1] != 0 {
		r.features++ // the pair
	}
	r.embedded = append(r.embedded, w.embedded)
	return w.hash
}

// add gives a word a slot.
func (cache *wordCache) add(token string) int32 {
	start := len(cache.rows)
	if len(cache.words) == maxCachedWords/64 { // there are many titles, then
		cache.rows = slices.Grow(cache.rows, maxCachedWords*cache.stride)
	}
	cache.rows = append(cache.rows, make([]float32, cache.stride)...)
	row := cache.rows[start:]
	var w wordSums
	if cache.embedder != nil {
		w.embedded, w.features = cache.embedder.AddWord(row[:cache.dimension], token)
	}
	cache.features.reset()
	w.hash = cache.features.word(token)
	w.pieces = cache.features.count()
	row = row[cache.dimension:]
	for i, e := range cache.scorers {
		s := &cache.sparse
		s.places, s.values = s.places[:0], s.values[:0]
		w.stats[i].squares = e.vocabulary.weigh(s, cache.features.chars, 1)
		w.stats[i].known = len(s.places)
		addRows(row[:e.table.stride], e.table.weights, e.table.stride, s.places, s.values)
		row = row[e.table.stride:]
	}
	slot := int32(len(cache.words))
	cache.words = append(cache.words, w)
	cache.slots[strings.Clone(token)] = slot
	return slot
}
