package workbook

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// TextOf is a cell as text, without outer spaces: numbers without needless zeros, ticks as TRUE and FALSE, an empty cell as "".
func TextOf(c Cell) string {
	switch v := c.(type) {
	case string:
		return strings.TrimFunc(v, blankRune)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	}
	return ""
}

// blankRune is true for what a person sees as nothing: spaces of all widths, zero-width marks, controls.
func blankRune(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '⠀' || r == 'ㅤ'
}

// tickOf reads a tick box, or what people paste over one. It is false in ok for anything else; an empty cell is blank.
func tickOf(c Cell, blank bool) (ticked, ok bool) {
	if n, isNumber := c.(float64); isNumber {
		return n == 1, n == 0 || n == 1
	}
	switch strings.ToLower(TextOf(c)) {
	case "":
		return blank, true
	case "true", "yes", "y", "x", "1", "on", "✓", "✔", "☑", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "si", "vero", "waar", "verdadeiro", "sim":
		return true, true
	case "false", "no", "n", "0", "off", "☐", "falsch", "nein", "faux", "non", "falso", "onwaar", "nee", "não", "nao", "-":
		return false, true
	}
	return blank, false
}

// numberOf reads a number, also one that was typed as text: "1,5", "95 %" (0.95), "1 000".
func numberOf(c Cell) (float64, bool) {
	if n, ok := c.(float64); ok {
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	text := TextOf(c)
	percent := strings.HasSuffix(text, "%")
	text = strings.TrimFunc(strings.TrimSuffix(text, "%"), blankRune)
	text = strings.Map(func(r rune) rune {
		if blankRune(r) || r == '\'' {
			return -1
		}
		return r
	}, text)
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	if percent {
		n /= 100
	}
	return n, true
}

// wholeOf reads a whole number between low and high.
func wholeOf(c Cell, low, high int) (int, bool) {
	n, ok := numberOf(c)
	if !ok || n != math.Trunc(n) || n < float64(low) || n > float64(high) {
		return 0, false
	}
	return int(n), true
}

// cellError is true for what a broken formula shows.
func cellError(c Cell) bool {
	switch s, _ := c.(string); s {
	case "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!", "#SPILL!", "#CALC!", "Loading...":
		return true
	}
	return false
}

// partsOf splits a cell of alternatives at "|" and drops empty ones and repetitions.
func partsOf(text string) []string {
	var out []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, "|") {
		part = strings.TrimFunc(part, blankRune)
		if key := foldText(part); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, part)
		}
	}
	return out
}

// foldText is text for comparing names: case and runs of spaces do not matter.
func foldText(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// quote puts a person's text into a message: in quotation marks and not longer than a cell shows well.
func quote(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return `"` + s + `"`
}
