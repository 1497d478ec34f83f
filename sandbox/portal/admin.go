package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// routes are the pages for people and the admin endpoints:
//
//	GET    /admin/log            the last requests
//	GET    /admin/stats          counts; ?writes=true adds the write log, &id= of one contact
//	DELETE /admin/stats          start counting anew
//	GET    /admin/faults         the faults that are set;  POST adds one (see Fault), DELETE clears all
//	POST   /admin/people         one deed: {"as":"user","id":"101","user":7,"properties":{...}} or {"as":"merge","id":"101","other":"151"};
//	                             as = user, mobile, import, workflow, integration, clear, merge, archive, restore, gdpr-delete,
//	                             month-end (n), random (n)
//	GET    /admin/people/log     what people and other programs did
//	GET    /admin/limits         the limits in force
//	PUT    /admin/limits         {"tier":"professional"} or {"burst":..,"daily":..,"search_per_second":..}
//	POST   /admin/consume        {"calls":1000,"searches":5}: what the portal's other apps use
//	PUT    /admin/lag            {"lag_ms":5000,"jitter_ms":60000}
//	POST   /admin/refuse         {"id":"101","message":"..."}: API writes to this contact fail; no message lifts it
func (s *Server) routes() *http.ServeMux {
	m := http.NewServeMux()
	get := func(path string, f func(*http.Request) any) {
		m.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { adminJSON(w, f(r), nil) })
	}
	get("/admin/log", func(*http.Request) any { return s.Log() })
	get("/admin/stats", func(r *http.Request) any {
		return s.Stats(r.FormValue("writes") == "true", r.FormValue("id"))
	})
	get("/admin/faults", func(*http.Request) any { return s.Faults() })
	get("/admin/limits", func(*http.Request) any { return s.Limits() })
	get("/admin/people/log", func(*http.Request) any { return append([]PersonEdit{}, s.PeopleLog()...) })
	for pattern, f := range map[string]func(*http.Request) (any, error){
		"DELETE /admin/stats":  func(*http.Request) (any, error) { s.ResetStats(); return nil, nil },
		"DELETE /admin/faults": func(*http.Request) (any, error) { s.ClearFaults(); return nil, nil },
		"POST /admin/faults":   s.adminFault,
		"POST /admin/people":   s.adminPeople,
		"PUT /admin/limits":    s.adminLimits,
		"POST /admin/consume":  s.adminConsume,
		"PUT /admin/lag":       s.adminLag,
		"POST /admin/refuse":   s.adminRefuse,
	} {
		m.Handle(pattern, s.protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v, err := f(r)
			adminJSON(w, v, err)
		})))
	}
	s.pages(m)
	return m
}

func (s *Server) adminFault(r *http.Request) (any, error) {
	var f Fault
	if err := read(r, &f); err != nil {
		return nil, err
	}
	return nil, s.AddFault(f)
}

func (s *Server) adminLimits(r *http.Request) (any, error) {
	var in struct {
		Tier string `json:"tier"`
		Limits
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.Tier != "" {
		in.Limits = Tier(in.Tier)
	}
	s.SetLimits(in.Limits)
	return in.Limits, nil
}

func (s *Server) adminConsume(r *http.Request) (any, error) {
	var in struct {
		Calls    int `json:"calls"`
		Searches int `json:"searches"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	s.OtherAppsUse(in.Calls, in.Searches)
	return map[string]int{"daily_used": s.DailyUsed()}, nil
}

func (s *Server) adminLag(r *http.Request) (any, error) {
	var in struct {
		Lag    int `json:"lag_ms"`
		Jitter int `json:"jitter_ms"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	s.SetIndexLag(time.Duration(in.Lag)*time.Millisecond, time.Duration(in.Jitter)*time.Millisecond)
	return nil, nil
}

func (s *Server) adminRefuse(r *http.Request) (any, error) {
	var in struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return nil, s.RefuseWrites(in.ID, in.Message)
}

// SetIndexLag changes how long changes stay hidden from search, for changes to come.
func (s *Server) SetIndexLag(lag, jitter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.IndexLag, s.opt.IndexJitter = max(0, lag), max(0, jitter)
}

func read(r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

func adminJSON(w http.ResponseWriter, v any, err error) {
	status := http.StatusOK
	if err != nil {
		status, v = http.StatusBadRequest, map[string]string{"error": err.Error()}
	} else if v == nil {
		v = map[string]bool{"ok": true}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that has gone away is its own affair
}

type deed struct {
	As         string            `json:"as"`
	ID         string            `json:"id"`
	Other      string            `json:"other"`
	User       int64             `json:"user"`
	App        int64             `json:"app"`
	Property   string            `json:"property"`
	Properties map[string]string `json:"properties"`
	N          int               `json:"n"`
}

func (s *Server) adminPeople(r *http.Request) (any, error) {
	var d deed
	if err := read(r, &d); err != nil {
		return nil, err
	}
	if d.User == 0 {
		d.User = 28604240
	}
	switch d.As {
	case "user":
		return nil, s.EditAsUser(d.ID, d.User, d.Properties)
	case "mobile":
		return nil, s.EditAsMobile(d.ID, d.User, d.Properties)
	case "import":
		return nil, s.ImportEdit(d.ID, d.Properties)
	case "workflow":
		return nil, s.WorkflowEdit(d.ID, d.Properties)
	case "integration":
		return nil, s.OtherIntegrationEdit(d.ID, max(d.App, 1), d.Properties)
	case "clear":
		return nil, s.Clear(d.ID, d.User, d.Property)
	case "merge":
		id, err := s.Merge(d.ID, d.Other)
		return map[string]string{"id": id}, err
	case "archive":
		return nil, s.Archive(d.ID)
	case "restore":
		return nil, s.Restore(d.ID)
	case "gdpr-delete":
		return nil, s.GDPRDelete(d.ID)
	case "month-end":
		return map[string]int{"touched": s.MonthEndTouch(d.N)}, nil
	case "random":
		return map[string]int{"done": s.RandomEdits(d.N)}, nil
	}
	return nil, fmt.Errorf("unknown deed %q: use user, mobile, import, workflow, integration, clear, merge, archive, restore, gdpr-delete, month-end or random", d.As)
}
