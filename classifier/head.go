package classifier

import (
	"math"
	"math/rand/v2"
	"slices"
)

// head is a multinomial logistic regression over sparse rows: weights by place and class, one bias for each class.
type head struct {
	classes int
	stride  int       // classes and nothing up to a multiple of four
	weights []float32 // places x stride
	bias    []float32 // stride
}

// row is the weights of a place by class.
func (h *head) row(place int) []float32 { return h.weights[place*h.stride : place*h.stride+h.classes] }

// schedule is how a head is fitted.
type schedule struct {
	epochs int
	rate   float32 // first step
	decay  float32 // L2 on what a step touches
	smooth float32 // label smoothing: share of each row's label that goes to all classes alike (Szegedy et al. 2016)
	seed   uint64
}

// fitHead minimises the cross-entropy by stochastic gradient descent with one Adagrad step size for each place (Duchi et al.
// 2011, row-wise as in embedding tables). Rows with a class below 0 are left out. One goroutine, so equal seeds give equal heads.
func fitHead(rows []sparse, class []int, weight []float32, places, classes int, s schedule) *head {
	stride := (classes + 3) / 4 * 4
	h := &head{classes: classes, stride: stride, weights: make([]float32, places*stride), bias: make([]float32, stride)}
	squares := make([]float32, places)
	var biasSquare float32 = 1
	var order []int
	for i, c := range class {
		if c >= 0 {
			order = append(order, i)
		}
	}
	random := rand.New(rand.NewPCG(s.seed, 0x726f6c65))
	gradient := make([]float32, stride)
	p := gradient[:classes]
	for epoch := range s.epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := s.rate * (1 - float32(epoch)/float32(s.epochs))
		for _, r := range order {
			copy(gradient, h.bias)
			addRows(gradient, h.weights, stride, rows[r].places, rows[r].values)
			softmax(p)
			if s.smooth > 0 {
				for c := range p {
					p[c] -= s.smooth / float32(classes)
				}
			}
			p[class[r]] -= 1 - s.smooth
			var norm float32
			for c := range p {
				p[c] *= weight[r]
				norm += p[c] * p[c]
			}
			if norm < 1e-7 {
				continue
			}
			h.step(&rows[r], gradient, norm, squares, rate, s.decay)
			biasSquare += norm
			step := rate * 0.1 / float32(math.Sqrt(float64(biasSquare)))
			for c := range p {
				h.bias[c] -= step * p[c]
			}
		}
	}
	return h
}

func (h *head) step(row *sparse, gradient []float32, norm float32, squares []float32, rate, decay float32) {
	for i, place := range row.places {
		v := row.values[i]
		squares[place] += v * v * norm
		size := rate / float32(math.Sqrt(float64(squares[place])+1e-8))
		stepRow(h.weights[int(place)*h.stride:(int(place)+1)*h.stride], gradient, max(1-size*decay, 0.5), size*v)
	}
}

// scores writes the logits of a row into dst, which has the length of the classes.
func (h *head) scores(dst []float32, row *sparse) {
	sums := slices.Clone(h.bias)
	addRows(sums, h.weights, h.stride, row.places, row.values)
	copy(dst, sums)
}

func softmax(z []float32) {
	top := z[0]
	for _, x := range z[1:] {
		top = max(top, x)
	}
	var sum float32
	var room [expsAtOnce]float64
	for rest := z; len(rest) > 0; {
		n := min(len(rest), len(room))
		exps(room[:n], rest[:n], top)
		for i, e := range room[:n] {
			rest[i] = float32(e)
			sum += rest[i]
		}
		rest = rest[n:]
	}
	for i := range z {
		z[i] /= sum
	}
}
