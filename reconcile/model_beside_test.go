package reconcile_test

import (
	"slices"

	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

// checkBeside: of a contact whose label was given by rolecall and then changed by another hand into a value that it never
// had before, HubSpot does not go on to show the machine's word, unless the other label was written since, or the
// contact is asked about, or merged. (That nothing is left to be told, quiet sees in the plan.)
func (w *world) checkBeside(ids []label.ContactID) {
	ours := func(v portal.Version) bool { return v.Source.Type == "INTEGRATION" }
	merged := func(v portal.Version) bool { return v.Source.Type == "MERGE_OBJECTS" }
	asked := map[string]bool{} // titles
	questions, err := w.store.Questions(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, q := range questions {
		asked[q.TitleKey] = true
	}
	for _, id := range ids {
		rec, _ := w.portal.Record(string(id))
		c, _, err := w.store.Contact(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, a := range label.Axes() {
			history := w.portal.History(string(id), "job_"+a.String())
			if asked[c.TitleKey] || !slices.ContainsFunc(history, ours) || slices.ContainsFunc(history, merged) || ours(history[0]) {
				continue
			}
			before := slices.ContainsFunc(history[1:], func(v portal.Version) bool { return v.Value == history[0].Value })
			other := w.portal.History(string(id), "job_"+(1-a).String())
			if before || len(other) > 0 && ours(other[0]) && other[0].At.After(history[0].At) {
				continue
			}
			said := rec.Properties["job_label_source"]
			if !slices.Contains([]string{string(plan.ByPersonInHubSpot), string(plan.ByProgramInHubSpot), string(label.ByCorrection)}, said) {
				w.t.Fatalf("contact %s: %s was changed, and HubSpot still says %q: %v; history %+v", id, a, said, rec.Properties, history)
			}
			w.said++
		}
	}
}
