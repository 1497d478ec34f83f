package hubspot

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"rolecall/label"
)

// Read reads contacts by id, in any number; by id, because search lags. With history it reads fifty at a time
// (HubSpot's cap) and fills Edits; without, a hundred. An id that was merged away answers with MergedInto set, its
// survivor comes along; a deleted contact is left out. The order is that of the ids, each once.
func (c *CRM) Read(ctx context.Context, ids []label.ContactID, history bool) ([]label.Contact, error) {
	size := c.opt.Limits.ReadBatch
	if history {
		size = c.opt.Limits.HistoryBatch
	}
	chunks := slices.Collect(slices.Chunk(distinct(ids), size))
	found := make([][]label.Contact, len(chunks))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(c.opt.Limits.InFlight)
	for i, chunk := range chunks {
		g.Go(func() error {
			var err error
			found[i], err = c.readChunk(gctx, chunk, history)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return uniqueContacts(slices.Concat(found...)), nil
}

// readChunk reads one batch and sorts out which answer belongs to which id.
func (c *CRM) readChunk(ctx context.Context, ids []string, history bool) ([]label.Contact, error) {
	var versions []string
	if history {
		versions = c.opt.Names.Labels[:]
	}
	out, err := c.batchRead(ctx, ids, c.asked(), versions)
	if err != nil {
		return nil, err
	}
	return c.assign(ctx, ids, out, versions)
}

// assign finds for every id that was asked for what the answer says of it.
//
//	| the answer                                   | the contact                                    |
//	| holds the id                                 | as read                                        |
//	| holds one that lists it among its merged ids | MergedInto, and the survivor                   |
//	| names it in errors[]                         | left out: deleted                              |
//	| says nothing of it                           | asked for alone: a merged id answers with its survivor's |
func (c *CRM) assign(ctx context.Context, ids []string, out records, versions []string) ([]label.Contact, error) {
	var found []label.Contact
	given, byID, survivor := map[string]bool{}, map[string]record{}, map[string]string{}
	for _, r := range out.Results {
		byID[string(r.ID)] = r
		for _, old := range merged(r) {
			survivor[old] = string(r.ID)
		}
	}
	deleted := map[string]bool{}
	for _, e := range out.Errors {
		for _, id := range e.gather("ids", "id") {
			deleted[id] = true
		}
	}
	for _, id := range ids {
		into, r := id, byID[id]
		switch {
		case r.ID != "":
		case survivor[id] != "":
			into = survivor[id]
			r = byID[into]
		case deleted[id]:
			continue
		default:
			var err error
			if r, err = c.readOne(ctx, id, versions); errors.Is(err, KindNotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
			into = string(r.ID)
			byID[into] = r
		}
		if into != id {
			found = append(found, label.Contact{ID: label.ContactID(id), MergedInto: label.ContactID(into), ModifiedAt: c.contact(r).ModifiedAt})
		}
		if !given[into] {
			given[into] = true
			found = append(found, c.withEdits(r, len(versions) > 0))
		}
	}
	return found, nil
}

// withEdits is the contact with the provenance of our properties.
func (c *CRM) withEdits(r record, history bool) label.Contact {
	out := c.contact(r)
	if history {
		for _, a := range label.Axes() {
			out.Edits[a] = c.edit(out.ID, a, r.History[c.opt.Names.Labels[a]])
		}
	}
	return out
}

// batchRead is one batch read, its ids in a body so that no address grows too long. A refused batch is halved, so
// that a cap lower than ours, or one row at fault, does not stop the others.
func (c *CRM) batchRead(ctx context.Context, ids, props, versions []string) (records, error) {
	body := readBody{Properties: props, History: append([]string{}, versions...)}
	for _, id := range ids {
		body.Inputs = append(body.Inputs, inputID{ID: id})
	}
	var out records
	err := c.call(ctx, ask{method: http.MethodPost, path: c.opt.Version.path(contacts, "batch", "read"),
		query: url.Values{"archived": {"false"}}, body: body, doing: "read contacts by id", private: true}, &out)
	switch {
	case errors.Is(err, KindNotFound) && len(ids) == 1:
		return records{Errors: []envelope{{Context: details{"ids": ids}}}}, nil
	case (errors.Is(err, KindInvalid) || errors.Is(err, KindNotFound)) && len(ids) > 1:
		left, err := c.batchRead(ctx, ids[:len(ids)/2], props, versions)
		if err != nil {
			return left, err
		}
		right, err := c.batchRead(ctx, ids[len(ids)/2:], props, versions)
		left.Results = append(left.Results, right.Results...)
		left.Errors = append(left.Errors, right.Errors...)
		return left, err
	}
	return out, err
}

// readOne reads a single contact, with the history of these properties. The answer's id differs from id when it was
// merged away.
func (c *CRM) readOne(ctx context.Context, id string, versions []string) (record, error) {
	var out record
	q := url.Values{"properties": {strings.Join(c.asked(), ",")}, "archived": {"false"}}
	if len(versions) > 0 {
		q.Set("propertiesWithHistory", strings.Join(versions, ","))
	}
	err := c.call(ctx, ask{method: http.MethodGet, path: c.opt.Version.path(contacts, id), query: q, doing: "read a contact", private: true}, &out)
	return out, err
}

// distinct are the ids that can be ids, each once, in order: one duplicate would spoil a whole batch.
func distinct(ids []label.ContactID) []string {
	seen := map[string]bool{}
	var out []string
	for _, id := range ids {
		if s := string(id); isID(s) && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// uniqueContacts drops repeated contacts: a survivor may have been asked for, and come along with an old id too.
func uniqueContacts(all []label.Contact) []label.Contact {
	seen := map[label.ContactID]bool{}
	return slices.DeleteFunc(all, func(x label.Contact) bool {
		if seen[x.ID] {
			return true
		}
		seen[x.ID] = true
		return false
	})
}
