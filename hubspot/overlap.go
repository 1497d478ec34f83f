package hubspot

import "time"

// overlapMemory spares a quiet portal the same ten minutes over and over. Search lags, so what lies within the
// overlap before the watermark is read again, but twice is enough: once when it is first seen, and once when the
// overlap has passed since, by the length of our clock and not by its hands. It lives in the process only: a
// restart reads the overlap again.
//
//	| the watermark is the one we left | and                                       | start at                          |
//	| no                               |                                           | watermark - overlap               |
//	| yes                              | the overlap was small                     | watermark - overlap, or the floor |
//	| yes                              | large, and not yet due again              | just above the watermark          |
//	| yes                              | large, and due                            | where it began, or the floor      |
//
// The floor is the time up to which everything has been read a second time.
type overlapMemory struct {
	watermark time.Time // where the last read ended
	mark      time.Time // where the last read ended that did not leave the overlap out
	readAt    time.Time // when that was, our clock: what lies before mark had been read by then
	from      time.Time // where the second reading has to begin
	floor     time.Time
	large     bool // more than a page lies within the overlap
}

// overlapRead is one finished incremental read.
type overlapRead struct {
	before, after time.Time // watermarks
	from          time.Time // where it began
	began         time.Time // when, our clock
	partial       bool      // the overlap was left out
	large         bool
}

// startAt says where a read begins, and whether it leaves the overlap to a later one.
func (c *CRM) startAt(watermark, now time.Time) (from time.Time, partial bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from = watermark.Add(-c.opt.Overlap)
	m := c.seen
	if m.watermark.IsZero() || !m.watermark.Equal(watermark) {
		return from, false
	}
	if m.large && now.Sub(m.readAt) < c.opt.Overlap {
		return watermark.Add(time.Millisecond), true
	}
	if m.large && m.from.Before(from) {
		from = m.from
	}
	return later(from, m.floor), false
}

// remember takes note of a finished read.
func (c *CRM) remember(r overlapRead) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &c.seen
	known := !m.watermark.IsZero() && m.watermark.Equal(r.before)
	switch {
	case known && r.partial:
		m.watermark = r.after // the rest stays as it is: the second reading is still to come
	case known && r.began.Sub(m.readAt) >= c.opt.Overlap:
		m.floor = m.mark.Add(time.Millisecond)
		fallthrough
	case !known || r.after.After(r.before):
		if !known {
			m.floor = time.Time{}
		}
		m.watermark, m.mark, m.readAt, m.from, m.large = r.after, r.after, r.began, r.from, r.large
	}
}
