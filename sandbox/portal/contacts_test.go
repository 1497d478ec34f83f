package portal_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/portal"
)

func TestListPagesToTheEnd(t *testing.T) {
	for _, base := range []string{contacts, "/crm/objects/2025-09/contacts", "/crm/objects/2026-03/contacts", "/crm/objects/2026-09/contacts", "/crm/objects/2026-09/0-1"} {
		w := newWorld(t, 250, nil)
		seen, pages, after := map[string]bool{}, 0, ""
		for {
			o := w.want(200, "GET", base+"?limit=100&properties=jobtitle,email&after="+after, nil)
			pages++
			for _, r := range results(o) {
				seen[r["id"].(string)] = true
				if dig(r, "properties", "hs_object_id") != r["id"] || dig(r, "properties", "jobtitle") == nil {
					t.Fatalf("contact lacks properties: %v", r)
				}
			}
			next, ok := dig(o, "paging", "next", "after").(string)
			if !ok {
				break
			}
			after = next
		}
		if len(seen) != 250 || pages != 3 {
			t.Errorf("%s: %d contacts on %d pages, want 250 on 3", base, len(seen), pages)
		}
	}
}

func TestListBounds(t *testing.T) {
	w := newWorld(t, 120, nil)
	if n := len(results(w.want(200, "GET", contacts, nil))); n != 10 {
		t.Errorf("default page has %d, want 10", n)
	}
	for _, q := range []string{"limit=101", "limit=0", "limit=abc", "limit=51&propertiesWithHistory=jobtitle", "after=x", "archived=maybe"} {
		mustContain(t, w.want(400, "GET", contacts+"?"+q, nil), "VALIDATION_ERROR", "correlationId")
	}
	if n := len(results(w.want(200, "GET", contacts+"?limit=50&propertiesWithHistory=jobtitle", nil))); n != 50 {
		t.Errorf("page with history has %d, want 50", n)
	}
}

func TestUnsetIsNullClearedIsEmptyUnknownIsLeftOut(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.want(200, "PATCH", contacts+"/101", object{"properties": object{"company": ""}})
	o := w.want(200, "GET", contacts+"/101?properties=company,city,nonsense", nil)
	props := o["properties"].(object)
	if v := props["company"]; v != "" {
		t.Errorf("cleared property is %v, want an empty string", v)
	}
	if v, ok := props["city"]; !ok || v != nil {
		t.Errorf("unset property is %v, want null", v)
	}
	if _, ok := props["nonsense"]; ok {
		t.Error("unknown property is answered")
	}
}

func TestContactIsFoundByIDAndByEmail(t *testing.T) {
	w := newWorld(t, 3, nil)
	o := w.want(200, "GET", contacts+"/ada1@example.com?idProperty=email", nil)
	if o["id"] != "151" {
		t.Errorf("id %v, want 151", o["id"])
	}
	w.want(404, "GET", contacts+"/999999", nil)
	w.want(404, "GET", contacts+"/x", nil)
	w.want(404, "GET", contacts+"/nobody@example.com?idProperty=email", nil)
	w.want(400, "GET", contacts+"/x?idProperty=jobtitle", nil)
}

func TestCreatePatchArchiveRestore(t *testing.T) {
	w := newWorld(t, 2, nil)
	o := w.want(201, "POST", contacts, object{"properties": object{"email": "New@Example.com", "jobtitle": "CTO"}})
	id := o["id"].(string)
	if dig(o, "properties", "email") != "new@example.com" {
		t.Errorf("e-mail address is not in lower case: %v", o)
	}
	mustContain(t, w.want(409, "POST", contacts, object{"properties": object{"email": "new@example.com"}}), "CONFLICT", "Existing ID: "+id)
	w.want(204, "DELETE", contacts+"/"+id, nil)
	w.want(404, "GET", contacts+"/"+id, nil)
	if got := w.want(200, "GET", contacts+"/"+id+"?archived=true", nil); got["archived"] != true || got["archivedAt"] == nil {
		t.Errorf("archived contact: %v", got)
	}
	if n := len(results(w.want(200, "GET", contacts+"?archived=true", nil))); n != 1 {
		t.Errorf("%d archived contacts listed, want 1", n)
	}
	w.want(404, "PATCH", contacts+"/"+id, object{"properties": object{"jobtitle": "CIO"}})
	if err := w.s.Restore(id); err != nil {
		t.Fatal(err)
	}
	w.want(200, "GET", contacts+"/"+id, nil)
	w.want(204, "DELETE", contacts+"/424242", nil)
}

func TestEveryRuleOfWrittenValues(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.defineRole()
	w.want(201, "POST", "/crm/v3/properties/contacts", object{"name": "score", "label": "Score", "type": "number", "fieldType": "number", "groupName": "rolecall"})
	w.want(201, "POST", "/crm/v3/properties/contacts", object{"name": "day", "label": "Day", "type": "date", "fieldType": "date", "groupName": "rolecall"})
	w.want(201, "POST", "/crm/v3/properties/contacts", object{"name": "yes", "label": "Yes", "type": "bool", "fieldType": "booleancheckbox", "groupName": "rolecall"})
	for _, c := range []struct {
		name, property string
		value          any
		code           string // empty: it is accepted
	}{
		{"option that exists", "job_role", "sales", ""},
		{"label instead of value", "job_role", "Sales", "INVALID_OPTION"},
		{"two options in a select", "job_role", "sales;legal", "INVALID_OPTION"},
		{"two options in a checkbox", "hs_buying_role", "CHAMPION;INFLUENCER", ""},
		{"clearing", "job_role", "", ""},
		{"null", "job_role", nil, "VALIDATION_ERROR"},
		{"unknown property", "job_rol", "sales", "PROPERTY_DOESNT_EXIST"},
		{"read-only property", "hs_object_id", "7", "READ_ONLY_VALUE"},
		{"number as JSON number", "score", 12.5, ""},
		{"number that is none", "score", "twelve", "INVALID_NUMERIC"},
		{"date at midnight", "day", "2026-11-25", ""},
		{"date at noon", "day", "1764072000000", "INVALID_DATE"},
		{"boolean", "yes", true, ""},
		{"boolean that is none", "yes", "perhaps", "INVALID_BOOLEAN"},
		{"e-mail that is none", "email", "ada at example", "INVALID_EMAIL"},
		{"very long text", "jobtitle", strings.Repeat("x", 70_000), "INVALID_LENGTH"},
		{"object instead of text", "jobtitle", object{}, "VALIDATION_ERROR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, o, _ := w.do("PATCH", contacts+"/101", object{"properties": object{c.property: c.value}})
			if c.code == "" {
				if status != 200 {
					t.Errorf("status %d: %v", status, o)
				}
				return
			}
			if status != 400 {
				t.Fatalf("status %d, want 400", status)
			}
			mustContain(t, o, c.code)
		})
	}
}

func TestHistoryNamesItsSources(t *testing.T) {
	w := newWorld(t, 1, func(o *portal.Options) { o.Tokens = map[string]portal.Token{"pat-test": {AppID: 4711}} })
	w.defineRole()
	step := func(f func() error) {
		t.Helper()
		w.clock.advance(time.Second)
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	w.want(200, "PATCH", contacts+"/101", object{"properties": object{"job_role": "sales"}})
	step(func() error { return w.s.EditAsUser("101", 77, map[string]string{"job_role": "legal"}) })
	step(func() error { return w.s.EditAsUser("101", 78, map[string]string{"job_role": "legal"}) }) // no new fact
	step(func() error { return w.s.EditAsMobile("101", 79, map[string]string{"job_role": "sales"}) })
	step(func() error { return w.s.ImportEdit("101", map[string]string{"job_role": "legal"}) })
	step(func() error { return w.s.WorkflowEdit("101", map[string]string{"job_role": "sales"}) })
	step(func() error { return w.s.OtherIntegrationEdit("101", 9, map[string]string{"job_role": "legal"}) })
	step(func() error { return w.s.Clear("101", 77, "job_role") })
	o := w.want(200, "GET", contacts+"/101?propertiesWithHistory=job_role,jobtitle", nil)
	var got []string
	for _, v := range dig(o, "propertiesWithHistory", "job_role").([]any) {
		e := v.(object)
		got = append(got, fmt.Sprint(e["value"], " ", e["sourceType"], " ", e["sourceId"], " ", e["updatedByUserId"]))
	}
	want := []string{" CRM_UI userId:77 77", "legal INTEGRATION 9 <nil>", "sales AUTOMATION_PLATFORM enrollmentId:411;actionExecutionIndex:2 <nil>",
		"legal IMPORT 70310988 <nil>", "sales MOBILE_IOS userId:79 79", "legal CRM_UI userId:77 77", "sales INTEGRATION 4711 <nil>"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("history:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(dig(o, "propertiesWithHistory", "jobtitle").([]any)); n != 1 {
		t.Errorf("a title that never changed has %d versions, want its first", n)
	}
}

func TestChangedTitleKeepsItsFirstVersion(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.s.EditAsUser("101", 1, map[string]string{"jobtitle": "CEO"}); err != nil {
		t.Fatal(err)
	}
	h := w.s.History("101", "jobtitle")
	if len(h) != 2 || h[0].Value != "CEO" || h[1].Value != "Head of Sales" || !h[1].At.Before(h[0].At) {
		t.Errorf("history %+v", h)
	}
}

func TestMergedIDsKeepResolving(t *testing.T) {
	for _, mints := range []bool{false, true} {
		w := newWorld(t, 3, func(o *portal.Options) { o.MergeMintsID = mints })
		if err := w.s.EditAsUser("151", 1, map[string]string{"city": "Ulm"}); err != nil {
			t.Fatal(err)
		}
		o := w.want(200, "POST", contacts+"/merge", object{"primaryObjectId": "101", "objectIdToMerge": "151"})
		id := o["id"].(string)
		if (id == "101") == mints {
			t.Errorf("mints=%v: survivor %s", mints, id)
		}
		got := w.want(200, "GET", contacts+"/151?properties=hs_merged_object_ids,city,jobtitle", nil)
		if got["id"] != id || dig(got, "properties", "city") != "Ulm" || dig(got, "properties", "jobtitle") != "Head of Sales" {
			t.Errorf("old id answers %v", got)
		}
		want := "151"
		if mints {
			want = "101;151"
		}
		if dig(got, "properties", "hs_merged_object_ids") != want {
			t.Errorf("merged ids %v, want %s", dig(got, "properties", "hs_merged_object_ids"), want)
		}
		// Merge once more, and follow the chain.
		survivor, err := w.s.Merge("201", id)
		if err != nil {
			t.Fatal(err)
		}
		for _, old := range []string{"101", "151", "201"} {
			if got := w.want(200, "GET", contacts+"/"+old, nil); got["id"] != survivor {
				t.Errorf("mints=%v: %s answers as %v, want %s", mints, old, got["id"], survivor)
			}
		}
		if n := len(results(w.want(200, "GET", contacts, nil))); n != 1 || w.s.Len() != 1 {
			t.Errorf("%d contacts remain, want 1", n)
		}
		w.want(400, "POST", contacts+"/merge", object{"primaryObjectId": survivor, "objectIdToMerge": "101"})
	}
}

func TestPrivacyDeleteForgetsEverything(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.want(200, "PATCH", contacts+"/101", object{"properties": object{"jobtitle": "Chief Secret"}})
	if err := w.s.EditAsUser("101", 1, map[string]string{"company": "Hidden Ltd"}); err != nil {
		t.Fatal(err)
	}
	w.want(204, "POST", contacts+"/gdpr-delete", object{"objectId": "ada0@example.com", "idProperty": "email"})
	w.want(404, "GET", contacts+"/101", nil)
	w.want(404, "GET", contacts+"/101?archived=true", nil)
	w.want(404, "GET", contacts+"/ada0@example.com?idProperty=email", nil)
	if o := w.want(200, "POST", contacts+"/search", object{"limit": 10}); o["total"] != 1.0 {
		t.Errorf("search still finds %v", o["total"])
	}
	mustNot := func(text string) {
		if strings.Contains(text, "Secret") || strings.Contains(text, "Hidden") {
			t.Errorf("a log still knows: %s", text)
		}
	}
	mustNot(fmt.Sprint(w.s.Stats(true, "")))
	mustNot(fmt.Sprint(w.s.PeopleLog()))
	w.want(404, "POST", contacts+"/gdpr-delete", object{"objectId": "101"})
}

func TestPeopleAreHeldToTheSameRules(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.s.EditAsUser("101", 1, map[string]string{"email": "ADA@Example.com"}); err != nil {
		t.Fatal(err)
	}
	if r, _ := w.s.Record("101"); r.Properties["email"] != "ada@example.com" {
		t.Errorf("address is kept as %q", r.Properties["email"])
	}
	w.defineRole()
	for _, err := range []error{
		w.s.EditAsUser("999", 1, map[string]string{"jobtitle": "x"}),
		w.s.EditAsUser("101", 1, map[string]string{"job_role": "nonsense"}),
		w.s.EditAsUser("101", 1, map[string]string{"nonsense": "x"}),
		w.s.Archive("x"), w.s.Restore("101"), w.s.GDPRDelete("999"),
	} {
		if err == nil {
			t.Error("accepted what HubSpot refuses")
		}
	}
}
