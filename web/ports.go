// Package web is the status page: what rolecall did, does and is unsure of, in plain words, on net/http and
// html/template, without scripts. Beside it /metrics for Prometheus, /healthz and /readyz for supervisors.
//
// It shows what the interfaces of this file tell; it decides nothing. The only things that it can set going are the
// requests that the sheet's Control tab offers too.
package web

import (
	"context"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// Runs are the reports of past runs.
type Runs interface {
	// Runs reads the newest reports, newest first.
	Runs(ctx context.Context, limit int) ([]plan.Report, error)
}

// Queue is what waits: requests, and writes on their way to HubSpot.
type Queue interface {
	LastRequests(ctx context.Context) (map[label.Action]label.Request, error)
	// Enqueue adds a request, or finds the open one for the same action.
	Enqueue(ctx context.Context, r label.Request) (id int64, existed bool, err error)
	// CountOutbox counts writes by state: pending, inflight, refused.
	CountOutbox(ctx context.Context) (map[string]int, error)
	// Quarantine lists the writes that HubSpot refused, with its words and the mend.
	Quarantine(ctx context.Context, limit int) ([]plan.OutboxRow, error)
}

// Contacts is what is known of the portal.
type Contacts interface {
	Tally(ctx context.Context) (label.Tally, error)
	Portal(ctx context.Context) (plan.Portal, error)
	Contact(ctx context.Context, id label.ContactID) (label.Contact, bool, error)
	CountReviews(ctx context.Context) (map[label.ReviewState]int, error)
}

// Point is one measurement of a series.
type Point struct {
	At    time.Time
	Value float64
}

// Measures are series over time: "contacts", "labelled", "in review", "written", "accuracy role", "accuracy seniority".
type Measures interface {
	// Series reads the newest points, oldest first.
	Series(ctx context.Context, series string, limit int) ([]Point, error)
}

// Explainer says why a title is labelled as it is.
type Explainer interface {
	Explain(ctx context.Context, title string) (Explanation, error)
}

// Explanation is everything that led to a decision.
type Explanation struct {
	Title, Normalized string
	// Kind is "title", or what else the text is.
	Kind    string
	ModelID string
	Axes    [label.AxisCount]AxisExplanation
}

// AxisExplanation is the explanation of one axis; Finding holds the evidence.
type AxisExplanation struct {
	Finding     label.Finding
	Rules       []RuleStep
	Votes       []Vote
	Threshold   float64
	Calibration string
}

// RuleStep is what one rule said.
type RuleStep struct {
	RuleID  string
	Value   label.Value
	Text    string
	Blocked string // the "but not" that kept it silent
	Decides bool
}

// Vote is the share that a value got; "" is "none of these".
type Vote struct {
	Value label.Value
	Share float64
}

// Judge says how good the labels are.
type Judge interface {
	// Quality measures each axis on titles held out of the fit; it is false while nothing has been fitted.
	Quality() ([label.AxisCount]AxisQuality, bool)
}

// AxisQuality is how well one axis does on titles that were held out of the fit; shares from 0 to 1.
type AxisQuality struct {
	Examples  int
	Accuracy  float64
	ECE       float64 // expected calibration error
	Threshold float64
	Precision float64
	Coverage  float64
	Honest    bool
	Note      string
}

// Fact is one line of the About page.
type Fact struct{ Name, Value string }
