package sheets_test

import (
	"context"
	"strings"
	"testing"

	"rolecall/workbook"
)

func TestABlankSheetBecomesTheDefaultWorkbook(t *testing.T) {
	d := newDesk(t, 1)
	book, err := workbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	laid, err := d.Init(context.Background(), book)
	if err != nil {
		t.Fatal(err)
	}
	if len(laid.Made) != 12 {
		t.Errorf("made %v", laid.Made)
	}
	if d.largest.Load() > 2_000_000 {
		t.Errorf("a body of %d bytes", d.largest.Load())
	}
	d.reset()
	r := workbook.Parse(d.read(), workbook.LastGood{})
	if d.reads.Load() != 1 || d.writes.Load() != 0 {
		t.Errorf("a reading took %d reads and %d writes", d.reads.Load(), d.writes.Load())
	}
	want, err := workbook.Parse(book, workbook.LastGood{}).Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rulebook.Revision()
	if err != nil {
		t.Fatal(err)
	}
	if got != want || r.Errors > 0 || len(r.Problems) > 0 || len(r.NewIDs) > 0 {
		t.Errorf("revision %s, want %s; errors %d, problems %v, new IDs %v", got, want, r.Errors, r.Problems, len(r.NewIDs))
	}
	d.reset()
	laid, err = d.Relay(context.Background(), book)
	if err != nil || !laid.Unchanged || d.writes.Load() != 0 {
		t.Errorf("laying again: %+v, %d writes, %v", laid, d.writes.Load(), err)
	}
	if text := d.cells("Control!A1:J8"); !strings.Contains(text, "run|Run now|false") || !strings.Contains(text, "What the colours mean") {
		t.Errorf("Control is\n%s", text)
	}
}
