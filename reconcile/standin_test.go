package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/plan"
	"rolecall/reconcile"
	"rolecall/workbook"
)

// embedder is an embedding service that works until it has embedded a number of texts, and has a fault from then on.
type embedder struct {
	mu    sync.Mutex
	works int // texts left
	paid  int
	fault fault
}

// fault answers a request for n vectors.
type fault func(w http.ResponseWriter, r *http.Request, n int)

// lasts gives the service texts to embed and sets the count of those it was paid for back.
func (e *embedder) lasts(works int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.works, e.paid = works, 0
}

func (e *embedder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Input []string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	works := len(in.Input) <= e.works
	if works {
		e.works -= len(in.Input)
		e.paid += len(in.Input)
	}
	e.mu.Unlock()
	if !works {
		e.fault(w, r, len(in.Input))
		return
	}
	vecs, _ := embedding.NewHashed(64).Embed(r.Context(), in.Input)
	type row struct {
		Index     int              `json:"index"`
		Embedding embedding.Vector `json:"embedding"`
	}
	var out struct {
		Data []row `json:"data"`
	}
	for i, v := range vecs {
		v[0]++ // not even a text of unknown words is all zero
		out.Data = append(out.Data, row{i, v})
	}
	_ = json.NewEncoder(w).Encode(out)
}

func status(code int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(code) }
}

func hangs(_ http.ResponseWriter, r *http.Request, _ int) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func zeros(w http.ResponseWriter, _ *http.Request, n int) {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"index":%d,"embedding":[0%s]}`, i, strings.Repeat(",0", 63))
	}
	fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(rows, ","))
}

// newHouseWithModel is a house whose Settings choose the service.
func newHouseWithModel(t *testing.T, service *embedder, titles ...string) (h *house, away *[]string) {
	t.Helper()
	h = newHouse(t, people(titles...))
	h.sheet.person(t, workbook.Settings, "id", "S-09", map[string]workbook.Cell{"value": "openai:tiny@64"})
	builtIn, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	away = new([]string)
	h.Fitter = &reconcile.ClassifierFitter{
		BuiltIn: builtIn, Options: classifier.Options{Seed: 1, Cache: &fits}, State: h.store, Now: h.clock.Now,
		Away: func(name string, err error) { *away = append(*away, name+": "+err.Error()) },
		Chosen: func(string) (embedding.Embedder, error) {
			remote, err := embedding.NewOpenAI(embedding.RemoteOptions{BaseURL: "http://localhost:11434/v1", Model: "tiny", Dimension: 64,
				Limiter: rate.NewLimiter(rate.Inf, 1), Patience: 500 * time.Millisecond, Wait: time.Millisecond, Client: &http.Client{Transport: inProcess{service}}})
			if err != nil {
				return nil, err
			}
			return embedding.NewCached(remote, embedding.NewByteCache(h.store)), nil
		},
	}
	return h, away
}

// decidedBy fails unless all titles were decided by one model, of this embedder.
func (h *house) decidedBy(t *testing.T, rep plan.Report, embedder string) {
	t.Helper()
	if !strings.Contains(rep.ModelID, embedder) {
		t.Errorf("the run's model is %s, want one of %s", rep.ModelID, embedder)
	}
	left, _, err := h.store.UndecidedTitles(context.Background(), rep.Revision, rep.ModelID, 0, 1000)
	if err != nil || len(left) > 0 {
		t.Errorf("%d titles are decided by something else than %s: %v", len(left), rep.ModelID, err)
	}
}

// labelled is how many texts of the default workbook a service has to embed for the fit, and one more, the canary.
func labelled(t *testing.T) int {
	t.Helper()
	service := &embedder{works: 1 << 30}
	h, _ := newHouseWithModel(t, service, "Account Manager")
	h.decidedBy(t, h.run(t), "openai@localhost:11434/tiny/64")
	return service.paid - 1
}

func TestTheBuiltInModelAnswersWhenAServiceEndsHalfWay(t *testing.T) {
	forFit := labelled(t)
	titles := make([]string, 250)
	for i := range titles {
		titles[i] = fmt.Sprintf("Head of Team %d", i)
	}
	for _, test := range []struct {
		name  string
		works int
		fault fault
		says  string
	}{
		{"500 during the fit", 300, status(500), "HTTP 500"},
		{"429 during the fit", 300, status(429), "too many requests"},
		{"500 while titles are decided", forFit + 110, status(500), "HTTP 500"},
		{"a used-up quota while titles are decided", forFit + 110, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"error":{"code":"insufficient_quota"}}`)
		}, "raise the quota"},
		{"no answer while titles are decided", forFit + 110, hangs, "service away"},
		{"half an answer while titles are decided", forFit + 110, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, `{"data":[{"ind`) }, "answer unreadable"},
		{"zeros while titles are decided", forFit + 110, zeros, "nothing but zeros"},
	} {
		t.Run(test.name, func(t *testing.T) {
			service := &embedder{works: test.works, fault: test.fault}
			h, away := newHouseWithModel(t, service, titles...)
			rep := h.run(t)
			h.decidedBy(t, rep, "/builtin/")
			runs := h.sheet.rows(workbook.Runs)
			shown := workbook.TextOf(runs[len(runs)-1].Cells["message"])
			for _, want := range []string{"the language model openai:tiny@64 cannot be used now, so the built-in one answers", test.says} {
				if !strings.Contains(shown, want) {
					t.Errorf("the Runs tab says %q, not %q", shown, want)
				}
			}
			if len(*away) != 1 {
				t.Errorf("the log was told %d times: %q", len(*away), *away)
			}
			paid := service.paid

			// Soon after, the service is left alone.
			service.lasts(0)
			h.clock.pass(time.Minute)
			if _, err := h.RunOnce(context.Background(), reconcile.Apply); err != nil || len(*away) != 1 {
				t.Errorf("a minute later: %v, the log was told %q", err, *away)
			}

			// Later, it is asked for the canary and nothing that it was paid for, and what it cannot do changes nothing.
			service.lasts(1)
			if rep := h.run(t); rep.Outcome != plan.Nothing || len(*away) != 2 {
				t.Errorf("while it is away: %s %q, told %q", rep.Outcome, rep.Message, *away)
			}

			// When all is embedded it is taken.
			service.lasts(1 << 30)
			h.decidedBy(t, h.run(t), "openai@localhost:11434/tiny/64")
			if want := forFit + len(titles) - paid + 1; service.paid > want+2 || service.paid < want-2 {
				t.Errorf("paid for %d texts and then for %d, want %d", paid, service.paid, want)
			}
		})
	}
}

func TestTryAndRetrainHaveTheBuiltInModelWhenAServiceIsGone(t *testing.T) {
	service := &embedder{works: 1 << 30, fault: status(503)}
	h, _ := newHouseWithModel(t, service, "Account Manager")
	h.decidedBy(t, h.run(t), "openai@localhost:11434/tiny/64")
	service.lasts(0)
	h.sheet.types(workbook.Try, map[string]workbook.Cell{"title": "VP of Marketing"})
	if err := h.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
	rows := h.sheet.rows(workbook.Try)
	if got := workbook.TextOf(rows[0].Cells["seniority"]); got != "VP" {
		t.Errorf("Try says %q", got)
	}
	const want = "The language model openai:tiny@64 cannot be used now, so the built-in one answers"
	health := ""
	for _, row := range h.sheet.rows(workbook.Control) {
		health += workbook.TextOf(row.Cells["status"]) + workbook.TextOf(row.Cells["result"])
	}
	if !strings.Contains(health, want) || !strings.Contains(health, "LOOK") {
		t.Errorf("Control does not say that the model is away: %s", health)
	}
	said, err := h.Retrain(context.Background())
	if err != nil || !strings.Contains(said, "Take note: the language model openai:tiny@64 cannot be used now") {
		t.Errorf("retraining says %q, %v", said, err)
	}
}

// What is held does not hide that another language model answers.
func TestAHeldRunTellsOfTheLanguageModelThatIsAway(t *testing.T) {
	for _, test := range []struct{ mode, says string }{
		{"observe", "Observing only. Take note: the language model openai:tiny@64 cannot be used now, so the built-in one answers (ask"},
		{"apply", "is meant. Take note: the language model openai:tiny@64 cannot be used now, so the built-in one answers (ask"},
	} {
		t.Run(test.mode, func(t *testing.T) {
			h, _ := newHouseWithModel(t, &embedder{fault: status(503)}, "Software Engineer")
			h.sheet.person(t, workbook.Settings, "id", "S-01", map[string]workbook.Cell{"value": test.mode})
			if err := h.store.SaveSetting(context.Background(), "backfill_approved", ""); err != nil {
				t.Fatal(err)
			}
			rep, err := h.RunOnce(context.Background(), reconcile.Apply)
			if err != nil || !strings.Contains(rep.Message, test.says) || !strings.Contains(rep.Message, "held: ") && !strings.HasPrefix(rep.Message, "Held, ") {
				t.Errorf("%v: the run says %q", err, rep.Message)
			}
			runs := h.sheet.rows(workbook.Runs)
			if shown := workbook.TextOf(runs[len(runs)-1].Cells["message"]); shown != rep.Message {
				t.Errorf("the Runs tab says %q", shown)
			}
		})
	}
}
