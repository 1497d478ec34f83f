package reconcile_test

import (
	"context"
	"testing"

	"rolecall/reconcile"
)

// BenchmarkQuietRun is a run in which nothing has changed, with the whole default workbook.
func BenchmarkQuietRun(b *testing.B) {
	h := quietHouse(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.RunOnce(context.Background(), reconcile.Apply); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQuietPoll is a look at a sheet in which nothing has changed, with the whole default workbook.
func BenchmarkQuietPoll(b *testing.B) {
	h := quietHouse(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Poll(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func quietHouse(b *testing.B) *house {
	b.Helper()
	h := newHouse(b, people("VP of Marketing", "Software Engineer", "Chief Financial Officer", "n/a", "Geschäftsführer", "Head of Sales"))
	h.sheet.fill(b)
	for range 3 {
		h.run(b)
	}
	return h
}
