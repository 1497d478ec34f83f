package portal

import (
	"slices"
	"strings"
)

// run answers a call, or says what is wrong with it.
type run func(*call) *problem

// known versions of the API: v3 and the dated ones, of which 2026-09 is current.
func knownVersion(v string) bool {
	return slices.Contains([]string{"v3", "2025-09", "2026-03", "2026-09"}, v)
}

// route finds what answers a call, and the scopes of which it needs one.
//
//	v3                               dated
//	/crm/v3/objects/contacts/...     /crm/objects/2026-09/contacts/...
//	/crm/v3/properties/contacts/...  /crm/properties/2026-09/contacts/...
//	/crm/v3/limits/...               /crm/limits/2026-09/...
//	/account-info/v3/...             /account-info/2026-09/...
func (s *Server) route(c *call) (run, []string, bool) {
	parts := strings.Split(strings.Trim(c.path, "/"), "/")
	if len(parts) < 3 {
		return nil, nil, false
	}
	if parts[0] == "account-info" {
		c.version, c.rest = parts[1], parts[2:]
		return s.routeAccount(c)
	}
	family := parts[2]
	c.version = parts[1]
	if !knownVersion(c.version) {
		family, c.version = parts[1], parts[2]
	} else if c.version != "v3" {
		return nil, nil, false
	}
	if parts[0] != "crm" || !knownVersion(c.version) || len(parts) < 4 {
		return nil, nil, false
	}
	c.rest = parts[3:]
	if family == "limits" {
		if c.method == "GET" && strings.Join(c.rest, "/") == "custom-properties" {
			return s.customPropertyLimits, readSchemas(), true
		}
		return nil, nil, false
	}
	if !slices.Contains([]string{"contacts", "contact", "0-1"}, c.rest[0]) {
		return nil, nil, false
	}
	c.rest = c.rest[1:]
	switch family {
	case "objects":
		return s.routeObjects(c)
	case "properties":
		return s.routeProperties(c)
	}
	return nil, nil, false
}

func readContacts() []string  { return []string{"crm.objects.contacts.read"} }
func writeContacts() []string { return []string{"crm.objects.contacts.write"} }
func writeSchemas() []string  { return []string{"crm.schemas.contacts.write"} }
func readSchemas() []string {
	return []string{"crm.schemas.contacts.read", "crm.objects.contacts.read", "crm.schemas.contacts.write"}
}

func (s *Server) routeObjects(c *call) (run, []string, bool) {
	switch c.method + " " + strings.Join(c.rest, "/") {
	case "GET ":
		return s.listContacts, readContacts(), true
	case "POST ":
		return s.createContact, writeContacts(), true
	case "POST search":
		return s.searchContacts, readContacts(), true
	case "POST merge":
		return s.mergeContacts, writeContacts(), true
	case "POST gdpr-delete":
		return s.gdprDelete, []string{"crm.objects.contacts.write", "crm.objects.contacts.gdpr_delete"}, true
	case "POST batch/read":
		return s.batchRead, readContacts(), true
	case "POST batch/create":
		return s.batchCreate, writeContacts(), true
	case "POST batch/update":
		return s.batchUpdate, writeContacts(), true
	case "POST batch/upsert":
		return s.batchUpsert, writeContacts(), true
	case "POST batch/archive":
		return s.batchArchive, writeContacts(), true
	}
	if len(c.rest) == 1 {
		switch c.method {
		case "GET":
			return s.getContact, readContacts(), true
		case "PATCH":
			return s.patchContact, writeContacts(), true
		case "DELETE":
			return s.archiveContact, writeContacts(), true
		}
	}
	return nil, nil, false
}

func (s *Server) routeProperties(c *call) (run, []string, bool) {
	read, write := readSchemas(), writeSchemas()
	switch c.method + " " + strings.Join(c.rest, "/") {
	case "GET ":
		return s.listProperties, read, true
	case "POST ":
		return s.createProperty, write, true
	case "POST batch/read":
		return s.batchReadProperties, read, true
	case "POST batch/create":
		return s.batchCreateProperties, write, true
	case "POST batch/archive":
		return s.batchArchiveProperties, write, true
	case "GET groups":
		return s.listGroups, read, true
	case "POST groups":
		return s.createGroup, write, true
	}
	switch {
	case len(c.rest) == 2 && c.rest[0] == "groups":
		switch c.method {
		case "GET":
			return s.getGroup, read, true
		case "PATCH":
			return s.patchGroup, write, true
		case "DELETE":
			return s.archiveGroup, write, true
		}
	case len(c.rest) == 1:
		switch c.method {
		case "GET":
			return s.getProperty, read, true
		case "PATCH":
			return s.patchProperty, write, true
		case "DELETE":
			return s.archiveProperty, write, true
		}
	}
	return nil, nil, false
}

func (s *Server) routeAccount(c *call) (run, []string, bool) {
	if !knownVersion(c.version) || c.method != "GET" {
		return nil, nil, false
	}
	switch strings.Join(c.rest, "/") {
	case "details":
		return s.accountDetails, nil, true
	case "api-usage/daily", "api-usage/daily/private-apps":
		return s.dailyUsage, nil, true
	}
	return nil, nil, false
}
