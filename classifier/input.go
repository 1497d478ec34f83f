package classifier

import (
	"slices"
	"strings"

	"rolecall/title"
)

// input is a title made ready to be classified.
type input struct {
	raw        string
	normalized string
	key        title.Key
	kind       title.Kind
	mixed      bool     // a word mixes the letters of two alphabets
	words      []string // all words
	work       []string // the words that say what the work is, without a place of work
	workText   string   // work, one space between
}

// newInput reads a title. One in which a word mixes the letters of two alphabets is read as it looks, but keeps its own key.
func newInput(raw string, reader *title.Reader) input {
	reading := reader.Read(raw)
	in := input{raw: raw, normalized: reading.Normalized, key: reading.Key, kind: reading.Kind}
	if in.mixed = reading.Mixed && in.kind == title.Title; in.mixed {
		in = normalizedInput(raw, title.Normalize(title.Skeleton(raw)))
		in.key, in.mixed = reading.Key, true
	} else {
		in.readWords(reader.Words())
	}
	if in.kind == title.Title {
		switch len(in.key) {
		case 0:
			in.kind = title.Symbols
		case 1: // one letter, beside marks that Quality takes for the rest of a title
			in.kind = title.Placeholder
		}
	}
	return in
}

// normalizedInput is newInput for a title that is normalised already and known to be one.
func normalizedInput(raw, normalized string) input {
	in := input{raw: raw, normalized: normalized, key: title.KeyOfNormalized(normalized)}
	in.readWords(title.AppendTokens(make([]string, 0, 8), normalized))
	return in
}

// readWords takes the words of the title.
func (in *input) readWords(words []string) {
	in.words, in.work, in.workText = words, words, string(in.key)
	if at := strings.IndexByte(in.normalized, '@') >= 0; at || len(in.key) < len(in.normalized) && strings.ContainsAny(in.normalized, ",(/") {
		in.work = work(in.normalized, in.words)
		if at || len(in.work) < len(in.words) { // else it is the key
			in.workText = strings.Join(in.work, " ")
		}
	}
}

// work returns those words of a normalised title that name no place of work; all of them if nothing else is in it.
func work(normalized string, words []string) []string {
	var room [8]title.Segment
	var kept []string
	segments := title.AppendSegments(room[:0], normalized)
	if !slices.ContainsFunc(segments, func(s title.Segment) bool { return s.Tail }) {
		return words
	}
	for _, s := range segments {
		if !s.Tail {
			kept = title.AppendTokens(kept, s.Text)
		}
	}
	if len(kept) == 0 {
		return words
	}
	return kept
}
