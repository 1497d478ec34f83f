package portal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The methods here are what people and other programs do to a portal while an
// integration runs. They check values as HubSpot does, are recorded with the
// right source, and are noted in the log that PeopleLog returns.

// EditAsUser changes properties of a contact as a person does in the browser
// (CRM_UI). It refuses an unknown contact and values that HubSpot would refuse.
func (s *Server) EditAsUser(id string, userID int64, properties map[string]string) error {
	return s.edit(id, "user", Source{Type: "CRM_UI", ID: fmt.Sprintf("userId:%d", userID), UserID: userID}, properties)
}

// EditAsMobile does the same from a telephone (MOBILE_IOS).
func (s *Server) EditAsMobile(id string, userID int64, properties map[string]string) error {
	return s.edit(id, "mobile", Source{Type: "MOBILE_IOS", ID: fmt.Sprintf("userId:%d", userID), UserID: userID}, properties)
}

// ImportEdit changes properties as the import of a file does (IMPORT).
func (s *Server) ImportEdit(id string, properties map[string]string) error {
	return s.edit(id, "import", Source{Type: "IMPORT", ID: "70310988", Label: "Import"}, properties)
}

// WorkflowEdit changes properties as a workflow does (AUTOMATION_PLATFORM).
func (s *Server) WorkflowEdit(id string, properties map[string]string) error {
	return s.edit(id, "workflow", Source{Type: "AUTOMATION_PLATFORM", ID: "enrollmentId:411;actionExecutionIndex:2"}, properties)
}

// OtherIntegrationEdit changes properties as another app does (INTEGRATION with its id).
func (s *Server) OtherIntegrationEdit(id string, appID int64, properties map[string]string) error {
	return s.edit(id, "integration", Source{Type: "INTEGRATION", ID: strconv.FormatInt(appID, 10)}, properties)
}

// Clear empties one property of a contact as a person does in the browser.
func (s *Server) Clear(id string, userID int64, property string) error {
	return s.EditAsUser(id, userID, map[string]string{property: ""})
}

func (s *Server) edit(id, who string, src Source, properties map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.editLocked(id, who, src, properties)
}

func (s *Server) editLocked(id, who string, src Source, properties map[string]string) error {
	i, err := s.live(id)
	if err != nil {
		return fmt.Errorf("edit contact %s as %s: %w", id, who, err)
	}
	values := map[propID]string{}
	for name, v := range properties {
		p, ok := s.prop(name)
		if !ok {
			return fmt.Errorf("edit contact %s as %s: property %q does not exist", id, who, name)
		}
		clean, bad := s.checkValue(&s.props[p], v)
		if bad != nil {
			return fmt.Errorf("edit contact %s as %s: %s", id, who, bad.Message)
		}
		values[p] = clean
	}
	if bad := s.emailFree(values, i); bad != nil {
		return fmt.Errorf("edit contact %s as %s: %w", id, who, bad)
	}
	at := s.nowMS()
	for _, p := range sortedKeys(values) {
		old, _ := s.contacts[i].get(p)
		s.people.add(PersonEdit{At: time.UnixMilli(at).UTC(), Who: who, Action: "edit", Contact: strconv.FormatInt(s.contacts[i].id, 10),
			Property: s.props[p].Name, Before: s.values.text(old), After: values[p]})
	}
	s.apply(i, values, s.sourceID(src), at)
	return nil
}

var errNoContact = errors.New("no such contact")

func (s *Server) live(id string) (int32, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, errNoContact
	}
	i, ok := s.resolve(n)
	if !ok || s.contacts[i].state != live {
		return 0, errNoContact
	}
	return i, nil
}

// Merge makes one contact of two, as a person does, and returns the id of the
// survivor. Both ids keep resolving to it.
func (s *Server) Merge(primary, other string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.live(primary)
	if err != nil {
		return "", fmt.Errorf("merge contact %s: %w", primary, err)
	}
	j, err := s.live(other)
	if err != nil {
		return "", fmt.Errorf("merge contact %s: %w", other, err)
	}
	k, bad := s.merge(i, j, s.sourceID(Source{Type: "CRM_UI", ID: "userId:28604240", UserID: 28604240}))
	if bad != nil {
		return "", fmt.Errorf("merge contacts %s and %s: %w", primary, other, bad)
	}
	survivor := strconv.FormatInt(s.contacts[k].id, 10)
	s.people.add(PersonEdit{At: s.opt.Now().UTC(), Who: "user", Action: "merge", Contact: other, After: survivor})
	return survivor, nil
}

// Archive puts a contact into the recycling bin.
func (s *Server) Archive(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.live(id)
	if err != nil {
		return fmt.Errorf("archive contact %s: %w", id, err)
	}
	s.archive(i)
	s.people.add(PersonEdit{At: s.opt.Now().UTC(), Who: "user", Action: "archive", Contact: id})
	return nil
}

// Restore takes a contact out of the recycling bin.
func (s *Server) Restore(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := strconv.ParseInt(id, 10, 64) // 0, which no contact has, when it does not parse
	i, ok := s.find(n)
	if !ok || s.contacts[i].state != archived {
		return fmt.Errorf("restore contact %s: it is not archived", id)
	}
	at := s.nowMS()
	s.liveCount++
	s.deadCount--
	s.change(i, at, func(c *contact) bool {
		c.state = live
		c.rare.archivedAt = 0
		return true
	})
	s.emit(event{Type: "contact.restore", ObjectID: n}, at)
	s.people.add(PersonEdit{At: s.opt.Now().UTC(), Who: "user", Action: "restore", Contact: id})
	return nil
}

// GDPRDelete purges a contact for good: values, history and address.
func (s *Server) GDPRDelete(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.ParseInt(id, 10, 64)
	i, ok := s.resolve(n)
	if err != nil || !ok {
		return fmt.Errorf("privacy-delete contact %s: %w", id, errNoContact)
	}
	s.purge(i)
	s.people.add(PersonEdit{At: s.opt.Now().UTC(), Who: "user", Action: "gdpr-delete", Contact: id})
	return nil
}

// MonthEndTouch gives every n-th live contact (all of them for n <= 1) the same
// time of change, as HubSpot's month-end updates of calculated properties do.
// It returns how many were touched.
func (s *Server) MonthEndTouch(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.nowMS()
	touched := 0
	for i := range s.contacts {
		if s.contacts[i].state == live && (n <= 1 || i%n == 0) {
			s.contacts[i].modified = at
			if p := s.pending[int32(i)]; p != nil {
				p.due = at
			}
			touched++
		}
	}
	s.settle(at)
	s.rebuild()
	return touched
}

// RefuseWrites makes API writes to a contact fail with VALIDATION_ERROR and this
// message, as an administrator's rule (a required field, say) does. An empty
// message lifts it.
func (s *Server) RefuseWrites(id, message string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.live(id)
	if err != nil {
		return fmt.Errorf("refuse writes to contact %s: %w", id, err)
	}
	if message == "" {
		delete(s.refused, s.contacts[i].id)
		return nil
	}
	s.refused[s.contacts[i].id] = message
	return nil
}

// PersonEdit is one thing that somebody other than the API client did.
type PersonEdit struct {
	At       time.Time `json:"at"`
	Who      string    `json:"who"`    // user, mobile, import, workflow, integration
	Action   string    `json:"action"` // edit, merge, archive, restore, gdpr-delete
	Contact  string    `json:"contact"`
	Property string    `json:"property,omitempty"`
	Before   string    `json:"before,omitempty"`
	After    string    `json:"after,omitempty"` // for a merge: the survivor's id
}

type peopleLog struct {
	edits []PersonEdit
}

func (l *peopleLog) add(e PersonEdit) { l.edits = append(l.edits, e) }

func (l *peopleLog) forget(id string) {
	for i := range l.edits {
		if l.edits[i].Contact == id {
			l.edits[i].Before, l.edits[i].After = "", ""
		}
	}
}

// PeopleLog returns what people and other programs did, oldest first.
func (s *Server) PeopleLog() []PersonEdit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.people.edits)
}
