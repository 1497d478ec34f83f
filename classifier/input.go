package classifier

import (
	"strings"

	"rolecall/title"
)

// input is a title made ready to be classified.
type input struct {
	raw        string
	normalized string
	key        title.Key
	kind       title.Kind
	words      []string // all words
	work       []string // the words that say what the work is, without a place of work
	workText   string   // work, one space between
}

func newInput(raw string) input {
	in := normalizedInput(raw, title.Normalize(raw))
	in.kind = title.Quality(raw)
	if in.kind == title.Title && in.key == "" {
		in.kind = title.Symbols
	}
	return in
}

// normalizedInput is newInput for a title that is normalised already and known to be one.
func normalizedInput(raw, normalized string) input {
	in := input{raw: raw, normalized: normalized}
	in.key = title.KeyOfNormalized(in.normalized)
	in.words = title.Tokens(in.normalized)
	in.work, in.workText = in.words, string(in.key)
	if strings.ContainsAny(in.normalized, "@,(/") {
		in.work = title.Tokens(title.Main(in.normalized))
		in.workText = strings.Join(in.work, " ")
	}
	return in
}
