package embedding_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"rolecall/embedding"
)

const secret = "sk-secret-canary-0001"

// service is a fake network: each request takes the next of its answers, the last one for ever.
type service struct {
	answers  []func(*http.Request, []byte) *http.Response
	requests []*http.Request
	bodies   []string
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
	answer := s.answers[min(len(s.requests)-1, len(s.answers)-1)]
	if res := answer(r, body); res != nil {
		return res, nil
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return nil, errors.New("connection refused")
}

func reply(status int, body string, header ...string) func(*http.Request, []byte) *http.Response {
	return func(*http.Request, []byte) *http.Response {
		res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
		for i := 0; i+1 < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return res
	}
}

func cut(*http.Request, []byte) *http.Response { return nil }

func hangs(r *http.Request, _ []byte) *http.Response {
	<-r.Context().Done()
	return nil
}

// breaksOff answers with the beginning of an answer.
func breaksOff(r *http.Request, body []byte) *http.Response {
	res := reply(200, "")(r, body)
	res.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"data":[{"ind`), failing{}))
	return res
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// openAIWorks answers as OpenAI does, last text first, with vectors (length of text, 1).
func openAIWorks(r *http.Request, body []byte) *http.Response {
	var in struct{ Input []string }
	_ = json.Unmarshal(body, &in)
	var rows []string
	for i := len(in.Input) - 1; i >= 0; i-- {
		rows = append(rows, fmt.Sprintf(`{"index":%d,"embedding":[%d,0]}`, i, len(in.Input[i])))
	}
	return reply(200, `{"data":[`+strings.Join(rows, ",")+`]}`)(r, body)
}

func options(s *service) embedding.RemoteOptions {
	return embedding.RemoteOptions{Model: "m", Key: secret, Dimension: 2, Client: &http.Client{Transport: s}, Limiter: rate.NewLimiter(rate.Inf, 1)}
}

func TestOpenAIEmbedsInBatchesAndKeepsTheOrder(t *testing.T) {
	s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks}}
	o := options(s)
	o.Batch, o.Shorten = 2, true
	e, err := embedding.NewOpenAI(o)
	if err != nil {
		t.Fatal(err)
	}
	vecs, err := e.Embed(context.Background(), []string{"CEO", "", "Sales\u200b  Manager", "\t", "Buyer"})
	if err != nil {
		t.Fatal(err)
	}
	if len(vecs) != 5 || vecs[0][0] != 1 || vecs[1][0] != 0 || vecs[4][0] != 1 {
		t.Errorf("vectors %v", vecs)
	}
	if len(s.requests) != 2 || s.requests[0].URL.String() != "https://api.openai.com/v1/embeddings" {
		t.Errorf("%d requests, first to %s", len(s.requests), s.requests[0].URL)
	}
	if got, want := s.bodies[0], `{"dimensions":2,"encoding_format":"float","input":["CEO","Sales Manager"],"model":"m"}`; got != want {
		t.Errorf("body %s", got)
	}
	if got := s.requests[0].Header.Get("Authorization"); got != "Bearer "+secret {
		t.Errorf("Authorization %q", got)
	}
	if e.ID() != "openai/m/2/title-1" {
		t.Errorf("ID %s", e.ID())
	}
}

func TestGeminiEmbeds(t *testing.T) {
	s := &service{answers: []func(*http.Request, []byte) *http.Response{reply(200, `{"embeddings":[{"values":[3,4]}]}`)}}
	o := options(s)
	o.Model, o.Shorten = "gemini-embedding-001", true
	e, err := embedding.NewGemini(o)
	if err != nil {
		t.Fatal(err)
	}
	vecs, err := e.Embed(context.Background(), []string{"CEO"})
	if err != nil || vecs[0][0] != 0.6 || vecs[0][1] != 0.8 {
		t.Errorf("%v, %v", vecs, err)
	}
	if got := s.requests[0].URL.Path; got != "/v1beta/models/gemini-embedding-001:batchEmbedContents" {
		t.Errorf("path %s", got)
	}
	want := `{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"CEO"}]},"taskType":"SEMANTIC_SIMILARITY","outputDimensionality":2}]}`
	if s.bodies[0] != want || s.requests[0].Header.Get("x-goog-api-key") != secret {
		t.Errorf("body %s", s.bodies[0])
	}
}

func TestFaultsAreTriedAgainOrToldWithTheirMend(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []func(*http.Request, []byte) *http.Response
		fault   embedding.Fault // "" = success
		asked   int
		waited  time.Duration // at least
		says    string
	}{
		{"a passing 503", []func(*http.Request, []byte) *http.Response{reply(503, ""), openAIWorks}, "", 2, 100 * time.Millisecond, ""},
		{"a cut connection", []func(*http.Request, []byte) *http.Response{cut, openAIWorks}, "", 2, 100 * time.Millisecond, ""},
		{"429 that asks for 7 s", []func(*http.Request, []byte) *http.Response{reply(429, "", "Retry-After", "7"), openAIWorks}, "", 2, 7 * time.Second, ""},
		{"429 that asks for a day", []func(*http.Request, []byte) *http.Response{reply(429, "", "Retry-After", "86400")}, embedding.RateLimited, 1, 0, "quota"},
		{"away for good", []func(*http.Request, []byte) *http.Response{cut}, embedding.Unavailable, 4, 0, "check the base URL"},
		{"a refused key", []func(*http.Request, []byte) *http.Response{reply(401, `{"error":{"message":"bad key `+secret+`","code":"invalid_api_key"}}`)},
			embedding.Unauthorized, 1, 0, "invalid_api_key); check the embedding key"},
		{"an unknown model", []func(*http.Request, []byte) *http.Response{reply(404, `{"error":{"code":404,"status":"NOT_FOUND"}}`)}, embedding.UnknownModel, 1, 0, "NOT_FOUND"},
		{"a bad request", []func(*http.Request, []byte) *http.Response{reply(400, `{}`)}, embedding.BadRequest, 1, 0, "@LENGTH"},
		{"a redirect elsewhere", []func(*http.Request, []byte) *http.Response{reply(302, "", "Location", "https://evil.example")}, embedding.BadRequest, 1, 0, ""},
		{"another dimension", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[1,2,3]}]}`)}, embedding.WrongDimension, 1, 0, "3 numbers and 2 were expected: write m@3 where the model is named (Language model in the Settings tab, or --model)"},
		{"a used-up quota", []func(*http.Request, []byte) *http.Response{reply(429, `{"error":{"code":"insufficient_quota"}}`)}, embedding.RateLimited, 1, 0, "raise the quota"},
		{"an answer that never comes", []func(*http.Request, []byte) *http.Response{hangs}, embedding.Unavailable, 1, 10 * time.Second, "no answer within 10s"},
		{"an answer that breaks off", []func(*http.Request, []byte) *http.Response{breaksOff, openAIWorks}, "", 2, 100 * time.Millisecond, ""},
		{"answers that break off", []func(*http.Request, []byte) *http.Response{breaksOff}, embedding.Unavailable, 4, 0, "unexpected EOF"},
		{"half an answer", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embe`)}, embedding.BadAnswer, 1, 0, ""},
		{"nothing but zeros", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[0,0]}]}`)}, embedding.BadAnswer, 1, 0,
			"nothing but zeros, which is like no title: see that m is an embedding model"},
		{"no numbers", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[NaN,1]}]}`)}, embedding.BadAnswer, 1, 0, ""},
		{"null for a number", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[1,null]}]}`)}, embedding.BadAnswer, 1, 0, "a vector that holds no numbers"},
		{"null for a vector", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":null}]}`)}, embedding.WrongDimension, 1, 0, ""},
		{"a number too large", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[1e39,1]}]}`)}, embedding.BadAnswer, 1, 0, ""},
		{"numbers whose squares are too large", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":0,"embedding":[3e38,3e38]}]}`)}, "", 1, 0, ""},
		{"an HTML page", []func(*http.Request, []byte) *http.Response{reply(200, `<html>`)}, embedding.BadAnswer, 1, 0, "base URL"},
		{"too few vectors", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[]}`)}, embedding.BadAnswer, 1, 0, ""},
		{"an index twice", []func(*http.Request, []byte) *http.Response{reply(200, `{"data":[{"index":7,"embedding":[1,2]}]}`)}, embedding.BadAnswer, 1, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{answers: c.answers}
				e, err := embedding.NewOpenAI(options(s))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = e.Embed(context.Background(), []string{"Confidential Title"})
				if len(s.requests) != c.asked || time.Since(start) < c.waited {
					t.Errorf("asked %d times in %v", len(s.requests), time.Since(start))
				}
				if took := time.Since(start); took > 11*time.Second {
					t.Errorf("it took %v", took)
				}
				if c.fault == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				var remote *embedding.RemoteError
				if !errors.As(err, &remote) || remote.Fault != c.fault {
					t.Fatalf("error %v", err)
				}
				said := fmt.Sprintf("%v %+v %#v %v %#v", err, err, remote, e, e)
				if strings.Contains(said, secret) || strings.Contains(said, "Confidential") {
					t.Errorf("the error tells secrets: %s", said)
				}
				if !strings.Contains(err.Error(), c.says) {
					t.Errorf("error %q lacks %q", err, c.says)
				}
			})
		})
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	good := embedding.RemoteOptions{Model: "m", Dimension: 2, Key: secret}
	for name, change := range map[string]func(*embedding.RemoteOptions){
		"no model":                             func(o *embedding.RemoteOptions) { o.Model = "" },
		"no dimension":                         func(o *embedding.RemoteOptions) { o.Dimension = 0 },
		"a huge dimension":                     func(o *embedding.RemoteOptions) { o.Dimension = 1 << 30 },
		"no URL":                               func(o *embedding.RemoteOptions) { o.BaseURL = "localhost" },
		"key in the open":                      func(o *embedding.RemoteOptions) { o.BaseURL = "http://api.example.com/v1" },
		"key to a name like one's own address": func(o *embedding.RemoteOptions) { o.BaseURL = "http://127.evil.example/v1" },
		"password in the URL":                  func(o *embedding.RemoteOptions) { o.BaseURL = "https://u:p@api.example.com/v1" },
		"key in the URL query":                 func(o *embedding.RemoteOptions) { o.BaseURL = "https://api.example.com/v1?key=x" },
	} {
		o := good
		change(&o)
		if _, err := embedding.NewOpenAI(o); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good.BaseURL = "http://localhost:11434/v1"
	e, err := embedding.NewOpenAI(good)
	if err != nil || e.ID() != "openai@localhost:11434/m/2/title-1" {
		t.Errorf("Ollama: %v, %v", e, err)
	}
}

func TestTheLimiterHoldsRequestsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks}}
		o := options(s)
		o.Batch, o.Limiter = 1, rate.NewLimiter(rate.Every(time.Second), 1)
		e, err := embedding.NewOpenAI(o)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := e.Embed(context.Background(), []string{"a", "b", "c"}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 2*time.Second {
			t.Errorf("three requests in %v", waited)
		}
	})
}

func TestWaitingForTheLimiterIsNoFaultOfTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks}}
		o := options(s)
		o.Limiter = rate.NewLimiter(rate.Every(time.Minute), 1)
		e, err := embedding.NewOpenAI(o)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := e.Embed(context.Background(), []string{"a"}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestALengthIsAskedForOnlyOfOpenAIItself(t *testing.T) {
	for base, want := range map[string]bool{"": true, "http://localhost:11434/v1": false} {
		s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks}}
		o := options(s)
		o.BaseURL, o.Shorten = base, true
		e, err := embedding.NewOpenAI(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Embed(context.Background(), []string{"a"}); err != nil || strings.Contains(s.bodies[0], "dimensions") != want {
			t.Errorf("base %q: %s, %v", base, s.bodies[0], err)
		}
	}
}

// memory is a cache of maps.
type memory map[string]embedding.Vector

func (m memory) Lookup(_ context.Context, id string, texts []string) (map[string]embedding.Vector, error) {
	found := map[string]embedding.Vector{}
	for _, text := range texts {
		if v, ok := m[id+"\n"+text]; ok {
			found[text] = v
		}
	}
	return found, nil
}

func (m memory) Store(_ context.Context, id string, texts []string, vecs []embedding.Vector) error {
	for i, text := range texts {
		m[id+"\n"+text] = vecs[i]
	}
	return nil
}

// counting is an embedder of one number that counts what it is asked.
type counting struct {
	id    string
	value float32
	asked []string
	err   error
}

func (c *counting) ID() string     { return c.id }
func (c *counting) Dimension() int { return 2 }
func (c *counting) Embed(_ context.Context, titles []string) ([]embedding.Vector, error) {
	c.asked = append(c.asked, titles...)
	list := make([]embedding.Vector, len(titles))
	for i := range list {
		list[i] = embedding.Vector{c.value, 1 - c.value}
	}
	return list, c.err
}

func TestCachedAsksForEachTextOnce(t *testing.T) {
	inner := &counting{id: "x/1", value: 1}
	e := embedding.NewCached(inner, memory{})
	for range 2 {
		vecs, err := e.Embed(context.Background(), []string{"CEO", "Buyer", "CEO", " CEO\u200b"})
		if err != nil || len(vecs) != 4 || vecs[3][0] != 1 {
			t.Fatal(vecs, err)
		}
	}
	if len(inner.asked) != 3 { // the canary, CEO and Buyer
		t.Errorf("asked for %q", inner.asked)
	}
	inner.id = "x/2"
	if _, err := e.Embed(context.Background(), []string{"CEO"}); err != nil || len(inner.asked) != 4 {
		t.Errorf("another model answered from the first one's cache: %q, %v", inner.asked, err)
	}
}

func TestAModelThatChangedUnderItsNameGetsAnIDOfItsOwn(t *testing.T) {
	ctx, cache, inner := context.Background(), memory{}, &counting{id: "x", value: 1}
	for _, c := range []struct {
		value float32
		id    string
	}{{1, "x"}, {0.9999, "x"}, {0, "x#2"}, {0, "x#2"}, {1, "x"}} {
		inner.value = c.value
		e := embedding.NewCached(inner, cache)
		vecs, err := e.Embed(ctx, []string{"CEO"})
		if err != nil || e.ID() != c.id {
			t.Fatalf("value %v: ID %s, %v", c.value, e.ID(), err)
		}
		if d := vecs[0][0] - c.value; d > 0.001 || d < -0.001 {
			t.Errorf("value %v: a vector of the other model, %v", c.value, vecs[0])
		}
	}
}

func TestAServiceThatIsAwayIsKnownHoweverMuchIsCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := memory{}
		s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks, openAIWorks, reply(503, "")}}
		o := options(s)
		o.Tries, o.Wait = 100, time.Second
		remote, err := embedding.NewOpenAI(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := embedding.NewCached(remote, cache).Embed(context.Background(), []string{"CEO"}); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = embedding.NewCached(remote, cache).Embed(context.Background(), []string{"CEO"})
		var fault *embedding.RemoteError
		if !errors.As(err, &fault) || fault.Fault != embedding.Unavailable || !fault.Temporary() {
			t.Errorf("error %v", err)
		}
		if waited := time.Since(start); waited > 15*time.Second {
			t.Errorf("it was waited for %v", waited)
		}
	})
}

type byteStore map[string][]byte

func (b byteStore) Vectors(_ context.Context, model string, texts []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	for _, text := range texts {
		if v, ok := b[model+text]; ok {
			found[text] = v
		}
	}
	return found, nil
}

func (b byteStore) SaveVectors(_ context.Context, model string, vectors map[string][]byte) error {
	for text, v := range vectors {
		b[model+text] = bytes.Clone(v)
	}
	return nil
}

func TestByteCacheKeepsVectorsToTheBit(t *testing.T) {
	store := byteStore{"mbroken": {1, 2, 3}}
	cache := embedding.NewByteCache(store)
	ctx := context.Background()
	if err := cache.Store(ctx, "m", []string{"a"}, []embedding.Vector{{0.1, -2.5e-9}}); err != nil {
		t.Fatal(err)
	}
	found, err := cache.Lookup(ctx, "m", []string{"a", "b", "broken"})
	if err != nil || len(found) != 1 || found["a"][0] != 0.1 || found["a"][1] != -2.5e-9 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestWhatWasPaidForIsKeptWhenTheServiceEndsHalfWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache, titles := memory{}, make([]string, 450)
		for i := range titles {
			titles[i] = fmt.Sprintf("Title %d", i)
		}
		var paid []int // texts embedded in each run
		for len(paid) < 10 {
			s := &service{answers: []func(*http.Request, []byte) *http.Response{openAIWorks, openAIWorks, openAIWorks, reply(429, "")}} // the canary and two batches
			remote, err := embedding.NewOpenAI(options(s))
			if err != nil {
				t.Fatal(err)
			}
			_, err = embedding.NewCached(remote, cache).Embed(context.Background(), titles)
			n := 0
			for _, body := range s.bodies[1:min(3, len(s.bodies))] {
				n += strings.Count(body, "Title")
			}
			if paid = append(paid, n); err == nil {
				break
			}
		}
		if want := "[200 200 50]"; fmt.Sprint(paid) != want {
			t.Errorf("paid for %v titles, want %s", paid, want)
		}
	})
}

func TestCachedVectorsThatSayNothingAreAskedForAgain(t *testing.T) {
	inner, cache := &counting{id: "x", value: 1}, memory{"x\nCEO": {0, 0}, "x\nBuyer": {float32(math.NaN()), 1}, "x\nCook": {0, 1}}
	vecs, err := embedding.NewCached(inner, cache).Embed(context.Background(), []string{"CEO", "Buyer", "Cook"})
	if err != nil || vecs[0][0] != 1 || vecs[1][0] != 1 || vecs[2][0] != 0 {
		t.Errorf("%v, %v", vecs, err)
	}
}
