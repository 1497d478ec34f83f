package classifier

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomVector(random *rand.Rand, into []float32, spread float64) {
	var sum float64
	for i := range into {
		into[i] = float32(random.NormFloat64() * math.Pow(spread, float64(i)))
		sum += float64(into[i]) * float64(into[i])
	}
	for i := range into {
		into[i] /= float32(math.Sqrt(sum))
	}
}

// TestBytesFindTheSameNeighbours compares the search that passes rows over with the one that looks at all.
func TestBytesFindTheSameNeighbours(t *testing.T) {
	tests := []struct {
		name            string
		rows, dimension int
		spread          float64 // of each number to the one before
		spoil           func(m *matrix)
	}{
		{name: "as the model in the program", rows: 8003, dimension: 96, spread: 1},
		{name: "few numbers say nearly all", rows: 3000, dimension: 96, spread: 0.8},
		{name: "a length that no block fits", rows: 517, dimension: 61, spread: 0.95},
		{name: "a long vector", rows: 300, dimension: 768, spread: 1},
		{name: "longer than is scanned", rows: 200, dimension: 1536, spread: 1},
		{name: "few rows", rows: 20, dimension: 64, spread: 1},
		{name: "rows that are zero, and rows that are alike", rows: 1000, dimension: 96, spread: 1, spoil: func(m *matrix) {
			for i := range 100 {
				clear(m.row(5 * i))
				copy(m.row(7*i+1), m.row(3))
			}
		}},
		{name: "vectors of all lengths", rows: 1000, dimension: 96, spread: 1, spoil: func(m *matrix) {
			for i := range m.size() {
				for d, row := 0, m.row(i); d < len(row); d++ {
					row[d] *= float32(i%9) * 100
				}
			}
		}},
		{name: "rows that all point one way, away from half of the queries", rows: 1003, dimension: 96, spread: 1, spoil: func(m *matrix) {
			for i := range m.size() {
				m.row(i)[0] = 3
			}
		}},
		{name: "a row that is not a number", rows: 1000, dimension: 96, spread: 1, spoil: func(m *matrix) { m.row(9)[3] = float32(math.NaN()) }},
	}
	for _, tt := range tests {
		for _, dots := range []bool{true, false} {
			if dots && !canDot() {
				continue
			}
			t.Run(fmt.Sprint(tt.name, dots), func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, uint64(tt.rows)))
				m := matrix{dimension: tt.dimension, rows: make([]float32, tt.rows*tt.dimension)}
				for i := range m.size() {
					randomVector(random, m.row(i), tt.spread)
				}
				if tt.spoil != nil {
					tt.spoil(&m)
				}
				var p pruned
				var batch queryBatch
				p.prepare(&m)
				p.dots = dots
				var queries [queriesAtOnce][]float32
				var got [queriesAtOnce]nearest
				for i := range queries {
					queries[i] = make([]float32, tt.dimension)
				}
				for q := range 400 {
					query := queries[q%queriesAtOnce]
					randomVector(random, query, tt.spread)
					if q%3 == 1 { // near a row
						for d, x := range m.row(random.IntN(m.size())) {
							query[d] = 0.3*query[d] + x
						}
					}
					if q == 10 {
						clear(query)
					}
					if q%7 > 3 { // with those of before
						continue
					}
					room := neighbors * (1 + 2*(q%2)) // as to classify, and as to fit
					lists := make([]*nearest, 1+q%queriesAtOnce)
					for i := range lists {
						got[i].reset(room)
						lists[i] = &got[i]
					}
					p.search(&m, lists, &batch, queries[:len(lists)])
					for i, list := range lists {
						var want nearest
						want.reset(room)
						m.search(&want, queries[i])
						if !slices.Equal(list.list, want.list) && fmt.Sprint(list.list) != fmt.Sprint(want.list) {
							t.Fatalf("query %d, %d of %d:\n got %v\nwant %v", q, i, len(lists), list.list, want.list)
						}
					}
				}
			})
		}
	}
}

func BenchmarkNeighbours(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	m := matrix{dimension: 96, rows: make([]float32, 8000*96)}
	for i := range m.size() {
		randomVector(random, m.row(i), 0.97)
	}
	var queries [queriesAtOnce][]float32
	var room [queriesAtOnce]nearest
	var lists [queriesAtOnce]*nearest
	for i := range queries {
		queries[i] = slices.Clone(m.row(100 + i))
		queries[i][i] += 0.3
		lists[i] = &room[i]
	}
	var p pruned
	var batch queryBatch
	p.prepare(&m)
	for _, kind := range []struct {
		name   string
		dots   bool
		search func()
	}{
		{"all", false, func() {
			for i, list := range lists {
				m.search(list, queries[i])
			}
		}},
		{"pruned", false, func() { p.search(&m, lists[:], &batch, queries[:]) }},
		{"pruned by dots", true, func() { p.search(&m, lists[:], &batch, queries[:]) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			if kind.dots && !canDot() {
				b.Skip("this machine has no such instruction")
			}
			p.dots = kind.dots
			b.ReportAllocs()
			for b.Loop() {
				for _, list := range lists {
					list.reset(neighbors)
				}
				kind.search()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(queriesAtOnce*b.N), "ns/query")
		})
	}
}
