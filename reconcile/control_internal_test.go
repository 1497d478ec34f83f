package reconcile

import (
	"testing"
	"time"

	"rolecall/label"
)

func TestTheStatusOfARequest(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		situation string
		request   label.Request
		want      string
	}{
		{"waits", label.Request{RequestedAt: at}, "REQUESTED"},
		{"under way", label.Request{RequestedAt: at, StartedAt: at}, "RUNNING"},
		{"held by an accident in the sheet", label.Request{StartedAt: at, FinishedAt: at, Result: "Held, nothing was written into HubSpot: ..."}, "HELD"},
		{"held by a limit", label.Request{StartedAt: at, FinishedAt: at, Result: "held: ..."}, "HELD"},
		{"went wrong", label.Request{StartedAt: at, FinishedAt: at, Result: notDone + "HubSpot is away"}, "ERROR"},
		{"done", label.Request{StartedAt: at, FinishedAt: at, Result: "3 contacts updated"}, "DONE"},
		{"nothing to do", label.Request{StartedAt: at, FinishedAt: at, Result: nothingToDo}, "DONE"},
	} {
		if got := requestStatus(c.request); got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}
