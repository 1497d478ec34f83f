package hubspot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"rolecall/label"
)

// HintKind says what HubSpot's webhook claims to have happened.
type HintKind uint8

// The kinds of hints.
const (
	HintChanged HintKind = iota // created, changed, restored: read it again
	HintDeleted                 // deleted, restorable for 90 days
	HintMerged                  // ContactID survived, Merged are gone
	HintErased                  // deleted for privacy: every copy of ours has to go
)

// String is the kind in logs.
func (k HintKind) String() string {
	return [...]string{"changed", "deleted", "merged", "erased"}[k&3]
}

// Hint is one event: a reason to look at a contact, and no more. What it says is not believed; the contact is read.
type Hint struct {
	Kind      HintKind
	ContactID label.ContactID
	Merged    []label.ContactID
	At        time.Time // as HubSpot says, UTC
}

// WebhookOptions are those of Webhook.
type WebhookOptions struct {
	// Secret is the app's client secret, which signs.
	Secret Secret
	// PublicURL is the address that HubSpot was given, whole: behind a proxy the request itself does not know it.
	PublicURL string
	// PortalID drops the events of other portals; "" takes all.
	PortalID string
	// Hints takes the events of one request. After an error HubSpot is asked to send them again.
	Hints func(ctx context.Context, hints []Hint) error
	Now   func() time.Time
	Log   zerolog.Logger
}

// The bounds of a webhook request.
const (
	webhookAge  = 5 * time.Minute
	webhookBody = 1 << 20
)

// Webhook is the endpoint that HubSpot posts events to. It verifies signatures of version 3 (X-HubSpot-Signature-v3).
//
//	| request                              | answer |
//	| not POST                             | 405    |
//	| more than 1 MB                       | 413    |
//	| signature or timestamp missing       | 401    |
//	| more than 5 minutes old, or ahead    | 401    |
//	| signature of another body or address | 401    |
//	| seen before                          | 204, nothing is done |
//	| signed, and no list of events        | 400    |
//	| Hints returned an error              | 500, HubSpot sends it again |
//	| good                                 | 204    |
//
// Polling is complete without it: a webhook only makes it quicker. Faults of the options are of KindOptions.
func Webhook(o WebhookOptions) (http.Handler, error) {
	u, err := url.Parse(o.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("set up HubSpot's webhook: the public URL is not an https address: %w", KindOptions)
	case o.Secret.IsZero():
		return nil, fmt.Errorf("set up HubSpot's webhook: no client secret, so nothing could be verified: %w", KindOptions)
	case o.Hints == nil:
		return nil, fmt.Errorf("set up HubSpot's webhook: nobody takes the hints: %w", KindOptions)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &webhook{opt: o, seen: map[string]time.Time{}}, nil
}

type webhook struct {
	opt WebhookOptions

	mu    sync.Mutex
	seen  map[string]time.Time // signatures taken, until when they would pass for young
	swept time.Time
}

// ServeHTTP is the table of Webhook.
func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "post events here", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, webhookBody))
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	signature := r.Header.Get("X-HubSpot-Signature-v3")
	if err != nil || !h.genuine(r, signature, body) {
		h.opt.Log.Warn().Msg("a webhook request was not signed by HubSpot, or too old")
		http.Error(w, "the signature does not fit", http.StatusUnauthorized)
		return
	}
	hints, err := h.decode(body)
	if err != nil {
		http.Error(w, "no list of events", http.StatusBadRequest)
		return
	}
	if h.take(signature) && len(hints) > 0 {
		if err := h.opt.Hints(r.Context(), hints); err != nil {
			h.forget(signature)
			h.opt.Log.Warn().Err(err).Int("events", len(hints)).Msg("webhook events were not taken; HubSpot sends them again")
			http.Error(w, "not taken, send again", http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// genuine checks age and signature, over the bytes as they came.
func (h *webhook) genuine(r *http.Request, signature string, body []byte) bool {
	stamp := r.Header.Get("X-HubSpot-Request-Timestamp")
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || h.opt.Now().Sub(time.UnixMilli(ms)).Abs() > webhookAge {
		return false
	}
	address := h.opt.PublicURL
	if r.URL.RawQuery != "" && !strings.Contains(address, "?") {
		address += "?" + r.URL.RawQuery
	}
	got, err := base64.StdEncoding.Strict().DecodeString(signature)
	return err == nil && hmac.Equal(got, signatureV3(h.opt.Secret, r.Method, address, body, stamp))
}

// signatureV3 is HMAC-SHA256(client secret, method + URI + body + timestamp), with the URI's own characters decoded.
func signatureV3(secret Secret, method, address string, body []byte, stamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret.reveal()))
	mac.Write([]byte(method + decodeURI(address)))
	mac.Write(body)
	mac.Write([]byte(stamp))
	return mac.Sum(nil)
}

// decodeURI decodes exactly the escapes that HubSpot decodes before it signs.
func decodeURI(address string) string {
	pairs := strings.Fields("%3A : %2F / %3F ? %40 @ %21 ! %24 $ %27 ' %28 ( %29 ) %2A * %2C , %3B ;")
	for _, upper := range pairs {
		pairs = append(pairs, strings.ToLower(upper)) // %3a; signs have no case
	}
	return strings.NewReplacer(pairs...).Replace(address)
}

// take says whether the signature is new, and remembers it for as long as it could be played again.
func (h *webhook) take(signature string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.opt.Now()
	if now.Sub(h.swept) > time.Minute {
		maps.DeleteFunc(h.seen, func(_ string, until time.Time) bool { return now.After(until) })
		h.swept = now
	}
	if _, replayed := h.seen[signature]; replayed {
		return false
	}
	h.seen[signature] = now.Add(2 * webhookAge)
	return true
}

func (h *webhook) forget(signature string) { h.mu.Lock(); delete(h.seen, signature); h.mu.Unlock() }

// decode reads events; those that are not about contacts, or of another portal, are passed over.
func (h *webhook) decode(body []byte) ([]Hint, error) {
	var events []struct {
		Type         text   `json:"eventType"`
		Subscription text   `json:"subscriptionType"`
		ObjectID     text   `json:"objectId"`
		PortalID     text   `json:"portalId"`
		OccurredAt   text   `json:"occurredAt"`
		Primary      text   `json:"primaryObjectId"`
		NewID        text   `json:"newObjectId"`
		Merged       []text `json:"mergedObjectIds"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, fmt.Errorf("read webhook events: %w", err)
	}
	var hints []Hint
	for _, e := range events {
		kind := string(e.Subscription)
		if kind == "" {
			kind = string(e.Type)
		}
		if !strings.HasPrefix(kind, "contact.") || h.opt.PortalID != "" && string(e.PortalID) != h.opt.PortalID {
			continue
		}
		hint := Hint{ContactID: label.ContactID(e.ObjectID)}
		hint.At, _ = parseInstant(string(e.OccurredAt))
		switch kind {
		case "contact.deletion":
			hint.Kind = HintDeleted
		case "contact.privacyDeletion":
			hint.Kind = HintErased
		case "contact.merge":
			hint.Kind = HintMerged
			setDefault(&e.NewID, e.Primary)
			setDefault(&e.NewID, e.ObjectID)
			hint.ContactID = label.ContactID(e.NewID)
			for _, old := range append(e.Merged, e.Primary) {
				if isID(string(old)) && old != e.NewID {
					hint.Merged = append(hint.Merged, label.ContactID(old))
				}
			}
		}
		if isID(string(hint.ContactID)) {
			hints = append(hints, hint)
		}
	}
	return hints, nil
}
