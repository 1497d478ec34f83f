package classifier

import (
	_ "embed"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"rolecall/embedding"
	"rolecall/label"
	"rolecall/title"
)

// prefitFile is the model of the default workbook, fitted when the program was built: go generate ./classifier makes it.
//
//go:generate go test -run TestThePrefitModelIsThatOfTheDefaultWorkbook . -update
//go:embed default.model
var prefitFile []byte

// teacher is the model of the default workbook at work for another taxonomy: what it makes of a title is a feature there. It has
// read thousands of titles in many languages, so that a team whose taxonomy has its own names for functions and levels needs a
// few titles of each, not a few hundred.
type teacher struct {
	model    *model
	rules    *ruleSet
	embedder direct
	shared   bool // the embedder is that of the pupil, whose vectors will do
}

// newTeacher returns the teacher for a pupil with that embedder; nil where this build has none that works.
func newTeacher(pupil embedding.Embedder) (*teacher, error) {
	m, err := decode(prefitFile)
	if err != nil {
		return nil, nil //nolint:nilerr // of another version of this package: a test asks for go generate, and fits go on without
	}
	rules, err := newRuleSet(m.rules)
	if err != nil {
		return nil, fmt.Errorf("the rules of the default workbook: %w", err)
	}
	if d, ok := pupil.(direct); ok && pupil.ID() == m.embedder {
		return &teacher{m, rules, d, true}, nil
	}
	builtin, err := embedding.NewStatic()
	if err != nil {
		return nil, fmt.Errorf("the model of the default workbook: %w", err)
	}
	if builtin.ID() != m.embedder {
		return nil, nil // it was fitted with another embedding than this build's
	}
	return &teacher{m, rules, builtin, false}, nil
}

// size is the number of features that the teacher gives.
func (t *teacher) size() int {
	n := 0
	for _, a := range t.model.axes {
		n += len(a.values)
	}
	return n
}

// teacherScratch is what a goroutine needs to ask the teacher.
type teacherScratch struct {
	sparse        sparse
	vector        []float32
	fromWords     []float32
	fromEmbedding []float32
	hits          []ruleHit
}

// softLabels writes the teacher's soft labels for a title into dst, see writeSoftLabels.
func (t *teacher) softLabels(dst []float32, in *input, f *features, vector []float32, s *teacherScratch) {
	s.prepare(t.model)
	t.model.vocabulary.lookUp(&s.sparse, f)
	t.model.sparse.scores(s.fromWords, &s.sparse)
	t.writeSoftLabels(dst, in, vector, s)
}

// softLabelsFromCache is softLabels for a title that a word cache has read, whose second scorer is the teacher's.
func (t *teacher) softLabelsFromCache(dst []float32, in *input, cache *wordCache, vector []float32, s *teacherScratch) {
	s.prepare(t.model)
	cache.score(s.fromWords, 1)
	t.writeSoftLabels(dst, in, vector, s)
}

func (s *teacherScratch) prepare(m *model) {
	if s.fromWords == nil {
		s.fromWords, s.fromEmbedding = make([]float32, m.sparse.stride), make([]float32, m.sparse.stride)
		s.vector = make([]float32, m.dimension)
	}
}

// ruleShare is the share that the teacher gives to the label of one of its rules; the rest is its heads'. A rule is right more often
// than that, but its label is one input of a pupil's many.
const ruleShare = 0.5

// writeSoftLabels writes, for each of the teacher's values, the square root of the share that rules and heads give it, so that each axis has
// length 1. The scores of the head over n-grams are in s.fromWords.
func (t *teacher) writeSoftLabels(dst []float32, in *input, vector []float32, s *teacherScratch) {
	m := t.model
	if !t.shared {
		t.embedder.EmbedInto(s.vector, in.normalized)
		vector = s.vector
	}
	m.dense.denseScores(s.fromEmbedding, vector)
	s.hits = t.rules.match(s.hits[:0], in)
	for i := range m.axes {
		a := &m.axes[i]
		n := len(a.values)
		words, vectors := m.sparse.part(s.fromWords, i), m.dense.part(s.fromEmbedding, i)
		for c := range n {
			dst[c] = a.mix.Sparse*words[c] + a.mix.Dense*vectors[c]
		}
		softmax(dst[:n])
		if h, ok := t.rules.decide(s.hits, label.Axis(i), a.has); ok {
			for c := range n {
				dst[c] *= 1 - ruleShare
			}
			dst[a.classOf(t.rules.rules[h.rule].Set[i])] += ruleShare
		}
		for c := range n {
			dst[c] = float32(math.Sqrt(float64(dst[c])))
		}
		dst = dst[n:]
	}
}

// mostShared is the share of the teacher's own titles that may be among the pupil's. A workbook with more of them is the default
// workbook, edited: its heads know what the teacher knows, and on titles that it was fitted on the teacher's answers prove nothing.
const mostShared = 0.2

// suits reports whether the teacher knows something new about these lessons.
func (t *teacher) suits(lessons []lesson) bool {
	shared := 0
	for _, l := range lessons {
		if _, ok := slices.BinarySearch(t.model.trained, keyHash(l.key)); ok {
			shared++
		}
	}
	return float64(shared) <= mostShared*float64(len(t.model.trained))
}

func keyHash(k title.Key) uint32 {
	h := fnv.New32a()
	h.Write([]byte(k)) //nolint:errcheck // a hash does not fail
	return h.Sum32()
}

// trainedOn are the keys of lessons as sorted hashes.
func trainedOn(lessons []lesson) []uint32 {
	out := make([]uint32, len(lessons))
	for i, l := range lessons {
		out[i] = keyHash(l.key)
	}
	slices.Sort(out)
	return out
}
