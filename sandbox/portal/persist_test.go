package portal_test

import (
	"bytes"
	"reflect"
	"testing"

	"rolecall/sandbox/portal"
)

func records(s *portal.Server) map[string]portal.Record {
	out := map[string]portal.Record{}
	s.Records(func(r portal.Record) bool { out[r.ID] = r; return true })
	return out
}

func TestSaveAndLoadKeepEverything(t *testing.T) {
	w := newWorld(t, 5000, nil)
	w.defineRole()
	w.s.RandomEdits(3000)
	if err := w.s.GDPRDelete(firstLive(w.s)); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := w.s.Save(&file); err != nil {
		t.Fatal(err)
	}
	fresh := portal.New(portal.Options{Now: w.clock.now})
	if err := fresh.Load(bytes.NewReader(file.Bytes())); err != nil {
		t.Fatal(err)
	}
	before, after := records(w.s), records(fresh)
	if !reflect.DeepEqual(before, after) {
		t.Fatalf("%d records before, %d after, or they differ", len(before), len(after))
	}
	for id := range before {
		for _, p := range []string{"jobtitle", "job_role", "email"} {
			if !reflect.DeepEqual(w.s.History(id, p), fresh.History(id, p)) {
				t.Fatalf("history of %s of %s differs", p, id)
			}
		}
	}
	if !reflect.DeepEqual(w.s.Properties(), fresh.Properties()) || !reflect.DeepEqual(w.s.PeopleLog(), fresh.PeopleLog()) {
		t.Error("properties or the people's log differ")
	}
	if w.s.Len() != fresh.Len() {
		t.Error("counts differ")
	}
	fresh.RandomEdits(100) // it is alive
}

func firstLive(s *portal.Server) (id string) {
	s.Records(func(r portal.Record) bool { id = r.ID; return r.State != "live" })
	return id
}

func TestDamagedFilesAreRefusedAndChangeNothing(t *testing.T) {
	w := newWorld(t, 4500, nil)
	var file bytes.Buffer
	if err := w.s.Save(&file); err != nil {
		t.Fatal(err)
	}
	fresh := newWorld(t, 3, nil).s
	raw := file.Bytes()
	for n := range 12 {
		if err := fresh.Load(bytes.NewReader(raw[:len(raw)*n/12])); err == nil {
			t.Errorf("a file cut to %d/12 was loaded", n)
		}
	}
	for _, short := range []int{1, 2, 5} {
		if err := fresh.Load(bytes.NewReader(raw[:len(raw)-short])); err == nil {
			t.Errorf("a file without its last %d bytes was loaded", short)
		}
	}
	for n := range 40 {
		bent := bytes.Clone(raw)
		bent[(n*7919)%len(bent)] ^= 0x55
		if err := fresh.Load(bytes.NewReader(bent)); err == nil {
			fresh = newWorld(t, 3, nil).s // a flipped letter of a text goes unnoticed, and may
		}
	}
	if fresh.Len() != 3 {
		t.Errorf("%d contacts, want the 3 of before", fresh.Len())
	}
}
