package embedding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"rolecall/title"
)

// RemoteOptions says how a remote embedder is reached. Model and Dimension are needed; the rest has defaults.
type RemoteOptions struct {
	BaseURL   string        // default: the provider's own; for Ollama "http://localhost:11434/v1"
	Model     string        // the provider's name for it
	Key       string        // sent as a header to BaseURL's host and nowhere else; may be empty for a service of one's own
	Dimension int           // the length that vectors must have
	Shorten   bool          // ask the service for vectors of this length; an OpenAI-compatible service of one's own is never asked
	Batch     int           // texts in one request; default 100
	Limiter   *rate.Limiter // of requests; default 5 a second
	Client    *http.Client  // default: a new one; redirects are never followed
	Tries     uint          // of one request, the first included; default 4
	Patience  time.Duration // how long all tries of one request may take, waits included; default 10 s
	Wait      time.Duration // before the second try; doubles from there; default 500 ms
	Now       func() time.Time
}

// protocol is what one provider's requests and answers look like.
type protocol interface {
	provider() string
	base() string
	request(o RemoteOptions, texts []string) (path string, body any)
	authorize(h http.Header, key string)
	// answer returns the vectors in the order of the texts.
	answer(body []byte, n int) ([]Vector, error)
}

// Remote asks a service for vectors: in batches, no faster than its limiter, again after faults that pass, and leaving the service
// alone for as long as it asks. It is safe for use by many goroutines at once.
type Remote struct {
	protocol protocol
	o        RemoteOptions
}

// NewOpenAI returns an embedder for POST BASE/embeddings as OpenAI defines it, which Ollama, vLLM, LM Studio and others serve too.
func NewOpenAI(o RemoteOptions) (*Remote, error) { return newRemote(openAI{}, o) }

// NewGemini returns an embedder for Google's models/MODEL:batchEmbedContents.
func NewGemini(o RemoteOptions) (*Remote, error) { return newRemote(gemini{}, o) }

func newRemote(p protocol, o RemoteOptions) (*Remote, error) {
	if o.BaseURL == "" {
		o.BaseURL = p.base()
	}
	u, err := url.Parse(o.BaseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("embedding base URL must be like https://api.example.com/v1")
	case u.User != nil || u.RawQuery != "":
		return nil, errors.New("embedding base URL must not hold a user, a password or a query: the key belongs into the credentials")
	case u.Scheme == "http" && o.Key != "" && !loopback(u.Hostname()):
		return nil, errors.New("embedding base URL must be https: the key would cross the network in the open")
	case o.Model == "":
		return nil, errors.New("embedding model is not named; set it, for instance text-embedding-3-small")
	case o.Dimension <= 0:
		return nil, errors.New("embedding dimension is not set; it is the length of the model's vectors, for instance 1536")
	case o.Dimension > longest:
		return nil, fmt.Errorf("embedding dimension %d is too large; %d is the most, and models give some hundred to some thousand", o.Dimension, longest)
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	o.Batch = orDefault(o.Batch, 100)
	o.Tries = orDefault(o.Tries, 4)
	o.Patience = orDefault(o.Patience, 10*time.Second)
	o.Wait = orDefault(o.Wait, 500*time.Millisecond)
	if o.Limiter == nil {
		o.Limiter = rate.NewLimiter(5, 1)
	}
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.Client = &client
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Remote{p, o}, nil
}

// longest is the length of vectors that no model known reaches, and that memory still holds some thousands of.
const longest = 16384

func orDefault[T int | uint | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}

// loopback says whether a host is this machine: a name that only begins like an address, 127.example.com, is a stranger's.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ID is "PROVIDER/MODEL/DIMENSION/NORMALISER"; a service of one's own is named by its host too.
func (r *Remote) ID() string {
	provider := r.protocol.provider()
	if r.o.BaseURL != r.protocol.base() {
		u, err := url.Parse(r.o.BaseURL)
		if err == nil {
			provider += "@" + u.Host
		}
	}
	return provider + "/" + r.o.Model + "/" + strconv.Itoa(r.o.Dimension) + "/" + title.Version
}

// Dimension is the length of every vector.
func (r *Remote) Dimension() int { return r.o.Dimension }

// String names the embedder without its key.
func (r *Remote) String() string { return r.ID() }

// GoString names the embedder without its key, for %#v.
func (r *Remote) GoString() string { return r.ID() }

// Embed sends the cleaned titles to the service. Every error is a *RemoteError, or ctx's. A title with nothing in it is not sent and
// gets a zero vector.
func (r *Remote) Embed(ctx context.Context, titles []string) ([]Vector, error) {
	list := make([]Vector, len(titles))
	var texts []string
	var at []int
	for i, t := range titles {
		text := title.Clean(t)
		if text == "" {
			list[i] = make(Vector, r.o.Dimension)
			continue
		}
		texts, at = append(texts, text), append(at, i)
	}
	for start := 0; start < len(texts); start += r.o.Batch {
		end := min(start+r.o.Batch, len(texts))
		vecs, err := r.batch(ctx, texts[start:end])
		if err != nil {
			return nil, err
		}
		for i, v := range vecs {
			list[at[start+i]] = v
		}
	}
	return list, nil
}

// batch asks until it gets an answer, a fault that does not pass, or runs out of tries or patience. Patience counts from the moment
// when the limiter lets the first try go: other requests of one's own are no fault of the service.
func (r *Remote) batch(ctx context.Context, texts []string) ([]Vector, error) {
	if err := r.o.Limiter.Wait(ctx); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, r.o.Patience)
	defer cancel()
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.Multiplier = r.o.Wait, 2
	var last error
	vecs, err := backoff.Retry(limited, func() ([]Vector, error) {
		if last != nil {
			if err := r.o.Limiter.Wait(limited); err != nil {
				return nil, backoff.Permanent(err)
			}
		}
		vecs, err := r.once(limited, texts)
		last = err
		var remote *RemoteError
		switch {
		case err == nil:
			return vecs, nil
		case !errors.As(err, &remote) || !remote.Temporary() || remote.RetryAfter > r.o.Patience:
			return nil, backoff.Permanent(err)
		case remote.RetryAfter > 0:
			return nil, backoff.RetryAfter(int(math.Ceil(remote.RetryAfter.Seconds())))
		}
		return nil, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(r.o.Tries), backoff.WithMaxElapsedTime(r.o.Patience))
	switch {
	case err == nil:
		return vecs, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case last == nil: // not a single try
		return nil, err
	}
	return nil, last
}

// once sends one request.
func (r *Remote) once(ctx context.Context, texts []string) ([]Vector, error) {
	path, body := r.protocol.request(r.o, texts)
	payload, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode embedding request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.o.BaseURL+path, bytes.NewReader(payload))
	if err != nil {
		return nil, fmt.Errorf("make embedding request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r.o.Key != "" {
		r.protocol.authorize(req.Header, r.o.Key)
	}
	res, err := r.o.Client.Do(req)
	if err != nil {
		return nil, r.away(err)
	}
	defer res.Body.Close()
	limit := int64(len(texts))*int64(r.o.Dimension)*64 + 1<<20
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return nil, r.away(err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, statusError(r.protocol.provider(), res.StatusCode, serviceCode(answer), r.retryAfter(res.Header))
	}
	vecs, err := r.protocol.answer(answer, len(texts))
	if err != nil {
		return nil, &RemoteError{Provider: r.protocol.provider(), Fault: BadAnswer, Status: res.StatusCode, Cause: err,
			Mend: "check that the base URL is an embedding service's"}
	}
	return vecs, r.check(vecs)
}

// away strips the URL from a network error, for it may hold what must not be logged.
func (r *Remote) away(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		err = withURL.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %v", r.o.Patience)
	}
	return &RemoteError{Provider: r.protocol.provider(), Fault: Unavailable, Cause: err, Mend: "check the base URL and the network"}
}

// check sees that every vector has the right length and says something, and scales it to length 1.
func (r *Remote) check(vecs []Vector) error {
	for _, v := range vecs {
		if len(v) != r.o.Dimension {
			return &RemoteError{Provider: r.protocol.provider(), Fault: WrongDimension,
				Mend: fmt.Sprintf("the model gives vectors of %d numbers and %d were expected: write %s@%d where the model is named (Language model in the Settings tab, or --model)",
					len(v), r.o.Dimension, r.o.Model, len(v))}
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		switch {
		case math.IsNaN(sum) || math.IsInf(sum, 0):
			return r.broken("a vector that holds no numbers")
		case sum == 0:
			return r.broken("a vector of nothing but zeros, which is like no title")
		}
		scale := 1 / math.Sqrt(sum)
		for i, x := range v {
			v[i] = float32(float64(x) * scale)
		}
	}
	return nil
}

func (r *Remote) broken(what string) error {
	return &RemoteError{Provider: r.protocol.provider(), Fault: BadAnswer, Status: http.StatusOK,
		Mend: "the service sent " + what + ": see that " + r.o.Model + " is an embedding model and runs well there, or choose another model"}
}

// retryAfter reads Retry-After in its two forms, seconds and a date (RFC 9110, 10.2.3).
func (r *Remote) retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(r.o.Now()))
	}
	return 0
}

// serviceCode takes the short code out of an error answer of OpenAI's or Google's form, if it is one word and no more.
func serviceCode(body []byte) string {
	var answer struct {
		Error struct {
			Code   any    `json:"code"`
			Type   string `json:"type"`
			Status string `json:"status"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	code, _ := answer.Error.Code.(string)
	for _, s := range []string{code, answer.Error.Type, answer.Error.Status} {
		if s != "" && len(s) <= 40 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz_") == "" {
			return s
		}
	}
	return ""
}
