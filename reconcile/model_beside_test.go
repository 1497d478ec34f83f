package reconcile_test

import (
	"context"
	"slices"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

// checkBeside: what HubSpot shows beside labels was said after the last of them was changed, by whomever; where it is said
// at all, for labels that rolecall has once given, where nobody is asked about the contact, and where no merge has mixed
// the values of two.
func (w *world) checkBeside(ids []label.ContactID) {
	ours := func(v portal.Version) bool { return v.Source.Type == "INTEGRATION" }
	asked := map[string]bool{} // titles
	questions, err := w.store.Questions(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, q := range questions {
		asked[q.TitleKey] = true
	}
	for _, id := range ids {
		rec, _ := w.portal.Record(string(id))
		said := w.portal.History(string(id), "job_label_source")
		c, _, err := w.store.Contact(context.Background(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(said) == 0 || asked[c.TitleKey] {
			continue
		}
		for _, a := range label.Axes() {
			history := w.portal.History(string(id), "job_"+a.String())
			merged := func(v portal.Version) bool { return v.Source.Type == "MERGE_OBJECTS" }
			if !slices.ContainsFunc(history, ours) || slices.ContainsFunc(history, merged) || ours(history[0]) || !history[0].At.After(said[0].At) {
				continue
			}
			then := slices.IndexFunc(history, func(v portal.Version) bool { return !v.At.After(said[0].At) })
			if then >= 0 && history[then].Value == history[0].Value {
				continue // away and back again
			}
			other := w.portal.History(string(id), "job_"+(1-a).String())
			if len(other) > 0 && ours(other[0]) && other[0].At.After(history[0].At) {
				continue // the other label was written since, and what is said is said of that
			}
			// What was said already leaves no trace when it is said again, and a value that comes back may be of any hand that chose it.
			right := slices.ContainsFunc(history, func(v portal.Version) bool {
				return v.Value == history[0].Value && slices.Contains(words(v), said[0].Value)
			})
			if !right {
				w.t.Fatalf("contact %s: %s was changed after what is said of it: %v; history %+v; said %+v", id, a, rec.Properties, history, said)
			}
		}
		w.said++
	}
}

// words are what may be said beside a label with this entry in its history.
func words(v portal.Version) []string {
	switch v.Source.Type {
	case "CRM_UI":
		return []string{string(plan.ByPersonInHubSpot), string(label.ByCorrection)} // the edit, or the answer that let it stand
	case "INTEGRATION":
		return []string{string(label.ByNeighbors), string(label.ByCorrection), string(label.ByContactCorrection)}
	}
	return []string{string(plan.ByProgramInHubSpot)}
}
