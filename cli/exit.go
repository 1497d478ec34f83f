package cli

import (
	"errors"
	"io/fs"
	"net/http"

	"google.golang.org/api/googleapi"

	"rolecall/config"
	"rolecall/hubspot"
	"rolecall/plan"
	"rolecall/store"
)

// The exit codes, see Run. Those from 74 on are of sysexits.h.
const (
	exitOK         = 0
	exitFailure    = 1
	exitUsage      = 2
	exitChanges    = 3
	exitHeld       = 4
	exitPartial    = 5
	exitIO         = 74
	exitBusy       = 75
	exitPermission = 77
	exitConfig     = 78
)

// errSaid is wrapped by an error whose words have been printed already.
var errSaid = errors.New("said already")

// codedError asks for an exit code of its own.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// withCode gives err an exit code; nil stays nil.
func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return &codedError{code, err}
}

// usage is an error about the command line.
func usage(err error) error { return withCode(exitUsage, err) }

func exitCode(err error) int {
	var (
		coded *codedError
		wrong *config.Error
		held  *plan.HeldError
		newer *store.NewerSchemaError
		path  *fs.PathError
		sheet *googleapi.Error
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &wrong), errors.As(err, &newer):
		return exitConfig
	case errors.As(err, &held):
		return exitHeld
	case errors.Is(err, store.ErrLocked):
		return exitBusy
	case errors.Is(err, hubspot.KindScope), errors.Is(err, hubspot.KindForbidden), errors.As(err, &sheet) && sheet.Code == http.StatusForbidden:
		return exitPermission
	case errors.As(err, &path):
		return exitIO
	}
	return exitFailure
}
