package embedding

import (
	"fmt"
	"net/http"
	"time"
)

// Fault says why a remote embedder gave no vectors.
type Fault string

// The faults of remote embedders.
const (
	Unauthorized   Fault = "key refused"
	UnknownModel   Fault = "model unknown"
	RateLimited    Fault = "too many requests"
	BadRequest     Fault = "request refused"
	Unavailable    Fault = "service away"
	WrongDimension Fault = "wrong dimension"
	BadAnswer      Fault = "answer unreadable"
)

// RemoteError is every error of a remote embedder. It holds neither the key nor a title nor the service's own words, which may quote
// both, so that it can be logged and shown.
type RemoteError struct {
	Provider   string
	Fault      Fault
	Status     int           // of HTTP; 0 where there was no answer
	Code       string        // the service's own short code, if it gave one
	Mend       string        // what a person can do
	RetryAfter time.Duration // how long the service asked to be left alone; 0 if it did not say
	Cause      error         // of the network; nil where there was an answer
}

// Error tells what happened and how to mend it.
func (e *RemoteError) Error() string {
	s := fmt.Sprintf("embed with %s: %s", e.Provider, e.Fault)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d", e.Status)
		if e.Code != "" {
			s += ", " + e.Code
		}
		s += ")"
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

// Unwrap returns the cause.
func (e *RemoteError) Unwrap() error { return e.Cause }

// usedUp is OpenAI's code for a quota that no waiting brings back, which has the status of too many requests.
const usedUp = "insufficient_quota"

// Temporary reports whether the same request may succeed in a moment.
func (e *RemoteError) Temporary() bool {
	return e.Fault == RateLimited && e.Code != usedUp || e.Fault == Unavailable
}

// statusError sorts an HTTP status.
//
//	401, 403              Unauthorized
//	404                   UnknownModel
//	429                   RateLimited, temporary
//	408, 409, 5xx         Unavailable, temporary
//	other                 BadRequest
func statusError(provider string, status int, code string, retryAfter time.Duration) *RemoteError {
	e := &RemoteError{Provider: provider, Status: status, Code: code, RetryAfter: retryAfter}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Fault, e.Mend = Unauthorized, "check the embedding key (embedding."+provider+"_api_key in the credentials file) and that it may use this model"
	case status == http.StatusNotFound:
		e.Fault, e.Mend = UnknownModel, "check the model's name and the base URL (an Ollama model must be pulled first)"
	case status == http.StatusTooManyRequests:
		e.Fault, e.Mend = RateLimited, "lower the request rate, or raise the quota or the budget at the provider"
	case status == http.StatusRequestTimeout || status == http.StatusConflict || status >= 500:
		e.Fault, e.Mend = Unavailable, "nothing to do if it passes; else see the provider's status page"
	default:
		e.Fault, e.Mend = BadRequest, "check the model's name; where it has @LENGTH behind it, see that the model can give vectors of that length, or leave it away"
	}
	return e
}
