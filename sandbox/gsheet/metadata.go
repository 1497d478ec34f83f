package gsheet

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// place is what a location of developer metadata names: the whole file, a tab, one row or one column.
type place struct {
	kind     string // SPREADSHEET, SHEET, ROW, COLUMN
	sheet    int
	from, to int
}

// place reads a DeveloperMetadataLocation.
func (b *book) place(l object) (place, error) {
	if dim := sub(l, "dimensionRange"); dim != nil {
		t, rows, from, to, err := b.dimension(dim)
		if err != nil {
			return place{}, err
		}
		if to > t.count(rows) {
			return place{}, fmt.Errorf("dimensionRange %d to %d leaves the grid", from, to)
		}
		return place{pickText(rows, "ROW", "COLUMN"), t.id(), from, to}, nil
	}
	if boolean(l, "spreadsheet") {
		return place{kind: "SPREADSHEET"}, nil
	}
	if id, ok := number(l, "sheetId"); ok {
		if b.tab(id) == nil {
			return place{}, noGrid(id)
		}
		return place{kind: "SHEET", sheet: id}, nil
	}
	return place{}, fmt.Errorf("a location names the spreadsheet, a sheetId or a dimensionRange")
}

// json is the inverse of place, with the locationType that answers carry.
func (p place) json() object {
	switch p.kind {
	case "SPREADSHEET":
		return object{"locationType": p.kind, "spreadsheet": true}
	case "SHEET":
		return object{"locationType": p.kind, "sheetId": float64(p.sheet)}
	}
	return object{"locationType": p.kind, "dimensionRange": object{"sheetId": float64(p.sheet),
		"dimension": pickText(p.kind == "ROW", "ROWS", "COLUMNS"), "startIndex": float64(p.from), "endIndex": float64(p.to)}}
}

// within tells whether p lies in q: a tab lies in the file, a row in its tab.
func (p place) within(q place) bool {
	switch q.kind {
	case "SPREADSHEET":
		return true
	case "SHEET":
		return p.kind != "SPREADSHEET" && p.sheet == q.sheet
	}
	return p.kind == q.kind && p.sheet == q.sheet && p.from < q.to && q.from < p.to
}

// metadataAt lists the metadata of exactly one place, as answers show it there.
func (b *book) metadataAt(kind string, sheet, index int) []any {
	var out []any
	for _, m := range b.metadata {
		p, err := b.place(sub(m, "location"))
		if err == nil && p.kind == kind && p.sheet == sheet && (kind == "SPREADSHEET" || kind == "SHEET" || p.from == index) {
			out = append(out, m)
		}
	}
	return out
}

func (b *book) metadataIndex(id int) int {
	return slices.IndexFunc(b.metadata, func(o object) bool { return num(o, "metadataId") == id })
}

// matches tells whether metadata fits a DeveloperMetadataLookup: every field that is set must agree.
func (b *book) matches(m, lookup object) (bool, error) {
	for _, name := range []string{"metadataKey", "metadataValue", "visibility"} {
		if want := str(lookup, name); want != "" && want != str(m, name) {
			return false, nil
		}
	}
	if id, ok := number(lookup, "metadataId"); ok && id != num(m, "metadataId") {
		return false, nil
	}
	p, err := b.place(sub(m, "location"))
	if err != nil {
		return false, nil
	}
	if kind := str(lookup, "locationType"); kind != "" && kind != p.kind {
		return false, nil
	}
	where := sub(lookup, "metadataLocation")
	if where == nil {
		return true, nil
	}
	q, err := b.place(where)
	if err != nil {
		return false, err
	}
	if str(lookup, "locationMatchingStrategy") == "INTERSECTING_LOCATION" {
		return p.within(q) || q.within(p), nil
	}
	return p == q, nil
}

// search lists the metadata that a DataFilter selects.
func (b *book) search(f object) ([]object, error) {
	var out []object
	lookup := sub(f, "developerMetadataLookup")
	var sel selection
	if lookup == nil {
		found, err := b.filtered(f)
		if err != nil {
			return nil, err
		}
		sel = found[0]
	}
	for _, m := range b.metadata {
		if lookup != nil {
			ok, err := b.matches(m, lookup)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, m)
			}
			continue
		}
		p, err := b.place(sub(m, "location"))
		a := sel.t.fit(sel.a)
		if err == nil && p.sheet == sel.t.id() && (p.kind == "SHEET" && a == sel.t.bounds() ||
			p.kind == "ROW" && p.from < a.r1 && a.r0 < p.to || p.kind == "COLUMN" && p.from < a.c1 && a.c0 < p.to) {
			out = append(out, m)
		}
	}
	return out, nil
}

// filtered resolves a DataFilter to ranges: an A1 range, a grid range, or the places of matching metadata.
func (b *book) filtered(f object) ([]selection, error) {
	kinds := 0
	for _, name := range []string{"a1Range", "gridRange", "developerMetadataLookup"} {
		if f[name] != nil {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("a data filter takes exactly one of a1Range, gridRange and developerMetadataLookup")
	}
	if text, ok := f["a1Range"].(string); ok {
		sel, err := b.find(text)
		return []selection{sel}, err
	}
	if g := sub(f, "gridRange"); g != nil {
		t, a, err := b.gridRange(g)
		single := a.r1 == a.r0+1 && a.c1 == a.c0+1
		return []selection{{t: t, a: a, single: single}}, err
	}
	var out []selection
	for _, m := range b.metadata {
		ok, err := b.matches(m, sub(f, "developerMetadataLookup"))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		p, err := b.place(sub(m, "location"))
		if err != nil {
			return nil, err
		}
		switch p.kind {
		case "ROW":
			out = append(out, selection{t: b.tab(p.sheet), a: area{p.from, p.to, 0, -1}})
		case "COLUMN":
			out = append(out, selection{t: b.tab(p.sheet), a: area{0, -1, p.from, p.to}})
		case "SHEET":
			out = append(out, selection{t: b.tab(p.sheet), a: whole()})
		default:
			for _, t := range b.tabs {
				out = append(out, selection{t: t, a: whole()})
			}
		}
	}
	return out, nil
}

func (b *book) checkMetadata(m object) (object, error) {
	if str(m, "metadataKey") == "" {
		return nil, fmt.Errorf("developerMetadata.metadataKey is required")
	}
	if v := str(m, "visibility"); v != "DOCUMENT" && v != "PROJECT" {
		return nil, fmt.Errorf("developerMetadata.visibility must be DOCUMENT or PROJECT")
	}
	p, err := b.place(sub(m, "location"))
	if err != nil {
		return nil, err
	}
	if (p.kind == "ROW" || p.kind == "COLUMN") && p.to != p.from+1 {
		return nil, fmt.Errorf("the dimensionRange of metadata must be exactly one row or column, found %d", p.to-p.from)
	}
	m = maps.Clone(m)
	m["location"] = p.json()
	return m, nil
}

func createDeveloperMetadata(b *book, req object) (object, error) {
	m, err := b.checkMetadata(sub(req, "developerMetadata"))
	if err != nil {
		return nil, err
	}
	if id, ok := number(m, "metadataId"); !ok || id == 0 {
		m["metadataId"] = float64(b.srv.newNumber(func(n int) bool { return b.metadataIndex(n) >= 0 }))
	} else if b.metadataIndex(id) >= 0 {
		return nil, fmt.Errorf("developer metadata with id %d exists already", id)
	}
	b.metadata = append(b.metadata, m)
	return object{"developerMetadata": m}, nil
}

func updateDeveloperMetadata(b *book, req object) (object, error) {
	mk, err := b.sc.updateMask("DeveloperMetadata", req)
	if err != nil {
		return nil, err
	}
	var changed []any
	for _, f := range objects(list(req, "dataFilters")) {
		found, err := b.search(f)
		if err != nil {
			return nil, err
		}
		for _, old := range found {
			next := mk.apply(old, sub(req, "developerMetadata"))
			next["metadataId"] = old["metadataId"]
			if next, err = b.checkMetadata(next); err != nil {
				return nil, err
			}
			b.metadata[b.metadataIndex(num(old, "metadataId"))] = next
			changed = append(changed, next)
		}
	}
	return object{"developerMetadata": changed}, nil
}

func deleteDeveloperMetadata(b *book, req object) (object, error) {
	found, err := b.search(sub(req, "dataFilter"))
	if err != nil {
		return nil, err
	}
	for _, m := range found {
		i := b.metadataIndex(num(m, "metadataId"))
		b.metadata = slices.Delete(b.metadata, i, i+1)
	}
	return object{"deletedDeveloperMetadata": anys(found)}, nil
}

// metadataCall answers /developerMetadata/N and /developerMetadata:search.
func (s *Server) metadataCall(c *call, b *book, rest string) (object, error) {
	if text, ok := strings.CutPrefix(rest, "/"); ok && c.method == http.MethodGet {
		c.kinds = []string{"developerMetadata.get"}
		id, err := strconv.Atoi(text)
		if i := b.metadataIndex(id); err == nil && i >= 0 {
			return b.sc.finish("DeveloperMetadata", b.metadata[i]), nil
		}
		return nil, notFound()
	}
	if rest != ":search" || c.method != http.MethodPost {
		return nil, unknownMethod()
	}
	c.kinds = []string{"developerMetadata.search"}
	req, err := s.message(c, "SearchDeveloperMetadataRequest", "")
	if err != nil {
		return nil, err
	}
	var found []any
	for i, f := range objects(list(req, "dataFilters")) {
		hits, err := b.search(f)
		if err != nil {
			return nil, invalid("Invalid dataFilters[%d]: %s", i, reason(err))
		}
		for _, m := range hits {
			found = append(found, object{"developerMetadata": m, "dataFilters": []any{f}})
		}
	}
	return b.sc.finish("SearchDeveloperMetadataResponse", object{"matchedDeveloperMetadata": found}), nil
}
