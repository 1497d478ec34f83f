package workbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What an accident looks like: more rows gone than anybody deletes on purpose, or cells dealt to rows that they do not belong to.
const (
	vanishedRows  = 10  // and more than
	vanishedShare = 0.2 // of the known rows
	movedRows     = 3   // rows at least whose cells now stand at another ID
)

// vanished returns the known IDs that are gone when they are too many to be meant, and records the hold; nil otherwise.
// Review and Try are left out: their rows come and go, and nothing is lost with them.
func (p *parser) vanished(layout Layout, tab Tab, last map[string]Row, here map[string]int) []string {
	if tab == Review || tab == Try || p.last.Accept {
		return nil
	}
	var gone []string
	for _, id := range sortedIDs(last) {
		if _, ok := here[id]; !ok {
			gone = append(gone, id)
		}
	}
	if len(gone) <= vanishedRows || float64(len(gone)) <= vanishedShare*float64(len(last)) {
		return nil
	}
	p.hold(tab, fmt.Sprintf("%d of the %d rows of the %s tab are gone - bring them back with Edit > Undo, or tick Accept held changes on Control if that was meant",
		len(gone), len(last), layout.Title))
	return gone
}

// cameApart recognises a sort that took some columns along and left the IDs behind: the same texts as before, at other IDs.
//
//	| column                                   | counts as moved when                                              |
//	|------------------------------------------|-------------------------------------------------------------------|
//	| free text (names, titles, rule texts)    | 3 rows or more changed, to the same texts in another order        |
//	| Review's answers, taken together         | likewise                                                          |
//	| ticks, choices, numbers, names of labels | never alone: people do change those in such ways                  |
func (p *parser) cameApart(layout Layout, drafts []*draft, last map[string]Row) string {
	if len(last) == 0 {
		return ""
	}
	for _, key := range apartKeys(layout) {
		var before, now []string
		for _, d := range drafts {
			was, known := last[d.id]
			if !known || d.fresh {
				continue
			}
			a, b := tuple(was.Cells, key), tuple(d.row.Cells, key)
			if a != b {
				before, now = append(before, a), append(now, b)
			}
		}
		if len(now) < movedRows {
			continue
		}
		slices.Sort(before)
		slices.Sort(now)
		if slices.Equal(before, now) {
			return fmt.Sprintf("in the %s tab %d rows have each other's cells, as if only some columns had been sorted - undo it with Edit > Undo, or tick Accept held changes on Control if that was meant",
				layout.Title, len(now))
		}
	}
	return ""
}

// apartKeys are the groups of columns that are compared.
func apartKeys(layout Layout) [][]string {
	switch layout.Tab {
	case Review:
		return [][]string{{"decision", "correct_role", "correct_seniority"}}
	case Roles, Seniorities:
		return [][]string{{"name"}, {"value"}}
	case Rules:
		return [][]string{{"text"}}
	case Examples, Corrections:
		return [][]string{{"title"}}
	case Settings:
		return [][]string{{"value"}}
	}
	return nil
}

func tuple(cells map[string]Cell, keys []string) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(TextOf(cells[k]))
		b.WriteByte(0)
	}
	return b.String()
}

// keepTaxonomy holds a taxonomy tab that lost its last good active row. It is true when the tab shall stand as it last was.
func (p *parser) keepTaxonomy(tab Tab, active int) bool {
	last := p.last.Rows[tab]
	if active > 0 || len(last) == 0 || p.last.Accept {
		return false
	}
	layout, _ := LayoutOf(tab)
	for _, h := range p.out.Holds {
		if h.Tab == tab {
			return false // held already, with its rows
		}
	}
	p.hold(tab, fmt.Sprintf("the %s tab has no row left that can be given - bring its rows back with Edit > Undo, or tick Accept held changes on Control if that was meant", layout.Title))
	p.out.LastGood.Rows[tab] = maps.Clone(last)
	return true
}
