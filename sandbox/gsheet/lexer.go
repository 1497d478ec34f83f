package gsheet

import (
	"fmt"
	"strconv"
	"strings"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenText
	tokenName // a function, TRUE, FALSE or a named range
	tokenRef
	tokenOp // operators, brackets, separators
	tokenError
)

// token is one piece of a formula; text[start:end] is its spelling.
type token struct {
	kind       tokenKind
	text       string
	number     float64
	tab        string // of a reference; "" is the formula's own tab
	hasTab     bool
	cells      string // the reference without its tab
	start, end int
}

// lex splits a formula (without its leading "=") into tokens.
func lex(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		tok, next, err := lexOne(s, i)
		if err != nil {
			return nil, err
		}
		tok.start, tok.end = i, next
		out = append(out, tok)
		i = next
	}
	return append(out, token{kind: tokenEnd, start: len(s), end: len(s)}), nil
}

func lexOne(s string, i int) (token, int, error) {
	switch c := s[i]; {
	case c == '"':
		return lexText(s, i)
	case c == '#':
		j := i + 1
		for j < len(s) && (isWord(s[j]) || s[j] == '/' || s[j] == '!' || s[j] == '?') {
			j++
		}
		return token{kind: tokenError, text: s[i:j]}, j, nil
	case c == '\'':
		end := i + 1
		for end < len(s) && (s[end] != '\'' || end+1 < len(s) && s[end+1] == '\'') {
			if s[end] == '\'' {
				end++
			}
			end++
		}
		if end+1 >= len(s) || s[end+1] != '!' {
			return token{}, 0, fmt.Errorf("a quoted tab name needs ! after it")
		}
		return lexRef(s, end+2, strings.ReplaceAll(s[i+1:end], "''", "'"))
	case isWord(c) || c == '$' || c == '.':
		return lexWord(s, i)
	}
	for _, op := range []string{"<>", "<=", ">=", "+", "-", "*", "/", "^", "&", "=", "<", ">", "(", ")", ",", ";", "%", "{", "}"} {
		if strings.HasPrefix(s[i:], op) {
			return token{kind: tokenOp, text: op}, i + len(op), nil
		}
	}
	return token{}, 0, fmt.Errorf("unexpected %q", s[i])
}

func lexText(s string, i int) (token, int, error) {
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		if s[j] != '"' {
			b.WriteByte(s[j])
		} else if j+1 < len(s) && s[j+1] == '"' {
			b.WriteByte('"')
			j++
		} else {
			return token{kind: tokenText, text: b.String()}, j + 1, nil
		}
	}
	return token{}, 0, fmt.Errorf("a text in the formula is not closed")
}

func isWord(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

func wordEnd(s string, i int) int {
	for i < len(s) && (isWord(s[i]) || s[i] == '$' || s[i] == '.') {
		i++
	}
	return i
}

func lexWord(s string, i int) (token, int, error) {
	j := wordEnd(s, i)
	if j < len(s) && s[j] == '!' {
		return lexRef(s, j+1, s[i:j])
	}
	word := s[i:j]
	if j < len(s) && s[j] == '(' {
		return token{kind: tokenName, text: strings.ToUpper(word)}, j, nil
	}
	if j < len(s) && s[j] == ':' {
		k := wordEnd(s, j+1)
		if _, _, ok := parseCells(s[i:k]); ok {
			return token{kind: tokenRef, cells: s[i:k]}, k, nil
		}
	}
	if _, _, ok := parseCells(word); ok {
		return token{kind: tokenRef, cells: word}, j, nil
	}
	if word[0] >= '0' && word[0] <= '9' || word[0] == '.' {
		if (word[len(word)-1]|0x20) == 'e' && j < len(s) && (s[j] == '+' || s[j] == '-') {
			k := wordEnd(s, j+1)
			word, j = s[i:k], k
		}
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return token{}, 0, fmt.Errorf("%q is not a number", word)
		}
		return token{kind: tokenNumber, number: v}, j, nil
	}
	return token{kind: tokenName, text: word}, j, nil
}

func lexRef(s string, i int, tab string) (token, int, error) {
	j := wordEnd(s, i)
	if j < len(s) && s[j] == ':' {
		if k := wordEnd(s, j+1); k > j+1 {
			j = k
		}
	}
	if _, _, ok := parseCells(s[i:j]); !ok {
		if strings.HasPrefix(s[i:], "#REF!") {
			return token{kind: tokenError, text: "#REF!"}, i + 5, nil
		}
		return token{}, 0, fmt.Errorf("%q is not a range", s[i:j])
	}
	return token{kind: tokenRef, tab: tab, hasTab: true, cells: s[i:j]}, j, nil
}

// editRefs rewrites the references of a formula with f; a formula that does not parse stays as it is.
func editRefs(text string, f func(token) string) string {
	if len(text) < 2 || text[0] != '=' {
		return text
	}
	tokens, err := lex(text[1:])
	if err != nil {
		return text
	}
	var b strings.Builder
	b.WriteByte('=')
	last := 0
	for _, t := range tokens {
		if t.kind == tokenRef {
			b.WriteString(text[1+last : 1+t.start])
			b.WriteString(f(t))
			last = t.end
		}
	}
	b.WriteString(text[1+last:])
	return b.String()
}

// shiftFormula follows a structural change in the references of a formula; own tells that references without a tab
// mean the changed tab.
func shiftFormula(text string, own bool, title string, rows bool, m move) string {
	return editRefs(text, func(t token) string {
		as := text[1+t.start : 1+t.end]
		if t.hasTab && !equalFold(t.tab, title) || !t.hasTab && !own {
			return as
		}
		prefix := as[:len(as)-len(t.cells)]
		a, single, _ := parseCells(t.cells)
		var ok bool
		if rows {
			a.r0, a.r1, ok = m(a.r0, a.r1)
		} else {
			a.c0, a.c1, ok = m(a.c0, a.c1)
		}
		if !ok {
			return "#REF!"
		}
		return prefix + spell(a, single, t.cells)
	})
}

// spell writes an area with the dollars and open ends of an earlier spelling of it.
func spell(a area, single bool, like string) string {
	left, right, _ := strings.Cut(like, ":")
	corner := func(like string, r, c int) string {
		hasRow, hasCol, _ := parseCorner(like)
		out := ""
		if hasCol >= 0 {
			if strings.HasPrefix(like, "$") {
				out = "$"
			}
			out += columnName(c)
		}
		if hasRow >= 0 {
			if strings.LastIndexByte(like, '$') > 0 || hasCol < 0 && strings.HasPrefix(like, "$") {
				out += "$"
			}
			out += strconv.Itoa(r + 1)
		}
		return out
	}
	if single {
		return corner(left, a.r0, a.c0)
	}
	return corner(left, a.r0, a.c0) + ":" + corner(right, a.r1-1, a.c1-1)
}

// renameInFormula follows a renamed tab.
func renameInFormula(text, from, to string) string {
	return editRefs(text, func(t token) string {
		if t.hasTab && equalFold(t.tab, from) {
			return quoteTab(to) + "!" + t.cells
		}
		return text[1+t.start : 1+t.end]
	})
}

// slideFormula moves the relative references of a formula, as copying a cell does.
func slideFormula(text string, dr, dc int) string {
	return editRefs(text, func(t token) string {
		as := text[1+t.start : 1+t.end]
		prefix := as[:len(as)-len(t.cells)]
		left, right, colon := strings.Cut(t.cells, ":")
		out, ok := slideCorner(left, dr, dc)
		if colon {
			var second string
			var okRight bool
			second, okRight = slideCorner(right, dr, dc)
			out, ok = out+":"+second, ok && okRight
		}
		if !ok {
			return "#REF!"
		}
		return prefix + out
	})
}

func slideCorner(s string, dr, dc int) (string, bool) {
	r, c, _ := parseCorner(s)
	out := ""
	if c >= 0 {
		if strings.HasPrefix(s, "$") {
			out = "$"
		} else {
			c += dc
		}
		if c < 0 {
			return "", false
		}
		out += columnName(c)
	}
	if r >= 0 {
		if strings.LastIndexByte(s, '$') > 0 || strings.HasPrefix(s, "$") && len(out) == 0 {
			out += "$"
		} else {
			r += dr
		}
		if r < 0 {
			return "", false
		}
		out += strconv.Itoa(r + 1)
	}
	return out, true
}
