package portal

import "sort"

const threeYears = 3 * 365 * 24 * 3600 * 1000

// dateNew gives the contacts from start on their dates (created in the order of
// their ids, over the three years before now; last changed at some later time)
// and puts everything in order again.
func (s *Server) dateNew(start int, now int64) {
	fresh := s.contacts[start:]
	byID := func(i, j int) bool { return s.contacts[i].id < s.contacts[j].id }
	if !sort.SliceIsSorted(fresh, func(i, j int) bool { return fresh[i].id < fresh[j].id }) {
		sort.Slice(fresh, func(i, j int) bool { return fresh[i].id < fresh[j].id })
	}
	step := float64(threeYears) / float64(len(fresh)+1)
	for i := range fresh {
		c := &fresh[i]
		c.created = now - threeYears + int64(step*float64(i))
		c.modified = c.created + s.rand.Int64N(now-c.created)
	}
	s.liveCount += len(fresh)
	if start > 0 && len(fresh) > 0 && s.contacts[start-1].id > fresh[0].id {
		s.settle(1<<62 - 1)
		sort.Slice(s.contacts, byID)
	}
	s.rebuild()
}

// rebuild makes the e-mail index and the time index anew from the contacts.
func (s *Server) rebuild() {
	clear(s.byEmail)
	s.liveCount, s.deadCount = 0, 0
	stamps := make([]stamp, 0, len(s.contacts))
	s.shownAt = make([]int64, len(s.contacts))
	for i := range s.contacts {
		c := &s.contacts[i]
		switch c.state {
		case live:
			s.liveCount++
		case archived:
			s.deadCount++
		}
		s.shownAt[i] = hidden
		if _, modified, visible := s.indexed(int32(i)); visible {
			stamps = append(stamps, stamp{modified, int32(i)})
			s.shownAt[i] = modified
		}
		if c.state == merged || c.state == purged {
			continue
		}
		if e, ok := c.get(s.emailProp); ok && e != 0 {
			if _, taken := s.byEmail[e]; !taken {
				s.byEmail[e] = int32(i)
			}
		}
	}
	s.timeline.fill(stamps)
}
