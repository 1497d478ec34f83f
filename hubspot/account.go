package hubspot

import (
	"context"
	"net/http"
	"time"
)

// Portal is a HubSpot account.
type Portal struct {
	ID   string // portal id
	Type string // STANDARD, DEVELOPER_TEST, SANDBOX, APP_DEVELOPER
	// Zone is the account's time zone, in which its day of API calls ends; UTC where HubSpot names none that is known here.
	Zone     *time.Location
	ZoneName string
}

// Account asks whose portal the token opens.
func (c *CRM) Account(ctx context.Context) (Portal, error) { return c.account(ctx, false) }

func (c *CRM) account(ctx context.Context, bypass bool) (Portal, error) {
	var out struct {
		PortalID    text `json:"portalId"`
		AccountType text `json:"accountType"`
		TimeZone    text `json:"timeZone"`
	}
	err := c.call(ctx, ask{method: http.MethodGet, path: c.opt.Version.path(account), doing: "read the account's details", bypass: bypass}, &out)
	if err != nil {
		return Portal{}, err
	}
	p := Portal{ID: string(out.PortalID), Type: string(out.AccountType), ZoneName: string(out.TimeZone), Zone: time.UTC}
	if zone, err := time.LoadLocation(p.ZoneName); err == nil {
		p.Zone = zone
	}
	c.limits.setZone(p.Zone, c.serverNow())
	return p, nil
}
