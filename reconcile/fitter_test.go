package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
	"rolecall/reconcile"
)

func TestEvidenceNamesTheClosestLabelledTitles(t *testing.T) {
	book := label.Rulebook{Settings: label.DefaultSettings()}
	book.Taxonomies[label.Seniority].Axis = label.Seniority
	for _, kind := range []string{"apple", "pear"} {
		book.Taxonomies[label.Role].Terms = append(book.Taxonomies[label.Role].Terms, label.Term{ID: kind, Name: kind, Value: label.Value(kind), Active: true})
		for i := range 6 {
			e := label.Exemplar{ID: fmt.Sprintf("E-%s-%d", kind, i), Title: fmt.Sprintf("%s picker %d", kind, i)}
			e.Labels[label.Role], e.Known[label.Role] = label.Value(kind), true
			book.Exemplars = append(book.Exemplars, e)
		}
	}
	f := &reconcile.ClassifierFitter{BuiltIn: embedding.NewHashed(64), Options: classifier.Options{Workers: 1}}
	l, err := f.Labeller(context.Background(), book, false)
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Evidence(context.Background(), "apple picker")
	if err != nil {
		t.Fatal(err)
	}
	found := d.Findings[label.Role].Evidence
	if len(found) == 0 || found[0].Value != "apple" || found[0].Origin == "" {
		t.Errorf("evidence of a role: %+v, want apple pickers", found)
	}
	plain, err := l.Classify(context.Background(), []string{"apple picker"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(plain[0].Findings[label.Role].Evidence); n != 0 {
		t.Errorf("a decision that nobody asked the evidence of has %d titles", n)
	}
}
