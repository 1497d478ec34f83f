package classifier

import (
	"math"
	"math/rand/v2"
)

// head is a multinomial logistic regression over sparse rows: weights by place and class, one bias for each class.
type head struct {
	classes int
	weights []float32 // places x classes
	bias    []float32
}

// schedule is how a head is fitted.
type schedule struct {
	epochs int
	rate   float32 // first step
	decay  float32 // L2 on what a step touches
	seed   uint64
}

// fitHead minimises the cross-entropy by stochastic gradient descent with one Adagrad step size for each place (Duchi et al.
// 2011, row-wise as in embedding tables). Rows with a class below 0 are left out. One goroutine, so equal seeds give equal heads.
func fitHead(rows []sparse, class []int, weight []float32, places, classes int, s schedule) *head {
	h := &head{classes: classes, weights: make([]float32, places*classes), bias: make([]float32, classes)}
	squares := make([]float32, places)
	var biasSquare float32 = 1
	var order []int
	for i, c := range class {
		if c >= 0 {
			order = append(order, i)
		}
	}
	random := rand.New(rand.NewPCG(s.seed, 0x726f6c65))
	p := make([]float32, classes)
	for epoch := range s.epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := s.rate * (1 - float32(epoch)/float32(s.epochs))
		for _, r := range order {
			h.scores(p, &rows[r])
			softmax(p)
			p[class[r]]--
			var norm float32
			for c := range p {
				p[c] *= weight[r]
				norm += p[c] * p[c]
			}
			if norm < 1e-7 {
				continue
			}
			h.step(&rows[r], p, norm, squares, rate, s.decay)
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
		w := h.weights[int(place)*h.classes : (int(place)+1)*h.classes]
		w = w[:len(gradient)]
		keep, move := max(1-size*decay, 0.5), size*v
		for c, g := range gradient {
			w[c] = w[c]*keep - move*g
		}
	}
}

// scores writes the logits of a row into dst.
func (h *head) scores(dst []float32, row *sparse) {
	copy(dst, h.bias)
	for i, place := range row.places {
		v := row.values[i]
		w := h.weights[int(place)*h.classes : (int(place)+1)*h.classes]
		w = w[:len(dst)]
		for c := range dst {
			dst[c] += v * w[c]
		}
	}
}

func softmax(z []float32) {
	top := z[0]
	for _, x := range z[1:] {
		top = max(top, x)
	}
	var sum float32
	for i, x := range z {
		z[i] = float32(math.Exp(float64(x - top)))
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}
