package classifier

import "math"

// vocabulary gives the features that the labelled titles have a place each, and knows how rare each is. It is an open-addressing
// table over 64-bit hashes; 32 bits of the hash tell features apart, which confuses about one feature in a million.
type vocabulary struct {
	mask   uint64
	slots  []slot
	idf    []float32 // by place
	hashes []uint64  // by place
}

// slot holds the place of a feature beside its tag, so that both come from memory at once. A tag of 0 is an empty slot.
type slot struct {
	tag   uint32
	place int32
}

func (v *vocabulary) size() int { return len(v.idf) }

// find returns the place of a feature, or -1.
func (v *vocabulary) find(h uint64) int32 {
	tag := uint32(h>>32) | 1
	for i := h & v.mask; ; i = (i + 1) & v.mask {
		switch v.slots[i].tag {
		case tag:
			return v.slots[i].place
		case 0:
			return -1
		}
	}
}

// newVocabulary holds features that stand in at least two titles, and those of single titles too when there are few titles.
func newVocabulary(titles []features) *vocabulary {
	least := int32(1)
	if len(titles) > fewRows {
		least = 2
	}
	counts := make(map[uint64]int32, 64*len(titles))
	var order []uint64
	seen := make(map[uint64]int32, 256)
	for i := range titles {
		for _, group := range [...][]uint64{titles[i].words, titles[i].chars} {
			for _, h := range group {
				if seen[h] == int32(i+1) {
					continue
				}
				seen[h] = int32(i + 1)
				counts[h]++
				if counts[h] == least {
					order = append(order, h)
				}
			}
		}
	}
	v := tableFor(order)
	v.idf = make([]float32, len(order))
	for i, h := range order {
		v.idf[i] = float32(math.Log(float64(1+len(titles))/float64(1+counts[h]))) + 1
	}
	return v
}

// fewRows is the number of labelled titles up to which features of a single title are kept.
const fewRows = 2000

// tableFor places hashes in the order given.
func tableFor(order []uint64) *vocabulary {
	size := uint64(16)
	for size < 2*uint64(len(order)) {
		size *= 2
	}
	v := &vocabulary{hashes: order, mask: size - 1, slots: make([]slot, size)}
	for place, h := range order {
		tag := uint32(h>>32) | 1
		i := h & v.mask
		for v.slots[i].tag != 0 {
			i = (i + 1) & v.mask
		}
		v.slots[i] = slot{tag, int32(place)}
	}
	return v
}

// sparse is a title as places of the vocabulary with their values; each group of features has length 1, so that long and short
// titles weigh alike.
type sparse struct {
	places []int32
	values []float32
	known  float32 // share of the title's word features that the vocabulary knows, 0 to 1
	pieces float32 // the same of the pieces of its words
}

// lookUp fills s with the features that the vocabulary knows.
func (v *vocabulary) lookUp(s *sparse, f *features) {
	s.places, s.values = s.places[:0], s.values[:0]
	s.known = v.lookUpGroup(s, f.words, f.firstWords)
	s.pieces = v.lookUpGroup(s, f.chars, f.firstChars)
}

// lookUpGroup adds the features of one group to s, those after the first ones at laterWeight, and returns the share of them that the
// vocabulary knows.
func (v *vocabulary) lookUpGroup(s *sparse, group []uint64, first int) float32 {
	start := len(s.places)
	first = min(first, len(group))
	squares := v.weigh(s, group[:first], 1) + v.weigh(s, group[first:], laterWeight)
	scale := unit(squares)
	for i := start; i < len(s.values); i++ {
		s.values[i] *= scale
	}
	return float32(len(s.places)-start) / float32(max(len(group), 1))
}

// weigh adds the features that the vocabulary knows to s, each with its rarity times the weight, and returns the sum of the squares.
func (v *vocabulary) weigh(s *sparse, group []uint64, weight float32) (squares float32) {
	var any uint32
	for _, h := range group { // loads all slots from memory at once, where find would wait for one after the other
		any |= v.slots[h&v.mask].tag
	}
	if any == 0 {
		return 0
	}
	for _, h := range group {
		place := v.find(h)
		if place < 0 {
			continue
		}
		value := weight * v.idf[place]
		s.places = append(s.places, place)
		s.values = append(s.values, value)
		squares += value * value
	}
	return squares
}

// unit is what makes a vector with that sum of squares one of length 1.
func unit(squares float32) float32 {
	if squares == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(float64(squares)))
}
