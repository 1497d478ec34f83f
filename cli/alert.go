package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"rolecall/reconcile"
)

// errInside says that an alert address leads into the network that rolecall runs in: whoever may edit the sheet must
// not be able to make this machine call others that only it can reach.
var errInside = errors.New("the alert address leads to a machine of the inner network, which is not allowed: name one that the internet can reach")

// alerts posts alerts to the address of the Settings tab. It calls https only, follows no redirect, goes through no
// proxy (one would hide where the call ends), and looks at the address that a name stands for at the moment of the call.
type alerts struct{ client *http.Client }

func newAlerts() alerts {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: outsideOnly}
	return alerts{&http.Client{
		Timeout:       15 * time.Second,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post sends one alert. Its errors never hold the address, whose path is often a secret.
func (a alerts) post(ctx context.Context, address string, alert reconcile.Alert) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return errors.New("the alert address in the Settings tab must begin with https://")
	}
	body, err := json.Marshal(alert)
	if err != nil {
		return fmt.Errorf("encode an alert: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post an alert to %s: the address cannot be used", u.Host)
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := a.client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return fmt.Errorf("post an alert to %s: %w", u.Host, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4096) // so that the connection can be used again; what it says is no matter
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("post an alert to %s: it answered %s", u.Host, answer.Status)
	}
	return nil
}

// outsideOnly refuses addresses that are not of the public internet.
func outsideOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !outside(at.Addr()) {
		return errInside
	}
	return nil
}

// inner are the networks that are not the public internet, besides those that netip knows by name
// (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry).
func inner() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

func outside(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inner() {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
