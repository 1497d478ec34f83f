package portal

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
)

// The saved form is a gob stream: a header, the texts in blocks, the contacts in
// blocks, and a count at the end by which a file that was cut short is known.
// Texts that no contact holds any more are not saved.

const (
	saveVersion = 1
	saveBlock   = 4096
)

type savedHeader struct {
	Version  int
	Contacts int
	Texts    int
	Props    []Property
	Groups   []Group
	Sources  []Source
	LastMS   int64
	Day      string
	Used     int
	Refused  map[int64]string
	People   []PersonEdit
}

type savedContact struct {
	ID, Created, Modified int64
	Props                 []savedPair
	Hist                  []savedVersion
	Origin                sourceID
	State                 state
	ArchivedAt, Into      int64
	Absorbed              []int64
}

type savedPair struct {
	P propID
	V valueID
}

type savedVersion struct {
	At int64
	V  valueID
	S  sourceID
	P  propID
}

// Save writes contacts, histories, properties, groups and the people's log.
// Tokens, faults, limits and the logs of requests and writes are not part of it;
// changes that search does not show yet will be shown after Load.
func (s *Server) Save(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := bufio.NewWriterSize(w, 1<<16)
	enc := gob.NewEncoder(out)
	number, texts := s.usedTexts()
	head := savedHeader{saveVersion, len(s.contacts), len(texts), s.props, s.groups, s.sources, s.lastMS, s.limiter.day, s.limiter.used, s.refused, s.people.edits}
	err := enc.Encode(head)
	for from := 0; from < len(texts) && err == nil; from += saveBlock {
		err = enc.Encode(texts[from:min(len(texts), from+saveBlock)])
	}
	for from := 0; from < len(s.contacts) && err == nil; from += saveBlock {
		block := make([]savedContact, 0, saveBlock)
		for i := from; i < min(len(s.contacts), from+saveBlock); i++ {
			block = append(block, savedOf(&s.contacts[i], number))
		}
		err = enc.Encode(block)
	}
	if err == nil {
		err = enc.Encode(len(s.contacts))
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("save the portal: %w", err)
	}
	return nil
}

func (s *Server) usedTexts() ([]valueID, []string) {
	number := make([]valueID, len(s.values.all))
	var texts []string
	use := func(v valueID) {
		if v != 0 && number[v] == 0 {
			texts = append(texts, s.values.text(v))
			number[v] = valueID(len(texts))
		}
	}
	for i := range s.contacts {
		for _, x := range s.contacts[i].props {
			use(x.val)
		}
		if h := s.contacts[i].hist; h != nil {
			for _, v := range *h {
				use(v.val)
			}
		}
	}
	return number, texts
}

func savedOf(c *contact, number []valueID) savedContact {
	out := savedContact{ID: c.id, Created: c.created, Modified: c.modified, Origin: c.origin, State: c.state}
	for _, x := range c.props {
		out.Props = append(out.Props, savedPair{x.prop, number[x.val]})
	}
	if c.hist != nil {
		for _, v := range *c.hist {
			out.Hist = append(out.Hist, savedVersion{v.at, number[v.val], v.src, v.prop})
		}
	}
	if c.rare != nil {
		out.ArchivedAt, out.Into, out.Absorbed = c.rare.archivedAt, c.rare.into, c.rare.absorbed
	}
	return out
}

// Load replaces the portal's content by what Save wrote. A file of another
// version, cut short or damaged gives an error and leaves the portal as it was.
func (s *Server) Load(r io.Reader) error {
	dec := gob.NewDecoder(bufio.NewReaderSize(r, 1<<16))
	var head savedHeader
	if err := dec.Decode(&head); err != nil {
		return fmt.Errorf("load the portal: %w", err)
	}
	if head.Version != saveVersion {
		return fmt.Errorf("load the portal: the file is of version %d, this program reads version %d: delete it to begin anew", head.Version, saveVersion)
	}
	values := newInterner()
	for len(values.all)-1 < head.Texts {
		var block []string
		if err := dec.Decode(&block); err != nil {
			return fmt.Errorf("load the portal: texts: %w", err)
		}
		for _, text := range block {
			values.id(text)
		}
		if len(block) == 0 {
			return fmt.Errorf("load the portal: texts: an empty block")
		}
	}
	var all []contact
	for len(all) < head.Contacts {
		var block []savedContact
		if err := dec.Decode(&block); err != nil {
			return fmt.Errorf("load the portal: contacts: %w", err)
		}
		if len(block) == 0 {
			return fmt.Errorf("load the portal: contacts: an empty block")
		}
		for i := range block {
			c, err := block[i].contact(&head, len(values.all))
			if err != nil {
				return fmt.Errorf("load the portal: contact %d: %w", block[i].ID, err)
			}
			if n := len(all); n > 0 && all[n-1].id >= c.id {
				return fmt.Errorf("load the portal: contact %d is out of order", c.id)
			}
			all = append(all, c)
		}
	}
	var end int
	if err := dec.Decode(&end); err != nil || end != head.Contacts {
		return fmt.Errorf("load the portal: the file was cut short")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adopt(head, values, all)
	return nil
}

func (s *Server) adopt(head savedHeader, values *interner, all []contact) {
	s.values, s.contacts = values, all
	s.props, s.propIDs = nil, map[string]propID{}
	for _, p := range head.Props {
		if p.Options == nil {
			p.Options = []Option{}
		}
		s.addProperty(p)
	}
	s.numberStandard()
	s.groups, s.sources, s.sourceIDs = head.Groups, nil, map[Source]sourceID{}
	for _, src := range head.Sources {
		s.sourceID(src)
	}
	s.lastMS, s.people = head.LastMS, peopleLog{edits: head.People}
	s.limiter.day, s.limiter.used = head.Day, head.Used
	if s.refused = head.Refused; s.refused == nil {
		s.refused = map[int64]string{}
	}
	s.writes = writeLog{max: s.writes.max}
	clear(s.pending)
	s.rebuild()
	for i := range s.contacts { // addresses of merged contacts lead to the survivor
		c := &s.contacts[i]
		if e, ok := c.get(s.emailProp); ok && c.state == merged && e != 0 {
			if into, ok := s.resolve(c.id); ok {
				if _, taken := s.byEmail[e]; !taken {
					s.byEmail[e] = into
				}
			}
		}
	}
}

func (b *savedContact) contact(head *savedHeader, texts int) (contact, error) {
	c := contact{id: b.ID, created: b.Created, modified: b.Modified, origin: b.Origin, state: b.State}
	bad := int(b.Origin) >= len(head.Sources) || b.State > purged || b.State == merged && (b.Into == b.ID || b.Into <= 0)
	if len(b.Props) > 0 {
		c.props = make([]pair, len(b.Props))
	}
	for i, x := range b.Props {
		bad = bad || int(x.P) >= len(head.Props) || int(x.V) >= texts
		c.props[i] = pair{x.P, x.V}
	}
	if len(b.Hist) > 0 {
		h := make([]version, len(b.Hist))
		for i, v := range b.Hist {
			bad = bad || int(v.P) >= len(head.Props) || int(v.V) >= texts || int(v.S) >= len(head.Sources)
			h[i] = version{v.At, v.V, v.S, v.P}
		}
		c.hist = &h
	}
	if b.ArchivedAt != 0 || b.Into != 0 || b.Absorbed != nil || b.State == archived || b.State == merged {
		c.rare = &rare{b.ArchivedAt, b.Into, b.Absorbed}
	}
	if bad {
		return c, fmt.Errorf("it refers to what the file does not hold")
	}
	return c, nil
}
