package title

import "strings"

// Normalize returns the title as it is matched: cleaned, lower case, Latin and Greek letters without accents, umlauts one way
// however they were written, gender marks and ad decorations gone, known abbreviations written out, one space between tokens.
// Separators stay as tokens of their own (see Segments), meaningful marks stay in their words (c++, c#, .net, r&d). The result is
// valid UTF-8 of at most MaxRunes runes, and Normalize of it is itself.
//
//	Geschaeftsfuehrer (m/w/d)        geschaftsfuhrer
//	Sr. Mktg Mgr, EMEA               senior marketing manager , emea
//	Directrice des Ventes            directeur des ventes
//	Founder & CEO | Speaker at Acme  founder & ceo | speaker @ acme
func Normalize(raw string) string { return normalize(Clean(raw)) }

func normalize(text string) string {
	for range 6 {
		next, settled := normalizeOnce(text)
		if settled || next == text {
			return next
		}
		text = next
	}
	return text
}

// normalizeOnce goes over a text once. settled says that going over the outcome again would change nothing; where it is false,
// nobody knows.
func normalizeOnce(text string) (next string, settled bool) {
	text = undecorate(fold(text))
	var room [64]string
	tokens := scan(room[:0], text)
	for i, token := range tokens {
		tokens[i] = canonicalWord(token)
	}
	tokens, settled = rewrite(tokens)
	tokens, changed := separate(tokens)
	next = join(tokens)
	return capRunes(next, MaxRunes), settled && !changed && len(next) <= MaxRunes && stable(tokens)
}

// stable reports whether tokens, read again as a text, come out as they are, as far as it can be seen at a glance: patterns may read
// on over a slash or a bracket, and words that are not plain may hold anything.
func stable(tokens []string) bool {
	for i, token := range tokens {
		switch {
		case token == "&":
			if i == 0 || separatorOf(tokens[i-1]) != None || tokens[i-1] == "&" {
				return false
			}
		case separatorOf(token) == Slash || separatorOf(token) == Open:
			return false
		case separatorOf(token) != None:
		case !plainWord(token) || canonicalWord(token) != token:
			return false
		}
	}
	return true
}

// plainWord reports whether a word holds nothing but the letters a to z and digits.
func plainWord(token string) bool {
	for i := 0; i < len(token); i++ {
		if c := token[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// separate settles the separators: none at either end (so a closing bracket at the end goes), one at a time, "at" before a place of work becomes @, and "X / X", which is
// what "Lehrer/Lehrerin" has become by now, is X.
func separate(tokens []string) (out []string, changed bool) {
	out = tokens[:0]
	for i, token := range tokens {
		if placeWord(token) && len(out) > 0 && i+1 < len(tokens) && !notPlace(tokens[i+1]) && separatorOf(out[len(out)-1]) == None {
			token, changed = "@", true
		}
		s := separatorOf(token)
		if s == None {
			if n := len(out); n >= 2 && out[n-2] == token && (out[n-1] == "/" || out[n-1] == "(") {
				out = out[:n-1]
				continue
			}
			out = append(out, token)
			continue
		}
		switch {
		case len(out) == 0:
		case separatorOf(out[len(out)-1]) == None:
			out = append(out, token)
		case s == At || out[len(out)-1] == ")" || s == Bar && separatorOf(out[len(out)-1]) != At:
			out[len(out)-1] = token
		}
	}
	for len(out) > 0 && (separatorOf(out[len(out)-1]) != None || out[len(out)-1] == "&") {
		out = out[:len(out)-1]
	}
	return out, changed || len(out) < len(tokens)
}

// placeWord reports whether a word says "in the house of": a company follows, not the work.
func placeWord(token string) bool {
	switch token {
	case "at", "bei", "chez", "bij", "hos", "presso":
		return true
	}
	return false
}

// notPlace reports whether a word after "at" belongs to the work: attorney at law, ambassador at large.
func notPlace(token string) bool {
	switch token {
	case "law", "large", "sea", "home", "risk", "arms", "height", "heights":
		return true
	}
	return separatorOf(token) != None
}

func join(tokens []string) string {
	if len(tokens) == 1 {
		return tokens[0]
	}
	size := len(tokens)
	for _, t := range tokens {
		size += len(t)
	}
	var b strings.Builder
	b.Grow(size)
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}
