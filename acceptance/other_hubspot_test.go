package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// otherHubSpot is another stand-in, as small as can be and written from HubSpot's public documentation alone: contacts
// (list, search, batch read, batch update, one by id), properties, property groups, account details. It shares no
// code with the sandbox and differs from it wherever the documentation leaves room: answers of a batch come in
// another order than was asked, paging tokens are no numbers, times have no fraction, ids are long, there are
// no headers about limits, and answers hold fields that nobody has heard of.
type otherHubSpot struct {
	mu         sync.Mutex
	records    map[string]*otherRecord
	properties map[string]map[string]any
	groups     map[string]map[string]any
	clock      time.Time
	updates    int
	reads      int
	unknown    []string
	mux        *http.ServeMux
}

type otherRecord struct {
	values  map[string]string
	history map[string][]map[string]any
	changed time.Time
}

// newOtherHubSpot answers the paths of one API version only: "v3", or a dated one.
func newOtherHubSpot(version string) *otherHubSpot {
	h := &otherHubSpot{records: map[string]*otherRecord{}, properties: map[string]map[string]any{}, groups: map[string]map[string]any{}, mux: http.NewServeMux()}
	h.clock = time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	for _, name := range []string{"jobtitle", "company", "lastmodifieddate", "hs_object_id", "hs_merged_object_ids", "createdate"} {
		h.properties[name] = map[string]any{"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "contactinformation", "hubspotDefined": true}
	}
	objects, properties, account := "/crm/v3/objects/contacts", "/crm/v3/properties/contacts", "/account-info/v3/details"
	if version != "v3" {
		objects, properties, account = "/crm/objects/"+version+"/contacts", "/crm/properties/"+version+"/contacts", "/account-info/"+version+"/details"
	}
	for pattern, answer := range map[string]func(r *http.Request) (int, any){
		"GET " + account:                     h.account,
		"GET " + objects:                     h.list,
		"GET " + objects + "/{id}":           h.one,
		"POST " + objects + "/search":        h.search,
		"POST " + objects + "/batch/read":    h.batchRead,
		"POST " + objects + "/batch/update":  h.batchUpdate,
		"GET " + properties:                  h.allProperties,
		"POST " + properties:                 h.makeProperty,
		"GET " + properties + "/{name}":      h.property,
		"PATCH " + properties + "/{name}":    h.changeProperty,
		"POST " + properties + "/groups":     h.makeGroup,
		"GET " + properties + "/groups/{id}": h.group,
	} {
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { h.answer(w, r, answer) })
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.answer(w, r, func(r *http.Request) (int, any) {
			h.unknown = append(h.unknown, r.Method+" "+r.URL.Path)
			return refusal(404, "OBJECT_NOT_FOUND", "No route found")
		})
	})
	return h
}

func (h *otherHubSpot) answer(w http.ResponseWriter, r *http.Request, f func(*http.Request) (int, any)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	status, body := 0, any(nil)
	if r.Header.Get("Authorization") != "Bearer "+goodToken {
		status, body = refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
	} else {
		status, body = f(r)
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone away is its own affair
}

func refusal(status int, category, message string) (int, any) {
	return status, map[string]any{"status": "error", "category": category, "message": message, "correlationId": "0b5c1c1e-0000-4000-8000-00000000abcd"}
}

// counts says how many batches were written and how often it was read.
func (h *otherHubSpot) counts() (updates, reads int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.updates, h.reads
}

func (h *otherHubSpot) account(*http.Request) (int, any) {
	return 200, map[string]any{"portalId": 424242, "accountType": "STANDARD", "timeZone": "Europe/Berlin", "companyCurrency": "EUR", "utcOffset": "+01:00", "uiDomain": "app.hubspot.com"}
}

// add makes a contact and returns its id.
func (h *otherHubSpot) add(title string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := strconv.Itoa(90_071_992_547 + 7919*len(h.records))
	h.records[id] = &otherRecord{values: map[string]string{}, history: map[string][]map[string]any{}}
	h.write(id, map[string]string{"jobtitle": title}, "CRM_UI", "userId:77")
	return id
}

// person sets values as somebody in HubSpot does.
func (h *otherHubSpot) person(id string, values map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.write(id, values, "CRM_UI", "userId:77")
}

func (h *otherHubSpot) write(id string, values map[string]string, source, sourceID string) {
	h.clock = later(h.clock.Add(time.Second), time.Now().UTC().Truncate(time.Second))
	r := h.records[id]
	r.changed = h.clock
	for name, value := range values {
		r.values[name] = value
		entry := map[string]any{"value": value, "timestamp": h.clock.Format(time.RFC3339), "sourceType": source, "sourceId": sourceID}
		r.history[name] = append([]map[string]any{entry}, r.history[name]...)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// show is a record as answers hold it.
func (h *otherHubSpot) show(id string, names, versions []string) map[string]any {
	r := h.records[id]
	values := map[string]any{"hs_object_id": id, "lastmodifieddate": r.changed.Format(time.RFC3339), "createdate": r.changed.Format(time.RFC3339)}
	for _, name := range names {
		if _, set := values[name]; set {
			continue
		}
		values[name] = nil
		if v, ok := r.values[name]; ok && v != "" {
			values[name] = v
		}
	}
	out := map[string]any{"id": id, "properties": values, "createdAt": r.changed.Format(time.RFC3339), "updatedAt": r.changed.Format(time.RFC3339), "archived": false,
		"url": "https://app.hubspot.com/contacts/424242/record/0-1/" + id, "somethingNew": map[string]any{"nested": []int{1}}}
	if len(versions) > 0 {
		history := map[string]any{}
		for _, name := range versions {
			history[name] = append([]map[string]any{}, r.history[name]...)
		}
		out["propertiesWithHistory"] = history
	}
	return out
}

func (h *otherHubSpot) list(r *http.Request) (int, any) {
	h.reads++
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		return refusal(400, "VALIDATION_ERROR", "limit must be between 1 and 100")
	}
	results := []any{}
	if q.Get("archived") == "true" {
		return 200, map[string]any{"results": results}
	}
	names := strings.Split(q.Get("properties"), ",")
	from := strings.TrimPrefix(q.Get("after"), "after-")
	next := ""
	for _, id := range slices.Sorted(maps.Keys(h.records)) {
		if id <= from {
			continue
		}
		if len(results) == limit {
			break
		}
		results, next = append(results, h.show(id, names, nil)), id
	}
	body := map[string]any{"results": results}
	if len(results) == limit {
		body["paging"] = map[string]any{"next": map[string]any{"after": "after-" + next, "link": "https://api.hubapi.com/ignored"}}
	}
	return 200, body
}

func (h *otherHubSpot) one(r *http.Request) (int, any) {
	h.reads++
	id := r.PathValue("id")
	if h.records[id] == nil {
		return refusal(404, "OBJECT_NOT_FOUND", "resource not found")
	}
	q := r.URL.Query()
	var versions []string
	if v := q.Get("propertiesWithHistory"); v != "" {
		versions = strings.Split(v, ",")
	}
	return 200, h.show(id, strings.Split(q.Get("properties"), ","), versions)
}

// comparable is a property as a number: a time in milliseconds, an id.
func (h *otherHubSpot) comparable(id, name string) int64 {
	switch name {
	case "lastmodifieddate":
		return h.records[id].changed.UnixMilli()
	case "hs_object_id":
		n, _ := strconv.ParseInt(id, 10, 64) // ids are made of digits
		return n
	}
	return 0
}

func (h *otherHubSpot) search(r *http.Request) (int, any) {
	h.reads++
	var in struct {
		FilterGroups []struct {
			Filters []struct{ PropertyName, Operator, Value string }
		}
		Sorts      []struct{ PropertyName, Direction string }
		Properties []string
		Limit      int
		After      string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return refusal(400, "VALIDATION_ERROR", "Invalid input JSON: "+err.Error())
	}
	if in.Limit < 1 || in.Limit > 200 {
		return refusal(400, "VALIDATION_ERROR", "limit must be between 1 and 200")
	}
	var found []string
	for id := range h.records {
		for _, group := range in.FilterGroups {
			fits := true
			for _, f := range group.Filters {
				is := h.comparable(id, f.PropertyName)
				than, err := strconv.ParseInt(f.Value, 10, 64)
				if err != nil {
					return refusal(400, "VALIDATION_ERROR", "value "+f.Value+" is no number")
				}
				fits = fits && map[string]bool{"GTE": is >= than, "GT": is > than, "LTE": is <= than, "LT": is < than, "EQ": is == than}[f.Operator]
			}
			if fits {
				found = append(found, id)
				break
			}
		}
	}
	slices.Sort(found)
	for _, s := range in.Sorts {
		slices.SortStableFunc(found, func(a, b string) int {
			d := int(h.comparable(a, s.PropertyName) - h.comparable(b, s.PropertyName))
			if s.Direction == "DESCENDING" {
				return -d
			}
			return d
		})
	}
	body := map[string]any{"total": len(found)}
	start, _ := strconv.Atoi(in.After) // blank: from the beginning
	end := min(len(found), start+in.Limit)
	results := []any{}
	for _, id := range found[min(start, len(found)):end] {
		results = append(results, h.show(id, in.Properties, nil))
	}
	body["results"] = results
	if end < len(found) {
		body["paging"] = map[string]any{"next": map[string]any{"after": strconv.Itoa(end)}}
	}
	return 200, body
}

func (h *otherHubSpot) batchRead(r *http.Request) (int, any) {
	h.reads++
	var in struct {
		Properties            []string
		PropertiesWithHistory []string
		Inputs                []struct{ ID string }
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return refusal(400, "VALIDATION_ERROR", "Invalid input JSON: "+err.Error())
	}
	if len(in.Inputs) > 100 || len(in.PropertiesWithHistory) > 0 && len(in.Inputs) > 50 {
		return refusal(400, "VALIDATION_ERROR", "too many inputs")
	}
	results, missing := []any{}, []string{}
	for _, x := range slices.Backward(in.Inputs) {
		if h.records[x.ID] == nil {
			missing = append(missing, x.ID)
			continue
		}
		results = append(results, h.show(x.ID, in.Properties, in.PropertiesWithHistory))
	}
	return h.batch(results, missing)
}

// batch is the answer of a batch: 207 where some of it could not be done.
func (h *otherHubSpot) batch(results []any, missing []string) (int, any) {
	body := map[string]any{"status": "COMPLETE", "results": results, "startedAt": h.clock.Format(time.RFC3339), "completedAt": h.clock.Format(time.RFC3339)}
	if len(missing) == 0 {
		return 200, body
	}
	body["numErrors"] = 1
	body["errors"] = []any{map[string]any{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
		"context": map[string]any{"ids": missing}}}
	return 207, body
}

func (h *otherHubSpot) batchUpdate(r *http.Request) (int, any) {
	var in struct {
		Inputs []struct {
			ID         string
			Properties map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return refusal(400, "VALIDATION_ERROR", "Invalid input JSON: "+err.Error())
	}
	if len(in.Inputs) == 0 || len(in.Inputs) > 100 {
		return refusal(400, "VALIDATION_ERROR", "between 1 and 100 inputs are needed")
	}
	for _, x := range in.Inputs {
		for name, value := range x.Properties {
			if why := h.refuses(name, value); why != "" {
				return refusal(400, "VALIDATION_ERROR", "Property values were not valid: "+why)
			}
		}
	}
	h.updates++
	results, missing := []any{}, []string{}
	for _, x := range slices.Backward(in.Inputs) {
		if h.records[x.ID] == nil {
			missing = append(missing, x.ID)
			continue
		}
		h.write(x.ID, x.Properties, "INTEGRATION", "app-5150")
		results = append(results, h.show(x.ID, slices.Collect(maps.Keys(x.Properties)), nil))
	}
	return h.batch(results, missing)
}

// refuses says why a value may not be set; "" when it may.
func (h *otherHubSpot) refuses(name, value string) string {
	p := h.properties[name]
	if p == nil {
		return "Property " + name + " does not exist"
	}
	if p["type"] != "enumeration" || value == "" {
		return ""
	}
	options, _ := p["options"].([]any) // a property without options has none
	for _, o := range options {
		if option, ok := o.(map[string]any); ok && option["value"] == value {
			return ""
		}
	}
	return value + " was not one of the allowed options of " + name
}

func (h *otherHubSpot) allProperties(*http.Request) (int, any) {
	return 200, map[string]any{"results": slices.Collect(maps.Values(h.properties))}
}

func (h *otherHubSpot) property(r *http.Request) (int, any) {
	if p := h.properties[r.PathValue("name")]; p != nil {
		return 200, p
	}
	return refusal(404, "OBJECT_NOT_FOUND", "Property "+r.PathValue("name")+" does not exist")
}

func (h *otherHubSpot) makeProperty(r *http.Request) (int, any) {
	var p map[string]any
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		return refusal(400, "VALIDATION_ERROR", "Invalid input JSON: "+err.Error())
	}
	for _, field := range []string{"name", "label", "type", "fieldType", "groupName"} {
		if p[field] == nil {
			return refusal(400, "VALIDATION_ERROR", "Some required fields were not set: ["+field+"]")
		}
	}
	name := fmt.Sprint(p["name"])
	if h.properties[name] != nil {
		return refusal(409, "CONFLICT", "Property "+name+" already exists")
	}
	if h.groups[fmt.Sprint(p["groupName"])] == nil {
		return refusal(400, "VALIDATION_ERROR", "the property group does not exist")
	}
	h.properties[name] = p
	return 201, p
}

func (h *otherHubSpot) changeProperty(r *http.Request) (int, any) {
	p := h.properties[r.PathValue("name")]
	if p == nil {
		return h.property(r)
	}
	var change map[string]any
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		return refusal(400, "VALIDATION_ERROR", "Invalid input JSON: "+err.Error())
	}
	maps.Copy(p, change)
	return 200, p
}

func (h *otherHubSpot) makeGroup(r *http.Request) (int, any) {
	var g map[string]any
	if err := json.NewDecoder(r.Body).Decode(&g); err != nil || g["name"] == nil || g["label"] == nil {
		return refusal(400, "VALIDATION_ERROR", "Some required fields were not set: [name, label]")
	}
	h.groups[fmt.Sprint(g["name"])] = g
	return 201, g
}

func (h *otherHubSpot) group(r *http.Request) (int, any) {
	if g := h.groups[r.PathValue("id")]; g != nil {
		return 200, g
	}
	return refusal(404, "OBJECT_NOT_FOUND", "the property group does not exist")
}

// labels are the two labels of a contact.
func (h *otherHubSpot) labels(id string) (role, seniority string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.records[id].values["job_role"], h.records[id].values["job_seniority"]
}

func TestAHubSpotThatIsNotOurSandbox(t *testing.T) {
	if testing.Short() {
		t.Skip("several runs")
	}
	for _, version := range []string{"v3", "2026-03", "2026-09"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			h := newOtherHubSpot(version)
			o := newOffice(t, true)
			o.before(func(w http.ResponseWriter, r *http.Request) bool { h.mux.ServeHTTP(w, r); return true })
			o.set("ROLECALL_HUBSPOT_VERSION", version, "ROLECALL_HUBSPOT_PORTAL_ID", "424242")
			synced(t, o, h)
		})
	}
}

// synced is the life of a portal in short: a first sync, a quiet run, new contacts, a person's edit, undo.
func synced(t *testing.T, o *office, h *otherHubSpot) {
	var ids []string
	for i := range 230 {
		ids = append(ids, h.add([]string{"Chief Executive Officer", "Marketing Manager", "Software Engineer", "HR Business Partner", ""}[i%5]))
	}
	o.run("init").want(0, "portal 424242 (STANDARD)")
	o.sheet().apply()
	o.run("check").want(0, "Ready.")
	o.run("sync").want(4, "230 contacts read")
	if updates, _ := h.counts(); updates != 0 {
		t.Fatalf("a held run made %d updates", updates)
	}
	o.run("sync", "--accept-held").want(0, "184 contacts updated")
	for i, want := range []string{"general_management c_level", "marketing manager", "engineering", "human_resources", ""} {
		role, seniority := h.labels(ids[i])
		if got := strings.TrimSpace(role + " " + seniority); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("contact %d shows %q, want %q", i, got, want)
		}
	}
	o.run("check").want(0, "Ready.", "ok       HubSpot").without("warning")

	updates, reads := h.counts()
	o.run("sync").want(0, "0 contacts updated")
	if u, r := h.counts(); u != updates || r-reads > 4 {
		t.Errorf("a quiet run made %d updates and %d reads", u-updates, r-reads)
	}

	fresh := h.add("Sales Manager")
	h.person(ids[0], map[string]string{"job_role": "sales"})
	o.run("sync").want(0, "1 contacts updated")
	if role, seniority := h.labels(fresh); role != "sales" || seniority != "manager" {
		t.Errorf("the new contact shows %q and %q", role, seniority)
	}
	if role, _ := h.labels(ids[0]); role != "sales" {
		t.Errorf("what a person chose became %q", role)
	}
	o.run("undo").want(0)
	if role, seniority := h.labels(fresh); role != "" || seniority != "" {
		t.Errorf("after undo the new contact shows %q and %q", role, seniority)
	}
	if len(h.unknown) > 0 {
		t.Errorf("asked for what is not documented: %v", h.unknown)
	}
}
