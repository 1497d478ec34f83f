package gsheet

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// chartView is a basic chart drawn as SVG: the template only places what is computed here.
type chartView struct {
	Title         string
	Row, Col      int // the anchor cell
	Style         template.CSS
	Width, Height int
	Lines         []chartLine
	Bars          []chartBar
	Grid          []chartTick
	Labels        []chartTick
	Legend        []chartKey
	Empty         bool
}

type chartLine struct{ Points, Color string }
type chartBar struct {
	X, Y, W, H   float64
	Color, Label string
}
type chartTick struct {
	X, Y, X2 float64
	Text     string
	End      bool // the text ends at X
}
type chartKey struct {
	X           int
	Color, Text string
}

// palette is Google's order of series colours.
func palette(i int) string {
	return []string{"#4285f4", "#ea4335", "#fbbc04", "#34a853", "#ff6d01", "#46bdc6"}[i%6]
}

// sourced gives the values of a chart's source range, one list, rows first.
func (b *book) sourced(source object, calc *calculation) []any {
	var out []any
	for _, r := range objects(list(sub(source, "sourceRange"), "sources")) {
		t, a, err := b.gridRange(r)
		if err != nil {
			continue
		}
		a = t.fit(a)
		for i := a.r0; i < min(a.r1, len(t.rows)); i++ {
			for j := a.c0; j < a.c1; j++ {
				v := calc.value(t, i, j)
				if x := t.at(i, j); x != nil && isDate(sub(x.format, "numberFormat")) {
					v = show(v, sub(x.format, "numberFormat"))
				}
				out = append(out, v)
			}
		}
	}
	return out
}

type chartSeries struct {
	name   string
	values []any
	kind   string
	color  string
}

func (b *book) chartView(chart object, calc *calculation) chartView {
	overlay := sub(sub(chart, "position"), "overlayPosition")
	spec := sub(chart, "spec")
	basic := sub(spec, "basicChart")
	out := chartView{Title: str(spec, "title"), Width: num(overlay, "widthPixels"), Height: num(overlay, "heightPixels"),
		Row: num(sub(overlay, "anchorCell"), "rowIndex"), Col: num(sub(overlay, "anchorCell"), "columnIndex")}
	if out.Width == 0 {
		out.Width = 600
	}
	if out.Height == 0 {
		out.Height = 371
	}
	out.Style = template.CSS(fmt.Sprintf("left:%dpx;top:%dpx;width:%dpx;height:%dpx", 46+num(overlay, "offsetXPixels"), 30+21*out.Row, out.Width, out.Height)) // numbers
	headers := num(basic, "headerCount")
	var domain []any
	if d := objects(list(basic, "domains")); len(d) > 0 {
		domain = b.sourced(sub(d[0], "domain"), calc)
		domain = domain[min(headers, len(domain)):]
	}
	var series []chartSeries
	for i, s := range objects(list(basic, "series")) {
		values := b.sourced(sub(s, "series"), calc)
		one := chartSeries{name: fmt.Sprintf("Series %d", i+1), kind: str(s, "type"), color: palette(i)}
		if headers > 0 && len(values) > 0 {
			one.name = toText(values[0])
		}
		if css := string(paint("x", sub(s, "colorStyle"))); css != "" {
			one.color = strings.TrimSuffix(strings.TrimPrefix(css, "x:"), ";")
		}
		if one.kind == "" {
			one.kind = str(basic, "chartType")
		}
		one.values = values[min(headers, len(values)):]
		series = append(series, one)
	}
	out.draw(domain, series, str(basic, "chartType") == "BAR")
	return out
}

// draw lays the series out; flat swaps the axes for a bar chart.
func (v *chartView) draw(domain []any, series []chartSeries, flat bool) {
	n, high := 0, 0.0
	for _, s := range series {
		for i, x := range s.values {
			if f, ok := x.(float64); ok {
				n, high = max(n, i+1), math.Max(high, f)
			}
		}
	}
	if n == 0 {
		v.Empty = true
		return
	}
	left, top := 54.0, 64.0
	if flat {
		left = 120
	}
	w, h := float64(v.Width)-left-20, float64(v.Height)-top-44
	step := niceStep(high)
	ceiling := math.Max(step, math.Ceil(high/step)*step)
	along, across := w, h // along the domain, across it
	if flat {
		along, across = h, w
	}
	for y := 0.0; y <= ceiling+step/2; y += step {
		at := y / ceiling * across
		text := general(math.Round(y*1e6) / 1e6)
		if flat {
			v.Grid = append(v.Grid, chartTick{X: left + at, Y: top + h, Text: text})
		} else {
			v.Grid = append(v.Grid, chartTick{X: left, Y: top + h - at, X2: left + w, Text: text})
		}
	}
	slot := along / float64(n)
	every := max(1, int(math.Ceil(float64(n)*pickFloat(flat, 18, 70)/along)))
	for i := 0; i < n; i += every {
		text := ""
		if i < len(domain) {
			text = clip(toText(domain[i]), 18)
		}
		if flat {
			v.Labels = append(v.Labels, chartTick{X: left - 8, Y: top + slot*(float64(i)+0.5) + 4, Text: text, End: true})
		} else {
			v.Labels = append(v.Labels, chartTick{X: left + slot*(float64(i)+0.5), Y: top + h + 18, Text: text})
		}
	}
	bars := 0
	for _, s := range series {
		if s.kind != "LINE" && s.kind != "AREA" && s.kind != "SCATTER" {
			bars++
		}
	}
	drawn := 0
	x := int(left)
	for _, s := range series {
		v.Legend = append(v.Legend, chartKey{x, s.color, clip(s.name, 24)})
		x += 34 + 7*len([]rune(clip(s.name, 24)))
		var points strings.Builder
		isBar := s.kind != "LINE" && s.kind != "AREA" && s.kind != "SCATTER"
		for i, value := range s.values {
			f, ok := value.(float64)
			if !ok || i >= n {
				continue
			}
			size := math.Max(0, f) / ceiling * across
			thick := slot * 0.7 / float64(max(bars, 1))
			from := slot*float64(i) + slot*0.15 + thick*float64(drawn)
			switch {
			case isBar && flat:
				v.Bars = append(v.Bars, chartBar{left, top + from, size, thick, s.color, general(f)})
			case isBar:
				v.Bars = append(v.Bars, chartBar{left + from, top + h - size, thick, size, s.color, general(f)})
			default:
				fmt.Fprintf(&points, "%.1f,%.1f ", left+slot*(float64(i)+0.5), top+h-size)
			}
		}
		if isBar {
			drawn++
		} else {
			v.Lines = append(v.Lines, chartLine{points.String(), s.color})
		}
	}
}

// niceStep is a round distance of grid lines for about five of them.
func niceStep(high float64) float64 {
	if high <= 0 {
		return 1
	}
	raw := high / 5
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, k := range []float64{1, 2, 5, 10} {
		if raw <= k*power {
			return k * power
		}
	}
	return 10 * power
}

func pickFloat(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
