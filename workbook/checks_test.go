package workbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rolecall/label"
	"rolecall/workbook"
)

type cells = map[string]workbook.Cell

// small is a workbook with three roles and two seniorities, and the rows given.
func small(tab workbook.Tab, rows ...workbook.Row) workbook.Snapshot {
	snap := workbook.Snapshot{At: noon(), TimeZone: "UTC", Tables: map[workbook.Tab]workbook.Table{}}
	put := func(tab workbook.Tab, rows ...workbook.Row) {
		for i := range rows {
			rows[i].Position = i
		}
		snap.Tables[tab] = workbook.Table{Tab: tab, Rows: rows}
	}
	put(workbook.Roles,
		workbook.Row{ID: "RO-01", Cells: cells{"name": "Sales", "active": true}},
		workbook.Row{ID: "RO-02", Cells: cells{"name": "Marketing", "value": "mkt", "examples": "Brand Manager | SEO"}},
		workbook.Row{ID: "RO-03", Cells: cells{"name": "Legal", "active": false}})
	put(workbook.Seniorities,
		workbook.Row{ID: "SE-01", Cells: cells{"name": "Boss", "rank": 1.0}},
		workbook.Row{ID: "SE-02", Cells: cells{"name": "Staff", "rank": 2.0, "fallback": true}})
	for _, t := range []workbook.Tab{workbook.Rules, workbook.Examples, workbook.Corrections, workbook.Settings, workbook.Control, workbook.Review, workbook.Try, workbook.Quality} {
		put(t)
	}
	put(tab, rows...)
	return snap
}

func checkOf(r workbook.Reading, tab workbook.Tab, position int) string {
	for _, c := range r.Checks {
		if c.Tab == tab && c.Position == position {
			return c.Text
		}
	}
	return ""
}

func TestEveryRowIsToldWhatIsWrongWithIt(t *testing.T) {
	rule := func(changes cells) cells {
		c := cells{"priority": 10.0, "match": "whole word", "text": "vp", "set_seniority": "Boss"}
		for k, v := range changes {
			c[k] = v
		}
		return c
	}
	term := func(changes cells) cells {
		c := cells{"name": "X", "rank": 3.0}
		for k, v := range changes {
			c[k] = v
		}
		return c
	}
	for _, c := range []struct {
		name string
		tab  workbook.Tab
		row  cells
		want string
	}{
		{"a good rule", workbook.Rules, rule(nil), "OK"},
		{"a misspelt role", workbook.Rules, rule(cells{"set_role": "Marketting"}), `ERROR: role "Marketting" is not on the Roles tab - pick from the list (did you mean Marketing?)`},
		{"an unknown role", workbook.Rules, rule(cells{"set_role": "Zookeeping"}), `ERROR: role "Zookeeping" is not on the Roles tab - pick from the list`},
		{"a role by its value and in capitals", workbook.Rules, rule(cells{"set_role": "MKT"}), "OK"},
		{"a role that is off", workbook.Rules, rule(cells{"set_role": "Legal"}), `ERROR: role "Legal" is switched off on the Roles tab - pick another, or tick Active there`},
		{"a word as priority", workbook.Rules, rule(cells{"priority": "high"}), `ERROR: priority must be a whole number 1-9999, found "high"`},
		{"a priority typed as text", workbook.Rules, rule(cells{"priority": " 20 "}), "OK"},
		{"half a priority", workbook.Rules, rule(cells{"priority": 2.5}), `ERROR: priority must be a whole number 1-9999, found "2.5"`},
		{"no priority", workbook.Rules, rule(cells{"priority": nil}), "WAITING: give it a priority - a whole number 1-9999, lower is asked first"},
		{"no text", workbook.Rules, rule(cells{"text": nil}), "WAITING: type the words to look for"},
		{"no word in the text", workbook.Rules, rule(cells{"text": "!!!"}), `ERROR: the text "!!!" has no word in it - type the words to look for`},
		{"nothing to set", workbook.Rules, rule(cells{"set_seniority": nil}), "WAITING: pick a role or a seniority to set"},
		{"none of these in a rule", workbook.Rules, rule(cells{"set_role": "none of these"}), "ERROR: a rule cannot set role to none of these - leave the cell blank, or pick from the Roles tab"},
		{"a misspelt match", workbook.Rules, rule(cells{"match": "hole word"}), `ERROR: match "hole word" is not on the list - pick whole word, contains, starts with, ends with, equals or regex (did you mean whole word?)`},
		{"a regex that does not compile", workbook.Rules, rule(cells{"match": "regex", "text": "vp("}), `ERROR: the regex does not compile: missing closing ) in "vp(" - the rule is off until mended`},
		{"a regex that is too slow", workbook.Rules, rule(cells{"match": "regex", "text": "((a{0,9}){0,9}){0,9}b"}), "ERROR: the regex takes too long on a long title - use smaller repetitions than {0,9} inside one another; the rule is off until mended"},
		{"a regex that is too long", workbook.Rules, rule(cells{"match": "regex", "text": strings.Repeat("a", 300)}), "ERROR: the regex is longer than 256 letters - part it into several rules; the rule is off until mended"},
		{"a regex that matches everything", workbook.Rules, rule(cells{"match": "regex", "text": "(vp)?"}), "ERROR: the regex matches every title, even an empty one - make at least one part of it necessary"},
		{"a regex with a capital", workbook.Rules, rule(cells{"match": "regex", "text": "VP$"}), `WARN: titles are compared in small letters without accents, so "V" can never match - write it so, or begin the regex with (?i)`},
		{"a regex with a word that is read as another", workbook.Rules, rule(cells{"match": "regex", "text": "^teamleiter (it|edv)"}), `WARN: titles are compared with their common words made alike: "teamleiter" is read as "team lead", so write that in the regex`},
		{"a regex with a capital and (?i)", workbook.Rules, rule(cells{"match": "regex", "text": "(?i)VP"}), "OK"},
		{"two letters anywhere", workbook.Rules, rule(cells{"match": "contains", "text": "it"}), `WARN: "it" also stands inside other words - "whole word" is safer`},
		{"the exception is the rule", workbook.Rules, rule(cells{"but_not": "VP"}), `WARN: "vp" holds "VP", which stands in But not, so it never matches - take one of them out`},
		{"an exception for titles of two things", workbook.Rules, rule(cells{"but_not": "& | deputy"}), "OK"},
		{"an exception of marks", workbook.Rules, rule(cells{"but_not": "!!"}), `ERROR: But not has "!!", which has no word in it - take it out, or write & for titles that join two things`},
		{"an exception for two things, which the rule is about", workbook.Rules, rule(cells{"text": "sales and marketing", "but_not": "&"}), `WARN: "sales and marketing" holds "&", which stands in But not, so it never matches - take one of them out`},
		{"On is a word", workbook.Rules, rule(cells{"on": "maybe"}), `ERROR: On must be ticked or not, found "maybe" - clear the cell and use Insert > Tick box`},
		{"On is the text TRUE", workbook.Rules, rule(cells{"on": "TRUE"}), "OK"},
		{"a broken formula", workbook.Rules, rule(cells{"text": "#REF!"}), "ERROR: the cell Text shows #REF! - type the value itself instead of the formula"},

		{"a role without a name", workbook.Roles, term(cells{"name": nil, "description": "?"}), "WAITING: type the name of the role"},
		{"a reserved name", workbook.Roles, term(cells{"name": "None of these"}), `ERROR: "None of these" means that no role fits and cannot be a name - choose another`},
		{"a value HubSpot refuses", workbook.Roles, term(cells{"value": "a;b"}), `ERROR: HubSpot does not take the value "a;b" - use small letters, digits and _`},
		{"a name without Latin letters", workbook.Roles, term(cells{"name": "営業"}), "WAITING: type a HubSpot value - none can be made of the name"},
		{"a fallback that is off", workbook.Roles, term(cells{"active": false, "fallback": true}), "WARN: it is ticked Fallback but switched off - the tick has no effect"},
		{"no rank", workbook.Seniorities, term(cells{"rank": nil}), "WAITING: give it a rank - a whole number, 1 is the highest"},
		{"a word as rank", workbook.Seniorities, term(cells{"rank": "top"}), `ERROR: rank must be a whole number 1-999, found "top"`},

		{"a good example", workbook.Examples, cells{"title": "CMO", "role": "Marketing"}, "OK"},
		{"an example with no role, known", workbook.Examples, cells{"title": "Plumber", "role": "none of these"}, "OK"},
		{"an example that says nothing", workbook.Examples, cells{"title": "CMO"}, "WAITING: pick a role or a seniority"},
		{"an example without a title", workbook.Examples, cells{"role": "Sales"}, "WAITING: type the job title"},
		{"an example of marks", workbook.Examples, cells{"title": "***", "role": "Sales"}, `ERROR: "***" has no word in it - type a job title`},

		{"a good correction", workbook.Corrections, cells{"title": "CMO", "role": "Marketing"}, "OK"},
		{"a correction of nobody", workbook.Corrections, cells{"title": "CMO", "role": "Sales", "applies_to": "this contact"}, "WAITING: type the contact's Record ID from HubSpot"},
		{"a name as contact ID", workbook.Corrections, cells{"title": "CMO", "role": "Sales", "applies_to": "this contact", "contact_id": "Ann"}, `ERROR: contact ID "Ann" is not a HubSpot Record ID, which has digits only - copy it from the contact's address in HubSpot`},
		{"a contact ID as a number", workbook.Corrections, cells{"title": "CMO", "role": "Sales", "applies_to": "this contact", "contact_id": 151.0}, "OK"},
		{"a contact ID without effect", workbook.Corrections, cells{"title": "CMO", "role": "Sales", "contact_id": 151.0}, "WARN: the contact ID has no effect while Applies to says this exact title"},
		{"a misspelt scope", workbook.Corrections, cells{"title": "CMO", "role": "Sales", "applies_to": "this contect"}, `ERROR: Applies to "this contect" is not on the list - pick this exact title or this contact (did you mean this contact?)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := workbook.Parse(small(c.tab, workbook.Row{Cells: c.row}), workbook.LastGood{})
			if got := checkOf(r, c.tab, 0); got != c.want {
				t.Errorf("the check is\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestSettingsSayWhyTheyRefuse(t *testing.T) {
	for _, c := range []struct {
		id    string
		value workbook.Cell
		shown string // in use after it
		want  string // the check, from its start
	}{
		{"S-01", "apply", "apply", "OK"},
		{"S-01", "aply", "observe", `ERROR: "aply" is not allowed - pick observe or apply (did you mean apply?)`},
		{"S-02", "every 30 minutes", "every 30 minutes", "OK"},
		{"S-02", "hourly", "every 1 hour", "OK"},
		{"S-02", 15.0, "every 15 minutes", "OK"},
		{"S-02", "daily at 6:30", "daily at 06:30", "OK"},
		{"S-02", 0.25, "daily at 06:00", "OK"},
		{"S-02", "0 7 * * 1-5", "0 7 * * 1-5", "OK"},
		{"S-02", "61 7 * * *", "every 1 hour", "ERROR: schedule"},
		{"S-02", "every 0 minutes", "every 1 hour", "ERROR: every"},
		{"S-02", "now and then", "every 1 hour", "ERROR: schedule"},
		{"S-03", "Europe/Berlin", "Europe/Berlin", "OK"},
		{"S-03", "Berlin", "UTC", "ERROR: time zone"},
		{"S-04", "off", "off", "OK"},
		{"S-04", "4:00", "04:00", "OK"},
		{"S-04", "25:00", "03:15", "ERROR:"},
		{"S-05", "97 %", "97 %", "OK"},
		{"S-05", 97.0, "97 %", "OK"},
		{"S-05", 0.97, "97 %", "OK"},
		{"S-05", "97,5 %", "97.5 %", "OK"},
		{"S-05", "40%", "95 %", "ERROR: it must be between 50 % and 99.9 %"},
		{"S-07", 5.0, "5 %", "OK"},
		{"S-08", "1 500", "1500", "OK"},
		{"S-08", "none", "2000", "ERROR: it must be a whole number"},
		{"S-09", "openai:text-embedding-3-small", "openai:text-embedding-3-small", "OK"},
		{"S-09", "gpt", "built-in", "ERROR: language model"},
		{"S-11", "yes", "yes", "OK"},
		{"S-11", true, "yes", "OK"},
		{"S-11", "perhaps", "no", "ERROR:"},
		{"S-18", "0.5", "1 %", `ERROR: "0.5" may mean 0.5 % or 50 %`},
		{"S-18", "2 %", "2 %", "OK"},
		{"S-20", "https://hooks.example.com/T000/secret", "https://hooks.example.com/...", "OK"},
		{"S-20", "http://hooks.example.com/", "none", "ERROR: the address must begin with https://"},
		{"S-99", "x", "", "WARN: this is none of rolecall's settings"},
	} {
		t.Run(fmt.Sprintf("%s %v", c.id, c.value), func(t *testing.T) {
			r := workbook.Parse(small(workbook.Settings, workbook.Row{ID: c.id, Cells: cells{"value": c.value}}), workbook.LastGood{})
			if got := checkOf(r, workbook.Settings, 0); !strings.HasPrefix(got, c.want) {
				t.Errorf("the check is %q, want %q", got, c.want)
			}
			if got := workbook.InUse(r.Rulebook.Settings)[c.id]; got != c.shown {
				t.Errorf("in use is %q, want %q", got, c.shown)
			}
		})
	}
}

func TestARefusedSettingKeepsTheOneInUse(t *testing.T) {
	first := workbook.Parse(small(workbook.Settings, workbook.Row{ID: "S-01", Cells: cells{"value": "apply"}}), workbook.LastGood{})
	second := workbook.Parse(small(workbook.Settings, workbook.Row{ID: "S-01", Cells: cells{"value": "aplly"}}), first.LastGood)
	if second.Rulebook.Settings.Mode != label.ModeApply {
		t.Errorf("the mode is %s", second.Rulebook.Settings.Mode)
	}
	if got := checkOf(second, workbook.Settings, 0); !strings.Contains(got, "until then the row works as it did before") {
		t.Errorf("the check is %q", got)
	}
}

func TestWhatShowsInUseCanBeTypedAgain(t *testing.T) {
	want := label.DefaultSettings()
	var rows []workbook.Row
	for id, text := range workbook.InUse(want) {
		rows = append(rows, workbook.Row{ID: id, Cells: cells{"value": text}})
	}
	r := workbook.Parse(small(workbook.Settings, rows...), workbook.LastGood{})
	if r.Rulebook.Settings != want || r.Errors > 0 {
		t.Errorf("became %+v, %d errors", r.Rulebook.Settings, r.Errors)
	}
}

func TestAnswersInReview(t *testing.T) {
	for _, c := range []struct {
		name     string
		row      cells
		verdict  workbook.Verdict
		complete bool
		says     string
	}{
		{"accept", cells{"decision": "accept"}, workbook.VerdictAccept, true, ""},
		{"accept, but another role", cells{"decision": "accept", "correct_role": "Sales"}, workbook.VerdictAccept, true, ""},
		{"only a role", cells{"correct_role": "Sales"}, workbook.VerdictFix, true, ""},
		{"fix without a label", cells{"decision": "fix"}, workbook.VerdictFix, false, "WAITING: pick the correct role or the correct seniority"},
		{"fix with a wrong role", cells{"decision": "fix", "correct_role": "Salse"}, workbook.VerdictFix, false, `ERROR: role "Salse" is not on the Roles tab - pick from the list (did you mean Sales?)`},
		{"skip", cells{"decision": "Skip "}, workbook.VerdictSkip, true, ""},
		{"none of these", cells{"decision": "none of these"}, workbook.VerdictNone, true, ""},
		{"not a person", cells{"decision": "not a person", "correct_role": "???"}, workbook.VerdictNotAPerson, true, ""},
		{"a misspelt decision", cells{"decision": "acept"}, "", false, `ERROR: decision "acept" is not on the list - pick accept, fix, skip, none of these or not a person (did you mean accept?)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := workbook.Parse(small(workbook.Review, workbook.Row{ID: "Q-000001", Cells: c.row}), workbook.LastGood{})
			if len(r.Answers) != 1 {
				t.Fatalf("%d answers", len(r.Answers))
			}
			a := r.Answers[0]
			if a.Verdict != c.verdict || a.Complete != c.complete || a.Waiting+a.Error != c.says {
				t.Errorf("verdict %q, complete %v, says %q", a.Verdict, a.Complete, a.Waiting+a.Error)
			}
		})
	}
	r := workbook.Parse(small(workbook.Review, workbook.Row{ID: "Q-1", Cells: cells{}}, workbook.Row{ID: "Q-2", Cells: cells{"reviewer_note": "hm"}}), workbook.LastGood{})
	if len(r.Answers) != 0 {
		t.Errorf("answers without a decision: %+v", r.Answers)
	}
}

func TestRowsThatKnowOfOneAnother(t *testing.T) {
	rule := func(id, text, role string, priority float64, but string) workbook.Row {
		return workbook.Row{ID: id, Cells: cells{"priority": priority, "text": text, "set_role": role, "but_not": but}}
	}
	for _, c := range []struct {
		name string
		tab  workbook.Tab
		rows []workbook.Row
		want []string
	}{
		{"a shadowed rule", workbook.Rules, []workbook.Row{rule("R-1", "sales", "Sales", 1, ""), rule("R-2", "head of sales", "Sales", 2, "")},
			[]string{"OK", "WARN: never used: rule R-1 above already catches this"}},
		{"a shadowed rule that decides otherwise", workbook.Rules, []workbook.Row{rule("R-2", "sales marketing", "Marketing", 5, ""), rule("R-1", "sales", "Sales", 1, "")},
			[]string{"WARN: never used: rule R-1 above catches this and decides otherwise - give this one a lower priority number", "OK"}},
		{"an exception lets the later one speak", workbook.Rules, []workbook.Row{rule("R-1", "sales", "Sales", 1, "head"), rule("R-2", "head of sales", "Sales", 2, "")},
			[]string{"OK", "OK"}},
		{"a copied row", workbook.Rules, []workbook.Row{rule("R-1", "sales", "Sales", 1, ""), rule("R-1", "seo", "Marketing", 1, "")},
			[]string{"OK", "ERROR: same ID as row 2 (copied row?) - clear the ID cell to make this a new row"}},
		{"two roles of one name", workbook.Roles, []workbook.Row{{ID: "RO-01", Cells: cells{"name": "Sales"}}, {ID: "RO-02", Cells: cells{"name": " sales", "value": "s2"}}},
			[]string{"OK", `ERROR: the name "sales" is also on row 2 - rename or delete one of them`}},
		{"two roles of one value", workbook.Roles, []workbook.Row{{ID: "RO-01", Cells: cells{"name": "Sales", "value": "x"}}, {ID: "RO-02", Cells: cells{"name": "Other", "value": "x"}}},
			[]string{"OK", `ERROR: the HubSpot value "x" is also on row 2 - give each row its own, or leave the cell blank`}},
		{"two fallbacks", workbook.Roles, []workbook.Row{{ID: "RO-01", Cells: cells{"name": "A", "fallback": true}}, {ID: "RO-02", Cells: cells{"name": "B", "fallback": "TRUE"}}},
			[]string{"OK", "WARN: Fallback is ticked on row 2 too - untick one of them; this tick has no effect"}},
		{"two of one rank", workbook.Seniorities, []workbook.Row{{ID: "SE-1", Cells: cells{"name": "A", "rank": 1.0}}, {ID: "SE-2", Cells: cells{"name": "B", "rank": 1.0}}},
			[]string{"OK", "WARN: row 2 has rank 1 too - give each row its own"}},
		{"two examples that disagree", workbook.Examples, []workbook.Row{{ID: "E-1", Cells: cells{"title": "CMO", "role": "Sales"}}, {ID: "E-2", Cells: cells{"title": "c.m.o.", "role": "Marketing"}}},
			[]string{"OK", "WARN: row 2 gives the same title another role (Sales) - keep the right one"}},
		{"two corrections of one title", workbook.Corrections, []workbook.Row{{ID: "C-1", Cells: cells{"title": "CMO", "role": "Sales"}}, {ID: "C-2", Cells: cells{"title": "cmo", "role": "Marketing"}}},
			[]string{"OK", "WARN: row 2 is about the same title too - the newer one holds; untick the other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := workbook.Parse(small(c.tab, c.rows...), workbook.LastGood{})
			var got []string
			for i := range c.rows {
				got = append(got, checkOf(r, c.tab, i))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("checks\n%q, want\n%q", got, c.want)
			}
		})
	}
}
