package portal_test

import (
	"strconv"
	"testing"

	"rolecall/sandbox/portal"
)

func inputs(n int, properties object) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = object{"id": strconv.Itoa(101 + 50*i)}
		if properties != nil {
			out[i]["properties"] = properties
		}
	}
	return out
}

func TestBatchSizes(t *testing.T) {
	w := newWorld(t, 120, nil)
	for _, c := range []struct {
		name, path string
		body       object
		status     int
		words      string
	}{
		{"read of 100", "read", object{"inputs": inputs(100, nil), "properties": []string{"jobtitle"}}, 200, ""},
		{"read of 101", "read", object{"inputs": inputs(101, nil)}, 400, "maximum number of inputs"},
		{"read of 50 with history", "read", object{"inputs": inputs(50, nil), "propertiesWithHistory": []string{"jobtitle"}}, 200, ""},
		{"read of 51 with history", "read", object{"inputs": inputs(51, nil), "propertiesWithHistory": []string{"jobtitle"}}, 400,
			"The maximum number of inputs supported in a batch request for property histories is 50. Please reduce the number of items and try again"},
		{"update of 101", "update", object{"inputs": inputs(101, object{"city": "Ulm"})}, 400, "maximum number of inputs"},
		{"no inputs", "update", object{}, 400, "inputs is required"},
		{"no JSON", "update", object{"inputs": 7}, 400, "Invalid input JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := w.want(c.status, "POST", contacts+"/batch/"+c.path, c.body)
			if c.words != "" {
				mustContain(t, o, c.words)
			}
		})
	}
}

func TestBatchStatusByVersion(t *testing.T) {
	for base, status := range map[string]int{contacts: 207, "/crm/objects/2025-09/contacts": 207, "/crm/objects/2026-03/contacts": 207, "/crm/objects/2026-09/contacts": 200} {
		w := newWorld(t, 2, nil)
		in := append(inputs(2, object{"city": "Ulm"}), object{"id": "7", "properties": object{"city": "Ulm"}})
		o := w.want(status, "POST", base+"/batch/update", object{"inputs": in})
		if len(results(o)) != 2 || o["numErrors"] != 1.0 || o["status"] != "COMPLETE" || o["startedAt"] == nil || o["completedAt"] == nil {
			t.Errorf("%s: %v", base, o)
		}
		mustContain(t, o, `"ids":["7"]`, "OBJECT_NOT_FOUND")
		o = w.want(status, "POST", base+"/batch/read", object{"inputs": in})
		if len(results(o)) != 2 || o["numErrors"] != 1.0 {
			t.Errorf("%s read: %v", base, o)
		}
		w.want(200, "POST", base+"/batch/update", object{"inputs": in[:2]})
	}
}

func TestBadRowWithTraceFailsAlone(t *testing.T) {
	w := newWorld(t, 3, nil)
	w.defineRole()
	in := inputs(3, object{"job_role": "sales"})
	in[1] = object{"id": "151", "objectWriteTraceId": "row-2", "properties": object{"job_role": "chef"}}
	in[2]["objectWriteTraceId"] = "row-3"
	o := w.want(207, "POST", contacts+"/batch/update", object{"inputs": in})
	mustContain(t, o, `"objectWriteTraceId":["row-2"]`, "INVALID_OPTION", `"objectWriteTraceId":"row-3"`)
	if len(results(o)) != 2 {
		t.Errorf("%d rows written, want 2", len(results(o)))
	}
}

func TestBadRowWithoutTraceRefusesTheBatch(t *testing.T) {
	w := newWorld(t, 3, nil)
	w.defineRole()
	for name, bad := range map[string]object{
		"option":      {"id": "151", "properties": object{"job_role": "chef"}},
		"unknown":     {"id": "151", "properties": object{"job_rol": "sales"}},
		"read-only":   {"id": "151", "properties": object{"createdate": "1"}},
		"duplicate":   {"id": "101", "properties": object{"job_role": "sales"}},
		"id property": {"id": "151", "idProperty": "hs_object_id", "properties": object{"job_role": "sales"}},
		"null":        {"id": "151", "properties": object{"job_role": nil}},
	} {
		in := inputs(3, object{"job_role": "sales"})
		in[1] = bad
		o := w.want(400, "POST", contacts+"/batch/update", object{"inputs": in})
		mustContain(t, o, "VALIDATION_ERROR")
		if r, _ := w.s.Record("101"); r.Properties["job_role"] != "" {
			t.Errorf("%s: the good rows were written although the batch was refused", name)
		}
	}
}

func TestRefusedContactByAdministratorsRule(t *testing.T) {
	w := newWorld(t, 2, nil)
	if err := w.s.RefuseWrites("151", "Property country is required"); err != nil {
		t.Fatal(err)
	}
	mustContain(t, w.want(400, "PATCH", contacts+"/151", object{"properties": object{"city": "Ulm"}}), "country is required")
	w.want(400, "POST", contacts+"/batch/update", object{"inputs": inputs(2, object{"city": "Ulm"})})
	if err := w.s.RefuseWrites("151", ""); err != nil {
		t.Fatal(err)
	}
	w.want(200, "POST", contacts+"/batch/update", object{"inputs": inputs(2, object{"city": "Ulm"})})
}

func TestBatchReadOfMergedAndDoubledIDs(t *testing.T) {
	w := newWorld(t, 3, nil)
	if _, err := w.s.Merge("101", "151"); err != nil {
		t.Fatal(err)
	}
	o := w.want(200, "POST", contacts+"/batch/read", object{"inputs": []object{{"id": "201"}, {"id": "151"}, {"id": "101"}}})
	rs := results(o)
	if len(rs) != 2 || rs[0]["id"] != "101" || rs[1]["id"] != "201" {
		t.Errorf("%v", rs)
	}
}

func TestBatchCreateUpsertArchive(t *testing.T) {
	w := newWorld(t, 1, nil)
	o := w.want(201, "POST", contacts+"/batch/create", object{"inputs": []object{
		{"properties": object{"email": "a@example.org"}}, {"properties": object{"email": "b@example.org"}}}})
	if len(results(o)) != 2 {
		t.Fatalf("%v", o)
	}
	w.want(409, "POST", contacts+"/batch/create", object{"inputs": []object{{"properties": object{"email": "a@example.org"}}}})
	mustContain(t, w.want(207, "POST", contacts+"/batch/create", object{"inputs": []object{
		{"objectWriteTraceId": "t1", "properties": object{"email": "a@example.org"}}, {"properties": object{"email": "c@example.org"}}}}), "CONFLICT", `["t1"]`)
	mustContain(t, w.want(400, "POST", contacts+"/batch/upsert", object{"inputs": []object{{"id": "a@example.org", "properties": object{}}}}), "idProperty")
	o = w.want(200, "POST", contacts+"/batch/upsert", object{"inputs": []object{
		{"id": "a@example.org", "idProperty": "email", "properties": object{"city": "Ulm"}},
		{"id": "d@example.org", "idProperty": "email", "properties": object{"city": "Bonn"}}}})
	if rs := results(o); rs[0]["new"] != false || rs[1]["new"] != true {
		t.Errorf("%v", rs)
	}
	w.want(204, "POST", contacts+"/batch/archive", object{"inputs": []object{{"id": "101"}, {"id": "424242"}}})
	w.want(404, "GET", contacts+"/101", nil)
}

func TestWriteLogKeepsTraceAndValue(t *testing.T) {
	w := newWorld(t, 1, func(o *portal.Options) { o.Tokens = map[string]portal.Token{"pat-test": {AppID: 4711}} })
	w.want(200, "POST", contacts+"/batch/update", object{"inputs": []object{{"id": "101", "objectWriteTraceId": "ob-1", "properties": object{"city": "Ulm"}}}})
	w.want(200, "POST", contacts+"/batch/update", object{"inputs": []object{{"id": "101", "objectWriteTraceId": "ob-2", "properties": object{"city": "Ulm"}}}})
	st := w.s.Stats(true, "101")
	if len(st.Writes) != 2 || st.Writes[0].Trace != "ob-1" || st.Writes[1].Value != "Ulm" || st.Writes[0].App != 4711 || st.ByKind["write"] != 2 {
		t.Errorf("%+v", st)
	}
	if h := w.s.History("101", "city"); len(h) != 1 {
		t.Errorf("writing the same value again made %d versions, want 1", len(h))
	}
}
