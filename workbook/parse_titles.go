package workbook

import (
	"strings"

	"rolecall/label"
	"rolecall/title"
)

// exemplars reads the Examples tab.
func (p *parser) exemplars() []label.Exemplar {
	items := readRows(p, Examples, p.exemplar)
	first := make(map[title.Key]item[label.Exemplar], len(items))
	out := make([]label.Exemplar, 0, len(items))
	for _, it := range items {
		out = append(out, it.value)
		key := p.key(it.value.Title)
		other, twice := first[key]
		if !twice {
			first[key] = it
			continue
		}
		if it.d.fromLast {
			continue
		}
		for _, axis := range label.Axes() {
			if word, _ := axisWords(axis); it.value.Known[axis] && other.value.Known[axis] && it.value.Labels[axis] != other.value.Labels[axis] {
				it.d.warn("row %d gives the same title another %s (%s) - keep the right one", other.d.row.Position+firstRow, word, p.nameOf(axis, other.value.Labels[axis]))
			}
		}
		if len(it.d.warnings) == 0 {
			it.d.warn("the same title as row %d - one of them is enough", other.d.row.Position+firstRow)
		}
		p.recheck(it.d)
	}
	return out
}

func (p *parser) nameOf(axis label.Axis, v label.Value) string {
	if v == "" {
		return NoneOfThese
	}
	return p.words[axis].taxonomy.Name(v)
}

func (p *parser) exemplar(d *draft) (label.Exemplar, bool) {
	e := label.Exemplar{ID: d.id, Language: d.text("language")}
	e.Title = p.jobTitle(d)
	opinions, ok := p.opinions(d, "role", "seniority")
	for _, axis := range label.Axes() {
		e.Labels[axis], e.Known[axis] = opinions[axis].Value, opinions[axis].Given
	}
	if ok && !e.Known[label.Role] && !e.Known[label.Seniority] {
		d.wait("pick a role or a seniority")
	}
	return e, d.good()
}

// jobTitle reads the title cell: any text with a word in it.
func (p *parser) jobTitle(d *draft) string {
	text := title.Clean(d.text("title"))
	switch {
	case text == "":
		d.wait("type the job title")
	case p.key(text) == "":
		d.fail("%s has no word in it - type a job title", quote(text))
	}
	return text
}

// corrections reads the Corrections tab.
func (p *parser) corrections() []CorrectionRow {
	items := readRows(p, Corrections, p.correction)
	first := map[string]*draft{}
	var out []CorrectionRow
	for _, it := range items {
		row := it.value
		row.New, row.Target = it.d.fresh, it.d.target(false)
		out = append(out, row)
		if !row.Active || it.d.fromLast {
			continue
		}
		key := string(p.key(row.Correction.Title))
		if row.Correction.Scope == label.ScopeContact {
			key = "\x00" + string(row.Correction.ContactID)
		}
		if other, twice := first[key]; twice {
			it.d.warn("row %d is about the same title too - the newer one holds; untick the other", other.row.Position+firstRow)
			p.recheck(it.d)
			continue
		}
		first[key] = it.d
	}
	return out
}

func (p *parser) correction(d *draft) (CorrectionRow, bool) {
	c := label.Correction{ID: d.id, Revision: 1, Scope: label.ScopeTitle, Source: label.SourceSheet, SourceID: d.id, Note: d.text("note")}
	c.Active = d.tick("active", "Active", true)
	c.ContactID = label.ContactID(d.text("contact_id"))
	switch scope := foldText(d.text("applies_to")); scope {
	case "", string(label.ScopeTitle):
	case string(label.ScopeContact):
		c.Scope = label.ScopeContact
	default:
		hint := ""
		choices := []string{string(label.ScopeTitle), string(label.ScopeContact)}
		if near, found := nearest(scope, choices); found {
			hint = " (did you mean " + near + "?)"
		}
		d.fail("Applies to %s is not on the list - pick %s%s", quote(d.text("applies_to")), orList(choices), hint)
	}
	if c.Scope == label.ScopeContact {
		c.Title = title.Clean(d.text("title"))
		contactID(d, string(c.ContactID))
	} else {
		c.Title = p.jobTitle(d)
		if c.ContactID != "" {
			d.warn("the contact ID has no effect while Applies to says this exact title")
		}
		c.ContactID = ""
	}
	opinions, ok := p.opinions(d, "role", "seniority")
	c.Labels = opinions
	if ok && !opinions[label.Role].Given && !opinions[label.Seniority].Given {
		d.wait("pick a role or a seniority")
	}
	return CorrectionRow{ID: d.id, Active: c.Active, Correction: c}, d.good()
}

func contactID(d *draft, id string) {
	switch {
	case id == "":
		d.wait("type the contact's Record ID from HubSpot")
	case strings.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' }) || len(id) > 20:
		d.fail("contact ID %s is not a HubSpot Record ID, which has digits only - copy it from the contact's address in HubSpot", quote(id))
	}
}
