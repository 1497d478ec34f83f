package workbook_test

import (
	"testing"

	"rolecall/label"
)

// TestHardCasesOfTheDefaultRules are the settled cases of the default taxonomy that rules decide, in the words of its guide.
func TestHardCasesOfTheDefaultRules(t *testing.T) {
	says := defaultRules(t)
	for _, c := range []struct{ title, role, seniority string }{ // "" where rules are silent and the classifier decides
		{"Founder & CEO", "General Management", "Owner & Partner"},
		{"CEO and Sales Director", "", "C-Level"},
		{"Assistant to the CEO", "Administration", "Professional"},
		{"Vice President's Secretary", "Administration", "Professional"},
		{"Executive Assistant", "Administration", "Professional"},
		{"Account Executive", "Sales", "Professional"},
		{"Senior Account Executive", "Sales", "Senior"},
		{"Associate Director", "", "Director"},
		{"Finance & IT Manager", "", "Manager"},
		{"Logistics Manager", "Procurement & Supply Chain", "Manager"},
		{"Export and Logistics Manager", "", "Manager"},
		{"Learning & Development Specialist", "Human Resources", ""},
		{"Associate Partner", "", "Owner & Partner"},
		{"Assistant Professor", "Education", "Senior"},
		{"Assistant Manager", "", "Manager"},
		{"Associate Vice President", "", "VP"},
		{"Junior Account Manager", "Sales", "Entry"},
		{"Team Lead", "", "Manager"},
		{"Project Lead", "Project Management", "Manager"},
		{"Practice Lead", "", "Manager"},
		{"Lead Engineer", "", "Senior"},
		{"Product Owner", "Product", "Professional"},
		{"Scrum Master", "Project Management", "Professional"},
		{"Staff Nurse", "Healthcare", "Professional"},
		{"Staff Software Engineer", "Engineering", "Senior"},
		{"Partner Manager", "Business Development", "Manager"},
		{"HR Business Partner", "Human Resources", "Professional"},
		{"Marketing Recruiter", "Human Resources", ""},
		{"General Counsel", "Legal & Compliance", "Director"},
		{"Geschäftsführerin", "General Management", "C-Level"},
		{"Assistenz der Geschäftsführung", "Administration", "Professional"},
		{"Abteilungsleiterin", "", "Director"},
		{"Projektleiter (m/w/d)", "Project Management", "Manager"},
		{"Werkstudent Marketing", "", "Entry"},
		{"Directrice des ressources humaines", "Human Resources", "Director"},
		{"Responsable marketing", "Marketing", "Manager"},
		{"Försäljningschef", "Sales", "Manager"},
		{"Estagiária", "", "Entry"},
		{"Kierownik projektu", "Project Management", "Manager"},
		{"Генеральный директор", "", "C-Level"},
		{"代表取締役", "", "C-Level"},
		{"Genel Müdür Asistanı", "Administration", "Professional"},
	} {
		if role, seniority := says(label.Role, c.title), says(label.Seniority, c.title); role != c.role || seniority != c.seniority {
			t.Errorf("%s: role %q, seniority %q; want %q, %q", c.title, role, seniority, c.role, c.seniority)
		}
	}
}
