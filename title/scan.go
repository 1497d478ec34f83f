package title

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scan cuts folded text into words and separator tokens and appends them to dst.
//
//	in the text                     token
//	letters, digits                 a word; r&d, m&a, c++, c#, f#, .net keep their marks; c.e.o. is ceo
//	& and a + between words         &
//	's after a word                 's, a token of its own: "president 's secretary"
//	| ; : bullets, " - ", – —       |
//	, / ( ) @                       themselves; \ is /, other brackets are ( )
//	anything else                   nothing, but it parts words
func scan(dst []string, s string) []string {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if wordRune(r) {
			end := wordEnd(s, i)
			word := s[i:end]
			if joined, next := acronym(s, i); next > 0 {
				word, end = joined, next
			}
			dst = append(dst, word)
			i = end
			continue
		}
		token, length := mark(dst, s, i, r, size)
		if token != "" {
			dst = append(dst, token)
		}
		i += length
	}
	return dst
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}

func wordAt(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return wordRune(r)
}

// wordEnd returns where the word that starts at i ends, its meaningful marks included.
func wordEnd(s string, i int) int {
	end := runEnd(s, i)
	switch rest := s[end:]; {
	case end-i == 1 && s[i] == 'c' && strings.HasPrefix(rest, "++") && !wordAt(s, end+2):
		return end + 2
	case end-i == 1 && (s[i] == 'c' || s[i] == 'f') && strings.HasPrefix(rest, "#") && !wordAt(s, end+1):
		return end + 1
	case end-i <= 2 && strings.HasPrefix(rest, "&") && wordAt(s, end+1):
		if stop := runEnd(s, end+1); stop-end <= 3 && !strings.HasPrefix(s[stop:], "&") {
			return stop
		}
	}
	return end
}

func runEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !wordRune(r) {
			break
		}
		i += size
	}
	return i
}

// acronym reads "c.e.o." at i: ASCII letters with a dot after each but perhaps the last. It returns 0 where there is none.
func acronym(s string, i int) (string, int) {
	if i+2 >= len(s) || s[i+1] != '.' {
		return "", 0
	}
	var letters [8]byte
	n := 0
	for i < len(s) && 'a' <= s[i] && s[i] <= 'z' && n < len(letters) && !wordAt(s, i+1) {
		letters[n] = s[i]
		n++
		i++
		if i >= len(s) || s[i] != '.' {
			break
		}
		i++
	}
	if n < 2 {
		return "", 0
	}
	return string(letters[:n]), i
}

// mark returns the token that the rune r at s[i], which is no part of a word, stands for, and how many bytes it takes.
func mark(before []string, s string, i int, r rune, size int) (string, int) {
	afterWord := len(before) > 0 && separatorOf(before[len(before)-1]) == None
	switch r {
	case ' ':
		return "", size
	case '&', '+':
		if afterWord && before[len(before)-1] != "&" && (r == '&' || i > 0 && s[i-1] == ' ') {
			return "&", size
		}
	case '\'':
		if afterWord && strings.HasPrefix(s[i:], "'s") && !wordAt(s, i+2) {
			return "'s", size + 1
		}
	case '.':
		if strings.HasPrefix(s[i:], ".net") && !wordAt(s, i+4) {
			return ".net", 4
		}
	case '-':
		if i > 0 && s[i-1] == ' ' && (i+1 == len(s) || s[i+1] == ' ') {
			return "|", size
		}
	case '|', ';', ':', '•', '·', '●', '▪', '‣', '►', '»', '→', '¦', '◦', '∙', '⋅':
		return "|", size
	case ',', '、', '،':
		return ",", size
	case '/', '\\', '⁄':
		return "/", size
	case '(', '[', '{', '（', '【', '「':
		return "(", size
	case ')', ']', '}', '）', '】', '」':
		return ")", size
	case '@':
		return "@", size
	}
	return "", size
}
