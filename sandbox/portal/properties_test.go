package portal_test

import (
	"testing"

	"rolecall/sandbox/portal"
)

const properties = "/crm/v3/properties/contacts"

func TestPropertyLife(t *testing.T) {
	for _, base := range []string{properties, "/crm/properties/2026-03/contacts", "/crm/properties/2026-09/contacts"} {
		w := newWorld(t, 1, nil)
		def := object{"name": "job_role", "label": "Job role", "type": "enumeration", "fieldType": "select", "groupName": "contactinformation",
			"options": []object{{"label": "Sales", "value": "sales"}}}
		o := w.want(201, "POST", base, def)
		if dig(o, "modificationMetadata", "readOnlyValue") != false || o["hubspotDefined"] != false {
			t.Errorf("%v", o)
		}
		mustContain(t, w.want(409, "POST", base, def), "CONFLICT", "already exists")
		// A patch of options replaces the list and leaves the rest.
		o = w.want(200, "PATCH", base+"/job_role", object{"options": []object{{"label": "Legal", "value": "legal", "hidden": true}}})
		mustContain(t, o, `"legal"`, `"hidden":true`, `"Job role"`)
		if opts := o["options"].([]any); len(opts) != 1 {
			t.Errorf("patching options merged them: %v", opts)
		}
		o = w.want(200, "PATCH", base+"/job_role", object{"label": "Role", "name": "other"})
		if len(o["options"].([]any)) != 1 || o["name"] != "job_role" || o["label"] != "Role" {
			t.Errorf("%v", o)
		}
		w.want(204, "DELETE", base+"/job_role", nil)
		w.want(404, "GET", base+"/job_role", nil)
		w.want(200, "GET", base+"/job_role?archived=true", nil)
		w.want(400, "DELETE", base+"/email", nil)
	}
}

func TestPropertyRefusals(t *testing.T) {
	w := newWorld(t, 0, nil)
	good := func(change object) object {
		o := object{"name": "p", "label": "P", "type": "enumeration", "fieldType": "select", "groupName": "contactinformation",
			"options": []object{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}}
		for k, v := range change {
			o[k] = v
		}
		return o
	}
	for name, change := range map[string]object{
		"no label": {"label": ""}, "no group": {"groupName": ""}, "unknown group": {"groupName": "nonsense"}, "bad name": {"name": "Job Role"},
		"field of another type": {"fieldType": "number"}, "unknown type": {"type": "list"},
		"label twice": {"options": []object{{"label": "A", "value": "a"}, {"label": "A", "value": "b"}}},
		"value twice": {"options": []object{{"label": "A", "value": "a"}, {"label": "B", "value": "a"}}},
		"no value":    {"options": []object{{"label": "A"}}},
	} {
		t.Run(name, func(t *testing.T) { w.want(400, "POST", properties, good(change)) })
	}
	w.want(404, "GET", properties+"/nonsense", nil)
	w.want(404, "PATCH", properties+"/nonsense", object{"label": "x"})
	w.want(400, "PATCH", properties+"/email", object{"type": "number"})
}

func TestOrdinaryPropertiesOfAPortal(t *testing.T) {
	w := newWorld(t, 0, nil)
	o := w.want(200, "GET", properties, nil)
	mustContain(t, o, `"jobtitle"`, `"hs_role"`, `"hs_merged_object_ids"`)
	s := w.want(200, "GET", properties+"/hs_seniority", nil)
	if n := len(s["options"].([]any)); n != 9 {
		t.Errorf("hs_seniority has %d options, want 9", n)
	}
}

func TestGroupsAndBatches(t *testing.T) {
	w := newWorld(t, 0, nil)
	w.defineRole()
	w.want(409, "POST", properties+"/groups", object{"name": "rolecall", "label": "x"})
	w.want(400, "POST", properties+"/groups", object{"name": "x"})
	mustContain(t, w.want(200, "PATCH", properties+"/groups/rolecall", object{"label": "Labels"}), "Labels")
	mustContain(t, w.want(200, "GET", properties+"/groups", nil), "rolecall", "contactinformation")
	w.want(404, "GET", properties+"/groups/nonsense", nil)
	w.want(400, "DELETE", properties+"/groups/rolecall", nil)
	o := w.want(207, "POST", properties+"/batch/read", object{"inputs": []object{{"name": "job_role"}, {"name": "nonsense"}}})
	if len(results(o)) != 1 || o["numErrors"] != 1.0 {
		t.Errorf("%v", o)
	}
	o = w.want(207, "POST", properties+"/batch/create", object{"inputs": []object{
		{"name": "one", "label": "One", "type": "string", "fieldType": "text", "groupName": "rolecall"}, {"name": "job_role", "label": "x", "type": "string", "fieldType": "text", "groupName": "rolecall"}}})
	if len(results(o)) != 1 {
		t.Errorf("%v", o)
	}
	w.want(204, "POST", properties+"/batch/archive", object{"inputs": []object{{"name": "one"}, {"name": "job_role"}}})
	w.want(204, "DELETE", properties+"/groups/rolecall", nil)
}

func TestAccountAndLimits(t *testing.T) {
	w := newWorld(t, 0, func(o *portal.Options) { o.PortalID = 12345; o.Limits = portal.Tier("professional") })
	for _, v := range []string{"v3", "2026-03", "2026-09"} {
		if o := w.want(200, "GET", "/account-info/"+v+"/details", nil); o["portalId"] != 12345.0 || o["accountType"] != "DEVELOPER_TEST" {
			t.Errorf("%v", o)
		}
	}
	o := w.want(200, "GET", "/account-info/v3/api-usage/daily/private-apps", nil)
	if results(o)[0]["usageLimit"] != 625000.0 || results(o)[0]["currentUsage"] != 4.0 {
		t.Errorf("%v", o)
	}
	w.defineRole()
	for _, p := range []string{"/crm/v3/limits/custom-properties", "/crm/limits/2026-09/custom-properties"} {
		mustContain(t, w.want(200, "GET", p, nil), `"usage":1`, `"limit":1000`)
	}
	w.want(404, "GET", "/crm/v3/limits/nonsense", nil)
}

func TestUnknownPaths(t *testing.T) {
	w := newWorld(t, 0, nil)
	for _, p := range []string{"/crm/v4/objects/contacts", "/crm/objects/2020-01/contacts", "/crm/2026-09/objects/contacts", "/crm/v3/objects/companies", "/crm/v3", "/contacts-api/x",
		"/crm/v3/objects/contacts/1/2", "/crm/v3/properties/contacts/groups/a/b", "/oauth/v2/token", "/oauth/v1", "/account-info/v9/details"} {
		mustContain(t, w.want(404, "GET", p, nil), "No such endpoint")
	}
}
