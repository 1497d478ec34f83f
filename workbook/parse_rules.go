package workbook

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rolecall/label"
	"rolecall/title"
)

// Limits of a rule. RE2 is linear in the title, but the factor is the size of the compiled pattern: 250 instructions keep the worst
// pattern under a millisecond for the longest title (see BenchmarkWorstPattern).
const (
	maxRuleBytes         = 4000
	maxAlternatives      = 100
	maxPatternBytes      = 256
	maxPatternProgram    = 250
	lowestPriority       = 9999
	shortestContainsText = 3
)

// rules reads the Rules tab in the order in which rules are asked.
func (p *parser) rules() []label.Rule {
	items := readRows(p, Rules, p.rule)
	var out []label.Rule
	var on []item[label.Rule]
	for _, it := range items {
		if it.value.ID == "" {
			continue // switched off
		}
		on = append(on, it)
	}
	slices.SortStableFunc(on, func(a, b item[label.Rule]) int { return a.value.Priority - b.value.Priority })
	p.shadowed(on)
	for _, it := range on {
		out = append(out, it.value)
	}
	return out
}

// rule reads one row; a rule that is switched off is read all the same, so that its mistakes show, and returned without an ID.
func (p *parser) rule(d *draft) (label.Rule, bool) {
	r := label.Rule{ID: d.id, Language: d.text("language"), Note: d.text("note")}
	on := d.tick("on", "On", true)
	priority, ok := wholeOf(d.row.Cells["priority"], 1, lowestPriority)
	switch {
	case d.text("priority") == "":
		d.wait("give it a priority - a whole number 1-9999, lower is asked first")
	case !ok:
		d.fail("priority must be a whole number 1-9999, found %s", quote(d.text("priority")))
	}
	r.Priority = priority
	p.ruleMatch(d, &r)
	p.ruleTexts(d, &r)
	set, _ := p.opinions(d, "set_role", "set_seniority")
	given := false
	for _, axis := range label.Axes() {
		if set[axis].Given && set[axis].Value == "" {
			name, tab := axisWords(axis)
			d.fail("a rule cannot set %s to none of these - leave the cell blank, or pick from the %s tab", name, tab)
		}
		r.Set[axis] = set[axis].Value
		given = given || set[axis].Given
	}
	if !given && len(d.errors) == 0 {
		d.wait("pick a role or a seniority to set")
	}
	if !on {
		r.ID = ""
	}
	return r, d.good()
}

func (p *parser) ruleMatch(d *draft, r *label.Rule) {
	text := foldText(d.text("match"))
	if text == "" {
		r.Match = label.MatchWords
		return
	}
	for _, m := range label.Matches() {
		if text == string(m) {
			r.Match = m
			return
		}
	}
	hint := ""
	if near, ok := nearest(text, matchChoices()); ok {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	d.fail("match %s is not on the list - pick %s%s", quote(d.text("match")), orList(matchChoices()), hint)
}

func (p *parser) ruleTexts(d *draft, r *label.Rule) {
	text := d.text("text")
	switch {
	case text == "":
		d.wait("type the words to look for")
		return
	case len(text)+len(d.text("but_not")) > maxRuleBytes:
		d.fail("the text is longer than %d letters - part it into several rules", maxRuleBytes)
		return
	}
	r.ButNot = partsOf(d.text("but_not"))
	if r.Match == label.MatchRegex {
		r.Texts = []string{text}
		pattern(d, text)
	} else {
		r.Texts = partsOf(text)
		p.plainTexts(d, r)
	}
	for _, but := range r.ButNot {
		if title.KeyOf(but) == "" && but != and {
			d.fail("But not has %s, which has no word in it - take it out, or write & for titles that join two things", quote(but))
		}
	}
}

// and, alone in But not, keeps a rule from titles that name two things; it stands for "and", "und", "et" and their like.
const and = "&"

func (p *parser) plainTexts(d *draft, r *label.Rule) {
	if len(r.Texts) == 0 {
		d.wait("type the words to look for")
	}
	if len(r.Texts) > maxAlternatives {
		d.fail("it has %d alternatives, more than %d - part it into several rules", len(r.Texts), maxAlternatives)
	}
	var but [][]string
	for _, b := range r.ButNot {
		if b == and {
			but = append(but, []string{and})
			continue
		}
		but = append(but, title.Tokens(title.Normalize(b)))
	}
	for _, t := range r.Texts {
		normalized := title.Normalize(t)
		key, words := string(title.KeyOfNormalized(normalized)), title.Tokens(normalized)
		switch {
		case key == "":
			d.fail("the text %s has no word in it - type the words to look for", quote(t))
		case r.Match == label.MatchContains && utf8.RuneCountInString(key) < shortestContainsText:
			d.warn("%s also stands inside other words - \"whole word\" is safer", quote(t))
		}
		for i, b := range but {
			if holds(words, b) {
				d.warn("%s holds %s, which stands in But not, so it never matches - take one of them out", quote(t), quote(r.ButNot[i]))
			}
		}
	}
}

// holds says that some of the words, one after the other, are these.
func holds(words, these []string) bool {
	for i := 0; len(these) > 0 && i+len(these) <= len(words); i++ {
		if slices.Equal(words[i:i+len(these)], these) {
			return true
		}
	}
	return false
}

// pattern checks a regular expression: that it compiles, is small enough to be quick, and can match what titles are made of.
func pattern(d *draft, text string) {
	if len(text) > maxPatternBytes {
		d.fail("the regex is longer than %d letters - part it into several rules; "+ruleOff, maxPatternBytes)
		return
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		d.fail("the regex does not compile: %s - "+ruleOff, regexTrouble(err))
		return
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		d.fail("the regex does not compile: %s - "+ruleOff, regexTrouble(err))
		return
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxPatternProgram {
		d.fail("the regex takes too long on a long title - use smaller repetitions than {0,9} inside one another; " + ruleOff)
		return
	}
	if compiled.MatchString("") {
		d.fail("the regex matches every title, even an empty one - make at least one part of it necessary")
		return
	}
	if r, ok := neverMatches(tree); ok {
		d.warn("titles are compared in small letters without accents, so %q can never match - write it so, or begin the regex with (?i)", r)
	} else if word, read, ok := readAnother(tree); ok {
		d.warn("titles are compared with their common words made alike: %s is read as %s, so write that in the regex", quote(word), quote(read))
	}
}

func regexTrouble(err error) string {
	if e, ok := err.(*syntax.Error); ok {
		if e.Expr == "" {
			return string(e.Code)
		}
		return fmt.Sprintf("%s in %s", e.Code, quote(e.Expr))
	}
	return err.Error()
}

// neverMatches finds a literal letter that no normalised title holds: a capital, or a Latin letter with an accent.
func neverMatches(re *syntax.Regexp) (string, bool) {
	if re.Op == syntax.OpLiteral {
		for _, r := range re.Rune {
			capital := unicode.IsUpper(r) && re.Flags&syntax.FoldCase == 0
			if accent := r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) && title.Normalize("x"+string(r)) != "x"+string(r); capital || accent {
				return string(r), true
			}
		}
	}
	for _, sub := range re.Sub {
		if r, ok := neverMatches(sub); ok {
			return r, true
		}
	}
	return "", false
}

// readAnother finds a word that no normalised title holds, because it is read as another.
func readAnother(re *syntax.Regexp) (word, read string, found bool) {
	if re.Op == syntax.OpLiteral {
		for word := range strings.FieldsSeq(strings.ToLower(string(re.Rune))) {
			if read := title.Normalize(word); len(word) > 2 && read != "" && !strings.Contains(read, word) {
				return word, read, true
			}
		}
	}
	for _, sub := range re.Sub {
		if word, read, found = readAnother(sub); found {
			return word, read, true
		}
	}
	return "", "", false
}

// nearest finds the choice that a person probably meant.
func nearest(text string, choices []string) (string, bool) {
	var t label.Taxonomy
	for _, c := range choices {
		t.Terms = append(t.Terms, label.Term{Name: c, Active: true})
	}
	term, ok := t.Nearest(text)
	return term.Name, ok
}

func orList(choices []string) string {
	if len(choices) < 2 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
}
