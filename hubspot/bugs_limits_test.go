package hubspot_test

// The bugs of other people's integrations that concern limits and sign-in; docs/hubspot.md says how each test was
// seen to fail.

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rolecall/hubspot"
	"rolecall/label"
	"rolecall/sandbox/portal"
)

func TestBug09_OneLimiterForEverybodyAndAWholeWindowsWait(t *testing.T) {
	var c *clock
	var refused atomic.Int64
	var open time.Time
	address, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if c.Now().Before(open) {
			refused.Add(1)
			say(w, 429, `{"status":"error","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING","message":"You have reached your ten_secondly_rolling limit."}`)
			return
		}
		say(w, 200, `{"portalId":1,"timeZone":"UTC"}`)
	})
	open = c.Now().Add(9 * time.Second)
	crm := client(t, address, c)
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			if _, err := crm.Account(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if n := refused.Load(); n < 1 || n > 8 {
		t.Errorf("%d calls were refused: after the first refusal everybody waits for the window's end", n)
	}
}

func TestOurShareIsKept(t *testing.T) {
	for _, share := range []float64{0, 0.5, 0.8} {
		t.Run(fmt.Sprint("left to others: ", share), func(t *testing.T) {
			var at []time.Time
			var c *clock
			address, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				at = append(at, c.Now())
				w.Header().Set("X-HubSpot-RateLimit-Max", "100")
				w.Header().Set("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
				w.Header().Set("X-HubSpot-RateLimit-Remaining", "60")
				say(w, 200, `{"portalId":1}`)
			})
			crm := client(t, address, c)
			if err := crm.SetShare(share); err != nil {
				t.Fatal(err)
			}
			for range 300 {
				if _, err := crm.Account(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			allowed := int(100 * (1 - share))
			at = at[20:] // until the first answer the limit was taken to be 190
			for i := range at {
				n := 0
				for _, other := range at[i:] {
					if other.Sub(at[i]) < 10*time.Second {
						n++
					}
				}
				if n > allowed+1 {
					t.Fatalf("%d calls within ten seconds, %d are ours", n, allowed)
				}
			}
			took := at[len(at)-1].Sub(at[0]).Seconds()
			if ideal := float64(len(at)) / float64(allowed) * 10; took > ideal*1.12 {
				t.Errorf("%d calls took %.1f s, the limit alone demands %.1f s", len(at), took, ideal)
			}
		})
	}
}

func TestASharesBounds(t *testing.T) {
	crm := client(t, "http://127.0.0.1:1", newClock())
	for _, share := range []float64{-0.1, 0.91, math.NaN(), math.Inf(1)} {
		if err := crm.SetShare(share); !errors.Is(err, hubspot.KindOptions) {
			t.Errorf("%v: %v", share, err)
		}
	}
}

func TestSearchHasALimitOfItsOwn(t *testing.T) {
	s, crm, c := sandbox(t, 3_900, portal.Options{Limits: portal.Limits{SearchPerSecond: 5, Burst: 190}})
	_, cur := changed(t, crm, label.Cursor{})
	c.advance(time.Hour)
	s.MonthEndTouch(1)
	began := c.Now()
	changed(t, crm, cur)
	for _, r := range s.Log() {
		if r.Status == 429 {
			t.Error("a search was refused")
		}
	}
	if took := c.Now().Sub(began); took < 4*time.Second || took > 6*time.Second {
		t.Errorf("21 searches took %v", took)
	}
}

func TestTheDailyBudgetStopsAtFourFifths(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	s, crm, c := sandbox(t, 500, portal.Options{TimeZone: berlin, Limits: portal.Limits{Daily: 1000, Burst: 190}})
	s.OtherAppsUse(797, 0)
	cur, err := crm.Changed(t.Context(), label.Cursor{}, (&seen{}).page)
	var daily *hubspot.DailyBudgetError
	if !errors.As(err, &daily) || !errors.Is(err, hubspot.KindDaily) {
		t.Fatalf("got %v", err)
	}
	at := daily.Resume.In(berlin)
	if daily.Limit != 1000 || daily.Used < 800 || daily.Used > 810 || at.Hour() != 0 || at.Minute() != 0 || !at.After(c.Now()) || at.Sub(c.Now()) > 25*time.Hour {
		t.Errorf("%+v", daily)
	}
	// After midnight it goes on, where it stopped.
	c.advance(at.Sub(c.Now()) + time.Second)
	var rest seen
	if _, err := crm.Changed(t.Context(), cur, rest.page); err != nil {
		t.Errorf("the day after: %v", err)
	}
}

func TestBug10_TheTokenEndpointHasLimitsToo(t *testing.T) {
	var asked, good atomic.Int64
	address, c := stub(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		form, _ := url.ParseQuery(string(body))
		if r.URL.Path != "/oauth/2026-09/token" || form.Get("grant_type") != "refresh_token" || form.Get("client_secret") != "hush-hush" || form.Get("refresh_token") != "first" {
			say(w, 400, `{"error":"invalid_request"}`)
			return
		}
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "7")
			say(w, 429, `{"status":"error","message":"slow down"}`)
			return
		}
		good.Add(1)
		say(w, 200, `{"access_token":"abc","expires_in":1800,"token_type":"bearer"}`)
	})
	auth, err := hubspot.OAuth(hubspot.OAuthOptions{BaseURL: address, ClientID: "app", ClientSecret: hubspot.NewSecret("hush-hush"), RefreshToken: hubspot.NewSecret("first"), Now: c.Now, Sleep: c.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			if _, err := auth.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if good.Load() != 1 || asked.Load() != 2 {
		t.Errorf("%d refreshes were made, %d of them good: one is enough for all", asked.Load(), good.Load())
	}
	if c.slept < 7*time.Second || c.slept > 8*time.Second {
		t.Errorf("waited %v, Retry-After said 7 s", c.slept)
	}
}

func TestBug11_TokensEndInTheMiddleOfARun(t *testing.T) {
	app := portal.OAuthApp{ClientID: "app", ClientSecret: "hush-hush", RefreshToken: "first", AppID: 1, RotateRefresh: true}
	file := filepath.Join(t.TempDir(), "token.json")
	w, tapped := tap(t, 0)
	var auth hubspot.TokenSource
	s, crm, c := sandbox(t, 600, portal.Options{Tokens: map[string]portal.Token{}, OAuth: []portal.OAuthApp{app}}, tapped, func(o *hubspot.Options) {
		var err error
		auth, err = hubspot.OAuth(hubspot.OAuthOptions{BaseURL: o.BaseURL, ClientID: "app", ClientSecret: hubspot.NewSecret("hush-hush"),
			RefreshToken: hubspot.NewSecret("first"), File: file, Now: o.Now, Sleep: o.Sleep})
		if err != nil {
			t.Fatal(err)
		}
		o.Auth = auth
	})
	var got seen
	_, err := crm.Changed(t.Context(), label.Cursor{}, func(cs []label.Contact, at label.Cursor) error {
		c.advance(32 * time.Minute) // a slow run: the token, good for 30 minutes, has ended, and that is known without asking
		return got.page(cs, at)
	})
	if err != nil || len(got.all) != 600 || w.count(status(401)) > 0 {
		t.Fatalf("%d contacts, %v, %d calls with a token that had ended", len(got.all), err, w.count(status(401)))
	}
	// HubSpot ends it early: one call is refused, and made again with a new token.
	if err := s.AddFault(portal.Fault{Match: "account-info", Kind: "expire-token"}); err != nil {
		t.Fatal(err)
	}
	if _, err := crm.Account(t.Context()); err != nil || w.count(status(401)) != 1 {
		t.Errorf("%v, %d refused", err, w.count(status(401)))
	}
	// The refresh token that came back is kept, and only for us.
	stat, err := os.Stat(file)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Fatalf("token file: %v, %v", stat, err)
	}
	again, err := hubspot.OAuth(hubspot.OAuthOptions{BaseURL: "https://api.hubapi.com", ClientID: "app", ClientSecret: hubspot.NewSecret("x"), File: file})
	if err != nil || again == nil {
		t.Errorf("the kept token is not enough to start: %v", err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := hubspot.OAuth(hubspot.OAuthOptions{ClientID: "app", ClientSecret: hubspot.NewSecret("x"), File: file}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a token file that others can read: %v", err)
	}
}

func TestAStaticTokenThatIsRefusedStopsAtOnce(t *testing.T) {
	w, tapped := tap(t, 0)
	_, crm, _ := sandbox(t, 1, portal.Options{}, tapped, func(o *hubspot.Options) { o.Auth = hubspot.Static(hubspot.NewSecret("wrong-token-123")) })
	_, err := crm.Account(t.Context())
	if !errors.Is(err, hubspot.KindCredentials) || len(w.all) != 1 {
		t.Errorf("%v after %d calls", err, len(w.all))
	}
}
