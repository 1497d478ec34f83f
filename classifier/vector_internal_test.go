package classifier

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomTable(random *rand.Rand, places int, classes [2]int) *table {
	t := &table{classes: classes, stride: strideOf(classes)}
	t.weights, t.bias = make([]float32, places*t.stride), make([]float32, t.stride)
	for i := range t.weights {
		t.weights[i] = float32(random.NormFloat64())
	}
	return t
}

// TestVectorInstructionsSumAsGoDoes wants the same bits, for a model may not answer otherwise on another machine.
func TestVectorInstructionsSumAsGoDoes(t *testing.T) {
	for _, classes := range [][2]int{{0, 0}, {1, 0}, {3, 1}, {26, 8}, {27, 9}, {30, 2}, {60, 9}, {200, 3}} {
		for _, rows := range []int{0, 1, 7, 300} {
			t.Run(fmt.Sprint(classes, rows), func(t *testing.T) {
				random := rand.New(rand.NewPCG(7, uint64(rows)))
				table := randomTable(random, 500, classes)
				places, values := make([]int32, rows), make([]float32, rows)
				for i := range places {
					places[i], values[i] = int32(random.IntN(500)), float32(random.NormFloat64())
				}
				for name, places := range map[string][]int32{"at places": places, "from the first on": nil} {
					got, want := make([]float32, table.stride), make([]float32, table.stride)
					addRows(got, table.weights, table.stride, places, values)
					addRowsInGo(want, table.weights, table.stride, places, values)
					if !slices.Equal(got, want) {
						t.Errorf("%s:\n got %v\nwant %v", name, got, want)
					}
				}
				got, want := slices.Clone(table.bias), slices.Clone(table.bias)
				gradient := table.weights[:table.stride]
				for range rows {
					keep, move := random.Float32(), random.Float32()
					stepRow(got, gradient, keep, move)
					stepRowInGo(want, gradient, keep, move)
				}
				if !slices.Equal(got, want) {
					t.Errorf("steps:\n got %v\nwant %v", got, want)
				}
			})
		}
	}
}

// TestRowsAreComparedAsGoDoes wants the same bits of what a search of the neighbours rests on.
func TestRowsAreComparedAsGoDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for _, dimension := range []int{1, 7, 31, 32, 33, 64, 96, 100, 768} {
		m := matrix{dimension: dimension, rows: make([]float32, 50*dimension)}
		for i := range m.rows {
			m.rows[i] = float32(random.NormFloat64() * math.Pow(10, float64(random.IntN(9)-4)))
		}
		for n := range 20 {
			places := make([]int32, n)
			for i := range places {
				places[i] = int32(random.IntN(m.size()))
			}
			query := m.row(n)
			if got, want := dotRows(nil, &m, query, places), dotRowsInGo(nil, &m, query, places); !slices.Equal(got, want) {
				t.Fatalf("dimension %d, rows %v:\n got %v\nwant %v", dimension, places, got, want)
			}
		}
	}
	odd := []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32, 1e-45}
	numbers := make([]float32, blockRows)
	for range 1000 {
		for i := range numbers {
			numbers[i] = odd[random.IntN(len(odd))]
			if random.IntN(2) == 0 {
				numbers[i] = float32(random.NormFloat64())
			}
		}
		floor := numbers[random.IntN(blockRows)]
		if got, want := reach(numbers, floor), reachInGo(numbers, floor); got != want {
			t.Fatalf("%v reach %v: got %032b, want %032b", numbers, floor, got, want)
		}
	}
}

// TestExponentialsAreThoseOfGo wants the same bits, for a fit may not come out otherwise on another machine.
func TestExponentialsAreThoseOfGo(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	odd := []float32{0, float32(math.Copysign(0, -1)), 700, -700, 701, -701, 709.8, -745, -800, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
		math.MaxFloat32, -math.MaxFloat32, 1e-45, 1e-20, -1e-20}
	for round := range 20000 {
		z := make([]float32, random.IntN(40))
		for i := range z {
			z[i] = float32(random.NormFloat64() * math.Pow(10, float64(random.IntN(7)-4)))
			if round%2 == 0 && random.IntN(10) == 0 {
				z[i] = odd[random.IntN(len(odd))]
			}
		}
		less := float32(random.NormFloat64())
		got, want := make([]float64, len(z)), make([]float64, len(z))
		exps(got, z, less)
		expsInGo(want, z, less)
		for i := range z {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
				t.Fatalf("exp(%v-%v), number %d of %d: got %v, want %v", z[i], less, i, len(z), got[i], want[i])
			}
		}
	}
}

func BenchmarkSoftmax(b *testing.B) {
	z := make([]float32, 26)
	for b.Loop() {
		for i := range z {
			z[i] = float32(i*i%26) / 4
		}
		softmax(z)
	}
}

func BenchmarkScores(b *testing.B) {
	random := rand.New(rand.NewPCG(7, 7))
	table := randomTable(random, 5000, [2]int{26, 8})
	places, values := make([]int32, 150), make([]float32, 150)
	for i := range places {
		places[i], values[i] = int32(random.IntN(5000)), float32(random.NormFloat64())
	}
	dst := make([]float32, table.stride)
	b.Run("vectors", func(b *testing.B) {
		for b.Loop() {
			addRows(dst, table.weights, table.stride, places, values)
		}
	})
	b.Run("Go", func(b *testing.B) {
		for b.Loop() {
			addRowsInGo(dst, table.weights, table.stride, places, values)
		}
	})
}
