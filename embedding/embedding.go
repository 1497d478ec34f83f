// Package embedding turns job titles into vectors whose cosine says how alike the work is.
//
// Static is the model in the binary: trained by package train on public occupation data, it needs no network and embeds hundreds
// of thousands of titles a second. Hashed needs no model at all and serves tests. The remote embedders ask a service, behind Cached, which
// keeps what it answered and notices when its model changed. Model2Vec reads a model from a directory. Vectors of two models never belong into one matrix: ID says
// which model a vector is of.
package embedding

import (
	"context"
	"math"
)

// Vector is one title's embedding, of length 1 or, where the model knows nothing of the title, all zero.
type Vector = []float32

// Embedder embeds job titles.
type Embedder interface {
	// ID names provider, model, dimension and normaliser version, parted by slashes. It is part of every cache key.
	ID() string
	// Dimension is the length of every vector.
	Dimension() int
	// Embed returns one vector for each title, in order. Titles come as people wrote them; the embedder prepares them as its
	// model needs. It returns all vectors or an error.
	Embed(ctx context.Context, titles []string) ([]Vector, error)
}

// normalize scales v to length 1 in place; a zero vector stays zero.
func normalize(v []float32) {
	var sum float32
	for _, x := range v {
		sum += x * x
	}
	if sum == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(float64(sum)))
	for i := range v {
		v[i] *= scale
	}
}

// vectors cuts one block of memory into n vectors.
func vectors(n, dimension int) []Vector {
	block := make([]float32, n*dimension)
	list := make([]Vector, n)
	for i := range list {
		list[i] = block[i*dimension : (i+1)*dimension : (i+1)*dimension]
	}
	return list
}
