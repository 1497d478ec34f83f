package title

import (
	"regexp"
	"strings"
	"sync"
)

type decoration struct {
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
	table := [][2]string{
		{`[(\[]\s*(?:all genders?|alle geschlechter|tous (?:les )?genres|gn\*?|mwd|wmd|mfd|fmd|fmx|mfx|hf|fh)\s*[)\]]`, " "},
		{`[(\[]\s*[mwfdxhvkgi](?:\s*[/|,.*:-]\s*` + letters + `)+\s*[)\]]`, " "},
		{`(^|[\s,|-])(?:m[/|][wfvk]|[wfvk][/|]m|h[/|]f|f[/|]h|d[/|]m[/|]w|d[/|]w[/|]m|d[/|][mf][/|][mf]|x[/|][mf][/|][mf]|m[/|][dx][/|][wf])(?:[/|](?:d|x|div|divers|n|i|gn|nb))*([\s,.)|]|$)`, "$1$2"},
		{`(\p{L}{3})(?:[:*_/]-?in|\s?\(-?in\))(?:nen)?\b`, "$1"},
		{`(\p{L}{3})\((?:innen|in)\)`, "$1"},
		{`mann\s?/\s?-?(?:\p{L}+)?frau\b`, "mann"},
		{`frau\s?/\s?-?(?:\p{L}+)?mann\b`, "mann"},
		{`(\p{L}{3})(?:[·•./]|\()(?:-?(?:e|es|euse|teuse|trice|rice|ice|ere|iere|ne|nne|enne|ienne|le|te|se|ve|que))(?:[·•.]s)?(?:\)|\b)`, "$1"},
		{`(\p{L}{4})-(?:trice|euse|enne)\b`, "$1"},
		{`(\p{L}{4})(?:/-?|\(-?)(?:a|as|o|os|ra|ora|dora|ka|ca|na)(?:\)|\b)`, "$1"},
		{`\(o/a\)|\(a/o\)`, " "},
		{`(\p{L}{3}[bcdfglmnrstvz])@(s?)(\s|$)`, "${1}o$2$3"},
	}
	list := make([]decoration, len(table))
	for i, row := range table {
		list[i] = decoration{regexp.MustCompile(row[0]), row[1]}
	}
	return list
})

func undecorate(s string) string {
	if !strings.ContainsAny(s, "/|:*_([@·•.-") {
		return s
	}
	for _, d := range decorations() {
		s = d.find.ReplaceAllString(s, d.replace)
	}
	return s
}
