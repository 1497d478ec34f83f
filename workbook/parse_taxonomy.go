package workbook

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rolecall/label"
)

// Limits of a taxonomy row.
const (
	maxNameRunes  = 100
	maxValueBytes = 100
)

// taxonomy reads the Roles or the Seniorities tab, and the example titles typed into its rows.
func (p *parser) taxonomy(axis label.Axis) (label.Taxonomy, []label.Exemplar) {
	_, tab := axisWords(axis)
	c := p.claims(tab)
	parse := func(d *draft) (label.Term, bool) { return p.term(d, axis, c) }
	items := readRows(p, tab, parse)
	if p.keepTaxonomy(tab, activeTerms(items)) {
		items = wholeTab(p, tab, parse)
	}
	p.oneFallback(tab, items)
	p.distinctRanks(axis, items)
	t := label.Taxonomy{Axis: axis}
	var exemplars []label.Exemplar
	for _, it := range items {
		term := it.value
		if slices.ContainsFunc(t.Terms, func(o label.Term) bool {
			return o.Value == term.Value || foldText(o.Name) == foldText(term.Name)
		}) {
			continue // a remembered row whose name or value another row has taken meanwhile
		}
		p.rememberNames(&term)
		p.out.LastGood.Values[term.ID] = term.Value
		t.Terms = append(t.Terms, term)
		exemplars = append(exemplars, termExemplars(axis, term)...)
	}
	return t, exemplars
}

func activeTerms(items []item[label.Term]) int {
	n := 0
	for _, it := range items {
		if it.value.Active {
			n++
		}
	}
	return n
}

// claims says which row a name or a value belongs to when two rows have it: the one that had it before, else the uppermost.
type claims struct {
	names, values map[string]claim
}

type claim struct {
	id       string // "" for a row that has none yet
	position int
}

// takenBy says which other row has the key, by position.
func takenBy(m map[string]claim, key string, d *draft) (int, bool) {
	c, ok := m[key]
	if !ok || d.fromLast || c.position == d.row.Position || (c.id != "" && c.id == d.row.ID) {
		return 0, false
	}
	return c.position, true
}

func (p *parser) claims(tab Tab) claims {
	c := claims{map[string]claim{}, map[string]claim{}}
	put := func(m map[string]claim, key string, row Row, had bool) {
		if _, taken := m[key]; key != "" && (!taken || had) {
			m[key] = claim{row.ID, row.Position}
		}
	}
	for _, settled := range []bool{false, true} {
		for _, row := range p.snap.Tables[tab].Rows {
			row.ID = strings.TrimFunc(row.ID, blankRune)
			was, known := p.last.Rows[tab][row.ID]
			name, value := foldText(TextOf(row.Cells["name"])), TextOf(row.Cells["value"])
			if !settled || known && foldText(TextOf(was.Cells["name"])) == name {
				put(c.names, name, row, settled)
			}
			if value == "" {
				continue
			}
			if !settled || known && string(p.last.Values[row.ID]) == value {
				put(c.values, value, row, settled)
			}
		}
	}
	return c
}

func (p *parser) term(d *draft, axis label.Axis, c claims) (label.Term, bool) {
	word, _ := axisWords(axis)
	t := label.Term{ID: d.id, Name: strings.Join(strings.Fields(d.text("name")), " "), Description: d.text("description"), Examples: partsOf(d.text("examples"))}
	p.termName(d, word, t.Name, c)
	t.Value = p.termValue(d, t.Name, c)
	t.Active = d.tick("active", "Active", true)
	t.Fallback = d.tick("fallback", "Fallback", false)
	if axis == label.Seniority {
		rank, ok := wholeOf(d.row.Cells["rank"], 1, 999)
		switch {
		case d.text("rank") == "":
			d.wait("give it a rank - a whole number, 1 is the highest")
		case !ok:
			d.fail("rank must be a whole number 1-999, found %s", quote(d.text("rank")))
		}
		t.Rank = rank
	}
	if t.Fallback && !t.Active {
		d.warn("it is ticked Fallback but switched off - the tick has no effect")
		t.Fallback = false
	}
	return t, d.good()
}

func (p *parser) termName(d *draft, word, name string, c claims) {
	switch {
	case name == "":
		d.wait("type the name of the %s", word)
	case utf8.RuneCountInString(name) > maxNameRunes:
		d.fail("the name has more than %d letters - shorten it", maxNameRunes)
	case foldText(name) == NoneOfThese:
		d.fail("%s means that no %s fits and cannot be a name - choose another", quote(name), word)
	case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		d.fail("the name %s has no letter in it - type a name", quote(name))
	}
	if at, taken := takenBy(c.names, foldText(name), d); taken {
		d.fail("the name %s is also on row %d - rename or delete one of them", quote(name), at+firstRow)
	}
}

// termValue is the HubSpot value: what stands in the cell, else what the row had before, else a slug of the name.
func (p *parser) termValue(d *draft, name string, c claims) label.Value {
	text := d.text("value")
	if text == "" {
		if kept, ok := p.last.Values[d.id]; ok && kept != "" {
			return kept
		}
		v := label.Slug(name)
		if at, taken := takenBy(c.values, string(v), d); taken {
			d.fail("its HubSpot value would be %s, which row %d has - type another value", quote(string(v)), at+firstRow)
		}
		if v == "" && name != "" {
			d.wait("type a HubSpot value - none can be made of the name")
		}
		return v
	}
	if len(text) > maxValueBytes || strings.ContainsAny(text, ";|\"<>\n\t") {
		d.fail("HubSpot does not take the value %s - use small letters, digits and _", quote(text))
	}
	if at, taken := takenBy(c.values, text, d); taken {
		d.fail("the HubSpot value %s is also on row %d - give each row its own, or leave the cell blank", quote(text), at+firstRow)
	}
	if was, ok := p.last.Values[d.id]; ok && string(was) != text && !d.fromLast {
		d.warn("the HubSpot value was %s - contacts that have it keep it until the next full run gives them the new one", quote(string(was)))
	}
	return label.Value(text)
}

// oneFallback leaves the tick to the row that had it before, else to the uppermost.
func (p *parser) oneFallback(tab Tab, items []item[label.Term]) {
	keep := -1
	for i, it := range items {
		if !it.value.Fallback {
			continue
		}
		had, _ := tickOf(p.last.Rows[tab][it.d.id].Cells["fallback"], false)
		if keep < 0 || had {
			if keep >= 0 {
				if hadFirst, _ := tickOf(p.last.Rows[tab][items[keep].d.id].Cells["fallback"], false); hadFirst {
					continue
				}
			}
			keep = i
		}
	}
	for i := range items {
		if it := &items[i]; it.value.Fallback && i != keep {
			it.value.Fallback = false
			if !it.d.fromLast {
				it.d.warn("Fallback is ticked on row %d too - untick one of them; this tick has no effect", items[keep].d.row.Position+firstRow)
				p.recheck(it.d)
			}
		}
	}
}

func (p *parser) distinctRanks(axis label.Axis, items []item[label.Term]) {
	if axis != label.Seniority {
		return
	}
	first := map[int]*draft{}
	for _, it := range items {
		other, taken := first[it.value.Rank]
		if !taken {
			first[it.value.Rank] = it.d
			continue
		}
		if !it.d.fromLast {
			it.d.warn("row %d has rank %d too - give each row its own", other.row.Position+firstRow, it.value.Rank)
			p.recheck(it.d)
		}
	}
}

// rememberNames gives a term its former names: those remembered, and the one it had at the last reading if that was another.
func (p *parser) rememberNames(t *label.Term) {
	for _, tab := range []Tab{Roles, Seniorities} {
		was, ok := p.last.Rows[tab][t.ID]
		if !ok {
			continue
		}
		former := slices.Clone(p.last.Former[t.ID])
		if name := TextOf(was.Cells["name"]); foldText(name) != foldText(t.Name) && name != "" {
			former = append(former, name)
		}
		former = slices.DeleteFunc(former, func(f string) bool { return foldText(f) == foldText(t.Name) })
		if len(former) > 0 {
			t.Former = former
			p.out.LastGood.Former[t.ID] = former
		}
	}
}

// termExemplars are the example titles typed into a taxonomy row.
func termExemplars(axis label.Axis, t label.Term) []label.Exemplar {
	if !t.Active {
		return nil
	}
	var out []label.Exemplar
	for _, example := range t.Examples {
		e := label.Exemplar{ID: t.ID, Title: example}
		e.Labels[axis], e.Known[axis] = t.Value, true
		out = append(out, e)
	}
	return out
}
