package reconcile

import (
	"context"
	"hash/fnv"
	"slices"

	"rolecall/label"
	"rolecall/plan"
)

// sampleSize is the number of contacts that label.RunSample looks at.
const sampleSize = 100

// part is a stretch of the plan, by contact id. A portal's plan never stands in memory whole: it is made once to be
// counted, shown and checked, and again, stretch by stretch, to be applied. What is applied is only what was checked.
type part struct {
	after, last label.ContactID
	writes      []uint64 // marks of what is written, sorted
}

// plan computes what shall change for the contacts that something happened to, settles what needs no write (but in a
// Preview), and leaves the totals and the parts in run.
func (r *Reconciler) plan(ctx context.Context, run *run) error {
	run.totals, run.whose = plan.NewTotals(5), map[label.ContactID][label.AxisCount]label.EditKind{}
	taught := 0
	for after := label.ContactID(""); ; {
		rows, err := r.State.PlanRows(ctx, r.revision, after, r.partSize(run))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		p := part{after: after, last: rows[len(rows)-1].ContactID}
		overlayContactCorrections(rows, run.book.Corrections)
		if rows, err = r.provenance(ctx, run, rows); err != nil {
			return err
		}
		rows = run.inScope(rows)
		changes := run.compute(rows)
		run.totals.Add(changes)
		if p.writes = marks(changes); len(p.writes) > 0 {
			run.parts = append(run.parts, p)
		}
		if run.mode != Preview {
			n, err := r.settle(ctx, run, changes, rows)
			if err != nil {
				return err
			}
			taught += n
		}
		run.lessons = nil
		after = p.last
		if run.scope == label.RunSample {
			break
		}
	}
	run.sumUp()
	if taught == 0 {
		return nil
	}
	return r.learnTitles(ctx, run)
}

func (r *Reconciler) partSize(run *run) int {
	if run.scope == label.RunSample {
		return sampleSize
	}
	return r.Chunk
}

// sumUp puts the totals into the report.
func (run *run) sumUp() {
	t := run.totals
	if t.Empty() {
		return
	}
	for _, v := range []plan.Verb{plan.Adopt, plan.Attribute, plan.Push, plan.Pull, plan.Review} {
		if n := t.Count(v); n > 0 {
			run.report.Planned[v.String()] = n
		}
	}
	run.report.Fingerprint, run.report.Groups = t.Fingerprint(), t.Groups()
	run.changed = true
}

// inScope leaves out the rows that this run was not asked to look at; they wait for the next.
func (run *run) inScope(rows []plan.Row) []plan.Row {
	if run.scope != label.RunReviewOnly {
		return rows
	}
	return slices.DeleteFunc(rows, func(row plan.Row) bool {
		return !row.Ours[label.Role].ByPerson && !row.Ours[label.Seniority].ByPerson
	})
}

func (run *run) compute(rows []plan.Row) plan.Plan {
	s := run.book.Settings
	return plan.Compute(plan.Input{Rows: rows, Taxonomies: run.book.Taxonomies, TakeOver: s.TakeOver, MachineEditsTeach: s.MachineEditsTeach,
		Attribute: s.WriteConfidence || s.WriteSource})
}

// again makes what a part writes a second time. What was not in the plan that was checked, because somebody has changed
// the contact since, is left to the next run.
func (r *Reconciler) again(ctx context.Context, run *run, p part) ([]plan.Change, error) {
	rows, err := r.State.PlanRows(ctx, r.revision, p.after, r.partSize(run))
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row plan.Row) bool {
		return plan.Key{ContactID: row.ContactID}.Compare(plan.Key{ContactID: p.last}) > 0
	})
	overlayContactCorrections(rows, run.book.Corrections)
	for i := range rows {
		rows[i].TheirsBy = run.whose[rows[i].ContactID]
	}
	changes := run.compute(run.inScope(rows)).Only(plan.Push, plan.Attribute)
	return slices.DeleteFunc(changes, func(c plan.Change) bool {
		_, checked := slices.BinarySearch(p.writes, mark(c))
		return !checked
	}), nil
}

// marks are the marks of what a plan writes, sorted: its pushes, and whose the labels are, also of those that it
// settles.
func marks(p plan.Plan) []uint64 {
	var out []uint64
	for _, c := range p.Changes {
		if c.Hand != plan.NobodysHand {
			c.Verb, c.From = plan.Attribute, c.To
		}
		if c.Verb == plan.Push || c.Verb == plan.Attribute {
			out = append(out, mark(c))
		}
	}
	slices.Sort(out)
	return out
}

// mark tells a write from every other; what is written is from a value to another, but for whose a label is.
func mark(c plan.Change) uint64 {
	h := fnv.New64a()
	for _, s := range []string{string(c.Key.ContactID), c.Key.Axis.String(), string(c.From), string(c.To)} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}
