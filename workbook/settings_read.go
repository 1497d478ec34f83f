package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"rolecall/label"
)

// settings reads the Settings tab. A blank cell means the default; a refused one keeps what was in use.
func (p *parser) settings() label.Settings {
	s := label.DefaultSettings()
	rows := map[string]Setting{}
	for _, row := range SettingRows() {
		rows[row.ID] = row
	}
	type change func(*label.Settings)
	for _, it := range readRows(p, Settings, func(d *draft) (change, bool) {
		row, known := rows[d.id]
		if !known || d.fresh {
			d.warn("this is none of rolecall's settings - it has no effect")
			return func(*label.Settings) {}, true
		}
		cell := d.row.Cells["value"]
		if TextOf(cell) == "" {
			return func(*label.Settings) {}, true
		}
		trial := label.DefaultSettings()
		if err := row.set(&trial, cell); err != nil {
			d.fail("%s", err)
			return nil, false
		}
		return func(s *label.Settings) { _ = row.set(s, cell) }, true // it was accepted a moment ago
	}) {
		it.value(&s)
	}
	return s
}

// setSchedule reads when runs happen.
//
//	| cell                                   | schedule             |
//	|----------------------------------------|----------------------|
//	| every 15 minutes, every 2 hours, every hour, hourly, every day | Every |
//	| 30 (a bare number)                     | that many minutes    |
//	| daily at 06:30, 06:30                  | Cron "30 6 * * *"    |
//	| five cron fields                       | Cron                 |
func setSchedule(s *label.Settings, c Cell) error {
	text := foldText(TextOf(c))
	if every, ok := everyOf(text); ok {
		if every < time.Minute || every > 7*24*time.Hour {
			return fmt.Errorf("every %s is out of bounds - choose from every 1 minute to every 7 days", quote(TextOf(c)))
		}
		s.Every, s.Cron = every, ""
		return nil
	}
	if at, ok := clockOf(strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "daily"), " at"))); ok {
		s.Every, s.Cron = 0, fmt.Sprintf("%d %d * * *", at%60, at/60)
		return nil
	}
	if f, isNumber := c.(float64); isNumber && f > 0 && f < 1 {
		at := int(math.Round(f * 24 * 60)) // a time of day, as the sheet stores it
		s.Every, s.Cron = 0, fmt.Sprintf("%d %d * * *", at%60, at/60%24)
		return nil
	}
	if err := cronFields(text); err != nil {
		return fmt.Errorf("schedule %s is not understood - write it like every 30 minutes, every 2 hours, daily at 06:30 or 0 7 * * 1-5", quote(TextOf(c)))
	}
	s.Every, s.Cron = 0, text
	return nil
}

// everyOf reads "every 30 minutes" and its shorter forms.
func everyOf(text string) (time.Duration, bool) {
	switch text {
	case "hourly":
		return time.Hour, true
	case "daily":
		return 24 * time.Hour, true
	}
	count, isNumber := numberOf(text)
	if isNumber && count == math.Trunc(count) && count >= 1 && count < 1e5 {
		return time.Duration(count) * time.Minute, true
	}
	rest, ok := strings.CutPrefix(text, "every ")
	if !ok {
		return 0, false
	}
	n, unit := 1, rest
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits > 5 {
		return 0, false
	}
	if digits > 0 {
		n, _ = strconv.Atoi(rest[:digits])
		unit = strings.TrimSpace(rest[digits:])
	}
	switch strings.TrimSuffix(unit, "s") {
	case "m", "min", "minute":
		return time.Duration(n) * time.Minute, true
	case "h", "hour":
		return time.Duration(n) * time.Hour, true
	case "d", "day":
		return time.Duration(n) * 24 * time.Hour, true
	}
	return 0, false
}

func showSchedule(s label.Settings) string {
	if s.Cron != "" {
		f := strings.Fields(s.Cron)
		minute, errM := strconv.Atoi(f[0])
		if len(f) == 5 && strings.Join(f[2:], " ") == "* * *" && errM == nil {
			if hour, err := strconv.Atoi(f[1]); err == nil {
				return fmt.Sprintf("daily at %02d:%02d", hour, minute)
			}
		}
		return s.Cron
	}
	n, unit := int(s.Every/time.Minute), "minute"
	switch {
	case s.Every%(24*time.Hour) == 0:
		n, unit = int(s.Every/(24*time.Hour)), "day"
	case s.Every%time.Hour == 0:
		n, unit = int(s.Every/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("every %d %s", n, unit)
}

// clockOf reads a time of day as minutes after midnight.
func clockOf(text string) (int, bool) {
	hour, minute, ok := strings.Cut(text, ":")
	if !ok || len(hour) > 2 || len(minute) != 2 {
		return 0, false
	}
	h, errH := strconv.ParseUint(hour, 10, 8)
	m, errM := strconv.ParseUint(minute, 10, 8)
	if errH != nil || errM != nil || h > 23 || m > 59 {
		return 0, false
	}
	return int(h)*60 + int(m), true
}

func setRetrainAt(s *label.Settings, c Cell) error {
	if f, isNumber := c.(float64); isNumber && f >= 0 && f < 1 {
		at := int(math.Round(f*24*60)) % (24 * 60)
		s.RetrainAt = fmt.Sprintf("%02d:%02d", at/60, at%60)
		return nil
	}
	text := foldText(TextOf(c))
	if text == "off" || text == "none" || text == "never" {
		s.RetrainAt = ""
		return nil
	}
	at, ok := clockOf(text)
	if !ok {
		return fmt.Errorf("%s is not a time of day - write it like 03:15, or off", quote(TextOf(c)))
	}
	s.RetrainAt = fmt.Sprintf("%02d:%02d", at/60, at%60)
	return nil
}

// choose reads one of a few words.
func choose(c Cell, choices []string, take func(string)) error {
	text := foldText(TextOf(c))
	for _, choice := range choices {
		if text == choice {
			take(choice)
			return nil
		}
	}
	hint := ""
	if near, ok := nearest(text, choices); ok {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return fmt.Errorf("%s is not allowed - pick %s%s", quote(TextOf(c)), orList(choices), hint)
}

// share reads a share of 1. With a percent sign it is plain; without one it is read the only way that is allowed, and refused when
// both ways are: 0.5 may be meant as 0.5 % or as 50 %.
//
//	| cell         | 50 % to 99.9 % | 0 % to 20 % | 0 % to 100 % |
//	|--------------|----------------|-------------|--------------|
//	| 95 % or 95   | 0.95           | refused     | 0.95         |
//	| 0.95         | 0.95           | refused     | refused      |
//	| 1            | refused        | 0.01        | refused      |
//	| 5            | refused        | 0.05        | 0.05         |
func share(c Cell, low, high float64, take func(float64)) error {
	typed, _ := c.(string)
	v, ok := numberOf(c)
	within := func(x float64) bool { return x >= low && x <= high }
	if ok && !strings.Contains(typed, "%") {
		switch asShare, asPercent := within(v), within(v/100); {
		case asShare && asPercent && v != 0:
			return fmt.Errorf("%s may mean %s or %s - write it with the %% sign", quote(TextOf(c)), percentText(v/100), percentText(v))
		case asPercent:
			v /= 100
		}
	}
	if !ok || !within(v) {
		return fmt.Errorf("it must be between %s and %s, found %s", percentText(low), percentText(high), quote(TextOf(c)))
	}
	take(v)
	return nil
}

func percentText(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e4, 'f', -1, 64) + " %"
}

// portion is a setting that holds a share between low and high.
func portion(id, name, unit string, low, high float64, does string, field func(*label.Settings) *float64) Setting {
	return Setting{
		ID: id, Name: name, Unit: unit, Allowed: percentText(low) + " to " + percentText(high), Does: does,
		set: func(s *label.Settings, c Cell) error {
			return share(c, low, high, func(v float64) { *field(s) = v })
		},
		show: func(s label.Settings) string { return percentText(*field(&s)) },
	}
}

func yesNo(id, name, does string, field func(*label.Settings) *bool) Setting {
	return Setting{
		ID: id, Name: name, Allowed: "yes or no", Does: does, Choices: []string{"yes", "no"},
		set: func(s *label.Settings, c Cell) error {
			v, ok := tickOf(c, false)
			if !ok {
				return fmt.Errorf("%s is not allowed - pick yes or no", quote(TextOf(c)))
			}
			*field(s) = v
			return nil
		},
		show: func(s label.Settings) string {
			if *field(&s) {
				return "yes"
			}
			return "no"
		},
	}
}

func orOff(s string) string {
	if s == "" {
		return "off"
	}
	return s
}
