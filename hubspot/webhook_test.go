package hubspot_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"rolecall/hubspot"
)

const (
	hookURL    = "https://labels.example.com/hooks/hubspot"
	hookSecret = "client-secret-0123456789"
	hookVector = "+rNe7EXLDZVKBpla2lSAPhyegX1EY5OKjDn1GIQbRug="
)

// sign is HubSpot's side, written from its documentation.
func sign(method, address, body, stamp string) string {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(method + address + body + stamp))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// hooked is an endpoint and what it took.
func hooked(t testing.TB, c *clock, tune ...func(*hubspot.WebhookOptions)) (http.Handler, *[]hubspot.Hint) {
	t.Helper()
	var got []hubspot.Hint
	o := hubspot.WebhookOptions{Secret: hubspot.NewSecret(hookSecret), PublicURL: hookURL, Now: c.Now,
		Hints: func(_ context.Context, h []hubspot.Hint) error { got = append(got, h...); return nil }}
	for _, f := range tune {
		f(&o)
	}
	h, err := hubspot.Webhook(o)
	if err != nil {
		t.Fatal(err)
	}
	return h, &got
}

// deliver posts as HubSpot does, to the address behind the proxy.
func deliver(h http.Handler, body, signature, stamp string) int {
	r := httptest.NewRequest("POST", "http://10.0.0.7:8080/hooks/hubspot", strings.NewReader(body))
	r.Header.Set("X-HubSpot-Signature-v3", signature)
	r.Header.Set("X-HubSpot-Request-Timestamp", stamp)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

const hookBody = `[
	{"eventId":1,"portalId":62515,"occurredAt":1767323045000,"subscriptionType":"contact.propertyChange","objectId":101,"propertyName":"jobtitle","propertyValue":"Chief"},
	{"eventId":2,"portalId":62515,"occurredAt":1767323045000,"subscriptionType":"contact.deletion","objectId":102},
	{"eventId":3,"portalId":62515,"occurredAt":1767323045000,"subscriptionType":"contact.privacyDeletion","objectId":103},
	{"eventId":4,"portalId":62515,"occurredAt":1767323045000,"eventType":"contact.merge","objectId":104,"primaryObjectId":104,"mergedObjectIds":[105,106],"newObjectId":107},
	{"eventId":5,"portalId":62515,"subscriptionType":"contact.restore","objectId":"108"},
	{"eventId":6,"portalId":62515,"subscriptionType":"deal.creation","objectId":109},
	{"eventId":7,"portalId":1,"subscriptionType":"contact.creation","objectId":110},
	{"eventId":8,"portalId":62515,"subscriptionType":"contact.creation","objectId":"../etc"}]`

func TestEventsBecomeHints(t *testing.T) {
	c := newClock()
	h, got := hooked(t, c, func(o *hubspot.WebhookOptions) { o.PortalID = "62515" })
	stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
	if code := deliver(h, hookBody, sign("POST", hookURL, hookBody, stamp), stamp); code != 204 {
		t.Fatalf("answered %d", code)
	}
	var text []string
	for _, x := range *got {
		text = append(text, fmt.Sprint(x.Kind, " ", x.ContactID, x.Merged))
	}
	if want := "changed 101[] deleted 102[] erased 103[] merged 107[105 106 104] changed 108[]"; strings.Join(text, " ") != want {
		t.Errorf("got %s, not %s", strings.Join(text, " "), want)
	}
	if !(*got)[0].At.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("at %v", (*got)[0].At)
	}
}

// A vector with fixed numbers, computed with another implementation of HMAC (openssl dgst -sha256 -hmac).
func TestSignatureVector(t *testing.T) {
	c := newClock()
	c.t = time.UnixMilli(1767323045000)
	h, _ := hooked(t, c)
	if code := deliver(h, `[]`, hookVector, "1767323045000"); code != 204 {
		t.Errorf("the vector was answered %d", code)
	}
}

// The table of Webhook.
func TestRequestsThatAreNotHubSpots(t *testing.T) {
	c := newClock()
	at := func(d time.Duration) string { return strconv.FormatInt(c.Now().Add(d).UnixMilli(), 10) }
	now := at(0)
	body := `[{"subscriptionType":"contact.creation","objectId":1}]`
	for _, tc := range []struct {
		name, body, signature, stamp string
		want                         int
	}{
		{"good", body, sign("POST", hookURL, body, now), now, 204},
		{"four minutes old", body, sign("POST", hookURL, body, at(-4*time.Minute)), at(-4 * time.Minute), 204},
		{"no signature", body, "", now, 401},
		{"no timestamp", body, sign("POST", hookURL, body, ""), "", 401},
		{"six minutes old", body, sign("POST", hookURL, body, at(-6*time.Minute)), at(-6 * time.Minute), 401},
		{"six minutes ahead", body, sign("POST", hookURL, body, at(6*time.Minute)), at(6 * time.Minute), 401},
		{"another timestamp", body, sign("POST", hookURL, body, at(-time.Minute)), now, 401},
		{"another body", body + " ", sign("POST", hookURL, body, now), now, 401},
		{"the address behind the proxy", body, sign("POST", "http://10.0.0.7:8080/hooks/hubspot", body, now), now, 401},
		{"another method", body, sign("PUT", hookURL, body, now), now, 401},
		{"signed, not a list", `{"a":1}`, sign("POST", hookURL, `{"a":1}`, now), now, 400},
		{"signed, not JSON", `<a>`, sign("POST", hookURL, `<a>`, now), now, 400},
		{"more than a megabyte", strings.Repeat(" ", 1<<20+1), "x", now, 413},
	} {
		h, _ := hooked(t, c)
		if got := deliver(h, tc.body, tc.signature, tc.stamp); got != tc.want {
			t.Errorf("%s: answered %d, not %d", tc.name, got, tc.want)
		}
	}
	h, _ := hooked(t, c)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", hookURL, nil))
	if w.Code != 405 {
		t.Errorf("GET: %d", w.Code)
	}
}

func TestOneFlippedBitIsNoticed(t *testing.T) {
	c := newClock()
	h, _ := hooked(t, c)
	stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
	body := `[{"subscriptionType":"contact.creation","objectId":1}]`
	good := sign("POST", hookURL, body, stamp)
	for name, text := range map[string]string{"body": body, "signature": good, "timestamp": stamp} {
		for i := range len(text) * 8 {
			flipped := []byte(text)
			flipped[i/8] ^= 1 << (i % 8)
			b, s, at := body, good, stamp
			switch name {
			case "body":
				b = string(flipped)
			case "signature":
				s = string(flipped)
			case "timestamp":
				at = string(flipped)
			}
			if code := deliver(h, b, s, at); code != 401 {
				t.Fatalf("bit %d of the %s: answered %d", i, name, code)
			}
		}
	}
}

func TestAddressesWithEscapes(t *testing.T) {
	c := newClock()
	stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
	h, _ := hooked(t, c, func(o *hubspot.WebhookOptions) {
		o.PublicURL = "https://labels.example.com/hooks%2Fhubspot%3Aa%40b%2c%20%3B%21%24%27%28%29%2A%3F"
	})
	if code := deliver(h, `[]`, sign("POST", "https://labels.example.com/hooks/hubspot:a@b,%20;!$'()*?", `[]`, stamp), stamp); code != 204 {
		t.Errorf("answered %d", code)
	}
}

func TestARepeatedDeliveryIsTakenOnce(t *testing.T) {
	c := newClock()
	broken := true
	var taken int
	h, _ := hooked(t, c, func(o *hubspot.WebhookOptions) {
		o.Hints = func(context.Context, []hubspot.Hint) error {
			if broken {
				return errors.New("the database is busy")
			}
			taken++
			return nil
		}
	})
	stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
	body := `[{"subscriptionType":"contact.creation","objectId":1}]`
	if code := deliver(h, body, sign("POST", hookURL, body, stamp), stamp); code != 500 {
		t.Errorf("not taken, and answered %d", code)
	}
	broken = false
	for range 3 {
		if code := deliver(h, body, sign("POST", hookURL, body, stamp), stamp); code != 204 {
			t.Errorf("answered %d", code)
		}
	}
	if taken != 1 {
		t.Errorf("taken %d times", taken)
	}
}

func TestWebhookOptionsAreChecked(t *testing.T) {
	hints := func(context.Context, []hubspot.Hint) error { return nil }
	for _, o := range []hubspot.WebhookOptions{
		{PublicURL: hookURL, Hints: hints},
		{Secret: hubspot.NewSecret("x"), Hints: hints},
		{Secret: hubspot.NewSecret("x"), PublicURL: "http://labels.example.com/", Hints: hints},
		{Secret: hubspot.NewSecret("x"), PublicURL: hookURL},
	} {
		if _, err := hubspot.Webhook(o); !errors.Is(err, hubspot.KindOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add([]byte(hookBody), []byte("x"), "1767323045000")
	f.Add([]byte(`[{"objectId":{}}]`), []byte{0}, "")
	c := newClock()
	c.t = time.UnixMilli(1767323045000)
	h, _ := hooked(f, c)
	f.Fuzz(func(t *testing.T, body, signature []byte, stamp string) {
		if code := deliver(h, string(body), string(signature), stamp); code != 401 && code != 413 {
			t.Errorf("a guess was answered %d", code)
		}
		good := sign("POST", hookURL, string(body), "1767323045000")
		if code := deliver(h, string(body), good, "1767323045000"); code != 204 && code != 400 && code != 413 {
			t.Errorf("signed junk was answered %d", code)
		}
	})
}
