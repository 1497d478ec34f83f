package portal

import (
	"strings"
	"time"
)

func (s *Server) accountDetails(c *call) *problem {
	_, offset := s.opt.Now().In(s.opt.TimeZone).Zone()
	zone := s.opt.TimeZone.String()
	return c.json(200, map[string]any{
		"portalId": s.opt.PortalID, "accountType": s.opt.AccountType, "timeZone": zone,
		"companyCurrency": "EUR", "additionalCurrencies": []string{},
		"utcOffset":             time.Unix(0, 0).In(time.FixedZone("", offset)).Format("-07:00"),
		"utcOffsetMilliseconds": offset * 1000, "uiDomain": "app.hubspot.com", "dataHostingLocation": "eu1",
	})
}

func (s *Server) dailyUsage(c *call) *problem {
	now := s.opt.Now().In(s.opt.TimeZone)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, s.opt.TimeZone)
	return c.json(200, map[string]any{"results": []any{map[string]any{
		"name": "api-calls-daily", "usageLimit": s.limiter.limits.Daily, "currentUsage": s.limiter.used,
		"collectedAt": stamped(now), "fetchStatus": "SUCCESS", "resetsAt": stamped(midnight),
	}}})
}

func (s *Server) customPropertyLimits(c *call) *problem {
	n := s.customCount()
	status := "OK"
	if n >= customMost {
		status = "AT_LIMIT"
	}
	return c.json(200, map[string]any{
		"limit": customMost * 10, "usage": n, "percentage": float64(n) / float64(customMost*10) * 100, "status": strings.ToUpper(status),
		"byObjectType": []any{map[string]any{"objectTypeId": "0-1", "objectType": "CONTACT", "singularLabel": "Contact", "pluralLabel": "Contacts",
			"limit": customMost, "usage": n, "percentage": float64(n) / float64(customMost) * 100, "status": status}},
	})
}
