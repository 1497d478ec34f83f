package portal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// event is something that HubSpot would tell an app's webhook.
type event struct {
	Type     string
	ObjectID int64
	Property string
	Value    string
	Source   Source
	Primary  int64
	Merged   []int64
	at       int64
	id       uint64
}

const webhookQueue = 10_000

func (s *Server) startWebhooks() {
	if s.opt.WebhookURL != "" {
		s.webhooks = make(chan event, webhookQueue)
	}
}

// emit queues an event; when the queue is full it is dropped, as webhooks are
// a hint and never a record.
func (s *Server) emit(e event, at int64) {
	if s.webhooks == nil {
		return
	}
	e.at, e.id = at, s.rand.Uint64()>>33
	select {
	case s.webhooks <- e:
	default:
	}
}

func (s *Server) eventJSON(e event) map[string]any {
	m := map[string]any{"eventId": e.id, "subscriptionId": 1, "portalId": s.opt.PortalID, "appId": s.opt.WebhookAppID, "occurredAt": e.at,
		"subscriptionType": e.Type, "attemptNumber": 0, "objectId": e.ObjectID, "changeSource": e.Source.Type, "sourceId": e.Source.ID}
	switch e.Type {
	case "contact.propertyChange":
		m["propertyName"], m["propertyValue"] = e.Property, e.Value
	case "contact.merge":
		m["primaryObjectId"], m["mergedObjectIds"], m["newObjectId"] = e.Primary, e.Merged, e.ObjectID
	}
	return m
}

// DeliverWebhooks posts the queued events, at most 100 in a request, signed
// with X-HubSpot-Signature-v3, and returns how many were accepted. An answer
// other than 2xx, or none, gives an error; those events are lost.
func (s *Server) DeliverWebhooks(ctx context.Context, client *http.Client) (int, error) {
	sent := 0
	for {
		var batch []map[string]any
	gather:
		for len(batch) < 99 {
			select {
			case e := <-s.webhooks:
				batch = append(batch, s.eventJSON(e))
			default:
				break gather
			}
		}
		if len(batch) == 0 {
			return sent, nil
		}
		if err := s.post(ctx, client, batch); err != nil {
			return sent, fmt.Errorf("deliver %d webhook events: %w", len(batch), err)
		}
		sent += len(batch)
	}
}

func (s *Server) post(ctx context.Context, client *http.Client, batch []map[string]any) error {
	body, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", s.opt.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(s.opt.Now().UnixMilli(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-HubSpot-Request-Timestamp", stamp)
	req.Header.Set("X-HubSpot-Signature-v3", Signature(s.opt.WebhookSecret, "POST", s.opt.WebhookURL, body, stamp))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answered %s", resp.Status)
	}
	return nil
}

// Signature is HubSpot's v3 request signature: the base64 of the HMAC-SHA256 of
// method, full address, body and timestamp (milliseconds) under the client secret.
func Signature(secret, method, address string, body []byte, timestamp string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + address))
	mac.Write(body)
	mac.Write([]byte(timestamp))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// RunWebhooks delivers events every interval until the context ends. Failed
// deliveries are handed to report.
func (s *Server) RunWebhooks(ctx context.Context, client *http.Client, every time.Duration, report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := s.DeliverWebhooks(ctx, client); err != nil && ctx.Err() == nil {
				report(err)
			}
		}
	}
}
