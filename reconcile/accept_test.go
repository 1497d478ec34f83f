package reconcile_test

import (
	"context"
	"strings"
	"testing"

	"rolecall/label"
)

// A yes to the first back-fill lifts the limit on first labels until it is through; a later yes is for the plan that was held alone.
func TestAYesLiftsTheLimitOnFirstLabelsOnce(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		underWay            bool
	}{
		{"the first back-fill", "", "yes", true},
		{"under way", "yes", "yes", true},
		{"through", "done", "done", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, ctx := newHouse(t, people("Software Engineer")), context.Background()
			for name, value := range map[string]string{"backfill_approved": test.before, "held_plan": "a-plan"} {
				if err := h.store.SaveSetting(ctx, name, value); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.Approve(ctx); err != nil {
				t.Fatal(err)
			}
			state, err := h.store.Setting(ctx, "backfill_approved")
			if err != nil || state != test.after {
				t.Errorf("the back-fill is %q, %v, want %q", state, err, test.after)
			}
			if p, err := h.store.Portal(ctx); err != nil || p.BackfillUnderWay != test.underWay || !p.BackfillApproved {
				t.Errorf("%+v, %v, want under way: %v", p, err, test.underWay)
			}
			if approved, err := h.store.Setting(ctx, "approved_plan"); err != nil || !strings.HasPrefix(approved, "a-plan ") {
				t.Errorf("the plan accepted is %q, %v", approved, err)
			}
		})
	}
}

// The run that a yes asks for has the scope that was asked for with it: all reads every contact again.
func TestAYesPassesItsScopeOn(t *testing.T) {
	for _, scope := range []string{"changed", "all"} {
		t.Run(scope, func(t *testing.T) {
			h, ctx := newHouse(t, people("Software Engineer")), context.Background()
			if _, _, err := h.store.Enqueue(ctx, label.Request{Action: label.ActionAccept, Scope: scope, Source: "command line", RequestedAt: h.clock.Now()}); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := h.Work(ctx); !ok || err != nil {
				t.Fatal(ok, err)
			}
			next, ok, err := h.store.TakeRequest(ctx, h.clock.Now())
			if err != nil || !ok || next.Action != label.ActionRun || next.Scope != scope {
				t.Errorf("next is %+v, %v, want a run of scope %s", next, err, scope)
			}
		})
	}
}
