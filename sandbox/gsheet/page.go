package gsheet

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed assets
var assets embed.FS

// firstRows is how many rows a page shows before "show more".
const firstRows = 200

// servePage answers what a person sees. All addresses inside the pages are relative, so that the server may be
// mounted anywhere.
//
//	GET  /                  the spreadsheets
//	GET  /sheet/ID          one of them as a grid: ?gid= tab, ?fv= filter view, ?rows= how many rows
//	GET  /sheet/ID/grid     the grid alone; 204 while the revision is still ?rev=
//	POST /sheet/ID/edit     an Edit, or a list of them, as JSON without spreadsheet
//	GET  /assets/grid.css, /assets/grid.js
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	path := r.URL.Path
	for _, name := range []string{"assets/grid.css", "assets/grid.js", "assets/icon.svg"} {
		if strings.HasSuffix(path, "/"+name) && r.Method == http.MethodGet {
			http.ServeFileFS(w, r, assets, name)
			return
		}
	}
	if i := strings.LastIndex(path, "/sheet/"); i >= 0 {
		id, action, _ := strings.Cut(path[i+len("/sheet/"):], "/")
		switch {
		case r.Method == http.MethodPost && action == "edit":
			s.serveEdit(w, r, id)
		case r.Method == http.MethodGet && (action == "" || action == "grid"):
			s.serveSheet(w, r, id, action == "grid")
		default:
			http.NotFound(w, r)
		}
		return
	}
	if r.Method != http.MethodGet || !strings.HasSuffix(path, "/") {
		http.NotFound(w, r)
		return
	}
	s.render(w, "list", s.listing())
}

// listed is one line of the list of spreadsheets.
type listed struct {
	ID, Title, Tabs string
	Revision        int64
}

func (s *Server) listing() []listed {
	var out []listed
	for _, id := range s.IDs() {
		s.mu.Lock()
		if b := s.books[id]; b != nil {
			var titles []string
			for _, t := range b.tabs {
				titles = append(titles, t.title())
			}
			out = append(out, listed{id, str(b.props, "title"), strings.Join(titles, ", "), b.revision})
		}
		s.mu.Unlock()
	}
	return out
}

func (s *Server) serveSheet(w http.ResponseWriter, r *http.Request, id string, gridOnly bool) {
	q := r.URL.Query()
	number := func(name string, otherwise int) int {
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 0 {
			return otherwise
		}
		return n
	}
	s.mu.Lock()
	b := s.books[id]
	s.mu.Unlock()
	if b == nil { // books are replaced as a whole, never changed: reading on without the lock is safe
		http.Error(w, "There is no such spreadsheet here. The list of all of them is at the start page.", http.StatusNotFound)
		return
	}
	if gridOnly && q.Get("rev") == fmt.Sprint(b.revision) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p := b.page(number("gid", -1), number("fv", 0), max(number("rows", firstRows), 1))
	w.Header().Set("X-Revision", fmt.Sprint(b.revision))
	if gridOnly {
		s.render(w, "grid", p)
		return
	}
	s.render(w, "sheet", p)
}

func (s *Server) render(w http.ResponseWriter, name string, data any) {
	t, err := template.ParseFS(assets, "assets/*.html")
	var out bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&out, name, data)
	}
	if err != nil {
		http.Error(w, "the page could not be built: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes())
}

// serveEdit makes edits in order; a refusal ends them and is answered with 400 and a text for the person.
func (s *Server) serveEdit(w http.ResponseWriter, r *http.Request, id string) {
	if !sameOrigin(r) || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		writeJSON(w, http.StatusForbidden, object{"message": "edits come from the sheet's own page"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	edits, err := oneOrMany[Edit](r)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, object{"message": "the edit cannot be read: " + err.Error()})
		return
	}
	for _, e := range edits {
		e.Spreadsheet = id
		if err := s.Do(e); err != nil {
			if inner := errors.Unwrap(err); inner != nil {
				err = inner // the person sees where the edit was made
			}
			writeJSON(w, http.StatusBadRequest, object{"message": reason(err)})
			return
		}
	}
	writeJSON(w, http.StatusOK, object{})
}
