package gsheet

import (
	"encoding/json"
	"fmt"
	"io"
)

// saved is the form in which Save writes the server's state.
type saved struct {
	Version int               `json:"version"`
	Books   []savedBook       `json:"books"`
	Refresh map[string]string `json:"refresh_tokens,omitempty"`
}

type savedBook struct {
	ID       string     `json:"id"`
	Revision int64      `json:"revision"`
	Props    object     `json:"properties"`
	Named    []object   `json:"named,omitempty"`
	Metadata []object   `json:"metadata,omitempty"`
	Tabs     []savedTab `json:"tabs"`
}

type savedTab struct {
	Props       object     `json:"properties"`
	Cols        []object   `json:"columns,omitempty"`
	Rows        []savedRow `json:"rows,omitempty"`
	Merges      [][4]int   `json:"merges,omitempty"`
	Lists       [][]object `json:"lists"` // in the order of tab.lists
	BasicFilter object     `json:"basic_filter,omitempty"`
}

type savedRow struct {
	Index int         `json:"i"`
	Props object      `json:"p,omitempty"`
	Cells []savedCell `json:"c,omitempty"`
}

type savedCell struct {
	Col        int    `json:"i"`
	Value      any    `json:"v,omitempty"`
	Formula    string `json:"f,omitempty"`
	Format     object `json:"s,omitempty"`
	Note       string `json:"n,omitempty"`
	Validation object `json:"d,omitempty"`
	More       object `json:"m,omitempty"`
}

// savedVersion is the version of the form; Load refuses any other.
const savedVersion = 1

// Save writes every spreadsheet and refresh token as JSON; Load reads it back.
func (s *Server) Save(w io.Writer) error {
	s.mu.Lock()
	out := saved{Version: savedVersion, Refresh: s.oauth.refresh}
	for _, b := range s.books {
		out.Books = append(out.Books, b.save())
	}
	raw, err := json.Marshal(out)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode the spreadsheets: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return fmt.Errorf("save the spreadsheets: %w", err)
	}
	return nil
}

func (b *book) save() savedBook {
	out := savedBook{ID: b.id, Revision: b.revision, Props: b.props, Named: b.named, Metadata: b.metadata}
	for _, t := range b.tabs {
		st := savedTab{Props: t.props, Cols: t.cols, BasicFilter: t.basicFilter}
		for _, m := range t.merges {
			st.Merges = append(st.Merges, [4]int{m.r0, m.r1, m.c0, m.c1})
		}
		for _, l := range t.lists() {
			st.Lists = append(st.Lists, *l.list)
		}
		for i, rw := range t.rows {
			if rw == nil {
				continue
			}
			sr := savedRow{Index: i, Props: rw.props}
			for c, x := range rw.cells {
				if x.empty() {
					continue
				}
				sc := savedCell{Col: c, Value: x.value, Format: x.format, Note: x.note, Validation: x.validation, More: x.more}
				if f, ok := x.value.(formula); ok {
					sc.Value, sc.Formula = nil, string(f)
				}
				sr.Cells = append(sr.Cells, sc)
			}
			st.Rows = append(st.Rows, sr)
		}
		out.Tabs = append(out.Tabs, st)
	}
	return out
}

// Load replaces the server's spreadsheets by what Save has written. On an error nothing is replaced.
func (s *Server) Load(r io.Reader) error {
	var in saved
	if err := json.NewDecoder(r).Decode(&in); err != nil {
		return fmt.Errorf("read the saved spreadsheets: %w", err)
	}
	if in.Version != savedVersion {
		return fmt.Errorf("the saved spreadsheets have version %d, this program reads version %d: start with a fresh state", in.Version, savedVersion)
	}
	books := map[string]*book{}
	for _, sb := range in.Books {
		b, err := s.load(sb)
		if err != nil {
			return fmt.Errorf("read the saved spreadsheet %s: %w", sb.ID, err)
		}
		books[b.id] = b
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books = books
	if in.Refresh != nil {
		s.oauth.refresh = in.Refresh
	}
	return nil
}

func (s *Server) load(in savedBook) (*book, error) {
	b := &book{id: in.ID, revision: in.Revision, props: in.Props, named: in.Named, metadata: in.Metadata, sc: s.sc, srv: s}
	if b.id == "" || len(in.Tabs) == 0 {
		return nil, fmt.Errorf("it has no id or no tab")
	}
	for _, st := range in.Tabs {
		t := &tab{props: st.Props, cols: st.Cols, basicFilter: st.BasicFilter}
		for _, m := range st.Merges {
			t.merges = append(t.merges, area{m[0], m[1], m[2], m[3]})
		}
		lists := t.lists()
		if len(st.Lists) != len(lists) || t.rowCount() < 1 || t.colCount() < 1 {
			return nil, fmt.Errorf("tab %q is damaged", t.title())
		}
		for i, l := range lists {
			*l.list = st.Lists[i]
		}
		for _, sr := range st.Rows {
			if sr.Index < 0 || sr.Index >= t.rowCount() {
				return nil, fmt.Errorf("tab %q: row %d lies outside its grid", t.title(), sr.Index)
			}
			t.edit(sr.Index).props = sr.Props
			for _, sc := range sr.Cells {
				if sc.Col < 0 || sc.Col >= t.colCount() {
					return nil, fmt.Errorf("tab %q: column %d lies outside its grid", t.title(), sc.Col)
				}
				x := &cell{value: sc.Value, format: sc.Format, note: sc.Note, validation: sc.Validation, more: sc.More}
				if sc.Formula != "" {
					x.value = formula(sc.Formula)
				}
				t.set(sr.Index, sc.Col, x)
			}
		}
		b.tabs = append(b.tabs, t)
	}
	return b, nil
}
