package hubspot_test

import (
	"rolecall/hubspot"
	"rolecall/reconcile"
)

// The adapter fits the reconciler's port.
var _ reconcile.CRM = (*hubspot.CRM)(nil)
