package hubspot

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Version is HubSpot's API version. Each dated version is supported for 18 months,
// so it is a setting, and paths are built in one place.
type Version string

// The versions this client speaks.
const (
	V3      Version = "v3"
	V202603 Version = "2026-03"
	V202609 Version = "2026-09"
)

// Versions lists them, oldest first.
func Versions() []Version { return []Version{V3, V202603, V202609} }

// known says whether v is one of Versions.
func (v Version) known() bool { return slices.Contains(Versions(), v) }

// endpoint is a family of paths.
type endpoint uint8

const (
	contacts   endpoint = iota // /crm/objects: contacts
	properties                 // /crm/properties: definitions of contact properties
	account                    // account details
	token                      // OAuth token
)

// path builds every path that is ever asked for:
//
//	| endpoint   | v3                          | dated                           |
//	| contacts   | /crm/v3/objects/contacts    | /crm/objects/{ver}/contacts     |
//	| properties | /crm/v3/properties/contacts | /crm/properties/{ver}/contacts  |
//	| account    | /account-info/v3/details    | /account-info/{ver}/details     |
//	| token      | /oauth/2026-03/token        | /oauth/{ver}/token              |
//
// More segments are appended, escaped. (/oauth/v1 ends on 2027-02-16, so v3 uses the first dated one.)
func (v Version) path(e endpoint, more ...string) string {
	var p string
	switch e {
	case contacts, properties:
		family := map[endpoint]string{contacts: "objects", properties: "properties"}[e]
		p = fmt.Sprintf("/crm/%s/%s/contacts", family, v)
		if v == V3 {
			p = fmt.Sprintf("/crm/v3/%s/contacts", family)
		}
	case account:
		p = fmt.Sprintf("/account-info/%s/details", v)
	case token:
		dated := v
		if v == V3 {
			dated = V202603
		}
		p = fmt.Sprintf("/oauth/%s/token", dated)
	}
	for _, segment := range more {
		p += "/" + url.PathEscape(segment)
	}
	return p
}

// join sets path and query on the base address.
func join(base *url.URL, path string, query url.Values) string {
	u := *base
	u.Path, u.RawPath = "", ""
	address := strings.TrimSuffix(u.String(), "/") + strings.TrimSuffix(base.Path, "/") + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}
