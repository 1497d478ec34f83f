package gsheet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// locate finds the tab and index of an item by its id field in one of the tabs' lists.
func (b *book) locate(id int, idField string, of func(*tab) *[]object) (*tab, int) {
	for _, t := range b.tabs {
		for i, o := range *of(t) {
			if num(o, idField) == id {
				return t, i
			}
		}
	}
	return nil, -1
}

// newIn gives an item its id: the one that the caller chose, if it is free, or a new one.
func (b *book) newIn(o object, idField string, of func(*tab) *[]object) error {
	if id, ok := number(o, idField); ok && id != 0 {
		if t, _ := b.locate(id, idField, of); t != nil {
			return fmt.Errorf("%s %d is taken already", idField, id)
		}
		return nil
	}
	o[idField] = float64(b.srv.newNumber(func(n int) bool { t, _ := b.locate(n, idField, of); return t != nil }))
	return nil
}

func protectedOf(t *tab) *[]object   { return &t.protected }
func filterViewsOf(t *tab) *[]object { return &t.filterViews }
func bandingOf(t *tab) *[]object     { return &t.banding }
func chartsOf(t *tab) *[]object      { return &t.charts }

// Conditional formats are a list in order of precedence.

func addConditionalFormatRule(b *book, req object) (object, error) {
	rule := sub(req, "rule")
	t, err := b.ruleTab(rule)
	if err != nil {
		return nil, err
	}
	i := num(req, "index")
	if i < 0 || i > len(t.formats) {
		return nil, fmt.Errorf("index %d lies outside the list of %d rules", i, len(t.formats))
	}
	t.formats = slices.Insert(t.formats, i, rule)
	return nil, nil
}

func (b *book) ruleTab(rule object) (*tab, error) {
	ranges := objects(list(rule, "ranges"))
	if len(ranges) == 0 {
		return nil, invalid("No ranges specified.")
	}
	var t *tab
	for _, r := range ranges {
		on, _, err := b.gridRange(r)
		if err != nil {
			return nil, err
		}
		if t != nil && t != on {
			return nil, fmt.Errorf("all ranges of a rule must lie on one sheet")
		}
		t = on
	}
	boolRule, gradient := sub(rule, "booleanRule"), sub(rule, "gradientRule")
	if (boolRule == nil) == (gradient == nil) {
		return nil, fmt.Errorf("a rule takes either booleanRule or gradientRule")
	}
	if boolRule != nil {
		if err := b.checkRule(boolRule); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func updateConditionalFormatRule(b *book, req object) (object, error) {
	i := num(req, "index")
	rule := sub(req, "rule")
	id := num(req, "sheetId")
	if rule != nil {
		t, err := b.ruleTab(rule)
		if err != nil {
			return nil, err
		}
		id = t.id()
	}
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	if i < 0 || i >= len(t.formats) {
		return nil, invalid("No conditional format on sheet: %d at index: %d", id, i)
	}
	old := t.formats[i]
	if rule != nil {
		t.formats[i] = rule
		return object{"oldRule": old, "newRule": rule, "newIndex": i}, nil
	}
	to := num(req, "newIndex")
	if to < 0 || to >= len(t.formats) {
		return nil, fmt.Errorf("newIndex %d lies outside the list of %d rules", to, len(t.formats))
	}
	t.formats = slices.Insert(slices.Delete(t.formats, i, i+1), to, old)
	return object{"newRule": old, "oldIndex": i, "newIndex": to}, nil
}

func deleteConditionalFormatRule(b *book, req object) (object, error) {
	id, i := num(req, "sheetId"), num(req, "index")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	if i < 0 || i >= len(t.formats) {
		return nil, invalid("No conditional format on sheet: %d at index: %d", id, i)
	}
	old := t.formats[i]
	t.formats = slices.Delete(t.formats, i, i+1)
	return object{"rule": old}, nil
}

// Protected ranges.

// checkProtected resolves the range and normalises who may edit: the owner always may, and a warning has no editors.
func (b *book) checkProtected(p object) (*tab, object, error) {
	where := sub(p, "range")
	if name := str(p, "namedRangeId"); name != "" {
		i := b.namedIndex(name)
		if i < 0 {
			return nil, nil, invalid("No named range with id: %s", name)
		}
		where = sub(b.named[i], "range")
	}
	if where == nil {
		return nil, nil, fmt.Errorf("a protected range needs a range or a namedRangeId")
	}
	t, _, err := b.gridRange(where)
	if err != nil {
		return nil, nil, err
	}
	p = maps.Clone(p)
	p["range"] = where
	p["requestingUserCanEdit"] = true
	if boolean(p, "warningOnly") {
		delete(p, "editors")
	}
	return t, p, nil
}

// owned adds the owner to the editors, as later reads show it.
func (b *book) owned(p object) object {
	if boolean(p, "warningOnly") {
		return p
	}
	p = maps.Clone(p)
	editors := object{}
	maps.Copy(editors, sub(p, "editors"))
	if users := list(editors, "users"); !slices.Contains(users, any(b.srv.opts.Owner)) {
		editors["users"] = append([]any{b.srv.opts.Owner}, users...)
	}
	p["editors"] = editors
	return p
}

func addProtectedRange(b *book, req object) (object, error) {
	t, p, err := b.checkProtected(sub(req, "protectedRange"))
	if err != nil {
		return nil, err
	}
	if err := b.newIn(p, "protectedRangeId", protectedOf); err != nil {
		return nil, err
	}
	t.protected = append(t.protected, b.owned(p))
	return object{"protectedRange": p}, nil
}

func updateProtectedRange(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("ProtectedRange", req)
	if err != nil {
		return nil, err
	}
	want := sub(req, "protectedRange")
	id := num(want, "protectedRangeId")
	t, i := b.locate(id, "protectedRangeId", protectedOf)
	if t == nil {
		return nil, invalid("No protected range with id: %d", id)
	}
	next := m.apply(t.protected[i], want)
	next["protectedRangeId"] = float64(id)
	on, next, err := b.checkProtected(next)
	if err != nil {
		return nil, err
	}
	next = b.owned(next)
	if on == t {
		t.protected[i] = next
		return nil, nil
	}
	t.protected = slices.Delete(t.protected, i, i+1)
	on.protected = append(on.protected, next)
	return nil, nil
}

func deleteProtectedRange(b *book, req object) (object, error) {
	id := num(req, "protectedRangeId")
	t, i := b.locate(id, "protectedRangeId", protectedOf)
	if t == nil {
		return nil, invalid("No protected range with id: %d", id)
	}
	t.protected = slices.Delete(t.protected, i, i+1)
	return nil, nil
}

// Named ranges.

func (b *book) namedIndex(id string) int {
	return slices.IndexFunc(b.named, func(o object) bool { return str(o, "namedRangeId") == id })
}

func (b *book) checkNamed(n object, but string) error {
	name := str(n, "name")
	if _, _, isCells := parseCells(name); name == "" || isCells || len(name) > 250 || name[0] >= '0' && name[0] <= '9' {
		return invalid("The name of the named range is invalid: %q", name)
	}
	for i := range len(name) {
		if c := name[i]; !isWord(c) && c != '.' {
			return invalid("The name of the named range is invalid: %q", name)
		}
	}
	for _, o := range b.named {
		if equalFold(str(o, "name"), name) && str(o, "namedRangeId") != but {
			return invalid("A named range with the name %q already exists.", name)
		}
	}
	if sub(n, "range") == nil {
		return fmt.Errorf("a named range needs a range")
	}
	_, _, err := b.gridRange(sub(n, "range"))
	return err
}

func addNamedRange(b *book, req object) (object, error) {
	n := maps.Clone(sub(req, "namedRange"))
	if err := b.checkNamed(n, ""); err != nil {
		return nil, err
	}
	if id := str(n, "namedRangeId"); id == "" {
		n["namedRangeId"] = strconv.Itoa(b.srv.newNumber(func(x int) bool { return b.namedIndex(strconv.Itoa(x)) >= 0 }))
	} else if b.namedIndex(id) >= 0 {
		return nil, invalid("A named range with the ID %q already exists.", id)
	}
	b.named = append(b.named, n)
	return object{"namedRange": n}, nil
}

func updateNamedRange(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("NamedRange", req)
	if err != nil {
		return nil, err
	}
	want := sub(req, "namedRange")
	id := str(want, "namedRangeId")
	i := b.namedIndex(id)
	if i < 0 {
		return nil, invalid("No named range with id: %s", id)
	}
	next := m.apply(b.named[i], want)
	next["namedRangeId"] = id
	if err := b.checkNamed(next, id); err != nil {
		return nil, err
	}
	b.named[i] = next
	return nil, nil
}

func deleteNamedRange(b *book, req object) (object, error) {
	id := str(req, "namedRangeId")
	i := b.namedIndex(id)
	if i < 0 {
		return nil, invalid("No named range with id: %s", id)
	}
	b.named = slices.Delete(b.named, i, i+1)
	return nil, nil
}
