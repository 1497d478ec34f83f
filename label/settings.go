package label

import "time"

// Mode is what the team allows rolecall to do in HubSpot.
type Mode string

// The modes of the Settings tab.
const (
	ModeObserve Mode = "observe" // plan and show, write nothing into HubSpot
	ModeApply   Mode = "apply"   // write labels into HubSpot
)

// Lessons is what an edit in HubSpot teaches about its title.
type Lessons string

// The policies for lessons.
const (
	LessonsOff    Lessons = "off"       // it holds for its contact only
	LessonsTwo    Lessons = "two agree" // two contacts with the title agree
	LessonsAlways Lessons = "always"    // one is enough
)

// TakeOver is what happens to a value that was in HubSpot before rolecall came.
type TakeOver string

// The policies for values found at first sight.
const (
	TakeOverReview TakeOver = "review"    // ask
	TakeOverKeep   TakeOver = "keep"      // theirs stays, silently
	TakeOverWrite  TakeOver = "overwrite" // ours replaces it
)

// Settings are the choices of the Settings tab, checked; defaults where the tab is silent.
type Settings struct {
	Mode Mode
	// Every is the time between runs; 0 when Cron is set.
	Every time.Duration
	// Cron is a five-field cron expression in TimeZone; "" when Every is set.
	Cron string
	// TimeZone is an IANA name.
	TimeZone string
	// TargetPrecision is the share of given labels that shall be right, per axis, 0.5 to 0.999.
	TargetPrecision [AxisCount]float64
	// SpotCheckShare is the share of automatic labels that Review asks about at random, 0 to 0.2.
	SpotCheckShare float64
	Lessons        Lessons
	// MachineEditsTeach lets imports, workflows and other integrations teach like people.
	MachineEditsTeach bool
	TakeOver          TakeOver
	WriteConfidence   bool
	WriteSource       bool
	// Embedder is "built-in", or "openai:MODEL", "gemini:MODEL", "model2vec:DIRECTORY".
	Embedder string
	// Guard limits, see plan.Limits.
	RelabelLimit    float64 // share of the labelled contacts a run may relabel, 0 to 1
	FirstLabelLimit float64 // share of all contacts a run may label for the first time, 0 to 1
	// ReviewCap is the number of open Review rows at most.
	ReviewCap int
	// RetrainAt is the local time "03:15" of the nightly retraining; "" for off.
	RetrainAt string
	// AlertAddress is an https address that gets a POST when a run is held or fails thrice; "" for none.
	AlertAddress string
	// MapOntoHubSpot, per axis: write the label into hs_role or hs_seniority as well.
	MapOntoHubSpot [AxisCount]bool
	// ShareOfLimits is the share of HubSpot's rate limits left to the portal's other apps, 0 to 0.9.
	ShareOfLimits float64
}

// DefaultSettings is what a new workbook starts with: it observes, hourly, and aims at 95 %.
func DefaultSettings() Settings {
	return Settings{
		Mode:            ModeObserve,
		Every:           time.Hour,
		TimeZone:        "UTC",
		TargetPrecision: [AxisCount]float64{0.95, 0.95},
		SpotCheckShare:  0.01,
		Lessons:         LessonsTwo,
		TakeOver:        TakeOverReview,
		WriteConfidence: true,
		WriteSource:     true,
		Embedder:        "built-in",
		RelabelLimit:    0.01,
		FirstLabelLimit: 0.05,
		ReviewCap:       2000,
		RetrainAt:       "03:15",
		ShareOfLimits:   0.5,
	}
}
