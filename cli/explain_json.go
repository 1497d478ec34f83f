package cli

import (
	"encoding/json"
	"io"

	"rolecall/classifier"
	"rolecall/label"
)

// explanationJSON is "rolecall explain --json". Labels stand there by their names, "none of these" included.
type explanationJSON struct {
	Title     string   `json:"title"`
	ReadAs    string   `json:"read_as"`
	Kind      string   `json:"kind"` // "title", or what else the text is
	Role      axisJSON `json:"role"`
	Seniority axisJSON `json:"seniority"`
	Model     string   `json:"model"`
}

// axisJSON is one axis of it.
type axisJSON struct {
	Label      *string        `json:"label"`    // the best answer, sure enough or not; null where there is none
	Accepted   bool           `json:"accepted"` // false where a person decides in Review
	Method     label.Method   `json:"method"`
	Confidence float64        `json:"confidence"`
	Threshold  float64        `json:"threshold"` // the confidence from which an answer is given without a person
	Why        string         `json:"why"`
	RuleID     string         `json:"rule,omitempty"` // the rule or correction that decided
	RunnerUp   *voteJSON      `json:"runner_up,omitempty"`
	Rules      []ruleJSON     `json:"rules"`
	Closest    []neighborJSON `json:"closest"`
	Votes      []voteJSON     `json:"votes"`
	ByWords    []voteJSON     `json:"votes_of_words"`
	ByClosest  []voteJSON     `json:"votes_of_closest"`
	Rests      string         `json:"confidence_rests_on"`
}

type voteJSON struct {
	Label string  `json:"label"`
	Share float64 `json:"share"`
}

type ruleJSON struct {
	ID      string `json:"rule"`
	Text    string `json:"text"`
	Label   string `json:"label"`
	Blocked string `json:"blocked_by,omitempty"`
	Decides bool   `json:"decides"`
}

type neighborJSON struct {
	Title      string  `json:"title"`
	Label      string  `json:"label"`
	Similarity float64 `json:"similarity"`
	TaughtBy   string  `json:"taught_by"`
}

// writeExplanationJSON is the explanation for a program.
func writeExplanationJSON(to io.Writer, e classifier.Explanation, book label.Rulebook) error {
	axis := func(a label.Axis) axisJSON {
		return newAxisJSON(e.Axes[a], e.Decision.Findings[a], book.Taxonomies[a])
	}
	out := json.NewEncoder(to)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(explanationJSON{Title: e.Title, ReadAs: e.Normalized, Kind: e.Kind, Role: axis(label.Role), Seniority: axis(label.Seniority), Model: e.Decision.ModelID})
}

func newAxisJSON(x classifier.AxisExplanation, f label.Finding, names label.Taxonomy) axisJSON {
	out := axisJSON{
		Accepted: f.Accepted, Method: f.Method, Confidence: f.Confidence, Threshold: x.Threshold, Why: f.Why, RuleID: f.RuleID, Rests: x.Calibration,
		Rules: []ruleJSON{}, Closest: []neighborJSON{}, Votes: votesJSON(names, x.Votes), ByWords: votesJSON(names, x.HeadVotes), ByClosest: votesJSON(names, x.NeighborVotes),
	}
	if f.Value != "" || f.Accepted {
		name := nameOf(names, f.Value)
		out.Label = &name
	}
	if f.RunnerUp != "" {
		out.RunnerUp = &voteJSON{names.Name(f.RunnerUp), f.RunnerUpConfidence}
	}
	for _, r := range x.Rules {
		out.Rules = append(out.Rules, ruleJSON{r.RuleID, r.Text, nameOf(names, r.Value), r.Blocked, r.Decides})
	}
	for _, n := range x.Neighbors {
		out.Closest = append(out.Closest, neighborJSON{n.Title, nameOf(names, n.Value), n.Similarity, n.Origin})
	}
	return out
}

func votesJSON(names label.Taxonomy, list []classifier.Vote) []voteJSON {
	out := make([]voteJSON, len(list))
	for i, v := range list {
		out[i] = voteJSON{nameOf(names, v.Value), v.Share}
	}
	return out
}
