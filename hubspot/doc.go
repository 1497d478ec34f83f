// Package hubspot is HubSpot as rolecall's CRM: a small hand-written client
// over net/http and the adapter that reconcile runs against.
//
// It reads contacts (job title, company, our properties), says whose hand an
// edit of our properties was, writes our properties and nothing else, and keeps
// their options in step with the taxonomy. Every call to HubSpot goes through
// one request path (request.go), one limiter for the portal (limiter.go), one
// judge of answers (judge.go) and one builder of paths (paths.go).
//
// Protocol facts come from HubSpot's public documentation of the contacts,
// properties, search, account, OAuth and webhooks APIs. The package was written
// by hand: nothing in it is generated from HubSpot's specification files, which
// are not licensed for that.
package hubspot
