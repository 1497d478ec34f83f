package chart

import "fmt"

// Bars draws lying bars, one below the other, each with its value; mark writes the values.
func Bars(title string, bars []Bar, mark func(float64) string) string {
	const row, names = 20, 170
	h := top + row*len(bars) + 8
	most := 0.0
	for _, b := range bars {
		most = max(most, finite(b.Value))
	}
	c := open(title, fmt.Sprintf("%d bars; the longest is %s.", len(bars), mark(most)), width, h)
	c.text(width/2, 16, "middle", title)
	x := scale{0, max(most, 1e-9), names, width - 60}
	for i, b := range bars {
		y := float64(top + row*i)
		c.text(names-6, y+13, "end", short(b.Label, 26))
		c.rect(names, y+2, x.at(max(b.Value, 0))-names, row-5, palette(0), b.Label+": "+mark(b.Value))
		c.text(x.at(max(b.Value, 0))+4, y+13, "start", mark(b.Value))
	}
	return c.close()
}

// short cuts a label to n runes.
func short(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}

// Reliability draws a reliability diagram: a bar for each bin as high as the share of right answers, over how sure they were. On
// the diagonal, confidence means what it says; bars under it were too sure.
func Reliability(title string, bins []ReliabilityBin) string {
	y := scale{0, 1, height - bottom, top}
	x := scale{0, 1, left, width - right}
	total := 0
	for _, b := range bins {
		total += b.Count
	}
	c := open(title, fmt.Sprintf("Share of right answers by confidence, %d answers. On the diagonal, confidence means what it says.", total), width, height)
	c.frame(title, y, Percent)
	most := 1
	for _, b := range bins {
		most = max(most, b.Count)
	}
	for _, b := range bins {
		if b.Count == 0 {
			continue
		}
		half := 4 + 14*float64(b.Count)/float64(most)
		c.rect(x.at(b.Confidence)-half, y.at(b.Accuracy), 2*half, y.at(0)-y.at(b.Accuracy), palette(0),
			fmt.Sprintf("said %s, right %s, %d answers", Percent(b.Confidence), Percent(b.Accuracy), b.Count))
	}
	c.line(x.at(0), y.at(0), x.at(1), y.at(1), `stroke="#d55e00" stroke-dasharray="4 3"`)
	for i := range 6 {
		c.text(x.at(float64(i)/5), height-bottom+14, "middle", Percent(float64(i)/5))
	}
	c.text(width/2, height-6, "middle", "confidence")
	return c.close()
}

// Heat draws a table of counts: a row for what was right, a column for what was answered, the darker the more of its row. Cells on
// the diagonal are blue, mistakes orange.
func Heat(title string, labels []string, counts [][]int) string {
	const cell, names = 22, 190
	n := len(labels)
	w, h := names+cell*n+16, top+130+cell*n+8
	c := open(title, fmt.Sprintf("A table of %d by %d: rows are the right labels, columns the answers.", n, n), w, h)
	c.text(float64(w)/2, 16, "middle", title)
	for i, l := range labels {
		y := float64(top + 130 + cell*i)
		c.text(names-6, y+15, "end", short(l, 28))
		x := float64(names + cell*i)
		fmt.Fprintf(c, `<g transform="translate(%s %d) rotate(-60)">`, number(x+14), top+124)
		c.text(0, 0, "start", short(l, 22))
		c.WriteString("</g>")
		if i >= len(counts) {
			continue
		}
		sum := 0
		for _, k := range counts[i] {
			sum += k
		}
		for j, k := range counts[i] {
			color := "0,114,178"
			if i != j {
				color = "213,94,0"
			}
			fill := "#f4f4f4"
			if k > 0 {
				fill = fmt.Sprintf("rgba(%s,%.2f)", color, 0.15+0.85*float64(k)/float64(max(sum, 1)))
			}
			cx := float64(names + cell*j)
			tip := l
			if j < n {
				tip = fmt.Sprintf("%s answered as %s: %d", l, labels[j], k)
			}
			c.rect(cx, y, cell-1, cell-1, fill, tip)
			if k > 0 {
				c.text(cx+10, y+15, "middle", fmt.Sprint(k))
			}
		}
	}
	return c.close()
}
