package title

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed placeholders.txt
var placeholderTable string

// placeholderSet is placeholders.txt, each text as it is written and without accents.
type placeholderSet struct {
	texts map[string]bool
	first map[string]bool // first words of those that have more than one
	last  int             // bytes of the longest
}

// around is what people and forms put around a placeholder.
const around = " .,;:!?()[]{}<>\"'*_~=|/\\-–—…"

var placeholders = sync.OnceValue(func() placeholderSet {
	set := placeholderSet{texts: map[string]bool{}, first: map[string]bool{}}
	for line := range strings.SplitSeq(placeholderTable, "\n") {
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		for written := range strings.SplitSeq(line, ", ") {
			for _, text := range [...]string{written, fold(written), bare(written), bare(fold(written))} {
				set.texts[text] = true
				set.last = max(set.last, len(text))
				if first, _, more := strings.Cut(text, " "); more {
					set.first[bare(first)] = true
				}
			}
		}
	}
	delete(set.texts, "")
	return set
})

// bare is a text without what stands around it, or as it is if nothing else would be left.
func bare(text string) string {
	if inner := strings.Trim(text, around); inner != "" {
		return inner
	}
	return text
}

// isPlaceholder reports whether a text in small letters says as a whole that there is no title. A number may follow ("test 2"), and a
// word may stand there more than once.
func isPlaceholder(text string) bool {
	inner := bare(text)
	if len(inner) > 4*placeholders().last || strings.Trim(text, " .!?") == "" {
		return false
	}
	if known := placeholders().texts; known[text] || known[inner] || known[strings.TrimRight(inner, " 0123456789")] {
		return true
	}
	first, rest, _ := strings.Cut(inner, " ")
	if rest == "" || !placeholders().texts[first] && !isMash(first) {
		return false
	}
	for word := range strings.FieldsSeq(rest) {
		if word != first && !isMash(word) {
			return false
		}
	}
	return true
}

// doubtful reports whether a text in which the word stands, at the start or elsewhere, may be no title though it is long.
func doubtful(word string) bool {
	if strings.ContainsAny(word, "<{$") {
		return true
	}
	lower := bare(strings.ToLower(word))
	return placeholders().first[lower] || isMash(lower)
}

// isMarkup reports whether a text in small letters holds a tag of a page, or is the name of a field that a program forgot to fill in.
func isMarkup(text string) bool {
	if strings.HasPrefix(text, "{{") && strings.HasSuffix(text, "}}") || strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}") {
		return true
	}
	for {
		_, tag, found := strings.Cut(text, "<")
		if !found {
			return false
		}
		text = tag
		name := strings.TrimLeft(tag, "/!")
		end := strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		if end <= 0 || strings.IndexByte(" />", name[end]) < 0 || !strings.Contains(name, ">") {
			continue
		}
		if name != tag {
			return true // </closed> or <!doctype>
		}
		switch name[:end] {
		case "a", "b", "i", "u", "p", "br", "hr", "li", "ul", "ol", "td", "tr", "th", "em", "div", "img", "svg", "pre", "span", "font", "form", "html", "body", "code",
			"input", "style", "script", "strong", "table", "iframe", "object", "h1", "h2", "h3", "h4":
			return true
		}
	}
}
