package portal_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/sandbox/portal"
)

func (w *world) search(body any) object {
	w.t.Helper()
	return w.want(200, "POST", contacts+"/search", body)
}

func ids(o object) string {
	var out []string
	for _, r := range results(o) {
		out = append(out, r["id"].(string))
	}
	return strings.Join(out, " ")
}

func where(filters ...object) object {
	return object{"filterGroups": []object{{"filters": filters}}, "limit": 200}
}

func f(property, operator string, value any) object {
	o := object{"propertyName": property, "operator": operator}
	switch v := value.(type) {
	case nil:
	case []string:
		o["values"] = v
	default:
		o["value"] = v
	}
	return o
}

func TestSearchOperators(t *testing.T) {
	w := newWorld(t, 5, nil) // 101 Head of Sales, 151 Ingénieur logiciel, 201 n/a, 251 VP Mktg EMEA, 301 Personalreferentin (m/w/d)
	w.want(200, "PATCH", contacts+"/201", object{"properties": object{"jobtitle": ""}})
	between := f("hs_object_id", "BETWEEN", "151")
	between["highValue"] = "251"
	for _, c := range []struct {
		name   string
		filter object
		want   string
	}{
		{"EQ whatever the case", f("jobtitle", "EQ", "head OF sales"), "101"},
		{"NEQ accepts the empty", f("jobtitle", "NEQ", "Head of Sales"), "151 201 251 301"},
		{"IN in lower case", f("jobtitle", "IN", []string{"head of sales", "vp mktg emea"}), "101 251"},
		{"IN in upper case finds nothing", f("jobtitle", "IN", []string{"Head of Sales"}), ""},
		{"NOT_IN", f("jobtitle", "NOT_IN", []string{"head of sales"}), "151 201 251 301"},
		{"HAS_PROPERTY", f("jobtitle", "HAS_PROPERTY", nil), "101 151 251 301"},
		{"NOT_HAS_PROPERTY", f("jobtitle", "NOT_HAS_PROPERTY", nil), "201"},
		{"CONTAINS_TOKEN is a whole token", f("jobtitle", "CONTAINS_TOKEN", "sale"), ""},
		{"CONTAINS_TOKEN", f("jobtitle", "CONTAINS_TOKEN", "sales"), "101"},
		{"CONTAINS_TOKEN with star", f("jobtitle", "CONTAINS_TOKEN", "sal*"), "101"},
		{"NOT_CONTAINS_TOKEN", f("jobtitle", "NOT_CONTAINS_TOKEN", "sales"), "151 201 251 301"},
		{"GT on id", f("hs_object_id", "GT", "201"), "251 301"},
		{"LTE on id", f("hs_object_id", "LTE", 151), "101 151"},
		{"BETWEEN includes both ends", between, "151 201 251"},
		{"LT on text", f("jobtitle", "LT", "i"), "101"},
		{"EQ on id", f("hs_object_id", "EQ", "301"), "301"},
		{"IN on id", f("hs_object_id", "IN", []string{"301", "101"}), "101 301"},
		{"time in milliseconds", f("createdate", "GT", "0"), "101 151 201 251 301"},
		{"time as ISO", f("lastmodifieddate", "GTE", "2026-11-25T09:00:30Z"), "201"},
		{"hs_lastmodifieddate is silently empty", f("hs_lastmodifieddate", "GT", "0"), ""},
		{"hs_lastmodifieddate is empty for every operator", f("hs_lastmodifieddate", "NEQ", "0"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := w.search(where(c.filter))
			if got := ids(o); got != c.want || int(o["total"].(float64)) != len(results(o)) {
				t.Errorf("found %q (total %v), want %q", got, o["total"], c.want)
			}
		})
	}
	both := object{"filterGroups": []object{{"filters": []object{f("hs_object_id", "EQ", "101")}}, {"filters": []object{f("jobtitle", "EQ", "VP Mktg EMEA")}}}}
	if got := ids(w.search(both)); got != "101 251" {
		t.Errorf("two groups are alternatives: %q", got)
	}
	changed, others := f("lastmodifieddate", "GTE", "2026-11-25T09:00:30Z"), f("lastmodifieddate", "LTE", "2026-11-25T09:00:29Z")
	for _, c := range []struct {
		name   string
		groups []object
		want   string
	}{
		{"later, or earlier and not named", []object{{"filters": []object{changed}}, {"filters": []object{others, f("hs_object_id", "NOT_IN", []string{"101", "301"})}}}, "151 201 251"},
		{"later, or this one whenever", []object{{"filters": []object{changed}}, {"filters": []object{f("hs_object_id", "EQ", "301")}}}, "201 301"},
		{"never, or later", []object{{"filters": []object{changed, others}}, {"filters": []object{changed}}}, "201"},
	} {
		if got := ids(w.search(object{"filterGroups": c.groups, "sorts": []string{"hs_object_id"}})); got != c.want {
			t.Errorf("two groups, %s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := ids(w.search(object{"query": "ada3"})); got != "251" {
		t.Errorf("query: %q", got)
	}
}

func TestSearchRefusals(t *testing.T) {
	w := newWorld(t, 1, nil)
	many := func(n int) (out []object) {
		for range n {
			out = append(out, object{"filters": []object{f("jobtitle", "EQ", "x")}})
		}
		return out
	}
	for name, body := range map[string]any{
		"limit 201":             object{"limit": 201},
		"after beyond 10,000":   object{"after": "10000"},
		"page across 10,000":    object{"after": "9900", "limit": 200},
		"after is no number":    object{"after": "abc"},
		"six groups":            object{"filterGroups": many(6)},
		"unknown operator":      where(f("jobtitle", "LIKE", "x")),
		"unknown property":      where(f("job_titel", "EQ", "x")),
		"unknown sort":          object{"sorts": []string{"job_titel"}},
		"bad direction":         object{"sorts": []object{{"propertyName": "email", "direction": "UP"}}},
		"IN without values":     where(f("jobtitle", "IN", nil)),
		"EQ without value":      where(f("jobtitle", "EQ", nil)),
		"HAS_PROPERTY of value": where(f("jobtitle", "HAS_PROPERTY", "x")),
		"bad time":              where(f("lastmodifieddate", "GT", "yesterday")),
		"too many filters":      where(slices.Repeat([]object{f("jobtitle", "EQ", "x")}, 7)...),
		"body of 3,001":         object{"query": strings.Repeat("é", 3000)},
		"no JSON":               "{",
	} {
		t.Run(name, func(t *testing.T) {
			mustContain(t, w.want(400, "POST", contacts+"/search", body), "VALIDATION_ERROR")
		})
	}
	w.search(object{"query": strings.Repeat("é", 2900)})
	w.search(object{"filterGroups": many(5), "after": "9800", "limit": 200})
}

func TestSearchHonoursOneSort(t *testing.T) {
	w := newWorld(t, 5, nil)
	for _, c := range []struct {
		name  string
		sorts any
		want  string
	}{
		{"none: by creation", nil, "101 151 201 251 301"},
		{"string", []string{"jobtitle"}, "101 151 201 301 251"},
		{"string descending", []string{"-jobtitle"}, "251 301 201 151 101"},
		{"object", []object{{"propertyName": "hs_object_id", "direction": "DESCENDING"}}, "301 251 201 151 101"},
		{"the second is ignored", []string{"lifecyclestage", "-hs_object_id"}, ids(w.search(object{"sorts": []string{"lifecyclestage"}}))},
	} {
		if got := ids(w.search(object{"sorts": c.sorts})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A reader that sorts by time of change and pages by offset sees everything once.
func TestSearchByChangePagesThroughAll(t *testing.T) {
	for _, sort := range []string{"lastmodifieddate", "-lastmodifieddate", "hs_object_id", "-hs_object_id"} {
		for _, filtered := range []bool{false, true} {
			w := newWorld(t, 3000, nil)
			w.s.RandomEdits(1500)
			seen, after, last := map[string]bool{}, "", ""
			for {
				body := object{"limit": 200, "after": after, "sorts": []string{sort}, "properties": []string{"lastmodifieddate"}}
				if filtered {
					body["filterGroups"] = where(f("lastmodifieddate", "GT", "1"), f("email", "HAS_PROPERTY", nil))["filterGroups"]
				}
				o := w.search(body)
				for _, r := range results(o) {
					seen[r["id"].(string)] = true
					at := dig(r, "properties", "lastmodifieddate").(string)
					at = strings.Replace(at, ":00Z", ":00.000Z", 1)
					if sort == "lastmodifieddate" && at < last {
						t.Fatalf("out of order: %s after %s", at, last)
					}
					last = at
				}
				next, ok := dig(o, "paging", "next", "after").(string)
				if !ok {
					break
				}
				after = next
			}
			if len(seen) != w.s.Len() {
				t.Errorf("%s filtered=%v: saw %d of %d", sort, filtered, len(seen), w.s.Len())
			}
		}
	}
}

// More contacts of one timestamp than search can page through: only a window
// by id gets on.
func TestMonthEndGivesTenThousandsOneTimestamp(t *testing.T) {
	w := newWorld(t, 12_000, nil)
	if n := w.s.MonthEndTouch(1); n != 12_000 {
		t.Fatalf("touched %d", n)
	}
	stamp := strconv.FormatInt(w.clock.now().UnixMilli(), 10)
	o := w.search(object{"limit": 200, "after": "9800", "sorts": []string{"lastmodifieddate"}, "filterGroups": where(f("lastmodifieddate", "EQ", stamp))["filterGroups"]})
	if o["total"] != 12000.0 || dig(o, "paging", "next", "after") != "10000" {
		t.Errorf("total %v, next %v: a client must be led to the wall", o["total"], dig(o, "paging", "next", "after"))
	}
	if results(o)[0]["id"] == "490101" {
		t.Error("contacts of one timestamp stand in the order of their ids: that would hide a missing keyset")
	}
	seen, last := 0, "0"
	for {
		body := where(f("lastmodifieddate", "EQ", stamp), f("hs_object_id", "GT", last))
		body["sorts"] = []string{"hs_object_id"}
		rs := results(w.search(body))
		if len(rs) == 0 {
			break
		}
		seen += len(rs)
		last = rs[len(rs)-1]["id"].(string)
	}
	if seen != 12_000 {
		t.Errorf("keyset saw %d of 12000", seen)
	}
}

func TestIndexLagHidesChanges(t *testing.T) {
	w := newWorld(t, 2, func(o *portal.Options) { o.IndexLag = 10 * time.Second })
	byTitle := func(title string) string { return ids(w.search(where(f("jobtitle", "EQ", title)))) }
	w.want(200, "PATCH", contacts+"/101", object{"properties": object{"jobtitle": "CEO"}})
	created := w.want(201, "POST", contacts, object{"properties": object{"jobtitle": "CEO"}})["id"].(string)
	w.want(204, "DELETE", contacts+"/151", nil)
	if got := byTitle("CEO"); got != "" {
		t.Errorf("search sees %q before the index does", got)
	}
	o := w.search(where(f("jobtitle", "EQ", "Head of Sales")))
	if ids(o) != "101" {
		t.Error("search does not show the state before the change")
	}
	if w.want(200, "GET", contacts+"/101?properties=jobtitle", nil); dig(w.want(200, "GET", contacts+"/101?properties=jobtitle", nil), "properties", "jobtitle") != "CEO" {
		t.Error("reading by id lags")
	}
	if got := ids(w.search(object{})); got != "101 151" {
		t.Errorf("search sees %q, want the archived contact still there", got)
	}
	w.clock.advance(11 * time.Second)
	if got := byTitle("CEO"); got != "101 "+created {
		t.Errorf("after the lag search sees %q", got)
	}
	if got := ids(w.search(object{})); got != "101 "+created {
		t.Errorf("after the lag search sees %q", got)
	}
}

func TestJitterMakesLaterChangesVisibleFirst(t *testing.T) {
	w := newWorld(t, 200, func(o *portal.Options) { o.IndexLag, o.IndexJitter = time.Second, time.Minute })
	start := w.clock.now().UnixMilli()
	for i := range 200 {
		w.clock.advance(100 * time.Millisecond)
		if err := w.s.EditAsUser(strconv.Itoa(101+50*i), 1, map[string]string{"city": fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.advance(5 * time.Second)
	body := where(f("lastmodifieddate", "GTE", strconv.FormatInt(start, 10)))
	body["sorts"] = []string{"lastmodifieddate"}
	o := w.search(body)
	n := len(results(o))
	if n == 0 || n == 200 {
		t.Fatalf("%d visible, want some", n)
	}
	lastSeen, _ := strconv.Atoi(results(o)[n-1]["id"].(string))
	if (lastSeen-101)/50+1 == n {
		t.Error("changes became visible in order")
	}
	w.clock.advance(2 * time.Minute)
	if n := len(results(w.search(body))); n != 200 {
		t.Errorf("%d visible in the end, want 200", n)
	}
}

func TestArchivedAndMergedLeaveSearch(t *testing.T) {
	w := newWorld(t, 4, nil)
	if _, err := w.s.Merge("101", "151"); err != nil {
		t.Fatal(err)
	}
	if err := w.s.Archive("201"); err != nil {
		t.Fatal(err)
	}
	if got := ids(w.search(object{})); got != "101 251" {
		t.Errorf("search sees %q", got)
	}
	if err := w.s.Restore("201"); err != nil {
		t.Fatal(err)
	}
	if got := ids(w.search(object{"sorts": []string{"lastmodifieddate"}})); !strings.Contains(got, "201") {
		t.Errorf("restored contact is not found: %q", got)
	}
}
