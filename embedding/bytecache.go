package embedding

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
)

// ByteStore keeps bytes by model and text, as a database does.
type ByteStore interface {
	Vectors(ctx context.Context, model string, texts []string) (map[string][]byte, error)
	SaveVectors(ctx context.Context, model string, vectors map[string][]byte) error
}

// ByteCache is a Cache over a ByteStore: a vector is its float32s, little endian.
type ByteCache struct{ store ByteStore }

// NewByteCache returns a cache that keeps its vectors in store.
func NewByteCache(store ByteStore) ByteCache { return ByteCache{store} }

// Lookup returns the stored vectors. Bytes that are no vector count as absent.
func (c ByteCache) Lookup(ctx context.Context, id string, texts []string) (map[string]Vector, error) {
	raw, err := c.store.Vectors(ctx, id, texts)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Vector, len(raw))
	for text, b := range raw {
		if len(b) == 0 || len(b)%4 != 0 {
			continue
		}
		v := make(Vector, len(b)/4)
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		found[text] = v
	}
	return found, nil
}

// Store keeps the vectors.
func (c ByteCache) Store(ctx context.Context, id string, texts []string, vecs []Vector) error {
	if len(texts) != len(vecs) {
		return fmt.Errorf("%d texts and %d vectors", len(texts), len(vecs))
	}
	raw := make(map[string][]byte, len(texts))
	for i, text := range texts {
		b := make([]byte, 0, 4*len(vecs[i]))
		for _, x := range vecs[i] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		raw[text] = b
	}
	return c.store.SaveVectors(ctx, id, raw)
}
