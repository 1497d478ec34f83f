// Package gsheet is a local, stateful stand-in of the Google Sheets v4 API.
//
// It speaks the HTTP surface that ordinary clients use (spreadsheets, values, batchUpdate, data filters, developer
// metadata, an OAuth token endpoint), keeps every spreadsheet in memory, applies batches atomically, and shows each
// spreadsheet as an editable grid in the browser. It follows the service where that is known from its discovery
// document and from recorded traffic; it is a witness for the clients under test and therefore imports none of them.
//
// How a request travels:
//
//	server.go    route, bearer token, log, quota and faults around every call
//	schema.go    strict check of a body against the discovery document's types
//	batch.go     batchUpdate: all requests on a copy, which replaces the original only if every one succeeded
//	values*.go   the values collection
//	grid.go      rows and cells; shift.go moves everything that refers to them
//	render.go    a spreadsheet as the API answers it
//	page*.go     the same spreadsheet as a person sees it
package gsheet
