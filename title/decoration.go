package title

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// decoration is one pattern and what it leaves. Patterns are slow, so it is tried only on text that holds one of its marks and in
// which it may be found.
type decoration struct {
	marks   marks
	may     func(text string) bool
	find    *regexp.Regexp
	replace string
}

// marks is a set of the characters that decorations hang on.
type marks uint8

const (
	bracket marks = 1 << iota // ( [
	slash                     // /
	bar                       // |
	dot                       // . and dots at half height
	hyphen                    // -
	at                        // @
	star                      // : * _
)

// marksIn returns the marks that a text may hold.
func marksIn(text string) (m marks) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[':
			m |= bracket
		case '/':
			m |= slash
		case '|':
			m |= bar
		case '.', "·"[0], "•"[0]:
			m |= dot
		case '-':
			m |= hyphen
		case '@':
			m |= at
		case ':', '*', '_':
			m |= star
		}
	}
	return m
}

// decorations lists what job ads and inclusive spelling hang on a word, on folded text, in the order it is taken off.
//
//	m/w/d (f/m/x) H/F (all genders)                     gone
//	-er:in -er*in -er_in -er/in -er/-in -er(innen)      the word
//	-mann/-frau                                         -mann
//	(e) ·e .e /trice (euse) /ne                         the word
//	director/a abogado(a) addetto/a dyrektor/ka         the word
//	ingenier@                                           ingeniero
var decorations = sync.OnceValue(func() []decoration {
	const letters = `(?:[mwfdxhvkgi]|div|divers|gn|nb|\*)`
	const rest = `(?:[/|](?:d|x|div|divers|n|i|gn|nb))*`
	french := endingAfterMark("e", "es", "euse", "teuse", "trice", "rice", "ice", "ere", "iere", "ne", "nne", "enne", "ienne", "le", "te", "se", "ve", "que")
	romance := endingAfterMark("a", "as", "o", "os", "ra", "ora", "dora", "ka", "ca", "na")
	table := []struct {
		marks         marks
		may           func(string) bool
		find, replace string
	}{
		{bracket, beginsInBracket, `[(\[]\s*(?:all genders?|alle geschlechter|tous (?:les )?genres|gn\*?|mwd|wmd|mfd|fmd|fmx|mfx|hf|fh)\s*[)\]]`, " "},
		{bracket, letterInBracket, `[(\[]\s*[mwfdxhvkgi](?:\s*[/|,.*:-]\s*` + letters + `)+\s*[)\]]`, " "},
		{slash | bar, betweenLetters, `(^|[\s,|-])(?:m[/|][wfvk]|[wfvk][/|]m|h[/|]f|f[/|]h|d[/|]m[/|]w|d[/|]w[/|]m|d[/|][mf][/|][mf]|x[/|][mf][/|][mf]|m[/|][dx][/|][wf])` +
			rest + `([\s,.)|]|$)`, "$1$2"},
		{star | slash | hyphen | bracket, feminineIn, `(\p{L}{3})(?:[:*_/]-?in|\s?\(-?in\))(?:nen)?\b`, "$1"},
		{bracket, holding("(in"), `(\p{L}{3})\((?:innen|in)\)`, "$1"},
		{slash, holding("frau"), `mann\s?/\s?-?(?:\p{L}+)?frau\b`, "mann"},
		{slash, holding("frau"), `frau\s?/\s?-?(?:\p{L}+)?mann\b`, "mann"},
		{dot | slash | bracket, french, `(\p{L}{3})(?:[·•./]|\()(?:-?(?:e|es|euse|teuse|trice|rice|ice|ere|iere|ne|nne|enne|ienne|le|te|se|ve|que))(?:[·•.]s)?(?:\)|\b)`, "$1"},
		{hyphen, afterHyphen("trice", "euse", "enne"), `(\p{L}{4})-(?:trice|euse|enne)\b`, "$1"},
		{slash | bracket, romance, `(\p{L}{4})(?:/-?|\(-?)(?:a|as|o|os|ra|ora|dora|ka|ca|na)(?:\)|\b)`, "$1"},
		{slash, holding("o/a", "a/o"), `\(o/a\)|\(a/o\)`, " "},
		{at, letterBeforeAt, `(\p{L}{3}[bcdfglmnrstvz])@(s?)(\s|$)`, "${1}o$2$3"},
	}
	list := make([]decoration, len(table))
	for i, row := range table {
		list[i] = decoration{row.marks, row.may, regexp.MustCompile(row.find), row.replace}
	}
	return list
})

func undecorate(text string) string {
	held := marksIn(text)
	if held == 0 {
		return text
	}
	for _, d := range decorations() {
		if held&d.marks != 0 && d.may(text) {
			text = d.find.ReplaceAllString(text, d.replace)
		}
	}
	return text
}

// holding is the condition that one of the pieces stands in a text.
func holding(pieces ...string) func(text string) bool {
	return func(text string) bool {
		for _, piece := range pieces {
			if strings.Contains(text, piece) {
				return true
			}
		}
		return false
	}
}

// afterEach is the condition that what follows one of the marks is as wanted.
func afterEach(text string, mark func(c byte) bool, wanted func(rest string) bool) bool {
	for i := 0; i < len(text); i++ {
		if mark(text[i]) && wanted(text[i+1:]) {
			return true
		}
	}
	return false
}

func opens(c byte) bool { return c == '(' || c == '[' }

// beginsInBracket is the condition that a bracket begins with one of the words for all genders.
func beginsInBracket(text string) bool { return afterEach(text, opens, startsForAll) }

func startsForAll(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	for _, start := range [...]string{"all", "tous", "gn", "mwd", "wmd", "mfd", "fmd", "fmx", "mfx", "hf", "fh"} {
		if strings.HasPrefix(rest, start) {
			return true
		}
	}
	return false
}

// letterInBracket is the condition that a bracket begins with one of the letters that say whom a job is for, and that something parts it
// from what follows.
func letterInBracket(text string) bool { return afterEach(text, opens, startsWithLetter) }

func startsWithLetter(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	if rest == "" || strings.IndexByte("mwfdxhvkgi", rest[0]) < 0 {
		return false
	}
	rest = strings.TrimLeft(rest[1:], " ")
	return rest != "" && strings.IndexByte("/|,.*:-", rest[0]) >= 0
}

// startsDecoration reports whether a bracket and spaces before a text may begin a decoration, whatever follows it. No other decorations
// than these two hold spaces but for those around the slash between "mann" and "frau".
func startsDecoration(text string) bool { return startsForAll(text) || startsWithLetter(text+"/") }

// afterHyphen is the condition that one of the endings follows a hyphen.
func afterHyphen(endings ...string) func(text string) bool {
	return func(text string) bool {
		return afterEach(text, func(c byte) bool { return c == '-' }, func(rest string) bool { return startsWithAny(rest, endings) })
	}
}

// feminineIn is the condition that "in" or "innen" stands between a mark and the end of a word.
func feminineIn(text string) bool {
	return afterEach(text, func(c byte) bool { return c == ':' || c == '*' || c == '_' || c == '/' || c == '-' || c == '(' }, func(rest string) bool {
		rest, found := strings.CutPrefix(rest, "in")
		return found && (rest == "" || !partOfWord(rest[0]) || strings.HasPrefix(rest, "nen"))
	})
}

func startsWithAny(text string, starts []string) bool {
	for _, start := range starts {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// betweenLetters is the condition that a slash or a bar stands between two of the letters that say whom a job is for.
func betweenLetters(text string) bool {
	const letters = "mwfvkhdx"
	for i := 1; i+1 < len(text); i++ {
		if c := text[i]; (c == '/' || c == '|') && strings.IndexByte(letters, text[i-1]) >= 0 && strings.IndexByte(letters, text[i+1]) >= 0 {
			return true
		}
	}
	return false
}

// letterBeforeAt is the condition that a consonant after which an ending is likely stands before an @.
func letterBeforeAt(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i] == '@' && strings.IndexByte("bcdfglmnrstvz", text[i-1]) >= 0 {
			return true
		}
	}
	return false
}

// endingAfterMark is the condition that one of the endings stands between a mark that is not at the start of a word and the end of the word.
func endingAfterMark(endings ...string) func(text string) bool {
	return func(text string) bool {
		start, wanted := 0, false
		for i := 0; i <= len(text); i++ {
			if i < len(text) && partOfWord(text[i]) {
				continue
			}
			if wanted && slices.Contains(endings, text[start:i]) {
				return true
			}
			if i == len(text) || text[i] != '-' || i > start { // a hyphen may stand between the mark and the ending
				wanted = i < len(text) && text[i] != ' ' && i > 0 && text[i-1] != ' '
			}
			start = i + 1
		}
		return false
	}
}

// partOfWord reports whether \b of a pattern takes the byte for part of a word.
func partOfWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || c == '_'
}
