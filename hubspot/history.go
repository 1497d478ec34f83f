package hubspot

import (
	"slices"
	"strings"
	"time"

	"rolecall/label"
)

// PersonSources are the sourceTypes of HubSpot's history that stand for a person's hand in its screens or apps.
// HubSpot has more than a hundred sources and adds to them: every other one counts as a machine.
func PersonSources() []string {
	return []string{"CRM_UI", "CRM_UI_BULK_ACTION", "MOBILE_IOS", "MOBILE_ANDROID", "WORK_UI"}
}

// echoTolerance is how far the time of a history entry may be from the updatedAt that our write was answered with.
const echoTolerance = 5 * time.Second

// edit says whose hand the newest entry of a property's history was; nil where there is no history.
//
//	| newest entry                                                | kind    |
//	| INTEGRATION or API (any machine's) with our own source id   | ours    |
//	| value and time as in our journal                            | ours    |
//	| a source among PersonSources                                | person  |
//	| updatedByUserId is there                                    | person  |
//	| any other source, known to us or not                        | machine |
//	| no source                                                   | unknown |
//
// An emptied value is an edit like any other. The newest entry is found by its time: the order is not relied on.
func (c *CRM) edit(id label.ContactID, axis label.Axis, history []version) *label.Edit {
	if len(history) == 0 {
		return nil
	}
	newest := history[0]
	for _, v := range history[1:] {
		if v.Timestamp.After(newest.Timestamp.Time) {
			newest = v
		}
	}
	e := &label.Edit{Value: label.Value(newest.Value), At: newest.Timestamp.UTC(), Source: string(newest.SourceType), By: editor(newest)}
	switch {
	case c.isOurs(newest), c.inJournal(id, axis, newest):
		e.Kind = label.EditOurs
	case slices.Contains(c.opt.PersonSources, e.Source), newest.UserID != "" && newest.UserID != "0":
		e.Kind = label.EditPerson
	case e.Source != "":
		e.Kind = label.EditMachine
	}
	return e
}

// isOurs recognises our own writes by the source that the first canary was filed under.
func (c *CRM) isOurs(v version) bool {
	c.mu.Lock()
	known := c.source
	c.mu.Unlock()
	return known != "" && known == sourceOf(v)
}

// sourceOf is "INTEGRATION/8151242"; "" where the entry names no source id, which is too little to know us by.
func sourceOf(v version) string {
	if v.SourceID == "" || v.SourceType == "" {
		return ""
	}
	return string(v.SourceType) + "/" + string(v.SourceID)
}

// inJournal recognises our own writes by value and time.
func (c *CRM) inJournal(id label.ContactID, axis label.Axis, v version) bool {
	if c.opt.Journal == nil {
		return false
	}
	value, at, ok := c.opt.Journal(id, axis)
	return ok && value == label.Value(v.Value) && at.Sub(v.Timestamp.Time).Abs() <= echoTolerance
}

// editor is who made the entry, as far as HubSpot says: a user id, or the id of an app.
func editor(v version) string {
	if v.UserID != "" && v.UserID != "0" {
		return string(v.UserID)
	}
	return strings.TrimPrefix(string(v.SourceID), "userId:")
}

// learnSource looks at the history of a write that HubSpot has confirmed, and remembers under which source it was
// filed. Only an entry with the written value and the write's time counts, and never a person's.
func (c *CRM) learnSource(want label.Value, at time.Time, history []version) {
	c.mu.Lock()
	known := c.source
	c.mu.Unlock()
	if known != "" {
		return
	}
	for _, v := range history {
		source := sourceOf(v)
		person := slices.Contains(c.opt.PersonSources, string(v.SourceType)) || strings.HasPrefix(string(v.SourceID), "userId:")
		if source == "" || person || label.Value(v.Value) != want || at.Sub(v.Timestamp.Time).Abs() > echoTolerance {
			continue
		}
		c.mu.Lock()
		c.source = source
		c.mu.Unlock()
		if c.opt.OnSource != nil {
			c.opt.OnSource(source)
		}
		return
	}
}
