// Package evaluation measures a classifier on labelled titles: how often it is right, whether its confidence means what it says,
// and what a target precision costs in titles left for a person.
//
// ReadLabels takes the titles from a table, Run measures, a Report prints itself as text, as a self-contained HTML page or as JSON.
package evaluation
