package workbook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rolecall/label"
	"rolecall/title"
)

// firstRow is the sheet's row number of position 0: row 1 is the header.
const firstRow = 2

// parser carries one reading.
type parser struct {
	snap  Snapshot
	last  LastGood
	out   *Reading
	words [label.AxisCount]vocabulary
	spare map[Tab]int          // IDs proposed by this reading in tabs that are not numbered here
	keys  map[string]title.Key // of the job titles met so far: making one is the dearest part of a reading
	title title.Reader
}

// key is the title's key.
func (p *parser) key(text string) title.Key {
	k, known := p.keys[text]
	if !known {
		k = p.title.Read(text).Key
		p.keys[text] = k
	}
	return k
}

// Parse says what a snapshot means. It is pure: equal arguments, equal reading. It never fails: what cannot be read is left out, the last
// good version of it stays in force, and Checks, Problems and Holds say so in words for the sheet.
//
//	| what stands in the sheet                               | what is done                                            |
//	|--------------------------------------------------------|---------------------------------------------------------|
//	| a good row                                             | in force; check OK, or WARN when it deserves a look     |
//	| a bad row                                              | its last good version, else left out; ERROR             |
//	| a row with something still to fill in                  | likewise; WAITING                                       |
//	| a row without an ID                                    | in force; an ID is proposed                             |
//	| a Review row without an ID                             | left out; ERROR: the questions are ours                 |
//	| the same ID twice                                      | the row that has not changed, else the upper; ERROR     |
//	| a tab that is missing or has a broken header           | all its last good rows                                  |
//	| more than 20 % and more than 10 known rows vanished    | they stay in force; a hold                              |
//	| a taxonomy without one good active row, where one was  | its last good rows; a hold                              |
//	| the same cells dealt to other IDs (part of it sorted)  | the tab's last good rows; a hold                        |
func Parse(snap Snapshot, last LastGood) Reading {
	out := Reading{LastGood: LastGood{
		Rows: map[Tab]map[string]Row{}, Values: map[string]label.Value{},
		Former: map[string][]string{}, Highest: map[Tab]int{},
	}}
	maps.Copy(out.LastGood.Values, last.Values)
	maps.Copy(out.LastGood.Highest, last.Highest)
	p := &parser{snap: snap, last: last, out: &out, spare: map[Tab]int{}, keys: map[string]title.Key{}}

	var inRows [label.AxisCount][]label.Exemplar
	for _, axis := range label.Axes() {
		out.Rulebook.Taxonomies[axis], inRows[axis] = p.taxonomy(axis)
		p.words[axis] = newVocabulary(out.Rulebook.Taxonomies[axis])
	}
	out.Rulebook.Rules = p.rules()
	out.Rulebook.Exemplars = p.exemplars()
	for _, axis := range label.Axes() {
		out.Rulebook.Exemplars = append(out.Rulebook.Exemplars, inRows[axis]...)
	}
	out.CorrectionRows = p.corrections()
	for _, row := range out.CorrectionRows {
		out.Rulebook.Corrections = append(out.Rulebook.Corrections, row.Correction)
	}
	out.Rulebook.Settings = p.settings()
	out.Answers = p.answers()
	out.Tries = p.tries()
	out.Requests = p.requests()
	out.Suggestions = p.suggestions()
	p.unread()
	p.count()
	return out
}

// check records the verdict on a row.
func (p *parser) check(d *draft, duplicate bool) {
	if CheckColumn(d.tab) != "row_check" && !duplicate {
		return // an Answer or a TryRow says it
	}
	p.out.Checks = append(p.out.Checks, Check{Tab: d.tab, Target: d.target(duplicate), Position: d.row.Position, Text: d.verdict()})
}

// CheckColumn is the key of the column that tells people what is wrong with a row of the tab; "" for tabs that people only read.
func CheckColumn(tab Tab) string {
	switch tab {
	case Roles, Seniorities, Rules, Examples, Corrections, Settings:
		return "row_check"
	case Review:
		return "message"
	case Try:
		return "status"
	}
	return ""
}

// recheck replaces the verdict on a row after rows have been compared with one another.
func (p *parser) recheck(d *draft) {
	for i := len(p.out.Checks) - 1; i >= 0; i-- {
		if c := &p.out.Checks[i]; c.Tab == d.tab && c.Position == d.row.Position {
			c.Text = d.verdict()
			return
		}
	}
}

func (p *parser) count() {
	for _, c := range p.out.Checks {
		switch {
		case strings.HasPrefix(c.Text, "ERROR"):
			p.out.Errors++
		case strings.HasPrefix(c.Text, "WARN"):
			p.out.Warnings++
		case strings.HasPrefix(c.Text, "WAITING"):
			p.out.Waiting++
		}
	}
}

func (p *parser) hold(tab Tab, reason string) {
	p.out.Holds = append(p.out.Holds, Hold{Tab: tab, Reason: reason})
}

func (p *parser) problem(layout Layout, table Table) {
	text := table.Problem
	if text == "" {
		text = "the tab is gone - bring it back with Edit > Undo or the version history, or run rolecall init to make it anew"
	}
	p.out.Problems = append(p.out.Problems, fmt.Sprintf("%s: %s; until then the tab counts as it last was", layout.Title, text))
}

// unread says which lines of the tables are no rows at all.
func (p *parser) unread() {
	for _, layout := range Layouts() {
		for _, text := range p.snap.Tables[layout.Tab].Rejected {
			p.out.Problems = append(p.out.Problems, text)
			p.out.Errors++
		}
	}
}

// peopleCells records a row's people's cells.
func (p *parser) peopleCells(layout Layout, d *draft) {
	for c := range layout.PeopleColumns() {
		if text := d.text(c.Key); text != "" {
			p.out.PeopleCells = append(p.out.PeopleCells, PersonCell{Tab: d.tab, RowID: d.id, Column: c.Key, Text: text})
		}
	}
}

// idForm is how a tab's IDs look: prefix and the least number of digits.
func idForm(tab Tab) (prefix string, digits int) {
	switch tab {
	case Roles:
		return "RO", 2
	case Seniorities:
		return "SE", 2
	case Rules:
		return "R", 3
	case Examples:
		return "E", 4
	case Corrections:
		return "C", 6
	case Settings:
		return "S", 2
	case Try:
		return "T", 4
	case Review:
		return "Q", 6
	}
	return strings.ToUpper(string(tab[:1])), 4
}

// IDText writes a tab's ID with that number: IDText(Rules, 31) is R-031.
func IDText(tab Tab, number int) string {
	prefix, digits := idForm(tab)
	return fmt.Sprintf("%s-%0*d", prefix, digits, number)
}

// idNumber is the number in an ID of the tab's form, 0 for any other text.
func idNumber(tab Tab, id string) int {
	prefix, _ := idForm(tab)
	digits, ok := strings.CutPrefix(id, prefix+"-")
	if !ok || len(digits) > 9 {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// seen keeps the highest number of a tab's IDs.
func (p *parser) seen(tab Tab, id string) {
	p.out.LastGood.Highest[tab] = max(p.out.LastGood.Highest[tab], idNumber(tab, id))
}

// vocabulary finds the term that a cell names, as Taxonomy.Lookup does, and quickly: thousands of cells are looked up in one reading.
type vocabulary struct {
	taxonomy label.Taxonomy
	byText   map[string]int
}

func newVocabulary(t label.Taxonomy) vocabulary {
	v := vocabulary{taxonomy: t, byText: map[string]int{}}
	put := func(text string, i int) {
		if _, taken := v.byText[foldText(text)]; !taken && text != "" {
			v.byText[foldText(text)] = i
		}
	}
	for i, term := range t.Terms {
		put(term.Name, i)
	}
	for i, term := range t.Terms {
		put(string(term.Value), i)
	}
	for i, term := range t.Terms {
		put(term.ID, i)
	}
	for i, term := range t.Terms {
		for _, former := range slices.Backward(term.Former) {
			put(former, i)
		}
	}
	return v
}

func (v vocabulary) lookup(text string) (label.Term, bool) {
	i, ok := v.byText[foldText(text)]
	if !ok {
		return label.Term{}, false
	}
	return v.taxonomy.Terms[i], true
}

// axisWords are the axis' words in messages: what it is called and where its list stands.
func axisWords(a label.Axis) (name string, tab Tab) {
	if a == label.Role {
		return "role", Roles
	}
	return "seniority", Seniorities
}

// opinion reads a cell that names a role or a seniority. It is false when the cell is wrong; the draft then says why.
//
//	| cell                           | opinion         |
//	|--------------------------------|-----------------|
//	| blank                          | not given       |
//	| none of these                  | given, no value |
//	| a name, former name, value, ID | given, value    |
//	| a name that is switched off    | error           |
//	| anything else                  | error           |
func (p *parser) opinion(d *draft, axis label.Axis, key string) (label.Opinion, bool) {
	text := d.text(key)
	name, tab := axisWords(axis)
	switch foldText(text) {
	case "":
		return label.Opinion{}, true
	case NoneOfThese:
		return label.Opinion{Given: true}, true
	}
	term, ok := p.words[axis].lookup(text)
	if !ok {
		hint := ""
		if near, found := p.words[axis].taxonomy.Nearest(text); found {
			hint = fmt.Sprintf(" (did you mean %s?)", near.Name)
		}
		d.fail("%s %s is not on the %s tab - pick from the list%s", name, quote(text), tab, hint)
		return label.Opinion{}, false
	}
	if !term.Active {
		d.fail("%s %s is switched off on the %s tab - pick another, or tick Active there", name, quote(term.Name), tab)
		return label.Opinion{}, false
	}
	return label.Opinion{Given: true, Value: term.Value}, true
}

// opinions reads both axes' cells.
func (p *parser) opinions(d *draft, role, seniority string) ([label.AxisCount]label.Opinion, bool) {
	var out [label.AxisCount]label.Opinion
	good := true
	for _, axis := range label.Axes() {
		key := role
		if axis == label.Seniority {
			key = seniority
		}
		o, ok := p.opinion(d, axis, key)
		out[axis] = o
		good = good && ok
	}
	return out, good
}
