package label

// Method says which part of the classifier decided an axis.
type Method string

// The methods, in the order in which they are asked.
const (
	ByContactCorrection Method = "contact correction"
	ByCorrection        Method = "correction"
	ByRule              Method = "rule"
	ByNeighbors         Method = "neighbours" // labelled titles nearby, joined with the linear head
	ByFallback          Method = "fallback"   // a real job without any sign of another row
	ByAbstaining        Method = "abstain"    // nobody was sure enough
	ByNonsense          Method = "no title"   // the text is no job title; nothing to review
)

// IsPerson says whether a person's word decided.
func (m Method) IsPerson() bool { return m == ByCorrection || m == ByContactCorrection }

// Evidence is one labelled title that spoke for a decision.
type Evidence struct {
	Title      string
	Value      Value
	Similarity float64 // cosine, -1 to 1
	// Origin says who taught it: "example E-0012", "correction C-000123 by Ana".
	Origin string
}

// Finding is the classifier's answer on one axis.
type Finding struct {
	// Value is the best answer, given whether or not it is sure enough; "" when there is none or the answer is "none of these".
	Value Value
	// Accepted says that Value (or "none of these") may be acted on without a person.
	Accepted bool
	// Method says who decided; ByAbstaining when not Accepted.
	Method Method
	// Confidence is calibrated: of the findings with confidence c, a share c is right. 0 to 1; 1 for corrections; a rule's
	// is below 1 and rests on the labelled titles that it matches.
	Confidence float64
	// RunnerUp is the second best value and its confidence, for Review.
	RunnerUp           Value
	RunnerUpConfidence float64
	// RuleID names the rule or correction that decided, where one did.
	RuleID string
	// Why is one sentence for a marketer.
	Why string
	// Evidence are the closest labelled titles, best first; filled only when asked for.
	Evidence []Evidence
}

// Label is the value to act on: "" when the finding is not accepted.
func (f Finding) Label() Value {
	if !f.Accepted {
		return ""
	}
	return f.Value
}

// Decision is the answer on both axes for one distinct title.
type Decision struct {
	Findings [AxisCount]Finding
	// ModelID names embedder, features and calibration that decided; with the Rulebook's Revision it keys caches.
	ModelID string
}
