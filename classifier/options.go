package classifier

import (
	"context"
	"runtime"
)

// Options are the choices of a fit. The zero Options are good.
type Options struct {
	// Seed orders the training rows and parts them into folds; equal seeds and rows give equal classifiers.
	Seed uint64
	// Workers is how many goroutines fit and classify; 0 is one for each processor.
	Workers int
	// Cache keeps fitted models between starts; nil keeps none.
	Cache Cache
	// Refit fits even where the cache or the program holds a model for the same key, so that corrections become training rows.
	Refit bool
}

// Cache keeps fitted models by key. A model that does not load is fitted again, so a cache may forget.
type Cache interface {
	// LoadModel returns the model stored under key, or false.
	LoadModel(ctx context.Context, key string) ([]byte, bool, error)
	// StoreModel keeps a model under key in the place of an earlier one.
	StoreModel(ctx context.Context, key string, model []byte) error
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}
