package gsheet

import (
	"fmt"
	"maps"
	"slices"
)

// Filter views and the basic filter.

func (b *book) checkFilter(f object) (*tab, object, error) {
	where := sub(f, "range")
	if name := str(f, "namedRangeId"); name != "" && where == nil {
		if i := b.namedIndex(name); i >= 0 {
			where = sub(b.named[i], "range")
		}
	}
	if where == nil {
		return nil, nil, fmt.Errorf("a filter needs a range")
	}
	t, a, err := b.gridRange(where)
	if err != nil {
		return nil, nil, err
	}
	a = t.fit(a)
	if a.cells() <= 0 || a.rows() <= 0 {
		return nil, nil, fmt.Errorf("the filter's range lies outside the grid")
	}
	f = maps.Clone(f)
	f["range"] = rangeObject(t.id(), a)
	return t, f, nil
}

func addFilterView(b *book, req object) (object, error) {
	t, f, err := b.checkFilter(sub(req, "filter"))
	if err != nil {
		return nil, err
	}
	if err := b.newIn(f, "filterViewId", filterViewsOf); err != nil {
		return nil, err
	}
	if str(f, "title") == "" {
		f["title"] = fmt.Sprintf("Filter %d", len(t.filterViews)+1)
	}
	for _, other := range t.filterViews {
		if str(other, "title") == str(f, "title") {
			return nil, fmt.Errorf("a filter view called %q exists on this sheet already", str(f, "title"))
		}
	}
	t.filterViews = append(t.filterViews, f)
	return object{"filter": f}, nil
}

func updateFilterView(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("FilterView", req)
	if err != nil {
		return nil, err
	}
	want := sub(req, "filter")
	id := num(want, "filterViewId")
	t, i := b.locate(id, "filterViewId", filterViewsOf)
	if t == nil {
		return nil, invalid("No filter view with id: %d", id)
	}
	next := m.apply(t.filterViews[i], want)
	next["filterViewId"] = float64(id)
	if next["range"] == nil {
		next["range"] = t.filterViews[i]["range"]
	}
	on, next, err := b.checkFilter(next)
	if err != nil {
		return nil, err
	}
	if on != t {
		return nil, fmt.Errorf("a filter view stays on its sheet")
	}
	t.filterViews[i] = next
	return nil, nil
}

func deleteFilterView(b *book, req object) (object, error) {
	id := num(req, "filterId")
	t, i := b.locate(id, "filterViewId", filterViewsOf)
	if t == nil {
		return nil, invalid("No filter view with id: %d", id)
	}
	t.filterViews = slices.Delete(t.filterViews, i, i+1)
	return nil, nil
}

func duplicateFilterView(b *book, req object) (object, error) {
	id := num(req, "filterId")
	t, i := b.locate(id, "filterViewId", filterViewsOf)
	if t == nil {
		return nil, invalid("No filter view with id: %d", id)
	}
	f := deepCopy(t.filterViews[i]).(object)
	delete(f, "filterViewId")
	f["title"] = "Copy of " + str(f, "title")
	return addFilterView(b, object{"filter": f})
}

func setBasicFilter(b *book, req object) (object, error) {
	t, f, err := b.checkFilter(sub(req, "filter"))
	if err != nil {
		return nil, err
	}
	t.basicFilter = f
	if specs := objects(list(f, "sortSpecs")); len(specs) > 0 { // a basic filter's sort moves the rows for everybody
		_, a, err := b.gridRange(sub(f, "range"))
		if err != nil {
			return nil, err
		}
		a.r0++
		t.sort(a, specs, b.calculation(t))
	}
	return nil, nil
}

func clearBasicFilter(b *book, req object) (object, error) {
	id := num(req, "sheetId")
	t := b.tab(id)
	if t == nil {
		return nil, noGrid(id)
	}
	t.basicFilter = nil
	return nil, nil
}

// hiddenByFilter gives the rows that the basic filter hides.
func (t *tab) hiddenByFilter(calc *calculation) map[int]bool {
	if t.basicFilter == nil {
		return nil
	}
	return t.filteredOut(t.basicFilter, calc)
}

// Banding.

func addBanding(b *book, req object) (object, error) {
	band := maps.Clone(sub(req, "bandedRange"))
	t, _, err := b.gridRange(sub(band, "range"))
	if err != nil {
		return nil, err
	}
	if band["rowProperties"] == nil && band["columnProperties"] == nil {
		return nil, fmt.Errorf("banding needs rowProperties or columnProperties")
	}
	if err := b.newIn(band, "bandedRangeId", bandingOf); err != nil {
		return nil, err
	}
	t.banding = append(t.banding, band)
	return object{"bandedRange": band}, nil
}

func updateBanding(b *book, req object) (object, error) {
	m, err := b.sc.updateMask("BandedRange", req)
	if err != nil {
		return nil, err
	}
	want := sub(req, "bandedRange")
	id := num(want, "bandedRangeId")
	t, i := b.locate(id, "bandedRangeId", bandingOf)
	if t == nil {
		return nil, invalid("No banded range with id: %d", id)
	}
	next := m.apply(t.banding[i], want)
	next["bandedRangeId"] = float64(id)
	if _, _, err := b.gridRange(sub(next, "range")); err != nil {
		return nil, err
	}
	t.banding[i] = next
	return nil, nil
}

func deleteBanding(b *book, req object) (object, error) {
	id := num(req, "bandedRangeId")
	t, i := b.locate(id, "bandedRangeId", bandingOf)
	if t == nil {
		return nil, invalid("No banded range with id: %d", id)
	}
	t.banding = slices.Delete(t.banding, i, i+1)
	return nil, nil
}

// Charts.

func addChart(b *book, req object) (object, error) {
	chart := maps.Clone(sub(req, "chart"))
	spec := sub(chart, "spec")
	if err := b.checkChart(spec); err != nil {
		return nil, err
	}
	position := sub(chart, "position")
	var t *tab
	switch {
	case boolean(position, "newSheet") || position == nil:
		made, err := b.addTab(object{"title": b.freeName("Chart"), "sheetType": "OBJECT"})
		if err != nil {
			return nil, err
		}
		t = made
		chart["position"] = object{"sheetId": float64(t.id())}
	default:
		anchor := sub(sub(position, "overlayPosition"), "anchorCell")
		id := num(anchor, "sheetId")
		if anchor == nil {
			id = num(position, "sheetId")
		}
		if t = b.tab(id); t == nil {
			return nil, noGrid(id)
		}
	}
	if err := b.newIn(chart, "chartId", chartsOf); err != nil {
		return nil, err
	}
	t.charts = append(t.charts, chart)
	return object{"chart": chart}, nil
}

func (b *book) freeName(base string) string {
	for i := 1; ; i++ {
		if name := fmt.Sprintf("%s%d", base, i); b.tabNamed(name) == nil {
			return name
		}
	}
}

// checkChart wants a spec whose source ranges lie on tabs of the book.
func (b *book) checkChart(spec object) error {
	if spec == nil {
		return fmt.Errorf("a chart needs a spec")
	}
	var bad error
	b.sc.visit("ChartSpec", deepCopy(spec).(object), func(typ string, o object) bool {
		if typ == "GridRange" && bad == nil {
			_, _, bad = b.gridRange(o)
		}
		return true
	})
	if bad != nil {
		return bad
	}
	if basic := sub(spec, "basicChart"); basic != nil && len(list(basic, "series")) == 0 {
		return invalid("Invalid spec.basicChart: at least one series is required")
	}
	return nil
}

func updateChartSpec(b *book, req object) (object, error) {
	id := num(req, "chartId")
	t, i := b.locate(id, "chartId", chartsOf)
	if t == nil {
		return nil, invalid("No chart with id: %d", id)
	}
	if err := b.checkChart(sub(req, "spec")); err != nil {
		return nil, err
	}
	next := maps.Clone(t.charts[i])
	next["spec"] = sub(req, "spec")
	t.charts[i] = next
	return nil, nil
}

func updateEmbeddedObjectPosition(b *book, req object) (object, error) {
	id := num(req, "objectId")
	t, i := b.locate(id, "chartId", chartsOf)
	if t == nil {
		return nil, invalid("No embedded object with id: %d", id)
	}
	next := maps.Clone(t.charts[i])
	next["position"] = sub(req, "newPosition")
	if text := str(req, "fields"); text != "" && text != "*" {
		m, err := parseMask(text)
		if err != nil {
			return nil, err
		}
		position := maps.Clone(sub(t.charts[i], "position"))
		position["overlayPosition"] = m.apply(sub(position, "overlayPosition"), sub(sub(req, "newPosition"), "overlayPosition"))
		next["position"] = position
	}
	t.charts[i] = next
	return object{"position": next["position"]}, nil
}

func deleteEmbeddedObject(b *book, req object) (object, error) {
	id := num(req, "objectId")
	t, i := b.locate(id, "chartId", chartsOf)
	if t == nil {
		return nil, invalid("No embedded object with id: %d", id)
	}
	t.charts = slices.Delete(t.charts, i, i+1)
	return nil, nil
}
