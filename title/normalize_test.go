package title_test

import (
	"testing"

	"rolecall/title"
)

func TestNormalizeGivesOneTextToOneTitle(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"Geschaeftsfuehrer (m/w/d)", "geschaftsfuhrer"},
		{"Geschäftsführer", "geschaftsfuhrer"},
		{"Sr. Mktg Mgr, EMEA", "senior marketing manager , emea"},
		{"Directrice des Ventes", "directeur des ventes"},
		{"Founder & CEO | Speaker at Acme", "founder & ceo | speaker @ acme"},
		{"C++ / C# / .NET developer, R&D", "c++ / c# / .net developer , r&d"},
		{"Lehrer/Lehrerin", "lehrer"},
		{"Mitarbeiter:in Vertrieb", "mitarbeiter vertrieb"},
		{"Director/a", "director"},
		{"C.E.O.", "ceo"},
		{"Vice President's Secretary", "vp 's secretary"},
	} {
		if got := title.Normalize(c.raw); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.raw, got, c.want)
		}
	}
}
