package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"rolecall/chart"
)

func charts(label string, v float64) map[string]string {
	return map[string]string{
		"line":        chart.Line(label, label, []chart.Series{{Name: label, Points: []chart.Point{{X: 0, Y: v}, {X: 400, Y: 0.9}}}}),
		"no line":     chart.Line(label, label, nil),
		"sparkline":   chart.Sparkline(label, []float64{1, v, 3}),
		"bars":        chart.Bars(label, []chart.Bar{{Label: label, Value: v}, {Label: "b", Value: 2}}, chart.Plain),
		"no bars":     chart.Bars(label, nil, chart.Percent),
		"reliability": chart.Reliability(label, []chart.ReliabilityBin{{Confidence: v, Accuracy: 0.8, Count: 3}, {}}),
		"heat":        chart.Heat(label, []string{label, "b"}, [][]int{{3, 1}, {0, 2}}),
		"ragged heat": chart.Heat(label, []string{label}, [][]int{{3, 1}}),
	}
}

func TestChartsAreWellFormedWhateverTheyAreGiven(t *testing.T) {
	for _, label := range []string{"Sales & <Marketing>", "", "Ingénieur \"qualité\" 品質", strings.Repeat("long ", 100)} {
		for _, v := range []float64{0, 0.5, -3, 1e300, math.NaN(), math.Inf(1)} {
			for name, svg := range charts(label, v) {
				d := xml.NewDecoder(strings.NewReader(svg))
				for {
					if _, err := d.Token(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						t.Fatalf("%s of %q, %g: %v\n%s", name, label, v, err, svg)
					}
				}
				for _, bad := range []string{"NaN", "Inf", "<script", "<Marketing>"} {
					if strings.Contains(svg, bad) {
						t.Errorf("%s of %q, %g holds %s", name, label, v, bad)
					}
				}
				if !strings.Contains(svg, `role="img"`) || !strings.Contains(svg, "<title>") || !strings.Contains(svg, "<desc>") {
					t.Errorf("%s of %q cannot be read aloud", name, label)
				}
			}
		}
	}
}

func TestALineStandsWhereItsValuesAre(t *testing.T) {
	svg := chart.Line("Learning", "corrections", []chart.Series{{Name: "role", Points: []chart.Point{{X: 0, Y: 0}, {X: 100, Y: 1}}}})
	if !strings.Contains(svg, `d="M48 224 L464 28"`) {
		t.Errorf("the line does not go from the lower left to the upper right: %s", svg)
	}
}
