package workbook_test

import (
	"testing"

	"rolecall/label"
	"rolecall/title"
	"rolecall/workbook"
)

// TestDefaultRulesKnowWhoseALevelIs asks which level the rules give a title; none is where they leave it to the model.
func TestDefaultRulesKnowWhoseALevelIs(t *testing.T) {
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	book := workbook.Parse(snap, workbook.LastGood{}).Rulebook
	var rules []matcher
	for _, r := range book.Rules {
		if r.Set[label.Seniority] != "" {
			rules = append(rules, newMatcher(r))
		}
	}
	for text, want := range map[string]string{
		"Barber to the CEO": "Professional", "Pianist for the President": "Professional", "President's Gardener": "Professional", "Koch des Vorstands": "Professional",
		"Jardinier du président": "Professional", "Cocinero del director general": "Professional", "Cozinheira do presidente": "Professional", "Kok van de directeur": "Professional",
		"Ogrodnik prezesa": "Professional", "Mitglied des Vorstands": "C-Level", "Vorsitzende der Geschäftsführung": "C-Level", "Chief of Staff to the CEO": "",
		"Founder and adviser to the CEO": "Owner & Partner", "President": "C-Level", "Président du directoire": "C-Level", "Table Owner": "Owner & Partner", "Data Owner": "Professional",
		"Senior Data Owner": "Senior", "Rabbit and dog owner": "", "Founding Analyst": "Professional", "Founding Partner": "Owner & Partner", "Senior Living Gardener": "Professional",
		"Director of Senior Living": "Director", "Junior High Cook": "Professional", "Junior Cook": "Entry", "Head and Neck Nurse": "Professional", "Head of Nursing": "Director",
		"Chief Nurse": "Senior", "Secretary General": "Director", "Avocate associée": "Owner & Partner", "Apprenticeship Tutor": "",
	} {
		normalized := title.Normalize(text)
		got := ""
		for _, m := range rules {
			if m.matches(normalized, title.Tokens(normalized)) {
				got = book.Taxonomies[label.Seniority].Name(m.rule.Set[label.Seniority])
				break
			}
		}
		if got != want {
			t.Errorf("%q: the rules say %q, want %q", text, got, want)
		}
	}
}
