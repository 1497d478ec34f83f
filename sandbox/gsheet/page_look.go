package gsheet

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// colourRule is a conditional format that is ready to be asked cell by cell.
type colourRule struct {
	areas     []area
	condition object
	format    object
	perRow    bool // a formula whose columns are all fixed ($X2): one answer a row
	seen      map[int]bool
}

func (b *book) colourRules(t *tab) []colourRule {
	var out []colourRule
	for _, f := range t.formats {
		rule := colourRule{condition: sub(sub(f, "booleanRule"), "condition"), format: sub(sub(f, "booleanRule"), "format"), seen: map[int]bool{}}
		if rule.condition == nil {
			continue
		}
		for _, r := range objects(list(f, "ranges")) {
			if _, a, err := b.gridRange(r); err == nil {
				rule.areas = append(rule.areas, a)
			}
		}
		if values := objects(list(rule.condition, "values")); str(rule.condition, "type") == "CUSTOM_FORMULA" && len(values) == 1 {
			rule.perRow = true
			editRefs(str(values[0], "userEnteredValue"), func(k token) string {
				for _, corner := range strings.Split(k.cells, ":") {
					rule.perRow = rule.perRow && strings.HasPrefix(corner, "$")
				}
				return k.cells
			})
		}
		out = append(out, rule)
	}
	return out
}

func (rule colourRule) applies(calc *calculation, t *tab, r, c int) bool {
	for _, a := range rule.areas {
		if !a.has(r, c) {
			continue
		}
		if rule.perRow {
			yes, known := rule.seen[r]
			if !known {
				yes = calc.holds(rule.condition, t, rule.areas[0], r, c)
				rule.seen[r] = yes
			}
			return yes
		}
		return calc.holds(rule.condition, t, rule.areas[0], r, c)
	}
	return false
}

// look turns a CellFormat into a class and a style. Styles are made of numbers and colours only.
func look(format object, value any, cell pageCell) (string, template.CSS) {
	classes := []string{}
	if cell.Class != "" {
		classes = append(classes, cell.Class)
	}
	var css strings.Builder
	css.WriteString(string(paint("background", sub(format, "backgroundColorStyle"))))
	text := sub(format, "textFormat")
	css.WriteString(string(paint("color", sub(text, "foregroundColorStyle"))))
	if boolean(text, "bold") {
		css.WriteString("font-weight:700;")
	}
	if boolean(text, "italic") {
		css.WriteString("font-style:italic;")
	}
	if boolean(text, "strikethrough") {
		css.WriteString("text-decoration:line-through;")
	} else if boolean(text, "underline") {
		css.WriteString("text-decoration:underline;")
	}
	if size := num(text, "fontSize"); size > 0 {
		fmt.Fprintf(&css, "font-size:%dpt;", min(size, 60))
	}
	switch str(format, "horizontalAlignment") {
	case "LEFT":
		classes = append(classes, "l")
	case "CENTER":
		classes = append(classes, "m")
	case "RIGHT":
		classes = append(classes, "r")
	default:
		switch value.(type) {
		case float64:
			classes = append(classes, "r")
		case bool:
			classes = append(classes, "m")
		}
	}
	switch str(format, "verticalAlignment") {
	case "TOP":
		classes = append(classes, "vt")
	case "MIDDLE":
		classes = append(classes, "vm")
	}
	if str(format, "wrapStrategy") == "WRAP" {
		classes = append(classes, "w")
	}
	for side, name := range map[string]string{"top": "bt", "bottom": "bb", "left": "bl", "right": "br"} {
		if style := str(sub(sub(format, "borders"), side), "style"); style != "" && style != "NONE" {
			classes = append(classes, name)
		}
	}
	for name, on := range map[string]bool{"note": cell.Note != "", "tick": cell.Tick, "dd": cell.List > 0} {
		if on {
			classes = append(classes, name)
		}
	}
	return strings.Join(classes, " "), template.CSS(css.String()) // built from numbers and colours above
}

// paint writes a colour as a CSS declaration, nothing for no colour. Theme colours are Google's default theme.
func paint(property string, style object) template.CSS {
	if style == nil {
		return ""
	}
	rgb := sub(style, "rgbColor")
	if rgb == nil {
		hex := map[string]string{"TEXT": "#000000", "BACKGROUND": "#ffffff", "ACCENT1": "#4285f4", "ACCENT2": "#ea4335", "ACCENT3": "#fbbc04",
			"ACCENT4": "#34a853", "ACCENT5": "#ff6d01", "ACCENT6": "#46bdc6", "LINK": "#1155cc"}[str(style, "themeColor")]
		if hex == "" {
			return ""
		}
		return template.CSS(property + ":" + hex + ";") // one of the constants above
	}
	channel := func(name string) int {
		v, _ := rgb[name].(float64)
		return int(math.Round(math.Max(0, math.Min(1, v)) * 255))
	}
	return template.CSS(fmt.Sprintf("%s:#%02x%02x%02x;", property, channel("red"), channel("green"), channel("blue"))) // numbers
}
