package gsheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// object is a JSON object as the API exchanges it. Stored objects are never changed in place: a change replaces them,
// so that a copy of a spreadsheet may share them with its original.
type object = map[string]any

// apiError is an answer with the error body that Google's APIs share (google.rpc.Status).
type apiError struct {
	code    int
	status  string
	message string
	details []any
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.code, e.status, e.message) }

func invalid(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, status: "INVALID_ARGUMENT", message: fmt.Sprintf(format, args...)}
}

// violation is an INVALID_ARGUMENT that names the offending field the way Google's JSON front end does.
func violation(field, description string) *apiError {
	e := invalid("%s", description)
	one := object{"description": description}
	if field != "" {
		one["field"] = field
	}
	e.details = []any{object{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []any{one}}}
	return e
}

func notFound() *apiError {
	return &apiError{code: http.StatusNotFound, status: "NOT_FOUND", message: "Requested entity was not found."}
}

func forbidden() *apiError {
	return &apiError{code: http.StatusForbidden, status: "PERMISSION_DENIED", message: "The caller does not have permission"}
}

func unauthenticated() *apiError {
	return &apiError{code: http.StatusUnauthorized, status: "UNAUTHENTICATED", message: "Request is missing required authentication credential. " +
		"Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."}
}

// statusName gives the google.rpc code that goes with an HTTP status.
func statusName(code int) string {
	switch code {
	case 400:
		return "INVALID_ARGUMENT"
	case 401:
		return "UNAUTHENTICATED"
	case 403:
		return "PERMISSION_DENIED"
	case 404:
		return "NOT_FOUND"
	case 409:
		return "ABORTED"
	case 429:
		return "RESOURCE_EXHAUSTED"
	case 503:
		return "UNAVAILABLE"
	case 504:
		return "DEADLINE_EXCEEDED"
	}
	return "INTERNAL"
}

func asAPIError(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return invalid("%s", err)
}

func (e *apiError) body() object {
	inner := object{"code": e.code, "message": e.message, "status": e.status}
	if len(e.details) > 0 {
		inner["details"] = e.details
	}
	return object{"error": inner}
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		code, raw = http.StatusInternalServerError, []byte(`{"error":{"code":500,"status":"INTERNAL","message":"the answer could not be encoded"}}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(code)
	_, _ = w.Write(raw)
}
