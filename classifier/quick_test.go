package classifier_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"rolecall/label"
)

// TestShortCutsChangeNoDecision compares decisions with those of a classifier that takes no short cut.
func TestShortCutsChangeNoDecision(t *testing.T) {
	c := defaultClassifier(t)
	titles := distinctTitles(t, 4000)
	for _, e := range defaultBook(t).Exemplars[:1000] {
		titles = append(titles, e.Title)
	}
	titles = append(titles, "", "n/a", "Chief Happiness Officer", "lead", "xqzt wvk", "Менеджер по продажам", "營業部長")
	role := defaultBook(t).Taxonomies[label.Role].Terms[0].Value
	corrected := c.WithCorrections([]label.Correction{{ID: "C-1", Title: titles[7], Active: true, Scope: label.ScopeTitle,
		Labels: [label.AxisCount]label.Opinion{{Given: true, Value: role}, {}}}})
	for name, c := range map[string]interface {
		Classify(context.Context, []string) ([]label.Decision, error)
		ClassifyInFull([]string) []label.Decision
	}{"as fitted": c, "with a correction": corrected} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Classify(context.Background(), titles)
			if err != nil {
				t.Fatal(err)
			}
			methods := map[string]int{}
			for i, want := range c.ClassifyInFull(titles) {
				if !reflect.DeepEqual(got[i], want) {
					t.Fatalf("%q:\n got %+v\nwant %+v", titles[i], got[i], want)
				}
				for a := range want.Findings {
					methods[fmt.Sprint(label.Axes()[a], " ", want.Findings[a].Method)]++
				}
			}
			if methods["role "+string(label.ByNeighbors)] < 300 || methods["role "+string(label.ByRule)] < 300 || methods["role "+string(label.ByAbstaining)] < 300 {
				t.Errorf("the titles are no fair sample: %v", methods)
			}
		})
	}
}
