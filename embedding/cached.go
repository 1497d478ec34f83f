package embedding

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"sync"

	"rolecall/title"
)

// Cache keeps vectors by the ID of their embedder and the text they are of.
type Cache interface {
	// Lookup returns the vectors it has; a text it has none for is not in the map.
	Lookup(ctx context.Context, id string, texts []string) (map[string]Vector, error)
	// Store keeps vecs[i] under id and texts[i].
	Store(ctx context.Context, id string, texts []string, vecs []Vector) error
}

// chunk is how many vectors are asked for before they are stored: one request of Remote, so that no paid answer is lost and a service
// whose quota ends soon is asked for the rest only the next time.
const chunk = 100

// Cached is an embedder that asks another only for what its cache does not have. It is for embedders that cost money or time; the
// built-in model is cheaper to run than to look up.
//
// Before its first answer it asks the other for one fixed title, the canary, so that a service that is away is known at once, however
// much is cached, and so that a model that changed under its name gets an ID of its own: vectors of the two never meet.
type Cached struct {
	inner Embedder
	cache Cache

	mu         sync.Mutex
	generation int // 0 before the first answer
}

// NewCached returns inner with cache before it.
func NewCached(inner Embedder, cache Cache) *Cached { return &Cached{inner: inner, cache: cache} }

// ID is the inner embedder's, followed by "#2" and so on once the canary has shown that its model changed. It does not change after the
// first answer.
func (c *Cached) ID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation > 1 {
		return c.inner.ID() + "#" + strconv.Itoa(c.generation)
	}
	return c.inner.ID()
}

// Dimension is the inner embedder's.
func (c *Cached) Dimension() int { return c.inner.Dimension() }

// check asks for the canary, once.
func (c *Cached) check(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation > 0 {
		return nil
	}
	n, err := generation(ctx, c.inner, c.cache)
	c.generation = n
	return err
}

// Embed returns cached vectors and asks the inner embedder for the rest, each text once. Titles that are one text when cleaned share
// a vector. A cached vector of another length than Dimension, or one that says nothing of a text, is asked for again. Without titles it is
// the canary alone: whether the other answers, and under which ID.
func (c *Cached) Embed(ctx context.Context, titles []string) ([]Vector, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	id := c.ID()
	texts := make([]string, len(titles))
	unique := make([]string, 0, len(titles))
	seen := make(map[string]bool, len(titles))
	for i, t := range titles {
		texts[i] = title.Clean(t)
		if !seen[texts[i]] {
			seen[texts[i]] = true
			unique = append(unique, texts[i])
		}
	}
	known, err := c.cache.Lookup(ctx, id, unique)
	if err != nil {
		return nil, fmt.Errorf("look up cached vectors: %w", err)
	}
	found := make(map[string]Vector, len(unique))
	var missing []string
	for _, text := range unique {
		if v := known[text]; len(v) == c.Dimension() && (text == "" || speaks(v)) {
			found[text] = v
		} else {
			missing = append(missing, text)
		}
	}
	for len(missing) > 0 {
		part := missing[:min(chunk, len(missing))]
		missing = missing[len(part):]
		fresh, err := c.inner.Embed(ctx, part)
		if err != nil {
			return nil, err
		}
		if err := c.cache.Store(ctx, id, part, fresh); err != nil {
			return nil, fmt.Errorf("store %d vectors: %w", len(part), err)
		}
		for i, text := range part {
			found[text] = fresh[i]
		}
	}
	list := make([]Vector, len(texts))
	for i, text := range texts {
		list[i] = found[text]
	}
	return list, nil
}

// speaks reports whether a vector has a length that can be told: it is not all zero, and all of it is numbers.
func speaks(v Vector) bool {
	n := float64(dot(v, v))
	return n > 0 && !math.IsInf(n, 0) && !math.IsNaN(n)
}
