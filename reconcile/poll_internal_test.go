package reconcile

import (
	"testing"

	"rolecall/label"
	"rolecall/workbook"
)

func TestWhatStandsBesideATriedTitle(t *testing.T) {
	sure := label.Finding{Accepted: true, Method: label.ByRule, Confidence: 1, Why: "a rule"}
	unsure := label.Finding{Method: label.ByAbstaining, Why: "not sure"}
	nothing := label.Finding{Method: label.ByNonsense, Why: "This is no job title (e-mail address)."}
	for _, test := range []struct {
		situation   string
		row         workbook.TryRow
		findings    [label.AxisCount]label.Finding
		status, why workbook.Cell
	}{
		{"sure of both", workbook.TryRow{Title: "CEO"}, [label.AxisCount]label.Finding{sure, sure}, "OK", "a rule"},
		{"unsure of one", workbook.TryRow{Title: "CEO"}, [label.AxisCount]label.Finding{sure, unsure}, "Unsure: in HubSpot this would go to Review", "a rule not sure"},
		{"no title", workbook.TryRow{Title: "info@example.org"}, [label.AxisCount]label.Finding{nothing, nothing}, "No job title: in HubSpot this would get no label", "This is no job title (e-mail address)."},
		{"an emptied title", workbook.TryRow{}, [label.AxisCount]label.Finding{nothing, nothing}, nil, ""},
		{"a fault", workbook.TryRow{Error: "ERROR: a formula"}, [label.AxisCount]label.Finding{nothing, nothing}, "ERROR: a formula", ""},
	} {
		cells := tryCells(label.Rulebook{}, test.row, label.Decision{Findings: test.findings})
		if cells["status"] != test.status || cells["why"] != test.why {
			t.Errorf("%s: status %v, why %v; want %v, %v", test.situation, cells["status"], cells["why"], test.status, test.why)
		}
	}
}
