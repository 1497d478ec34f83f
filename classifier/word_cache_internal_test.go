package classifier

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rolecall/embedding"
)

// TestTheWordCacheScoresAsTheWholeTitleDoes compares the scores of a word cache for titles, new to it and cached, with those of all
// their features looked up.
func TestTheWordCacheScoresAsTheWholeTitleDoes(t *testing.T) {
	emb, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	m, err := decode(prefitFile)
	if err != nil {
		t.Skip("this build has no fitted model: go generate ./classifier")
	}
	own := wordScorer{m.vocabulary, m.sparse}
	random := rand.New(rand.NewPCG(3, 5))
	words := strings.Fields("head of sales marketing & ceo | , / ( ) @ acme senior geschaftsfuhrer руководитель 営業部長 c++ .net 's a xqz " + strings.Repeat("long", 30))
	titles := []string{"", "head", "@", "@ acme", "head of sales", "head of sales", strings.Repeat("manager of sales ", 60), strings.Repeat("é", 200)}
	for range 400 {
		var text []string
		for range 1 + random.IntN(40) {
			text = append(text, words[random.IntN(len(words))])
		}
		titles = append(titles, strings.Join(text, " "))
	}
	for i := range 2 * maxCachedWords { // until words are dropped
		titles = append(titles, fmt.Sprint("head of number", i))
	}
	for name, e := range map[string]direct{"sums over words": emb, "no sum": embedding.NewHashed(64)} {
		t.Run(name, func(t *testing.T) {
			dimension := e.(embedding.Embedder).Dimension()
			cache := newWordCache(e, dimension, own, own)
			want, got := make([]float32, dimension), make([]float32, dimension)
			var f features
			var s sparse
			scores, cached := make([]float32, m.sparse.stride), make([]float32, m.sparse.stride)
			for _, title := range titles {
				cache.read(title)
				cache.embed(got, title)
				if e.EmbedInto(want, title); !slices.Equal(got, want) {
					t.Fatalf("%.80q: the vectors differ:\n got %v\nwant %v", title, got, want)
				}
				f.extract(title)
				m.vocabulary.lookUp(&s, &f)
				m.sparse.scores(scores, &s)
				for scorer := range 2 {
					known, pieces := cache.score(cached, scorer)
					if known != s.known || pieces != s.pieces {
						t.Fatalf("%.80q: knows %v and %v, want %v and %v", title, known, pieces, s.known, s.pieces)
					}
					for c, x := range cached {
						if math.Abs(float64(x-scores[c])) > 1e-4 {
							t.Fatalf("%.80q: class %d has the score %v, want %v", title, c, x, scores[c])
						}
					}
				}
			}
			if len(cache.words) > maxCachedWords+100 {
				t.Errorf("%d words are cached", len(cache.words))
			}
		})
	}
}
