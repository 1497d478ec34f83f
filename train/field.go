package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/viterin/vek/vek32"
)

// fieldTable tells the field of work of a node: by its code in a public classification, or as a line of our own lists says.
type fieldTable struct {
	names  []string
	byCode map[string]int32 // "isco:12", "soc:11-2" ... as fields.txt writes them
}

// codeOf parts the name of a node or a group ("onet 11-1011.03") into the classification as fields.txt writes it ("soc:") and the code;
// both are empty for one of our own lists.
func codeOf(name string) (system, code string) {
	system, code, _ = strings.Cut(name, " ")
	switch system {
	case "onet":
		system = "soc"
	case "soc", "isco", "noc", "rome":
	default:
		return "", ""
	}
	return system + ":", code
}

func readFields() (*fieldTable, error) {
	t := &fieldTable{byCode: map[string]int32{}}
	err := listLines("fields.txt", func(number int, line string) error {
		name, codes, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("fields.txt:%d: no field before a colon", number)
		}
		for code := range strings.FieldsSeq(codes) {
			if _, twice := t.byCode[code]; twice {
				return fmt.Errorf("fields.txt:%d: %s stands there twice", number, code)
			}
			t.byCode[code] = int32(len(t.names))
		}
		t.names = append(t.names, name)
		return nil
	})
	return t, err
}

// named returns the field of that name; an error where there is none.
func (t *fieldTable) named(name string) (int32, error) {
	for i, n := range t.names {
		if n == name {
			return int32(i), nil
		}
	}
	return 0, fmt.Errorf("fields.txt has no field %q", name)
}

// of returns the field of a node or a group, -1 for none: that of the longest code which its own begins with.
func (t *fieldTable) of(name string) int32 {
	for system, code := codeOf(name); code != ""; code = code[:len(code)-1] {
		if f, ok := t.byCode[system+code]; ok {
			return f
		}
	}
	return -1
}

// fieldHead is a multinomial logistic regression from vectors to fields, trained along with them.
type fieldHead struct {
	weights []float32 // fields x (dimension + 1)
	state   []float32 // the same: sums of squared gradients (Adagrad)
	gap     []float32 // items x fields: what the head says less what is right
	balance []float32 // by field: rare fields count for more
}

func newFieldHead(c *corpus, o options) *fieldHead {
	n := len(c.fields.names)
	h := &fieldHead{weights: make([]float32, n*(o.dimension+1)), state: make([]float32, n*(o.dimension+1)), gap: make([]float32, 2*o.batch*n), balance: make([]float32, n)}
	var all float64
	counts := make([]float64, n)
	for _, l := range c.labels {
		if f := c.field[l.node]; f >= 0 {
			w := float64(languageWeight(l.language))
			counts[f] += w
			all += w
		}
	}
	for f, count := range counts {
		h.balance[f] = float32(math.Sqrt(all / float64(n) / max(count, 1)))
		h.balance[f] = min(h.balance[f], 4)
	}
	return h
}

// learnFields adds the gradient of the fields' cross-entropy to those of the unit vectors and moves the head.
func (t *trainer) learnFields(progress float64) {
	h, d := t.fields, t.dimension
	n, wide := len(h.balance), d+1
	t.parallel(func(part int) {
		for i := part; i < len(t.items); i += t.threads {
			gap := h.gap[i*n : (i+1)*n]
			f := t.corpus.field[t.corpus.labels[t.items[i].label].node]
			if f < 0 || t.norms[i] == 0 {
				clear(gap)
				continue
			}
			unit := t.units[i*d : (i+1)*d]
			for c := range gap {
				w := h.weights[c*wide : (c+1)*wide]
				gap[c] = vek32.Dot(w[:d], unit) + w[d]
			}
			softmax(gap)
			gap[f]--
			grad := t.grads[i*d : (i+1)*d]
			for c := range gap {
				gap[c] *= h.balance[f]
				w, g := h.weights[c*wide:c*wide+d], float32(t.fielded)*gap[c]
				for k, x := range w {
					grad[k] += g * x
				}
			}
		}
	})
	rate := float32(fieldRate * (1 - 0.95*progress))
	t.parallel(func(part int) {
		g := make([]float32, wide)
		for c := part; c < n; c += t.threads {
			clear(g)
			for i := range t.items {
				if x := h.gap[i*n+c]; x != 0 {
					for k, u := range t.units[i*d : (i+1)*d] {
						g[k] += x * u
					}
					g[d] += x
				}
			}
			w, s := h.weights[c*wide:(c+1)*wide], h.state[c*wide:(c+1)*wide]
			for k, x := range g {
				x /= float32(len(t.items))
				s[k] += x * x
				w[k] -= rate * x / float32(math.Sqrt(float64(s[k])+1e-10))
			}
		}
	})
}

// fieldRate is the first learning rate of the fields' head.
const fieldRate = 0.3

func softmax(z []float32) {
	top := vek32.Max(z)
	var sum float32
	for i, x := range z {
		z[i] = float32(math.Exp(float64(x - top)))
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}
