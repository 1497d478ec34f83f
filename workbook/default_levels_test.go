package workbook_test

import (
	"testing"

	"rolecall/label"
)

// TestDefaultRulesKnowWhoseALevelIs asks which level the rules give a title; none is where they leave it to the model.
func TestDefaultRulesKnowWhoseALevelIs(t *testing.T) {
	says := defaultRules(t)
	for text, want := range map[string]string{
		"Barber to the CEO": "Professional", "Pianist for the President": "Professional", "President's Gardener": "Professional", "Koch des Vorstands": "Professional",
		"Jardinier du président": "Professional", "Cocinero del director general": "Professional", "Cozinheira do presidente": "Professional", "Kok van de directeur": "Professional",
		"Ogrodnik prezesa": "Professional", "Mitglied des Vorstands": "C-Level", "Vorsitzende der Geschäftsführung": "C-Level", "Chief of Staff to the CEO": "",
		"Founder and adviser to the CEO": "Owner & Partner", "President": "C-Level", "Président du directoire": "C-Level", "Table Owner": "Owner & Partner", "Data Owner": "Professional",
		"Senior Data Owner": "Senior", "Rabbit and dog owner": "", "Founding Analyst": "Professional", "Founding Partner": "Owner & Partner", "Senior Living Gardener": "Professional",
		"Director of Senior Living": "Director", "Junior High Cook": "Professional", "Junior Cook": "Entry", "Head and Neck Nurse": "Professional", "Head of Nursing": "Director",
		"Chief Nurse": "Senior", "Secretary General": "Director", "Avocate associée": "Owner & Partner", "Apprenticeship Tutor": "",
	} {
		if got := says(label.Seniority, text); got != want {
			t.Errorf("%q: the rules say %q, want %q", text, got, want)
		}
	}
}
