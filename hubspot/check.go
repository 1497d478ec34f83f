package hubspot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rolecall/label"
)

// Expected is what Check compares a portal with.
type Expected struct {
	// PortalID is the portal that is meant; "" for any.
	PortalID string
	// Properties are looked for as EnsureProperties would make them. Nothing is changed.
	Properties label.Properties
}

// Fault is something that will not work, and what a person can do about it.
type Fault struct {
	// Code is short and stable: "missing scope", "wrong portal".
	Code string
	// What is wrong, in a sentence.
	What string
	// Mend is what to do.
	Mend string
	// Warning: rolecall can work all the same, or mends it itself.
	Warning bool
}

// Check looks whether a portal is ready, without changing anything, and names every fault it finds:
//
//	| code                    | what                                                              |
//	| wrong base URL          | nothing answers, or a redirect                                    |
//	| wrong API version       | the address answers, the version's paths do not                   |
//	| not HubSpot             | HTML, or other JSON, answers                                      |
//	| wrong token             | 401, 530                                                          |
//	| expired token           | 401 that says so                                                  |
//	| OAuth refused           | the refresh token is not taken                                    |
//	| missing scope           | each scope of the four                                            |
//	| wrong portal            | another portal id than expected                                   |
//	| clock skew              | our clock and HubSpot's differ by more than a minute              |
//	| daily limit             | the day's calls are used up                                       |
//	| rate limit              | other apps use up the limit                                       |
//	| group missing           | (warning: the next run makes it)                                  |
//	| property missing        | (warning: the next run makes it)                                  |
//	| option missing          | (warning: the next run adds it)                                   |
//	| property of wrong type  |                                                                   |
//	| read-only property      |                                                                   |
//	| title property missing  | there is no property to read titles from                          |
//	| mapping                 | hs_role or hs_seniority lacks an option (warning)                 |
//	| HubSpot in trouble      | 5xx, 423, 477, answers cut short                                  |
func (c *CRM) Check(ctx context.Context, want Expected) []Fault {
	k := &checking{c: c, ctx: ctx}
	if !k.access(want) {
		return k.faults
	}
	k.scopes()
	k.definitions(want.Properties)
	return k.faults
}

type checking struct {
	c      *CRM
	ctx    context.Context
	faults []Fault
}

func (k *checking) add(f Fault) {
	if !slices.Contains(k.faults, f) {
		k.faults = append(k.faults, f)
	}
}

// access asks for the account: does anybody answer, is the token good, is it the right portal and the right time?
func (k *checking) access(want Expected) bool {
	p, err := k.c.Account(k.ctx)
	k.clocks()
	switch {
	case errors.Is(err, KindScope), errors.Is(err, KindForbidden):
		return true // some keys may not read the account; the rest is asked all the same
	case err != nil:
		k.add(k.name(err))
		return false
	case p.ID == "":
		k.add(Fault{Code: "not HubSpot", What: "what answers at " + k.c.base.Host + " names no portal", Mend: "check the base URL; HubSpot's own is " + DefaultBaseURL})
		return false
	}
	if want.PortalID != "" && p.ID != want.PortalID {
		k.add(Fault{Code: "wrong portal", What: fmt.Sprintf("the token opens portal %s, the configuration expects %s", p.ID, want.PortalID),
			Mend: "make the key in the portal that is meant, or correct hubspot.portal_id"})
	}
	return true
}

func (k *checking) clocks() {
	k.c.mu.Lock()
	skew, known := k.c.skew, k.c.skewKnown
	k.c.mu.Unlock()
	if known && skew.Abs() > clockTolerance {
		k.add(Fault{Code: "clock skew", What: fmt.Sprintf("this machine's clock is %s off HubSpot's", skew.Abs().Round(time.Second)),
			Mend: "switch on time synchronisation (NTP) on this machine"})
	}
}

// scopes tries what each of the four scopes is needed for, in a way that changes nothing: the writes are empty and
// are refused as invalid, after the scope has been looked at.
func (k *checking) scopes() {
	v := k.c.opt.Version
	for _, try := range []struct {
		scope string
		ask   ask
	}{
		{"crm.objects.contacts.read", ask{method: http.MethodGet, path: v.path(contacts), query: url.Values{"limit": {"1"}}, doing: "check reading contacts"}},
		{"crm.objects.contacts.write", ask{method: http.MethodPost, path: v.path(contacts, "batch", "update"), body: updateBody{Inputs: []updateRow{}}, doing: "check writing contacts", emptyIsFine: true}},
		{"crm.schemas.contacts.read", ask{method: http.MethodGet, path: v.path(properties, k.c.opt.Names.Title), doing: "check reading properties"}},
		{"crm.schemas.contacts.write", ask{method: http.MethodPost, path: v.path(properties, "groups"), body: struct{}{}, doing: "check writing properties", emptyIsFine: true}},
	} {
		try.ask.private = true
		err := k.c.call(k.ctx, try.ask, nil)
		var scope *MissingScopeError
		switch {
		case errors.As(err, &scope) && len(scope.Scopes) == 0:
			k.add(scopeFault([]string{try.scope}))
		case errors.As(err, &scope):
			k.add(scopeFault(scope.Scopes))
		case errors.Is(err, KindInvalid), errors.Is(err, KindConflict), err == nil:
		case errors.Is(err, KindNotFound) && try.scope == "crm.schemas.contacts.read":
			k.add(Fault{Code: "title property missing", What: "HubSpot has no contact property " + k.c.opt.Names.Title, Mend: "bring the property back in HubSpot (Settings, Properties, Archived)"})
		case errors.Is(err, KindNotFound):
			k.add(versionFault(k.c.opt.Version))
		default:
			k.add(k.name(err))
		}
	}
}

func scopeFault(scopes []string) Fault {
	names := strings.Join(scopes, " or ")
	return Fault{Code: "missing scope", What: "the key lacks the scope " + names, Mend: "tick " + names + " among the key's scopes in HubSpot (Settings, Integrations)"}
}

func versionFault(v Version) Fault {
	return Fault{Code: "wrong API version", What: "HubSpot does not know API version " + string(v), Mend: fmt.Sprintf("set hubspot.version to one of these: %s", strings.Trim(fmt.Sprint(Versions()), "[]"))}
}

// definitions looks at group, properties and options.
func (k *checking) definitions(want label.Properties) {
	n := k.c.opt.Names
	err := k.c.call(k.ctx, ask{method: http.MethodGet, path: k.c.opt.Version.path(properties, "groups", n.Group), doing: "check property group " + n.Group}, nil)
	if errors.Is(err, KindNotFound) {
		k.add(Fault{Code: "group missing", What: "HubSpot has no property group " + n.Group, Mend: "run `rolecall sync`: it makes the group", Warning: true})
	} else if err != nil {
		k.add(k.name(err))
	}
	for _, a := range label.Axes() {
		d := definition{Name: n.Labels[a], Type: "enumeration", FieldType: "select"}
		if got := k.property(d); got != nil {
			k.options(got, want.Taxonomies[a])
		}
	}
	for _, d := range k.c.extras(want) {
		k.property(d)
	}
	for _, a := range label.Axes() {
		if !want.MapOnto[a] {
			continue
		}
		problems := map[string]string{}
		if _, err := k.c.mapOnto(k.ctx, a, want.Taxonomies[a], problems); err != nil {
			k.add(k.name(err))
		}
		for _, term := range want.Taxonomies[a].Active() {
			if problem := problems[term.ID]; problem != "" {
				what, mend, _ := strings.Cut(problem, " - ")
				k.add(Fault{Code: "mapping", What: fmt.Sprintf("%s: %s", term.Name, what), Mend: mend, Warning: true})
			}
		}
	}
}

// property looks at one definition, and returns it when it is there and usable.
func (k *checking) property(want definition) *definition {
	got, err := k.c.property(k.ctx, want.Name)
	if err != nil {
		k.add(k.name(err))
		return nil
	}
	if got == nil {
		k.add(Fault{Code: "property missing", What: "HubSpot has no contact property " + want.Name, Mend: "run `rolecall sync`: it makes the property", Warning: true})
		return nil
	}
	if err := checkDefinition(got, want); err != nil {
		k.add(k.name(err))
		return nil
	}
	if m := got.Modifiable; m != nil && m.ReadOnlyDefinition && want.Type == "enumeration" {
		k.add(k.name(readOnly(want.Name, "options have to change when the sheet's lists do")))
	}
	return got
}

func (k *checking) options(got *definition, t label.Taxonomy) {
	for _, term := range t.Active() {
		i := slices.IndexFunc(got.Options, func(o option) bool { return o.Value == string(term.Value) })
		if i < 0 || got.Options[i].Hidden {
			k.add(Fault{Code: "option missing", What: fmt.Sprintf("%s has no option %s (%s)", got.Name, term.Name, term.Value), Mend: "run `rolecall sync`: it adds the option", Warning: true})
		}
	}
}

// name turns an error into a fault.
func (k *checking) name(err error) Fault {
	f := Fault{Code: "HubSpot in trouble", What: err.Error(), Mend: "try again later; see status.hubspot.com"}
	var api *APIError
	if errors.As(err, &api) {
		f.Mend = api.Mend
		short := *api
		short.Mend = ""
		f.What = short.Error()
	}
	var property *PropertyError
	var scope *MissingScopeError
	switch {
	case errors.As(err, &property):
		f.Code, f.What, f.Mend = "property of wrong type", "property "+property.Property+": "+property.What, property.Mend
		if strings.Contains(property.What, "read-only") {
			f.Code = "read-only property"
		}
	case errors.As(err, &scope):
		return scopeFault(scope.Scopes)
	case errors.Is(err, KindUnreachable), errors.Is(err, KindRedirect):
		f.Code = "wrong base URL"
	case errors.Is(err, KindNotFound):
		return versionFault(k.c.opt.Version)
	case errors.Is(err, KindNotJSON):
		f.Code = "not HubSpot"
	case errors.Is(err, KindCredentials) && strings.Contains(api.Doing, "refresh"):
		f.Code = "OAuth refused"
	case errors.Is(err, KindCredentials) && (api.Category == "EXPIRED_AUTHENTICATION" || strings.Contains(strings.ToLower(api.Message), "expired")):
		f.Code = "expired token"
	case errors.Is(err, KindCredentials):
		f.Code = "wrong token"
	case errors.Is(err, KindDaily):
		f.Code, f.What, f.Mend = "daily limit", err.Error(), "wait until then, or buy HubSpot's API limit increase"
	case errors.Is(err, KindRateLimit):
		f.Code = "rate limit"
	}
	return f
}
