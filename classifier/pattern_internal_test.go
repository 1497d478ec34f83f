package classifier

import (
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"
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
	part := rapid.SampledFrom([]string{"a", "ab", "b", "(a|b)", "(ab|ba)", "(?:ab)?", "(b)+", "a*", "[ab]", "(?i:ab)", "(?i)b", "\\b", "^", "a{2,}", "(a|)", "."})
	rapid.Check(t, func(t *rapid.T) {
		pattern := ""
		for _, p := range rapid.SliceOfN(part, 1, 5).Draw(t, "parts") {
			pattern += p
			if rapid.IntRange(0, 4).Draw(t, "or") == 0 {
				pattern += "|"
			}
		}
		text := rapid.StringMatching(`[abAB ]{0,8}`).Draw(t, "text")
		r := rule{needs: necessary(pattern)}
		if regexp.MustCompile(pattern).MatchString(text) && !r.canMatch(text) {
			t.Fatalf("%q matches %q, which has none of %q", pattern, text, r.needs)
		}
	})
}
