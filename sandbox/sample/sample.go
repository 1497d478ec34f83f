// Package sample makes the contacts of a realistic, messy portal: names,
// companies and job titles in a dozen languages, with typos, decoration,
// abbreviations and junk. Everything in it is invented, and every address is
// under a domain that is reserved for examples.
package sample

import (
	"embed"
	"iter"
	"math"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// Contact is a contact before it is in a portal.
type Contact struct {
	ID             int64 // HubSpot's record id; 0 when the portal shall give one
	FirstName      string
	LastName       string
	Email          string
	Company        string
	JobTitle       string
	LifecycleStage string
}

//go:embed titles/*.txt names.txt companies.txt variants.txt
var files embed.FS

// language is one group of titles with what belongs to it. Titles stand in the
// order of their frequency.
type language struct {
	name          string
	share         float64
	titles        []string
	cumulated     []float64
	first, last   []string
	forms         []string
	before, after []string
}

// shares of the languages in a portal; messy titles come from anywhere.
func shares() []language {
	return []language{{name: "en", share: .44}, {name: "de", share: .19}, {name: "messy", share: .09}, {name: "fr", share: .07}, {name: "es", share: .05},
		{name: "nl", share: .045}, {name: "it", share: .04}, {name: "pt", share: .03}, {name: "nordic", share: .025}, {name: "east", share: .02}}
}

// zipf is the exponent of the titles' frequency by rank; 1 would be Zipf's law
// itself, portals are a little flatter.
const zipf = 0.85

// Titles returns the written titles of all languages, most frequent first in
// each, without doubles.
func Titles() []string {
	var out []string
	seen := map[string]bool{}
	for _, l := range shares() {
		for _, t := range lines("titles/" + l.name + ".txt") {
			if !seen[t] {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	return out
}

func lines(name string) []string {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
}

// table reads a file of "key: a,b,c" lines.
func table(name string) map[string][]string {
	out := map[string][]string{}
	for _, line := range lines(name) {
		key, list, _ := strings.Cut(line, ": ")
		out[key] = strings.Split(list, ",")
	}
	return out
}

type generator struct {
	rng       *rand.Rand
	languages []language
	heads     []string
	tails     []string
	top       []string // marks of titles that take no level before them
}

func newGenerator(seed uint64) *generator {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 0x726f6c6563616c6c)), languages: shares()}
	names, companies, variants := table("names.txt"), table("companies.txt"), table("variants.txt")
	g.heads, g.tails, g.top = companies["head"], companies["tail"], variants["top"]
	for i := range g.languages {
		l := &g.languages[i]
		l.titles = lines("titles/" + l.name + ".txt")
		sum := 0.0
		for rank := range l.titles {
			sum += 1 / math.Pow(float64(rank+3), zipf)
			l.cumulated = append(l.cumulated, sum)
		}
		people := l.name
		if people == "messy" {
			people = "en"
		}
		l.first, l.last, l.forms = names[people+" first"], names[people+" last"], companies[people+" form"]
		l.before, l.after = variants[l.name+" before"], variants[l.name+" after"]
	}
	return g
}

// Contacts returns n contacts, the same for the same seed whatever n is. About
// one in twenty has no title; of the others more than half have one of the
// written titles, common ones far more often than rare ones, and the rest a
// variant composed from one, so that 200,000 contacts have some 60,000 titles.
func Contacts(seed uint64, n int) iter.Seq[Contact] {
	return func(yield func(Contact) bool) {
		g := newGenerator(seed)
		for i := range n {
			if !yield(g.contact(i)) {
				return
			}
		}
	}
}

func (g *generator) contact(i int) Contact {
	l := g.language()
	c := Contact{FirstName: pick(g.rng, l.first), LastName: pick(g.rng, l.last)}
	company := pick(g.rng, g.heads) + " " + pick(g.rng, g.tails)
	domain := strings.ReplaceAll(strings.ToLower(company), " ", "-") + ".example"
	if form := pick(g.rng, l.forms); form != "" {
		company += " " + form
	}
	c.Company = company
	c.Email = address(c.FirstName) + "." + address(c.LastName) + strconv.Itoa(i+1) + "@" + domain
	c.LifecycleStage = g.stage()
	if g.rng.IntN(20) > 0 {
		c.JobTitle = g.title(l, company)
	}
	switch g.rng.IntN(40) {
	case 0:
		c.FirstName, c.LastName = strings.ToLower(c.FirstName), strings.ToLower(c.LastName)
	case 1:
		c.LastName = strings.ToUpper(c.LastName)
	case 2:
		c.Company = ""
	case 3:
		c.FirstName, c.LastName = "", ""
	}
	return c
}

func (g *generator) language() *language {
	x := g.rng.Float64()
	for i := range g.languages {
		if x -= g.languages[i].share; x < 0 {
			return &g.languages[i]
		}
	}
	return &g.languages[0]
}

func (g *generator) stage() string {
	switch n := g.rng.IntN(100); {
	case n < 45:
		return "lead"
	case n < 65:
		return "subscriber"
	case n < 78:
		return "marketingqualifiedlead"
	case n < 85:
		return "salesqualifiedlead"
	case n < 90:
		return "opportunity"
	}
	return "customer"
}

func pick(rng *rand.Rand, list []string) string { return list[rng.IntN(len(list))] }

func (g *generator) title(l *language, company string) string {
	x := g.rng.Float64() * l.cumulated[len(l.cumulated)-1]
	title := l.titles[sort.SearchFloat64s(l.cumulated, x)]
	if g.rng.IntN(100) < 62 {
		return title
	}
	return g.vary(l, title, company)
}

// address folds a name to the letters of an e-mail address.
func address(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		default:
			b.WriteString(letters(r))
		}
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}

func letters(r rune) string {
	for _, group := range []string{"aàáâãåąă", "cçćč", "dďđ", "eèéêëęěė", "gğ", "iìíîïı", "lł", "nñńň", "oòóôõøő", "rř", "sśšș", "tťț", "uùúûůű", "yýÿ", "zźżž"} {
		if strings.ContainsRune(group, r) {
			return group[:1]
		}
	}
	return map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'æ': "ae", 'œ': "oe"}[r]
}
