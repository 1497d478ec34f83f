package classifier_test

import (
	"context"
	"fmt"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
)

// distinctTitles makes n titles that differ, from the words of the default examples.
func distinctTitles(b testing.TB, n int) []string {
	b.Helper()
	book := defaultBook(b)
	out := make([]string, n)
	for i := range out {
		one, other := book.Exemplars[(i*7919)%len(book.Exemplars)].Title, book.Exemplars[(i*104729+i/len(book.Exemplars)+1)%len(book.Exemplars)].Title
		switch i % 3 {
		case 0:
			out[i] = fmt.Sprintf("%s, Region %d", one, i)
		case 1:
			out[i] = fmt.Sprintf("%s - %s", one, other)
		default:
			out[i] = one + " " + other[:min(len(other), 6)]
		}
	}
	return out
}

func defaultClassifier(t testing.TB) *classifier.Classifier {
	t.Helper()
	emb, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	c, err := classifier.Fit(context.Background(), defaultBook(t), emb, classifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func BenchmarkClassify(b *testing.B) {
	c := defaultClassifier(b)
	titles := distinctTitles(b, 20000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Classify(context.Background(), titles); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(titles))/b.Elapsed().Seconds(), "titles/s")
}

func BenchmarkFit(b *testing.B) {
	emb, err := embedding.NewStatic()
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{450, 5000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			book := defaultBook(b)
			for len(book.Exemplars) < n {
				e := book.Exemplars[len(book.Exemplars)%7000]
				e.Title += " " + fmt.Sprint(len(book.Exemplars))
				book.Exemplars = append(book.Exemplars, e)
			}
			book.Exemplars = book.Exemplars[:n]
			b.ReportAllocs()
			for b.Loop() {
				if _, err := classifier.Fit(context.Background(), book, emb, classifier.Options{Refit: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart is what a command pays before its first answer: the default workbook with the model in the program.
func BenchmarkStart(b *testing.B) {
	emb, err := embedding.NewStatic()
	if err != nil {
		b.Fatal(err)
	}
	book := defaultBook(b)
	b.ReportAllocs()
	for b.Loop() {
		c, err := classifier.Fit(context.Background(), book, emb, classifier.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Explain(context.Background(), "Head of Sales"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWithCorrections takes up one correction more, beside 4,999 that are in force.
func BenchmarkWithCorrections(b *testing.B) {
	c := defaultClassifier(b)
	defaultRole := defaultBook(b).Taxonomies[label.Role].Terms[0].Value
	titles := distinctTitles(b, 5000)
	var corrections []label.Correction
	for i, t := range titles {
		o := label.Opinion{Given: true, Value: defaultRole}
		corrections = append(corrections, label.Correction{ID: fmt.Sprint("C-", i), Title: t, Active: true, Scope: label.ScopeTitle, Labels: [2]label.Opinion{o, {}}})
	}
	c = c.WithCorrections(corrections[1:])
	b.ReportAllocs()
	for b.Loop() {
		c.WithCorrections(corrections)
	}
}
