package cli

import (
	"strings"
	"testing"

	"rolecall/config"
)

func TestWhereSheetAndPortalAre(t *testing.T) {
	id := "1" + strings.Repeat("a", 43)
	for _, test := range []struct {
		situation     string
		config        config.Config
		sheet, portal string
	}{
		{"nothing is configured", config.Config{}, "", ""},
		{"Google and HubSpot", config.Config{SheetURL: "https://docs.google.com/spreadsheets/d/" + id + "/edit#gid=0", HubSpot: config.HubSpot{PortalID: "12"}},
			"https://docs.google.com/spreadsheets/d/" + id + "/edit", "https://app.hubspot.com/contacts/12"},
		{"the sandbox", config.Config{SheetURL: id, SheetsEndpoint: "http://127.0.0.1:1/", HubSpot: config.HubSpot{BaseURL: "http://127.0.0.1:2"}},
			"http://127.0.0.1:1/sheet/" + id, "http://127.0.0.1:2/contacts"},
	} {
		if sheet, portal := sheetPage(test.config), portalPage(test.config); sheet != test.sheet || portal != test.portal {
			t.Errorf("%s: got %q and %q", test.situation, sheet, portal)
		}
	}
}
