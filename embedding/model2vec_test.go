package embedding_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/embedding"
)

type array struct {
	kind  string
	shape []int
	data  []byte
}

func float32s(shape []int, values ...float32) array {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return array{"F32", shape, b}
}

func safetensors(t *testing.T, arrays map[string]array) []byte {
	t.Helper()
	head := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	var data []byte
	for name, a := range arrays {
		head[name] = map[string]any{"dtype": a.kind, "shape": a.shape, "data_offsets": []int{len(data), len(data) + len(a.data)}}
		data = append(data, a.data...)
	}
	text, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	return append(append(file, text...), data...)
}

const wordPieceJSON = `{"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
"pre_tokenizer":{"type":"BertPreTokenizer"},
"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
"vocab":{"[UNK]":0,"sales":1,"manage":2,"##r":3,"##ment":4,",":5,"re":6,"##sume":7}}}`

const unigramJSON = `{"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"AA=="},{"type":"Lowercase"},
{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"},
"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁sales",-2.0],["▁man",-3.0],["ager",-3.5],["▁manager",-6.0],["s",-4.0],["▁",-5.0],["a",-5.5]]}}`

func directory(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tiny")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// oneHot are rows in which token i is a vector along axis i, so that an embedding shows which tokens were found.
func oneHot(n int) array {
	values := make([]float32, n*n)
	for i := range n {
		values[i*n+i] = 1
	}
	return float32s([]int{n, n}, values...)
}

func TestModel2VecFindsTheTokens(t *testing.T) {
	for _, c := range []struct {
		tokenizer, title string
		tokens           []int
	}{
		{wordPieceJSON, "Sales Manager", []int{1, 2, 3}},
		{wordPieceJSON, "SALES,management", []int{1, 5, 2, 4}},
		{wordPieceJSON, "résumé", []int{6, 7}},
		{wordPieceJSON, "sales zebra", []int{1}},
		{wordPieceJSON, "managers", nil},
		{unigramJSON, "Sales", []int{1}},
		{unigramJSON, "sales manager", []int{1, 4}}, // one token of -6 beats -3 and -3.5
		{unigramJSON, "managers", []int{4, 5}},
		{unigramJSON, "SALES  zs", []int{1, 6, 5}},
		{unigramJSON, "", nil},
	} {
		m, err := embedding.LoadModel2Vec(directory(t, map[string][]byte{"tokenizer.json": []byte(c.tokenizer),
			"model.safetensors": safetensors(t, map[string]array{"embeddings": oneHot(8)})}))
		if err != nil {
			t.Fatal(err)
		}
		vecs, err := m.Embed(context.Background(), []string{c.title})
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float32, 8)
		for _, token := range c.tokens {
			want[token] = float32(1 / math.Sqrt(float64(len(c.tokens))))
		}
		for i, x := range vecs[0] {
			if math.Abs(float64(x-want[i])) > 1e-6 {
				t.Errorf("%q: %v, want %v", c.title, vecs[0], want)
				break
			}
		}
	}
}

func TestModel2VecReadsWeightsMappingAndHalfNumbers(t *testing.T) {
	half := array{kind: "F16", shape: []int{2, 2}}
	for _, bits := range []uint16{0x3c00, 0x0000, 0x0000, 0xc000} { // 1 0 / 0 -2
		half.data = binary.LittleEndian.AppendUint16(half.data, bits)
	}
	mapping := array{kind: "I64", shape: []int{8}}
	for _, row := range []uint64{0, 0, 1, 1, 0, 0, 0, 0} {
		mapping.data = binary.LittleEndian.AppendUint64(mapping.data, row)
	}
	m, err := embedding.LoadModel2Vec(directory(t, map[string][]byte{"tokenizer.json": []byte(wordPieceJSON), "config.json": []byte(`{"normalize":false}`),
		"model.safetensors": safetensors(t, map[string]array{"embeddings": half, "mapping": mapping,
			"weights": float32s([]int{8}, 0, 3, 1, 1, 0, 0, 0, 0)})}))
	if err != nil {
		t.Fatal(err)
	}
	vecs, err := m.Embed(context.Background(), []string{"sales manager"})
	if err != nil || math.Abs(float64(vecs[0][0]-0.6)) > 1e-6 || math.Abs(float64(vecs[0][1]+0.8)) > 1e-6 { // 3*(1,0) + (0,-2) + (0,-2)
		t.Errorf("%v, %v", vecs, err)
	}
	if !strings.HasPrefix(m.ID(), "model2vec/tiny-") || m.Dimension() != 2 {
		t.Errorf("ID %s", m.ID())
	}
}

func TestModel2VecThatCannotWorkIsRefused(t *testing.T) {
	good := safetensors(t, map[string]array{"embeddings": oneHot(8)})
	for name, files := range map[string]map[string][]byte{
		"no weights":        {"tokenizer.json": []byte(wordPieceJSON)},
		"no tokenizer":      {"model.safetensors": good},
		"cut short":         {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": good[:len(good)-4]},
		"empty file":        {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": {}},
		"too few rows":      {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": safetensors(t, map[string]array{"embeddings": oneHot(3)})},
		"no embeddings":     {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": safetensors(t, map[string]array{"x": oneHot(8)})},
		"byte pairs":        {"tokenizer.json": []byte(`{"model":{"type":"BPE","vocab":{}}}`), "model.safetensors": good},
		"odd normalizer":    {"tokenizer.json": []byte(`{"normalizer":{"type":"Rot13"},"model":{"type":"WordPiece","vocab":{"a":0}}}`), "model.safetensors": good},
		"no JSON":           {"tokenizer.json": []byte(`<html>`), "model.safetensors": good},
		"negative numbers":  {"tokenizer.json": []byte(`{"model":{"type":"WordPiece","vocab":{"a":-1}}}`), "model.safetensors": good},
		"nothing but zeros": {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": safetensors(t, map[string]array{"embeddings": float32s([]int{8, 2}, make([]float32, 16)...)})},
		"weights of zeros":  {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": safetensors(t, map[string]array{"embeddings": oneHot(8), "weights": float32s([]int{8}, make([]float32, 8)...)})},
		"no numbers":        {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": safetensors(t, map[string]array{"embeddings": float32s([]int{8, 1}, 1, 2, 3, 4, 5, 6, 7, float32(math.NaN()))})},
		"broken config":     {"tokenizer.json": []byte(wordPieceJSON), "model.safetensors": good, "config.json": []byte(`[`)},
	} {
		if _, err := embedding.LoadModel2Vec(directory(t, files)); err == nil || !strings.Contains(err.Error(), "model.safetensors and tokenizer.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzModel2Vec(f *testing.F) {
	f.Add([]byte(wordPieceJSON), []byte{8, 0, 0, 0, 0, 0, 0, 0, '{', '}', 0, 0, 0, 0, 0, 0}, "Sales Manager")
	f.Add([]byte(unigramJSON), []byte("\x60\x00\x00\x00\x00\x00\x00\x00"), "ſales ▁▁ x")
	f.Fuzz(func(t *testing.T, tokenizer, file []byte, text string) {
		dir := t.TempDir()
		_ = os.WriteFile(filepath.Join(dir, "tokenizer.json"), tokenizer, 0o600)
		for _, weights := range [][]byte{file, safetensors(t, map[string]array{"embeddings": oneHot(8)})} {
			_ = os.WriteFile(filepath.Join(dir, "model.safetensors"), weights, 0o600)
			if m, err := embedding.LoadModel2Vec(dir); err == nil {
				if _, err := m.Embed(context.Background(), []string{text}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
