package classifier_test

import (
	"context"
	"flag"
	"os"
	"reflect"
	"testing"

	"rolecall/classifier"
	"rolecall/embedding"
	"rolecall/label"
	"rolecall/workbook"
)

var update = flag.Bool("update", false, "fit the default workbook and write default.model")

func defaultBook(t testing.TB) label.Rulebook {
	t.Helper()
	snap, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	return workbook.Parse(snap, workbook.LastGood{}).Rulebook
}

func TestThePrefitModelIsThatOfTheDefaultWorkbook(t *testing.T) {
	emb, err := embedding.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	book := defaultBook(t)
	if *update {
		c, err := classifier.Fit(context.Background(), book, emb, classifier.Options{Refit: true})
		if err != nil {
			t.Fatal(err)
		}
		file, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("default.model", file, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("wrote default.model, %d bytes", len(file))
		return
	}
	want, err := classifier.FitKey(book, emb.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got := classifier.PrefitKey(); got != want {
		t.Errorf("default.model was fitted for %s, the default workbook is %s: run go generate ./classifier", got, want)
	}
	if got, want := classifier.PrefitRules(), classifier.WithoutNotes(book.Rules); !reflect.DeepEqual(got, want) {
		t.Errorf("default.model has %d rules, the default workbook has %d or others: run go generate ./classifier", len(got), len(want))
	}
}
