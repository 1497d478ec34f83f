package classifier

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"rolecall/label"
)

// A model file: magic; length of the header (uint32, little endian); the header as JSON; the features' hashes (uint64) and how
// rare each is (float32); the heads over n-grams, then those over the embedding, each as: biases (float32), and for each place and
// axis a scale (float32) and one signed byte for each class; SHA-256 of all before it.
const fileMagic = "ROLECALL CLASSIFIER 1\n"

// ErrModel is wrapped by errors of reading a kept model. A model that cannot be read is fitted again.
var ErrModel = errors.New("classifier model")

type fileHeader struct {
	Key        string                      `json:"key"`
	Method     string                      `json:"method"`
	Dimension  int                         `json:"dimension"`
	Inputs     int                         `json:"inputs"` // of the dense heads
	Places     int                         `json:"places"`
	HasTeacher bool                        `json:"taught"`
	Axes       [label.AxisCount]axisHeader `json:"axes"`
	Embedder   string                      `json:"embedder"`
	Trained    int                         `json:"trained"`
	Absorbed   []string                    `json:"absorbed,omitempty"`
	Rules      []label.Rule                `json:"rules,omitempty"`
}

type axisHeader struct {
	Values      []label.Value `json:"values"`
	Fallback    int           `json:"fallback"`
	Mix         mix           `json:"mix"`
	Calibration calibration   `json:"calibration"`
	Examples    int           `json:"examples"`
}

// encode writes a model file.
func (m *model) encode() ([]byte, error) {
	h := fileHeader{Key: m.key, Method: method, Dimension: m.dimension, Inputs: m.inputs(), Places: m.vocabulary.size(), HasTeacher: m.hasTeacher, Embedder: m.embedder, Trained: len(m.trained), Absorbed: m.absorbed, Rules: m.rules}
	for i := range m.axes {
		a := &m.axes[i]
		h.Axes[i] = axisHeader{a.values, a.fallback, a.mix, a.calibration, a.examples}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the header of a model: %w", err)
	}
	out := append([]byte(fileMagic), binary.LittleEndian.AppendUint32(nil, uint32(len(head)))...)
	out = append(out, head...)
	for _, hash := range m.vocabulary.hashes {
		out = binary.LittleEndian.AppendUint64(out, hash)
	}
	out = appendFloats(out, m.vocabulary.idf)
	out = m.sparse.append(out)
	out = m.dense.append(out)
	for _, k := range m.trained {
		out = binary.LittleEndian.AppendUint32(out, k)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...), nil
}

func appendFloats(out []byte, list []float32) []byte {
	for _, x := range list {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func (t *table) append(out []byte) []byte {
	out = appendFloats(out, t.bias)
	if t.stride == 0 {
		return out
	}
	for start := 0; start < len(t.weights); start += t.stride {
		for a := range t.classes {
			row := t.part(t.weights[start:start+t.stride], a)
			scale := byteScale(row)
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(scale))
			for _, w := range row {
				out = append(out, byte(toByte(w, scale)))
			}
		}
	}
	return out
}

// readHeader reads the header of a model file and returns what follows it, up to the checksum, which is not taken.
func readHeader(file []byte) (h fileHeader, body []byte, err error) {
	if len(file) < len(fileMagic)+4+sha256.Size || !bytes.HasPrefix(file, []byte(fileMagic)) {
		return h, nil, fmt.Errorf("%w: not a model file", ErrModel)
	}
	r := &reader{rest: file[len(fileMagic) : len(file)-sha256.Size]}
	size := int(r.uint32())
	if err := json.Unmarshal(r.take(size), &h); err != nil {
		return h, nil, fmt.Errorf("%w: read its header: %w", ErrModel, err)
	}
	if h.Method != method {
		return h, nil, fmt.Errorf("%w: made by %s, this program has %s", ErrModel, h.Method, method)
	}
	if min(h.Places, h.Inputs, h.Trained) < 0 || max(h.Places, h.Inputs, h.Trained) > len(file) {
		return h, nil, fmt.Errorf("%w: %d places and %d inputs in a file of %d bytes", ErrModel, h.Places, h.Inputs, len(file))
	}
	return h, r.rest, nil
}

// decode reads a model file. Every error wraps ErrModel.
func decode(file []byte) (*model, error) {
	h, rest, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	end := len(file) - sha256.Size
	if sum := sha256.Sum256(file[:end]); !bytes.Equal(sum[:], file[end:]) {
		return nil, fmt.Errorf("%w: its checksum differs, it is damaged", ErrModel)
	}
	r := &reader{rest: rest}
	m := &model{key: h.Key, dimension: h.Dimension, hasTeacher: h.HasTeacher, embedder: h.Embedder, absorbed: h.Absorbed, rules: h.Rules}
	var classes [label.AxisCount]int
	for i, a := range h.Axes {
		m.axes[i] = axisModel{values: a.Values, fallback: a.Fallback, mix: a.Mix, calibration: a.Calibration, examples: a.Examples}
		classes[i] = len(a.Values)
	}
	hashes := make([]uint64, h.Places)
	for i := range hashes {
		hashes[i] = r.uint64()
	}
	m.vocabulary = tableFor(hashes)
	m.vocabulary.idf = r.floats(h.Places)
	m.sparse = r.table(classes, h.Places)
	m.dense = r.table(classes, h.Inputs)
	m.trained = make([]uint32, h.Trained)
	for i := range m.trained {
		m.trained[i] = r.uint32()
	}
	if r.short || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: it does not hold what its header says", ErrModel)
	}
	return m, nil
}

// reader reads numbers and remembers when they have run out.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short, r.rest = true, nil
		return nil
	}
	got := r.rest[:n]
	r.rest = r.rest[n:]
	return got
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) floats(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(r.uint32())
	}
	return out
}

func (r *reader) table(classes [label.AxisCount]int, places int) *table {
	t := &table{classes: classes, stride: strideOf(classes)}
	t.bias = r.floats(t.stride)
	if t.stride == 0 {
		return t
	}
	t.weights = make([]float32, places*t.stride)
	for p := range places {
		for a := range classes {
			scale := math.Float32frombits(r.uint32())
			row := t.part(t.weights[p*t.stride:(p+1)*t.stride], a)
			for c, b := range r.take(len(row)) {
				row[c] = float32(int8(b)) * scale
			}
		}
	}
	return t
}

// Encode returns the fitted model and the rules of its workbook, as a teacher needs them.
func (c *Classifier) Encode() ([]byte, error) {
	m := *c.model
	m.rules = withoutNotes(c.book.Rules)
	return m.encode()
}

// withoutNotes are rules without what is written for people.
func withoutNotes(rules []label.Rule) []label.Rule {
	out := slices.Clone(rules)
	for i := range out {
		out[i].Language, out[i].Note = "", ""
	}
	return out
}
