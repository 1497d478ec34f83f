package embedding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"rolecall/title"
)

// maxTokens is how many tokens of one text Model2Vec looks at.
const maxTokens = 512

// Model2Vec is a static token embedding in the format of https://github.com/MinishLab/model2vec: a text's vector is the mean of its
// tokens' rows. It runs on this machine and needs no network.
type Model2Vec struct {
	tokenizer tokenizer
	rows      []float32
	dimension int
	weights   []float32 // one a token, or nil
	mapping   []int32   // token to row, or nil where they are the same
	id        string
}

// LoadModel2Vec reads a model directory: model.safetensors, tokenizer.json (WordPiece or Unigram) and, if it is there, config.json.
// Vectors are scaled to length 1 whatever config.json's "normalize" says, which changes no cosine.
func LoadModel2Vec(dir string) (*Model2Vec, error) {
	m, err := loadModel2Vec(dir)
	if err != nil {
		return nil, fmt.Errorf("load Model2Vec model: %w; the folder must hold model.safetensors and tokenizer.json as model2vec saves them", err)
	}
	return m, nil
}

func loadModel2Vec(dir string) (*Model2Vec, error) {
	weights, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		return nil, err
	}
	words, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
	if err != nil {
		return nil, err
	}
	if text, err := os.ReadFile(filepath.Join(dir, "config.json")); err == nil {
		var config struct {
			Normalize *bool `json:"normalize"`
		}
		if err := json.Unmarshal(text, &config); err != nil {
			return nil, fmt.Errorf("read config.json: %w", err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	m := &Model2Vec{}
	if m.tokenizer, err = parseTokenizer(words); err != nil {
		return nil, fmt.Errorf("read tokenizer.json: %w", err)
	}
	if err := m.readRows(weights); err != nil {
		return nil, fmt.Errorf("read model.safetensors: %w", err)
	}
	sum := sha256.New()
	sum.Write(weights)
	sum.Write(words)
	m.id = "model2vec/" + filepath.Base(filepath.Clean(dir)) + "-" + hex.EncodeToString(sum.Sum(nil)[:4]) + "/" +
		strconv.Itoa(m.dimension) + "/" + title.Version
	return m, nil
}

func (m *Model2Vec) readRows(file []byte) error {
	tensors, err := readSafetensors(file)
	if err != nil {
		return err
	}
	t, ok := tensors["embeddings"]
	if !ok || len(t.Shape) != 2 || t.count() <= 0 {
		return errors.New(`there is no two-dimensional tensor "embeddings"`)
	}
	m.dimension = t.Shape[1]
	if len(t.data) < t.count() {
		return errors.New(`tensor "embeddings" is cut short`)
	}
	m.rows = make([]float32, t.count())
	if err := t.decode(func(i int, x float64) { m.rows[i] = float32(x) }); err != nil {
		return fmt.Errorf("embeddings: %w", err)
	}
	if err := saySomething(m.rows); err != nil {
		return fmt.Errorf("embeddings: %w", err)
	}
	tokens := m.tokenizer.model.size()
	if w, ok := tensors["weights"]; ok {
		m.weights = make([]float32, max(0, len(w.data)))
		n := 0
		if err := w.decode(func(i int, x float64) { m.weights[i], n = float32(x), i+1 }); err != nil {
			return fmt.Errorf("weights: %w", err)
		}
		if m.weights = m.weights[:n]; n < tokens {
			return fmt.Errorf("weights of %d tokens for a vocabulary of %d", n, tokens)
		}
		if err := saySomething(m.weights); err != nil {
			return fmt.Errorf("weights: %w", err)
		}
	}
	if p, ok := tensors["mapping"]; ok {
		m.mapping = make([]int32, len(p.data))
		n := 0
		if err := p.decode(func(i int, x float64) { m.mapping[i], n = int32(x), i+1 }); err != nil {
			return fmt.Errorf("mapping: %w", err)
		}
		m.mapping = m.mapping[:n]
		for _, row := range m.mapping {
			if row < 0 || int(row) >= t.Shape[0] {
				return fmt.Errorf("mapping: row %d of %d", row, t.Shape[0])
			}
		}
		if n < tokens {
			return fmt.Errorf("mapping of %d tokens for a vocabulary of %d", n, tokens)
		}
	} else if t.Shape[0] < tokens {
		return fmt.Errorf("%d rows for a vocabulary of %d", t.Shape[0], tokens)
	}
	return nil
}

// saySomething refuses values with which every title would be like every other. A row of zeros among others is a padding token's.
func saySomething(values []float32) error {
	something := false
	for _, x := range values {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return errors.New("there are rows that hold no numbers")
		}
		something = something || x != 0
	}
	if !something {
		return errors.New("there is nothing but zeros")
	}
	return nil
}

// ID is "model2vec/FOLDER-CHECKSUM/DIMENSION/NORMALISER".
func (m *Model2Vec) ID() string { return m.id }

// Dimension is the length of every vector.
func (m *Model2Vec) Dimension() int { return m.dimension }

// Embed embeds the cleaned titles; it never fails but by ctx. A title of unknown tokens only gets a zero vector.
func (m *Model2Vec) Embed(ctx context.Context, titles []string) ([]Vector, error) {
	list := vectors(len(titles), m.dimension)
	for i, t := range titles {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		tokens := m.tokenizer.tokens(title.Clean(t))
		for _, token := range tokens[:min(len(tokens), maxTokens)] {
			m.add(list[i], token)
		}
		normalize(list[i])
	}
	return list, nil
}

func (m *Model2Vec) add(v Vector, token int) {
	weight := float32(1)
	if m.weights != nil {
		weight = m.weights[token]
	}
	if m.mapping != nil {
		token = int(m.mapping[token])
	}
	for k, x := range m.rows[token*m.dimension : (token+1)*m.dimension] {
		v[k] += weight * x
	}
}
