package classifier

import (
	"regexp/syntax"
	"strings"
)

// necessary returns texts of which one at least stands in everything that the pattern matches, so that most titles need not be
// held against it; nil where the pattern tells of none.
func necessary(pattern string) []string {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return oneOf(tree)
}

func oneOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return oneOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return oneOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var found []string
		for _, part := range re.Sub {
			if list := oneOf(part); list != nil && (found == nil || shortest(list) > shortest(found)) {
				found = list
			}
		}
		return found
	case syntax.OpAlternate:
		var all []string
		for _, part := range re.Sub {
			list := oneOf(part)
			if list == nil {
				return nil
			}
			all = append(all, list...)
		}
		return all
	}
	return nil
}

func shortest(list []string) int {
	n := len(list[0])
	for _, s := range list {
		n = min(n, len(s))
	}
	return n
}

// canMatch reports whether a pattern can match the text at all.
func (r *rule) canMatch(text string) bool {
	if r.needs == nil {
		return true
	}
	for _, need := range r.needs {
		if strings.Contains(text, need) {
			return true
		}
	}
	return false
}
