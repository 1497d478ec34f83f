package label

import "time"

// ReviewKind says why a title is asked about.
type ReviewKind string

// The kinds of Review rows.
const (
	ReviewUnsure    ReviewKind = "unsure"     // the classifier abstained
	ReviewConflict  ReviewKind = "conflict"   // HubSpot holds another value, or a person cleared ours
	ReviewSpotCheck ReviewKind = "spot check" // a random sample of what was labelled automatically
	ReviewLesson    ReviewKind = "lesson"     // an edit seen in HubSpot that would hold for the whole title
)

// ReviewState is where a Review row stands.
type ReviewState string

// The states, as the row's Status column shows them.
const (
	ReviewOpen    ReviewState = "OPEN"
	ReviewWaiting ReviewState = "WAITING" // a decision is half made
	ReviewApplied ReviewState = "APPLIED"
	ReviewSkipped ReviewState = "SKIPPED"
	ReviewHeld    ReviewState = "HELD"   // the sheet looks as if an accident happened
	ReviewClosed  ReviewState = "CLOSED" // no longer a question: the contacts or the rules changed
	ReviewError   ReviewState = "ERROR"
)

// ReviewItem is one question about one distinct title.
type ReviewItem struct {
	ID    string // Q-000123, given by the store
	Key   string // title key
	Title string // the most frequent spelling
	// Company is one contact's company, as a hint.
	Company  string
	Kind     ReviewKind
	State    ReviewState
	Decision Decision // with evidence
	// Theirs is what HubSpot shows on the contacts asked about, where it differs from the suggestion; per axis.
	Theirs [AxisCount]Value
	// Asked marks the axes in question.
	Asked [AxisCount]bool
	// Contacts is how many contacts the answer moves.
	Contacts  int
	FirstSeen time.Time
	// ShownAt is when the row was last brought up to date: what an answer can have been about.
	ShownAt time.Time
	Message string
	// Answered is the correction that settled it; "" while open.
	Answered string
}

// Effect is the sort key of Review: contacts moved times the doubt about them.
func (r ReviewItem) Effect() float64 {
	doubt := 0.0
	for _, a := range Axes() {
		if r.Asked[a] {
			doubt = max(doubt, 1-r.Decision.Findings[a].Confidence)
		}
	}
	return float64(r.Contacts) * max(doubt, 0.05)
}

// ReviewRow is a Review item with what is known of its row in the sheet.
type ReviewRow struct {
	ReviewItem
	// Seen is what people's cells of the row held at the last poll.
	Seen string
	// Published: the row stands in the sheet.
	Published bool
}

// Question is a conflict about the contacts of one title.
type Question struct {
	TitleKey string
	Asked    [AxisCount]bool
	Theirs   [AxisCount]Value // what HubSpot shows on most of them
	Contacts int
}
