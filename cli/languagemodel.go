package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"rolecall/config"
	"rolecall/embedding"
)

// The lengths of vectors where nobody says ("openai:text-embedding-3-small@512" does).
const (
	openAIDimension = 1536
	geminiDimension = 3072
)

// languageModel is what compares titles, as the Settings tab and --model name it: "built-in", "openai:MODEL", "gemini:MODEL", each with
// "@LENGTH" where the length of its vectors is not the usual one, or "model2vec:DIRECTORY".
type languageModel struct {
	provider  string // "" for the model in the program
	model     string // or the directory
	dimension int
	shorten   bool
}

// parseLanguageModel reads a name.
func parseLanguageModel(text string) (languageModel, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "", "built-in", "builtin":
		return languageModel{}, nil
	}
	fault := func(format string, args ...any) (languageModel, error) {
		return languageModel{}, fmt.Errorf("language model %q: %s", text, fmt.Sprintf(format, args...))
	}
	m := languageModel{}
	m.provider, m.model, _ = strings.Cut(text, ":")
	m.model = strings.TrimSpace(m.model)
	switch m.provider {
	case "openai":
		m.dimension = openAIDimension
	case "gemini":
		m.dimension = geminiDimension
	case "model2vec":
		if m.model == "" {
			return fault("there is no directory: write model2vec:DIRECTORY")
		}
		return m, nil
	default:
		return fault("it is not known: write builtin, openai:MODEL, gemini:MODEL or model2vec:DIRECTORY")
	}
	if at := strings.LastIndex(m.model, "@"); at >= 0 {
		n, err := strconv.Atoi(m.model[at+1:])
		if err != nil || n <= 0 {
			return fault("%q is no length of a vector: write a number behind the @, such as %s:%s@512", m.model[at+1:], m.provider, m.model[:at])
		}
		m.model, m.dimension, m.shorten = m.model[:at], n, true
	}
	if m.model == "" {
		return fault("there is no model: write %s:MODEL", m.provider)
	}
	return m, nil
}

func (m languageModel) builtIn() bool { return m.provider == "" }

// sendsTo says where titles go; "" where they stay on this machine.
func (m languageModel) sendsTo(c config.Config) string {
	switch {
	case m.provider == "openai" && c.Embedding.OpenAIBaseURL != "":
		return c.Embedding.OpenAIBaseURL
	case m.provider == "openai":
		return "OpenAI"
	case m.provider == "gemini" && c.Embedding.GeminiBaseURL != "":
		return c.Embedding.GeminiBaseURL
	case m.provider == "gemini":
		return "Google"
	}
	return ""
}

// embedder makes the embedder. What a service answers is kept in cache.
func (m languageModel) embedder(c config.Config, cache embedding.Cache) (embedding.Embedder, error) {
	o := embedding.RemoteOptions{Model: m.model, Dimension: m.dimension, Shorten: m.shorten}
	var remote *embedding.Remote
	var err error
	switch m.provider {
	case "":
		return newBuiltIn()
	case "model2vec":
		return embedding.LoadModel2Vec(m.model)
	case "openai":
		if o.BaseURL, o.Key = c.Embedding.OpenAIBaseURL, c.Embedding.OpenAIKey.Reveal(); o.BaseURL == "" && o.Key == "" {
			return nil, errors.New("there is no key for OpenAI: set embedding.openai_api_key in credentials.json (or ROLECALL_EMBEDDING_OPENAI_API_KEY), or embedding.openai_base_url for a service of your own")
		}
		remote, err = embedding.NewOpenAI(o)
	case "gemini":
		if o.BaseURL, o.Key = c.Embedding.GeminiBaseURL, c.Embedding.GeminiKey.Reveal(); o.BaseURL == "" && o.Key == "" {
			return nil, errors.New("there is no key for Gemini: set embedding.gemini_api_key in credentials.json (or ROLECALL_EMBEDDING_GEMINI_API_KEY)")
		}
		remote, err = embedding.NewGemini(o)
	}
	if err != nil {
		return nil, err
	}
	return embedding.NewCached(remote, cache), nil
}

// newBuiltIn is the model in the program.
func newBuiltIn() (embedding.Embedder, error) {
	model, err := embedding.NewStatic()
	if err != nil {
		return nil, fmt.Errorf("read the title model in the program: %w", err)
	}
	return model, nil
}
