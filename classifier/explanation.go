package classifier

import "rolecall/label"

// Explanation is everything that led to a decision, for a page or a terminal.
type Explanation struct {
	Title      string
	Normalized string // the title as it is matched
	Kind       string // "title", or what else the text is: "e-mail address", "placeholder"
	Axes       [label.AxisCount]AxisExplanation
	Decision   label.Decision
}

// AxisExplanation is the explanation of one axis.
type AxisExplanation struct {
	Axis label.Axis
	// Rules are the rules with an opinion on this axis whose text stands in the title, in the order in which they were asked.
	Rules []RuleStep
	// Neighbors are the closest labelled titles, best first, five at most.
	Neighbors []label.Evidence
	// HeadVotes and NeighborVotes are the shares of the linear heads and of the neighbours, best first; Votes is what both make.
	HeadVotes, NeighborVotes, Votes []Vote
	// Threshold is the confidence from which an answer is given without a person.
	Threshold float64
	// Calibration says in words on what the confidence rests.
	Calibration string
}

// RuleStep is what one rule said to a title.
type RuleStep struct {
	RuleID  string
	Value   label.Value
	Text    string // the alternative that matched
	Blocked string // the "but not" that stands in the title; "" where none does
	Decides bool   // it is the first rule of the axis that matched
}

// Vote is the share that a value got. The value "" is "none of these".
type Vote struct {
	Value label.Value
	Share float64
}

// Quality says how well an axis does on titles that were held out of the fit.
type Quality struct {
	Examples  int     // labelled titles that speak about the axis
	Accuracy  float64 // of the best answer, out of fold, 0 to 1
	ECE       float64 // expected calibration error, out of fold, 0 to 1
	Threshold float64 // the confidence from which answers are given without a person
	Precision float64 // of those answers, out of fold
	Coverage  float64 // the share of titles that get one
	// Honest is false where there are too few labelled titles to estimate the rest; Note then says what is done about it.
	Honest bool
	Note   string
}
