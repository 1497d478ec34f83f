package workbook

import (
	"math"
	"strconv"
	"time"
)

// Serial is a moment as a spreadsheet stores it: days since 30 December 1899 on the clock of the spreadsheet's time zone, to the millisecond.
func Serial(t time.Time, zone *time.Location) float64 {
	local := t.In(zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
	ms := wall.Sub(epoch()).Milliseconds()
	return float64(ms) / float64((24 * time.Hour).Milliseconds())
}

// FromSerial is the moment that a spreadsheet's number means, to the millisecond. In the hour that a clock has twice it is the first.
func FromSerial(days float64, zone *time.Location) time.Time {
	ms := math.Round(days * float64((24 * time.Hour).Milliseconds()))
	wall := epoch().Add(time.Duration(ms) * time.Millisecond)
	return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
}

func epoch() time.Time { return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) }

// fileText is a cell as text in a file: moments as 2026-11-25 10:42:15, all else as TextOf.
func fileText(c Column, v Cell) string {
	switch x := v.(type) {
	case string:
		return x
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.UTC().Format(time.DateTime)
	case float64:
		if c.Kind == Instant {
			return FromSerial(x, time.UTC).Format(time.DateTime)
		}
	case int:
		return strconv.Itoa(x)
	case int64:
		return strconv.FormatInt(x, 10)
	}
	return TextOf(v)
}
