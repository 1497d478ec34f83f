package hubspot

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rolecall/label"
)

// pageFunc takes a page of contacts and the cursor to resume after it.
type pageFunc func([]label.Contact, label.Cursor) error

// archivedMark stands before the paging token while the list of deleted contacts is read.
const archivedMark = "archived:"

// Sweep reads every contact through the list, then every deleted one (Archived set), for what search has missed:
// search lags, and never shows deleted contacts. It resumes at since.After.
func (c *CRM) Sweep(ctx context.Context, since label.Cursor, page func([]label.Contact, label.Cursor) error) (label.Cursor, error) {
	if since.After == "" {
		since = label.Cursor{}
	}
	var err error
	if !strings.HasPrefix(since.After, archivedMark) {
		cur := since
		cur, err = c.list(ctx, cur, page, archivedMark)
		if err != nil {
			return cur, err
		}
		since = cur
	}
	return c.list(ctx, since, page, "")
}

// list reads the list of contacts from since.After on. When it is at its end the cursor's After is next, and the
// cursor is Complete where next is "".
//
// The watermark of a list read is the newest change at its beginning, not at its end: a contact that is changed
// behind the reader's back while two million others go by must be found by the next search.
func (c *CRM) list(ctx context.Context, since label.Cursor, page pageFunc, next string) (label.Cursor, error) {
	token, archived := strings.CutPrefix(since.After, archivedMark)
	cur, seen, total := since, 0, -1
	began := c.opt.Now()
	var newest time.Time
	if token == "" && !archived {
		start, n, err := c.newest(ctx)
		if err != nil {
			return since, err
		}
		cur.Watermark, total = start, n
	}
	for restarted := false; ; {
		out, err := c.listPage(ctx, token, archived)
		if errors.Is(err, KindInvalid) && token != "" && !restarted && seen == 0 {
			c.opt.Log.Warn().Msg("hubspot no longer knows the page at which reading stopped; reading the list from its beginning")
			c.opt.Metrics.Event("list restarted")
			token, restarted = "", true
			continue
		}
		if err != nil {
			return cur, err
		}
		seen += len(out.Results)
		found := c.contacts(out.Results)
		for i := range found {
			found[i].Archived = found[i].Archived || archived && found[i].MergedInto == ""
			newest = later(newest, found[i].ModifiedAt)
		}
		after := string(out.Paging.Next.After)
		if after != "" && after == token {
			return cur, &APIError{Kind: KindNoProgress, Doing: "read the list of contacts", Mend: "HubSpot gives the same page again and again: check base URL and API version"}
		}
		upcoming := label.Cursor{After: after, Watermark: cur.Watermark}
		if archived && after != "" {
			upcoming.After = archivedMark + after
		}
		if after == "" {
			if err := short(seen, total); err != nil {
				return cur, err
			}
			upcoming.After, upcoming.Complete = next, next == ""
			if cur.Watermark.IsZero() {
				upcoming.Watermark = newest.Add(began.Sub(c.opt.Now())) // search showed nothing yet: the list's own word, less its length
			}
		}
		if len(found) > 0 {
			if err := page(found, upcoming); err != nil {
				return cur, err
			}
		}
		cur, token = upcoming, after
		if after == "" {
			return cur, nil
		}
	}
}

// short is the error of a list that ended long before all contacts were seen: a reader that misses the paging
// token takes the first page for everything, and nobody notices. total is search's count, -1 when not known; it
// lags, so a twentieth (and a hundred) may be missing.
func short(seen, total int) error {
	if total < 0 || total-seen <= max(100, total/20) {
		return nil
	}
	return &APIError{Kind: KindNoProgress, Doing: "read the list of contacts",
		Message: "the list ended after " + strconv.Itoa(seen) + " contacts, but search counts " + strconv.Itoa(total),
		Mend:    "nothing was concluded from it; the next run reads again. If it stays so, check base URL and API version"}
}

// listPage is one page of the list.
func (c *CRM) listPage(ctx context.Context, after string, archived bool) (records, error) {
	q := url.Values{
		"limit":      {strconv.Itoa(c.opt.Limits.ListPage)},
		"properties": {strings.Join(c.asked(), ",")},
		"archived":   {strconv.FormatBool(archived)},
	}
	if after != "" {
		q.Set("after", after)
	}
	var out records
	err := c.call(ctx, ask{method: http.MethodGet, path: c.opt.Version.path(contacts), query: q, doing: "read the list of contacts", private: true}, &out)
	return out, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
