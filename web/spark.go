package web

import (
	"html/template"

	"rolecall/chart"
	"rolecall/label"
)

// spark draws a series as a line the size of a word; nothing when there are fewer than two points.
func spark(name string, values []float64) template.HTML {
	if len(values) < 2 {
		return ""
	}
	return template.HTML(chart.Sparkline(name, values)) // chart escapes all text
}

// trend draws how an axis' accuracy went; nothing when there are fewer than two points.
func trend(a label.Axis, points []Point) template.HTML {
	if len(points) < 2 {
		return ""
	}
	line := chart.Series{Name: "best answer is right"}
	first := points[0].At
	for _, p := range points {
		line.Points = append(line.Points, chart.Point{X: p.At.Sub(first).Hours() / 24, Y: p.Value})
	}
	return template.HTML(chart.Line("Accuracy of "+a.String()+" after each retraining", "days", []chart.Series{line})) // chart escapes all text
}
