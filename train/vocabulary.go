package main

import (
	"cmp"
	"slices"

	"rolecall/embedding"
)

// vocabulary chooses the features that get a row: those that titles share most, at least atLeast times, until the rows are full. The
// number is of the features that have a row now.
func vocabulary(c *corpus, slots, atLeast int) (rows *embedding.Rows, placed int) {
	counts := make(map[uint64]float32, 1<<21)
	var features []uint64
	for _, l := range c.labels {
		features = embedding.AppendFeatures(features[:0], l.text)
		w := languageWeight(l.language)
		for _, f := range features {
			counts[f] += w
		}
	}
	for _, context := range c.contexts {
		for _, f := range embedding.AppendFeatures(features[:0], context) {
			counts[f] += contextCount
		}
	}
	type counted struct {
		feature uint64
		count   float32
	}
	list := make([]counted, 0, len(counts))
	for f, n := range counts {
		if n >= float32(atLeast) {
			list = append(list, counted{f, n})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.feature, b.feature))
	})
	rows = embedding.NewRows(slots)
	for _, f := range list {
		if rows.Add(f.feature) {
			placed++
		}
	}
	return rows, placed
}

// contextCount is how often a feature of a context counts as seen: enough to get a row, which then learns that it says nothing.
const contextCount = 20

// ours is the language of our own lists, which are of many.
const ours = "lists"

// languageWeight is how often a language's labels are trained and how much its features count, English being 1: the more of the
// people in a CRM write it, the more. The rest of the 26 is carried along.
func languageWeight(language string) float32 {
	switch language {
	case ours:
		return repeats
	case "en":
		return 1
	case "de", "fr", "es", "it", "nl", "pt":
		return 0.8
	case "sv", "da", "no", "fi", "pl":
		return 0.6
	case "mt", "ga", "is":
		return 0.1
	}
	return 0.3
}
