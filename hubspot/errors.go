package hubspot

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what went wrong. It is an error itself, so that errors.Is(err, hubspot.KindLocked) asks for it.
type Kind string

// Error is the kind's name.
func (k Kind) Error() string { return "hubspot: " + string(k) }

// The kinds of trouble.
const (
	KindCredentials Kind = "bad credentials"         // 401, and Cloudflare's 530 for a malformed token
	KindScope       Kind = "missing scope"           // 403 MISSING_SCOPES, see MissingScopeError
	KindForbidden   Kind = "forbidden"               // 403 otherwise
	KindRateLimit   Kind = "rate limit"              // 429 that outlasted every wait; Policy says which
	KindDaily       Kind = "daily budget"            // see DailyBudgetError
	KindLocked      Kind = "locked"                  // 423
	KindMigration   Kind = "account being moved"     // 477
	KindServer      Kind = "server error"            // 5xx
	KindNotJSON     Kind = "not JSON"                // a page of HTML, say, where JSON was promised
	KindCutShort    Kind = "answer cut short"        // the body ended early
	KindTooLong     Kind = "address too long"        // 414
	KindConflict    Kind = "conflict"                // 409
	KindNotFound    Kind = "not found"               // 404
	KindInvalid     Kind = "refused as invalid"      // 400, 413, 422 and other 4xx
	KindRedirect    Kind = "redirect"                // 3xx: never followed
	KindUnreachable Kind = "unreachable"             // no connection at all
	KindTransport   Kind = "connection broke"        // after the request had gone out
	KindUnknown     Kind = "outcome unknown"         // a write without an answer that tells
	KindNoProgress  Kind = "no progress"             // paging that repeats itself or ends early
	KindProperty    Kind = "property not as needed"  // see PropertyError
	KindStopped     Kind = "writing stopped"         // see StoppedError
	KindOptions     Kind = "wrong options"           // what New was given
	KindPermission  Kind = "token file not writable" // a refreshed token could not be kept
)

// APIError is an answer of HubSpot's that is not what was asked for, or the lack of one.
// errors.Is(err, kind) works on it.
type APIError struct {
	Kind Kind
	// Doing is what was being done, in words.
	Doing string
	// Status is the HTTP status; 0 where no answer came.
	Status int
	// Category, SubCategory and CorrelationID are HubSpot's own, for its support.
	Category, SubCategory, CorrelationID string
	// Message is HubSpot's words. It may hold personal data where contacts are concerned: Error leaves it out then.
	Message string
	// Policy is the limit that was hit: SECONDLY, TEN_SECONDLY_ROLLING or DAILY.
	Policy string
	// Resume is when it makes sense to try again; zero where unknown.
	Resume time.Time
	// Mend is what a person can do.
	Mend string

	private bool
	body    envelope
	cause   error
}

// Error says what was being done, what happened and how to mend it.
func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	b.WriteString(": ")
	b.WriteString(string(e.Kind))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d", e.Status)
		for _, part := range []string{e.Category, e.Policy} {
			if part != "" {
				b.WriteString(", " + part)
			}
		}
		b.WriteString(")")
	}
	if e.Message != "" && !e.private {
		b.WriteString(": " + clip(e.Message, 300))
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	if !e.Resume.IsZero() {
		b.WriteString("; again from " + e.Resume.Format(time.RFC3339))
	}
	if e.CorrelationID != "" {
		b.WriteString(" [correlation id " + clip(e.CorrelationID, 60) + "]")
	}
	if e.Mend != "" {
		b.WriteString(" - " + e.Mend)
	}
	return b.String()
}

// Is makes errors.Is(err, kind) work.
func (e *APIError) Is(target error) bool { k, ok := target.(Kind); return ok && k == e.Kind }

// Unwrap is what lay below: a network error, say.
func (e *APIError) Unwrap() error { return e.cause }

// MissingScopeError says which scopes the token lacks.
type MissingScopeError struct {
	*APIError
	// Scopes are HubSpot's names of them; any one of those named with "or" is enough.
	Scopes []string
}

// Unwrap is the APIError.
func (e *MissingScopeError) Unwrap() error { return e.APIError }

// DailyBudgetError ends a run: the portal's daily allowance is spent, or spent so far that the rest is left to others.
type DailyBudgetError struct {
	// Used and Limit are calls of all apps of the portal today; 0 where HubSpot did not say.
	Used, Limit int
	// Resume is the next midnight in the account's time zone.
	Resume time.Time
}

// Error says when it goes on.
func (e *DailyBudgetError) Error() string {
	used := "HubSpot's daily allowance of API calls is spent"
	if e.Limit > 0 {
		used = fmt.Sprintf("%d of HubSpot's %d API calls a day are used, the rest is left to other apps", e.Used, e.Limit)
	}
	return fmt.Sprintf("%s; going on at %s - nothing needs doing; for a larger allowance buy HubSpot's API limit increase",
		used, e.Resume.Format(time.RFC3339))
}

// Is makes errors.Is(err, KindDaily) work.
func (e *DailyBudgetError) Is(target error) bool { return target == KindDaily }

// PropertyError says that a property in HubSpot cannot be used as it is.
type PropertyError struct {
	Property string
	// What is wrong, and Mend is how to put it right in HubSpot.
	What, Mend string
}

// Error names the property, the trouble and the mend.
func (e *PropertyError) Error() string {
	return fmt.Sprintf("property %s: %s - %s", e.Property, e.What, e.Mend)
}

// Is makes errors.Is(err, KindProperty) work.
func (e *PropertyError) Is(target error) bool { return target == KindProperty }

// StoppedError ends a write early: too many rows were refused, or what HubSpot shows is not what was written.
type StoppedError struct {
	// Why in words; Refused of Last rows were refused.
	Why           string
	Refused, Last int
}

// Error says why the rest was not sent.
func (e *StoppedError) Error() string {
	return "writing labels stopped: " + e.Why + " - look at the refused rows, mend their cause, then run again"
}

// Is makes errors.Is(err, KindStopped) work.
func (e *StoppedError) Is(target error) bool { return target == KindStopped }

// ends says whether err ends a whole run of writes: nothing after it can succeed.
func ends(err error) bool {
	for _, k := range []Kind{KindCredentials, KindScope, KindForbidden, KindDaily, KindMigration, KindRedirect, KindRateLimit, KindUnreachable, KindPermission, KindLocked} {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}

// unsure marks a write whose outcome nobody knows.
func unsure(doing string, cause error) error {
	return &APIError{Kind: KindUnknown, Doing: doing, cause: cause,
		Mend: "it is read back before anything is sent again; nothing needs doing"}
}
