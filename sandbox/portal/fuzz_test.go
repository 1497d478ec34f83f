package portal_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"rolecall/sandbox/portal"
)

// answered sends a body that a stranger wrote and holds the answer to what every
// answer must be: one of the statuses, and JSON.
func answered(t *testing.T, s *portal.Server, method, path, body string, statuses ...int) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !slices.Contains(statuses, w.Code) {
		t.Errorf("%s: status %d for %q: %s", path, w.Code, body, w.Body)
	}
	if w.Code != http.StatusNoContent && !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s: the answer to %q is no JSON: %s", path, body, w.Body)
	}
}

func fuzzed(t testing.TB) *portal.Server {
	s := portal.New(portal.Options{Now: newClock().now})
	if _, err := s.Add(slices.Values(people(20))); err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzSearchBody(f *testing.F) {
	for _, seed := range []string{
		`{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"1764000000000"}]}],"sorts":["-lastmodifieddate"],"limit":200,"after":"0"}`,
		`{"filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"BETWEEN","value":"-9223372036854775808","highValue":9223372036854775807}]}],"sorts":[{"propertyName":"jobtitle","direction":"DESCENDING"}]}`,
		`{"filterGroups":[{"filters":[{"propertyName":"jobtitle","operator":"IN","values":["a",1,true]}]},{"filters":[]}],"query":"ada lovelace","properties":["jobtitle","x"]}`,
		`{"limit":0,"after":9999}`, `{"sorts":[1]}`, `[]`, `{"filterGroups":[{"filters":[{"propertyName":"createdate","operator":"EQ","value":"1e400"}]}]}`,
	} {
		f.Add(seed)
	}
	s := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		answered(t, s, "POST", "/crm/v3/objects/contacts/search", body, 200, 400)
	})
}

func FuzzBatchBodies(f *testing.F) {
	for _, seed := range []string{
		`{"inputs":[{"id":"101","properties":{"jobtitle":"CEO","hs_role":"sales"}},{"id":"x","properties":{}}]}`,
		`{"inputs":[{"id":"101","idProperty":"email","objectWriteTraceId":"t","properties":{"email":1}}],"properties":["jobtitle"],"propertiesWithHistory":["jobtitle"]}`,
		`{"inputs":[{"id":101}]}`, `{"inputs":null}`, `{"inputs":[null]}`, `{"inputs":[{"name":"p","label":"P","type":"string","fieldType":"text","groupName":"contactinformation","options":[{}]}]}`,
		`{"primaryObjectId":"101","objectIdToMerge":"151","objectId":201}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := fuzzed(t)
		for _, path := range []string{"batch/read", "batch/update", "batch/upsert", "batch/create", "merge", "batch/archive", "gdpr-delete"} {
			answered(t, s, "POST", "/crm/v3/objects/contacts/"+path, body, 200, 201, 204, 207, 400, 404, 409)
		}
		answered(t, s, "PATCH", "/crm/v3/objects/contacts/101", body, 200, 400, 404, 409)
		for _, path := range []string{"", "/batch/create", "/batch/read", "/groups"} {
			answered(t, s, "POST", "/crm/v3/properties/contacts"+path, body, 200, 201, 207, 400, 409)
		}
		answered(t, s, "PATCH", "/crm/v3/properties/contacts/jobtitle", body, 200, 400)
		answered(t, s, "GET", "/crm/v3/objects/contacts?limit=50&propertiesWithHistory=jobtitle", "", 200)
	})
}
