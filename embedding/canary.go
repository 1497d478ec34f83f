package embedding

import (
	"context"
	"errors"
	"fmt"
)

// ErrModelChanged says that a model gives other vectors than it gave under the same ID.
var ErrModelChanged = errors.New("the embedding model changed under its name")

const (
	canaryTitle = "Senior Marketing Manager"
	canaryText  = "\x01canary" // no cleaned title can be this text
	canarySame  = 0.999        // services round differently from call to call; another model is far below
)

// CheckCanary embeds a fixed title afresh and compares it with what the same embedder gave when it was first asked, which it keeps in
// the cache. It wraps ErrModelChanged where they differ: cached vectors and fresh ones must not meet then. Pass the embedder itself,
// not a cached one.
func CheckCanary(ctx context.Context, e Embedder, cache Cache) error {
	fresh, err := e.Embed(ctx, []string{canaryTitle})
	if err != nil {
		return fmt.Errorf("embed the canary title: %w", err)
	}
	known, err := cache.Lookup(ctx, e.ID(), []string{canaryText})
	if err != nil {
		return fmt.Errorf("look up the canary vector: %w", err)
	}
	first, ok := known[canaryText]
	if !ok {
		if err := cache.Store(ctx, e.ID(), []string{canaryText}, fresh); err != nil {
			return fmt.Errorf("store the canary vector: %w", err)
		}
		return nil
	}
	if len(first) != len(fresh[0]) || dot(first, fresh[0]) < canarySame {
		return fmt.Errorf("%w: %s; name a model that is pinned to a version, or clear its cached vectors so that all are asked for again", ErrModelChanged, e.ID())
	}
	return nil
}

func dot(a, b Vector) float32 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
