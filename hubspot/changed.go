package hubspot

import (
	"context"
	"errors"
	"time"

	"rolecall/label"
)

// Changed reads the contacts that changed since the cursor. The zero Cursor, and one that is not Complete, reads
// by the list, from where it stopped; a Complete one searches on lastmodifieddate from the watermark less the
// overlap. Contacts may come more than once. The watermark is the newest lastmodifieddate seen in answers.
//
// Paging is by keyset, never by offset: each search starts at the last time seen, so that no search comes near the
// ten thousand results at which HubSpot's search ends, and contacts that move while they are read are not skipped.
// Of those with that very time the ones that were read already are named and left out: a batch update gives a hundred
// contacts one time. Where a page is full of one single time (a month-end mass update), that time is read in the order of ids.
func (c *CRM) Changed(ctx context.Context, since label.Cursor, page func([]label.Contact, label.Cursor) error) (label.Cursor, error) {
	if !since.Complete || since.Watermark.IsZero() {
		if since.Complete || len(since.After) > 4096 {
			since = label.Cursor{}
		}
		return c.list(ctx, since, page, "")
	}
	w := &walk{c: c, page: page, cur: label.Cursor{Watermark: c.clamp(since.Watermark), Complete: true}}
	return w.run(ctx)
}

// clamp heals a watermark that lies in the future, by a broken clock or a broken hand: nothing would ever be newer.
// It has to be ahead of both clocks, HubSpot's (as far as known) and ours.
func (c *CRM) clamp(w time.Time) time.Time {
	w = w.UTC().Truncate(time.Millisecond)
	now := later(c.serverNow(), c.opt.Now().UTC())
	if !w.After(now.Add(clockTolerance)) {
		return w
	}
	healed := now.Add(-c.opt.Overlap).Truncate(time.Millisecond)
	c.opt.Log.Warn().Time("watermark", w).Time("healed", healed).Msg("the cursor lay in the future; reading from the overlap before now")
	c.opt.Metrics.Event("cursor clamped")
	return healed
}

// clockTolerance is how far two clocks may differ without anybody being wrong.
const clockTolerance = time.Minute

// walk is one incremental read.
type walk struct {
	c     *CRM
	page  pageFunc
	cur   label.Cursor
	from  time.Time       // the next search starts here, this millisecond included
	tail  map[string]bool // ids already delivered whose time is from
	left  int             // contacts that the last search counted and did not give
	plain bool            // HubSpot does not understand a search that names ids
	count int             // records seen
}

func (w *walk) run(ctx context.Context) (label.Cursor, error) {
	began := w.c.opt.Now()
	start := w.cur.Watermark
	from, partial := w.c.startAt(start, began)
	w.from = from
	for first := true; ; first = false {
		out, err := w.next(ctx)
		if err != nil {
			return w.cur, err
		}
		if healed := w.c.clamp(w.cur.Watermark); first && healed.Before(w.cur.Watermark) {
			// Only now the Date header tells that the watermark is ahead of HubSpot's own clock.
			w.cur.Watermark, start, partial = healed, healed, false
			w.from = healed.Add(-w.c.opt.Overlap)
			from = w.from
			continue
		}
		if first && w.c.listIsQuicker(ctx, out) {
			cur, err := w.c.list(ctx, label.Cursor{}, w.page, "")
			if err == nil {
				w.c.remember(overlapRead{before: start, after: cur.Watermark, from: from, began: began, large: true})
			}
			return cur, err
		}
		last, err := w.deliver(out.Results)
		if err != nil {
			return w.cur, err
		}
		if out.Paging.Next.After == "" || len(out.Results) == 0 {
			break
		}
		if last.After(w.from) {
			w.advance(last, out.Results)
			continue
		}
		if err := w.tied(ctx, w.from); err != nil {
			return w.cur, err
		}
		w.from, w.tail = w.from.Add(time.Millisecond), nil
	}
	w.c.remember(overlapRead{before: start, after: w.cur.Watermark, from: from, began: began, partial: partial, large: w.count > w.c.opt.Limits.SearchPage})
	return w.cur, nil
}

// listIsQuicker says whether so much has changed (a month-end mass update, our own first writing) that reading
// everything by the list takes less time than searching for it: search gives 200 contacts at 5 calls a second, the
// list 100 at 19. It costs a request only when more than twenty pages are to come.
func (c *CRM) listIsQuicker(ctx context.Context, first records) bool {
	l := c.opt.Limits
	if first.Total == nil || *first.Total <= 20*l.SearchPage {
		return false
	}
	_, all, err := c.newest(ctx)
	if err != nil || all < 0 {
		return false
	}
	bySearch := float64(*first.Total) / float64(l.SearchPage) / c.limits.rate(search)
	byList := float64(all) / float64(l.ListPage) / c.limits.rate(general)
	return byList*1.1 < bySearch
}

// next is the next page of contacts changed at or after from, oldest first. Those with that very time that were delivered
// already are named, so that they do not come again. Where HubSpot refuses that, or counts fewer contacts than were left,
// it is done without: then those come twice, and nobody is missed.
func (w *walk) next(ctx context.Context) (out records, err error) {
	if !w.plain && namable(w.tail) {
		out, err = w.c.searchFrom(ctx, w.from, w.tail)
		w.plain = errors.Is(err, KindInvalid) || err == nil && (out.Total == nil || *out.Total < w.left)
	}
	if w.plain || !namable(w.tail) {
		out, err = w.c.searchFrom(ctx, w.from, nil)
	}
	w.left = 0
	if out.Total != nil {
		w.left = *out.Total - len(out.Results)
	}
	return out, err
}

// advance sets the next search to the time of the page's last record.
func (w *walk) advance(last time.Time, page []record) {
	w.from, w.tail = last, map[string]bool{}
	for _, r := range page {
		if w.c.contact(r).ModifiedAt.Equal(last) {
			w.tail[string(r.ID)] = true
		}
	}
}

// deliver checks that a page is sorted by time, hands on what was not handed on before, and returns its last time.
func (w *walk) deliver(page []record) (time.Time, error) {
	last := w.from
	var fresh []record
	for _, r := range page {
		at := w.c.contact(r).ModifiedAt
		if at.Before(last) {
			return last, &APIError{Kind: KindNoProgress, Doing: "search changed contacts",
				Mend: "HubSpot's answer is not in the order that was asked for; nothing was concluded from it. If it stays so, check base URL and API version"}
		}
		last = at
		if !w.tail[string(r.ID)] || at.After(w.from) {
			fresh = append(fresh, r)
		}
	}
	return last, w.give(fresh, last)
}

// give hands contacts to the caller with the cursor that holds after them.
func (w *walk) give(fresh []record, upTo time.Time) error {
	w.count += len(fresh)
	found := w.c.contacts(fresh)
	if len(found) == 0 {
		return nil
	}
	cur := w.cur
	cur.Watermark = later(cur.Watermark, upTo)
	if err := w.page(found, cur); err != nil {
		return err
	}
	w.cur = cur
	return nil
}

// tied reads all contacts with one lastmodifieddate, in the order of their ids. It proves its progress: every id is
// above the one before.
func (w *walk) tied(ctx context.Context, at time.Time) error {
	for last := "0"; ; {
		out, err := w.c.search(ctx, searchBody{
			FilterGroups: []filterGroup{{Filters: []filter{
				{Property: modifiedProperty, Operator: "GTE", Value: millis(at)},
				{Property: modifiedProperty, Operator: "LTE", Value: millis(at)},
				{Property: idProperty, Operator: "GT", Value: last},
			}}},
			Sorts: []sorting{{Property: idProperty, Direction: "ASCENDING"}},
			Limit: w.c.opt.Limits.SearchPage,
		})
		if err != nil {
			return err
		}
		for _, r := range out.Results {
			if !above(string(r.ID), last) {
				return &APIError{Kind: KindNoProgress, Doing: "search contacts that changed at one moment",
					Mend: "HubSpot's answer is not in the order of ids that was asked for; nothing was concluded from it. If it stays so, check base URL and API version"}
			}
			last = string(r.ID)
		}
		if err := w.give(out.Results, at); err != nil {
			return err
		}
		if out.Paging.Next.After == "" || len(out.Results) == 0 {
			return nil
		}
	}
}
