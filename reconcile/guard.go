package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// approvalLife is how long a person's yes to a held plan holds.
const approvalLife = 24 * time.Hour

// check holds a plan that is too large or too strange; errHeld says that it did.
func (r *Reconciler) check(ctx context.Context, run *run) error {
	if run.totals.Count(plan.Push) == 0 {
		return nil
	}
	portal, err := r.State.Portal(ctx)
	if err != nil {
		return err
	}
	if run.scope == label.RunSample { // a hundred contacts is what the guard is there to keep a run to
		portal.BackfillApproved = true
	}
	err = plan.LimitsFrom(run.book.Settings).CheckTotals(run.totals, portal)
	var held *plan.HeldError
	if err == nil || !errors.As(err, &held) {
		return err
	}
	ok, err := r.approved(ctx, held.Fingerprint)
	if err != nil || ok {
		return err
	}
	if run.mode == Preview {
		run.report.Message = "held: " + strings.Join(held.Reasons, "; ")
		return errHeld
	}
	run.report.Outcome, run.report.Message = plan.Held, "Held, nothing was written into HubSpot: "+strings.Join(held.Reasons, "; ")+". Tick Accept held changes on Control if that is meant."+takeNote(r.labeller)
	if run.mode != Apply { // nothing waits for a yes: what was asked for, looking, is done
		run.report.Outcome, run.report.Message = plan.Done, "Observing only."+takeNote(r.labeller)+" In apply mode this would be held: "+strings.Join(held.Reasons, "; ")
	}
	run.changed = true
	if err := r.State.SaveSetting(ctx, settingHeldPlan, held.Fingerprint); err != nil {
		return err
	}
	return errHeld
}

// approved says whether a person accepted exactly this plan within the last day.
func (r *Reconciler) approved(ctx context.Context, fingerprint string) (bool, error) {
	text, err := r.State.Setting(ctx, settingApproved)
	if err != nil {
		return false, err
	}
	var print, at string
	if _, err := fmt.Sscan(text, &print, &at); err != nil {
		return false, nil
	}
	when, err := time.Parse(time.RFC3339, at)
	return err == nil && print == fingerprint && r.Now().Sub(when) < approvalLife, nil
}

// Approve accepts the plan that was held last, and an accident in the sheet that was held. It says in
// plain words what was accepted.
func (r *Reconciler) Approve(ctx context.Context) (string, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	print, err := r.State.Setting(ctx, settingHeldPlan)
	if err != nil {
		return "", err
	}
	if err := r.State.SaveSetting(ctx, settingAccept, "yes"); err != nil {
		return "", err
	}
	if print == "" {
		return "Accepted. No run was held; if a tab was, rolecall now takes it as it stands.", nil
	}
	if err := r.State.SaveSetting(ctx, settingApproved, print+" "+r.Now().Format(time.RFC3339)); err != nil {
		return "", err
	}
	if err := r.allowBackfill(ctx); err != nil {
		return "", err
	}
	return "Accepted. The next run applies these changes if they are still the same.", r.State.SaveSetting(ctx, settingHeldPlan, "")
}

// allowBackfill lifts the limit on first labels until the first back-fill is through. After that a yes is for the plan that was held and
// for no other: the limit stays.
func (r *Reconciler) allowBackfill(ctx context.Context) error {
	state, err := r.State.Setting(ctx, plan.BackfillSetting)
	if err != nil || state != "" {
		return err
	}
	return r.State.SaveSetting(ctx, plan.BackfillSetting, plan.BackfillAccepted)
}
