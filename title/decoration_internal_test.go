package title

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// allDecorations takes off every decoration without asking first whether it may be there.
func allDecorations(text string) string {
	for _, d := range decorations() {
		text = d.find.ReplaceAllString(text, d.replace)
	}
	return text
}

func FuzzDecorationsAreFoundWhereTheyMayBe(f *testing.F) {
	for _, text := range []string{"geschaftsfuhrer (m/w/d)", "[ all genders ] chef", "chef de projet h/f", "verkaufer:in", "kaufmann/-frau", "directeur/-trice",
		"avocat(e)", "charge·e·s", "abogado(a)", "director/a", "ingenier@s", "vendeur-euse", "profesor o/a (a/o)", "x m|w", "mitarbeiter (innen)", "медсестра/e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		text := fold(Clean(raw))
		if got, want := undecorate(text), allDecorations(text); got != want {
			t.Errorf("%q: %q, and %q when every pattern is tried", text, got, want)
		}
	})
}

// TestDecorationsOfPieces puts decorations together from their pieces, with what stands around them.
func TestDecorationsOfPieces(t *testing.T) {
	pieces := []string{"", " ", "chef", "ou", "(", ")", "/", "-", ".", "·", "e", "es", "trice", "a", "ka", "in", "innen", "m", "w", "d", "|", "@", "s", "frau", "mann", "all genders", ":", "*", ",", "é"}
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for range 15_000 {
		text.Reset()
		text.WriteString("chef")
		for range 5 {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		s := text.String()
		if got, want := undecorate(s), allDecorations(s); got != want {
			t.Fatalf("%q: %q, and %q when every pattern is tried", s, got, want)
		}
	}
}
