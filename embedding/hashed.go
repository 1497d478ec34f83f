package embedding

import (
	"context"
	"strconv"

	"rolecall/title"
)

// Hashed embeds a title by its features alone: each is hashed to one place and one sign (feature hashing, Weinberger et al.
// 2009). It knows spelling and no meaning and needs no model. The program does not use it: it is what the tests of the other
// packages embed with, for it is quick and its vectors can be foreseen.
type Hashed struct{ dimension int }

// NewHashed returns a hashed embedder of the given dimension, which must be positive; 256 and more keep collisions rare.
func NewHashed(dimension int) Hashed { return Hashed{max(dimension, 1)} }

// ID is "hashed/ngram/DIMENSION/NORMALISER".
func (h Hashed) ID() string {
	return "hashed/ngram/" + strconv.Itoa(h.dimension) + "/" + title.Version
}

// Dimension is the length of every vector.
func (h Hashed) Dimension() int { return h.dimension }

// Embed embeds raw titles; it never fails but by ctx.
func (h Hashed) Embed(ctx context.Context, titles []string) ([]Vector, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	list := vectors(len(titles), h.dimension)
	for i, t := range titles {
		h.EmbedInto(list[i], title.Normalize(t))
	}
	return list, nil
}

// EmbedInto writes the vector of a normalised title into dst, which must have the embedder's dimension.
func (h Hashed) EmbedInto(dst []float32, normalized string) {
	clear(dst)
	var room [MaxFeatures]uint64
	for _, f := range AppendFeatures(room[:0], normalized) {
		if f>>63 == 0 {
			dst[f%uint64(h.dimension)]++
		} else {
			dst[f%uint64(h.dimension)]--
		}
	}
	normalize(dst)
}
