package portal

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// pageUser is who edits in these pages.
const pageUser int64 = 28604240

const pageRows = 50

// pages are what a person sees: the list of contacts and one contact. They load
// nothing from outside, run no script, and take changes from their own pages only.
func (s *Server) pages(m *http.ServeMux) {
	t := template.Must(template.ParseFS(pageFiles, "pages/*.html"))
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/contacts", http.StatusFound) })
	m.HandleFunc("GET /portal.css", func(w http.ResponseWriter, _ *http.Request) {
		css, _ := pageFiles.ReadFile("pages/portal.css") // embedded at build time
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(css)
	})
	m.HandleFunc("GET /contacts", func(w http.ResponseWriter, r *http.Request) {
		show(w, t, "list.html", s.listPage(r.URL.Query()), http.StatusOK)
	})
	m.HandleFunc("GET /contacts/{id}", func(w http.ResponseWriter, r *http.Request) {
		notes := map[string]string{"saved": "Saved.", "nothing": "Nothing was changed.", "merged": "Merged. The old record id keeps leading here.",
			"archived": "Archived. It can be restored.", "restored": "Restored."}
		s.showContact(w, t, r.PathValue("id"), notes[r.FormValue("done")], false)
	})
	for path, f := range map[string]pageAct{"": s.saveFromPage, "/merge": s.mergeFromPage, "/archive": s.archiveFromPage,
		"/restore": s.restoreFromPage, "/privacy-delete": s.deleteFromPage} {
		m.Handle("POST /contacts/{id}"+path, s.protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			where, err := f(r.PathValue("id"), r)
			if err != nil {
				s.showContact(w, t, r.PathValue("id"), "That did not work: "+err.Error()+".", true)
				return
			}
			http.Redirect(w, r, where, http.StatusSeeOther)
		})))
	}
}

func show(w http.ResponseWriter, t *template.Template, name string, data any, status int) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who has gone away is his own affair
}

func (s *Server) showContact(w http.ResponseWriter, t *template.Template, id, note string, bad bool) {
	data, ok := s.contactPage(id)
	if !ok {
		list := s.listPage(url.Values{})
		list.Note, list.Bad = "There is no contact with record id "+id+". It may have been deleted.", true
		show(w, t, "list.html", list, http.StatusNotFound)
		return
	}
	data.Note, data.Bad = note, bad
	status := http.StatusOK
	if bad {
		status = http.StatusUnprocessableEntity
	}
	show(w, t, "contact.html", data, status)
}

// pageAct does what a form asks for and says where to go next.
type pageAct func(id string, r *http.Request) (where string, err error)

func (s *Server) mergeFromPage(id string, r *http.Request) (string, error) {
	survivor, err := s.Merge(id, strings.TrimSpace(r.FormValue("other")))
	return "/contacts/" + survivor + "?done=merged", err
}

func (s *Server) archiveFromPage(id string, _ *http.Request) (string, error) {
	return "/contacts/" + id + "?done=archived", s.Archive(id)
}

func (s *Server) restoreFromPage(id string, _ *http.Request) (string, error) {
	return "/contacts/" + id + "?done=restored", s.Restore(id)
}

func (s *Server) deleteFromPage(id string, r *http.Request) (string, error) {
	if r.FormValue("sure") != "yes" {
		return "/contacts/" + id, nil
	}
	return "/contacts", s.GDPRDelete(id)
}

// saveFromPage writes only what was changed in the form, so that a page that has
// been open for a while does not put old values back.
func (s *Server) saveFromPage(id string, r *http.Request) (string, error) {
	s.mu.Lock()
	role, seniority, _ := s.labelProps()
	names := map[string]string{"title": "jobtitle", "role": s.props[role].Name, "seniority": s.props[seniority].Name}
	s.mu.Unlock()
	change := map[string]string{}
	for field, property := range names {
		if v := strings.TrimSpace(r.FormValue(field)); v != strings.TrimSpace(r.FormValue("was_"+field)) {
			change[property] = v
		}
	}
	if len(change) == 0 {
		return "/contacts/" + id + "?done=nothing", nil
	}
	return "/contacts/" + id + "?done=saved", s.EditAsUser(id, pageUser, change)
}

// labelProps are the properties that the pages show as role, seniority and
// confidence: an integration's own if there are any, else HubSpot's.
func (s *Server) labelProps() (role, seniority, confidence propID) {
	role, seniority, confidence = s.std.role, s.std.seniority, s.std.objModified // the last is always empty
	if p, ok := s.prop("job_role"); ok {
		role = p
	}
	if p, ok := s.prop("job_seniority"); ok {
		seniority = p
	}
	if p, ok := s.prop("job_label_confidence"); ok {
		confidence = p
	}
	return role, seniority, confidence
}

func pageLink(q url.Values, key, value string) string {
	c := url.Values{}
	for k, v := range q {
		c[k] = v
	}
	c.Set(key, value)
	if value == "" {
		c.Del(key)
	}
	return "/contacts?" + c.Encode()
}

func pageNumber(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1_000_000)
}
