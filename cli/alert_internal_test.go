package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"rolecall/reconcile"
)

func TestAlertsReachOnlyThePublicInternet(t *testing.T) {
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1:248:1893:25c8:1946": true,
		"127.0.0.1": false, "127.8.8.8": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::127.0.0.1": false, "fec0::1": false,
	} {
		if got := outside(netip.MustParseAddr(text)); got != want {
			t.Errorf("outside(%s) = %v, want %v", text, got, want)
		}
	}
}

// A name that stands for this machine is refused when it is called, whatever it stood for before.
func TestAlertsRefuseANameThatLeadsInside(t *testing.T) {
	reached := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, address := range []string{server.URL, "https://localhost" + port, "https://[::1]" + port, "https://0.0.0.0" + port, "https://2130706433" + port} {
		if err := newAlerts().post(context.Background(), address, reconcile.Alert{Text: "hello"}); err == nil || reached {
			t.Errorf("%s: error %v, reached %v; want refused", address, err, reached)
		}
	}
	if err := newAlerts().post(context.Background(), server.URL, reconcile.Alert{}); !errors.Is(err, errInside) {
		t.Errorf("error = %v, want %v", err, errInside)
	}
	if err := newAlerts().post(context.Background(), "http://example.com/x", reconcile.Alert{}); err == nil {
		t.Error("plain http was not refused")
	}
}

func TestAlertsPostJSONAndFollowNoRedirect(t *testing.T) {
	var got reconcile.Alert
	asked := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/secret-path":
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Method != http.MethodPost {
				t.Errorf("%s: %v", r.Method, err)
			}
		case "/redirect-secret":
			http.Redirect(w, r, "/secret-path", http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	a := newAlerts()
	a.client.Transport = server.Client().Transport
	if err := a.post(context.Background(), server.URL+"/secret-path", reconcile.Alert{Text: "held", Kind: reconcile.AlertHeld, RunID: "run-7"}); err != nil || got.RunID != "run-7" || got.Kind != reconcile.AlertHeld {
		t.Errorf("posted %+v, %v", got, err)
	}
	err := a.post(context.Background(), server.URL+"/redirect-secret", reconcile.Alert{})
	if err == nil || asked != 2 {
		t.Errorf("a redirect was followed: %d calls, %v", asked, err)
	}
	server.Close()
	err = a.post(context.Background(), server.URL+"/secret-path", reconcile.Alert{})
	var shown *url.Error
	if err == nil || strings.Contains(err.Error(), "secret") || errors.As(err, &shown) {
		t.Errorf("error = %v; want one without the path", err)
	}
}
