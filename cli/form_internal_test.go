package cli

import (
	"bytes"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"testing"
)

// FuzzCellsAreWrittenAsByEncodingCSV compares appendCell with the writer of the standard library, beside a cell that needs nothing.
func FuzzCellsAreWrittenAsByEncodingCSV(f *testing.F) {
	for _, text := range []string{"", "CEO", `"`, `""`, `a "b" c"`, ",", "\t", "\r", "\n", "a\r\nb", " a", "a ", "\u00a0a", "\u2003", "\u200ba", "\ufeffa",
		`\.`, `\.a`, `\`, "#", ";", "\xff", "\xff,", "\xc2\x85", "\x85", "\x00", "営業,部長", "\U0001F600\""} {
		for _, also := range []string{"", "b", `"b"`, "b,c", "b\n", ".", "\xff"} {
			f.Add(text, also, also == ".")
		}
	}
	f.Fuzz(func(t *testing.T, text, also string, tabs bool) {
		whole, comma := text, ','
		if also != "" {
			whole += " " + also
		}
		if tabs {
			comma = '\t'
		}
		if text == "" && also != "" {
			return // a first sentence is never empty where there is a second
		}
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		w.Comma = comma
		if err := w.Write([]string{"x", whole}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		got := append(appendCell([]byte{'x', byte(comma)}, byte(comma), text, also), '\n')
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%q and %q: got %q, want %q", text, also, got, want.Bytes())
		}
	})
}

func TestSharesAreWrittenAsNumbersAre(t *testing.T) {
	var c classification
	c.writeShares()
	random := rand.New(rand.NewPCG(3, 1))
	shares := []float64{0, math.Copysign(0, -1), -0.0001, -1, 1, 1.0004, 1.0005, 1.001, 2, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, 5e-324}
	for i := range 1002 {
		tie := (float64(i) + 0.5) / 1000
		shares = append(shares, float64(i)/1000, tie, math.Nextafter(tie, 0), math.Nextafter(tie, 2))
	}
	for range 100000 {
		shares = append(shares, random.Float64())
	}
	for _, x := range shares {
		if got, want := c.share(x), formatShare(x); got != want {
			t.Errorf("%v: got %s, want %s", x, got, want)
		}
	}
}
