package hubspot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"rolecall/label"
	"rolecall/plan"
)

// readBack looks by id what became of rows whose outcome is unknown. HubSpot shows what was wanted: Taken. It shows
// something else: Unknown, and the reconciler, who knows what stood there before, decides. The contact is not there:
// Gone. When even reading fails, all are Unknown and cause ends the run: HubSpot is in trouble.
func (w *writing) readBack(ctx context.Context, rows []row, cause error) error {
	unknown := plan.Result{Fate: plan.Unknown, Code: "OUTCOME_UNKNOWN", Message: clip(cause.Error(), 300), Mend: "it is read back before anything is sent again; nothing needs doing"}
	for _, r := range rows {
		w.settle(r, unknown) // now, so that an interruption leaves it so
	}
	if err := w.c.opt.Sleep(ctx, time.Second); err != nil {
		return err
	}
	found, gone, err := w.current(ctx, rows, nil)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range rows {
		got, ok := found[r.id]
		switch {
		case ok && shows(got, r.props, true):
			w.results[r.index] = plan.Result{Fate: plan.Taken, At: w.c.contact(got).ModifiedAt}
		case gone[r.id]:
			w.results[r.index] = plan.Result{Fate: plan.Gone, Code: "OBJECT_NOT_FOUND", Mend: "the contact was deleted or merged away in HubSpot; nothing needs doing"}
		}
	}
	return nil
}

// current reads what HubSpot shows of rows now, by id.
func (w *writing) current(ctx context.Context, rows []row, versions []string) (map[string]record, map[string]bool, error) {
	props := []string{modifiedProperty}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.id)
		for name := range r.props {
			if !slices.Contains(props, name) {
				props = append(props, name)
			}
		}
	}
	slices.Sort(props)
	size := w.c.opt.Limits.ReadBatch
	if len(versions) > 0 {
		size = w.c.opt.Limits.HistoryBatch
	}
	found, gone := map[string]record{}, map[string]bool{}
	for chunk := range slices.Chunk(ids, size) {
		out, err := w.c.batchRead(ctx, chunk, props, versions)
		if err != nil {
			return nil, nil, err
		}
		for _, got := range out.Results {
			found[string(got.ID)] = got
		}
		for _, e := range out.Errors {
			for _, id := range e.gather("ids", "id") {
				gone[id] = true
			}
		}
	}
	return found, gone, nil
}

// verify reads confirmed rows back. A value that is not what was written, and that nobody has changed since, ends
// the run: HubSpot says yes and does something else.
func (w *writing) verify(ctx context.Context, rows []row) error {
	found, _, err := w.current(ctx, rows, w.c.opt.Names.Labels[:])
	if err != nil {
		return err
	}
	for _, r := range rows {
		got, ok := found[r.id]
		if !ok {
			continue // deleted since
		}
		at := w.results[r.index].At
		for _, a := range label.Axes() {
			name := w.c.opt.Names.Labels[a]
			if want, sent := r.props[name]; sent && want == string(got.Properties[name]) {
				w.c.learnSource(label.Value(want), at, got.History[name])
			}
		}
		if shows(got, r.props, true) || w.editedSince(got, at) {
			continue
		}
		w.mu.Lock()
		w.results[r.index] = plan.Result{Fate: plan.Unknown, Code: "READ_BACK_DIFFERS", Message: "HubSpot confirmed the write and shows another value",
			Mend: "look at the contact's property history in HubSpot: a workflow may set the value back"}
		w.mu.Unlock()
		return &StoppedError{Why: "contact " + r.id + " shows another value than the one HubSpot confirmed", Last: len(rows)}
	}
	return nil
}

// editedSince says whether the history of a label shows an entry later than our write.
func (w *writing) editedSince(got record, at time.Time) bool {
	for _, name := range w.c.opt.Names.Labels {
		for _, v := range got.History[name] {
			if v.Timestamp.After(at) && !w.c.isOurs(v) && slices.Contains(w.c.opt.PersonSources, string(v.SourceType)) {
				return true
			}
		}
	}
	return false
}

// shows says whether a record holds these values. With all, a property that the record does not mention counts as
// empty; without, it is passed over: the answer to an update need not mention everything.
func shows(r record, props map[string]string, all bool) bool {
	for name, want := range props {
		got, ok := r.Properties[name]
		if !ok && !all {
			continue
		}
		if !same(want, string(got)) {
			return false
		}
	}
	return true
}

// same compares two values as HubSpot stores them: "0.90" is "0.9".
func same(want, got string) bool {
	if want == got {
		return true
	}
	a, errA := strconv.ParseFloat(want, 64)
	b, errB := strconv.ParseFloat(got, 64)
	return errA == nil && errB == nil && a == b
}
