package hubspot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// answer is one HTTP answer, its body read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// course is what to do after a failed attempt.
type course uint8

const (
	giveUp course = iota // the answer will not change
	again                // surely not applied: everything may be sent again
	maybe                // perhaps applied: reads may be sent again, writes must be read back
	renew                // 401: once more with a new token
)

// verdict is a judged failure.
type verdict struct {
	err    error
	course course
	// wait is what HubSpot asked for; 0 leaves it to the backoff.
	wait time.Duration
}

// judge reads an answer of any status. nil: a 2xx with JSON (or nothing) in it.
//
//	| status                | kind        | course  | wait                                  |
//	| 2xx, HTML             | NotJSON     | maybe   | backoff                               |
//	| 3xx                   | Redirect    | give up |                                       |
//	| 400, 413, 422, others | Invalid     | give up | (a batch is bisected by its sender)   |
//	| 401                   | Credentials | renew   |                                       |
//	| 403                   | Scope, Forbidden | give up |                                  |
//	| 404, 409, 414         | NotFound, Conflict, TooLong | give up |                       |
//	| 408                   | Server      | maybe   | backoff                               |
//	| 423                   | Locked      | again   | 2 s and more                          |
//	| 429                   | RateLimit   | again   | by policy; DAILY ends the run         |
//	| 477                   | Migration   | again   | Retry-After; a long one ends the run  |
//	| 530                   | Credentials | give up |                                       |
//	| 5xx                   | Server      | maybe   | Retry-After, else backoff             |
func (c *CRM) judge(a ask, ans answer) *verdict {
	var body envelope
	isJSON := json.Unmarshal(ans.body, &body) == nil
	e := &APIError{Doing: a.doing, Status: ans.status, Category: string(body.Category), SubCategory: string(body.SubCategory),
		CorrelationID: string(body.CorrelationID), Message: string(body.Message), Policy: string(body.PolicyName), private: a.private, body: body}
	after := retryAfter(ans.header, c.serverNow())
	switch s := ans.status; {
	case s >= 200 && s < 300:
		if s == http.StatusNoContent || len(bytes.TrimSpace(ans.body)) == 0 && a.emptyIsFine {
			return nil
		}
		return judgeBody(e, ans)
	case s >= 300 && s < 400:
		return stop(e, KindRedirect, "set the base URL to HubSpot's own address, https://api.hubapi.com; redirects are not followed, so that the token goes nowhere else")
	case s == http.StatusUnauthorized:
		e.Kind, e.Mend = KindCredentials, mendToken
		return &verdict{err: e, course: renew}
	case s == 530:
		return stop(e, KindCredentials, mendToken)
	case s == http.StatusForbidden:
		return judgeForbidden(e)
	case s == http.StatusNotFound && !isJSON:
		return stop(e, KindNotJSON, "no API answers at this address: check base URL and API version")
	case s == http.StatusNotFound:
		return stop(e, KindNotFound, "it is gone in HubSpot, or the API version is wrong")
	case s == http.StatusConflict:
		return stop(e, KindConflict, "somebody else made or changed it at the same moment; the next run looks again")
	case s == http.StatusRequestURITooLong:
		return stop(e, KindTooLong, "ask for fewer properties or ids at once (limits in the configuration)")
	case s == http.StatusLocked:
		e.Kind, e.Mend = KindLocked, "HubSpot is busy with this record or import; the next run tries again"
		return &verdict{err: e, course: again, wait: max(after, 2*time.Second)}
	case s == http.StatusTooManyRequests:
		return c.judgeRate(a, e, ans, after)
	case s == 477:
		return c.judgeMigration(e, after)
	case s == http.StatusRequestTimeout || s >= 500:
		e.Kind, e.Mend = KindServer, "HubSpot is in trouble; the next run tries again. If it lasts for hours, see status.hubspot.com"
		if s == 522 || s == 525 || s == 526 {
			e.Mend = "HubSpot's servers cannot be reached behind its own front; if it lasts, contact HubSpot's support"
		}
		return &verdict{err: e, course: maybe, wait: after}
	default:
		return stop(e, KindInvalid, "see HubSpot's words")
	}
}

const mendToken = "make a new service key (or private app token) in HubSpot, put it into hubspot.token of credentials.json (or the file that ROLECALL_HUBSPOT_TOKEN_FILE names), and run `rolecall check`"

func stop(e *APIError, k Kind, mend string) *verdict {
	e.Kind, e.Mend = k, mend
	return &verdict{err: e, course: giveUp}
}

// judgeBody looks whether a 2xx holds the JSON it promises.
func judgeBody(e *APIError, ans answer) *verdict {
	trimmed := bytes.TrimSpace(ans.body)
	if json.Valid(trimmed) && (trimmed[0] == '{' || trimmed[0] == '[') {
		return nil
	}
	if len(trimmed) == 0 || trimmed[0] == '{' || trimmed[0] == '[' {
		e.Kind, e.Mend = KindCutShort, "something between here and HubSpot cuts answers short; the next run tries again"
		return &verdict{err: e, course: maybe}
	}
	e.Kind, e.Message = KindNotJSON, ""
	e.Mend = "something else than HubSpot's API answers at this address (a login page, a proxy?): check the base URL and the network"
	return &verdict{err: e, course: maybe}
}

func judgeForbidden(e *APIError) *verdict {
	scopes := e.body.gather("requiredGranularScopes", "requiredScopes", "missingScopes", "scopes", "oneOf")
	if e.Category != "MISSING_SCOPES" && len(scopes) == 0 {
		return stop(e, KindForbidden, "the token's owner may not do this in HubSpot: check its permissions")
	}
	e.Kind = KindScope
	e.Mend = "tick the scope in HubSpot (Settings, Integrations, the key's scopes)"
	if len(scopes) > 0 {
		e.Mend = "tick " + strings.Join(scopes, " or ") + " among the key's scopes in HubSpot"
	}
	return &verdict{err: &MissingScopeError{APIError: e, Scopes: scopes}, course: giveUp}
}

// judgeRate sorts a 429 by its policy and tells the limiter, so that every other call waits too.
func (c *CRM) judgeRate(a ask, e *APIError, ans answer, after time.Duration) *verdict {
	e.Kind = KindRateLimit
	e.Mend = "other apps use up the portal's limit; leave them a larger share in Settings, or run less often"
	if e.Policy == "" && strings.Contains(strings.ToLower(e.Message), "secondly limit") && !strings.Contains(strings.ToLower(e.Message), "ten") {
		e.Policy = "SECONDLY"
	}
	if strings.Contains(e.Policy, "DAILY") || strings.Contains(strings.ToLower(e.Message), "daily limit") {
		e.Policy = "DAILY"
		return &verdict{err: c.limits.exhausted(c.serverNow()), course: giveUp}
	}
	wait := after
	switch {
	case wait > c.opt.Limits.LongestWait:
		e.Resume = c.serverNow().Add(wait)
		return &verdict{err: e, course: giveUp}
	case wait > 0:
	case e.Policy == "SECONDLY":
		wait = time.Second
	default:
		wait = c.limits.window()
	}
	c.limits.slowDown(a.lane, wait)
	return &verdict{err: e, course: again, wait: wait}
}

func (c *CRM) judgeMigration(e *APIError, after time.Duration) *verdict {
	e.Kind = KindMigration
	e.Mend = "HubSpot moves the account between data centres, which takes up to a day; the next run tries again"
	if after > c.opt.Limits.LongestWait {
		e.Resume = c.serverNow().Add(min(after, 24*time.Hour))
		return &verdict{err: e, course: giveUp}
	}
	return &verdict{err: e, course: again, wait: after}
}

// judgeSilence sorts an attempt that brought no whole answer.
func judgeSilence(a ask, err error, host string) *verdict {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err // url.Error prints the address with its query
	}
	e := &APIError{Doing: a.doing, cause: err, private: a.private}
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial", errors.Is(err, syscall.ECONNREFUSED):
		e.Kind, e.Mend = KindUnreachable, "nothing answers at "+host+": check the base URL, the network, the firewall and the proxy"
		return &verdict{err: e, course: again}
	case errors.Is(err, context.Canceled):
		return &verdict{err: e.as(KindTransport, "the run was stopped"), course: maybe}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &verdict{err: e.as(KindCutShort, "something between here and HubSpot cuts answers short; the next run tries again"), course: maybe}
	case errors.Is(err, errTooLarge):
		return &verdict{err: e.as(KindInvalid, "check the base URL: this is no answer of HubSpot's"), course: giveUp}
	}
	return &verdict{err: e.as(KindTransport, "check the network and the proxy; the next run tries again"), course: maybe}
}

func (e *APIError) as(k Kind, mend string) *APIError { e.Kind, e.Mend = k, mend; return e }

// retryAfter reads Retry-After: seconds or a date; 0 where it is missing or junk. It is never negative.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e7 {
		return time.Duration(s * float64(time.Second))
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
