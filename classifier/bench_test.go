package classifier_test

import (
	"context"
	"fmt"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
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
