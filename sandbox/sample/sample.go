// Package sample makes the contacts of a realistic, messy portal: names,
// companies and job titles in a dozen languages, with typos, decoration,
// abbreviations and junk. Everything in it is invented.
package sample

// Contact is a contact before it is in a portal.
type Contact struct {
	ID             int64 // HubSpot's record id; 0 when the portal shall give one
	FirstName      string
	LastName       string
	Email          string
	Company        string
	JobTitle       string
	LifecycleStage string
}
