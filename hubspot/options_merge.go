package hubspot

import (
	"fmt"
	"strings"

	"rolecall/label"
)

// mergeOptions joins the options that HubSpot has with the terms of a taxonomy, and says whether anything differs.
// No option is ever removed: contacts may carry it, and HubSpot refuses what is no option.
//
//	| term              | option       | result                                            |
//	| active            | missing      | added, in the sheet's order                       |
//	| active            | other label  | label changed, value as it is                     |
//	| active            | hidden       | shown                                             |
//	| inactive          | there        | hidden                                            |
//	| inactive          | missing      | nothing                                           |
//	| none (row gone)   | there        | hidden; its label gives way where a term needs it |
func mergeOptions(have []option, t label.Taxonomy, problems map[string]string) ([]option, bool) {
	known := map[string]option{}
	for _, o := range have {
		known[o.Value] = o
	}
	var merged []option
	placed, labels := map[string]bool{}, map[string]bool{}
	for _, term := range t.Terms {
		old, exists := known[string(term.Value)]
		if placed[string(term.Value)] || !exists && !term.Active {
			continue
		}
		if trouble := unusable(term, labels); term.Active && trouble != "" {
			problems[term.ID] = trouble
			continue
		}
		if !term.Active {
			continue // hidden below, where its label gives way to those of active terms
		}
		o := option{Label: strings.TrimSpace(term.Name), Value: string(term.Value), Description: old.Description}
		if !exists {
			o.Description = clip(term.Description, 200)
		}
		placed[o.Value], labels[strings.ToLower(o.Label)] = true, true
		merged = append(merged, o)
	}
	for _, o := range have {
		if placed[o.Value] {
			continue
		}
		placed[o.Value] = true
		o.Hidden = true
		for base, n := o.Label, 1; labels[strings.ToLower(o.Label)]; n++ {
			o.Label = fmt.Sprintf("%s (former %d)", base, n)
		}
		labels[strings.ToLower(o.Label)] = true
		merged = append(merged, o)
	}
	for i := range merged {
		merged[i].DisplayOrder = i
	}
	return merged, differ(have, merged)
}

// unusable says why a term cannot be an option, or "".
func unusable(term label.Term, labels map[string]bool) string {
	name := strings.TrimSpace(term.Name)
	switch {
	case name == "" || term.Value == "":
		return "the row has no name or no internal value, so HubSpot gets no option for it - fill both"
	case strings.Contains(string(term.Value), ";"):
		return fmt.Sprintf("the internal value %q holds a semicolon, with which HubSpot parts several values - choose another", term.Value)
	case strings.TrimSpace(string(term.Value)) != string(term.Value):
		return fmt.Sprintf("the internal value %q begins or ends with a space, which HubSpot drops - remove it", term.Value)
	case labels[strings.ToLower(name)]:
		return fmt.Sprintf("the name %q stands in another row too, and HubSpot shows every option's name once - rename one of them", name)
	}
	return ""
}

// differ says whether a PATCH is due: another set, label, visibility, or order of what is shown. The numbers of
// displayOrder themselves are HubSpot's to choose.
func differ(have, merged []option) bool {
	if len(have) != len(merged) {
		return true
	}
	at := map[string]option{}
	for _, o := range have {
		at[o.Value] = o
	}
	last, first := 0, true
	for _, o := range merged {
		old, ok := at[o.Value]
		if !ok || old.Label != o.Label || old.Hidden != o.Hidden {
			return true
		}
		if o.Hidden || old.DisplayOrder < 0 { // -1 means "after the others" to HubSpot
			continue
		}
		if !first && old.DisplayOrder < last {
			return true
		}
		last, first = old.DisplayOrder, false
	}
	return false
}
