package workbook

import (
	"testing"

	"rolecall/label"
)

// A cell means the term that Taxonomy.Lookup finds, also where one row's name is another's value or ID.
func TestACellMeansWhatLookupFinds(t *testing.T) {
	rows := label.Taxonomy{Terms: []label.Term{
		{ID: "T-1", Name: "Support", Value: "service", Former: []string{"Help"}},
		{ID: "T-2", Name: "Service", Value: "field_service"},
		{ID: "T-3", Name: "Help", Value: "t_1"},
		{ID: "T-4", Name: "T-2", Value: "support", Former: []string{"Assist"}},
	}}
	words := newVocabulary(rows)
	for _, text := range []string{"Support", "SERVICE", "field_service", "Help", "t_1", "T-1", "t-2", "T-3", "Assist", "nobody"} {
		got, ok := words.lookup(text)
		want, wanted := rows.Lookup(text)
		if got.ID != want.ID || ok != wanted {
			t.Errorf("a cell %q means %q, Lookup finds %q", text, got.ID, want.ID)
		}
	}
}
