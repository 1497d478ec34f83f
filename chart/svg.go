package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Point is one point of a line.
type Point struct{ X, Y float64 }

// Series is a named line.
type Series struct {
	Name   string
	Points []Point
}

// Bar is one bar: a label and a value that is not negative.
type Bar struct {
	Label string
	Value float64
}

// ReliabilityBin is one bar of a reliability diagram: how sure the answers were on average, and how many were right (both 0 to 1).
type ReliabilityBin struct {
	Confidence, Accuracy float64
	Count                int
}

const (
	width  = 480
	height = 260
	left   = 48
	right  = 16
	top    = 28
	bottom = 36
)

// palette are the colours of lines, told apart by people who see colours differently (Okabe and Ito 2008).
func palette(i int) string {
	colors := [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}
	return colors[i%len(colors)]
}

// canvas collects the elements of one chart.
type canvas struct{ strings.Builder }

// open starts a chart with its title and what it shows in words.
func open(title, description string, w, h int) *canvas {
	c := &canvas{}
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11">`, w, h, w, h)
	fmt.Fprintf(c, `<title>%s</title><desc>%s</desc>`, html.EscapeString(title), html.EscapeString(description))
	return c
}

func (c *canvas) close() string {
	c.WriteString("</svg>")
	return c.String()
}

func (c *canvas) text(x, y float64, anchor, s string) {
	fmt.Fprintf(c, `<text x="%s" y="%s" text-anchor="%s" fill="#333">%s</text>`, number(x), number(y), anchor, html.EscapeString(s))
}

func (c *canvas) line(x1, y1, x2, y2 float64, style string) {
	fmt.Fprintf(c, `<line x1="%s" y1="%s" x2="%s" y2="%s" %s/>`, number(x1), number(y1), number(x2), number(y2), style)
}

func (c *canvas) rect(x, y, w, h float64, fill, tip string) {
	fmt.Fprintf(c, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"><title>%s</title></rect>`, number(x), number(y), number(max(w, 0)), number(max(h, 0)), fill, html.EscapeString(tip))
}

// number writes a coordinate; what is no number is 0, so that a chart never breaks.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// finite is x, or 0 for what is no number.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// scale maps values onto pixels.
type scale struct{ from, to, start, end float64 }

func (s scale) at(x float64) float64 {
	if s.to == s.from {
		return (s.start + s.end) / 2
	}
	return s.start + (finite(x)-s.from)/(s.to-s.from)*(s.end-s.start)
}

// frame draws the axes with five marks on the upright one.
func (c *canvas) frame(title string, y scale, mark func(float64) string) {
	c.text(width/2, 16, "middle", title)
	for i := range 6 {
		v := y.from + (y.to-y.from)*float64(i)/5
		c.line(left, y.at(v), width-right, y.at(v), `stroke="#ddd"`)
		c.text(left-6, y.at(v)+4, "end", mark(v))
	}
	c.line(left, top, left, height-bottom, `stroke="#666"`)
	c.line(left, height-bottom, width-right, height-bottom, `stroke="#666"`)
}

// Percent writes a share as a percentage.
func Percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*finite(x)) }

// Plain writes a number shortly.
func Plain(x float64) string { return fmt.Sprintf("%.4g", finite(x)) }
