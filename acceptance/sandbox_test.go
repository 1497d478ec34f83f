package acceptance

import (
	"regexp"
	"testing"
)

// sandboxProcess is "rolecall sandbox" in a process of its own, and a user whose environment points there.
type sandboxProcess struct {
	*user
	server          *running
	sheets, hubspot string
}

// startSandbox starts "rolecall sandbox" with more flags.
func startSandbox(t *testing.T, flags ...string) *sandboxProcess {
	t.Helper()
	u := newUser(t)
	s := &sandboxProcess{user: u, server: u.start(append([]string{"sandbox", "--token", goodToken}, flags...)...)}
	s.server.waitFor("hubspot http://")
	found := regexp.MustCompile(`sheets (\S+)\nhubspot (\S+)\n`).FindStringSubmatch(s.server.said.String())
	if found == nil {
		t.Fatalf("the sandbox says: %s", s.server.said)
	}
	s.sheets, s.hubspot = found[1], found[2]
	u.set("ROLECALL_SHEETS_ENDPOINT", s.sheets+"/", "ROLECALL_SHEET_URL", sheetURL(sheetID), "ROLECALL_HUBSPOT_BASE_URL", s.hubspot,
		"ROLECALL_HUBSPOT_TOKEN", goodToken, "ROLECALL_STORE", u.dir+"/store/rolecall.db")
	return s
}

func (s *sandboxProcess) sheet() spreadsheet { return spreadsheet{s.t, s.sheets, sheetID} }

// labelled is a contact as HubSpot shows it.
type labelled struct {
	title, role, seniority, source, changed string
}

// contacts lists every contact of a portal by id.
func contacts(t *testing.T, hubspot string) map[string]labelled {
	t.Helper()
	out := map[string]labelled{}
	for after := ""; ; {
		var page struct {
			Results []struct {
				ID         string
				Properties map[string]*string
			}
			Paging struct{ Next struct{ After string } }
		}
		ask(t, "GET", hubspot+"/crm/v3/objects/contacts?limit=100&properties=jobtitle,job_role,job_seniority,job_label_source,lastmodifieddate&after="+after, nil, &page)
		for _, c := range page.Results {
			value := func(name string) string {
				if v := c.Properties[name]; v != nil {
					return *v
				}
				return ""
			}
			out[c.ID] = labelled{value("jobtitle"), value("job_role"), value("job_seniority"), value("job_label_source"), value("lastmodifieddate")}
		}
		if after = page.Paging.Next.After; after == "" {
			return out
		}
	}
}

// count counts the contacts that have a role, or a seniority.
func count(all map[string]labelled) (n int) {
	for _, c := range all {
		if c.role != "" || c.seniority != "" {
			n++
		}
	}
	return n
}

// stats are the portal's counts since its start.
type stats struct {
	Values int            `json:"values_written"`
	Kinds  map[string]int `json:"by_kind"`
	Writes []struct{ ID, Property, Value string }
}

func portalStats(t *testing.T, hubspot string) stats {
	t.Helper()
	var out stats
	ask(t, "GET", hubspot+"/admin/stats?writes=true", nil, &out)
	return out
}

// hubspotPerson edits a contact as a person does in HubSpot.
func hubspotPerson(t *testing.T, hubspot, id string, values map[string]string) {
	t.Helper()
	ask(t, "POST", hubspot+"/admin/people", map[string]any{"as": "user", "id": id, "properties": values}, nil)
}

// runName is the name of the run that a command speaks of.
func (r result) runName() string {
	r.t.Helper()
	name := regexp.MustCompile(`run-\d+`).FindString(r.out)
	if name == "" {
		r.t.Fatalf("rolecall %s names no run:\n%s%s", r.line, r.out, r.err)
	}
	return name
}
