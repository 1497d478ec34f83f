package title

// Normalize returns the title as it is matched: cleaned, lower case, Latin and Greek letters without accents, umlauts one way
// however they were written, gender marks and ad decorations gone, known abbreviations written out, one space between tokens.
// Separators stay as tokens of their own (see Separator), meaningful marks stay in their words (c++, c#, .net, r&d). The result is
// valid UTF-8 of at most MaxRunes runes, and Normalize of it is itself.
//
//	Geschaeftsfuehrer (m/w/d)        geschaftsfuhrer
//	Sr. Mktg Mgr, EMEA               senior marketing manager , emea
//	Directrice des Ventes            directeur des ventes
//	Founder & CEO | Speaker at Acme  founder & ceo | speaker @ acme
func Normalize(raw string) string {
	var r Reader
	return r.normalize(Clean(raw), false)
}

// normalize goes over a text until that changes nothing; read says that its words have been read already. Afterwards r.words are
// those of the outcome, unless that had to be cut.
func (r *Reader) normalize(text string, read bool) string {
	for range 6 {
		if !read && !r.readPieces(text) {
			r.readWhole(text)
		}
		read = false
		settled := r.settle()
		if string(r.text) == text {
			return text
		}
		next := capRunes(string(r.text), MaxRunes)
		if settled && len(next) == len(r.text) || next == text { // a cut can leave anything at the end
			return next
		}
		text = next
	}
	return text
}

// readWhole reads the words of a text.
func (r *Reader) readWhole(text string) {
	var room [64]string
	r.words = phrases().words(r.words[:0], scan(room[:0], undecorate(fold(text))))
}

// settle makes what was read a normalised text. settled says that reading that again would change nothing; where it is false, nobody
// knows.
func (r *Reader) settle() (settled bool) {
	settled = r.rewrite()
	changed := r.separate()
	r.text, r.separators = r.text[:0], 0
	for i, w := range r.words {
		if i > 0 {
			r.text = append(r.text, ' ')
		}
		r.text = append(r.text, w.text...)
		if w.separator != None {
			r.separators++
		}
	}
	return settled && !changed && stable(r.words)
}

// stable reports whether words that settled, read again as a text, come out as they are, as far as it can be seen at a glance: words
// that are not only letters and digits may hold anything, and of the decorations those few may be there that hold spaces.
func stable(words []*word) bool {
	slash, frau := false, false
	for i, w := range words {
		if !w.stable {
			return false
		}
		before := None
		if i > 0 {
			before = words[i-1].separator
		}
		if w.text == "&" && (i == 0 || before != None || words[i-1].text == "&") || before == Open && w.inBracket {
			return false
		}
		slash, frau = slash || w.separator == Slash, frau || w.frau
	}
	return !slash || !frau
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
// what "Lehrer/Lehrerin" has become by now, is X. changed says that words have others beside them.
func (r *Reader) separate() (changed bool) {
	out := r.words[:0]
	for i, w := range r.words {
		if w.place && len(out) > 0 && i+1 < len(r.words) && !r.words[i+1].work && out[len(out)-1].separator == None {
			w = phrases().at
		}
		if w.separator == None {
			if n := len(out); n >= 2 && (out[n-1].separator == Slash || out[n-1].separator == Open) && out[n-2].text == w.text {
				out, changed = out[:n-1], true
				continue
			}
			out = append(out, w)
			continue
		}
		if len(out) == 0 {
			continue
		}
		switch last := out[len(out)-1].separator; {
		case last == None:
			out = append(out, w)
		case w.separator == At || last == Close || w.separator == Bar && last != At:
			out[len(out)-1] = w
		}
	}
	for len(out) > 0 && (out[len(out)-1].separator != None || out[len(out)-1].text == "&") {
		out = out[:len(out)-1]
	}
	r.words = out
	return changed
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
