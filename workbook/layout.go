package workbook

import (
	"iter"

	"rolecall/label"
)

// The sheet ids of the tabs run from 101 to 112. They are chosen, never 0: the API leaves a zero out of a
// request, and a server reads an absent id as the spreadsheet's first tab.
const firstSheetID = 101

// NoneOfThese is the text of a cell that says: this title has no label on this axis, and that is known.
const NoneOfThese = "none of these"

// Layouts describes the twelve tabs in the order in which a person sees them. Every call makes a fresh value.
func Layouts() []Layout {
	all := []Layout{
		controlLayout(), reviewLayout(), tryLayout(), rolesLayout(), senioritiesLayout(), rulesLayout(),
		examplesLayout(), correctionsLayout(), settingsLayout(), previewLayout(), runsLayout(), qualityLayout(),
	}
	for i := range all {
		all[i].SheetID = firstSheetID + int64(i)
	}
	return all
}

// LayoutOf describes one tab. It is false for a name that is none of the twelve.
func LayoutOf(tab Tab) (Layout, bool) {
	for _, l := range Layouts() {
		if l.Tab == tab {
			return l, true
		}
	}
	return Layout{}, false
}

// IDColumn is the tab's identity column.
func (l Layout) IDColumn() Column {
	for _, c := range l.Columns {
		if c.Writer == IDs {
			return c
		}
	}
	return Column{}
}

// Column finds a column by its key.
func (l Layout) Column(key string) (Column, bool) {
	for _, c := range l.Columns {
		if c.Key == key {
			return c, true
		}
	}
	return Column{}, false
}

// PeopleColumns are the columns that people write, in order.
func (l Layout) PeopleColumns() iter.Seq[Column] {
	return func(yield func(Column) bool) {
		for _, c := range l.Columns {
			if c.Writer == People && !yield(c) {
				return
			}
		}
	}
}

// The makers below keep the tables of columns readable: key, header, width in pixels, note.

func idColumn(key, header, note string) Column {
	return Column{Key: key, Header: header, Writer: IDs, Kind: Text, Width: 90, Note: note}
}

func people(kind Kind, key, header string, width int, note string) Column {
	return Column{Key: key, Header: header, Writer: People, Kind: kind, Width: width, Note: note}
}

func choice(key, header string, width int, note string, choices ...string) Column {
	c := people(Choice, key, header, width, note)
	c.Choices = choices
	return c
}

func ours(kind Kind, key, header string, width int, note string) Column {
	return Column{Key: key, Header: header, Writer: Ours, Kind: kind, Width: width, Note: note}
}

const (
	idNote  = "rolecall knows the row by this ID. Leave it alone; sort and move whole rows as you like. In a new row leave it blank: rolecall fills it in."
	actNote = "Untick to switch the row off without losing it. A blank cell counts as ticked."
)

func rowCheck() Column {
	return ours(LongText, "row_check", "Row check", 340,
		"What rolecall thinks of this row. OK: in force. WARN: in force, but look at it. ERROR: left out, with what to do about it. WAITING: something is still to be filled in.")
}

func rolesLayout() Layout {
	return Layout{Tab: Roles, Title: "Roles", Rows: 500, Color: "#6aa84f",
		Purpose: "The job roles that contacts can be given. Add, rename or switch off rows; HubSpot's options follow.",
		Columns: []Column{
			idColumn("role_id", "Role ID", idNote),
			people(Text, "name", "Role", 220, "What people read and pick. Renaming is safe: contacts keep their label."),
			people(Tick, "active", "Active", 60, actNote+" A role that is switched off is given to nobody; contacts that have it keep it."),
			people(Tick, "fallback", "Fallback", 80, "Tick at most one row: the role of a real job that shows no sign of any other row, such as Other. Without one, such a title stays blank."),
			people(Text, "value", "HubSpot value", 200, "The internal name of the option in HubSpot. Leave it blank and rolecall makes one from the name. Do not change it later: HubSpot would see another option."),
			people(LongText, "description", "Description", 400, "One sentence on what belongs here. It is for the people who review."),
			people(LongText, "examples", "Example titles", 300, "A few job titles that belong here, parted by | (Brand Manager | SEO Specialist). They count like rows of the Examples tab."),
			ours(Number, "contacts", "Contacts", 80, "Contacts that have this role now."),
			rowCheck(),
		}}
}

func senioritiesLayout() Layout {
	return Layout{Tab: Seniorities, Title: "Seniorities", Rows: 100, Color: "#6aa84f",
		Purpose: "The levels that contacts can be given, highest first.",
		Columns: []Column{
			idColumn("seniority_id", "Seniority ID", idNote),
			people(Text, "name", "Seniority", 180, "What people read and pick. Renaming is safe: contacts keep their label."),
			people(Number, "rank", "Rank", 60, "1 is the highest level. Every row has a rank of its own."),
			people(Tick, "active", "Active", 60, actNote+" A level that is switched off is given to nobody; contacts that have it keep it."),
			people(Tick, "fallback", "Fallback", 80, "Tick at most one row: the level of a real job with no sign of level in its title. Without one, such a title stays blank."),
			people(Text, "value", "HubSpot value", 160, "The internal name of the option in HubSpot. Leave it blank and rolecall makes one from the name. Do not change it later: HubSpot would see another option."),
			people(LongText, "description", "Description", 420, "One sentence on what belongs here. It is for the people who review."),
			ours(Number, "contacts", "Contacts", 80, "Contacts that have this level now."),
			rowCheck(),
		}}
}

func matchChoices() []string {
	var out []string
	for _, m := range label.Matches() {
		out = append(out, string(m))
	}
	return out
}

func rulesLayout() Layout {
	return Layout{Tab: Rules, Title: "Rules", Rows: 2000, Color: "#6aa84f",
		Purpose: "Keywords that settle a label at once. The rule with the lowest priority number that fits decides; one rule may settle the role and another the seniority.",
		Columns: []Column{
			idColumn("rule_id", "Rule ID", idNote),
			people(Tick, "on", "On", 50, actNote),
			people(Number, "priority", "Priority", 70, "A whole number from 1 to 9999. Lower numbers are asked first, so give exceptions low numbers. Equal numbers: the upper row first."),
			choice("match", "Match", 135, "How the text is looked for. Case, accents and punctuation never matter. \"whole word\" finds vp in VP Sales but not in vpn; \"contains\" looks inside words too; \"regex\" is for experts.", matchChoices()...),
			people(LongText, "text", "Text", 340, "The words to look for. Several alternatives are parted by | (vp | vice president): any one of them is enough."),
			people(LongText, "but_not", "But not", 220, "The rule stays silent when one of these stands in the title too, parted by |. & keeps it from titles that join two things."),
			people(Text, "language", "Language", 90, "A note for people, such as en or de. It does not limit the rule."),
			people(RoleName, "set_role", "Set role", 190, "The role to give. Blank: the rule says nothing about the role."),
			people(LevelName, "set_seniority", "Set seniority", 140, "The seniority to give. Blank: the rule says nothing about the seniority."),
			people(LongText, "note", "Note", 320, "Why the rule is here, for whoever wonders next year."),
			ours(Number, "hits", "Hits last run", 90, "Distinct titles that this rule settled in the last run. 0 for months: it can probably go."),
			rowCheck(),
		}}
}

func examplesLayout() Layout {
	return Layout{Tab: Examples, Title: "Examples", Rows: 20000, Color: "#93c47d",
		Purpose: "Job titles with their right labels. rolecall compares new titles with these. Edit them freely, above all after changing the Roles or Seniorities tab.",
		Columns: []Column{
			idColumn("example_id", "Example ID", idNote),
			people(Text, "title", "Job title", 340, "A job title as people write it."),
			people(RoleName, "role", "Role", 210, "Its role. Blank: says nothing about the role. none of these: it is known to have no role."),
			people(LevelName, "seniority", "Seniority", 140, "Its seniority. Blank: says nothing about the seniority. none of these: it is known to have none."),
			people(Text, "language", "Language", 90, "A note for people, such as en or de."),
			rowCheck(),
		}}
}

func correctionsLayout() Layout {
	return Layout{Tab: Corrections, Title: "Corrections", Rows: 5000, Color: "#6aa84f",
		Purpose: "What people have decided. A correction beats every rule and every example. Paste as many rows as you like.",
		Columns: []Column{
			idColumn("correction_id", "Correction ID", idNote),
			people(Tick, "active", "Active", 60, "Untick to undo the correction: rolecall then decides by itself again. A blank cell counts as ticked."),
			people(Text, "title", "Job title", 300, "The job title that the correction is about."),
			people(RoleName, "role", "Role", 200, "The right role. Blank: the role is left as it is. none of these: no role fits; rolecall will not ask again."),
			people(LevelName, "seniority", "Seniority", 140, "The right seniority. Blank: the seniority is left as it is. none of these: no seniority fits."),
			choice("applies_to", "Applies to", 150, "this exact title (the usual case): every contact with the title. this contact: only the contact whose ID stands in the next column.", string(label.ScopeTitle), string(label.ScopeContact)),
			people(Text, "contact_id", "Contact ID", 120, "HubSpot's Record ID, for a correction of one contact only."),
			people(LongText, "note", "Note", 220, "Anything worth remembering."),
			ours(Text, "source", "Source", 130, "Where the correction came from: Review, Try, this tab, or an edit in HubSpot."),
			ours(Text, "by", "By", 170, "Who made it, as far as rolecall can know."),
			ours(Instant, "at", "At", 140, "When rolecall saw it first."),
			ours(Instant, "in_model_since", "In model since", 140, "Since when similar titles learn from it too. The title itself is corrected at once."),
			rowCheck(),
		}}
}

func settingsLayout() Layout {
	return Layout{Tab: Settings, Title: "Settings", Rows: 60, Color: "#6aa84f",
		Purpose: "How rolecall works for you. Change only the green column; what rolecall goes by is shown beside it.",
		Columns: []Column{
			idColumn("setting_id", "Setting ID", "rolecall knows the setting by this ID. Leave it alone."),
			ours(Text, "setting", "Setting", 300, "What is set here."),
			people(Text, "value", "Value", 180, "Your choice. A blank cell means rolecall's own default."),
			ours(Text, "unit", "Unit", 110, "What the value counts."),
			ours(LongText, "allowed", "Allowed", 240, "What may stand in the green cell."),
			ours(LongText, "what_it_does", "What it does", 460, "What changes when you change it."),
			ours(LongText, "in_use_now", "In use now", 180, "What rolecall goes by at this moment. It differs from Value when a value was refused: Row check says why. Behind a target precision stands the confidence that follows from it. The language model is the one that really answers."),
			rowCheck(),
		}}
}
