package embedding

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// tokenizer is what a tokenizer.json of Hugging Face's tokenizers describes: text is normalised, cut into words, and each word into
// tokens of the vocabulary. Tokens that the vocabulary does not have are left out, as model2vec does.
type tokenizer struct {
	normalize []func(string) string
	split     []splitter
	model     tokenModel
}

// tokenModel cuts a word into tokens.
type tokenModel interface {
	size() int
	appendTokens(dst []int, word string) []int
}

func (t tokenizer) tokens(text string) []int {
	if text == "" {
		return nil
	}
	for _, f := range t.normalize {
		text = f(text)
	}
	words := []string{text}
	for _, s := range t.split {
		var next []string
		for i, w := range words {
			next = append(next, s(w, i == 0)...)
		}
		words = next
	}
	var tokens []int
	for _, w := range words {
		tokens = t.model.appendTokens(tokens, w)
	}
	return tokens
}

func parseTokenizer(text []byte) (tokenizer, error) {
	var file struct {
		Normalizer   json.RawMessage `json:"normalizer"`
		PreTokenizer json.RawMessage `json:"pre_tokenizer"`
		Model        json.RawMessage `json:"model"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return tokenizer{}, err
	}
	var t tokenizer
	var err error
	if t.normalize, err = parseNormalizer(file.Normalizer); err != nil {
		return tokenizer{}, err
	}
	if t.split, err = parsePreTokenizer(file.PreTokenizer); err != nil {
		return tokenizer{}, err
	}
	t.model, err = parseModel(file.Model)
	return t, err
}

func parseModel(text json.RawMessage) (tokenModel, error) {
	var kind struct {
		Type       string          `json:"type"`
		Vocabulary json.RawMessage `json:"vocab"`
		Unknown    string          `json:"unk_token"`
		UnknownID  *int            `json:"unk_id"`
		Prefix     *string         `json:"continuing_subword_prefix"`
		MaxRunes   int             `json:"max_input_chars_per_word"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	switch kind.Type {
	case "WordPiece":
		m := wordPiece{prefix: "##", maxRunes: orDefault(kind.MaxRunes, 100), unknown: kind.Unknown}
		if kind.Prefix != nil {
			m.prefix = *kind.Prefix
		}
		if err := json.Unmarshal(kind.Vocabulary, &m.vocabulary); err != nil {
			return nil, fmt.Errorf("model: vocabulary: %w", err)
		}
		for word, id := range m.vocabulary {
			if id < 0 || id > 1<<24 {
				return nil, fmt.Errorf("model: token %q has number %d", word, id)
			}
			m.highest = max(m.highest, id)
		}
		return m, nil
	case "Unigram":
		return parseUnigram(kind.Vocabulary, kind.UnknownID)
	}
	return nil, fmt.Errorf("model: type %q is not known here; WordPiece and Unigram are", kind.Type)
}

// wordPiece takes the longest token that fits, again and again; a word that does not come out even is unknown.
type wordPiece struct {
	vocabulary map[string]int
	prefix     string // of a token inside a word
	unknown    string
	maxRunes   int
	highest    int
}

func (m wordPiece) size() int { return m.highest + 1 }

func (m wordPiece) appendTokens(dst []int, word string) []int {
	if utf8.RuneCountInString(word) > m.maxRunes {
		return dst
	}
	start := len(dst)
	for at := 0; at < len(word); {
		end, id := len(word), -1
		for ; end > at; end-- {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			piece := word[at:end]
			if at > 0 {
				piece = m.prefix + piece
			}
			if n, ok := m.vocabulary[piece]; ok && piece != m.unknown {
				id = n
				break
			}
		}
		if id < 0 {
			return dst[:start]
		}
		dst = append(dst, id)
		at = end
	}
	return dst
}

// unigram finds the cut of a word whose tokens' log probabilities add up highest (Kudo 2018).
type unigram struct {
	vocabulary map[string]int
	scores     []float64
	unknown    int // -1 for none
	worst      float64
	longest    int // bytes
}

func parseUnigram(text json.RawMessage, unknown *int) (tokenModel, error) {
	var rows [][2]any
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, fmt.Errorf("model: vocabulary: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("model: empty vocabulary")
	}
	m := unigram{vocabulary: make(map[string]int, len(rows)), scores: make([]float64, len(rows)), unknown: -1}
	if unknown != nil {
		m.unknown = *unknown
	}
	for i, row := range rows {
		word, ok := row[0].(string)
		score, also := row[1].(float64)
		if !ok || !also {
			return nil, fmt.Errorf("model: row %d of the vocabulary is not [token, score]", i)
		}
		m.vocabulary[word], m.scores[i] = i, score
		m.worst = min(m.worst, score)
		m.longest = max(m.longest, len(word))
	}
	return m, nil
}

func (m unigram) size() int { return len(m.scores) }

func (m unigram) appendTokens(dst []int, word string) []int {
	n := len(word)
	best := make([]float64, n+1)
	token, from := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		best[i] = math.Inf(-1)
	}
	const penalty = 10 // of an unknown rune below the worst token, as sentencepiece has it
	for at := 0; at < n; {
		_, size := utf8.DecodeRuneInString(word[at:])
		for end := at + size; end <= n && end-at <= max(m.longest, size); end++ {
			if end < n && !utf8.RuneStart(word[end]) {
				continue
			}
			id, ok := m.vocabulary[word[at:end]]
			score := m.worst - penalty
			switch {
			case ok && id != m.unknown:
				score = m.scores[id]
			case end == at+size:
				id = -1
			default:
				continue
			}
			if s := best[at] + score; s > best[end] {
				best[end], token[end], from[end] = s, id, at
			}
		}
		at += size
	}
	start := len(dst)
	for at := n; at > 0; at = from[at] {
		if token[at] >= 0 {
			dst = append(dst, token[at])
		}
	}
	for i, j := start, len(dst)-1; i < j; i, j = i+1, j-1 {
		dst[i], dst[j] = dst[j], dst[i]
	}
	return dst
}
