package workbook

import (
	"fmt"

	"rolecall/label"
	"rolecall/title"
)

// answers reads what people wrote into the Review tab.
//
//	| Decision       | role or seniority picked | verdict        | complete                    |
//	|----------------|--------------------------|----------------|-----------------------------|
//	| blank          | neither                  | no answer      |                             |
//	| blank          | either                   | fix            | yes                         |
//	| fix            | neither                  | fix            | no: pick one                |
//	| fix            | either                   | fix            | yes                         |
//	| accept         | any; the picked axis is fixed, the other accepted | accept | yes  |
//	| none of these  | any; the picked axis is fixed, the other has none | none   | yes  |
//	| skip           | any, not acted on        | skip           | yes                         |
//	| not a person   | any, not acted on        | not a person   | yes                         |
//	| anything else, or a label that is not on its tab  |   | none           | no: an error                |
func (p *parser) answers() []Answer {
	var out []Answer
	layout, _ := LayoutOf(Review)
	items := readRows(p, Review, func(d *draft) (*Answer, bool) { return p.answer(d, layout), true })
	for _, it := range items {
		if it.value != nil {
			out = append(out, *it.value)
		}
	}
	return out
}

func (p *parser) answer(d *draft, layout Layout) *Answer {
	if d.fresh || d.fromLast {
		return nil // people do not ask questions here, and an answer counts only as long as it stands in the sheet
	}
	a := &Answer{ID: d.id, Target: d.target(false), Note: d.text("reviewer_note"), Cells: map[string]string{}}
	for c := range layout.PeopleColumns() {
		if text := d.text(c.Key); text != "" {
			a.Cells[c.Key] = text
		}
	}
	if len(a.Cells) == 0 || len(a.Cells) == 1 && a.Note != "" {
		return nil
	}
	scratch := &draft{tab: d.tab, row: d.row, id: d.id}
	opinions, _ := p.opinions(scratch, "correct_role", "correct_seniority")
	a.Opinions = opinions
	picked := opinions[label.Role].Given || opinions[label.Seniority].Given
	switch v := Verdict(foldText(d.text("decision"))); v {
	case "":
		if picked {
			a.Verdict = VerdictFix
		}
	case VerdictAccept, VerdictNone:
		a.Verdict = v
	case VerdictSkip, VerdictNotAPerson:
		a.Verdict = v
		scratch.errors = nil // what was picked is not acted on
		a.Opinions = [label.AxisCount]label.Opinion{}
	case VerdictFix:
		a.Verdict = v
		if !picked && len(scratch.errors) == 0 {
			scratch.wait("pick the correct role or the correct seniority")
		}
	default:
		hint := ""
		if near, ok := nearest(string(v), Decisions()); ok {
			hint = fmt.Sprintf(" (did you mean %s?)", near)
		}
		scratch.fail("decision %s is not on the list - pick %s%s", quote(d.text("decision")), orList(Decisions()), hint)
	}
	switch {
	case len(scratch.errors) > 0:
		a.Error = scratch.verdict()
	case len(scratch.waiting) > 0:
		a.Waiting = scratch.verdict()
	default:
		a.Complete = a.Verdict != ""
	}
	return a
}

// try reads one row of the Try tab; what is wrong with it goes into its answer.
func (p *parser) try(d *draft, layout Layout) TryRow {
	scratch := &draft{tab: d.tab, row: d.row, id: d.id}
	if scratch.refuseFormulas(layout); len(scratch.errors) > 0 {
		return TryRow{ID: d.id, Error: scratch.verdict()}
	}
	t := TryRow{ID: d.id, Title: title.Clean(d.text("title"))}
	t.Opinions, _ = p.opinions(scratch, "correct_role", "correct_seniority")
	switch {
	case t.Title == "" && (t.Opinions[label.Role].Given || t.Opinions[label.Seniority].Given):
		scratch.wait("type the job title")
	case t.Title != "" && p.key(t.Title) == "":
		scratch.fail("%s has no word in it - type a job title", quote(t.Title))
	}
	if !scratch.good() {
		t.Error = scratch.verdict()
	}
	return t
}

// tries reads the Try tab.
func (p *parser) tries() []TryRow {
	const most = 1000
	var out []TryRow
	layout, _ := LayoutOf(Try)
	items := readRows(p, Try, func(d *draft) (TryRow, bool) {
		if d.fromLast {
			return TryRow{}, false
		}
		return p.try(d, layout), true
	})
	for _, it := range items {
		it.value.Target = it.d.target(false)
		if it.value.Title == "" && it.value.Error == "" && it.value.Target.New != nil {
			continue
		}
		if len(out) >= most {
			it.value.Error = fmt.Sprintf("ERROR: only the first %d titles are tried - delete rows above to make room", most)
		}
		out = append(out, it.value)
	}
	return out
}

// requests reads Control's ticks.
func (p *parser) requests() []Request {
	var out []Request
	for _, row := range p.snap.Tables[Control].Rows {
		ticked, ok := tickOf(row.Cells["request"], false)
		if !ok || !ticked {
			continue
		}
		for _, a := range Actions() {
			if string(a.Action) != row.ID {
				continue
			}
			out = append(out, Request{ID: row.ID, Action: a.Action, Scope: scopeOf(TextOf(row.Cells["scope"]))})
		}
	}
	return out
}

// scopeOf reads the Scope cell; anything not on the list is read as the first, the smallest.
func scopeOf(text string) string {
	for _, s := range Scopes() {
		if foldText(text) == s {
			return s
		}
	}
	return Scopes()[0]
}

// suggestions reads the ticks of Quality.
func (p *parser) suggestions() []string {
	var out []string
	for _, row := range p.snap.Tables[Quality].Rows {
		if ticked, ok := tickOf(row.Cells["accept"], false); ok && ticked && row.ID != "" {
			out = append(out, row.ID)
		}
	}
	return out
}
