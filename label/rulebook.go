package label

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Match says how a rule's text is compared with a title. Both are normalised first.
type Match string

// The ways to match, in the words of the sheet's dropdown.
const (
	// MatchWords: the text's words stand in the title as whole words, one after the other. The default.
	MatchWords Match = "whole word"
	// MatchContains: the text stands anywhere in the title, inside a word too.
	MatchContains Match = "contains"
	// MatchStarts: the title's first words are the text's words.
	MatchStarts Match = "starts with"
	// MatchEnds: the title's last words are the text's words.
	MatchEnds Match = "ends with"
	// MatchEquals: the normalised title is the normalised text.
	MatchEquals Match = "equals"
	// MatchRegex: an RE2 pattern (https://github.com/google/re2/wiki/Syntax) found in the normalised title.
	MatchRegex Match = "regex"
)

// Matches lists every Match in the dropdown's order.
func Matches() []Match {
	return []Match{MatchWords, MatchContains, MatchStarts, MatchEnds, MatchEquals, MatchRegex}
}

// Rule is one keyword rule. The first rule that matches, by Priority (1 first) and then by
// position, decides an axis; a rule that leaves an axis blank has no opinion on it.
type Rule struct {
	ID       string
	Priority int // 1 to 9999, lower first
	Match    Match
	// Texts are alternatives: any one of them matches.
	Texts []string `json:",omitempty"`
	// ButNot: the rule is off for a title in which one of these stands as whole words.
	ButNot []string `json:",omitempty"`
	// Language is a note for people (ISO 639-1), not a condition.
	Language string
	// Set is the value per axis; "" leaves the axis to others.
	Set [AxisCount]Value
	// Note says to people why the rule is there.
	Note string
}

// Exemplar is a labelled title that ships with the workbook or was added to its Examples tab.
type Exemplar struct {
	ID       string
	Title    string
	Language string
	// Labels per axis. "" with Known true means "none of these" (a lesson too), "" with Known false says nothing.
	Labels [AxisCount]Value
	Known  [AxisCount]bool
}

// Scope says how far a correction reaches.
type Scope string

// The scopes, in the words of the sheet's dropdown.
const (
	ScopeTitle   Scope = "this exact title"
	ScopeContact Scope = "this contact"
)

// Source says where a correction came from.
type Source string

// The sources of corrections.
const (
	SourceReview  Source = "Review"
	SourceSheet   Source = "Corrections tab"
	SourceTry     Source = "Try"
	SourceHubSpot Source = "HubSpot edit"
)

// Opinion is what somebody says of one axis: nothing (Given false), a value, or
// "none of these" (Given true, Value "").
type Opinion struct {
	Given bool
	Value Value
}

// Correction is a person's verdict on a title, or on one contact.
type Correction struct {
	ID        string // C-000123, given by the store
	Revision  int    // 1, 2, ...: a later change of the same answer is a new revision
	Title     string // as the person saw it
	Labels    [AxisCount]Opinion
	Scope     Scope
	ContactID ContactID // for ScopeContact
	Source    Source
	SourceID  string // the Review row, Try row or contact it came from
	By        string // who, as far as known; "" where it is not
	At        time.Time
	Note      string
	Active    bool // false: undone, kept for the record
}

// Rulebook is one immutable reading of the sheet: everything that decides a label.
type Rulebook struct {
	Taxonomies  [AxisCount]Taxonomy
	Rules       []Rule
	Exemplars   []Exemplar
	Corrections []Correction
	Settings    Settings
}

// Revision names the rulebook's content: equal content, equal revision. It covers all that can
// change the decision for a title (taxonomies, rules, exemplars, corrections for titles, target
// precision, embedder), and nothing else, so that a new alert address re-decides nothing. An empty list
// and none are the same content.
func (b Rulebook) Revision() (string, error) {
	var corrections []Correction
	for _, c := range b.Corrections {
		if c.Scope != ScopeContact && c.Active {
			corrections = append(corrections, c)
		}
	}
	content := struct {
		T [AxisCount]Taxonomy
		R []Rule       `json:",omitempty"`
		E []Exemplar   `json:",omitempty"`
		C []Correction `json:",omitempty"`
		P [AxisCount]float64
		M string
	}{b.Taxonomies, b.Rules, b.Exemplars, corrections, b.Settings.TargetPrecision, b.Settings.Embedder}
	raw, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("encode the rulebook: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), nil
}

// WithCorrections returns a copy of the rulebook that holds these corrections instead.
func (b Rulebook) WithCorrections(c []Correction) Rulebook {
	b.Corrections = c
	return b
}

// KeptCorrection is a correction as the store keeps it.
type KeptCorrection struct {
	Correction
	TitleKey string
	// Published: its row stands in the sheet.
	Published bool
	// ReplacedBy is the correction that took its place; "" otherwise.
	ReplacedBy string
}
