package hubspot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"rolecall/label"
)

// definition is a property of HubSpot's.
type definition struct {
	Name        string   `json:"name,omitempty"`
	Label       string   `json:"label,omitempty"`
	Type        string   `json:"type,omitempty"`
	FieldType   string   `json:"fieldType,omitempty"`
	GroupName   string   `json:"groupName,omitempty"`
	Description string   `json:"description,omitempty"`
	Options     []option `json:"options,omitempty"`
	Archived    bool     `json:"archived,omitempty"`
	Modifiable  *struct {
		ReadOnlyDefinition bool `json:"readOnlyDefinition"`
		ReadOnlyValue      bool `json:"readOnlyValue"`
		ReadOnlyOptions    bool `json:"readOnlyOptions"`
	} `json:"modificationMetadata,omitempty"`
}

// option is a value of an enumeration.
type option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
	Description  string `json:"description,omitempty"`
}

// EnsureProperties brings group, properties and options in step with the taxonomies, and reads the options of
// hs_role and hs_seniority where they are to be written too. It adds, renames and hides; it never removes. The
// problems it returns are by term ID, for people. What has been brought in step once in this process, and is wanted
// again unchanged, costs nothing. Errors: *PropertyError, and those of every call.
func (c *CRM) EnsureProperties(ctx context.Context, want label.Properties) (map[string]string, error) {
	hash, err := fingerprint(want)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	done, problems := c.ensured == hash, maps.Clone(c.problems)
	c.mu.Unlock()
	if done {
		return problems, nil
	}
	problems = map[string]string{}
	if err := c.ensureGroup(ctx, want.DryRun); err != nil {
		return problems, err
	}
	for _, a := range label.Axes() {
		if err := c.ensureLabels(ctx, a, want, problems); err != nil {
			return problems, err
		}
	}
	for _, extra := range c.extras(want) {
		if err := c.ensureExtra(ctx, extra, want.DryRun); err != nil {
			return problems, err
		}
	}
	mapping := [label.AxisCount]map[label.Value]string{}
	for _, a := range label.Axes() {
		if want.MapOnto[a] {
			if mapping[a], err = c.mapOnto(ctx, a, want.Taxonomies[a], problems); err != nil {
				return problems, err
			}
		}
	}
	c.mu.Lock()
	c.mapping = mapping
	if !want.DryRun {
		c.ensured, c.problems = hash, maps.Clone(problems)
	}
	c.mu.Unlock()
	return problems, nil
}

// fingerprint names what is wanted, as far as it shows in HubSpot.
func fingerprint(want label.Properties) (string, error) {
	raw, err := json.Marshal(want)
	if err != nil {
		return "", fmt.Errorf("encode the wanted properties: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// ensureGroup makes our property group where it is missing.
func (c *CRM) ensureGroup(ctx context.Context, dryRun bool) error {
	name := c.opt.Names.Group
	err := c.call(ctx, ask{method: http.MethodGet, path: c.opt.Version.path(properties, "groups", name), doing: "read property group " + name}, nil)
	if !errors.Is(err, KindNotFound) || dryRun {
		return ignore(err, KindNotFound)
	}
	body := map[string]any{"name": name, "label": "Rolecall", "displayOrder": -1}
	err = c.call(ctx, ask{method: http.MethodPost, path: c.opt.Version.path(properties, "groups"), body: body, doing: "make property group " + name}, nil)
	return ignore(err, KindConflict)
}

func ignore(err error, k Kind) error {
	if errors.Is(err, k) {
		return nil
	}
	return err
}

// property reads a definition; nil where there is none.
func (c *CRM) property(ctx context.Context, name string) (*definition, error) {
	var d definition
	err := c.call(ctx, ask{method: http.MethodGet, path: c.opt.Version.path(properties, name), query: url.Values{"archived": {"false"}}, doing: "read property " + name}, &d)
	if errors.Is(err, KindNotFound) {
		return nil, nil
	}
	return &d, err
}

// create makes a property. When somebody made it at the same moment, theirs is read.
func (c *CRM) create(ctx context.Context, d definition) (*definition, error) {
	var made definition
	err := c.call(ctx, ask{method: http.MethodPost, path: c.opt.Version.path(properties), body: d, doing: "make property " + d.Name}, &made)
	if errors.Is(err, KindConflict) {
		got, readErr := c.property(ctx, d.Name)
		if readErr == nil && got == nil {
			return nil, err
		}
		return got, readErr
	}
	return &made, err
}

// ensureLabels is one axis: the property and its options.
func (c *CRM) ensureLabels(ctx context.Context, a label.Axis, want label.Properties, problems map[string]string) error {
	name := c.opt.Names.Labels[a]
	d := definition{Name: name, Label: map[label.Axis]string{label.Role: "Job role", label.Seniority: "Job seniority"}[a],
		Type: "enumeration", FieldType: "select", GroupName: c.opt.Names.Group, Description: "Kept by rolecall, from the team's sheet."}
	got, err := c.property(ctx, name)
	if err != nil {
		return err
	}
	if got == nil {
		d.Options, _ = mergeOptions(nil, want.Taxonomies[a], problems)
		if want.DryRun || len(d.Options) == 0 {
			return nil // an enumeration without options is refused; the first term brings it
		}
		if got, err = c.create(ctx, d); err != nil {
			return err
		}
	}
	if err := checkDefinition(got, d); err != nil {
		return err
	}
	options, changed := mergeOptions(got.Options, want.Taxonomies[a], problems)
	if !changed || want.DryRun {
		return nil
	}
	if m := got.Modifiable; m != nil && (m.ReadOnlyOptions || m.ReadOnlyDefinition) {
		return readOnly(name, "options have to change")
	}
	var after definition
	// PATCH replaces the list of options whole: hence read, merged and only then written.
	err = c.call(ctx, ask{method: http.MethodPatch, path: c.opt.Version.path(properties, name), body: map[string]any{"options": options}, doing: "change the options of property " + name}, &after)
	if err != nil {
		return err
	}
	for _, t := range want.Taxonomies[a].Active() {
		if t.Value != "" && problems[t.ID] == "" && !slices.ContainsFunc(after.Options, func(o option) bool { return o.Value == string(t.Value) }) {
			problems[t.ID] = fmt.Sprintf("HubSpot did not take the option %q of %s - look at the property's options in HubSpot", t.Value, name)
		}
	}
	return nil
}

// extras are the properties beside the labels.
func (c *CRM) extras(want label.Properties) []definition {
	var out []definition
	if want.WriteConfidence {
		out = append(out, definition{Name: c.opt.Names.Confidence, Label: "Job label confidence", Type: "number", FieldType: "number",
			GroupName: c.opt.Names.Group, Description: "How sure rolecall is of the labels, 0 to 1."})
	}
	if want.WriteSource {
		out = append(out, definition{Name: c.opt.Names.Source, Label: "Job label source", Type: "string", FieldType: "text",
			GroupName: c.opt.Names.Group, Description: "What decided the labels: a correction, a rule, similar titles."})
	}
	return out
}

func (c *CRM) ensureExtra(ctx context.Context, d definition, dryRun bool) error {
	got, err := c.property(ctx, d.Name)
	if err != nil {
		return err
	}
	if got == nil {
		if dryRun {
			return nil
		}
		if got, err = c.create(ctx, d); err != nil {
			return err
		}
	}
	return checkDefinition(got, d)
}

// checkDefinition finds a property that exists and cannot be used.
func checkDefinition(got *definition, want definition) error {
	mend := fmt.Sprintf("delete or rename it in HubSpot (Settings, Properties), rolecall then makes a new one of type %s", want.Type)
	switch {
	case got.Type != "" && got.Type != want.Type:
		return &PropertyError{Property: want.Name, What: fmt.Sprintf("it is of type %s and should be of type %s", got.Type, want.Type), Mend: mend}
	case want.Type == "enumeration" && !slices.Contains([]string{"", "select", "radio"}, got.FieldType):
		return &PropertyError{Property: want.Name, What: fmt.Sprintf("its field is %s, which holds several values, and should be select", got.FieldType), Mend: mend}
	case got.Modifiable != nil && got.Modifiable.ReadOnlyValue:
		return readOnly(want.Name, "values have to be written")
	}
	return nil
}

func readOnly(name, why string) error {
	return &PropertyError{Property: name, What: "it is read-only in HubSpot, and its " + why,
		Mend: "unlock the property in HubSpot (Settings, Properties, the property's permissions)"}
}
