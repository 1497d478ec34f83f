package sheets

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"
)

// ErrRearranged is returned by Write when people kept rearranging the tab while it was being written. Nothing of theirs was touched; the
// same batch may be written again at the next poll.
var ErrRearranged = errors.New("the sheet was being rearranged at this moment; it is tried again at the next poll")

// explain wraps an error of the service with what a person can do about it.
//
//	| answer                                     | means                    | mend                                         |
//	|--------------------------------------------|--------------------------|----------------------------------------------|
//	| 403 PERMISSION_DENIED                      | not shared               | share it with the account, as Editor         |
//	| 403 SERVICE_DISABLED, not been used        | the API is off           | switch it on, with the link                  |
//	| 403 insufficient scopes                    | the token is too narrow  | authorise again                              |
//	| 404                                        | wrong link, or deleted   | check the link                               |
//	| 400 not supported for this document        | an Excel file            | File > Save as Google Sheets                 |
//	| 401, invalid_grant                         | the credentials expired  | authorise again, or a new key                |
//	| 429                                        | too fast                 | nothing: it is tried again                   |
//	| 400 protected                              | protected from us        | allow the account in the protection          |
//	| none: the connection could not be made     | no network, a proxy      | check the way to Google                      |
func (s *Sheet) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if mend := mendOf(err, s.account); mend != "" {
		return fmt.Errorf("%s: %w - %s", doing, err, mend)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func mendOf(err error, account string) string {
	var token *oauth2.RetrieveError
	if errors.As(err, &token) {
		return "the credentials were refused: run rolecall auth google again, or make a new service account key (and check this machine's clock)"
	}
	if strings.Contains(err.Error(), "invalid_grant") {
		return "the credentials were refused: run rolecall auth google again, or make a new service account key (and check this machine's clock)"
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return "Google Sheets cannot be reached from this machine: check the network, the firewall and the proxy"
	}
	var api *googleapi.Error
	if !errors.As(err, &api) {
		return ""
	}
	text := api.Message + " " + api.Body
	switch {
	case api.Code == http.StatusForbidden && (strings.Contains(text, "SERVICE_DISABLED") || strings.Contains(text, "has not been used in project")):
		return "switch the Google Sheets API on for the project of these credentials: https://console.cloud.google.com/apis/library/sheets.googleapis.com"
	case api.Code == http.StatusForbidden && strings.Contains(text, "insufficient authentication scopes"):
		return "the credentials do not reach Google Sheets: run rolecall auth google, or use a service account key"
	case strings.Contains(text, "protected cell") || strings.Contains(text, "protected range"):
		return "a protection in the sheet keeps rolecall out: under Data > Protect sheets and ranges, allow " + orThis(account)
	case api.Code == http.StatusForbidden:
		return "share the sheet with " + orThis(account) + " as Editor"
	case api.Code == http.StatusNotFound:
		return "check the link of the sheet in credentials.json, and that nobody has deleted it"
	case api.Code == http.StatusUnauthorized:
		return "the credentials are no longer valid: run rolecall auth google again, or make a new service account key"
	case api.Code == http.StatusBadRequest && strings.Contains(text, "not supported for this document"):
		return "this is an Excel file: open it in Google Sheets and choose File > Save as Google Sheets, then use the new link"
	case api.Code == http.StatusTooManyRequests:
		return "Google allows 60 calls a minute; rolecall waits and tries again"
	}
	return ""
}

func orThis(account string) string {
	if account == "" {
		return "the account that rolecall uses"
	}
	return account
}

// status is the HTTP status of an error of the service, 0 for any other.
func status(err error) int {
	var api *googleapi.Error
	if errors.As(err, &api) {
		return api.Code
	}
	return 0
}
