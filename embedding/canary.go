package embedding

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

const (
	canaryTitle    = "Senior Marketing Manager" // another one would make every model look changed, and everything be paid for again
	canaryText     = "\x01canary"               // no cleaned title can be this text
	canarySame     = 0.999                      // services round differently from call to call; another model is far below
	canaryPatience = 10 * time.Second
	generations    = 100
)

// generation embeds a fixed title afresh and looks which of the models that have answered under this ID gives that vector: 1 for the
// first, 2 for the one it was changed to, and so on. A vector that is new starts a new generation and is kept in the cache. It tells a
// service that is away within canaryPatience.
func generation(ctx context.Context, e Embedder, cache Cache) (int, error) {
	limited, cancel := context.WithTimeout(ctx, canaryPatience)
	defer cancel()
	fresh, err := e.Embed(limited, []string{canaryTitle})
	if err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			err = &RemoteError{Provider: e.ID(), Fault: Unavailable, Mend: "check the base URL and the network", Cause: err}
		}
		return 0, fmt.Errorf("ask the embedding service for its canary title: %w", err)
	}
	for n := 1; n < generations; n++ {
		text := canaryText + strconv.Itoa(n)
		known, err := cache.Lookup(ctx, e.ID(), []string{text})
		if err != nil {
			return 0, fmt.Errorf("look up the canary vector: %w", err)
		}
		first, ok := known[text]
		if !ok {
			if err := cache.Store(ctx, e.ID(), []string{text}, fresh); err != nil {
				return 0, fmt.Errorf("store the canary vector: %w", err)
			}
			return n, nil
		}
		if len(first) == len(fresh[0]) && dot(first, fresh[0]) >= canarySame {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s gave %d different vectors for one title: its vectors cannot be compared; choose another model", e.ID(), generations)
}

func dot(a, b Vector) float32 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
