package hubspot

import (
	"slices"
	"strings"

	"rolecall/label"
)

// The properties of HubSpot's own that are read besides ours. For contacts the time of change is lastmodifieddate;
// filtering contacts on hs_lastmodifieddate finds nothing, silently.
const (
	modifiedProperty = "lastmodifieddate"
	idProperty       = "hs_object_id"
	mergedProperty   = "hs_merged_object_ids"
)

// asked are the properties that contacts are read with: nothing else of a contact is ever asked for.
func (c *CRM) asked() []string {
	n := c.opt.Names
	return []string{n.Title, n.Company, n.Labels[label.Role], n.Labels[label.Seniority], modifiedProperty, mergedProperty}
}

// contact turns a record into what rolecall knows of a contact.
func (c *CRM) contact(r record) label.Contact {
	n := c.opt.Names
	out := label.Contact{
		ID:         label.ContactID(r.ID),
		Title:      string(r.Properties[n.Title]),
		Company:    string(r.Properties[n.Company]),
		ModifiedAt: r.UpdatedAt.Time,
		Archived:   r.Archived,
	}
	for _, a := range label.Axes() {
		out.Labels[a] = label.Value(r.Properties[n.Labels[a]])
	}
	if t, err := parseInstant(string(r.Properties[modifiedProperty])); err == nil {
		out.ModifiedAt = t
	}
	return out
}

// contacts turns a page of records into contacts. The ids that a survivor has swallowed come along, so that
// whoever knows a contact by its old id learns where it went.
func (c *CRM) contacts(page []record) []label.Contact {
	out := make([]label.Contact, 0, len(page))
	for _, r := range page {
		if !isID(string(r.ID)) {
			continue
		}
		one := c.contact(r)
		out = append(out, one)
		for _, old := range merged(r) {
			out = append(out, label.Contact{ID: label.ContactID(old), MergedInto: one.ID, ModifiedAt: one.ModifiedAt})
		}
	}
	return out
}

// merged are the ids that were merged into r, without its own. hs_merged_object_ids is the complete list;
// hs_calculated_merged_vids is not.
func merged(r record) []string {
	var out []string
	for _, old := range strings.FieldsFunc(string(r.Properties[mergedProperty]), func(x rune) bool { return x == ';' || x == ',' || x == ' ' }) {
		if isID(old) && old != string(r.ID) && !slices.Contains(out, old) {
			out = append(out, old)
		}
	}
	return out
}

// isID says whether s can be a record id: 1 to 19 digits.
func isID(s string) bool {
	if s == "" || len(s) > 19 {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// above compares ids as numbers: is a greater than b?
func above(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}
