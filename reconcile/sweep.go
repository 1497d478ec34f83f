package reconcile

import (
	"context"
	"fmt"
	"strconv"

	"rolecall/label"
)

// settingSweep counts sweeps.
const settingSweep = "sweep_number"

// Sweep reads every contact through the list, archived ones too, and counts those whose change the
// ordinary reading had missed. A contact that no list shows and that cannot be read by its id was deleted
// for good (a privacy request): every copy of ours is purged.
func (r *Reconciler) Sweep(ctx context.Context) (missed int, err error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	defer r.glances.Wait()
	since, err := r.State.Cursor(ctx, "sweep")
	if err != nil {
		return 0, err
	}
	number, err := r.sweepNumber(ctx, since == label.Cursor{})
	if err != nil {
		return 0, err
	}
	seen := 0
	_, err = r.CRM.Sweep(ctx, since, func(page []label.Contact, cursor label.Cursor) error {
		ids := make([]label.ContactID, len(page))
		for i := range page {
			page[i].TitleKey = keyOf(page[i].Title)
			ids[i] = page[i].ID
		}
		changed, err := r.State.SaveContacts(ctx, page)
		if err != nil {
			return err
		}
		if err := r.State.MarkSwept(ctx, ids, number); err != nil {
			return err
		}
		missed += changed
		seen += len(page)
		r.progress(ctx, "contacts swept", seen)
		return r.State.SaveCursor(ctx, "sweep", cursor)
	})
	if err != nil {
		return missed, fmt.Errorf("sweep HubSpot's contacts: %w", err)
	}
	if err := r.purgeDeleted(ctx, number); err != nil {
		return missed, err
	}
	if r.Metrics != nil {
		r.Metrics.SweepFound(missed)
	}
	return missed, r.State.SaveCursor(ctx, "sweep", label.Cursor{})
}

// sweepNumber is the number of the sweep under way; a fresh one gets the next.
func (r *Reconciler) sweepNumber(ctx context.Context, fresh bool) (int64, error) {
	text, err := r.State.Setting(ctx, settingSweep)
	if err != nil {
		return 0, err
	}
	n, _ := strconv.ParseInt(text, 10, 64) // never set: the first
	if !fresh && n > 0 {
		return n, nil
	}
	n++
	return n, r.State.SaveSetting(ctx, settingSweep, strconv.FormatInt(n, 10))
}

// purgeBatch is the number of vanished contacts looked up at a time.
const purgeBatch = 1000

// purgeDeleted forgets the contacts that the sweep did not see and that HubSpot does not know by id either.
func (r *Reconciler) purgeDeleted(ctx context.Context, sweep int64) error {
	after := label.ContactID("")
	for {
		ids, err := r.State.Unswept(ctx, sweep, after, purgeBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		contacts, err := r.CRM.Read(ctx, ids, false)
		if err != nil {
			return fmt.Errorf("look for contacts that no list shows: %w", err)
		}
		here := map[label.ContactID]label.Contact{}
		for _, c := range contacts {
			here[c.ID] = c
		}
		var gone, purged []label.ContactID
		for _, id := range ids {
			switch c, ok := here[id]; {
			case !ok:
				purged = append(purged, id)
			case c.MergedInto != "":
				gone = append(gone, id)
			}
		}
		if err := r.State.MarkGone(ctx, gone); err != nil {
			return err
		}
		if err := r.State.Purge(ctx, purged); err != nil {
			return err
		}
		if len(purged) > 0 {
			r.Log.Info().Int("contacts", len(purged)).Msg("purged contacts that were deleted for good")
		}
	}
}
