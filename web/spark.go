package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"rolecall/label"
)

// The drawing area of the small lines, in SVG's own units.
const (
	sparkWidth  = 120.0
	sparkHeight = 28.0
)

// spark draws a series as a small line; nothing when there are fewer than two points. The text says it in words.
func spark(name string, values []float64) template.HTML {
	if len(values) < 2 {
		return ""
	}
	low, high := slices.Min(values), slices.Max(values)
	var points strings.Builder
	for i, v := range values {
		y := sparkHeight / 2
		if high > low {
			y = 2 + (sparkHeight-4)*(1-(v-low)/(high-low))
		}
		fmt.Fprintf(&points, "%.1f,%.1f ", sparkWidth*float64(i)/float64(len(values)-1), y)
	}
	words := fmt.Sprintf("%s went from %g to %g, lowest %g, highest %g", name, values[0], values[len(values)-1], low, high)
	return template.HTML(fmt.Sprintf(`<svg role="img" viewBox="0 0 %g %g" preserveAspectRatio="none"><title>%s</title><polyline points="%s" fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>`,
		sparkWidth, sparkHeight, template.HTMLEscapeString(words), strings.TrimSpace(points.String()))) //nolint:gosec // numbers and an escaped text
}

// trend draws how an axis' accuracy went, in percent.
func trend(a label.Axis, points []Point) template.HTML {
	var values []float64
	for _, p := range points {
		values = append(values, 100*p.Value)
	}
	return spark("Accuracy of "+a.String()+" in percent", values)
}
