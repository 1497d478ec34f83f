package portal

import "slices"

// Property is one contact property, in the fields of HubSpot's Properties API.
type Property struct {
	Name            string       `json:"name"`
	Label           string       `json:"label"`
	Type            string       `json:"type"`
	FieldType       string       `json:"fieldType"`
	Description     string       `json:"description"`
	GroupName       string       `json:"groupName"`
	Options         []Option     `json:"options"`
	DisplayOrder    int          `json:"displayOrder"`
	Calculated      bool         `json:"calculated"`
	ExternalOptions bool         `json:"externalOptions"`
	HasUniqueValue  bool         `json:"hasUniqueValue"`
	Hidden          bool         `json:"hidden"`
	HubSpotDefined  bool         `json:"hubspotDefined"`
	FormField       bool         `json:"formField"`
	CreatedAt       string       `json:"createdAt,omitempty"`
	UpdatedAt       string       `json:"updatedAt,omitempty"`
	ArchivedAt      string       `json:"archivedAt,omitempty"`
	Archived        bool         `json:"archived"`
	Modification    Modification `json:"modificationMetadata"`
}

// Option is one value that an enumeration allows.
type Option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	Description  string `json:"description,omitempty"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

// Modification says what may be changed about a property.
type Modification struct {
	Archivable         bool `json:"archivable"`
	ReadOnlyDefinition bool `json:"readOnlyDefinition"`
	ReadOnlyOptions    bool `json:"readOnlyOptions"`
	ReadOnlyValue      bool `json:"readOnlyValue"`
}

// Group is a group of properties.
type Group struct {
	Name         string `json:"name"`
	Label        string `json:"label"`
	DisplayOrder int    `json:"displayOrder"`
	Archived     bool   `json:"archived"`
}

func (p *Property) allows(value string) bool {
	return slices.ContainsFunc(p.Options, func(o Option) bool { return o.Value == value })
}

func options(pairs ...string) []Option {
	var out []Option
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Option{Value: pairs[i], Label: pairs[i+1], DisplayOrder: i / 2})
	}
	return out
}

// standardProperties are those that every portal has, as far as an integration
// with job titles meets them. The options of hs_seniority are the nine that
// portals show; those of hs_role differ from portal to portal, and a client
// must read them.
func standardProperties() []Property {
	text := func(name, label string) Property {
		return Property{Name: name, Label: label, Type: "string", FieldType: "text"}
	}
	computed := func(name, label, typ, field string) Property {
		return Property{Name: name, Label: label, Type: typ, FieldType: field, Modification: Modification{ReadOnlyValue: true}}
	}
	list := func(name, label, field string, opts []Option) Property {
		return Property{Name: name, Label: label, Type: "enumeration", FieldType: field, Options: opts}
	}
	all := []Property{
		text("email", "Email"), text("firstname", "First Name"), text("lastname", "Last Name"),
		text("jobtitle", "Job Title"), text("company", "Company Name"), text("phone", "Phone Number"),
		text("city", "City"), text("country", "Country/Region"), text("website", "Website URL"),
		list("lifecyclestage", "Lifecycle Stage", "radio", options("subscriber", "Subscriber", "lead", "Lead",
			"marketingqualifiedlead", "Marketing Qualified Lead", "salesqualifiedlead", "Sales Qualified Lead",
			"opportunity", "Opportunity", "customer", "Customer", "evangelist", "Evangelist", "other", "Other")),
		list("hs_seniority", "Employment Seniority", "select", options("entry", "Entry", "employee", "Employee", "senior", "Senior",
			"manager", "Manager", "director", "Director", "vp", "VP", "executive", "Executive", "partner", "Partner", "owner", "Owner")),
		list("hs_role", "Employment Role", "select", options("consulting", "Consulting", "design", "Design", "education", "Education",
			"engineering", "Engineering", "finance", "Finance", "human_resources", "Human Resources",
			"information_technology", "Information Technology", "legal", "Legal", "marketing", "Marketing", "operations", "Operations",
			"product", "Product", "sales", "Sales", "support", "Support")),
		list("hs_buying_role", "Buying Role", "checkbox", options("BLOCKER", "Blocker", "CHAMPION", "Champion",
			"DECISION_MAKER", "Decision Maker", "INFLUENCER", "Influencer", "END_USER", "End User")),
		list("hs_persona", "Persona", "radio", []Option{}),
		computed("hs_object_id", "Record ID", "number", "number"),
		computed("createdate", "Create Date", "datetime", "date"),
		computed("lastmodifieddate", "Last Modified Date", "datetime", "date"),
		computed("hs_lastmodifieddate", "Object Last Modified Date/Time", "datetime", "date"),
		computed("hs_merged_object_ids", "Merged Record IDs", "enumeration", "checkbox"),
		computed("hs_calculated_merged_vids", "Merged Contact IDs", "string", "text"),
	}
	for i := range all {
		all[i].GroupName = "contactinformation"
		all[i].HubSpotDefined = true
		all[i].Modification.ReadOnlyDefinition = true
		all[i].FormField = !all[i].Modification.ReadOnlyValue
		all[i].HasUniqueValue = all[i].Name == "email" || all[i].Name == "hs_object_id"
		if all[i].Options == nil {
			all[i].Options = []Option{}
		}
	}
	return all
}

// prop returns the number of a property that exists and is not archived.
func (s *Server) prop(name string) (propID, bool) {
	id, ok := s.propIDs[name]
	return id, ok && !s.props[id].Archived
}

func (s *Server) addProperty(p Property) propID {
	if id, ok := s.propIDs[p.Name]; ok {
		s.props[id] = p
		return id
	}
	id := propID(len(s.props))
	s.props = append(s.props, p)
	s.propIDs[p.Name] = id
	return id
}
