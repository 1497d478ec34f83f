package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"rolecall/config"
	"rolecall/embedding"
)

func TestLanguageModelNames(t *testing.T) {
	for _, test := range []struct {
		text string
		want languageModel
		says string // of the error
	}{
		{"", languageModel{}, ""},
		{"built-in", languageModel{}, ""},
		{" Builtin ", languageModel{}, ""},
		{"openai:text-embedding-3-small", languageModel{"openai", "text-embedding-3-small", 1536, false}, ""},
		{"openai: nomic-embed-text:v1.5@768", languageModel{"openai", "nomic-embed-text:v1.5", 768, true}, ""},
		{"gemini:gemini-embedding-001", languageModel{"gemini", "gemini-embedding-001", 3072, false}, ""},
		{"model2vec:/models/a@b", languageModel{"model2vec", "/models/a@b", 0, false}, ""},
		{"gpt", languageModel{}, `language model "gpt": it is not known: write builtin, openai:MODEL`},
		{"OpenAI:x", languageModel{}, "not known"},
		{"openai:", languageModel{}, "write openai:MODEL"},
		{"gemini:@5", languageModel{}, "write gemini:MODEL"},
		{"openai:m@", languageModel{}, "a number behind the @, such as openai:m@512"},
		{"openai:m@-5", languageModel{}, `"-5" is no length`},
		{"model2vec:", languageModel{}, "model2vec:DIRECTORY"},
	} {
		got, err := parseLanguageModel(test.text)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: error %v, want %q", test.text, err, test.says)
		}
		if err == nil && got != test.want {
			t.Errorf("%q is %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestWhereTitlesGo(t *testing.T) {
	own := config.Config{Embedding: config.Embedding{OpenAIBaseURL: "http://localhost:11434/v1"}}
	for _, test := range []struct {
		model  string
		config config.Config
		want   string
	}{
		{"builtin", own, ""}, {"model2vec:x", own, ""}, {"openai:m", own, "http://localhost:11434/v1"},
		{"openai:m", config.Config{}, "OpenAI"}, {"gemini:m", own, "Google"},
	} {
		m, err := parseLanguageModel(test.model)
		if got := m.sendsTo(test.config); err != nil || got != test.want {
			t.Errorf("%s sends to %q, want %q; %v", test.model, got, test.want, err)
		}
	}
}

// vectorService is an OpenAI-compatible service of vectors of 64 numbers. It answers while it has texts left, and with then afterwards.
type vectorService struct {
	url        string
	left, sent atomic.Int64
	then       int
}

func newVectorService(t *testing.T, left int64, then int) *vectorService {
	t.Helper()
	s := &vectorService{then: then}
	s.left.Store(left)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/v1"
	return s
}

func (s *vectorService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Input []string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || s.left.Add(-int64(len(in.Input))) < 0 {
		w.WriteHeader(s.then)
		return
	}
	s.sent.Add(int64(len(in.Input)))
	vecs, _ := embedding.NewHashed(64).Embed(r.Context(), in.Input)
	rows := make([]map[string]any, len(vecs))
	for i, v := range vecs {
		v[0]++ // never all zero
		rows[i] = map[string]any{"index": i, "embedding": v}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
}

// workbookWith is the default workbook with the first of its examples and this language model.
func workbookWith(t *testing.T, model string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "workbook")
	call(t, "", []string{"workbook", "default", dir}).want(t, exitOK)
	edit := func(name string, change func(string) string) {
		path := filepath.Join(dir, name)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(change(string(raw))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("examples.csv", func(text string) string {
		return strings.Join(strings.SplitAfterN(text, "\n", 301)[:300], "")
	})
	edit("settings.csv", func(text string) string {
		return strings.Replace(text, "Language model,built-in", "Language model,"+model, 1)
	})
	return dir
}

func TestAnotherLanguageModelIsUsedAndNamed(t *testing.T) {
	const stranger, standIn = "titles are sent to http://127.0.0.1", "it cannot be used now, so the built-in one answers"
	plain, chosen, broken := workbookWith(t, "built-in"), workbookWith(t, "openai:tiny@64"), workbookWith(t, "openai:tiny@many")
	labels := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(labels, []byte("title,seniority\nVP of Sales,VP\nSales Manager,Manager\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		works  int64
		then   int
		args   []string
		code   int
		says   []string
		silent []string
		sends  bool
	}{
		{"explain, by the flag", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "openai:tiny@64"}, exitOK, []string{stranger, "(--model)", "tiny/64"}, []string{standIn}, true},
		{"explain, by the workbook", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", chosen}, exitOK, []string{stranger, "the workbook's Language model", "tiny/64"}, []string{standIn}, true},
		{"explain, built in", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain}, exitOK, []string{"/builtin/"}, []string{"language model"}, false},
		{"explain, built in by the flag", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", chosen, "--model", "builtin"}, exitOK, []string{"/builtin/"}, []string{"language model"}, false},
		{"explain, used up half way", 250, 401, []string{"explain", "VP of Sales", "--workbook", chosen}, exitOK, []string{standIn, "key refused", "embedding.openai_api_key", "/builtin/"}, nil, true},
		{"explain, refused for good", 0, 404, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "openai:tiny@64"}, exitConfig, []string{"must be pulled first"}, []string{standIn}, false},
		{"explain, wrong length", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "openai:tiny"}, exitConfig, []string{"write tiny@64 where the model is named"}, nil, true},
		{"explain, a setting that cannot be read", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", broken}, exitOK, []string{standIn, `"many" is no length`, "/builtin/"}, nil, false},
		{"explain, unknown", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "gpt"}, exitUsage, []string{"--model: language model", "not known"}, nil, false},
		{"explain, no key", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "gemini:x"}, exitConfig, []string{"embedding.gemini_api_key in credentials.json"}, nil, false},
		{"explain, no directory", 1e6, 500, []string{"explain", "VP of Sales", "--workbook", plain, "--model", "model2vec:nowhere"}, exitConfig, []string{"model.safetensors"}, nil, false},
		{"classify, by the flag", 1e6, 500, []string{"classify", "-", "--workbook", plain, "--model", "openai:tiny@64"}, exitOK, []string{stranger, "VP of Sales,"}, []string{standIn}, true},
		{"classify, by the workbook", 1e6, 500, []string{"classify", "-", "--workbook", chosen}, exitOK, []string{stranger, "VP of Sales,"}, []string{standIn}, true},
		{"classify, refused at the start", 0, 403, []string{"classify", "-", "--workbook", chosen}, exitOK, []string{standIn, "VP of Sales,"}, nil, false},
		{"classify, built in", 1e6, 500, []string{"classify", "-", "--workbook", plain}, exitOK, []string{"VP of Sales,"}, []string{"language model"}, false},
		{"eval, by the flag", 1e6, 500, []string{"eval", "--labels", labels, "--workbook", plain, "--model", "openai:tiny@64"}, exitOK, []string{stranger, "Seniority"}, nil, true},
		{"eval, refused", 0, 401, []string{"eval", "--labels", labels, "--workbook", chosen}, exitFailure, []string{"--model builtin measures the built-in model"}, []string{standIn}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			service := newVectorService(t, test.works, test.then)
			got := call(t, "title\nVP of Sales\n", test.args, "ROLECALL_EMBEDDING_OPENAI_BASE_URL", service.url)
			got.want(t, test.code, test.says...)
			for _, text := range test.silent {
				if strings.Contains(got.err, text) {
					t.Errorf("it says %q:\n%s", text, got.err)
				}
			}
			if n := service.sent.Load(); (n > 0) != test.sends {
				t.Errorf("%d texts were sent", n)
			}
		})
	}
}

func TestATableIsLabelledByOneModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.csv")
	service := newVectorService(t, 1e6, http.StatusUnauthorized)
	args := []string{"classify", "-", "--workbook", workbookWith(t, "openai:tiny@64"), "--out", out}
	env := []string{"ROLECALL_EMBEDDING_OPENAI_BASE_URL", service.url, "XDG_CACHE_HOME", t.TempDir()}
	call(t, "title\nVP of Sales\n", args, env...).want(t, exitOK)
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}

	// Now it embeds the canary, and nothing that it has not embedded yet.
	service.left.Store(1)
	service.sent.Store(0)
	got := call(t, "title\nVP of Sales\nHead of Something Else\n", args, env...)
	got.want(t, exitFailure, "what it answered is kept: run the same again, or with --model builtin")
	if _, err := os.Stat(out); err == nil {
		t.Error("half a table was written")
	}
	if n := service.sent.Load(); n != 1 {
		t.Errorf("%d texts were sent again", n)
	}
}
