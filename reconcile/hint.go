package reconcile

import (
	"context"
	"fmt"

	"rolecall/label"
)

// Reread reads contacts again because somebody says that something happened to them, and asks for a run.
// What is said is not believed, it is only a reason to look: a contact that HubSpot still has is mirrored,
// one that it merged or archived leaves, and one that is said to be erased and cannot be read is purged.
func (r *Reconciler) Reread(ctx context.Context, ids, erased []label.ContactID) error {
	all := append(append([]label.ContactID(nil), ids...), erased...)
	if len(all) == 0 {
		return nil
	}
	contacts, err := r.CRM.Read(ctx, all, false)
	if err != nil {
		return fmt.Errorf("read %d contacts again: %w", len(all), err)
	}
	here := map[label.ContactID]bool{}
	for i := range contacts {
		contacts[i].TitleKey = keyOf(contacts[i].Title)
		here[contacts[i].ID] = contacts[i].MergedInto == ""
	}
	if _, err := r.State.SaveContacts(ctx, contacts); err != nil {
		return err
	}
	if err := r.State.MarkGone(ctx, missing(ids, here)); err != nil {
		return err
	}
	if err := r.State.Purge(ctx, missing(erased, here)); err != nil {
		return err
	}
	_, _, err = r.State.Enqueue(ctx, label.Request{Action: label.ActionRun, Scope: label.RunChanged, Source: "webhook", RequestedAt: r.Now()})
	return err
}

func missing(ids []label.ContactID, here map[label.ContactID]bool) []label.ContactID {
	var out []label.ContactID
	for _, id := range ids {
		if !here[id] {
			out = append(out, id)
		}
	}
	return out
}
