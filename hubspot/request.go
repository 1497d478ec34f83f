package hubspot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// errTooLarge is an answer above Limits.Body.
var errTooLarge = errors.New("the answer is larger than any of HubSpot's")

// ask is one call to HubSpot.
type ask struct {
	method string
	path   string
	query  url.Values
	body   any
	// form is sent instead of body, url-encoded; for OAuth only.
	doing string // for people: "read contacts"
	lane  lane
	// writes: an answer that does not tell leaves the outcome unknown, and nothing is sent again.
	writes bool
	// private: HubSpot's words may hold personal data and stay out of error texts.
	private bool
	// bypass goes through a daily stop; emptyIsFine takes an empty 2xx.
	bypass, emptyIsFine bool
}

// call makes one call, waits and tries again as the verdict allows, and decodes the answer into out (nil: nowhere).
// Errors are *APIError, *MissingScopeError, *DailyBudgetError or the context's.
func (c *CRM) call(ctx context.Context, a ask, out any) error {
	var payload []byte
	if a.body != nil {
		raw, err := json.Marshal(a.body)
		if err != nil {
			return fmt.Errorf("%s: encode the request: %w", a.doing, err)
		}
		payload = raw
	}
	pace := c.pace()
	renewed := false
	for tries, waits := 0, 0; ; {
		used, v := c.attempt(ctx, a, payload, out)
		if v == nil {
			return nil
		}
		if ctx.Err() != nil && v.course != maybe {
			return fmt.Errorf("%s: %w", a.doing, errors.Join(ctx.Err(), v.err))
		}
		switch v.course {
		case giveUp:
			return c.withZone(ctx, a, v.err)
		case renew:
			fresh, err := c.opt.Auth.Renew(ctx, used)
			if err != nil {
				return err
			}
			if renewed || fresh.Equal(used) {
				return v.err
			}
			renewed = true
			continue
		case maybe:
			if a.writes {
				c.opt.Metrics.Event("unknown outcome")
				return unsure(a.doing, v.err)
			}
			if tries++; tries >= c.opt.Limits.Tries || ctx.Err() != nil {
				return v.err
			}
		case again:
			if waits++; waits >= c.waits(v.err) {
				return v.err
			}
		}
		if err := c.pause(ctx, a, v, pace); err != nil {
			return err
		}
	}
}

// waits is how often a call that surely was not applied is made again: a portal that asks for patience gets more
// of it than an address where nobody answers.
func (c *CRM) waits(err error) int {
	if errors.Is(err, KindUnreachable) {
		return c.opt.Limits.Tries
	}
	return c.opt.Limits.Waits
}

// pause sleeps as long as HubSpot asked for, clamped, or else as the backoff says, with jitter. A pause for a rate
// limit is the limiter's: it holds every other call as well.
func (c *CRM) pause(ctx context.Context, a ask, v *verdict, pace *backoff.ExponentialBackOff) error {
	next := pace.NextBackOff()
	next += time.Duration(c.opt.Rand() * float64(next))
	if errors.Is(v.err, KindRateLimit) {
		c.opt.Metrics.Event("rate limited")
		c.opt.Log.Info().Str("doing", a.doing).Dur("wait", v.wait).Msg("hubspot asks to wait")
		return nil
	}
	d := next
	if v.wait > 0 {
		d = min(v.wait, c.opt.Limits.LongestWait) + time.Duration(c.opt.Rand()*float64(100*time.Millisecond))
	}
	if err := c.opt.Sleep(ctx, d); err != nil {
		return fmt.Errorf("%s: %w", a.doing, errors.Join(err, v.err))
	}
	return nil
}

// pace is the backoff between attempts: 0.5 s, doubling, up to 30 s; the jitter is added by pause from Options.Rand.
func (c *CRM) pace() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval, b.RandomizationFactor = 500*time.Millisecond, 2, 30*time.Second, 0
	b.Reset()
	return b
}

// attempt sends the request once. It returns the token it used.
func (c *CRM) attempt(ctx context.Context, a ask, payload []byte, out any) (Secret, *verdict) {
	bearer, err := c.opt.Auth.Token(ctx)
	if err != nil {
		return bearer, &verdict{err: err, course: giveUp}
	}
	slot, err := c.limits.wait(ctx, a.lane, a.bypass)
	if err != nil {
		return bearer, &verdict{err: err, course: giveUp}
	}
	ans, err := c.send(ctx, a, payload, bearer)
	c.limits.answered(a.lane, slot)
	if err != nil {
		return bearer, judgeSilence(a, err, c.base.Host)
	}
	ans.body = scrub(ans.body, bearer)
	c.limits.observe(a.lane, ans.header, c.serverNow())
	if v := c.judge(a, ans); v != nil {
		return bearer, v
	}
	if out == nil {
		return bearer, nil
	}
	if err := json.Unmarshal(ans.body, out); err != nil {
		e := &APIError{Kind: KindNotJSON, Doing: a.doing, Status: ans.status, cause: errors.New("the JSON has another shape than documented"),
			Mend: "check API version and base URL", private: true}
		return bearer, &verdict{err: e, course: maybe}
	}
	return bearer, nil
}

// send is one HTTP exchange, its body read whole.
func (c *CRM) send(ctx context.Context, a ask, payload []byte, bearer Secret) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, a.method, join(c.base, a.path, a.query), bytes.NewReader(payload))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+bearer.reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "rolecall")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	started := c.opt.Now()
	res, err := c.http.Do(req)
	if err != nil {
		c.opt.Metrics.Call(a.doing, 0, c.opt.Now().Sub(started))
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	c.noteClock(res.Header)
	body, err := io.ReadAll(io.LimitReader(res.Body, c.opt.Limits.Body+1))
	c.opt.Metrics.Call(a.doing, res.StatusCode, c.opt.Now().Sub(started))
	if err == nil && int64(len(body)) > c.opt.Limits.Body {
		err = errTooLarge
	}
	return answer{status: res.StatusCode, header: res.Header, body: body}, err
}

// noteClock remembers how far HubSpot's clock is from ours.
func (c *CRM) noteClock(h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew, c.skewKnown = date.Sub(c.opt.Now()), true
}

// serverNow is HubSpot's clock as far as known, ours otherwise. A difference below 2 s is the header's rounding.
func (c *CRM) serverNow() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.skewKnown || c.skew.Abs() < 2*time.Second {
		return c.opt.Now().UTC()
	}
	return c.opt.Now().Add(c.skew).UTC()
}

// scrub takes the token out of an answer, should HubSpot have quoted it in its words.
func scrub(body []byte, bearer Secret) []byte {
	if t := bearer.reveal(); len(t) >= 8 {
		return bytes.ReplaceAll(body, []byte(t), []byte(mask))
	}
	return body
}

// withZone finds out the account's time zone when the daily budget is up, so that the error tells the right time.
func (c *CRM) withZone(ctx context.Context, a ask, err error) error {
	var daily *DailyBudgetError
	if !errors.As(err, &daily) || a.bypass || c.limits.zoneKnown() {
		return err
	}
	if _, zoneErr := c.account(ctx, true); zoneErr != nil {
		return err // UTC's midnight then
	}
	fixed := *daily
	fixed.Resume = c.limits.resumeAt(c.serverNow())
	return &fixed
}
