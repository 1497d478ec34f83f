package embedding

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// tensor is one array of a safetensors file.
type tensor struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
	data    []byte
}

// readSafetensors reads a file of https://github.com/huggingface/safetensors: the length of a JSON header (uint64, little endian), the
// header, the data.
func readSafetensors(file []byte) (map[string]tensor, error) {
	if len(file) < 8 {
		return nil, fmt.Errorf("safetensors file of %d bytes", len(file))
	}
	size := binary.LittleEndian.Uint64(file)
	if size > uint64(len(file)-8) {
		return nil, fmt.Errorf("safetensors header of %d bytes in a file of %d", size, len(file))
	}
	head, data := file[8:8+size], file[8+size:]
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(head, &raw); err != nil {
		return nil, fmt.Errorf("read safetensors header: %w", err)
	}
	tensors := make(map[string]tensor, len(raw))
	for name, text := range raw {
		if name == "__metadata__" {
			continue
		}
		var t tensor
		if err := json.Unmarshal(text, &t); err != nil {
			return nil, fmt.Errorf("read safetensors header of %q: %w", name, err)
		}
		from, to := t.Offsets[0], t.Offsets[1]
		if from < 0 || to < from || to > int64(len(data)) {
			return nil, fmt.Errorf("tensor %q lies outside the file: cut short?", name)
		}
		t.data = data[from:to]
		tensors[name] = t
	}
	return tensors, nil
}

// count is how many numbers the shape asks for, or -1 where the shape makes no sense.
func (t tensor) count() int {
	n := 1
	for _, d := range t.Shape {
		if d < 0 || d > 1<<31 || n > 1<<31 {
			return -1
		}
		n *= d
	}
	return n
}

// decode calls put for every number of the tensor.
func (t tensor) decode(put func(i int, x float64)) error {
	width := map[string]int{"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I8": 1}[t.Type]
	if width == 0 {
		return fmt.Errorf("numbers of type %s; save the model as F32, F16 or I8", t.Type)
	}
	if t.count()*width != len(t.data) {
		return fmt.Errorf("%d bytes for a shape of %v of %s", len(t.data), t.Shape, t.Type)
	}
	for i := range len(t.data) / width {
		b := t.data[i*width:]
		switch t.Type {
		case "F64":
			put(i, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		case "I64":
			put(i, float64(int64(binary.LittleEndian.Uint64(b))))
		case "F32":
			put(i, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		case "I32":
			put(i, float64(int32(binary.LittleEndian.Uint32(b))))
		case "F16":
			put(i, half(binary.LittleEndian.Uint16(b)))
		case "BF16":
			put(i, float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b))<<16)))
		case "I8":
			put(i, float64(int8(b[0])))
		}
	}
	return nil
}

// half is the value of an IEEE 754 half-precision number.
func half(b uint16) float64 {
	sign := 1.0
	if b>>15 == 1 {
		sign = -1
	}
	exponent, fraction := int(b>>10&31), float64(b&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}
