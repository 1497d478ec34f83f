package hubspot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/plan"
)

// The table of judge: what an answer is called, how often it is asked again, and whether there is a mend.
func TestAnswersAreNamed(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		header map[string]string
		want   hubspot.Kind
		calls  int
		mend   string // part of the error
	}{
		{"token refused", 401, `{"category":"INVALID_AUTHENTICATION","message":"no"}`, nil, hubspot.KindCredentials, 1, "service key"},
		{"malformed token, at the front door", 530, `<html>1016</html>`, nil, hubspot.KindCredentials, 1, "service key"},
		{"scope", 403, `{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.objects.contacts.read"]}}]}`, nil, hubspot.KindScope, 1, "tick crm.objects.contacts.read"},
		{"forbidden", 403, `{"message":"no"}`, nil, hubspot.KindForbidden, 1, "permission"},
		{"not found", 404, `{"message":"no"}`, nil, hubspot.KindNotFound, 1, "version"},
		{"conflict", 409, `{"category":"CONFLICT"}`, nil, hubspot.KindConflict, 1, "next run"},
		{"address too long", 414, `too long`, nil, hubspot.KindTooLong, 1, "fewer"},
		{"invalid", 400, `{"category":"VALIDATION_ERROR"}`, nil, hubspot.KindInvalid, 1, "words"},
		{"redirect", 302, ``, map[string]string{"Location": "https://elsewhere.example/"}, hubspot.KindRedirect, 1, "base URL"},
		{"locked for good", 423, `{"category":"LOCKED"}`, nil, hubspot.KindLocked, 20, "next run"},
		{"moved for hours", 477, `{"message":"migrating"}`, map[string]string{"Retry-After": "7200"}, hubspot.KindMigration, 1, "again from"},
		{"secondly", 429, `{"policyName":"SECONDLY","message":"You have reached your secondly limit."}`, nil, hubspot.KindRateLimit, 20, "SECONDLY"},
		{"ten-secondly", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`, nil, hubspot.KindRateLimit, 20, "TEN_SECONDLY_ROLLING"},
		{"wait for two hours", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`, map[string]string{"Retry-After": "7200"}, hubspot.KindRateLimit, 1, "again from"},
		{"daily", 429, `{"policyName":"DAILY","message":"You have reached your daily limit."}`, nil, hubspot.KindDaily, 2, "going on at"}, // and one for the time zone
		{"server in trouble", 503, `{"message":"busy"}`, nil, hubspot.KindServer, 6, "status.hubspot.com"},
		{"server behind its front unreachable", 522, `<html></html>`, nil, hubspot.KindServer, 6, "support"},
		{"a login page", 200, `<html>Sign in</html>`, nil, hubspot.KindNotJSON, 6, "base URL"},
		{"half an answer", 200, `{"portalId":`, nil, hubspot.KindCutShort, 6, "cut"},
		{"another shape", 200, `[1,2]`, nil, hubspot.KindNotJSON, 6, "version"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			calls := 0
			url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
				calls++
				for k, v := range tc.header {
					w.Header().Set(k, v)
				}
				say(w, tc.status, tc.body)
			})
			_, err := client(t, url, c).Account(t.Context())
			if !errors.Is(err, tc.want) || calls != tc.calls || !strings.Contains(err.Error(), tc.mend) {
				t.Errorf("after %d calls: %v", calls, err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		_, err := client(t, "http://127.0.0.1:1", newClock()).Account(t.Context())
		if !errors.Is(err, hubspot.KindUnreachable) || !strings.Contains(err.Error(), "127.0.0.1:1") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the connection breaks off", func(t *testing.T) {
		calls := 0
		url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
			if calls++; calls < 3 {
				panic(http.ErrAbortHandler)
			}
			say(w, 200, `{"portalId":12}`)
		})
		if p, err := client(t, url, c).Account(t.Context()); err != nil || p.ID != "12" {
			t.Errorf("a read is made again: %+v, %v", p, err)
		}
	})
}

func TestRetryAfterIsHonouredAndClamped(t *testing.T) {
	for after, want := range map[string]time.Duration{"3": 3 * time.Second, "59": 59 * time.Second, "-5": 500 * time.Millisecond, "soon": 500 * time.Millisecond, "99999": time.Minute} {
		calls := 0
		url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
			if calls++; calls == 1 {
				w.Header().Set("Retry-After", after)
				say(w, 503, `{}`)
				return
			}
			say(w, 200, `{"portalId":12}`)
		})
		if _, err := client(t, url, c).Account(t.Context()); err != nil || c.slept < want || c.slept > want+time.Second {
			t.Errorf("Retry-After %s: waited %v, %v", after, c.slept, err)
		}
	}
}

func TestSecretsShowNowhere(t *testing.T) {
	const canary = "pat-na1-canary-0123456789"
	s := hubspot.NewSecret(canary)
	type holder struct {
		inner hubspot.Secret
		Outer hubspot.Secret
		Auth  hubspot.TokenSource
	}
	h := holder{s, s, hubspot.Static(s)}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", s, h, &h)
	}
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(raw)
	log := zerolog.New(&out)
	log.Info().Object("a", s).Interface("b", h).Stringer("c", s).Any("d", s).Str("e", fmt.Sprint(s)).Msg("x")
	// Failing calls, whose server repeats the token and whose log is open.
	for _, status := range []int{200, 301, 400, 401, 403, 404, 429, 500, 530} {
		url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
			say(w, status, fmt.Sprintf(`{"message":"your token %s is odd","policyName":"X"}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		})
		crm := client(t, url, c, func(o *hubspot.Options) { o.Auth, o.Log = hubspot.Static(s), zerolog.New(&out) })
		_, err := crm.Account(t.Context())
		fmt.Fprintln(&out, err)
		_, err = crm.Changed(t.Context(), label.Cursor{}, (&seen{}).page)
		fmt.Fprintln(&out, err)
		results, err := crm.Write(t.Context(), []plan.Write{write("1", "alpha")})
		fmt.Fprintln(&out, results, err)
		fmt.Fprintln(&out, crm.Check(t.Context(), hubspot.Expected{}))
	}
	plain := strings.ToLower(out.String())
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), "canary"} {
		if strings.Contains(plain, form) {
			i := strings.Index(plain, form)
			t.Errorf("the token shows as %q: ...%s", form, out.String()[max(0, i-150):min(out.Len(), i+50)])
		}
	}
}

func TestPersonalDataStaysOutOfErrors(t *testing.T) {
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		say(w, 400, `{"category":"VALIDATION_ERROR","message":"ana@example.com is not valid"}`)
	})
	_, err := client(t, url, c).Changed(t.Context(), label.Cursor{}, (&seen{}).page)
	if err == nil || strings.Contains(err.Error(), "ana@") {
		t.Errorf("got %v", err)
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	stolen := 0
	other, _ := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) { stolen++; say(w, 200, `{"portalId":1}`) })
	url, c := stub(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		http.Redirect(w, r, other+"/account-info/2026-09/details", http.StatusTemporaryRedirect)
	})
	if _, err := client(t, url, c).Account(t.Context()); !errors.Is(err, hubspot.KindRedirect) || stolen > 0 {
		t.Errorf("followed %d times: %v", stolen, err)
	}
}

func TestWrongOptionsAreAllNamed(t *testing.T) {
	for _, tc := range []struct{ base, want string }{
		{"http://api.hubapi.com", "in the clear"},
		{"ftp://api.hubapi.com", "not https"},
		{"https://user:pw@api.hubapi.com", "no user"},
		{"api.hubapi.com", "cannot be read"},
		{"%zz", "cannot be read"},
	} {
		_, err := hubspot.New(hubspot.Options{BaseURL: tc.base, Version: "v9", Share: 2, Limits: hubspot.Limits{WriteBatch: -1}})
		for _, part := range []string{tc.want, "v9", "share", "credentials", "write batch"} {
			if err == nil || !errors.Is(err, hubspot.KindOptions) || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "pw@") {
				t.Errorf("%s: %v does not name %q", tc.base, err, part)
			}
		}
	}
	if _, err := hubspot.New(hubspot.Options{BaseURL: "http://stand-in.example", AllowPlain: true, Auth: hubspot.Static(hubspot.NewSecret("x"))}); err != nil {
		t.Errorf("plain allowed on purpose: %v", err)
	}
}
