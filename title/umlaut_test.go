package title_test

import (
	"strings"
	"testing"

	"rolecall/title"
)

func TestUmlautsAreOneWordHoweverWritten(t *testing.T) {
	transcribe := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")
	strip := strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "Ä", "A", "Ö", "O", "Ü", "U")
	for _, raw := range []string{"Geschäftsführer", "Verkäufer", "Bürokaufmann", "Ärztin", "Übersetzer", "Qualitätsprüfer", "Sekretär",
		"Prüfingenieur", "Hörakustiker", "Öffentlichkeitsarbeit", "Präsident", "Außendienst", "Schlüsselkunden", "Führungskraft", "Förderung",
		"Stellvertretender Geschäftsführer", "Kaufmännischer Leiter", "Träger", "Händler", "Bürgermeister", "Gärtner", "Lösungsarchitekt"} {
		want := title.Normalize(raw)
		if got := title.Normalize(transcribe.Replace(raw)); got != want {
			t.Errorf("%s: %q, transcribed %q", raw, want, got)
		}
		if got := title.Normalize(strip.Replace(raw)); got != want {
			t.Errorf("%s: %q, stripped %q", raw, want, got)
		}
	}
	for _, raw := range []string{"queue", "israel", "boekhouder", "revenue", "michael", "coefficient", "aerospace", "poet", "due diligence", "value", "blue", "rescue", "quest"} {
		if got := title.Normalize(raw); got != raw {
			t.Errorf("%q became %q", raw, got)
		}
	}
}
