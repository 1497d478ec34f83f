package hubspot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/sandbox/portal"
)

// Every row plants one fault, and says what Check has to call it, and a part of the mend.
func TestCheckNamesPlantedFaults(t *testing.T) {
	without := func(scope string) portal.Options {
		var left []string
		for _, s := range []string{"crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write"} {
			if s != scope {
				left = append(left, s)
			}
		}
		return portal.Options{Tokens: map[string]portal.Token{testToken: {AppID: 1, Scopes: left}}}
	}
	define := func(p portal.Property) func(*portal.Server) {
		return func(s *portal.Server) { s.Define(p) }
	}
	fault := func(f portal.Fault) func(*portal.Server) {
		return func(s *portal.Server) {
			f.Times = -1
			if err := s.AddFault(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tc := range []struct {
		name   string
		opt    portal.Options
		plant  func(*portal.Server)
		tune   func(*hubspot.Options)
		want   func(*hubspot.Expected)
		code   string
		mended string // part of the mend
	}{
		{name: "nothing wrong"},
		{name: "another token", tune: func(o *hubspot.Options) { o.Auth = hubspot.Static(hubspot.NewSecret("pat-other")) }, code: "wrong token", mended: "service key"},
		{name: "no token", tune: func(o *hubspot.Options) { o.Auth = hubspot.Static(hubspot.NewSecret("")) }, code: "wrong token", mended: "service key"},
		{name: "a token that has ended", opt: portal.Options{Tokens: map[string]portal.Token{testToken: {Expires: time.Unix(1, 0), OAuth: true}}}, code: "expired token", mended: "service key"},
		{name: "may not write contacts", opt: without("crm.objects.contacts.write"), code: "missing scope", mended: "crm.objects.contacts.write"},
		{name: "may not read contacts", opt: without("crm.objects.contacts.read"), code: "missing scope", mended: "crm.objects.contacts.read"},
		{name: "may not write properties", opt: without("crm.schemas.contacts.write"), code: "missing scope", mended: "crm.schemas.contacts.write"},
		{name: "another portal", want: func(e *hubspot.Expected) { e.PortalID = "4242" }, code: "wrong portal", mended: "portal"},
		{name: "the property is text", plant: define(portal.Property{Name: "job_role", Label: "R", Type: "string", FieldType: "text", GroupName: "contactinformation"}), code: "property of wrong type", mended: "delete or rename"},
		{name: "the property is read-only", plant: define(portal.Property{Name: "job_label_source", Label: "R", Type: "string", FieldType: "text", GroupName: "contactinformation", Modification: portal.Modification{ReadOnlyValue: true}}), code: "read-only property", mended: "unlock"},
		{name: "the options are locked", plant: define(portal.Property{Name: "job_seniority", Label: "S", Type: "enumeration", FieldType: "select", GroupName: "contactinformation", Modification: portal.Modification{ReadOnlyDefinition: true}}), code: "read-only property", mended: "unlock"},
		{name: "an option is missing", want: func(e *hubspot.Expected) { e.Properties = wanted("alpha", "delta") }, code: "option missing", mended: "rolecall sync"},
		{name: "nothing set up", opt: portal.Options{PortalID: 2}, code: "group missing", mended: "rolecall"},
		{name: "no properties", opt: portal.Options{PortalID: 2}, code: "property missing", mended: "rolecall"},
		{name: "titles live elsewhere", tune: func(o *hubspot.Options) { n := hubspot.DefaultNames(); n.Title = "beruf"; o.Names = n }, code: "title property missing", mended: "bring the property back"},
		{name: "the day's calls are used up", opt: portal.Options{Limits: portal.Limits{Daily: 100}}, plant: func(s *portal.Server) { s.OtherAppsUse(100, 0) }, code: "daily limit", mended: "wait"},
		{name: "others use up the limit", plant: fault(portal.Fault{Kind: "status", Status: 429}), code: "rate limit", mended: "share"},
		{name: "no such version", plant: fault(portal.Fault{Match: "/crm/", Kind: "status", Status: 404}), code: "wrong API version", mended: "2026-09"},
		{name: "a login page answers", plant: fault(portal.Fault{Kind: "html", Status: 200}), code: "not HubSpot", mended: "base URL"},
		{name: "nobody answers", tune: func(o *hubspot.Options) { o.BaseURL = "http://127.0.0.1:1" }, code: "wrong base URL", mended: "base URL"},
		{name: "HubSpot is in trouble", plant: fault(portal.Fault{Kind: "status", Status: 503}), code: "HubSpot in trouble", mended: "status.hubspot.com"},
		{name: "our clock is an hour off", tune: func(o *hubspot.Options) { now := o.Now; o.Now = func() time.Time { return now().Add(-time.Hour) } }, code: "clock skew", mended: "NTP"},
		{name: "no option of HubSpot's own property", want: func(e *hubspot.Expected) { e.Properties.MapOnto[label.Seniority] = true }, code: "mapping", mended: "map it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setUp := tc.opt.PortalID == 0
			want := hubspot.Expected{Properties: wanted("alpha", "beta")}
			if tc.want != nil {
				tc.want(&want)
			}
			scopes := tc.opt.Tokens
			if scopes != nil {
				scopes["pat-admin"] = portal.Token{AppID: 2}
			}
			s, crm, _ := sandbox(t, 3, tc.opt, func(o *hubspot.Options) {
				if tc.tune != nil {
					tc.tune(o)
				}
			})
			if setUp {
				if tc.plant != nil && strings.Contains(tc.name, "property is") || strings.Contains(tc.name, "options are") {
					tc.plant(s)
				}
				admin := client(t, "http://"+hostOf(t, s), newClock(), func(o *hubspot.Options) {
					if scopes != nil {
						o.Auth = hubspot.Static(hubspot.NewSecret("pat-admin"))
					}
				})
				_, _ = admin.EnsureProperties(t.Context(), wanted("alpha", "beta")) // fails where the plant is a property
			}
			if tc.plant != nil {
				tc.plant(s)
			}
			before := fmt.Sprint(s.Stats(false, "").Values, s.Properties())
			faults := crm.Check(t.Context(), want)
			if tc.code == "" {
				if len(faults) > 0 {
					t.Errorf("found %+v", faults)
				}
				return
			}
			found := false
			for _, f := range faults {
				if f.Code == tc.code {
					found = found || strings.Contains(f.Mend, tc.mended) && f.What != ""
				}
				if f.Mend == "" {
					t.Errorf("no mend: %+v", f)
				}
			}
			if !found {
				t.Errorf("found %+v", faults)
			}
			if after := fmt.Sprint(s.Stats(false, "").Values, s.Properties()); after != before {
				t.Error("the check has written something")
			}
		})
	}
}

func TestCheckNamesARefusedRefresh(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say(w, 400, `{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token","error":"invalid_grant"}`)
	}))
	t.Cleanup(s.Close)
	crm := client(t, s.URL, newClock(), func(o *hubspot.Options) {
		auth, err := hubspot.OAuth(hubspot.OAuthOptions{BaseURL: s.URL, ClientID: "a", ClientSecret: hubspot.NewSecret("b"), RefreshToken: hubspot.NewSecret("c"), Now: o.Now, Sleep: o.Sleep})
		if err != nil {
			t.Fatal(err)
		}
		o.Auth = auth
	})
	faults := crm.Check(t.Context(), hubspot.Expected{})
	if len(faults) != 1 || faults[0].Code != "OAuth refused" || !strings.Contains(faults[0].Mend, "install the app") {
		t.Errorf("found %+v", faults)
	}
}

// A fault's mend, followed, heals it: what is missing is made by the next run.
func TestMendsHeal(t *testing.T) {
	_, crm, _ := sandbox(t, 1, portal.Options{})
	want := hubspot.Expected{Properties: wanted("alpha")}
	if faults := crm.Check(t.Context(), want); len(faults) != 5 {
		t.Errorf("found %+v", faults)
	}
	ensured(t, crm, want.Properties)
	if faults := crm.Check(t.Context(), want); len(faults) != 0 {
		t.Errorf("after the mend: %+v", faults)
	}
}
