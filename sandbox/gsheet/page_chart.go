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

// frame is the plane that a chart's series are drawn on. flat swaps the axes, for a bar chart.
type frame struct {
	left, top, w, h float64
	flat            bool
	n               int     // places along the domain
	ceiling         float64 // value at the far end of the other axis
}

// slot is the length of one place along the domain.
func (f frame) slot() float64 {
	if f.flat {
		return f.h / float64(f.n)
	}
	return f.w / float64(f.n)
}

// size is the length of a value across the domain.
func (f frame) size(v float64) float64 {
	if f.flat {
		return math.Max(0, v) / f.ceiling * f.w
	}
	return math.Max(0, v) / f.ceiling * f.h
}

// isBar tells the kinds that stand on the axis from those that are drawn as a line.
func (s chartSeries) isBar() bool { return s.kind != "LINE" && s.kind != "AREA" && s.kind != "SCATTER" }

// draw lays axes, series and legend out.
func (v *chartView) draw(domain []any, series []chartSeries, flat bool) {
	n, high, bars := 0, 0.0, 0
	for _, s := range series {
		for i, x := range s.values {
			if f, ok := x.(float64); ok {
				n, high = max(n, i+1), math.Max(high, f)
			}
		}
		if s.isBar() {
			bars++
		}
	}
	if n == 0 {
		v.Empty = true
		return
	}
	f := frame{left: pickFloat(flat, 120, 54), top: 64, flat: flat, n: n}
	f.w, f.h = float64(v.Width)-f.left-20, float64(v.Height)-f.top-44
	step := niceStep(high)
	f.ceiling = math.Max(step, math.Ceil(high/step)*step)
	v.axes(f, step, domain)
	drawn, x := 0, int(f.left)
	for _, s := range series {
		name := clip(s.name, 24)
		v.Legend = append(v.Legend, chartKey{x, s.color, name})
		x += 34 + 7*len([]rune(name))
		if !s.isBar() {
			v.line(f, s)
			continue
		}
		thick := f.slot() * 0.7 / float64(bars)
		for i, value := range s.values {
			number, ok := value.(float64)
			if !ok {
				continue
			}
			from, size := f.slot()*(float64(i)+0.15)+thick*float64(drawn), f.size(number)
			if flat {
				v.Bars = append(v.Bars, chartBar{f.left, f.top + from, size, thick, s.color, general(number)})
			} else {
				v.Bars = append(v.Bars, chartBar{f.left + from, f.top + f.h - size, thick, size, s.color, general(number)})
			}
		}
		drawn++
	}
}

// axes places the lines of the value axis and as many names of the domain as fit.
func (v *chartView) axes(f frame, step float64, domain []any) {
	for y := 0.0; y <= f.ceiling+step/2; y += step {
		text := general(math.Round(y*1e6) / 1e6)
		if f.flat {
			v.Grid = append(v.Grid, chartTick{X: f.left + f.size(y), Y: f.top + f.h, Text: text})
		} else {
			v.Grid = append(v.Grid, chartTick{X: f.left, Y: f.top + f.h - f.size(y), X2: f.left + f.w, Text: text})
		}
	}
	widest := 0
	for _, name := range domain {
		widest = max(widest, len(clip(toText(name), 18)))
	}
	const perLetter = 7.0
	every := max(1, int(math.Ceil(pickFloat(f.flat, 18, 12+perLetter*float64(widest))/f.slot())))
	for i := 0; i < min(f.n, len(domain)); i += every {
		middle, text := f.slot()*(float64(i)+0.5), clip(toText(domain[i]), 18)
		if f.flat {
			v.Labels = append(v.Labels, chartTick{X: f.left - 8, Y: f.top + middle + 4, Text: text, End: true})
		} else {
			v.Labels = append(v.Labels, chartTick{X: f.left + middle, Y: f.top + f.h + 18, Text: text})
		}
	}
}

func (v *chartView) line(f frame, s chartSeries) {
	var points strings.Builder
	for i, value := range s.values {
		if number, ok := value.(float64); ok {
			fmt.Fprintf(&points, "%.1f,%.1f ", f.left+f.slot()*(float64(i)+0.5), f.top+f.h-f.size(number))
		}
	}
	v.Lines = append(v.Lines, chartLine{points.String(), s.color})
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
