package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"rolecall/label"
)

// openSpotChecks is the number of spot checks that stand open at a time.
const openSpotChecks = 25

// review brings the questions to people in step with what is unsure, in conflict, learnt or to be
// spot-checked: one question for each distinct title, the most useful first, capped. more is the number
// of titles that wait beyond the cap.
func (r *Reconciler) review(ctx context.Context, run *run) (more int, err error) {
	wanted, order, err := r.questions(ctx, run)
	if err != nil {
		return 0, err
	}
	open, err := r.State.OpenReviews(ctx)
	if err != nil {
		return 0, err
	}
	standing := map[string]label.ReviewRow{}
	for _, row := range open {
		standing[row.Key] = row
	}
	keep, put, more, err := r.choose(ctx, run, wanted, order, standing)
	if err != nil {
		return 0, err
	}
	if err := r.State.PutReview(ctx, put, r.Now()); err != nil {
		return 0, err
	}
	var closed []label.ReviewRow
	for _, row := range open {
		if !keep[row.Key] && row.State != label.ReviewWaiting {
			row.State, row.Message = label.ReviewClosed, "No longer a question: the rules, the labels or the contacts have changed."
			closed = append(closed, row)
		}
	}
	run.report.ToReview = len(keep)
	return more, r.State.SaveReviewStates(ctx, closed)
}

// questions gathers what there is to ask, by title key, the most useful first.
//
//	| kind       | when                                                       | one title, several kinds: first wins |
//	|------------|------------------------------------------------------------|------|
//	| conflict   | the plan says review for contacts with the title           | 1    |
//	| lesson     | edits in HubSpot that are too few or contradict each other | 2    |
//	| unsure     | the classifier abstained on an axis                        | 3    |
//	| spot check | a random sample of what was labelled automatically         | 4    |
func (r *Reconciler) questions(ctx context.Context, current *run) (map[string]label.ReviewItem, []string, error) {
	wanted := map[string]label.ReviewItem{}
	for _, gather := range []func(context.Context, *run, map[string]label.ReviewItem) error{r.conflicts, r.lessons, r.unsure, r.spotChecks} {
		if err := gather(ctx, current, wanted); err != nil {
			return nil, nil, err
		}
	}
	order := make([]string, 0, len(wanted))
	for key := range wanted {
		order = append(order, key)
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(-cmp.Compare(wanted[a].Effect(), wanted[b].Effect()), cmp.Compare(a, b))
	})
	return wanted, order, nil
}

func (r *Reconciler) conflicts(ctx context.Context, _ *run, into map[string]label.ReviewItem) error {
	questions, err := r.State.Questions(ctx)
	if err != nil {
		return err
	}
	for _, q := range questions {
		t, ok, err := r.State.Title(ctx, q.TitleKey)
		if err != nil {
			return err
		}
		if !ok {
			continue // nobody has the title any more
		}
		item := itemOf(t, label.ReviewConflict)
		item.Asked, item.Theirs, item.Contacts = q.Asked, q.Theirs, q.Contacts
		into[t.Key] = item
	}
	return nil
}

func (r *Reconciler) lessons(ctx context.Context, run *run, into map[string]label.ReviewItem) error {
	if run.book.Settings.Lessons == label.LessonsOff {
		return nil
	}
	groups, err := r.State.LessonGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if _, asked := into[g.TitleKey]; asked {
			continue
		}
		t, ok, err := r.State.Title(ctx, g.TitleKey)
		if err != nil {
			return err
		}
		if !ok || t.Contacts < 2 {
			continue // it holds for its one contact already
		}
		if f := t.Decision.Findings[g.Axis]; f.Method == label.ByCorrection && f.Value == g.Value {
			continue
		}
		item := itemOf(t, label.ReviewLesson)
		item.Asked[g.Axis], item.Theirs[g.Axis] = true, g.Value
		f := &item.Decision.Findings[g.Axis]
		if f.Value != g.Value {
			f.RunnerUp, f.RunnerUpConfidence = f.Value, f.Confidence
		}
		f.Value, f.Why = g.Value, fmt.Sprintf("%s chose this in HubSpot for %d of %d contacts; accept to make it hold for the title", whoOf(g.By), g.Contacts, t.Contacts)
		into[t.Key] = item
	}
	return nil
}

func whoOf(by string) string {
	if by == "" {
		return "Somebody"
	}
	return by
}

func (r *Reconciler) unsure(ctx context.Context, run *run, into map[string]label.ReviewItem) error {
	// As good as all of them, not only as many as Review takes: what waits beyond its cap is counted.
	titles, err := r.State.UnsureTitles(ctx, 1_000_000)
	if err != nil {
		return err
	}
	for _, t := range titles {
		if _, asked := into[t.Key]; asked {
			continue
		}
		into[t.Key] = itemOf(t, label.ReviewUnsure)
	}
	return nil
}

func (r *Reconciler) spotChecks(ctx context.Context, run *run, into map[string]label.ReviewItem) error {
	tally, err := r.State.Tally(ctx)
	if err != nil {
		return err
	}
	open, err := r.State.OpenReviews(ctx)
	if err != nil {
		return err
	}
	answered, err := r.State.ReviewHistory(ctx)
	if err != nil {
		return err
	}
	have := 0
	standing := 0
	for _, row := range append(open, answered...) {
		if row.Kind == label.ReviewSpotCheck {
			have++
			if row.State != label.ReviewApplied {
				standing++
				if _, asked := into[row.Key]; !asked {
					into[row.Key] = row.ReviewItem
				}
			}
		}
	}
	want := int(run.book.Settings.SpotCheckShare * float64(tally.Titles))
	n := min(want-have, openSpotChecks-standing)
	if n <= 0 {
		return nil
	}
	titles, err := r.State.LabelledTitles(ctx, n)
	if err != nil {
		return err
	}
	for _, t := range titles {
		if _, asked := into[t.Key]; !asked {
			item := itemOf(t, label.ReviewSpotCheck)
			item.Asked = [label.AxisCount]bool{true, true}
			into[t.Key] = item
		}
	}
	return nil
}

// itemOf is a question about a title, asking on the axes on which the classifier abstained.
func itemOf(t label.TitleRow, kind label.ReviewKind) label.ReviewItem {
	item := label.ReviewItem{Key: t.Key, Title: t.Title, Kind: kind, State: label.ReviewOpen, Decision: t.Decision, Contacts: t.Contacts}
	for _, a := range label.Axes() {
		item.Asked[a] = t.Decision.Findings[a].Method == label.ByAbstaining
	}
	return item
}

// choose takes the first cap titles of order; rows that stand in the sheet already keep their place,
// so that a question does not vanish while somebody thinks about it. put are the items to be stored:
// new ones, with their evidence, and those whose content changed.
func (r *Reconciler) choose(ctx context.Context, run *run, wanted map[string]label.ReviewItem, order []string, standing map[string]label.ReviewRow) (keep map[string]bool, put []label.ReviewItem, more int, err error) {
	keep = map[string]bool{}
	for key, row := range standing {
		if _, ok := wanted[key]; ok && row.Published {
			keep[key] = true
		}
	}
	for _, key := range order {
		switch {
		case keep[key]:
		case len(keep) < run.book.Settings.ReviewCap:
			keep[key] = true
		default:
			more++
			continue
		}
		item := wanted[key]
		was, stands := standing[key]
		if stands && sameQuestion(was.ReviewItem, item) {
			continue
		}
		item.ShownAt = r.Now()
		put = append(put, item)
	}
	evidence, within := errgroup.WithContext(ctx)
	evidence.SetLimit(runtime.GOMAXPROCS(0))
	for i := range put {
		evidence.Go(func() error { return r.addEvidence(within, &put[i]) })
	}
	return keep, put, more, evidence.Wait()
}

// sameQuestion says whether a row in the sheet needs no update.
func sameQuestion(a, b label.ReviewItem) bool {
	if a.Kind != b.Kind || a.Asked != b.Asked || a.Theirs != b.Theirs || a.Contacts != b.Contacts {
		return false
	}
	for i := range a.Decision.Findings {
		x, y := a.Decision.Findings[i], b.Decision.Findings[i]
		if x.Value != y.Value || x.Accepted != y.Accepted || x.RunnerUp != y.RunnerUp || fmt.Sprintf("%.2f", x.Confidence) != fmt.Sprintf("%.2f", y.Confidence) {
			return false
		}
	}
	return true
}

// addEvidence names the closest labelled titles and a company, as hints for the person who decides.
func (r *Reconciler) addEvidence(ctx context.Context, item *label.ReviewItem) error {
	d, err := r.labeller.Evidence(ctx, item.Title)
	if _, asks := toPrepare(r.labeller); err != nil && asks && ctx.Err() == nil {
		r.Log.Warn().Err(err).Msg("a question is put without similar titles: the language model does not answer")
		err = nil
	}
	if err != nil {
		return fmt.Errorf("find evidence: %w", err)
	}
	for _, a := range label.Axes() {
		item.Decision.Findings[a].Evidence = d.Findings[a].Evidence
	}
	ids, err := r.State.Sample(ctx, item.Key, 1)
	if err != nil || len(ids) == 0 {
		return err
	}
	c, _, err := r.State.Contact(ctx, ids[0])
	item.Company = c.Company
	return err
}
