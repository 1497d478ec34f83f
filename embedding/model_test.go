package embedding_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"rolecall/embedding"
	"rolecall/title"
)

// golden is what testdata/model.json says of titles.bin. After a new training: go test ./embedding -run Golden -update-model
type golden struct {
	Checksum string
	Title    string
	Vector   []float32
}

var update = flag.Bool("update-model", false, "write testdata/model.json anew") // a test flag

func TestGoldenModel(t *testing.T) {
	m, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	got := golden{Checksum: m.Checksum(), Title: "Senior Marketing Manager", Vector: make([]float32, m.Dimension())}
	m.EmbedInto(got.Vector, title.Normalize(got.Title))
	if *update {
		text, _ := json.MarshalIndent(got, "", " ")
		if err := os.WriteFile("testdata/model.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/model.json")
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("titles.bin") // NewStatic does not read all of it
	if err != nil {
		t.Fatal(err)
	}
	if whole, err := embedding.ParseStatic(file); err != nil || whole.Checksum() != got.Checksum {
		t.Errorf("titles.bin read from its first byte to its last: %v", err)
	}
	if got.Checksum != want.Checksum {
		t.Errorf("titles.bin has checksum %s, testdata/model.json says %s", got.Checksum, want.Checksum)
	}
	for i := range want.Vector {
		if math.Abs(float64(got.Vector[i]-want.Vector[i])) > 1e-6 {
			t.Fatalf("number %d of %q is %v, want %v: features or normalisation changed without a new model", i, want.Title, got.Vector[i], want.Vector[i])
		}
	}
	if file, err := os.Stat("titles.bin"); err != nil || file.Size() > 16_000_000 {
		t.Errorf("titles.bin: %v, %v", file, err)
	}
	if h := m.Header(); h.Version == "" || h.Seed == 0 || len(h.Data) < 5 || h.Licence == "" {
		t.Errorf("header %+v", h)
	}
}

// tiny is a model of two features: the words "sales" and "nurse".
func tiny(t testing.TB) ([]byte, *embedding.Static) {
	t.Helper()
	rows := embedding.NewRows(64)
	weights := make([]float32, 64*8)
	for i, word := range []string{"sales", "nurse"} {
		f := embedding.AppendFeatures(nil, word)[0]
		if !rows.Add(f) || rows.Find(f) < 0 {
			t.Fatal("no slot for a feature in an empty table")
		}
		weights[rows.Find(f)*8+i] = 2
		weights[rows.Find(f)*8+2] = -0.25
	}
	file, err := embedding.Encode(embedding.Header{Version: "test", Seed: 1}, rows, weights)
	if err != nil {
		t.Fatal(err)
	}
	m, err := embedding.ParseStatic(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, m
}

func TestStaticSumsTheRowsOfFeatures(t *testing.T) {
	_, m := tiny(t)
	norm := float32(math.Sqrt(2*2 + 0.25*0.25))
	for text, want := range map[string][3]float32{
		"sales":                      {2 / norm, 0, -0.25 / norm},
		"Nurse":                      {0, 2 / norm, -0.25 / norm},
		"zebra":                      {},
		"":                           {},
		strings.Repeat("sales ", 60): {2 / norm, 0, -0.25 / norm},
	} {
		vecs, err := m.Embed(context.Background(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range want {
			if math.Abs(float64(vecs[0][i]-x)) > 0.02 { // a byte a number
				t.Errorf("%.20q: %v, want %v", text, vecs[0], want)
				break
			}
		}
	}
	if m.ID() == "" || !strings.HasSuffix(m.ID(), "/8/"+title.Version) {
		t.Errorf("ID %s", m.ID())
	}
}

func TestPlaceOfWorkIsNoWork(t *testing.T) {
	m, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	if s := similarity(t, m, "Accountant", "Accountant at Nursing Home Group"); s < 0.999 {
		t.Errorf("the company counts: %.3f", s)
	}
}

func TestEmbeddingAllocatesNothing(t *testing.T) {
	m, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	dst, h := make([]float32, m.Dimension()), embedding.NewHashed(256)
	wide := make([]float32, 256)
	if n := testing.AllocsPerRun(100, func() { m.EmbedInto(dst, "senior marketing manager , emea"); h.EmbedInto(wide, "sales") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDamagedModelsAreRefused(t *testing.T) {
	file, _ := tiny(t)
	for name, broken := range map[string][]byte{
		"empty":          {},
		"another file":   []byte(strings.Repeat("x", 200)),
		"cut short":      file[:len(file)-1],
		"one bit turned": func() []byte { b := append([]byte(nil), file...); b[len(b)/2] ^= 1; return b }(),
		"longer":         append(append([]byte(nil), file...), 0),
	} {
		if _, err := embedding.ParseStatic(broken); !errors.Is(err, embedding.ErrModel) || !strings.Contains(err.Error(), "go run ./train") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := embedding.Encode(embedding.Header{}, embedding.NewRows(64), make([]float32, 65)); !errors.Is(err, embedding.ErrModel) {
		t.Errorf("weights that do not fit: %v", err)
	}
}

func TestHashedKnowsSpelling(t *testing.T) {
	h := embedding.NewHashed(512)
	vecs, err := h.Embed(context.Background(), []string{"Marketing Manager", "marketing  manager", "Marketing Mangaer", "Nurse", ""})
	if err != nil {
		t.Fatal(err)
	}
	cos := func(a, b int) (sum float32) {
		for i := range vecs[a] {
			sum += vecs[a][i] * vecs[b][i]
		}
		return sum
	}
	if cos(0, 1) < 0.999 || cos(0, 2) < 0.5 || cos(0, 3) > 0.3 || cos(4, 4) != 0 {
		t.Errorf("same %.2f, misspelt %.2f, other %.2f, empty %.2f", cos(0, 1), cos(0, 2), cos(0, 3), cos(4, 4))
	}
}

func FuzzFeatures(f *testing.F) {
	f.Add("senior marketing manager , emea")
	f.Add(strings.Repeat("ä", 300))
	_, m := tiny(f)
	f.Fuzz(func(t *testing.T, text string) {
		if n := len(embedding.AppendFeatures(nil, text)); n > embedding.MaxFeatures {
			t.Fatalf("%d features", n)
		}
		v := make([]float32, 8)
		m.EmbedInto(v, title.Normalize(text))
		for _, x := range v {
			if math.IsNaN(float64(x)) {
				t.Fatalf("%q: %v", text, v)
			}
		}
	})
}
