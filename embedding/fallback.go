package embedding

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Answer is what a Fallback gives: vectors, and which model they are of. Vectors of two IDs must not be compared.
type Answer struct {
	Vectors   []Vector
	ID        string
	Dimension int
	Away      error // why the first choice did not answer; nil when it did
}

// Fallback asks a first choice and, while that is away, a second that never is. After a failure the first choice is left alone for a
// while, so that a dead service costs one wait and not one a title.
type Fallback struct {
	first, second Embedder
	patience      time.Duration
	cooldown      time.Duration
	now           func() time.Time

	mu    sync.Mutex
	until time.Time // the first choice is left alone until then
	away  error
}

// NewFallback returns a fallback: patience is how long one answer of the first choice may take, cooldown how long it is left alone
// after a failure (longer if the service asks for longer).
func NewFallback(first, second Embedder, patience, cooldown time.Duration, now func() time.Time) *Fallback {
	return &Fallback{first: first, second: second, patience: patience, cooldown: cooldown, now: now}
}

// Current returns the embedder that would answer now, and why it is not the first choice if it is not. A run that must keep to one
// model asks once.
func (f *Fallback) Current() (Embedder, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now().Before(f.until) {
		return f.second, f.away
	}
	return f.first, nil
}

// Answer embeds titles with the first choice or, while that is away, with the second, all of them with the same. Its error is ctx's or
// the second's.
func (f *Fallback) Answer(ctx context.Context, titles []string) (Answer, error) {
	current, away := f.Current()
	if away == nil {
		limited, cancel := context.WithTimeout(ctx, f.patience)
		vecs, err := current.Embed(limited, titles)
		cancel()
		if err == nil {
			return Answer{Vectors: vecs, ID: current.ID(), Dimension: current.Dimension()}, nil
		}
		if ctx.Err() != nil {
			return Answer{}, ctx.Err()
		}
		f.leaveAlone(err)
		away = err
	}
	vecs, err := f.second.Embed(ctx, titles)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Vectors: vecs, ID: f.second.ID(), Dimension: f.second.Dimension(), Away: away}, nil
}

func (f *Fallback) leaveAlone(err error) {
	pause := f.cooldown
	var remote *RemoteError
	if errors.As(err, &remote) {
		pause = max(pause, remote.RetryAfter)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until, f.away = f.now().Add(pause), err
}
