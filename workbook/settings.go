package workbook

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a time zone's name must be known on a machine without zone files too

	"github.com/robfig/cron/v3"

	"rolecall/label"
)

// Setting is one row of the Settings tab.
type Setting struct {
	ID string
	// Name, Unit, Allowed and Does are the row's words.
	Name, Unit, Allowed, Does string
	// Choices is the dropdown of its Value cell, where it has one.
	Choices []string
	// set reads a cell that is not empty into s. The error says what is wrong and how to mend it.
	set func(s *label.Settings, c Cell) error
	// show is the value in use, in a form that set reads again.
	show func(s label.Settings) string
}

// LanguageModelID is the row of the language model.
const LanguageModelID = "S-09"

// PrecisionID is the row of an axis's target precision.
func PrecisionID(a label.Axis) string { return [label.AxisCount]string{"S-05", "S-06"}[a] }

// SettingRows lists the settings in the order of their rows. Their IDs never change.
func SettingRows() []Setting {
	rows := runSettings()
	rows = append(rows, labelSettings()...)
	rows = append(rows, hubSpotSettings()...)
	return append(rows, guardSettings()...)
}

// InUse says, by setting ID, which values the "In use now" cells hold.
func InUse(s label.Settings) map[string]string {
	out := map[string]string{}
	for _, row := range SettingRows() {
		out[row.ID] = row.show(s)
	}
	return out
}

func runSettings() []Setting {
	return []Setting{
		{
			ID: "S-01", Name: "Mode", Allowed: "observe or apply",
			Does:    "observe: rolecall labels, shows a preview and asks in Review, but writes nothing into HubSpot. apply: it writes.",
			Choices: []string{string(label.ModeObserve), string(label.ModeApply)},
			set: func(s *label.Settings, c Cell) error {
				return choose(c, []string{string(label.ModeObserve), string(label.ModeApply)}, func(v string) { s.Mode = label.Mode(v) })
			},
			show: func(s label.Settings) string { return string(s.Mode) },
		},
		{
			ID: "S-02", Name: "Schedule", Allowed: "every 30 minutes, every 2 hours, daily at 06:30, or a cron expression such as 0 7 * * 1-5",
			Does: "When rolecall looks at HubSpot on its own. It reads this sheet every few seconds in any case.",
			set:  setSchedule,
			show: showSchedule,
		},
		{
			ID: "S-03", Name: "Time zone", Allowed: "a name such as Europe/Berlin, America/New_York or UTC",
			Does: "The clock that Schedule and Nightly retraining go by.",
			set: func(s *label.Settings, c Cell) error {
				name := TextOf(c)
				if strings.EqualFold(name, "utc") {
					name = "UTC"
				}
				if _, err := time.LoadLocation(name); err != nil || strings.EqualFold(name, "local") {
					return fmt.Errorf("time zone %s is not known - write it like Europe/Berlin or America/New_York", quote(name))
				}
				s.TimeZone = name
				return nil
			},
			show: func(s label.Settings) string { return s.TimeZone },
		},
		{
			ID: "S-04", Name: "Nightly retraining", Unit: "hh:mm", Allowed: "a time such as 03:15, or off",
			Does: "When rolecall learns from the day's corrections, so that similar titles are labelled better too. The corrected titles themselves never wait for it.",
			set:  setRetrainAt,
			show: func(s label.Settings) string { return orOff(s.RetrainAt) },
		},
	}
}

func labelSettings() []Setting {
	return []Setting{
		precisionSetting(label.Role, "roles"),
		precisionSetting(label.Seniority, "seniorities"),
		portion("S-07", "Spot checks", "% of labels", 0, 0.2, "The share of automatic labels that Review asks about at random. Only these measure honestly how good the labels are.",
			func(s *label.Settings) *float64 { return &s.SpotCheckShare }),
		{
			ID: "S-08", Name: "Questions in Review", Unit: "rows", Allowed: "10 to 2000",
			Does: "How many open questions Review shows at most. Others wait their turn, the biggest effect first.",
			set: func(s *label.Settings, c Cell) error {
				n, ok := wholeOf(c, 10, 2000)
				if !ok {
					return fmt.Errorf("it must be a whole number 10-2000, found %s", quote(TextOf(c)))
				}
				s.ReviewCap = n
				return nil
			},
			show: func(s label.Settings) string { return strconv.Itoa(s.ReviewCap) },
		},
		{
			ID: LanguageModelID, Name: "Language model", Allowed: "built-in, openai:MODEL, gemini:MODEL or model2vec:DIRECTORY",
			Does: "What compares titles by meaning. built-in: on this machine, no title leaves it. openai and gemini send titles to that service and need a key, which the person who runs rolecall sets up.",
			set:  setEmbedder,
			show: func(s label.Settings) string { return s.Embedder },
		},
	}
}

func precisionSetting(axis label.Axis, name string) Setting {
	return portion(PrecisionID(axis), "Target precision, "+name, "% right", 0.5, 0.999,
		"How many of the labels that rolecall gives on its own shall be right. Higher: fewer mistakes and more questions in Review.",
		func(s *label.Settings) *float64 { return &s.TargetPrecision[axis] })
}

func hubSpotSettings() []Setting {
	lessons := []string{string(label.LessonsOff), string(label.LessonsTwo), string(label.LessonsAlways)}
	takeOver := []string{string(label.TakeOverReview), string(label.TakeOverKeep), string(label.TakeOverWrite)}
	return []Setting{
		{
			ID: "S-10", Name: "Lessons from edits in HubSpot", Allowed: orList(lessons), Choices: lessons,
			Does: "What a person's edit of a label in HubSpot teaches about its title. The edit itself is always kept. two agree: it becomes a lesson when two contacts with the title agree.",
			set: func(s *label.Settings, c Cell) error {
				return choose(c, lessons, func(v string) { s.Lessons = label.Lessons(v) })
			},
			show: func(s label.Settings) string { return string(s.Lessons) },
		},
		yesNo("S-11", "Imports and workflows teach too", "yes: an edit by an import, a workflow or another app counts like a person's. no: it is kept, but teaches nothing.",
			func(s *label.Settings) *bool { return &s.MachineEditsTeach }),
		{
			ID: "S-12", Name: "Values found in HubSpot at the start", Allowed: orList(takeOver), Choices: takeOver,
			Does: "What happens to a value that stood in the label's property before rolecall came. review: ask. keep: leave it. overwrite: replace it by rolecall's.",
			set: func(s *label.Settings, c Cell) error {
				return choose(c, takeOver, func(v string) { s.TakeOver = label.TakeOver(v) })
			},
			show: func(s label.Settings) string { return string(s.TakeOver) },
		},
		yesNo("S-13", "Write the confidence", "yes: a second property shows how sure rolecall was.", func(s *label.Settings) *bool { return &s.WriteConfidence }),
		yesNo("S-14", "Write the source", "yes: a third property shows whether a rule, a correction or similar titles decided.", func(s *label.Settings) *bool { return &s.WriteSource }),
		yesNo("S-15", "Write HubSpot's own Employment Role", "yes: HubSpot's hs_role is filled too, where a role of yours has the same value.", func(s *label.Settings) *bool { return &s.MapOntoHubSpot[label.Role] }),
		yesNo("S-16", "Write HubSpot's own Employment Seniority", "yes: HubSpot's hs_seniority is filled too, where a seniority of yours has the same value.", func(s *label.Settings) *bool { return &s.MapOntoHubSpot[label.Seniority] }),
		portion("S-17", "HubSpot calls left to other apps", "% of the limit", 0, 0.9, "HubSpot limits how often apps may call it. This share stays free for your other apps.",
			func(s *label.Settings) *float64 { return &s.ShareOfLimits }),
	}
}

func guardSettings() []Setting {
	return []Setting{
		portion("S-18", "Relabel at most", "% of labelled contacts", 0, 1, "A run that would change more labels than this (and more than 100) writes nothing and waits for Accept held changes on Control.",
			func(s *label.Settings) *float64 { return &s.RelabelLimit }),
		portion("S-19", "Label for the first time at most", "% of contacts", 0, 1, "A run that would label more new contacts than this (and more than 1,000) writes nothing and waits for Accept held changes on Control.",
			func(s *label.Settings) *float64 { return &s.FirstLabelLimit }),
		{
			ID: "S-20", Name: "Alert address", Allowed: "an address that begins with https://, or none",
			Does: "rolecall calls this address when a run is held or fails three times in a row: a Slack or Teams webhook, for example.",
			set:  setAlert,
			show: func(s label.Settings) string { return showAlert(s.AlertAddress) },
		},
	}
}

func setAlert(s *label.Settings, c Cell) error {
	text := TextOf(c)
	switch foldText(text) {
	case "none", "off", "-":
		s.AlertAddress = ""
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("the address must begin with https:// and name a host - copy it whole from the service that shall be called")
	}
	s.AlertAddress = text
	return nil
}

// showAlert shows the host only: the path of a webhook is a secret.
func showAlert(address string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return "none"
	}
	return "https://" + u.Host + "/..."
}

func setEmbedder(s *label.Settings, c Cell) error {
	text := TextOf(c)
	provider, model, _ := strings.Cut(text, ":")
	switch {
	case foldText(text) == "built-in":
		s.Embedder = "built-in"
		return nil
	case (provider == "openai" || provider == "gemini" || provider == "model2vec") && strings.TrimSpace(model) != "":
		s.Embedder = provider + ":" + strings.TrimSpace(model)
		return nil
	}
	return fmt.Errorf("language model %s is not known - write built-in, openai:MODEL, gemini:MODEL or model2vec:DIRECTORY", quote(text))
}

// cronFields reads the usual five fields and nothing else.
func cronFields(text string) error {
	if strings.HasPrefix(text, "@") || strings.Contains(text, "=") || len(strings.Fields(text)) != 5 {
		return fmt.Errorf("five fields are expected")
	}
	_, err := cron.ParseStandard(text)
	return err
}
