package sheets

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// repeatableHeader marks a batchUpdate that may be sent twice without harm. It does not leave the house.
const repeatableHeader = "X-Rolecall-Repeatable"

// maxAttempts is how often a request is sent at most where Options say nothing else, the first time included.
const maxAttempts = 6

// transport sits between the client library, which repeats nothing, and the network. It paces requests and repeats those that may be.
//
//	| request                                                   | 429                | 500, 502, 503, 504, lost answer |
//	|-----------------------------------------------------------|--------------------|---------------------------------|
//	| reads (GET, :batchGet..., :getByDataFilter, :search)      | again              | again                           |
//	| values:batchUpdate..., values PUT                         | again              | again                           |
//	| spreadsheets:batchUpdate marked repeatable                | again              | again                           |
//	| any other batchUpdate (it appends)                        | again: refused before it was applied | handed to the caller, who looks first |
//	| anything else                                             | handed to the caller | handed to the caller          |
type transport struct {
	base          http.RoundTripper
	tries         int // at most, the first time included
	reads, writes *rate.Limiter
	sleep         func(context.Context, time.Duration) error
	jitter        func() float64 // 0 to 1
}

// newLimiters share Google's 60 reads and 60 writes a minute and user, of which we take 50 each in bursts of up to 10.
func newLimiter(perMinute int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(1, perMinute/6))
}

// RoundTrip sends one request, as often as the table allows.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	kind := classify(req)
	req = req.Clone(req.Context())
	req.Header.Del(repeatableHeader)
	for attempt := 1; ; attempt++ {
		limiter := t.writes
		if kind == reading {
			limiter = t.reads
		}
		if err := t.wait(req.Context(), limiter); err != nil {
			return nil, err
		}
		if attempt > 1 && req.GetBody != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			req.Body = body
		}
		resp, err := t.base.RoundTrip(req)
		if err == nil && kind != appending && resp.StatusCode < 300 {
			resp, err = whole(resp)
		}
		again := retryable(kind, resp, err) && attempt < t.tries && (req.Body == nil || req.GetBody != nil)
		if !again || req.Context().Err() != nil {
			return resp, err
		}
		pause := t.pause(attempt, resp)
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
			_ = resp.Body.Close()
		}
		if err := t.sleep(req.Context(), pause); err != nil {
			return nil, err
		}
	}
}

// wait takes a token, sleeping through the injected clock of the caller rather than in real time.
func (t *transport) wait(ctx context.Context, l *rate.Limiter) error {
	if l == nil {
		return ctx.Err()
	}
	r := l.Reserve()
	if !r.OK() {
		return errors.New("the pace of requests is zero")
	}
	if d := r.Delay(); d > 0 {
		if err := t.sleep(ctx, d); err != nil {
			r.Cancel()
			return err
		}
	}
	return ctx.Err()
}

// whole reads an answer to its end, so that one that is cut short counts as lost and is asked for again.
func whole(resp *http.Response) (*http.Response, error) {
	raw, err := io.ReadAll(resp.Body)
	closeErr := resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if closeErr != nil {
		return nil, closeErr
	}
	resp.Body = io.NopCloser(strings.NewReader(string(raw)))
	return resp, nil
}

// requestKind says what a repetition would do.
type requestKind uint8

const (
	reading    requestKind = iota // changes nothing
	setting                       // sets cells to values: again is the same
	appending                     // may add something
	unexpected                    // none of ours
)

func classify(req *http.Request) requestKind {
	path := req.URL.Path
	switch {
	case req.Method == http.MethodGet,
		strings.HasSuffix(path, "/values:batchGetByDataFilter"), strings.HasSuffix(path, ":getByDataFilter"), strings.HasSuffix(path, ":search"):
		return reading
	case req.Method == http.MethodPut, strings.HasSuffix(path, "/values:batchUpdate"), strings.HasSuffix(path, "/values:batchUpdateByDataFilter"):
		return setting
	case strings.HasSuffix(path, ":batchUpdate"):
		if req.Header.Get(repeatableHeader) != "" {
			return setting
		}
		return appending
	}
	return unexpected
}

func retryable(kind requestKind, resp *http.Response, err error) bool {
	if err != nil {
		return kind == reading || kind == setting
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return kind != unexpected
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return kind == reading || kind == setting
	}
	return false
}

// pause is truncated exponential backoff with jitter, 1 s to 64 s, as Google's limits page asks for; Retry-After where it is given.
func (t *transport) pause(attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 && s <= 120 {
			return time.Duration(s) * time.Second
		}
	}
	base := time.Second << min(attempt-1, 6)
	return base + time.Duration(t.jitter()*float64(time.Second))
}

// realSleep waits in real time, or until the context ends.
func realSleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func realJitter() float64 { return rand.Float64() }
