package embedding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
)

// numbers is a vector in an answer. A null in it becomes no number, which Remote refuses: encoding/json would leave a 0 there.
type numbers Vector

func (v *numbers) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, (*Vector)(v)); err != nil || !bytes.Contains(text, []byte("null")) || *v == nil {
		return err
	}
	var list []*float32
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for i, x := range list {
		if x == nil {
			(*v)[i] = float32(math.NaN())
		}
	}
	return nil
}

// openAI is POST /embeddings of https://platform.openai.com/docs/api-reference/embeddings.
type openAI struct{}

func (openAI) provider() string { return "openai" }
func (openAI) base() string     { return "https://api.openai.com/v1" }

func (openAI) request(o RemoteOptions, texts []string) (string, any) {
	body := map[string]any{"model": o.Model, "input": texts, "encoding_format": "float"}
	if o.Shorten && o.BaseURL == (openAI{}).base() { // others refuse a length that is not the model's own, or even the word
		body["dimensions"] = o.Dimension
	}
	return "/embeddings", body
}

func (openAI) authorize(h http.Header, key string) { h.Set("Authorization", "Bearer "+key) }

func (openAI) answer(body []byte, n int) ([]Vector, error) {
	var a struct {
		Data []struct {
			Index     int     `json:"index"`
			Embedding numbers `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	list := make([]Vector, n)
	for _, d := range a.Data {
		if d.Index < 0 || d.Index >= n || list[d.Index] != nil {
			return nil, fmt.Errorf("answer holds index %d twice or out of %d", d.Index, n)
		}
		list[d.Index] = Vector(d.Embedding)
	}
	if len(a.Data) != n {
		return nil, fmt.Errorf("answer holds %d vectors for %d texts", len(a.Data), n)
	}
	return list, nil
}

// gemini is models/MODEL:batchEmbedContents of https://ai.google.dev/api/embeddings. The task type is part of what a vector is.
type gemini struct{}

func (gemini) provider() string { return "gemini" }
func (gemini) base() string     { return "https://generativelanguage.googleapis.com/v1beta" }

func (gemini) request(o RemoteOptions, texts []string) (string, any) {
	type part struct {
		Text string `json:"text"`
	}
	type content struct {
		Parts []part `json:"parts"`
	}
	type request struct {
		Model     string  `json:"model"`
		Content   content `json:"content"`
		TaskType  string  `json:"taskType"`
		Dimension int     `json:"outputDimensionality,omitempty"`
	}
	requests := make([]request, len(texts))
	for i, text := range texts {
		requests[i] = request{Model: "models/" + o.Model, Content: content{[]part{{text}}}, TaskType: "SEMANTIC_SIMILARITY"}
		if o.Shorten {
			requests[i].Dimension = o.Dimension
		}
	}
	return "/models/" + url.PathEscape(o.Model) + ":batchEmbedContents", map[string]any{"requests": requests}
}

func (gemini) authorize(h http.Header, key string) { h.Set("x-goog-api-key", key) }

func (gemini) answer(body []byte, n int) ([]Vector, error) {
	var a struct {
		Embeddings []struct {
			Values numbers `json:"values"`
		} `json:"embeddings"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(a.Embeddings) != n {
		return nil, fmt.Errorf("answer holds %d vectors for %d texts", len(a.Embeddings), n)
	}
	list := make([]Vector, n)
	for i, e := range a.Embeddings {
		list[i] = Vector(e.Values)
	}
	return list, nil
}
