package evaluation

import (
	"fmt"
	"html/template"
	"io"

	"rolecall/chart"
)

// HTML writes the report as one page that needs nothing else: no scripts, no files from elsewhere. The error is the writer's.
func (r Report) HTML(w io.Writer) error {
	page, err := template.New("report").Funcs(template.FuncMap{
		"percent":     func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) },
		"three":       func(x float64) string { return fmt.Sprintf("%.3f", x) },
		"reliability": reliability,
		"methods":     methods,
		"heat":        heat,
		"curve":       curve,
		"worst":       func(c Confusion) []mistake { return c.worst(12) },
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("lay out the report: %w", err)
	}
	if err := page.Execute(w, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func reliability(c Column) template.HTML {
	var bins []chart.ReliabilityBin
	for _, b := range c.Bins {
		bins = append(bins, chart.ReliabilityBin{Confidence: b.Confidence, Accuracy: b.Accuracy, Count: b.Count})
	}
	return template.HTML(chart.Reliability("Does confidence mean what it says?", bins)) //nolint:gosec // chart escapes all text
}

func methods(c Column) template.HTML {
	var bars []chart.Bar
	for _, m := range c.Methods {
		bars = append(bars, chart.Bar{Label: m.Name, Value: float64(m.Count) / float64(max(c.Measured, 1))})
	}
	return template.HTML(chart.Bars("Who decided", bars, chart.Percent)) //nolint:gosec // chart escapes all text
}

func heat(c Column) template.HTML {
	return template.HTML(chart.Heat("What was taken for what", c.Confusion.Labels, c.Confusion.Counts)) //nolint:gosec // chart escapes all text
}

func curve(c Column) template.HTML {
	right := chart.Series{Name: "right"}
	given := chart.Series{Name: "given without a person"}
	for _, p := range c.Curve {
		right.Points = append(right.Points, chart.Point{X: float64(p.Corrections), Y: p.Accuracy})
		given.Points = append(given.Points, chart.Point{X: float64(p.Corrections), Y: p.Coverage})
	}
	return template.HTML(chart.Line("What corrections teach", "corrections", []chart.Series{right, given})) //nolint:gosec // chart escapes all text
}

const pageTemplate = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>rolecall: how well titles are labelled</title>
<style>
body{font:15px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd}
td.n{text-align:right;font-variant-numeric:tabular-nums}.charts{display:flex;flex-wrap:wrap;gap:1rem}svg{max-width:100%;height:auto}
.wide{overflow-x:auto}
</style></head><body>
<h1>How well titles are labelled</h1>
<p>Measured: {{.Mode}}.{{if .TitlesASecond}} {{.Titles}} titles, {{printf "%.0f" .TitlesASecond}} a second.{{end}}</p>
{{range .Columns}}<h2>{{.Name}}</h2>
<table>
<tr><th>Answers measured</th><td class="n">{{.Measured}}</td></tr>
{{range .Strange}}<tr><th>Not in the workbook: {{.Label}} (counts as wrong)</th><td class="n">{{.Count}}</td></tr>
{{end}}<tr><th>Right</th><td class="n">{{percent .Accuracy}}</td></tr>
<tr><th>Right, rows without doubt</th><td class="n">{{percent .Undoubted}}</td></tr>
<tr><th>Macro F1</th><td class="n">{{three .MacroF1}}</td></tr>
<tr><th>Expected calibration error</th><td class="n">{{three .ECE}}</td></tr>
<tr><th>Given without a person</th><td class="n">{{percent .Coverage}}</td></tr>
<tr><th>Right of those (asked for: {{percent .Target}})</th><td class="n">{{percent .Precision}}</td></tr>
</table>
<div class="charts">{{reliability .}}{{methods .}}{{if .Curve}}{{curve .}}{{end}}</div>
<h3>Most often confused</h3>
<table><tr><th>Right</th><th>Answer</th><th>Titles</th></tr>
{{range worst .Confusion}}<tr><td>{{.Want}}</td><td>{{.Got}}</td><td class="n">{{.Count}}</td></tr>
{{end}}</table>
<div class="wide">{{heat .}}</div>
{{end}}<p>Model: <code>{{.Model}}</code></p>
</body></html>
`
