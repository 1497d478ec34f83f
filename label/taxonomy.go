package label

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Term is one row of a taxonomy: a role or a seniority.
type Term struct {
	// ID is the row's identity in the sheet (its ID cell).
	ID string
	// Name is what people read and pick: "Customer Success & Support".
	Name string
	// Value is what HubSpot stores; see Value.
	Value Value
	// Former lists names this row had before, so that cells picked before a rename still resolve.
	Former []string `json:",omitempty"`
	// Active is the row's tick; an inactive term is given to nobody and its option is hidden, not removed.
	Active bool
	// Fallback marks the value of a title that is a real job and bears no sign of any other row. At most one row of a taxonomy.
	Fallback bool
	// Rank orders seniorities, 1 is the highest; 0 where the axis has no order.
	Rank int
	// Description says in a sentence what the label covers.
	Description string
	// Examples are titles typed into the taxonomy row itself; they count as exemplars.
	Examples []string `json:",omitempty"`
}

// Taxonomy is the closed list of values of one axis, in the sheet's order.
type Taxonomy struct {
	Axis  Axis
	Terms []Term `json:",omitempty"`
}

// Active returns the terms that may be given, in order.
func (t Taxonomy) Active() []Term {
	var out []Term
	for _, term := range t.Terms {
		if term.Active {
			out = append(out, term)
		}
	}
	return out
}

// ByValue finds the term with that internal value, active or not.
func (t Taxonomy) ByValue(v Value) (Term, bool) {
	for _, term := range t.Terms {
		if term.Value == v {
			return term, true
		}
	}
	return Term{}, false
}

// Has says whether v is the value of an active term.
func (t Taxonomy) Has(v Value) bool {
	term, ok := t.ByValue(v)
	return ok && term.Active
}

// Name is the name of the term with value v, or v itself where there is none.
func (t Taxonomy) Name(v Value) string {
	if term, ok := t.ByValue(v); ok {
		return term.Name
	}
	return string(v)
}

// Fallback returns the active term ticked Fallback, if there is one.
func (t Taxonomy) Fallback() (Term, bool) {
	for _, term := range t.Terms {
		if term.Active && term.Fallback {
			return term, true
		}
	}
	return Term{}, false
}

// Lookup finds the term a person means by text; case and outer spaces do not matter. The first that fits is meant, whichever row it
// is in, so that what people see comes before what they do not:
//
//	| 1 | its name               |
//	| 2 | its internal value     |
//	| 3 | its ID                 |
//	| 4 | a name it had before   |
func (t Taxonomy) Lookup(text string) (Term, bool) {
	want := fold(text)
	if want == "" {
		return Term{}, false
	}
	for _, fits := range [...]func(Term) bool{
		func(term Term) bool { return fold(term.Name) == want },
		func(term Term) bool { return fold(string(term.Value)) == want },
		func(term Term) bool { return fold(term.ID) == want },
		func(term Term) bool {
			return slices.ContainsFunc(term.Former, func(former string) bool { return fold(former) == want })
		},
	} {
		if i := slices.IndexFunc(t.Terms, fits); i >= 0 {
			return t.Terms[i], true
		}
	}
	return Term{}, false
}

// Nearest finds the active term whose name is closest to text, for "did you
// mean ...?". It finds none when nothing is near: more than a third of the
// letters (and more than two) would have to change (Levenshtein distance).
func (t Taxonomy) Nearest(text string) (Term, bool) {
	want := fold(text)
	type scored struct {
		term     Term
		distance int
	}
	var all []scored
	for _, term := range t.Active() {
		all = append(all, scored{term, distance(want, fold(term.Name))})
	}
	if want == "" || len(all) == 0 {
		return Term{}, false
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].distance < all[j].distance })
	if limit := max(2, utf8.RuneCountInString(want)/3); all[0].distance > limit {
		return Term{}, false
	}
	return all[0].term, true
}

// Slug makes the internal value that a term gets when the sheet leaves the cell
// blank: lower-case ASCII letters and digits, every other run one underscore.
func Slug(name string) Value {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return Value(b.String())
}

func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// distance is the Levenshtein distance in runes.
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, ca := range ra {
		prev := row[0]
		row[0] = i + 1
		for j, cb := range rb {
			cost := 1
			if ca == cb {
				cost = 0
			}
			next := min(prev+cost, row[j]+1, row[j+1]+1)
			prev, row[j+1] = row[j+1], next
		}
	}
	return row[len(rb)]
}
