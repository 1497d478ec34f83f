package gsheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// show gives a value's FORMATTED_VALUE: the text that a person sees in the cell.
func show(v any, numFormat object) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case cellError:
		return t.kind
	case bool:
		return general(t)
	case float64:
		pattern := patternOf(numFormat)
		if pattern == "" {
			return general(t)
		}
		return formatNumber(t, pattern)
	}
	return ""
}

// patternOf gives the pattern of a number format, the service's default for its type when it names none.
func patternOf(f object) string {
	if p := str(f, "pattern"); p != "" {
		return p
	}
	switch str(f, "type") {
	case "NUMBER":
		return "#,##0.00"
	case "PERCENT":
		return "0.00%"
	case "CURRENCY":
		return `"$"#,##0.00`
	case "DATE":
		return "m/d/yyyy"
	case "TIME":
		return "h:mm:ss am/pm"
	case "DATE_TIME":
		return "m/d/yyyy h:mm:ss"
	case "SCIENTIFIC":
		return "0.00E+00"
	}
	return ""
}

// isDate tells whether a number format shows a date or a time.
func isDate(f object) bool {
	switch str(f, "type") {
	case "DATE", "TIME", "DATE_TIME":
		return true
	}
	return false
}

// general writes a value without a number format: up to ten significant digits.
func general(v any) string {
	switch t := v.(type) {
	case bool:
		if t {
			return "TRUE"
		}
		return "FALSE"
	case float64:
		if a := math.Abs(t); a != 0 && (a >= 1e15 || a < 1e-9) {
			s := strconv.FormatFloat(t, 'E', 5, 64)
			mantissa, exponent, _ := strings.Cut(s, "E")
			return strings.TrimRight(strings.TrimRight(mantissa, "0"), ".") + "E" + exponent
		}
		if t == math.Trunc(t) {
			return strconv.FormatFloat(t, 'f', 0, 64)
		}
		digits := max(0, 10-int(math.Floor(math.Log10(math.Abs(t))))-1)
		s := strconv.FormatFloat(t, 'f', min(digits, 15), 64)
		return strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return ""
}

// formatNumber applies a pattern with up to three sections (positive; negative; zero).
func formatNumber(v float64, pattern string) string {
	sections := splitSections(pattern)
	section := sections[0]
	switch {
	case v < 0 && len(sections) > 1:
		section, v = sections[1], -v
	case v == 0 && len(sections) > 2:
		section = sections[2]
	}
	tokens := patternTokens(section)
	for _, t := range tokens {
		if !t.literal && strings.Contains("ymdhs[", strings.ToLower(t.text[:1])) {
			return formatDate(fromSerial(v), v, tokens)
		}
	}
	return formatDigits(v, tokens)
}

func splitSections(pattern string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '"':
			quoted = !quoted
		case pattern[i] == '\\':
			i++
		case pattern[i] == ';' && !quoted:
			out = append(out, pattern[start:i])
			start = i + 1
		}
	}
	return append(out, pattern[start:])
}

type patternToken struct {
	text    string
	literal bool
}

// patternTokens splits a section into runs of one format letter, digit placeholders and literals.
func patternTokens(s string) []patternToken {
	var out []patternToken
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"':
			j := strings.IndexByte(s[i+1:], '"')
			if j < 0 {
				return append(out, patternToken{s[i+1:], true})
			}
			out = append(out, patternToken{s[i+1 : i+1+j], true})
			i += j + 2
		case c == '\\' && i+1 < len(s):
			out = append(out, patternToken{s[i+1 : i+2], true})
			i += 2
		case (c|0x20) == 'a' && i+5 <= len(s) && strings.EqualFold(s[i:i+5], "am/pm"):
			out = append(out, patternToken{"am/pm", false})
			i += 5
		case c == '[':
			j := strings.IndexByte(s[i:], ']')
			if j < 0 {
				return append(out, patternToken{s[i:], true})
			}
			if name := strings.ToLower(s[i+1 : i+j]); strings.Trim(name, "hms") == "" && name != "" {
				out = append(out, patternToken{s[i : i+j+1], false})
			}
			i += j + 1
		case strings.IndexByte("ymdhs", c|0x20) >= 0:
			j := i
			for j < len(s) && s[j]|0x20 == c|0x20 {
				j++
			}
			out = append(out, patternToken{strings.ToLower(s[i:j]), false})
			i = j
		case strings.IndexByte("0#?.,%", c) >= 0:
			j := i
			for j < len(s) && strings.IndexByte("0#?.,", s[j]) >= 0 {
				j++
			}
			if j == i {
				j++
			}
			out = append(out, patternToken{s[i:j], false})
			i = j
		case (c == 'E' || c == 'e') && i+1 < len(s) && (s[i+1] == '+' || s[i+1] == '-'):
			j := i + 2
			for j < len(s) && s[j] == '0' {
				j++
			}
			out = append(out, patternToken{s[i:j], false})
			i = j
		default:
			out = append(out, patternToken{s[i : i+1], true})
			i++
		}
	}
	return out
}

func formatDigits(v float64, tokens []patternToken) string {
	var b strings.Builder
	if v < 0 {
		b.WriteByte('-')
		v = -v
	}
	digits, exponent := "", ""
	for _, t := range tokens {
		if t.literal {
			continue
		}
		switch t.text[0] {
		case '%':
			v *= 100
		case 'E', 'e':
			exponent = t.text
		default:
			if digits == "" {
				digits = t.text
			}
		}
	}
	power := 0
	if exponent != "" && v != 0 {
		power = int(math.Floor(math.Log10(v)))
		v /= math.Pow10(power)
	}
	placed := false
	for _, t := range tokens {
		switch {
		case t.literal:
			b.WriteString(t.text)
		case t.text == "%":
			b.WriteByte('%')
		case t.text[0] == 'E' || t.text[0] == 'e':
			b.WriteByte('E')
			if power < 0 {
				b.WriteByte('-')
			} else if t.text[1] == '+' {
				b.WriteByte('+')
			}
			p := strconv.Itoa(max(power, -power))
			b.WriteString(strings.Repeat("0", max(0, len(t.text)-2-len(p))) + p)
		case !placed:
			b.WriteString(placeDigits(v, digits))
			placed = true
		}
	}
	return b.String()
}

// placeDigits fills a run such as #,##0.0# with a number that is not negative.
func placeDigits(v float64, run string) string {
	left, right, _ := strings.Cut(run, ".")
	most, least := 0, 0
	for _, c := range right {
		if c == '0' || c == '?' {
			least++
		}
		if c != ',' {
			most++
		}
	}
	s := strconv.FormatFloat(v, 'f', most, 64)
	if most == 0 { // half away from zero, as the service rounds
		s = strconv.FormatFloat(math.Floor(v+0.5), 'f', 0, 64)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for len(fraction) > least && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	whole = strings.Repeat("0", max(0, strings.Count(left, "0")-len(whole))) + whole
	if whole == "0" && !strings.Contains(left, "0") {
		whole = ""
	}
	if strings.Contains(left, ",") {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	if strings.Contains(run, ".") && (fraction != "" || least > 0) {
		return whole + "." + fraction
	}
	return whole
}

func formatDate(t time.Time, v float64, tokens []patternToken) string {
	twelve := false
	for _, k := range tokens {
		twelve = twelve || !k.literal && k.text == "am/pm"
	}
	var b strings.Builder
	for i, k := range tokens {
		if k.literal {
			b.WriteString(k.text)
			continue
		}
		if k.text[0] == 'm' && minutes(tokens, i) {
			b.WriteString(padded(t.Minute(), len(k.text)))
			continue
		}
		b.WriteString(datePart(t, v, k.text, twelve))
	}
	return b.String()
}

// minutes tells whether an m stands for minutes: right after hours or right before seconds.
func minutes(tokens []patternToken, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if !tokens[j].literal {
			if strings.Trim(tokens[j].text, "[]")[:1] == "h" {
				return true
			}
			break
		}
	}
	for j := i + 1; j < len(tokens); j++ {
		if !tokens[j].literal {
			return tokens[j].text[0] == 's'
		}
	}
	return false
}

func padded(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, min(width, 2)-len(s))) + s
}

func datePart(t time.Time, v float64, k string, twelve bool) string {
	switch k[0] {
	case 'y':
		if len(k) <= 2 {
			return padded(t.Year()%100, 2)
		}
		return strconv.Itoa(t.Year())
	case 'm':
		switch len(k) {
		case 1, 2:
			return padded(int(t.Month()), len(k))
		case 3:
			return t.Month().String()[:3]
		}
		return t.Month().String()
	case 'd':
		switch len(k) {
		case 1, 2:
			return padded(t.Day(), len(k))
		case 3:
			return t.Weekday().String()[:3]
		}
		return t.Weekday().String()
	case 'h':
		hour := t.Hour()
		if twelve {
			hour = (hour + 11) % 12
			hour++
		}
		return padded(hour, len(k))
	case 's':
		return padded(t.Second(), len(k))
	case '[':
		total := v * 24
		if k[1] == 'm' {
			total *= 60
		} else if k[1] == 's' {
			total *= 3600
		}
		return strconv.FormatFloat(math.Floor(total+1e-9), 'f', 0, 64)
	case 'a':
		if t.Hour() < 12 {
			return "AM"
		}
		return "PM"
	}
	return k
}
