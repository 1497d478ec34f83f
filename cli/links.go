package cli

import (
	"strings"

	"rolecall/config"
)

// sheetPage is where people find the sheet; the sandbox shows sheets under an address of its own.
func sheetPage(c config.Config) string {
	switch id := c.SpreadsheetID(); {
	case id == "":
		return ""
	case c.SheetsEndpoint != "":
		return strings.TrimSuffix(c.SheetsEndpoint, "/") + "/sheet/" + id
	default:
		return "https://docs.google.com/spreadsheets/d/" + id + "/edit"
	}
}

// portalPage is where people find the contacts; "" where the portal's number is not known.
func portalPage(c config.Config) string {
	switch {
	case c.HubSpot.BaseURL != "":
		return strings.TrimSuffix(c.HubSpot.BaseURL, "/") + "/contacts"
	case c.HubSpot.PortalID != "":
		return "https://app.hubspot.com/contacts/" + c.HubSpot.PortalID
	}
	return ""
}
