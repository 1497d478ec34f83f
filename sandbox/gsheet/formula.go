package gsheet

import (
	"fmt"
	"strings"
	"time"
)

// cellError is an error value such as #REF! or #DIV/0!; message is what a person reads on hovering.
type cellError struct{ kind, message string }

// matrix is the value of a range: rows of cell values, nil for an empty cell.
type matrix [][]any

// calculation evaluates formulas of one book. Relative references slide by dr, dc: conditional formats use that.
type calculation struct {
	b      *book
	t      *tab
	dr, dc int
	depth  int
	now    time.Time
	cache  map[cellKey]any
}

type cellKey struct {
	t    *tab
	r, c int
}

func (b *book) calculation(t *tab) *calculation {
	c := &calculation{b: b, t: t, cache: map[cellKey]any{}}
	if b.srv != nil {
		c.now = b.srv.now()
	}
	return c
}

// value gives the effective value of a cell: nil, float64, string, bool or cellError.
func (k *calculation) value(t *tab, r, c int) any {
	x := t.at(r, c)
	text, ok := x.raw().(formula)
	if !ok {
		return x.raw()
	}
	key := cellKey{t, r, c}
	if v, ok := k.cache[key]; ok {
		return v
	}
	if k.depth > 200 {
		return cellError{"#REF!", "Circular dependency detected."}
	}
	k.cache[key] = cellError{"#REF!", "Circular dependency detected."}
	inner := *k
	inner.t, inner.dr, inner.dc, inner.depth = t, 0, 0, k.depth+1
	v := inner.eval(string(text))
	if m, ok := v.(matrix); ok {
		v = nil
		if len(m) > 0 && len(m[0]) > 0 {
			v = m[0][0]
		}
	}
	if v == nil {
		v = 0.0
	}
	k.cache[key] = v
	return v
}

// eval computes a formula, its "=" included.
func (k *calculation) eval(text string) any {
	tokens, err := lex(strings.TrimPrefix(text, "="))
	if err != nil {
		return cellError{"#ERROR!", "Formula parse error."}
	}
	p := &formulaParser{k: k, tokens: tokens}
	v := p.expression(0)
	if p.failed || p.peek().kind != tokenEnd {
		return cellError{"#ERROR!", "Formula parse error."}
	}
	return v
}

// formulaParser evaluates while it parses (precedence climbing); IF and its like pay for both branches, which costs
// nothing that matters here.
type formulaParser struct {
	k      *calculation
	tokens []token
	pos    int
	depth  int
	failed bool
}

func (p *formulaParser) peek() token { return p.tokens[p.pos] }

func (p *formulaParser) next() token {
	t := p.tokens[p.pos]
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

func (p *formulaParser) take(op string) bool {
	if t := p.peek(); t.kind == tokenOp && t.text == op {
		p.pos++
		return true
	}
	return false
}

func precedence(op string) int {
	switch op {
	case "=", "<>", "<", ">", "<=", ">=":
		return 1
	case "&":
		return 2
	case "+", "-":
		return 3
	case "*", "/":
		return 4
	case "^":
		return 5
	}
	return 0
}

func (p *formulaParser) expression(least int) any {
	if p.depth++; p.depth > 100 {
		p.failed = true
		return nil
	}
	defer func() { p.depth-- }()
	left := p.unary()
	for !p.failed {
		t := p.peek()
		level := precedence(t.text)
		if t.kind != tokenOp || level == 0 || level <= least {
			return left
		}
		p.next()
		right := p.expression(level)
		left = binary(t.text, left, right)
	}
	return left
}

func (p *formulaParser) unary() any {
	if p.take("-") {
		v := p.expression(4)
		n, err := toNumber(v)
		if err != nil {
			return *err
		}
		return -n
	}
	if p.take("+") {
		return p.expression(4)
	}
	v := p.primary()
	for p.take("%") {
		n, err := toNumber(v)
		if err != nil {
			return *err
		}
		v = n / 100
	}
	return v
}

func (p *formulaParser) primary() any {
	t := p.next()
	switch t.kind {
	case tokenNumber:
		return t.number
	case tokenText:
		return t.text
	case tokenError:
		return cellError{t.text, "Reference does not exist"}
	case tokenRef:
		return p.k.reference(t)
	case tokenName:
		if p.take("(") {
			return p.call(t.text)
		}
		switch strings.ToUpper(t.text) {
		case "TRUE":
			return true
		case "FALSE":
			return false
		}
		for _, n := range p.k.b.named {
			if equalFold(str(n, "name"), t.text) {
				if nt, a, err := p.k.b.gridRange(sub(n, "range")); err == nil {
					return p.k.cells(nt, a, false)
				}
			}
		}
		return cellError{"#NAME?", fmt.Sprintf("Unknown range name: '%s'.", strings.ToUpper(t.text))}
	case tokenOp:
		if t.text == "(" {
			v := p.expression(0)
			if !p.take(")") {
				p.failed = true
			}
			return v
		}
	}
	p.failed = true
	return nil
}

func (p *formulaParser) call(name string) any {
	var args []any
	if !p.take(")") {
		for {
			if t := p.peek(); t.kind == tokenOp && (t.text == "," || t.text == ";" || t.text == ")") {
				args = append(args, nil)
			} else {
				args = append(args, p.expression(0))
			}
			if p.take(")") {
				break
			}
			if p.failed || !p.take(",") && !p.take(";") {
				p.failed = true
				return nil
			}
		}
	}
	return p.k.function(name, args)
}

// reference gives the value of a cell or range.
func (k *calculation) reference(t token) any {
	target := k.t
	if t.hasTab {
		if target = k.b.tabNamed(t.tab); target == nil {
			return cellError{"#REF!", "Unresolved sheet name '" + t.tab + "'."}
		}
	}
	cells := t.cells
	if k.dr != 0 || k.dc != 0 {
		left, right, colon := strings.Cut(cells, ":")
		moved, ok := slideCorner(left, k.dr, k.dc)
		if colon {
			second, okRight := slideCorner(right, k.dr, k.dc)
			moved, ok = moved+":"+second, ok && okRight
		}
		if !ok {
			return cellError{"#REF!", "Reference does not exist"}
		}
		cells = moved
	}
	a, single, ok := parseCells(cells)
	if !ok {
		return cellError{"#REF!", "Reference does not exist"}
	}
	return k.cells(target, a, single)
}

func (k *calculation) cells(t *tab, a area, single bool) any {
	if a.r0 >= t.rowCount() || a.c0 >= t.colCount() {
		return cellError{"#REF!", "Reference does not exist"}
	}
	if single {
		return k.value(t, a.r0, a.c0)
	}
	a = t.fit(a)
	a.r1 = max(a.r0, min(a.r1, len(t.rows)))
	m := make(matrix, 0, a.rows())
	for r := a.r0; r < a.r1; r++ {
		line := make([]any, a.cols())
		for c := a.c0; c < a.c1; c++ {
			line[c-a.c0] = k.value(t, r, c)
		}
		m = append(m, line)
	}
	return m
}
