package portal

import (
	"math"
	"slices"
	"time"
)

// The search index lags behind the records, as HubSpot's does: until a change
// is due, search shows the state before it (and nothing at all of a contact
// that is new). Each change draws a lag of its own, so that later changes may
// become visible before earlier ones.

// snapshot is what the index shows of a contact whose change is not yet due.
type snapshot struct {
	due      int64
	modified int64
	props    []pair
	visible  bool
}

// pendingMost is how many changes may wait for somebody to search.
const pendingMost = 50_000

func (s *Server) lag() int64 {
	l := s.opt.IndexLag
	if s.opt.IndexJitter > 0 {
		l += time.Duration(s.rand.Int64N(int64(s.opt.IndexJitter)))
	}
	return l.Milliseconds()
}

func (s *Server) lagging() bool { return s.opt.IndexLag > 0 || s.opt.IndexJitter > 0 }

// hidden stands in shownAt for a contact that the index does not show.
const hidden = math.MinInt64

func (s *Server) indexNew(i int32, at int64) {
	if !s.lagging() {
		s.timeline.insert(stamp{at, i})
		s.shownAt = append(s.shownAt, at)
		return
	}
	s.shownAt = append(s.shownAt, hidden)
	s.contacts[i].pending = true
	s.pending[i] = &snapshot{due: at + s.lag()}
}

// change runs a mutation of one contact and keeps time index, modification time
// and lag in step. The mutation reports whether it changed anything.
func (s *Server) change(i int32, at int64, mutate func(c *contact) bool) bool {
	if len(s.pending) > s.settleAt { // nobody searches: keep the snapshots few
		s.settle(at)
		s.settleAt = 2*len(s.pending) + pendingMost
	}
	c := &s.contacts[i]
	before := snapshot{modified: c.modified, props: c.props, visible: c.state == live}
	if s.lagging() && !c.pending {
		before.props = slices.Clone(c.props)
	}
	if !mutate(c) {
		return false
	}
	c.modified = at
	switch {
	case c.pending:
		s.pending[i].due = max(s.pending[i].due, at+s.lag())
	case s.lagging():
		before.due = at + s.lag()
		c.pending = true
		s.pending[i] = &before
	default:
		s.reindex(i, before)
	}
	return true
}

func (s *Server) reindex(i int32, before snapshot) {
	if before.visible {
		s.timeline.remove(stamp{before.modified, i})
	}
	s.shownAt[i] = hidden
	if c := &s.contacts[i]; c.state == live {
		s.timeline.insert(stamp{c.modified, i})
		s.shownAt[i] = c.modified
	}
}

// settle lets every change that is due appear in the index.
func (s *Server) settle(now int64) {
	var due []int32
	for i, p := range s.pending {
		if p.due <= now {
			due = append(due, i)
		}
	}
	slices.Sort(due)
	for _, i := range due {
		s.reindex(i, *s.pending[i])
		s.contacts[i].pending = false
		delete(s.pending, i)
	}
}

// forget takes a purged contact out of the index at once.
func (s *Server) forget(i int32, before snapshot) {
	if p, ok := s.pending[i]; ok {
		before = *p
		s.contacts[i].pending = false
		delete(s.pending, i)
	}
	if before.visible {
		s.timeline.remove(stamp{before.modified, i})
	}
	s.shownAt[i] = hidden
}

// indexed is the state that search sees.
func (s *Server) indexed(i int32) (props []pair, modified int64, visible bool) {
	c := &s.contacts[i]
	if c.pending {
		p := s.pending[i]
		return p.props, p.modified, p.visible
	}
	return c.props, c.modified, c.state == live
}
