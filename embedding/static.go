package embedding

import (
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"rolecall/title"
)

//go:embed titles.bin
var builtin []byte

const (
	maxDimension = 256
	laneRows     = 256 // rows whose bytes can be summed in 16 bits
)

// Static is a trained table of feature vectors: a title's vector is the sum of its features' rows, scaled to length 1. It is safe
// for use by many goroutines at once.
type Static struct {
	table *table
	id    string
}

// NewStatic returns the model in the binary. It fails, wrapping ErrModel, if the file is damaged or was trained for other rules of
// normalisation than this program has.
//
// Its checksum is taken as it is: reading the whole of it would be a tenth of what "explain" takes from start to answer, and a test
// has it read.
func NewStatic() (*Static, error) { return newStatic(builtin, false) }

// ParseStatic returns the model in file, which is kept and must not be changed.
func ParseStatic(file []byte) (*Static, error) { return newStatic(file, true) }

func newStatic(file []byte, check bool) (*Static, error) {
	t, err := parse(file, check)
	if err != nil {
		return nil, err
	}
	id := "builtin/titles-" + hex.EncodeToString(t.sum[:4]) + "/" + strconv.Itoa(t.header.Dimension) + "/" + title.Version
	return &Static{t, id}, nil
}

// ID is "builtin/titles-CHECKSUM/DIMENSION/NORMALISER".
func (s *Static) ID() string { return s.id }

// Dimension is the length of every vector.
func (s *Static) Dimension() int { return s.table.header.Dimension }

// Header says what the model was trained on.
func (s *Static) Header() Header { return s.table.header }

// Checksum is the SHA-256 of the model file in hexadecimal.
func (s *Static) Checksum() string { return hex.EncodeToString(s.table.sum[:]) }

// Embed embeds raw titles; it never fails but by ctx.
func (s *Static) Embed(ctx context.Context, titles []string) ([]Vector, error) {
	list := vectors(len(titles), s.Dimension())
	for i, t := range titles {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.EmbedInto(list[i], title.Normalize(t))
	}
	return list, nil
}

// EmbedInto writes the vector of a normalised title into dst, which must have the model's dimension. It allocates nothing. Where
// the model knows no feature of the title, dst is zero.
func (s *Static) EmbedInto(dst []float32, normalized string) {
	clear(dst)
	var room [MaxFeatures]uint64
	s.table.addRows(dst, AppendFeatures(room[:0], normalized))
	normalize(dst)
}

// AddWord adds to sums, which must have the model's dimension, what the features of one word of a normalised title come to, and
// returns the word's hash, for AddPairs, and the number of its features. Sums are whole numbers below 2^24, so that they are exact
// and those of a title, Normalized, are its vector bit for bit, in whatever order its words and pairs of words were added. That holds for titles of fewer than
// MaxFeatures features, a pair being one; of longer ones EmbedInto leaves the rest out.
func (s *Static) AddWord(sums []float32, token string) (hash uint64, features int) {
	var room [MaxFeatures]uint64
	list, hash := appendWord(room[:0], token, MaxFeatures)
	s.table.addRows(sums, list)
	return hash, len(list)
}

// AddPairs adds to sums what the words of a title, by their hashes and in their order, come to by twos that stand next to each other,
// separators and the place of work left out.
func (s *Static) AddPairs(sums []float32, words []uint64) {
	t := s.table
	var pairs [32]uint64
	var room [len(pairs)]int
	for len(words) > 1 {
		n := 0
		for ; n < len(pairs) && n+1 < len(words); n++ {
			pairs[n] = pairOf(words[n], words[n+1])
		}
		t.loadTags(pairs[:n])
		known := room[:0]
		for k, pair := range pairs[:n] {
			if i := t.find(pair); i >= 0 && words[k] != 0 {
				known = append(known, i)
			}
		}
		t.loadRows(known)
		for _, i := range known {
			shift := scaleGroups - 1 - t.groups[i]%scaleGroups
			row := t.rows[i*len(sums) : (i+1)*len(sums)]
			for d, x := range row {
				sums[d] += float32((int(x) - 128) << shift)
			}
		}
		words = words[n:]
	}
}

// loadTags has the processor load the tags of the features from memory all at once, where find would wait for one after the other.
//
//go:noinline
func (t *table) loadTags(features []uint64) (any byte) {
	for _, f := range features {
		start, _ := slot(f, t.header.Rows)
		any |= t.tags[2*start]
	}
	return any
}

// loadRows has it load rows likewise: both ends of each.
//
//go:noinline
func (t *table) loadRows(rows []int) (any byte) {
	for _, i := range rows {
		any |= t.groups[i] | t.rows[i*t.header.Dimension] | t.rows[(i+1)*t.header.Dimension-1]
	}
	return any
}

// Normalized writes the vector that sums come to into dst.
func (s *Static) Normalized(dst, sums []float32) {
	copy(dst, sums)
	normalize(dst)
}

// addRows adds the rows of the features to dst, as multiples of the least step of all.
func (t *table) addRows(dst []float32, features []uint64) {
	for len(features) > 0 {
		n := min(len(features), laneRows)
		t.addLanes(dst, features[:n])
		features = features[n:]
	}
}

// addLanes is addRows for at most laneRows features. Eight bytes of a row are summed at once in the 16-bit lanes of two
// words, so that no multiplication is needed before the end; a row's bytes carry 128 too much, which is taken off there. The step
// of a group is twice that of the next.
func (t *table) addLanes(dst []float32, features []uint64) {
	const words = maxDimension / 8
	var sums [scaleGroups][2 * words]uint64
	var counts [scaleGroups]int
	dimension := t.header.Dimension
	var room [laneRows]int
	known := room[:0]
	t.loadTags(features)
	for _, f := range features {
		if i := t.find(f); i >= 0 {
			known = append(known, i)
		}
	}
	t.loadRows(known)
	for _, i := range known {
		g := t.groups[i] % scaleGroups
		counts[g]++
		row := t.rows[i*dimension : (i+1)*dimension]
		sum := &sums[g]
		for w := 0; len(row) >= 8 && w < words; w++ {
			x := binary.LittleEndian.Uint64(row)
			const even = 0x00ff00ff00ff00ff
			sum[2*w] += x & even
			sum[2*w+1] += x >> 8 & even
			row = row[8:]
		}
	}
	for g, n := range counts {
		if n == 0 {
			continue
		}
		for d := range dst {
			lane := sums[g][d>>3<<1|d&1] >> (uint(d>>1&3) * 16) & 0xffff
			dst[d] += float32((int(lane) - 128*n) << (scaleGroups - 1 - g))
		}
	}
}
