package hubspot

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"
)

// namedInSearch is the number of characters that may be spent on ids in a search: its body has 3,000 at most.
const namedInSearch = 2000

// namable says whether a search has room to name these ids; not when there are none.
func namable(ids map[string]bool) bool {
	length := 0
	for id := range ids {
		length += len(id) + len(`"",`)
	}
	return length > 0 && length <= namedInSearch
}

// searchFrom is one page of contacts changed at or after from, oldest first, but for those whose time is from and who are
// named.
func (c *CRM) searchFrom(ctx context.Context, from time.Time, but map[string]bool) (records, error) {
	body := searchBody{
		FilterGroups: []filterGroup{{Filters: []filter{{Property: modifiedProperty, Operator: "GTE", Value: millis(from)}}}},
		Sorts:        []sorting{{Property: modifiedProperty, Direction: "ASCENDING"}},
		Limit:        c.opt.Limits.SearchPage,
	}
	if len(but) > 0 {
		body.FilterGroups = []filterGroup{
			{Filters: []filter{{Property: modifiedProperty, Operator: "GT", Value: millis(from)}}},
			{Filters: []filter{
				{Property: modifiedProperty, Operator: "GTE", Value: millis(from)},
				{Property: modifiedProperty, Operator: "LTE", Value: millis(from)},
				{Property: idProperty, Operator: "NOT_IN", Values: slices.Sorted(maps.Keys(but))},
			}},
		}
	}
	return c.search(ctx, body)
}

// newest asks for the latest change that search knows of, and how many contacts it counts.
func (c *CRM) newest(ctx context.Context) (time.Time, int, error) {
	out, err := c.search(ctx, searchBody{
		FilterGroups: []filterGroup{{Filters: []filter{{Property: modifiedProperty, Operator: "GTE", Value: "0"}}}},
		Sorts:        []sorting{{Property: modifiedProperty, Direction: "DESCENDING"}},
		Limit:        1,
	})
	if err != nil {
		return time.Time{}, -1, err
	}
	total := -1
	if out.Total != nil {
		total = *out.Total
	}
	if len(out.Results) == 0 {
		return time.Time{}, total, nil
	}
	return c.contact(out.Results[0]).ModifiedAt, total, nil
}

// search is one search, from its first result on: after is never used.
func (c *CRM) search(ctx context.Context, body searchBody) (records, error) {
	body.Properties, body.After = c.asked(), "0"
	var out records
	err := c.call(ctx, ask{method: http.MethodPost, path: c.opt.Version.path(contacts, "search"), body: body,
		doing: "search contacts", lane: search, private: true}, &out)
	return out, err
}
