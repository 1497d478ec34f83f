package classifier_test

import (
	"strings"
	"testing"

	"rolecall/label"
)

// TestACorrectionIsNamedByThoseWhoHaveItAlone asks two classifiers that share the sentences that their workers keep.
func TestACorrectionIsNamedByThoseWhoHaveItAlone(t *testing.T) {
	c := defaultClassifier(t)
	role := defaultBook(t).Taxonomies[label.Role].Terms[0].Value
	for _, title := range []string{"zookeeper of penguins", "zookeeper with penguins"} {
		corrected := c.WithCorrections([]label.Correction{{ID: "C-1", Title: title, Active: true, Scope: label.ScopeTitle,
			Labels: [label.AxisCount]label.Opinion{{Given: true, Value: role}, {}}}})
		decisions, err := corrected.Classify(t.Context(), []string{"zookeeper for penguins"})
		if err != nil {
			t.Fatal(err)
		}
		if why := decisions[0].Findings[label.Role].Why; !strings.HasSuffix(why, `; the closest labelled title is "`+title+`".`) {
			t.Errorf("after correcting %q: %s", title, why)
		}
	}
}
