package sheets

import (
	"context"
	"fmt"
	"net/http"

	"rolecall/workbook"
)

// maxRounds is how often Write reads, compares and writes before it gives way to people who keep rearranging the tab.
const maxRounds = 6

// Write applies a batch and makes sure that it landed where it was meant.
//
//  1. Read the IDs, the columns that will be written and, where rows without an ID are meant, people's cells too: one call.
//  2. Find the rows (workbook.Locate) and compare what stands there with what shall stand there.
//  3. Nothing differs: done. Else write the differences, each column addressed by its metadata, in one call; then begin again.
//
// From the second round on, rows that were not meant are compared as well: what a sort has moved under our write is put back. Cells that
// exist are set in one atomic call, rows are appended in another: a batch that was cut short between them is completed by repeating it.
func (s *Sheet) Write(ctx context.Context, w workbook.Writes) (workbook.Written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.Empty() {
		return workbook.Written{}, nil
	}
	if s.known == nil {
		if _, err := s.structure(ctx); err != nil {
			return workbook.Written{}, err
		}
	}
	plans, out, err := s.plan(w)
	if err != nil {
		return workbook.Written{}, err
	}
	for round := 1; round <= maxRounds; round++ {
		if err := s.observe(ctx, plans); err != nil {
			return workbook.Written{}, err
		}
		astray := false
		for _, p := range plans {
			back, err := s.retract(ctx, p)
			if err != nil {
				return workbook.Written{}, err
			}
			astray = astray || back
		}
		if astray {
			continue // look again before anything is compared
		}
		var next step
		for _, p := range plans {
			p.compare(round, &next)
		}
		if next.empty() {
			for _, p := range plans {
				out.Unplaced = append(out.Unplaced, p.unplaced...)
			}
			return out, nil
		}
		if round > 1 {
			out.Repaired += next.repairs
		}
		if err := s.apply(ctx, plans, next); err != nil {
			return workbook.Written{}, err
		}
	}
	s.log.Warn().Int("rounds", maxRounds).Msg("the sheet kept changing under a write")
	return workbook.Written{}, ErrRearranged
}

// plan sorts a batch by tab and refuses what must not be written.
func (s *Sheet) plan(w workbook.Writes) ([]*tabPlan, workbook.Written, error) {
	var plans []*tabPlan
	var out workbook.Written
	for _, layout := range workbook.Layouts() {
		p := &tabPlan{layout: layout, zone: s.known.zone, columns: map[string]bool{}}
		if err := p.collect(w); err != nil {
			return nil, out, err
		}
		if p.idle() {
			continue
		}
		p.place = s.known.tabs[layout.Tab]
		if p.place == nil || p.place.need() != "" {
			out.Unplaced = append(out.Unplaced, p.targets()...)
			s.log.Warn().Str("tab", string(layout.Tab)).Msg("the tab cannot be written: it is missing or has lost a column")
			continue
		}
		plans = append(plans, p)
	}
	return plans, out, nil
}

// observe reads the state of every planned tab in one call; when a column is not where it was, the structure is looked at again first.
func (s *Sheet) observe(ctx context.Context, plans []*tabPlan) error {
	for again := range 2 {
		ok, err := s.observeOnce(ctx, plans)
		if ok && err == nil {
			return nil
		}
		if err != nil && status(err) != http.StatusBadRequest || again > 0 {
			if err == nil {
				err = fmt.Errorf("write the sheet: %w", ErrRearranged)
			}
			return err
		}
		if _, err := s.structure(ctx); err != nil {
			return err
		}
		for _, p := range plans {
			if fresh := s.known.tabs[p.layout.Tab]; fresh != nil && fresh.need() == "" {
				p.place = fresh
			}
		}
	}
	return nil
}

// apply sends one step: rows to remove, cells to set, rows to append.
func (s *Sheet) apply(ctx context.Context, plans []*tabPlan, next step) error {
	if len(next.remove) > 0 {
		if err := s.forgiving(s.batch(ctx, "remove settled rows from the sheet", next.remove, false)); err != nil {
			return err
		}
	}
	for _, chunk := range chunks(next.sets) {
		if err := s.set(ctx, chunk); err != nil {
			if status(err) == http.StatusBadRequest {
				s.log.Info().Int("columns", len(chunk)).Msg("a column went away under a write; looking again")
				continue // the next round looks at the structure again
			}
			return err
		}
	}
	for _, p := range plans {
		if err := s.appendRows(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// forgiving passes over an error after which it is unknown whether the change was made: the next round looks.
func (s *Sheet) forgiving(err error) error {
	switch code := status(err); {
	case err == nil:
		return nil
	case code >= 500:
		s.log.Info().Int("status", code).Msg("the answer to a write was lost; looking whether it went through")
		return nil
	case code == 0 && !isContext(err) && !isAuth(err):
		s.log.Info().Msg("the answer to a write was lost; looking whether it went through")
		return nil
	}
	return err
}
