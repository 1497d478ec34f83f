package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"rolecall/label"
	"rolecall/title"
	"rolecall/workbook"
)

// figure is how one label does, by the answers to spot checks.
type figure struct {
	reviewed, agreed int
	instead          map[label.Value]int // what people said instead
}

// wilson is the 95 % score interval of a share (E. B. Wilson, Probable inference, 1927): honest for small
// numbers, where the usual formula claims certainty. It is (0, 1) when nothing was tried.
func wilson(hits, tries int) (low, high float64) {
	if tries == 0 {
		return 0, 1
	}
	const z = 1.959964
	n, p := float64(tries), float64(hits)/float64(tries)
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / (1 + z*z/n)
	return max(0, centre-half), min(1, centre+half)
}

// figures compares, for each label, what was given automatically with what people answered to spot
// checks. Only spot checks count: the hard rows of Review would make it look worse than it is.
func figures(history []label.ReviewRow, corrections map[string]label.KeptCorrection) [label.AxisCount]map[label.Value]*figure {
	out := [label.AxisCount]map[label.Value]*figure{{}, {}}
	for _, row := range history {
		c, ok := corrections[row.Answered]
		if row.Kind != label.ReviewSpotCheck || !ok {
			continue
		}
		for _, a := range label.Axes() {
			given, answer := row.Decision.Findings[a].Value, c.Labels[a]
			if !answer.Given || given == "" {
				continue
			}
			f := out[a][given]
			if f == nil {
				f = &figure{instead: map[label.Value]int{}}
				out[a][given] = f
			}
			f.reviewed++
			if answer.Value == given {
				f.agreed++
			} else {
				f.instead[answer.Value]++
			}
		}
	}
	return out
}

// acceptRate is the share of answered questions whose suggestion was right on every axis that was answered; ok is false
// when nothing has been answered yet.
func (r *Reconciler) acceptRate(ctx context.Context) (rate float64, ok bool, err error) {
	history, err := r.State.ReviewHistory(ctx)
	if err != nil || len(history) == 0 {
		return 0, false, err
	}
	corrections, err := r.State.AllCorrections(ctx)
	if err != nil {
		return 0, false, err
	}
	answered, right := 0, 0
	for _, row := range history {
		c, known := corrections[row.Answered]
		if !known {
			continue
		}
		answered++
		agreed := true
		for _, a := range label.Axes() {
			agreed = agreed && (!c.Labels[a].Given || c.Labels[a].Value == row.Decision.Findings[a].Value)
		}
		if agreed {
			right++
		}
	}
	if answered == 0 {
		return 0, false, nil
	}
	return float64(right) / float64(answered), true, nil
}

// writeQuality renews the Quality tab: figures for each label, then suggestions.
func (r *Reconciler) writeQuality(ctx context.Context, run *run) error {
	history, err := r.State.ReviewHistory(ctx)
	if err != nil {
		return err
	}
	corrections, err := r.State.AllCorrections(ctx)
	if err != nil {
		return err
	}
	portal, err := r.State.Portal(ctx)
	if err != nil {
		return err
	}
	hits, err := r.State.RuleHits(ctx)
	if err != nil {
		return err
	}
	byLabel := figures(history, corrections)
	var rows []map[string]workbook.Cell
	for _, a := range label.Axes() {
		for _, term := range run.book.Taxonomies[a].Active() {
			rows = append(rows, figureCells(run.book, a, term, portal.Labelled[a][term.Value], byLabel[a][term.Value]))
		}
	}
	for _, s := range suggestions(run.book, hits) {
		rows = append(rows, map[string]workbook.Cell{"quality_id": s.id, "section": "suggestion", "accept": false, "axis": s.axis, "label": s.label, "suggestion": s.text, "status": s.status})
	}
	w := run.reading.writes
	w.blocks = append(w.blocks, workbook.BlockReplace{Tab: workbook.Quality, Rows: rows})
	return nil
}

func figureCells(book label.Rulebook, a label.Axis, term label.Term, contacts int, f *figure) map[string]workbook.Cell {
	cells := map[string]workbook.Cell{"quality_id": a.String() + ":" + string(term.Value), "section": "figure", "axis": a.String(), "label": term.Name, "contacts": float64(contacts), "reviewed": float64(0), "agreed": float64(0)}
	if f == nil {
		return cells
	}
	low, high := wilson(f.agreed, f.reviewed)
	cells["reviewed"], cells["agreed"] = float64(f.reviewed), float64(f.agreed)
	cells["precision"], cells["low"], cells["high"] = round2(float64(f.agreed)/float64(f.reviewed)), round2(low), round2(high)
	worst, n := label.Value(""), 0
	for _, v := range slices.Sorted(maps.Keys(f.instead)) {
		if f.instead[v] > n {
			worst, n = v, f.instead[v]
		}
	}
	if n > 0 {
		cells["confused_with"] = fmt.Sprintf("%s (%d)", cmp.Or(book.Taxonomies[a].Name(worst), "no label"), n)
	}
	return cells
}

// suggestion is something a person could do with one tick, or should look at.
type suggestion struct {
	id, axis, label, text, status string
	rule                          *label.Rule // what a tick adds
}

// enoughToSuggest is how many corrections have to agree before a rule is suggested.
const enoughToSuggest = 5

// suggestions mines rules from corrections, finds examples that contradict each other and rules that
// never fire. The order is fixed by content, so that an ID names the same suggestion each time.
func suggestions(book label.Rulebook, hits map[string]int) []suggestion {
	out := minedRules(book)
	out = append(out, contradictions(book)...)
	for _, rule := range book.Rules {
		if hits[rule.ID] == 0 {
			out = append(out, suggestion{id: "idle:" + rule.ID, text: fmt.Sprintf("Rule %s (%s) decides no contact: is it still needed, or does an earlier rule catch its titles?", rule.ID, strings.Join(rule.Texts, " | ")), status: "for you to judge"})
		}
	}
	return out
}

// minedRules finds words that stand in several corrections which all say the same, and in no labelled
// title that says otherwise.
func minedRules(book label.Rulebook) []suggestion {
	var out []suggestion
	ruled := map[string]bool{}
	for _, rule := range book.Rules {
		for _, t := range rule.Texts {
			ruled[title.Normalize(t)] = true
		}
	}
	for _, a := range label.Axes() {
		for _, m := range wordsThatAgree(book, a) {
			if ruled[m.word] {
				continue
			}
			name := book.Taxonomies[a].Name(m.value)
			rule := label.Rule{Priority: 5000, Match: label.MatchWords, Texts: []string{m.word}, Note: fmt.Sprintf("suggested: %d corrections say so", m.count)}
			rule.Set[a] = m.value
			out = append(out, suggestion{id: "rule:" + a.String() + ":" + m.word, axis: a.String(), label: name, rule: &rule, status: "tick to add",
				text: fmt.Sprintf("%d corrections with %q say %s: add this rule?", m.count, m.word, name)})
		}
	}
	return out
}

type agreeing struct {
	word  string
	value label.Value
	count int
}

func wordsThatAgree(book label.Rulebook, a label.Axis) []agreeing {
	votes := map[string]map[label.Value]int{}
	vote := func(raw string, v label.Value) {
		seen := map[string]bool{}
		for _, word := range title.Tokens(title.Normalize(raw)) {
			if len(word) < 3 || seen[word] {
				continue
			}
			seen[word] = true
			if votes[word] == nil {
				votes[word] = map[label.Value]int{}
			}
			votes[word][v]++
		}
	}
	corrected := map[string]int{}
	for _, c := range book.Corrections {
		if o := c.Labels[a]; c.Active && c.Scope == label.ScopeTitle && o.Given {
			vote(c.Title, o.Value)
			for _, word := range slices.Compact(slices.Sorted(slices.Values(title.Tokens(title.Normalize(c.Title))))) {
				corrected[word]++
			}
		}
	}
	for _, e := range book.Exemplars {
		if e.Labels[a] != "" || e.Known[a] {
			vote(e.Title, e.Labels[a])
		}
	}
	var out []agreeing
	for word, n := range corrected {
		if n < enoughToSuggest || len(votes[word]) != 1 {
			continue
		}
		for v := range votes[word] {
			if v != "" {
				out = append(out, agreeing{word, v, n})
			}
		}
	}
	slices.SortFunc(out, func(x, y agreeing) int { return cmp.Or(-cmp.Compare(x.count, y.count), cmp.Compare(x.word, y.word)) })
	return out
}

// contradictions finds labelled titles that are the same title with different labels.
func contradictions(book label.Rulebook) []suggestion {
	var out []suggestion
	for _, a := range label.Axes() {
		first := map[string]label.Exemplar{}
		for _, e := range book.Exemplars {
			if e.Labels[a] == "" {
				continue
			}
			key := keyOf(e.Title)
			was, ok := first[key]
			if !ok {
				first[key] = e
				continue
			}
			if was.Labels[a] != e.Labels[a] {
				out = append(out, suggestion{id: "clash:" + a.String() + ":" + was.ID + ":" + e.ID, axis: a.String(), status: "for you to judge",
					text: fmt.Sprintf("Examples %s and %s are the same title (%s) but say %s and %s: mend one of them.", was.ID, e.ID, e.Title, book.Taxonomies[a].Name(was.Labels[a]), book.Taxonomies[a].Name(e.Labels[a]))})
			}
		}
	}
	return out
}

// takeSuggestions adds the rules that people ticked in Quality.
func (r *Reconciler) takeSuggestions(run *run) {
	if len(run.reading.Suggestions) == 0 {
		return
	}
	byID := map[string]suggestion{}
	for _, s := range minedRules(run.book) {
		byID[s.id] = s
	}
	highest := run.reading.LastGood.Highest[workbook.Rules]
	w := run.reading.writes
	for _, id := range run.reading.Suggestions {
		w.taken = append(w.taken, id)
		s, ok := byID[id]
		if !ok {
			w.set(workbook.Quality, workbook.Target{ID: id}, map[string]workbook.Cell{"status": "no longer suggested"})
			continue
		}
		highest++
		cells := map[string]workbook.Cell{"rule_id": workbook.IDText(workbook.Rules, highest), "on": true, "priority": float64(s.rule.Priority), "match": string(s.rule.Match), "text": s.rule.Texts[0], "note": s.rule.Note, "row_check": "OK"}
		for _, a := range label.Axes() {
			if v := s.rule.Set[a]; v != "" {
				cells["set_"+a.String()] = run.book.Taxonomies[a].Name(v)
			}
		}
		w.add(workbook.Rules, cells)
		w.set(workbook.Quality, workbook.Target{ID: id}, map[string]workbook.Cell{"status": "added as " + workbook.IDText(workbook.Rules, highest)})
		run.changed = true
	}
}
