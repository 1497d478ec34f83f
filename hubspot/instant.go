package hubspot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HubSpot writes one moment in several ways, sometimes two of them in one answer:
//
//	| form                      | example                  |
//	| milliseconds, text        | "1767225600123"          |
//	| milliseconds, number      | 1767225600123            |
//	| ISO 8601 with a fraction  | 2026-01-01T00:00:00.123Z |
//	| ISO 8601 without          | 2026-01-01T00:00:00Z     |
//	| an offset                 | 2026-01-01T02:00:00+02:00|
//	| no zone: UTC              | 2026-01-01T00:00:00.123  |
//	| a date: midnight UTC      | 2026-01-01               |
//
// parseInstant reads them all, UTC, cut to the millisecond. The years 1970 to 9999 are moments; the rest is an error.
func parseInstant(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, fmt.Errorf("read a time: it is empty")
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) != len("2026") {
		return within(time.UnixMilli(ms).UTC(), s)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return within(t.UTC().Truncate(time.Millisecond), s)
		}
	}
	return time.Time{}, fmt.Errorf("read a time: %q is neither milliseconds nor ISO 8601", clip(s, 40))
}

func within(t time.Time, s string) (time.Time, error) {
	if y := t.Year(); t.UnixMilli() < 0 || y > 9999 {
		return time.Time{}, fmt.Errorf("read a time: %q is out of range", clip(s, 40))
	}
	return t, nil
}

// millis is the form that search filters take.
func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// instant is a moment in an answer; the zero time where HubSpot gave none or junk.
type instant struct{ time.Time }

// UnmarshalJSON never fails: a junk time is worth less than the record it stands in.
func (i *instant) UnmarshalJSON(raw []byte) error {
	var s text
	_ = s.UnmarshalJSON(raw)
	t, err := parseInstant(string(s))
	if err != nil {
		t = time.Time{}
	}
	i.Time = t
	return nil
}

// text is a value that may come as text, number, true, false or null.
type text string

// UnmarshalJSON takes any JSON value: text as it is, null as "", everything else as written.
func (t *text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		*t = ""
		return nil
	}
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return fmt.Errorf("read text: %w", err)
		}
		*t = text(s)
		return nil
	}
	*t = text(raw)
	return nil
}

// clip cuts s to at most n bytes for a message, on a rune's edge.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
