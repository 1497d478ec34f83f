package title

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed umlauts.txt
var umlautTable string

// umlautStems lists pieces of German words in which ae, oe or ue stands for an umlaut, by their first letter.
var umlautStems = sync.OnceValue(func() map[byte][]string {
	stems := make(map[byte][]string)
	for line := range strings.SplitSeq(umlautTable, "\n") {
		if line != "" && line[0] != '#' {
			stems[line[0]] = append(stems[line[0]], line)
		}
	}
	return stems
})

// foldUmlauts takes the e out of the ae, oe, ue of a German word, so that "Geschaeftsfuehrer", "Geschäftsführer" and
// "Geschaftsfuhrer" are one word. Only inside the pieces of umlauts.txt, because "queue", "Israel" and "boekhouder" have no umlaut.
func foldUmlauts(w string) string {
	if !transcribed(w) {
		return w
	}
	stems := umlautStems()
	for i := 0; i < len(w); i++ {
		for _, stem := range stems[w[i]] {
			if strings.HasPrefix(w[i:], stem) {
				return foldUmlauts(w[:i] + withoutE(stem) + w[i+len(stem):])
			}
		}
	}
	return w
}

// transcribed reports whether a word holds ae, oe or ue.
func transcribed(w string) bool {
	for i := 1; i < len(w); i++ {
		if w[i] == 'e' && (w[i-1] == 'a' || w[i-1] == 'o' || w[i-1] == 'u') {
			return true
		}
	}
	return false
}

func withoutE(stem string) string {
	for _, pair := range [...]string{"ae", "oe", "ue"} {
		if i := strings.Index(stem, pair); i >= 0 {
			return stem[:i+1] + stem[i+2:]
		}
	}
	return stem
}
