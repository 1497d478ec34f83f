package sheets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	api "google.golang.org/api/sheets/v4"

	"rolecall/workbook"
)

// layoutVersion changes when the requests below change in a way that their content does not show.
const layoutVersion = "1"

// Laid says what Init or Relay did.
type Laid struct {
	// Made are the tabs that were made, Added the columns that were added to tabs that were there, as "Tab/Header".
	Made, Added []string
	// Filled are the tabs into which the default rows were written.
	Filled []string
	// Unchanged: everything was as it should be, and nothing was written.
	Unchanged bool
}

// Init makes every tab that is not there yet, in one call, and fills the new ones with the default workbook's rows. Tabs and columns of
// people's own, and tabs of ours that are there already, keep every cell. It may be repeated: what an earlier Init did not finish is finished.
func (s *Sheet) Init(ctx context.Context, book workbook.Snapshot) (Laid, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lay(ctx, book, true)
}

// Relay brings the layout of the tabs up to date at start: headers' notes, formats, dropdowns, tick boxes, colours and protection, the columns
// and the rows of Settings and Control that a newer version has. Of tabs that are missing it makes those that hold nothing of people's anew.
// A sheet without any of our tabs is an error that asks for Init. Nothing is written when nothing has changed.
func (s *Sheet) Relay(ctx context.Context, book workbook.Snapshot) (Laid, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lay(ctx, book, false)
}

func (s *Sheet) lay(ctx context.Context, book workbook.Snapshot, making bool) (Laid, error) {
	st, err := s.structure(ctx)
	if err != nil {
		return Laid{}, err
	}
	if len(st.tabs) == 0 && !making {
		return Laid{}, fmt.Errorf("the sheet %q has none of rolecall's tabs - run rolecall init", st.title)
	}
	var done Laid
	layer := newLayer(st, book, s.now())
	for _, layout := range workbook.Layouts() {
		switch p := st.tabs[layout.Tab]; {
		case p == nil && (making || regrows(layout.Tab)):
			done.Made = append(done.Made, layer.makeTab(layout))
		case p != nil && p.problem == "":
			for _, header := range layer.addColumns(p) {
				done.Added = append(done.Added, string(layout.Tab)+"/"+header)
			}
		}
	}
	fingerprint, err := layer.fingerprint()
	if err != nil {
		return Laid{}, err
	}
	if fingerprint == st.layout && len(done.Made)+len(done.Added) == 0 {
		done.Unchanged = true
	} else if err := s.layAll(ctx, layer, fingerprint); err != nil {
		return Laid{}, err
	}
	filled, err := s.fill(ctx, book, layer, done.Unchanged)
	done.Filled = filled
	done.Unchanged = done.Unchanged && len(filled) == 0
	return done, err
}

// regrows says that a tab holds nothing of people's: deleted by mistake, it is simply made again.
func regrows(tab workbook.Tab) bool {
	switch tab {
	case workbook.Control, workbook.Try, workbook.Preview, workbook.Runs, workbook.Quality:
		return true
	}
	return false
}

// layAll sends the whole layout in one atomic call. It needs to know what an earlier call has laid, to replace it.
func (s *Sheet) layAll(ctx context.Context, layer *layer, fingerprint string) error {
	if len(layer.st.tabs) > 0 {
		const fields = "sheets(properties(sheetId),conditionalFormats,protectedRanges(protectedRangeId,description),filterViews(filterViewId,title),charts(chartId))"
		got, err := s.service.Spreadsheets.Get(s.id).Fields(fields).Context(ctx).Do()
		if err != nil {
			return s.explain("look at the sheet's layout", err)
		}
		layer.replaceOld(got.Sheets)
	}
	for _, layout := range workbook.Layouts() {
		if p := layer.places[layout.Tab]; p != nil {
			layer.dress(p)
		}
	}
	layer.charts()
	requests := append(layer.requests, layer.mark(fingerprint)...)
	// Making a tab twice is refused as a whole (its id is taken), so a lost answer may be asked for again.
	if err := s.batch(ctx, "lay out the sheet", requests, false); err != nil {
		if s.forgiving(err) != nil {
			return err
		}
		if st, again := s.structure(ctx); again != nil || st.layout != fingerprint {
			return err
		}
	}
	_, err := s.structure(ctx)
	return err
}

// fill writes the default rows into tabs that have never been filled, and rows that a newer version has into Settings and Control.
func (s *Sheet) fill(ctx context.Context, book workbook.Snapshot, layer *layer, unchanged bool) ([]string, error) {
	var filled []string
	for _, layout := range workbook.Layouts() {
		p := s.known.tabs[layout.Tab]
		table, has := book.Tables[layout.Tab]
		if p == nil || !has || p.need() != "" {
			continue
		}
		fixed := layout.Tab == workbook.Settings || layout.Tab == workbook.Control
		if p.filled && (!fixed || unchanged) {
			continue
		}
		if len(table.Rows) > 0 {
			n, err := s.fillTab(ctx, p, table)
			if err != nil {
				return filled, err
			}
			if n > 0 {
				filled = append(filled, p.title)
			}
		}
		if !p.filled {
			mark := &api.Request{CreateDeveloperMetadata: &api.CreateDeveloperMetadataRequest{DeveloperMetadata: &api.DeveloperMetadata{
				MetadataId: layout.SheetID*1_000_000 + 999_999, MetadataKey: filledKey, MetadataValue: "yes", Visibility: "PROJECT",
				Location: &api.DeveloperMetadataLocation{SheetId: layout.SheetID}}}}
			if err := s.batch(ctx, "mark the tab as filled", []*api.Request{mark}, false); err != nil {
				return filled, err
			}
			p.filled = true
		}
	}
	return filled, nil
}

// fillTab appends the rows whose ID is not there yet, in calls of less than bodyLimit, in their order.
func (s *Sheet) fillTab(ctx context.Context, p *place, table workbook.Table) (int, error) {
	plan := &tabPlan{layout: p.layout, place: p, zone: s.known.zone, columns: map[string]bool{}}
	id := p.layout.IDColumn().Key
	total := 0
	for range maxRounds {
		plan.now = nil
		if ok, err := s.observeOnce(ctx, []*tabPlan{plan}); err != nil {
			return total, err
		} else if !ok {
			return total, fmt.Errorf("fill the tab %s: %w", p.title, ErrRearranged)
		}
		if total == 0 && plan.now.holdsOthers(table) && p.layout.Tab != workbook.Settings && p.layout.Tab != workbook.Control {
			return 0, nil // people have their own rows here already
		}
		for _, row := range table.Rows {
			if plan.now.ids[row.ID] > 0 {
				continue
			}
			cells := map[string]workbook.Cell{id: row.ID}
			for key, v := range row.Cells {
				cells[key] = v
			}
			plan.pending = append(plan.pending, workbook.RowAppend{Tab: p.layout.Tab, Cells: cells})
		}
		if len(plan.pending) == 0 {
			return total, nil
		}
		total = len(plan.pending)
		if err := s.appendRows(ctx, plan); err != nil {
			return total, err
		}
	}
	return total, fmt.Errorf("fill the tab %s: %w", p.title, ErrRearranged)
}

// holdsOthers says that there are rows which are none of the default's.
func (st *state) holdsOthers(table workbook.Table) bool {
	return slices.ContainsFunc(st.rows, func(r workbook.Row) bool {
		return !slices.ContainsFunc(table.Rows, func(d workbook.Row) bool { return d.ID == r.ID })
	})
}

// fingerprint names the layout: the same words, widths and choices, the same name.
func (l *layer) fingerprint() (string, error) {
	raw, err := json.Marshal(struct {
		Version string
		Layouts []workbook.Layout
	}{layoutVersion, workbook.Layouts()})
	if err != nil {
		return "", fmt.Errorf("encode the layout: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), nil
}

// mark notes the fingerprint on the spreadsheet.
func (l *layer) mark(fingerprint string) []*api.Request {
	var out []*api.Request
	if l.st.layoutID != 0 {
		out = append(out, &api.Request{DeleteDeveloperMetadata: &api.DeleteDeveloperMetadataRequest{DataFilter: byMetadata(spot{metadata: l.st.layoutID})}})
	}
	return append(out, &api.Request{CreateDeveloperMetadata: &api.CreateDeveloperMetadataRequest{DeveloperMetadata: &api.DeveloperMetadata{
		MetadataKey: layoutKey, MetadataValue: fingerprint, Visibility: "PROJECT", Location: &api.DeveloperMetadataLocation{Spreadsheet: true}}}})
}
