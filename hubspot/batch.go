package hubspot

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"rolecall/plan"
)

// bisection is the search for the rows that spoil a batch.
type bisection struct{ bad, size int }

// hopeless says that singles are cheaper than halving: more than a tenth of the batch is bad.
func (b *bisection) hopeless() bool { return b.bad*10 > b.size }

// batch sends rows and settles every one of them, or returns what ends the run and leaves them NotSent.
//
//	| answer                     | what is done                                              |
//	| 2xx                        | results and errors[] are matched with rows                |
//	| no answer, or none that tells | read back by id                                        |
//	| 400, 404, 409, 414 for all | halved; singles when more than a tenth is bad             |
//	| the same for one row       | Refused, or Gone                                          |
//	| credentials, scope, budget | ends the run                                              |
func (w *writing) batch(ctx context.Context, rows []row, b *bisection) error {
	if err := w.halt(); err != nil {
		return err
	}
	if b != nil && len(rows) > 1 && b.hopeless() {
		return w.singles(ctx, rows, b)
	}
	body := updateBody{}
	for _, r := range rows {
		body.Inputs = append(body.Inputs, updateRow{ID: r.id, Properties: r.props, TraceID: r.trace})
	}
	var out records
	err := w.c.call(ctx, ask{method: http.MethodPost, path: w.c.opt.Version.path(contacts, "batch", "update"), body: body,
		doing: "write labels", writes: true, private: true}, &out)
	var api *APIError
	switch {
	case err == nil:
		return w.match(ctx, rows, out)
	case errors.Is(err, KindUnknown):
		return w.readBack(ctx, rows, err)
	case ends(err), ctx.Err() != nil, !errors.As(err, &api):
		return err
	case len(rows) == 1:
		if b != nil {
			b.bad++
		}
		w.settle(rows[0], refusal(api.body, api.Kind))
		return w.halt()
	}
	w.c.opt.Metrics.Event("batch bisected")
	if b == nil {
		b = &bisection{size: len(rows)}
	}
	half := len(rows) / 2
	if err := w.batch(ctx, rows[:half], b); err != nil {
		return err
	}
	return w.batch(ctx, rows[half:], b)
}

func (w *writing) singles(ctx context.Context, rows []row, b *bisection) error {
	for i := range rows {
		if err := w.batch(ctx, rows[i:i+1], b); err != nil {
			return err
		}
	}
	return nil
}

// match finds out what a 2xx says of each row. A row that is named nowhere, or answered with another value than
// was sent, is read back: HubSpot has been seen to change nothing and say yes.
func (w *writing) match(ctx context.Context, rows []row, out records) error {
	byID, byTrace := map[string]int{}, map[string]int{}
	for i, r := range rows {
		byID[r.id] = i
		if r.trace != "" {
			byTrace[r.trace] = i
		}
	}
	settled := make([]*plan.Result, len(rows))
	for _, got := range out.Results {
		if i, ok := byID[string(got.ID)]; ok {
			if shows(got, rows[i].props, false) {
				settled[i] = &plan.Result{Fate: plan.Taken, At: w.c.contact(got).ModifiedAt}
			}
		} else if i, ok := byTrace[string(got.TraceID)]; ok && got.TraceID != "" {
			settled[i] = mergedAway(string(got.ID))
		}
	}
	var nameless []envelope
	for _, e := range out.Errors {
		named := false
		for _, name := range e.gather("ids", "id", "objectWriteTraceId", "objectWriteTraceIds") {
			i, ok := byID[name]
			if j, traced := byTrace[name]; traced {
				i, ok = j, true // a trace id may look like a contact's id: traces are unique to us
			}
			if ok {
				named = true
				res := refusal(e, KindInvalid)
				settled[i] = &res
			}
		}
		if !named {
			nameless = append(nameless, e)
		}
	}
	var silent []row
	for i, r := range rows {
		if settled[i] == nil {
			silent = append(silent, r)
			continue
		}
		w.settle(r, *settled[i])
	}
	switch {
	case len(silent) == 0:
		return w.halt()
	case len(silent) == 1 && len(nameless) == 1:
		w.settle(silent[0], refusal(nameless[0], KindInvalid))
		return w.halt()
	}
	return w.readBack(ctx, silent, unsure("write labels", errors.New("HubSpot's answer names fewer contacts than were sent")))
}

func mergedAway(into string) *plan.Result {
	return &plan.Result{Fate: plan.Gone, Code: "MERGED", Message: "merged into contact " + into, Mend: "the surviving contact is labelled by the next run"}
}

// refusal turns HubSpot's error about a row into its result.
//
//	| HubSpot says                      | fate    | mend                                                        |
//	| not found                         | Gone    | nothing needs doing                                         |
//	| not an option                     | Refused | run `rolecall check`                                        |
//	| the property does not exist       | Refused | run `rolecall check`                                        |
//	| read-only                         | Refused | make it editable in HubSpot                                 |
//	| required property, admin's rule   | Refused | fill it in HubSpot, or relax the rule                       |
//	| anything else                     | Refused | see HubSpot's words, open the contact                       |
func refusal(e envelope, kind Kind) plan.Result {
	code, words := string(e.Category), string(e.Message)
	for _, inner := range e.Errors {
		words += " " + string(inner.Message)
		if inner.Code != "" {
			code = string(inner.Code)
		}
	}
	for _, other := range []string{string(e.Code), string(e.SubCategory), string(kind)} {
		if code == "" {
			code = other
		}
	}
	res := plan.Result{Fate: plan.Refused, Code: clip(code, 80), Message: clip(words, 500), Mend: "read HubSpot's words and open the contact in HubSpot; it is tried again later"}
	low := strings.ToLower(words + " " + string(e.Category) + " " + string(e.SubCategory) + " " + code)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(low, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("property_doesnt_exist") || has("property") && has("does not exist", "doesn't exist"):
		res.Mend = "the property is missing in HubSpot: run `rolecall check`; the next run makes it again"
	case kind == KindNotFound, has("object_not_found", "contact_not_found", "resource not found"):
		res.Fate, res.Mend = plan.Gone, "the contact was deleted or merged away in HubSpot; nothing needs doing"
	case has("invalid_option", "allowed options", "not a valid option"):
		res.Mend = "the value is no option of the property in HubSpot: run `rolecall check`; the next run adds it"
	case has("read_only", "read only", "read-only"):
		res.Mend = "the property is read-only in HubSpot: let rolecall's key edit it, or choose another property"
	case has("required"):
		res.Mend = "HubSpot requires another property to be filled on this contact: fill it there, or relax the rule in HubSpot's property settings"
	}
	return res
}
