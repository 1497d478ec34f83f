package label_test

import (
	"testing"

	"rolecall/label"
)

func colors() label.Taxonomy {
	return label.Taxonomy{Axis: label.Role, Terms: []label.Term{
		{ID: "T-1", Name: "Red & Pink", Value: "red_pink", Active: true, Former: []string{"Crimson", "Green"}},
		{ID: "T-2", Name: "Green", Value: "green", Active: true},
		{ID: "T-3", Name: "Ultramarine", Value: "ultramarine"},
		{ID: "T-4", Name: "Überblau", Value: "blue", Active: true, Fallback: true},
		{ID: "T-5", Name: "Old fallback", Value: "old", Fallback: true},
	}}
}

func TestLookup(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"the name", "Red & Pink", "T-1"},
		{"another case, more spaces", "  RED  &\u00a0pink ", "T-1"},
		{"the internal value", "red_pink", "T-1"},
		{"the ID", "t-2", "T-2"},
		{"a name it had before", "crimson", "T-1"},
		{"a name now beats one that another had before", "green", "T-2"},
		{"an inactive term is found, to be told so", "ultramarine", "T-3"},
		{"letters beyond ASCII", "ÜBERBLAU", "T-4"},
		{"nothing", "", ""},
		{"spaces", " \t ", ""},
		{"part of a name", "Red", ""},
		{"unknown", "Yellow", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := colors().Lookup(tc.text)
			if got.ID != tc.want || ok != (tc.want != "") {
				t.Errorf("Lookup(%q) = %q, %v; want %q", tc.text, got.ID, ok, tc.want)
			}
		})
	}
}

// What one row is called does not give way to what another row is called where nobody sees it.
func TestANameIsMeantBeforeAnotherRowsValue(t *testing.T) {
	rows := label.Taxonomy{Terms: []label.Term{
		{ID: "T-1", Name: "Support", Value: "service", Former: []string{"Help"}},
		{ID: "T-2", Name: "Service", Value: "field_service"},
		{ID: "T-3", Name: "Help", Value: "t_1"},
		{ID: "T-4", Name: "T-2", Value: "support"},
	}}
	for text, want := range map[string]string{"Service": "T-2", "field_service": "T-2", "support": "T-1", "help": "T-3", "t_1": "T-3", "t-2": "T-4", "t-1": "T-1"} {
		if got, _ := rows.Lookup(text); got.ID != want {
			t.Errorf("Lookup(%q) = %s, want %s", text, got.ID, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a letter too many", "Greeen", "T-2"},
		{"two letters swapped", "Geren", "T-2"},
		{"a third of a long name", "Red and Pink", "T-1"},
		{"more than a third", "Red and the Pinc", ""},
		{"small slips in a long name", "Rad & Pinc", "T-1"},
		{"letters beyond ASCII count once", "Uberblau", "T-4"},
		{"an inactive term is not proposed", "Ultramarin", ""},
		{"far from everything", "Accounting", ""},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := colors().Nearest(tc.text)
			if got.ID != tc.want || ok != (tc.want != "") {
				t.Errorf("Nearest(%q) = %q, %v; want %q", tc.text, got.ID, ok, tc.want)
			}
		})
	}
	if _, ok := (label.Taxonomy{}).Nearest("x"); ok {
		t.Error("an empty taxonomy has something near")
	}
}

func TestTaxonomyOfTerms(t *testing.T) {
	c := colors()
	if got := len(c.Active()); got != 3 {
		t.Errorf("%d active terms; want 3", got)
	}
	if !c.Has("green") || c.Has("ultramarine") || c.Has("none") || c.Has("") {
		t.Error("Has means an active term")
	}
	if term, ok := c.ByValue("ultramarine"); !ok || term.ID != "T-3" {
		t.Errorf("ByValue = %+v, %v; want inactive terms too", term, ok)
	}
	if got := c.Name("blue") + " " + c.Name("none"); got != "Überblau none" {
		t.Errorf("names = %q", got)
	}
	if term, ok := c.Fallback(); !ok || term.ID != "T-4" {
		t.Errorf("Fallback = %+v, %v; want the active one", term, ok)
	}
	if _, ok := (label.Taxonomy{}).Fallback(); ok {
		t.Error("an empty taxonomy has a fallback")
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]label.Value{
		"Customer Success & Support": "customer_success_support",
		"  C-Level  ":                "c_level",
		"R&D / Labs (2)":             "r_d_labs_2",
		"Überblau":                   "berblau",
		"日本":                         "",
		"":                           "",
		"___":                        "",
	} {
		if got := label.Slug(text); got != want {
			t.Errorf("Slug(%q) = %q; want %q", text, got, want)
		}
	}
}

func TestAxes(t *testing.T) {
	for _, a := range label.Axes() {
		if got, err := label.ParseAxis(a.String()); err != nil || got != a {
			t.Errorf("ParseAxis(%q) = %v, %v", a, got, err)
		}
	}
	if _, err := label.ParseAxis("Role"); err == nil {
		t.Error("an axis of another spelling was read")
	}
	if got := label.Axis(9).String(); got != "axis(9)" {
		t.Errorf("an unknown axis is %q", got)
	}
}
