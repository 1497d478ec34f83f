package title

import (
	"regexp"
	"strings"
	"sync"
)

// decoration is one pattern and what it leaves. It is tried only on text that holds one of the marks, for patterns are slow.
type decoration struct {
	marks   []string
	find    *regexp.Regexp
	replace string
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
	table := []struct{ marks, find, replace string }{
		{"( [", `[(\[]\s*(?:all genders?|alle geschlechter|tous (?:les )?genres|gn\*?|mwd|wmd|mfd|fmd|fmx|mfx|hf|fh)\s*[)\]]`, " "},
		{"( [", `[(\[]\s*[mwfdxhvkgi](?:\s*[/|,.*:-]\s*` + letters + `)+\s*[)\]]`, " "},
		{"m/ /m /f f/ m| |m", `(^|[\s,|-])(?:m[/|][wfvk]|[wfvk][/|]m|h[/|]f|f[/|]h|d[/|]m[/|]w|d[/|]w[/|]m|d[/|][mf][/|][mf]|x[/|][mf][/|][mf]|m[/|][dx][/|][wf])` +
			rest + `([\s,.)|]|$)`, "$1$2"},
		{":in *in _in /in -in (in", `(\p{L}{3})(?:[:*_/]-?in|\s?\(-?in\))(?:nen)?\b`, "$1"},
		{"(in", `(\p{L}{3})\((?:innen|in)\)`, "$1"},
		{"frau", `mann\s?/\s?-?(?:\p{L}+)?frau\b`, "mann"},
		{"frau", `frau\s?/\s?-?(?:\p{L}+)?mann\b`, "mann"},
		{"· • .e .t .r .n .i .l .s / (", `(\p{L}{3})(?:[·•./]|\()(?:-?(?:e|es|euse|teuse|trice|rice|ice|ere|iere|ne|nne|enne|ienne|le|te|se|ve|que))(?:[·•.]s)?(?:\)|\b)`, "$1"},
		{"-trice -euse -enne", `(\p{L}{4})-(?:trice|euse|enne)\b`, "$1"},
		{"/ (", `(\p{L}{4})(?:/-?|\(-?)(?:a|as|o|os|ra|ora|dora|ka|ca|na)(?:\)|\b)`, "$1"},
		{"o/a a/o", `\(o/a\)|\(a/o\)`, " "},
		{"@", `(\p{L}{3}[bcdfglmnrstvz])@(s?)(\s|$)`, "${1}o$2$3"},
	}
	list := make([]decoration, len(table))
	for i, row := range table {
		list[i] = decoration{strings.Fields(row.marks), regexp.MustCompile(row.find), row.replace}
	}
	return list
})

func undecorate(s string) string {
	if !strings.ContainsAny(s, "/|:*_([@·•.-") {
		return s
	}
	for _, d := range decorations() {
		for _, mark := range d.marks {
			if strings.Contains(s, mark) {
				s = d.find.ReplaceAllString(s, d.replace)
				break
			}
		}
	}
	return s
}
