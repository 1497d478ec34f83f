package hubspot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rolecall/label"
)

// mapOnto finds, for every active term, the option of HubSpot's own property (hs_role, hs_seniority) that stands for
// it. The options are read from the portal, because they differ between portals. The configured table comes first;
// a term that it does not name is matched by its internal value, then by its name and former names, case and
// punctuation aside. A term without an option is a problem of its row, and is not written there.
func (c *CRM) mapOnto(ctx context.Context, a label.Axis, t label.Taxonomy, problems map[string]string) (map[label.Value]string, error) {
	name := c.opt.Names.HubSpot[a]
	got, err := c.property(ctx, name)
	if err != nil {
		return nil, err
	}
	note := func(term label.Term, what string) {
		if problems[term.ID] == "" {
			problems[term.ID] = what
		}
	}
	if got == nil || got.Type != "enumeration" || got.Modifiable != nil && got.Modifiable.ReadOnlyValue {
		for _, term := range t.Active() {
			note(term, fmt.Sprintf("this HubSpot account has no %s that can be written - switch off the mapping onto it in Settings", name))
		}
		return nil, nil
	}
	mapping := map[label.Value]string{}
	for _, term := range t.Active() {
		wanted := c.opt.Mapping[a][term.Value]
		option, ok := findOption(got.Options, term, wanted)
		switch {
		case ok:
			mapping[term.Value] = option
		case wanted != "":
			note(term, fmt.Sprintf("HubSpot's %s has no option %q - choose one of: %s", name, wanted, values(got.Options)))
		default:
			note(term, fmt.Sprintf("HubSpot's %s has no option for it, so only our own property is written - map it to one of: %s", name, values(got.Options)))
		}
	}
	return mapping, nil
}

// findOption looks for the configured option, else for one that reads like the term.
func findOption(options []option, term label.Term, wanted string) (string, bool) {
	if wanted != "" {
		ok := slices.ContainsFunc(options, func(o option) bool { return o.Value == wanted })
		return wanted, ok
	}
	for _, text := range append([]string{string(term.Value), term.Name}, term.Former...) {
		for _, o := range options {
			if key := plainKey(text); key != "" && (plainKey(o.Value) == key || plainKey(o.Label) == key) {
				return o.Value, true
			}
		}
	}
	return "", false
}

// plainKey is text without case, spaces and punctuation.
func plainKey(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-&/,.'", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// values lists options for a message.
func values(options []option) string {
	var out []string
	for _, o := range options {
		if !o.Hidden {
			out = append(out, o.Value)
		}
	}
	return clip(strings.Join(out, ", "), 400)
}
