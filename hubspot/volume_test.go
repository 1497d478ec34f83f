package hubspot_test

import (
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
	"rolecall/sandbox/portal"
)

// A first sync takes the time that the limits alone demand, and a tenth more at most; by a clock that only moves
// when somebody waits.
func TestAFirstSyncTakesTheTimeTheLimitsDemand(t *testing.T) {
	const contacts = 20_000
	w, tapped := tap(t, 0)
	_, crm, c := sandbox(t, contacts, portal.Options{Limits: portal.Tier("professional")}, tapped, func(o *hubspot.Options) {
		o.Share = 0.5
		o.Limits.InFlight = 1 // two sleepers would move this clock twice
	})
	began := c.Now()
	first, _ := changed(t, crm, label.Cursor{})
	ensured(t, crm, wanted())
	results := mustWrite(t, crm, first, "alpha")
	took := c.Now().Sub(began)
	if len(first.all) != contacts || fates(results)["taken"] != contacts || w.count(status(429)) > 0 {
		t.Fatalf("%d contacts, %v, %d refused", len(first.all), fates(results), w.count(status(429)))
	}
	demanded := time.Duration(contacts/100*2) * 10 * time.Second / 95 // half of 190 in ten seconds
	if took > demanded*11/10 {
		t.Errorf("took %v, the limits demand %v", took, demanded)
	}
	t.Logf("%d contacts in %v, the limits demand %v; %d requests", contacts, took, demanded, len(w.all))
}

func BenchmarkReadByList(b *testing.B) {
	_, crm, _ := sandbox(b, 10_000, portal.Options{})
	b.ReportAllocs()
	for b.Loop() {
		changed(b, crm, label.Cursor{})
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}

func BenchmarkReadWithHistory(b *testing.B) {
	_, crm, _ := sandbox(b, 1000, portal.Options{})
	first, _ := changed(b, crm, label.Cursor{})
	ensured(b, crm, wanted())
	mustWrite(b, crm, first, "alpha")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := crm.Read(b.Context(), ids(first), true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	_, crm, _ := sandbox(b, 1000, portal.Options{})
	first, _ := changed(b, crm, label.Cursor{})
	ensured(b, crm, wanted())
	var writes []plan.Write
	for _, id := range ids(first) {
		writes = append(writes, write(id, "alpha"))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := crm.Write(b.Context(), writes); err != nil {
			b.Fatal(err)
		}
	}
}
