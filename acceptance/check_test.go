package acceptance

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/gsheet"
	"rolecall/sandbox/portal"
)

// planted is a fault, the words in which check names it and its mend, and the mend carried out as those words say.
type planted struct {
	name  string
	plant func(o *office)
	code  int
	names []string
	mends []string
	mend  func(o *office)
}

// always breaks the portal's calls until DELETE /admin/faults.
func always(f portal.Fault) func(*office) {
	return func(o *office) {
		f.Times = -1
		if err := o.portal.AddFault(f); err != nil {
			o.t.Fatal(err)
		}
	}
}

func breakSheet(status int) func(*office) {
	return func(o *office) {
		if err := o.sheets.Break(gsheet.Fault{Kind: gsheet.FaultStatus, Status: status, Times: -1}); err != nil {
			o.t.Fatal(err)
		}
	}
}

func token(text string) func(*office) {
	return func(o *office) { o.set("ROLECALL_HUBSPOT_TOKEN", text) }
}

func env(pairs ...string) func(*office) { return func(o *office) { o.set(pairs...) } }

func scope(name string) planted {
	return planted{name: "no scope " + name, plant: token("pat-without-" + name), code: 1, names: []string{"lacks the scope", name}, mends: []string{"tick " + name}, mend: token(goodToken)}
}

// role is job_role as somebody else may have made it.
func role(change func(*portal.Property)) func(*office) {
	return func(o *office) {
		p := portal.Property{Name: "job_role", Label: "Job role", Type: "enumeration", FieldType: "select", Options: []portal.Option{{Label: "Sales", Value: "sales"}}}
		change(&p)
		o.portal.Define(p)
	}
}

func credentials(text string, mode os.FileMode) func(*office) {
	return func(o *office) { o.file("credentials.json", text, mode) }
}

func faults() []planted {
	return []planted{
		{name: "a wrong token", plant: token("pat-nobody-knows-me"), code: 1, names: []string{"token"}, mends: []string{"token"}, mend: token(goodToken)},
		{name: "an expired token", plant: token("pat-expired-01234"), code: 1, names: []string{"expired"}, mends: []string{"token"}, mend: token(goodToken)},
		scope("crm.objects.contacts.read"), scope("crm.objects.contacts.write"), scope("crm.schemas.contacts.write"),
		{name: "no scope crm.schemas.contacts.read", code: 1, plant: func(o *office) {
			// A portal that is content with nothing else; the sandbox's takes any scope of contacts.
			o.before(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/properties/") || r.Method != http.MethodGet {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"status":"error","category":"MISSING_SCOPES","message":"This app hasn't been granted all required scopes",` +
					`"errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.schemas.contacts.read"]}}]}`))
				return true
			})
		}, names: []string{"lacks the scope crm.schemas.contacts.read"}, mends: []string{"tick crm.schemas.contacts.read"}, mend: func(o *office) { o.alone() }},
		{name: "another portal", plant: env("ROLECALL_HUBSPOT_PORTAL_ID", "4711"), code: 1, names: []string{"portal 8675309", "expects 4711"},
			mends: []string{"hubspot.portal_id"}, mend: env("ROLECALL_HUBSPOT_PORTAL_ID", "8675309")},
		{name: "a property of another type", code: 1, plant: role(func(p *portal.Property) { p.Type, p.FieldType, p.Options = "string", "text", nil }),
			names: []string{"job_role", "it is of type string"}, mends: []string{"delete or rename it in HubSpot"},
			mend: func(o *office) { ask(o.t, "DELETE", o.hubspotURL+"/crm/v3/properties/contacts/job_role", nil, nil) }},
		{name: "a property of several values", code: 1, plant: role(func(p *portal.Property) { p.FieldType = "checkbox" }),
			names: []string{"job_role", "several values"}, mends: []string{"delete or rename it in HubSpot"},
			mend: func(o *office) { ask(o.t, "DELETE", o.hubspotURL+"/crm/v3/properties/contacts/job_role", nil, nil) }},
		{name: "a read-only property", code: 1, plant: role(func(p *portal.Property) { p.Modification.ReadOnlyValue = true }),
			names: []string{"job_role", "read-only"}, mends: []string{"unlock the property in HubSpot"}, mend: role(func(*portal.Property) {})},
		{name: "an API version that the portal does not have", code: 1, plant: func(o *office) {
			o.before(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "/2026-") {
					http.Error(w, `{"status":"error","message":"No route"}`, http.StatusNotFound)
					return true
				}
				return false
			})
		}, names: []string{"API version 2026-09"}, mends: []string{"v3"}, mend: env("ROLECALL_HUBSPOT_VERSION", "v3")},
		{name: "an API version that there is not", code: 78, plant: env("ROLECALL_HUBSPOT_VERSION", "v9"), names: []string{"hubspot.version", `"v9"`},
			mends: []string{"2026-09"}, mend: env("ROLECALL_HUBSPOT_VERSION", "2026-09")},
		{name: "HTML where JSON was promised", code: 1, plant: always(portal.Fault{Kind: "html", Status: 200}), names: []string{"not JSON"}, mends: []string{"base URL"},
			mend: func(o *office) { o.portal.ClearFaults() }},
		{name: "nobody at the address", code: 1, plant: func(o *office) { o.set("ROLECALL_HUBSPOT_BASE_URL", closedPort(o.t)) }, names: []string{"127.0.0.1"},
			mends: []string{"address"}, mend: func(o *office) { o.set("ROLECALL_HUBSPOT_BASE_URL", o.hubspotURL) }},
		{name: "plain http to another machine", code: 78, plant: env("ROLECALL_HUBSPOT_BASE_URL", "http://crm.example.com"), names: []string{"hubspot.base_url", "not https"},
			mends: []string{"https"}, mend: func(o *office) { o.set("ROLECALL_HUBSPOT_BASE_URL", o.hubspotURL) }},
		{name: "the day's calls used up", code: 1, plant: func(o *office) {
			o.portal.SetLimits(portal.Limits{Burst: 100, Daily: 50})
			o.portal.OtherAppsUse(50, 0)
		}, names: []string{"daily"}, mends: []string{"wait until then"}, mend: func(o *office) { o.portal.SetLimits(portal.Limits{}) }},
		{name: "a clock that is wrong", code: 1, plant: func(o *office) {
			o.before(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Date", time.Now().Add(7*time.Minute+30*time.Second).UTC().Format(http.TimeFormat))
				return false
			})
		}, names: []string{"clock is 7m"}, mends: []string{"time synchronisation"}, mend: func(o *office) { o.alone() }},
		{name: "a sheet that is not shared", code: 1, plant: breakSheet(403), names: []string{"does not have permission"}, mends: []string{"share the sheet"}, mend: func(o *office) { o.sheets.Mend() }},
		{name: "a sheet that does not exist", code: 1, plant: breakSheet(404), names: []string{"was not found"}, mends: []string{"check the link of the sheet"}, mend: func(o *office) { o.sheets.Mend() }},
		{name: "an address that is no sheet's", code: 78, plant: env("ROLECALL_SHEET_URL", "https://docs.google.com/document/d/x"), names: []string{"sheet_url", "not the address of a Google Sheet"},
			mends: []string{"copy it from the browser"}, mend: env("ROLECALL_SHEET_URL", sheetURL(sheetID))},
		{name: "a tab that is gone", code: 1, plant: func(o *office) {
			o.sheet().person(map[string]any{"tab": "Rules", "kind": "rename-tab", "value": "Old rules"})
			deleteTab(o, "Old rules")
		},
			names: []string{"Rules: the tab is gone"}, mends: []string{"rolecall init"}, mend: func(o *office) { o.run("init").want(0) }},
		{name: "a column that is gone", code: 1, plant: func(o *office) {
			for _, row := range o.sheet().rows("Roles") {
				o.kept = append(o.kept, []string{row["Role"]})
			}
			o.sheet().person(map[string]any{"tab": "Roles", "kind": "delete-columns", "range": "B:B"})
		}, names: []string{"the column Role is missing", "more rows have an error"}, mends: []string{"version history", "type the header again"}, mend: func(o *office) {
			s := o.sheet()
			s.person(map[string]any{"tab": "Roles", "kind": "insert-columns", "range": "B:B"})
			s.person(map[string]any{"tab": "Roles", "kind": "set", "range": "B1", "value": "Role"})
			s.person(map[string]any{"tab": "Roles", "kind": "paste", "range": "B2", "values": o.kept})
		}},
		{name: "a rule for a role that there is not", code: 1, plant: func(o *office) {
			o.sheet().paste("Rules", map[string]string{"Text": "zorgler", "Set role": "Marketting"})
		},
			names: []string{"Rules", "row", "Marketting"}, mends: []string{"Marketing"}, mend: func(o *office) {
				s := o.sheet()
				s.put("Rules", s.find("Rules", "Text", "zorgler"), "Set role", "Marketing")
			}},
		{name: "a setting out of range", code: 1, plant: func(o *office) {
			s := o.sheet()
			s.put("Settings", s.find("Settings", "Setting", "Time zone"), "Value", "Mars/Olympus")
		}, names: []string{"Settings", "Mars/Olympus"}, mends: []string{"Europe/Berlin"}, mend: func(o *office) {
			s := o.sheet()
			s.put("Settings", s.find("Settings", "Setting", "Time zone"), "Value", "Europe/Berlin")
		}},
		{name: "a store that is no database", code: 74, plant: func(o *office) {
			o.set("ROLECALL_STORE", o.file("notes.db", strings.Repeat("these are my notes\n", 400), 0o600))
		},
			names: []string{"notes.db", "not a database"}, mends: []string{"no SQLite file"}, mend: func(o *office) { o.set("ROLECALL_STORE", o.dir+"/store/rolecall.db") }},
		{name: "a store that is a folder", code: 74, plant: func(o *office) { o.set("ROLECALL_STORE", o.dir) }, names: []string{"it is a folder"}, mends: []string{"give a file name"},
			mend: func(o *office) { o.set("ROLECALL_STORE", o.dir+"/store/rolecall.db") }},
		{name: "settings that others can read", code: 78, plant: credentials(`{"log_level": "warn"}`, 0o644), names: []string{"credentials.json", "can be read by other users"},
			mends: []string{"chmod 600"}, mend: func(o *office) {
				if err := os.Chmod(o.dir+"/credentials.json", 0o600); err != nil {
					o.t.Fatal(err)
				}
			}},
		{name: "a setting that there is not", code: 78, plant: credentials(`{"log_levle": "warn"}`, 0o600), names: []string{"line 1", "log_levle"}, mends: []string{"log_level"},
			mend: credentials(`{"log_level": "warn"}`, 0o600)},
		{name: "settings that are no JSON", code: 78, plant: credentials("{\n \"log_level\": \"warn\"\n \"listen\": \"\"}", 0o600), names: []string{"line 3", "JSON"}, mends: []string{"comma"},
			mend: credentials(`{"log_level": "warn"}`, 0o600)},
		{name: "no token at all", code: 78, plant: func(o *office) { delete(o.env, "ROLECALL_HUBSPOT_TOKEN") }, names: []string{"no way to sign in to HubSpot"},
			mends: []string{"hubspot.token"}, mend: token(goodToken)},
		{name: "a key of Google's that is not there", code: 78, plant: env("ROLECALL_GOOGLE_SERVICE_ACCOUNT_FILE", "no-key.json"), names: []string{"google.service_account_file", "no-key.json"},
			mends: []string{"give the path"}, mend: env("ROLECALL_GOOGLE_SERVICE_ACCOUNT_FILE", "")},
	}
}

// deleteTab deletes a tab, as a person does in its menu.
func deleteTab(o *office, title string) {
	o.t.Helper()
	var got struct {
		Sheets []struct {
			Properties struct {
				SheetID int `json:"sheetId"`
				Title   string
			}
		}
	}
	ask(o.t, "GET", o.sheetsURL+"/v4/spreadsheets/"+sheetID, nil, &got)
	for _, s := range got.Sheets {
		if s.Properties.Title == title {
			request := map[string]any{"requests": []any{map[string]any{"deleteSheet": map[string]any{"sheetId": s.Properties.SheetID}}}}
			ask(o.t, "POST", o.sheetsURL+"/v4/spreadsheets/"+sheetID+":batchUpdate", request, nil)
			return
		}
	}
	o.t.Fatalf("there is no tab %s", title)
}

func TestCheckNamesAFaultAndItsMendHeals(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of processes")
	}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, true)
			o.run("init").want(0, "portal 8675309")
			f.plant(o)
			o.run("check").want(f.code, append(f.names, f.mends...)...).without(goodToken, "panic", "goroutine")
			f.mend(o)
			o.run("check").want(0, "Ready.").without("FAULT")
		})
	}
}

// A right that is missing ends every command that needs it with a code of its own, for whoever supervises it.
func TestAMissingRightHasItsExitCode(t *testing.T) {
	if testing.Short() {
		t.Skip("several processes")
	}
	for _, c := range []struct {
		name  string
		plant func(*office)
		words string
	}{
		{"HubSpot's key lacks a scope", token("pat-without-crm.objects.contacts.read"), "crm.objects.contacts.read"},
		{"the sheet is not shared", breakSheet(403), "share the sheet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, true)
			o.run("init").want(0)
			c.plant(o)
			for _, command := range [][]string{{"preview"}, {"sync"}, {"sync", "--all"}} {
				o.run(command...).want(77, c.words)
			}
		})
	}
}
