package classifier

import (
	"encoding/binary"
	"slices"

	"rolecall/title"
)

// ownExample is the example of this very title, where there is one that did not come with the program. Examples that did are many
// and say what is likely, "Manager" among them; what a team adds is meant as it stands.
func (c *Classifier) ownExample(key title.Key) *lesson {
	row, ok := c.rowOf[key]
	if !ok || c.lessons[row].correction {
		return nil
	}
	if _, shipped := slices.BinarySearch(c.shipped, keyHash(key)); shipped {
		return nil
	}
	return &c.lessons[row]
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
