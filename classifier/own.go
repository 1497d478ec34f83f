package classifier

import (
	"encoding/binary"
	"slices"

	"rolecall/title"
)

// ownExamples are the examples that did not come with the program, by their titles. Those that did are many and say what is likely,
// "Manager" among them; what a team adds is meant as it stands.
func ownExamples(lessons []lesson) map[title.Key]*lesson {
	shipped := shippedTitles()
	own := map[title.Key]*lesson{}
	for i := range lessons {
		l := &lessons[i]
		if _, came := slices.BinarySearch(shipped, keyHash(l.key)); !came && !l.correction {
			own[l.key] = l
		}
	}
	return own
}

// shippedTitles are the titles of the examples that came with the program, as sorted hashes of their keys; none where the model in the
// program is another version's.
func shippedTitles() []uint32 {
	h, body, err := readHeader(prefitFile)
	if err != nil || 4*h.Trained > len(body) {
		return nil
	}
	hashes := body[len(body)-4*h.Trained:]
	out := make([]uint32, h.Trained)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(hashes[4*i:])
	}
	return out
}
