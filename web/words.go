package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"rolecall/label"
	"rolecall/plan"
)

// votesShown is how many votes a page shows.
const votesShown = 3

// words are the functions of the templates.
func (s *Server) words() template.FuncMap {
	english := message.NewPrinter(language.English)
	return template.FuncMap{
		"count":   func(n int) string { return english.Sprintf("%d", n) },
		"percent": func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) },
		"share":   func(x float64) string { return fmt.Sprintf("%.2f", x) },
		"ago":     func(t time.Time) string { return ago(s.Now(), t) },
		"until":   func(t time.Time) string { return until(s.Now(), t) },
		"when":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"seconds": func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) },
		"name":    func(t [label.AxisCount]label.Taxonomy, a label.Axis, v label.Value) string { return nameOf(t[a], v) },
		"given":   func(t [label.AxisCount]label.Taxonomy, a label.Axis, v label.Value) string { return givenName(t[a], v) },
		"action":  actionName,
		"tone":    tone,
		"said":    said,
		"how":     how,
		"top":     func(votes []Vote) []Vote { return votes[:min(votesShown, len(votes))] },
		"spark":   spark,
		"trend":   trend,
		"axis":    func(i int) label.Axis { return label.Axis(i) },
		"title":   func(s fmt.Stringer) string { return capital(s.String()) },
		"width":   func(n, of int) string { return fmt.Sprintf("%.1f", 100*float64(n)/float64(max(1, of))) },
	}
}

func nameOf(t label.Taxonomy, v label.Value) string {
	if v == "" {
		return "(empty)"
	}
	return t.Name(v)
}

// givenName is the name of what a rule, a labelled title or a vote says; "" says that no label fits.
func givenName(t label.Taxonomy, v label.Value) string {
	if v == "" {
		return "none of these"
	}
	return t.Name(v)
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// how says in words what decided.
func how(m label.Method) string {
	switch m {
	case label.ByAbstaining:
		return "nobody was sure enough"
	case label.ByNeighbors:
		return "by similar titles"
	case label.ByFallback:
		return "as the fallback"
	case label.ByNonsense:
		return "no job title"
	}
	return "by " + string(m)
}

// said is what came of a run, in words.
func said(r plan.Report) string {
	switch {
	case r.Message == "" && r.Outcome == plan.Nothing:
		return "Nothing had changed."
	case r.Message == "" || strings.ContainsAny(r.Message[len(r.Message)-1:], ".!?"):
		return r.Message
	}
	return r.Message + "."
}

// tone is the colour of an outcome.
func tone(o plan.Outcome) string {
	switch o {
	case plan.Done, plan.Nothing:
		return "good"
	case plan.Held, plan.Partial:
		return "warn"
	case plan.Failed:
		return "bad"
	}
	return "none"
}

// actionName is an action in the words of the sheet's Control tab.
func actionName(a label.Action) string {
	switch a {
	case label.ActionRun:
		return "Run now"
	case label.ActionRetrain:
		return "Retrain now"
	case label.ActionUndo:
		return "Undo last run"
	case label.ActionCheck:
		return "Check sheet"
	case label.ActionAccept:
		return "Accept held changes"
	case label.ActionSweep:
		return "Read every contact"
	case label.ActionTidy:
		return "Tidy up Review"
	}
	return capital(string(a))
}

// ago says how long before now t was, in the largest unit that fits.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if d := now.Sub(t); d >= 0 {
		return span(d) + " ago"
	}
	return "just now"
}

// until says how long after now t is.
func until(now, t time.Time) string {
	switch d := t.Sub(now); {
	case t.IsZero():
		return "not planned"
	case d < time.Second:
		return "due now"
	default:
		return "in " + span(d)
	}
}

func span(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / unit.size); n > 0 {
			return plural(n, unit.name)
		}
	}
	return plural(int(d/time.Second), "second")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
