package chart

import (
	"fmt"
	"html"
	"strings"
)

// Line draws lines over one horizontal axis. Values of shares (all between 0 and 1) are marked in percent.
func Line(title, horizontal string, series []Series) string {
	x, y := bounds(series)
	mark := Plain
	if y.from >= 0 && y.to <= 1 {
		mark = Percent
	}
	c := open(title, describe(horizontal, series), width, height)
	c.frame(title, y, mark)
	for i := range 6 {
		v := x.from + (x.to-x.from)*float64(i)/5
		c.text(x.at(v), height-bottom+14, "middle", Plain(v))
	}
	c.text(width/2, height-6, "middle", horizontal)
	for i, s := range series {
		var path strings.Builder
		for j, p := range s.Points {
			fmt.Fprintf(&path, "%s%s %s", map[bool]string{true: "M", false: " L"}[j == 0], number(x.at(p.X)), number(y.at(p.Y)))
		}
		fmt.Fprintf(c, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`, path.String(), palette(i))
		for _, p := range s.Points {
			fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="3" fill="%s"><title>%s</title></circle>`, number(x.at(p.X)), number(y.at(p.Y)), palette(i),
				html.EscapeString(fmt.Sprintf("%s: %s at %s", s.Name, mark(p.Y), Plain(p.X))))
		}
		fmt.Fprintf(c, `<text x="%d" y="%d" fill="%s">%s</text>`, left+8, top+12+14*i, palette(i), html.EscapeString(s.Name))
	}
	return c.close()
}

func bounds(series []Series) (x, y scale) {
	first := true
	for _, s := range series {
		for _, p := range s.Points {
			px, py := finite(p.X), finite(p.Y)
			if first {
				x.from, x.to, y.from, y.to = px, px, py, py
				first = false
			}
			x.from, x.to = min(x.from, px), max(x.to, px)
			y.from, y.to = min(y.from, py), max(y.to, py)
		}
	}
	if y.from >= 0 && y.to <= 1 {
		y.from, y.to = max(0, y.from-0.05), min(1, y.to+0.05)
	}
	if y.from == y.to {
		y.to++
	}
	x.start, x.end, y.start, y.end = left, width-right, height-bottom, top
	return x, y
}

func describe(horizontal string, series []Series) string {
	var parts []string
	for _, s := range series {
		if n := len(s.Points); n > 0 {
			parts = append(parts, fmt.Sprintf("%s goes from %s to %s", s.Name, Plain(s.Points[0].Y), Plain(s.Points[n-1].Y)))
		}
	}
	return fmt.Sprintf("Lines over %s. %s.", horizontal, strings.Join(parts, "; "))
}

// Sparkline draws a line the size of a word, without axes.
func Sparkline(title string, values []float64) string {
	const w, h = 96, 20
	low, high := 0.0, 0.0
	for i, v := range values {
		if v = finite(v); i == 0 {
			low, high = v, v
		}
		low, high = min(low, v), max(high, v)
	}
	c := open(title, fmt.Sprintf("%d values between %s and %s.", len(values), Plain(low), Plain(high)), w, h)
	x, y := scale{0, float64(max(len(values)-1, 1)), 2, w - 2}, scale{low, high, h - 3, 3}
	var path strings.Builder
	for i, v := range values {
		fmt.Fprintf(&path, "%s%s %s", map[bool]string{true: "M", false: " L"}[i == 0], number(x.at(float64(i))), number(y.at(v)))
	}
	fmt.Fprintf(c, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`, path.String(), palette(0))
	return c.close()
}
