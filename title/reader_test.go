package title_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rolecall/title"
)

// checkRead compares what a reader says with what is said in full.
func checkRead(t *testing.T, r *title.Reader, raw string) {
	t.Helper()
	normal := title.Normalize(raw)
	want := title.Reading{Normalized: normal, Key: title.KeyOf(raw), Kind: title.Quality(raw), Mixed: title.MixedScript(raw)}
	if got := r.Read(raw); got != want {
		t.Fatalf("%q:\ngot  %+v\nwant %+v", raw, got, want)
	}
	if got, want := r.Words(), title.Tokens(normal); !slices.Equal(got, want) {
		t.Fatalf("%q: words %q, want %q", raw, got, want)
	}
}

var oddTitles = []string{"", " ", "VP Sales", "  Sales   Manager ", "Sales\tManager", "Sales \u00a0 Manager", "sales - & at", "& - R&D & + M&A 's", "- sales", "– sales –",
	"Lehrer / Lehrerin ( Lehrer", "Manager ( m / w / d )", "Manager (m / w)", "Manager ( all genders )", "Manager [ gn ]", "( mwd )", "Kaufmann / Kauffrau", "kaufmann/ -frau",
	"mann / frau", "Chef (in)", "chef ( in )", "Chargé·e de projet", "vendeur -euse", "abogado (a)", "ingenier@ s", "Sales @ Acme", "x@ @ at , | y", "h/f m|w m|w", "m | w",
	"e\u0301 \u0301e", "a \u0301\u0327b", "сaлес Manager", "µ-Controller µ", "\xff \xfe a", "\xe2\x80 x", "🚀 & co", "🚀 - co", "🚀 's", "C++ + C# .NET", "v. p. o. f.", "V.P. of I. T.",
	"c.e.o. a.", "Ａ／Ｂ ﷺ", "12345678 tel", "+49 170 1234567", "a@b.de", "www.acme.com", "asdf", "n/a", "n / a", "tous les genres ( tous", "Sr. Mktg Mgr, EMEA", "sr. sr. jr.",
	"Director at Large at Acme", "attorney at law", "at at at", "& & &", "'s 's", "’s chef ’s", "Müdür Yardımcısı İstanbul", "Geschaeftsfuehrerin bei Muenchen", "\u200bsales\u202e manager",
	strings.Repeat("vp ", 100), strings.Repeat("ceo ", 64), strings.Repeat("vp ", 85), strings.Repeat("é", 256), strings.Repeat("x", 100_000), strings.Repeat("a ", 50_000), strings.Repeat("\u0301", 40)}

func FuzzReaderSaysWhatIsSaidInFull(f *testing.F) {
	for _, seed := range oddTitles {
		f.Add(seed, "Sales Manager")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var r title.Reader
		for _, raw := range []string{first, second, first + " " + second, second + " " + first, first} {
			checkRead(t, &r, raw)
		}
	})
}

// TestReaderOnPieces puts titles together from pieces of which each may read its neighbours otherwise, and does it until the reader has
// forgotten and learnt again.
func TestReaderOnPieces(t *testing.T) {
	pieces := []string{" ", " ", " ", " ", " ", " ", "chef", "Sales", "(", ")", "[", "/", "-", "–", ".", "·", "e", "trice", "a", "in", "innen", "m", "w", "d", "|", "@", "s", "frau", "mann", "all genders",
		":", "*", ",", "é", "\u0301", "&", "+", "'s", "’s", "VP", "vice president", "of", "at", "c++", "r&d", ".net", "v.p.", "🚀", "с", "ae", "Geschaeftsfuehrerin", "\u00a0", "\u200b", "gn", "tous", "ＨＲ", "senior", "7"}
	random := rand.New(rand.NewPCG(3, 4))
	var r title.Reader
	var text strings.Builder
	for range 60_000 {
		text.Reset()
		for range 1 + random.IntN(12) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkRead(t, &r, text.String())
	}
}
