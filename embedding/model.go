package embedding

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"rolecall/title"
)

// Header says where a model file comes from.
type Header struct {
	Version    string   `json:"version"`    // of the recipe, for people
	Seed       uint64   `json:"seed"`       // the training's
	Normalizer string   `json:"normalizer"` // title.Version at training
	Features   string   `json:"features"`   // FeatureVersion at training
	Dimension  int      `json:"dimension"`  // a multiple of 8
	Rows       int      `json:"rows"`       // slots of the feature table
	Scales     []scale  `json:"scales"`     // what one step of a row's bytes is worth, by the row's group
	Epochs     int      `json:"epochs"`     // passes over the data
	Data       []string `json:"data"`       // sources
	Licence    string   `json:"licence"`    // of the sources, in short; NOTICE has the credits
}

type scale = float32

// FeatureVersion names what AppendFeatures gives; it changes whenever that changes for some title.
const FeatureVersion = "features-1"

const (
	magic       = "ROLECALL TITLES 1\n"
	maxProbe    = 8 // slots in which a feature may stand, counted from its own
	scaleGroups = 4
)

// The file: magic; length of the header (uint32, little endian); the header as JSON; for each row a tag (uint16, 0 = empty slot)
// ; for each row its scale group (1 byte); for each row Dimension bytes, value = (byte - 128) * scale; SHA-256 of all before it.

// ErrModel is wrapped by every error of reading a model file.
var ErrModel = errors.New("title model")

// table is the part of a model that is looked up.
type table struct {
	header Header
	tags   []byte // 2 bytes a row
	groups []byte
	rows   []byte
	sum    [sha256.Size]byte
}

func parse(file []byte, check bool) (*table, error) {
	if len(file) < len(magic)+4+sha256.Size || !bytes.HasPrefix(file, []byte(magic)) {
		return nil, fmt.Errorf("%w: not a title model file; make one with: go run ./train", ErrModel)
	}
	body := file[:len(file)-sha256.Size]
	t := &table{sum: [sha256.Size]byte(file[len(body):])}
	if check && t.sum != sha256.Sum256(body) {
		return nil, fmt.Errorf("%w: checksum differs, the file is damaged; build it again with: go run ./train", ErrModel)
	}
	rest := body[len(magic):]
	size := int(binary.LittleEndian.Uint32(rest))
	rest = rest[4:]
	if size > len(rest) {
		return nil, fmt.Errorf("%w: header of %d bytes in a file of %d", ErrModel, size, len(file))
	}
	if err := json.Unmarshal(rest[:size], &t.header); err != nil {
		return nil, fmt.Errorf("%w: read header: %w", ErrModel, err)
	}
	rest = rest[size:]
	h := t.header
	if h.Dimension <= 0 || h.Dimension%8 != 0 || h.Dimension > maxDimension || h.Rows <= maxProbe || len(h.Scales) != scaleGroups ||
		len(rest) != h.Rows*(3+h.Dimension) {
		return nil, fmt.Errorf("%w: %d bytes do not hold %d rows of dimension %d", ErrModel, len(rest), h.Rows, h.Dimension)
	}
	if h.Normalizer != title.Version || h.Features != FeatureVersion {
		return nil, fmt.Errorf("%w: trained for %s and %s, this program has %s and %s; train it again with: go run ./train",
			ErrModel, h.Normalizer, h.Features, title.Version, FeatureVersion)
	}
	for i, s := range h.Scales {
		if s*scale(int(1)<<i) != h.Scales[0] {
			return nil, fmt.Errorf("%w: step %d of %v is not half the one before", ErrModel, i+1, h.Scales)
		}
	}
	t.tags, rest = rest[:2*h.Rows], rest[2*h.Rows:]
	t.groups, t.rows = rest[:h.Rows], rest[h.Rows:]
	for _, g := range t.groups {
		if g >= scaleGroups {
			return nil, fmt.Errorf("%w: scale group %d of %d", ErrModel, g, scaleGroups)
		}
	}
	return t, nil
}

// slot returns where the search for a feature starts, and its tag, which is never 0.
func slot(feature uint64, rows int) (int, uint16) {
	start := int((feature >> 32) * uint64(rows-maxProbe) >> 32)
	return start, uint16(feature) | 1
}

// find returns the row of a feature, or -1 if the model does not know it.
func (t *table) find(feature uint64) int {
	start, tag := slot(feature, t.header.Rows)
	for i := start; i < start+maxProbe; i++ {
		switch binary.LittleEndian.Uint16(t.tags[2*i:]) {
		case tag:
			return i
		case 0:
			return -1
		}
	}
	return -1
}

// Rows places features into the slots of a model's table, in the order given: the most wanted first, for where the slots of a
// feature are full it is left out. It is what training needs to know which row a feature trains.
type Rows struct{ tags []byte }

// NewRows returns an empty table of n slots; n must be over 8.
func NewRows(n int) *Rows { return &Rows{make([]byte, 2*n)} }

// Add gives a feature a slot and reports whether it has one now.
func (r *Rows) Add(feature uint64) bool {
	start, tag := slot(feature, len(r.tags)/2)
	for i := start; i < start+maxProbe; i++ {
		switch binary.LittleEndian.Uint16(r.tags[2*i:]) {
		case tag:
			return true
		case 0:
			binary.LittleEndian.PutUint16(r.tags[2*i:], tag)
			return true
		}
	}
	return false
}

// Find returns the slot of a feature, or -1.
func (r *Rows) Find(feature uint64) int {
	t := table{header: Header{Rows: len(r.tags) / 2}, tags: r.tags}
	return t.find(feature)
}

// Encode writes a model file: header (its Normalizer, Features, Rows, Dimension and Scales are filled in), the slots, and the
// weights, dimension values for each slot, rounded to a byte each.
func Encode(h Header, rows *Rows, weights []float32) ([]byte, error) {
	n := len(rows.tags) / 2
	if n == 0 || len(weights)%n != 0 || len(weights)/n%8 != 0 || len(weights)/n > maxDimension {
		return nil, fmt.Errorf("%w: %d weights do not fit %d rows of a dimension that is a multiple of 8", ErrModel, len(weights), n)
	}
	h.Normalizer, h.Features, h.Rows, h.Dimension = title.Version, FeatureVersion, n, len(weights)/n
	h.Scales = scalesFor(weights)
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("%w: write header: %w", ErrModel, err)
	}
	file := append([]byte(magic), binary.LittleEndian.AppendUint32(nil, uint32(len(head)))...)
	file = append(append(file, head...), rows.tags...)
	groups := len(file)
	file = append(file, make([]byte, n)...)
	for i := range n {
		row := weights[i*h.Dimension : (i+1)*h.Dimension]
		g := groupFor(h.Scales, row)
		file[groups+i] = byte(g)
		for _, w := range row {
			q := math.RoundToEven(float64(w / h.Scales[g]))
			file = append(file, byte(128+max(-127, min(127, q))))
		}
	}
	sum := sha256.Sum256(file)
	return append(file, sum[:]...), nil
}

// scalesFor gives the largest weight the largest byte, and each further group half the step of the one before.
func scalesFor(weights []float32) []scale {
	var top float32
	for _, w := range weights {
		top = max(top, w, -w)
	}
	if top == 0 {
		top = 1
	}
	scales := make([]scale, scaleGroups)
	for i := range scales {
		scales[i] = top / 127 / float32(int(1)<<i)
	}
	return scales
}

func groupFor(scales []scale, row []float32) int {
	var top float32
	for _, w := range row {
		top = max(top, w, -w)
	}
	g := len(scales) - 1
	for g > 0 && top > 127*scales[g] {
		g--
	}
	return g
}
