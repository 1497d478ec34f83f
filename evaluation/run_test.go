package evaluation_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/evaluation"
	"rolecall/label"
)

var update = flag.Bool("update", false, "write the golden files")

func fit(ctx context.Context, b label.Rulebook) (*classifier.Classifier, error) {
	return classifier.Fit(ctx, b, embedding.NewHashed(64), classifier.Options{Workers: 1})
}

// fruit is a taxonomy that anybody can learn: titles of a kind share a word.
func fruit(n int) evaluation.Labels {
	l := evaluation.Labels{Columns: []string{"function"}}
	for i := range n {
		for _, kind := range []string{"apple", "pear", "plum"} {
			l.Rows = append(l.Rows, evaluation.Row{Title: fmt.Sprintf("%s picker number %d", kind, i), Answers: [][]string{{kind}}})
		}
	}
	return l
}

func fruitBook() label.Rulebook {
	b := label.Rulebook{Settings: label.DefaultSettings()}
	b.Taxonomies[1].Axis = label.Seniority
	for _, kind := range []string{"apple", "pear", "plum"} {
		b.Taxonomies[0].Terms = append(b.Taxonomies[0].Terms, label.Term{ID: kind, Name: kind, Value: label.Value(kind), Active: true})
	}
	return b
}

func TestRunMeasuresAnotherTaxonomyByFewTitlesOfEach(t *testing.T) {
	r, err := evaluation.Run(context.Background(), evaluation.Options{Book: label.Rulebook{Settings: label.DefaultSettings()}, Labels: fruit(20), Fit: fit, Shots: 5, Seeds: 2})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Columns[0]
	if r.Runs != 2 || c.Measured != 2*3*15 || c.Accuracy < 0.95 {
		t.Errorf("runs %d, measured %d, right %.3f; want 2, 90 and nearly all", r.Runs, c.Measured, c.Accuracy)
	}
}

// Labels differ where their texts do: an internal value of ASCII letters would lose some and make others one.
func TestEveryTextIsALabelOfAnotherTaxonomy(t *testing.T) {
	for situation, c := range map[string]struct{ apple, pear, plum, also string }{
		"Latin letters":             {"apple", "pear", "plum", "Apple"},
		"Cyrillic":                  {"яблоко", "груша", "слива", "Яблоко"},
		"scripts without a case":    {"リンゴ", "梨", "★", "リンゴ"},
		"an accent and a pictogram": {"É", "E", "🍒", "é"},
		"signs tell them apart":     {"C++", "C#", "C", "c++"},
		"one is another's number":   {"x", "role-01", "role_01", "X"},
		"Other is a label here":     {"Other", "pear", "Others", "other"},
	} {
		t.Run(situation, func(t *testing.T) {
			l := fruit(20)
			for i := range l.Rows {
				l.Rows[i].Answers = [][]string{{[]string{c.apple, c.pear, c.plum}[i%3]}}
			}
			l.Rows[0].Answers[0][0] = c.also
			r, err := evaluation.Run(context.Background(), evaluation.Options{Book: label.Rulebook{Settings: label.DefaultSettings()}, Labels: l, Fit: fit, Shots: 5, Seeds: 2})
			if err != nil {
				t.Fatal(err)
			}
			got := r.Columns[0]
			if n := len(got.Confusion.Labels); got.Measured != 2*3*15 || got.Accuracy < 0.95 || n > 4 || n == 4 && got.Confusion.Labels[3] != "-" {
				t.Errorf("measured %d, right %.3f, labels %q; want 90, nearly all and three labels", got.Measured, got.Accuracy, got.Confusion.Labels)
			}
		})
	}
}

func TestRunCrossValidatesAndTakesTheLearningCurve(t *testing.T) {
	l := fruit(10)
	l.Columns = []string{"role"}
	r, err := evaluation.Run(context.Background(), evaluation.Options{Book: fruitBook(), Labels: l, Fit: fit, Folds: 3, Curve: []int{0, 12, 10000}})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Columns[0]
	if c.Measured != 30 || c.Accuracy < 0.9 {
		t.Errorf("measured %d, right %.3f; want each title once and nearly all right", c.Measured, c.Accuracy)
	}
	if len(c.Curve) != 2 || c.Curve[0].Accuracy != 0 || c.Curve[1].Accuracy < 0.8 {
		t.Errorf("learning curve %+v; want nothing known before and most after 12 corrections, and no point beyond the titles at hand", c.Curve)
	}
	total := 0
	for _, row := range c.Confusion.Counts {
		for _, n := range row {
			total += n
		}
	}
	if total != c.Measured {
		t.Errorf("the confusion matrix holds %d answers of %d", total, c.Measured)
	}
}

func TestAnAbstainingAnswerIsRightOnlyWhereNoLabelFits(t *testing.T) {
	l := evaluation.Labels{Columns: []string{"role"}, Rows: []evaluation.Row{
		{Title: "n/a", Answers: [][]string{{"-"}}}, {Title: "-", Answers: [][]string{{"Other"}}}, {Title: "n/a", Answers: [][]string{{"apple"}}},
	}}
	r, err := evaluation.Run(context.Background(), evaluation.Options{Book: fruitBook(), Labels: l, Fit: fit})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%.3f", r.Columns[0].Accuracy); got != "0.667" {
		t.Errorf("right %s, want 0.667", got)
	}
}

func TestLabelsThatTheTaxonomyLacksAreNamed(t *testing.T) {
	l := fruit(3)
	l.Rows[0].Answers[0], l.Rows[1].Answers[0] = []string{"aple", "pear"}, []string{"aple", "Other"}
	r, err := evaluation.Run(context.Background(), evaluation.Options{Book: fruitBook(), Labels: l, Fit: fit})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Columns[0].Strange); got != "[{aple 2}]" {
		t.Errorf("named: %s", got)
	}
}

func TestRunRefusesWhatMakesNoSense(t *testing.T) {
	for _, c := range []struct {
		want string
		o    evaluation.Options
	}{
		{"no way to fit", evaluation.Options{Labels: fruit(1)}},
		{"no labelled titles", evaluation.Options{Fit: fit}},
		{"exclude one another", evaluation.Options{Fit: fit, Labels: fruit(1), Folds: 2, Shots: 2}},
		{"100 at most", evaluation.Options{Fit: fit, Labels: fruit(60), Book: fruitBook(), Folds: 101}},
		{"each fold is a fit", evaluation.Options{Fit: fit, Labels: fruit(1), Book: fruitBook(), Folds: 50}},
		{"in the workbook's taxonomy", evaluation.Options{Fit: fit, Labels: fruit(1)}},
		{"none is left to measure", evaluation.Options{Fit: fit, Labels: fruit(1), Shots: 100}},
	} {
		if _, err := evaluation.Run(context.Background(), c.o); !errors.Is(err, evaluation.ErrOptions) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestReportsReadWell(t *testing.T) {
	r := evaluation.Report{Mode: "a test of <reports>", Titles: 10, Runs: 1, Model: "m", Columns: []evaluation.Column{{
		Name: "role", Measured: 10, Accuracy: 0.8, Spread: 0.01, Undoubted: 0.9, MacroF1: 0.75, ECE: 0.03, Target: 0.95, Precision: 0.96, Coverage: 0.7,
		Bins:      []evaluation.Bin{{From: 0.9, To: 1, Count: 8, Confidence: 0.95, Accuracy: 0.9}},
		Methods:   []evaluation.Share{{Name: "rule", Count: 6, Accuracy: 1}, {Name: "neighbours", Count: 4, Accuracy: 0.5}},
		Strange:   []evaluation.Strange{{Label: "Slaes", Count: 2}},
		Confusion: evaluation.Confusion{Labels: []string{"R&D", "Sales"}, Counts: [][]int{{4, 1}, {1, 4}}},
		Curve:     []evaluation.Point{{Corrections: 0, Accuracy: 0.7, Precision: 0.9, Coverage: 0.5}, {Corrections: 25, Accuracy: 0.8, Precision: 0.9, Coverage: 0.6}},
	}}}
	var text, page bytes.Buffer
	if err := errors.Join(r.Text(&text), r.HTML(&page)); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"testdata/report.txt": text.Bytes(), "testdata/report.html": page.Bytes()} {
		if *update {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs; if it should, write it with -update. Got:\n%s", name, got)
		}
	}
	for _, bad := range []string{"<reports>", "<script", "http://", "https://"} {
		if strings.Contains(strings.ReplaceAll(page.String(), "http://www.w3.org/2000/svg", ""), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}
