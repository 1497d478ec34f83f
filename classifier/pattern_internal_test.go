package classifier

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
)

func TestNecessaryTextsOfPatterns(t *testing.T) {
	tests := []struct {
		pattern string
		want    []string
	}{
		{`\bchief( [^ ,]+){1,4} officer\b`, []string{" officer"}},
		{`\blead [a-z]|[a-z&] lead\b`, []string{"lead ", " lead"}},
		{`(president|ceo) 's (secretary|pa)`, []string{" 's "}},
		{`^(senior )?partner [&,|]`, []string{"partner "}},
		{`(?i)chief`, nil},
		{`[a-z]+`, nil},
		{`lead|[a-z]`, nil},
		{`(lead)?`, nil},
		{`(lead)*x{0,3}`, nil},
		{`(lead){2}`, []string{"lead"}},
		{`(`, nil},
		{``, nil},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			if got := necessary(tt.pattern); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestNoPatternMatchesWithoutItsNecessaryTexts holds patterns of all shapes against texts that they are likely to match.
func TestNoPatternMatchesWithoutItsNecessaryTexts(t *testing.T) {
	parts := []string{"a", "ab", "b", "(a|b)", "(ab|ba)", "(?:ab)?", "(b)+", "(ab)*", "a*", "[ab]", "(?i:ab)", "(?i)b", "\\b", "^", "a{2,}", "(a|)", ".", "|"}
	random := rand.New(rand.NewPCG(4, 2))
	matched := 0
	for range 20000 {
		pattern, text := "", ""
		for range 1 + random.IntN(5) {
			pattern += parts[random.IntN(len(parts))]
		}
		for range random.IntN(9) {
			text += string("abAB "[random.IntN(5)])
		}
		r := rule{needs: necessary(pattern)}
		if !regexp.MustCompile(pattern).MatchString(text) {
			continue
		}
		if !r.canMatch(text) {
			t.Fatalf("%q matches %q, which has none of %q", pattern, text, r.needs)
		}
		if r.needs != nil {
			matched++
		}
	}
	if matched < 500 {
		t.Errorf("only %d patterns with necessary texts matched", matched)
	}
}
