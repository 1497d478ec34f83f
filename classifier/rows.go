package classifier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"rolecall/label"
	"rolecall/title"
)

// lesson is one labelled title: what one exemplar or one correction says.
type lesson struct {
	id         string
	title      string
	normalized string
	key        title.Key
	opinions   [label.AxisCount]label.Opinion
	origin     string
	weight     float32
	correction bool
}

// A correction weighs as much as correctionWeight exemplars: somebody looked at this very title.
const (
	correctionWeight = 3
)

// lessonsOf collects what a rulebook teaches, each title key once: a correction takes the place of exemplars of the same key on
// the axes that it speaks about, a later exemplar that of an earlier one.
func lessonsOf(book label.Rulebook) []lesson {
	byKey := make(map[title.Key]int, len(book.Exemplars))
	var out []lesson
	var reader title.Reader
	add := func(l lesson, kind title.Kind) {
		if l.key == "" || kind != title.Title {
			return
		}
		i, ok := byKey[l.key]
		if !ok {
			byKey[l.key] = len(out)
			out = append(out, l)
			return
		}
		merged := l
		for _, a := range label.Axes() {
			if !l.opinions[a].Given {
				merged.opinions[a] = out[i].opinions[a]
			}
		}
		out[i] = merged
	}
	nowhereElse := fallbacksOf(book)
	for _, e := range book.Exemplars {
		r := reader.Read(e.Title)
		l := exemplarLesson(book, e, r)
		l.fitNowhere(nowhereElse)
		add(l, r.Kind)
	}
	for _, c := range book.Corrections {
		r := reader.Read(c.Title)
		if l, ok := correctionLesson(book, c, spelling{normalized: r.Normalized, key: r.Key}); ok {
			add(l, r.Kind)
		}
	}
	kept := out[:0]
	for _, l := range out {
		if l.opinions[label.Role].Given || l.opinions[label.Seniority].Given {
			kept = append(kept, l)
		}
	}
	return kept
}

func exemplarLesson(book label.Rulebook, e label.Exemplar, r title.Reading) lesson {
	l := lesson{id: e.ID, title: e.Title, normalized: r.Normalized, key: r.Key, origin: "example " + e.ID, weight: 1}
	for _, a := range label.Axes() {
		if e.Known[a] && (e.Labels[a] == "" || book.Taxonomies[a].Has(e.Labels[a])) {
			l.opinions[a] = label.Opinion{Given: true, Value: e.Labels[a]}
		}
	}
	return l
}

// fallbacksOf are the fallbacks that few exemplars speak for, by axis: fewer than say "none of these" of a title that has a label on the
// other axis, which is a real job that fits nowhere else. There such an exemplar speaks for the fallback, so that ticking one is enough.
func fallbacksOf(book label.Rulebook) (out [label.AxisCount]label.Value) {
	for _, a := range label.Axes() {
		fallback, ok := book.Taxonomies[a].Fallback()
		if !ok {
			continue
		}
		own, none := 0, 0
		for _, e := range book.Exemplars {
			switch {
			case e.Known[a] && e.Labels[a] == fallback.Value:
				own++
			case fitsNowhere(e.Known[a], e.Labels[a], e.Labels[1-a]):
				none++
			}
		}
		if own < none {
			out[a] = fallback.Value
		}
	}
	return out
}

// fitsNowhere reports whether a title has no label on an axis though it has one on the other.
func fitsNowhere(known bool, value, other label.Value) bool {
	return known && value == "" && other != ""
}

// fitNowhere makes "none of these" the fallback where fallbacksOf says so.
func (l *lesson) fitNowhere(fallbacks [label.AxisCount]label.Value) {
	was := l.opinions
	for _, a := range label.Axes() {
		if fallbacks[a] != "" && fitsNowhere(was[a].Given, was[a].Value, was[1-a].Value) {
			l.opinions[a].Value = fallbacks[a]
		}
	}
}

// correctionLesson is what a correction teaches about its title; false for one that is undone or holds for one contact only.
func correctionLesson(book label.Rulebook, c label.Correction, s spelling) (lesson, bool) {
	if !c.Active || c.Scope == label.ScopeContact {
		return lesson{}, false
	}
	l := lesson{id: c.ID, title: c.Title, normalized: s.normalized, key: s.key, origin: correctionOrigin(c), weight: correctionWeight, correction: true}
	for _, a := range label.Axes() {
		if o := c.Labels[a]; o.Given && (o.Value == "" || book.Taxonomies[a].Has(o.Value)) {
			l.opinions[a] = o
		}
	}
	return l, true
}

func correctionOrigin(c label.Correction) string {
	if c.By == "" {
		return "correction " + c.ID
	}
	return "correction " + c.ID + " by " + c.By
}

// FitKey names what a fit depends on: the taxonomies' values, the exemplars, the embedder, and this package's own method. Rules,
// corrections and settings are not part of it, so that a change of those refits nothing. It fails when these have no JSON form.
func FitKey(book label.Rulebook, embedderID string) (string, error) {
	type term struct {
		Value    label.Value
		Name     string
		Active   bool
		Fallback bool
	}
	content := struct {
		Method, Normalizer, Embedder string
		Terms                        [label.AxisCount][]term
		Exemplars                    []label.Exemplar
	}{Method: method, Normalizer: title.Version, Embedder: embedderID}
	for _, a := range label.Axes() {
		for _, t := range book.Taxonomies[a].Terms {
			content.Terms[a] = append(content.Terms[a], term{t.Value, t.Name, t.Active, t.Fallback})
		}
	}
	for _, e := range book.Exemplars {
		e.ID, e.Language = "", ""
		content.Exemplars = append(content.Exemplars, e)
	}
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(content); err != nil {
		return "", fmt.Errorf("encode the key of a fit: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// method names this package's features, heads and calibration; it changes whenever a fit would give another model.
const method = "classifier-7/" + featureVersion
