package acceptance

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The first days of a portal, as an operator lives them, one command after the other.
func TestFromAnEmptySheetToLabelsAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("a dozen runs")
	}
	s := startSandbox(t, "--contacts", "200")
	s.run("init").want(0, "Control, Review, Try, Roles", "portal 8675309", "rolecall preview")
	s.run("init").want(0, "nothing was changed")

	// Observing writes nothing into HubSpot, and says what it would do.
	s.run("preview").want(0, "(empty) -> ", "A run would write", "this is the first time")
	s.run("sync").want(0, "DONE (observe)", "Observing only", "would be held", "this is the first time")
	if got := portalStats(t, s.hubspot); got.Values != 0 || got.Kinds["write"] != 0 {
		t.Fatalf("observing wrote %d values: %+v", got.Values, got.Kinds)
	}

	// In apply mode the first back-fill waits for a yes.
	s.sheet().apply()
	s.run("preview", "--expect-no-changes").want(3, "this is the first time")
	s.run("sync").want(4, "HELD", "nothing was written", "accept")
	if n := count(contacts(t, s.hubspot)); n != 0 {
		t.Fatalf("a held run labelled %d contacts", n)
	}
	before := contacts(t, s.hubspot)
	first := s.run("sync", "--accept-held").want(0, "DONE (apply)", "contacts updated")
	after := contacts(t, s.hubspot)
	if n := count(after); n < 150 {
		t.Errorf("%d of %d contacts are labelled", n, len(after))
	}
	s.run("preview", "--expect-no-changes").want(0, "would write 0 labels")
	s.run("check").want(0, "Ready.", "ok       HubSpot").without("warning", "FAULT")

	// Nothing new: nothing written, on either side.
	written := portalStats(t, s.hubspot).Values
	s.run("sync").want(0, "0 contacts updated")
	if got := portalStats(t, s.hubspot).Values; got != written {
		t.Errorf("a run with nothing to do wrote %d values", got-written)
	}

	// Undo takes back what is still ours, and leaves what somebody has changed since.
	edited := pick(t, after, func(c labelled) bool { return c.role != "" && c.role != "sales" })
	hubspotPerson(t, s.hubspot, edited, map[string]string{"job_role": "sales"})
	s.run("undo", first.runName()).want(0, "contacts")
	for id, c := range contacts(t, s.hubspot) {
		if id == edited {
			if c.role != "sales" {
				t.Errorf("undo changed what a person had chosen for %s to %q", id, c.role)
			}
			continue
		}
		if c.role != before[id].role || c.seniority != before[id].seniority {
			t.Errorf("contact %s shows %q and %q after undo", id, c.role, c.seniority)
		}
	}
	s.run("preview", "--expect-no-changes").want(0)
	s.run("sync").want(0, "0 contacts updated", "source updated for 1") // HubSpot is told that the label is a person's; the label itself stays
	if got := contacts(t, s.hubspot)[edited]; got.role != "sales" || got.source != "person in HubSpot" {
		t.Errorf("after the run that took the edit the contact shows %+v", got)
	}
	s.run("sync").want(0, "0 contacts updated").without("source updated")
	s.run("undo", "run-999").want(1, "run-999")
	s.run("undo", "tuesday").want(2, "tuesday", "run-12")
}

// pick gives the lowest id among the contacts that are wanted.
func pick(t *testing.T, all map[string]labelled, wanted func(labelled) bool) string {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if wanted(all[id]) {
			return id
		}
	}
	t.Fatal("there is no such contact")
	return ""
}

// A team that keeps its workbook in git needs no Google at all.
func TestAFolderInPlaceOfTheSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("several runs")
	}
	s := startSandbox(t, "--contacts", "100")
	for _, name := range []string{"ROLECALL_SHEETS_ENDPOINT", "ROLECALL_SHEET_URL"} {
		delete(s.env, name)
	}
	s.run("workbook", "default", "book").want(0, "26 roles", "8 seniorities")
	s.run("workbook", "default", "book").want(74, "roles.csv")
	s.run("check", "--workbook", "book").want(0, "Ready.")
	s.run("preview", "--workbook", "book").want(0, "would write")
	s.run("sync", "--workbook", "book").want(0, "Observing only")
	settings := filepath.Join("book", "settings.csv")
	s.file(settings, "Setting ID,Value\nS-01,apply\n", 0o600)
	s.run("sync", "--workbook", "book").want(4, "nothing was written")
	s.run("sync", "--workbook", "book", "--accept-held").want(0, "DONE (apply)")
	if n := count(contacts(t, s.hubspot)); n < 70 {
		t.Errorf("%d contacts are labelled", n)
	}
	s.run("preview", "--workbook", "book", "--expect-no-changes").want(0)
	s.run("check", "--workbook", "nowhere").want(1, "nowhere")
	s.run("sync").want(78, "there is no sheet", "--workbook DIR")
}

// A daemon that dies without warning in the middle of writing loses nothing, and the next one writes nothing twice.
func TestADaemonKilledWhileItWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("two daemons")
	}
	s := startSandbox(t, "--contacts", "300")
	s.run("init").want(0)
	s.sheet().apply()
	// The third write is applied, and its answer does not come in time for the one who asked.
	ask(t, "POST", s.hubspot+"/admin/faults", map[string]any{"match": "POST .*/batch/update", "kind": "slow", "after": 2, "times": 1, "delay_ms": 30_000}, nil)
	daemon := s.start("run", "--poll-interval", "5s")
	eventually(t, "Control says that the first run is held", func() error {
		for _, row := range s.sheet().rows("Control") {
			if row["Status"] == "HELD" {
				return nil
			}
		}
		return fmt.Errorf("%v: %s", s.sheet().rows("Control"), daemon.said)
	})
	if n := count(contacts(t, s.hubspot)); n != 0 {
		t.Errorf("%d contacts are labelled while the run is held", n)
	}
	s.sheet().put("Control", s.sheet().find("Control", "Action", "Accept held changes"), "Request", "tick")
	eventually(t, "the write that hangs is under way", func() error {
		var faults []struct{ Hits int }
		ask(t, "GET", s.hubspot+"/admin/faults", nil, &faults)
		if len(faults) == 0 || faults[0].Hits == 0 {
			return fmt.Errorf("%+v: %s", faults, daemon.said)
		}
		return nil
	})
	daemon.end(syscall.SIGKILL, 10*time.Second)
	if n := count(contacts(t, s.hubspot)); n == 0 || n > 280 {
		t.Fatalf("%d contacts are labelled at the moment of the kill", n)
	}
	ask(t, "DELETE", s.hubspot+"/admin/faults", nil, nil)
	next := s.start("run", "--poll-interval", "5s")
	eventually(t, "the next daemon goes on", func() error {
		if n := count(contacts(t, s.hubspot)); n < 230 || !strings.Contains(next.said.String(), "run ended") {
			return fmt.Errorf("%d contacts are labelled: %s", n, next.said)
		}
		return nil
	})
	if code := next.end(syscall.SIGTERM, 10*time.Second); code != 0 {
		t.Errorf("exit code %d\n%s", code, next.said)
	}
	s.run("sync").want(0)
	s.run("preview", "--expect-no-changes").want(0)
	values := map[string]string{}
	for _, w := range portalStats(t, s.hubspot).Writes {
		key := w.ID + " " + w.Property
		if old, ok := values[key]; ok && old != w.Value {
			t.Errorf("contact %s was written twice with different values of %s: %q, then %q", w.ID, w.Property, old, w.Value)
		}
		values[key] = w.Value
	}
	if len(values) == 0 {
		t.Error("the portal remembers no writes")
	}
}
