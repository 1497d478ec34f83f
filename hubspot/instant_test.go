package hubspot

import (
	"encoding/json"
	"testing"
	"time"
)

// The table of parseInstant.
func TestInstants(t *testing.T) {
	for s, want := range map[string]string{
		"1767225600123":                  "2026-01-01T00:00:00.123Z",
		"0":                              "1970-01-01T00:00:00Z",
		" 1767225600123 ":                "2026-01-01T00:00:00.123Z",
		"2026-01-01T00:00:00.123Z":       "2026-01-01T00:00:00.123Z",
		"2026-01-01T00:00:00Z":           "2026-01-01T00:00:00Z",
		"2026-01-01T02:00:00+02:00":      "2026-01-01T00:00:00Z",
		"2026-01-01T02:00:00.5+0200":     "2026-01-01T00:00:00.5Z",
		"2026-01-01T00:00:00.123":        "2026-01-01T00:00:00.123Z",
		"2026-01-01 00:00:00":            "2026-01-01T00:00:00Z",
		"2026-01-01":                     "2026-01-01T00:00:00Z",
		"2026-01-01T00:00:00.123456789Z": "2026-01-01T00:00:00.123Z",
		"":                               "",
		"2026":                           "",
		"yesterday":                      "",
		"-1":                             "",
		"999999999999999999":             "",
		"9999999999999999999999":         "",
		"2026-13-01":                     "",
		"NaN":                            "",
	} {
		got, err := parseInstant(s)
		if want == "" {
			if err == nil {
				t.Errorf("%q was read as %v", s, got)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v, not %s", s, got, err, want)
		}
	}
}

func FuzzInstant(f *testing.F) {
	for _, s := range []string{"1767225600123", "2026-01-01T00:00:00.123Z", "2026-01-01", "x", "-5", "９"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseInstant(s)
		if err != nil {
			return
		}
		again, err := parseInstant(millis(got))
		if len(millis(got)) != 4 && (err != nil || !again.Equal(got)) { // four digits look like a year
			t.Errorf("%q is %v, and its milliseconds are %v (%v)", s, got, again, err)
		}
		if got.Location() != time.UTC || got.Nanosecond()%1e6 != 0 || got.Year() > 9999 || got.UnixMilli() < 0 {
			t.Errorf("%q is %v", s, got)
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"id":5,"properties":{"a":null,"b":1.5,"c":true,"d":{},"hs_merged_object_ids":"1;2;;x"},"updatedAt":17}`))
	f.Add([]byte(`{"propertiesWithHistory":{"job_role":[{"timestamp":"x"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r record
		if json.Unmarshal(raw, &r) != nil {
			return
		}
		c := &CRM{opt: Options{Names: DefaultNames()}}
		for _, x := range c.contacts([]record{r}) {
			if !isID(string(x.ID)) || x.MergedInto == x.ID {
				t.Errorf("%s gave %+v", raw, x)
			}
		}
		_ = c.edit("1", 0, r.History["job_role"])
		var e envelope
		_ = json.Unmarshal(raw, &e)
		_ = refusal(e, KindInvalid)
		_ = e.gather("ids")
	})
}
